/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservation: one observation: what is observed, by which token, and what was sent last. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/agenda.h"
#include "client/condition.h"
#include "client/watches.h"
#include "exchange/message.h"
#include "model/attributes.h"
#include "model/blob.h"
#include "model/request.h"
#include "model/values.h"

/**
 * LwObservation: a plain record of its observer; there may be thousands.
 *
 * Shape:  `watches` has the observed path, or the paths of an Observe-Composite in their order;
 *         `samples` what was sent or stored last, in order of path.
 * Owns:   watches, samples, `got`, `query`, `last`, `late`: lw_observation_free().
 */
typedef struct LwObservation {
        LwTurn turn; /* the first member: whose turn it is, is it */
        LwWatch *watches;
        LwSample *samples;
        LwSample *got; /* what the server has, while `samples` are still on their way; else NULL */
        unsigned watch_count, sample_count, got_count;
        LwWatch only;        /* `watches`, where there is one */
        LwSample one;        /* `samples`, where there is one */
        LwAttributes *query; /* of the request, in place of all that are attached; NULL: none */
        LwBlob *last;        /* the payload that the server got last, unless it is long */
        LwResponse *late;    /* values that came after the call which asked for them */
        LwProgress progress;
        LwUsec confirmed;       /* the last Confirmable one; LW_USEC_NEVER: not in this life */
        int64_t sent_real_usec; /* when the last of any kind was sent, or stored */
        int64_t got_real_usec;  /* when the server got one */
        uint64_t key;           /* of the GET by which blocks of a long value are fetched */
        uint32_t sequence;      /* of the last message, 24 bits */
        int32_t format;         /* of every notification, settled by the first answer */
        struct LwParcel *live;  /* the one in the outbox that only waits for its turn, or NULL */
        unsigned waiting;       /* notifications in the outbox */
        uint8_t token[LW_TOKEN_MAX];
        uint8_t token_length;
        uint8_t version; /* LwVersion */
        bool composite;
        bool packed;   /* `last` is as lw_payload_pack() makes it */
        bool restored; /* of an earlier life: not looked at before those it needs may be there */
        bool fresh;    /* its first answer was late: it begins with the next turn of the loop */
        bool resting; /* of a registration that the server disabled: it waits to be observed anew */
        bool owed;    /* the present is to be told, whatever the conditions say */
        bool held;    /* there is something to tell that has to wait until the server is there */
        bool reading; /* its providers are being asked */
        bool dropped; /* it ended meanwhile: to be freed when they have answered */
} LwObservation;

/** For the Observe that came as `message`; `paths` are those of an Observe-Composite, in order, or
 * NULL. */
LwObservation *lw_observation_new(
                const LwMessage *message, const LwRequest *request, const LwValues *paths);
void lw_observation_free(LwObservation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObservation, lw_observation_free)

/* For a set of observations by their token. */
guint lw_observation_hash(const void *self);
gboolean lw_observation_equal(const void *a, const void *b);

/** What is observed: the path, or the root for a composite. */
const LwPath *lw_observation_path(const LwObservation *self);
/** Whether it is the same list of paths, in order. */
bool lw_observation_has_paths(const LwObservation *self, const LwValues *paths);
/** Whether both are of the same path, or list of paths. */
bool lw_observation_is_like(const LwObservation *self, const LwObservation *other);
/** Whether the same is remembered of both. */
bool lw_observation_is_level(const LwObservation *self, const LwObservation *other);
/** The request that reads it anew, its values unencoded. It points into the observation; `paths` is
 * room for watch_count of them. */
LwRequest lw_observation_request(
                const LwObservation *self, uint16_t server, LwNow now, LwPath *paths);

/** `values`, in order of path, were sent as `payload`. */
void lw_observation_tell(LwObservation *self, const LwValues *values, LwBlob *payload, LwNow now);
/** `values` wait to be sent, or are stored: what the server has stays in `got` until more arrived.
 */
void lw_observation_take(LwObservation *self, const LwValues *values);
/** Of what waited `values` were acknowledged; `waiting` says whether there is more. `pack` has them
 * as lw_payload_pack() makes it. */
void lw_observation_arrived(LwObservation *self, const LwValues *values, GBytes *pack, LwNow now);

/** The next number of the Observe option. Source: RFC 7641, 4.4. */
uint32_t lw_observation_next(LwObservation *self);
/** Whether a notification must be Confirmable for once: one in 24 hours is. Source: RFC 7641, 4.5.
 */
bool lw_observation_must_confirm(const LwObservation *self, LwNow now);
