/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server: changes in, notifications out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/account.h"
#include "client/connection.h"
#include "client/observation.h"
#include "client/observations.h"
#include "client/outbox.h"
#include "exchange/exchange.h"
#include "model/attributes.h"
#include "model/request.h"
#include "tree/tree.h"

/**
 * LwObserver: the observations that one server made, as long as its registration holds.
 *
 * A change marks the observations that it concerns, and gives each its turn: at once, when its
 * periods allow it, or never. lw_observer_run() reads the values of those whose turn it is through
 * the dispatcher, and sends what their conditions ask for. While the server cannot be reached, what
 * would be sent is stored if /1/x/6 says so.
 */
typedef struct LwObserver LwObserver;

/** What an observer tells its server. Any may be NULL. */
typedef struct LwObserverEvents {
        /** A Confirmable notification was never acknowledged. */
        void (*unanswered)(void *user, LwNow now);
        /**
         * Observations or stored notifications are others than were kept. `urgent`: something was
         * delivered, and nothing more will be until lw_observer_kept(), so that it does not come
         * again after a crash. False: nobody keeps anything.
         */
        bool (*keep)(void *user, bool urgent);
} LwObserverEvents;

/** `account` outlives it. */
LwObserver *lw_observer_new(
                LwTree *tree, const LwAccount *account, const LwObserverEvents *events, void *user);
void lw_observer_free(LwObserver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwObserver, lw_observer_free)

/** The way out; NULL while there is none. Takes a reference. */
void lw_observer_set_connection(LwObserver *self, LwConnection *connection);
/** Whether the server can be sent notifications: it knows us, at this address. What waited goes
 * out. */
void lw_observer_set_open(LwObserver *self, bool open, LwNow now);

/** Takes an observation whose first answer was sent; one with the same token ends. `late`: it was
 * sent at another time than `observation` says. */
void lw_observer_add(LwObserver *self, LwObservation *observation, bool late);
/** By token; NULL. */
LwObservation *lw_observer_find(const LwObserver *self, const uint8_t *token, size_t token_length);
/** Ends the observation with the token of `message`, or, of several paths, those with exactly the
 * list `paths` (NULL: one path, whose token alone counts). Source: RFC 7641, 3.6; OMA LwM2M Core
 * 1.1, Cancel Observation-Composite. */
void lw_observer_cancel(LwObserver *self, const LwMessage *message, const LwValues *paths);

/** RST to a notification with this token: the observation ends. */
void lw_observer_refused(LwObserver *self, const uint8_t *token, size_t token_length);
/** A Confirmable notification with this token was not acknowledged. */
void lw_observer_undelivered(
                LwObserver *self, const uint8_t *token, size_t token_length, LwNow now);
/** All Confirmable messages that were sent are acknowledged, or given up. */
void lw_observer_settled(LwObserver *self, LwNow now);

/** Values at or below `path` are new. */
void lw_observer_changed(LwObserver *self, const LwPath *path);
/** Object or instance came or went. */
void lw_observer_restructured(LwObserver *self, const LwPath *path, bool added);
/** This server's attributes at `path` are others, or (the root) the defaults of its account. */
void lw_observer_attributed(LwObserver *self, const LwPath *path);
/** Ends all: the registration is over for good. */
void lw_observer_clear(LwObserver *self);
/**
 * The server wants us away for a while: all observations rest, if /1/x/6 says so; else they end.
 *
 * A De-register goes before a Disable, and it ends the observations at the server, whose tokens are
 * then worth nothing; while /1/x/6 asks to report after the account is enabled again what was not
 * reported meanwhile. Other clients drop it. Here conditions go on to be looked at and
 * notifications to be stored, and when the server observes the same paths within five minutes after
 * the next Register, it gets them by that observation. Source: OMA LwM2M Core 1.1, 5.3.3,
 * De-register; Server object, resources 4 and 6.
 */
void lw_observer_rest(LwObserver *self);
/** Whether any rest. */
bool lw_observer_rests(const LwObserver *self);
/** A new registration, or none: ends all but those that rest. */
void lw_observer_renew(LwObserver *self);

/** What was delivered before is safe. */
void lw_observer_kept(LwObserver *self, LwNow now);
/** What is added now is of an earlier life: services that provide objects have a minute to come,
 * before what they do not provide counts as gone. */
void lw_observer_set_grace(LwObserver *self, LwNow now);
/** An observation of an earlier life. */
void lw_observer_take_back(LwObserver *self, LwObservation *observation);
/** By token, one that rests or one that does not; NULL. */
LwObservation *lw_observer_find_back(
                const LwObserver *self, const uint8_t *token, size_t token_length, bool resting);
/** A stored notification of an earlier life, in order. */
void lw_observer_restore(
                LwObserver *self, LwObservation *observation, GBytes *pack, int64_t real_usec);
/** Shows all observations, then all notifications that wait, in order. */
void lw_observer_show(const LwObserver *self,
                void (*observation)(void *data, const LwObservation *observation),
                void (*parcel)(void *data, const LwParcel *parcel), void *data);

LwTree *lw_observer_tree(const LwObserver *self);
/** The connection, or NULL. */
LwConnection *lw_observer_connection(const LwObserver *self);
size_t lw_observer_count(const LwObserver *self);
/** Notifications that wait. */
size_t lw_observer_waiting(const LwObserver *self);
/** See lw_observations_list(). */
size_t lw_observer_list(const LwObserver *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data);

LwUsec lw_observer_deadline(const LwObserver *self);
void lw_observer_run(LwObserver *self, LwNow now);
