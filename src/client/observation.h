/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservation: one observation: what is observed, by which token, and what was sent last. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/message.h"
#include "model/blob.h"
#include "model/request.h"

/**
 * LwObservation: a plain record of its observer.
 *
 * Owns:   `last`: lw_observation_free().
 */
typedef struct LwObservation {
        LwPath path;
        uint8_t token[LW_TOKEN_MAX];
        uint8_t token_length;
        LwVersion version;
        int32_t format;         /* of every notification, settled by the first answer */
        uint64_t key;           /* of the GET by which blocks of a long value are fetched */
        uint32_t sequence;      /* of the last message, 24 bits */
        LwBlob *last;           /* the last payload that was sent */
        int64_t sent_real_usec; /* when that was */
        LwUsec confirmed;       /* when the last Confirmable one was sent */
        bool dirty;             /* something at or below the path changed */
        bool reading;           /* its providers are being asked */
        bool dropped;           /* it ended meanwhile: to be freed when they have answered */
} LwObservation;

LwObservation *lw_observation_new(const LwMessage *message, const LwRequest *request);
void lw_observation_free(LwObservation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObservation, lw_observation_free)

/** Whether the token is this one's. */
bool lw_observation_has_token(const LwObservation *self, const uint8_t *token, size_t length);
/** Remembers `payload` as sent; false when it is what was sent last. */
bool lw_observation_take(LwObservation *self, LwBlob *payload);
/** The next number of the Observe option. Source: RFC 7641, 4.4. */
uint32_t lw_observation_next(LwObservation *self);
/** Whether the next notification must be Confirmable: one in 24 hours is. Source: RFC 7641, 4.5. */
bool lw_observation_confirm(LwObservation *self, LwNow now);
