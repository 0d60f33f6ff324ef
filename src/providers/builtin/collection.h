/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCollection: what the links carried between a start and a stop. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "host/rtnetlink.h"

/** LwTotals: what was counted. */
typedef struct LwTotals {
        uint64_t rx_bytes, tx_bytes; /* from the IP header on */
        uint64_t rx_packets, tx_packets;
        uint64_t sms_sent, sms_received;
} LwTotals;

/**
 * LwCollection: sums over all links that are hardware. It is fed with what they carried since they
 * are there and remembers how much of it was counted; links may come, go and start over.
 *
 * Shape:  `boot`: the boot whose counters were seen.
 */
typedef struct LwCollection LwCollection;

LwCollection *lw_collection_new(const char *boot);
void lw_collection_free(LwCollection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwCollection, lw_collection_free)

bool lw_collection_is_running(const LwCollection *self);
const LwTotals *lw_collection_totals(const LwCollection *self);

/** From 0, and from what the links have carried until now. */
void lw_collection_start(LwCollection *self, const LwLinks *links);
/** Counts what is new; nothing when it does not run. */
void lw_collection_count(LwCollection *self, const LwLinks *links);
/** Counts the last of a link that is gone. */
void lw_collection_count_gone(LwCollection *self, const LwLink *link);
/** A short message more; nothing when it does not run. */
void lw_collection_count_sms(LwCollection *self, uint64_t sent, uint64_t received);
/** Counts no more. */
void lw_collection_stop(LwCollection *self);

/** As a group of a document, and back; what is damaged counts as 0. After another boot all that the
 * links have carried is new. */
void lw_collection_print(const LwCollection *self, GKeyFile *document);
void lw_collection_parse(LwCollection *self, GKeyFile *document);
