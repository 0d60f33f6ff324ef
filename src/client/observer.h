/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server: Observe and changes in, notifications out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/connection.h"
#include "exchange/exchange.h"
#include "model/attributes.h"
#include "model/request.h"
#include "tree/tree.h"

/**
 * LwObserver: the observations that one server made, as long as its registration holds.
 *
 * A change marks the observations that it concerns; lw_observer_run() reads them anew through the
 * dispatcher and sends what differs from the last value sent.
 */
typedef struct LwObserver LwObserver;

LwObserver *lw_observer_new(LwTree *tree, uint16_t server);
void lw_observer_free(LwObserver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObserver, lw_observer_free)

/** The way out; NULL while there is none. Takes a reference. */
void lw_observer_set_connection(LwObserver *self, LwConnection *connection);

/** An Observe or Cancel that came as `message` over the connection; answers `ticket`, perhaps
 * later. */
void lw_observer_request(LwObserver *self, const LwMessage *message, const LwRequest *request,
                LwTicket ticket);
/** RST to a notification with this token: the observation ends. */
void lw_observer_refused(LwObserver *self, const uint8_t *token, size_t token_length);
/** Values at or below `path` are new. */
void lw_observer_changed(LwObserver *self, const LwPath *path);
/** Object or instance came or went. */
void lw_observer_restructured(LwObserver *self, const LwPath *path, bool added);
/** Ends all: a new registration, or none. */
void lw_observer_clear(LwObserver *self);

size_t lw_observer_count(const LwObserver *self);
/** Calls `each` for the path of every observation. */
void lw_observer_each(
                const LwObserver *self, void (*each)(void *data, const LwPath *path), void *data);

/** LwObservationView: what is known of one observation; valid during the call that shows it. */
typedef struct LwObservationView {
        LwPath path;
        const LwAttributes *attributes; /* that are in force; NULL: none */
        LwBlob *payload;                /* that was sent last; NULL: none */
        int32_t format;                 /* of the payload */
        int64_t sent_real_usec;         /* when it was sent */
        uint32_t sequence;              /* the last number of the Observe option */
} LwObservationView;

/**
 * Shows observations, `limit` of them at most, from the `offset`-th on, in no order that means
 * anything. Returns how many were shown.
 */
size_t lw_observer_list(const LwObserver *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data);

LwUsec lw_observer_deadline(const LwObserver *self);
void lw_observer_run(LwObserver *self, LwNow now);
