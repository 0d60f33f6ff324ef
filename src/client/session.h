/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server and we agreed on, as a document: registration, observations, stored notifications,
 * and what waits to be sent. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/observer.h"
#include "client/sender.h"
#include "model/request.h"

/**
 * LwSession: the registration that a server holds of us.
 *
 * Shape:  `location` ends with NULL, or is NULL: it holds none, and the numbers mean nothing.
 * `server` says with whom and under which name, so that a session with somebody else is not taken
 * for it. Owns:   location and server: lw_session_clear().
 */
typedef struct LwSession {
        char *server;
        char **location;
        LwVersion version;
        uint32_t lifetime_seconds;
        int64_t expires_real_usec; /* INT64_MAX: never */
        int64_t registered_real_usec;
} LwSession;

void lw_session_clear(LwSession *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwSession, lw_session_clear)

/** The registration with the observations and stored notifications of `observer`, and what waits in
 * `sender`. */
GBytes *lw_session_save(const LwSession *self, const LwObserver *observer, const LwSender *sender);
/**
 * Back, into an observer and a sender that have none. Notifications number on from far above what
 * was saved, as more may have been sent since. Errors: 4.00 a document that is none; then both are
 * empty.
 */
bool lw_session_load(LwSession *ret_session, LwObserver *observer, LwSender *sender,
                GBytes *document, LwNow now, GError **error);
