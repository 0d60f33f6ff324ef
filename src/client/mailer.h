/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMailer: how notifications to one server go out, or wait until they can. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"
#include "client/connection.h"
#include "client/observation.h"
#include "client/outbox.h"
#include "model/registry.h"

/** How one notification is to be sent. */
typedef struct LwPostage {
        bool confirmable;
        bool storing;     /* what cannot be sent now is kept */
        unsigned history; /* so many of this observation; 0: none */
} LwPostage;

/**
 * LwMailer: a way out and an outbox.
 *
 * Non-confirmable notifications leave at once. Of Confirmable ones a single message is under way;
 * those that wait for it are replaced by newer ones of the same observation. What cannot be sent is
 * stored with its time, and goes out before anything else of that observation: values of one
 * observation share a message where the format can say their times.
 */
typedef struct LwMailer {
        LwRegistry *registry;
        LwConnection *connection;
        LwOutbox outbox;
        uint16_t server; /* for the journal */
        bool open;       /* the server knows us, at this address */
        bool stalled;    /* it does not acknowledge; until it is heard again */
        bool pausing;    /* until what was delivered last is safe from a crash */
} LwMailer;

void lw_mailer_init(LwMailer *self, LwRegistry *registry, uint16_t server);
void lw_mailer_clear(LwMailer *self);

/** The way out; NULL while there is none. Takes a reference. */
void lw_mailer_set_connection(LwMailer *self, LwConnection *connection);
/** The exchange, or NULL. */
LwExchange *lw_mailer_exchange(const LwMailer *self);
/** Whether notifications may go out. When they may, what waited does. */
void lw_mailer_set_open(LwMailer *self, bool open, LwNow now);
/** Whether a notification would go out now. */
bool lw_mailer_is_open(const LwMailer *self);

/** A notification of `values`, in order of path; the observation takes them as what the server
 * knows. False: it could neither be sent nor stored. */
bool lw_mailer_notify(LwMailer *self, LwObservation *observation, const LwValues *values,
                const LwPostage *postage, LwNow now);
/** The last word about an observation: an error, without Observe. False: it cannot be sent. */
bool lw_mailer_end(LwMailer *self, LwObservation *observation, LwStatus status, LwNow now);

/** What was under way was acknowledged. Returns whose it was, or NULL; `ret_stored`: it had been
 * stored. */
LwObservation *lw_mailer_settled(LwMailer *self, bool *ret_stored, LwNow now);
/** Sends what waits, if it may. */
void lw_mailer_deliver(LwMailer *self, LwNow now);
/** A Confirmable notification was not acknowledged. True if it was one that was under way: it is
 * stored, and nothing more goes out until lw_mailer_set_open(). */
bool lw_mailer_undelivered(LwMailer *self, const LwObservation *observation);
