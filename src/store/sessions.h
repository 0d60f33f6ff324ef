/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSessionStore: registrations, observations and stored notifications over restarts. */
#pragma once

#include <stdbool.h>

#include "client/client.h"
#include "io/driver.h"
#include "io/state.h"

/**
 * LwSessionStore: a state document for each server, "session-101". It is written a second after the
 * first change at the latest, and no oftener, but for what was delivered: that is written at once,
 * so that it does not come again after a crash.
 */
typedef struct LwSessionStore LwSessionStore;

/** `state` and `driver` outlive it. */
LwSessionStore *lw_session_store_new(LwState *state, LwDriver *driver);
void lw_session_store_free(LwSessionStore *self);
/** Whose sessions they are; before anything else is called. It outlives the store. */
void lw_session_store_set_client(LwSessionStore *self, LwClient *client);

/** A server came, and is not started yet: it gets its session back. */
void lw_session_store_added(LwSessionStore *self, LwServer *server);
/** It goes for good: its session is dropped. */
void lw_session_store_removed(LwSessionStore *self, LwServer *server);
/** LwClientEvents.keep. */
bool lw_session_store_keep(LwSessionStore *self, LwServer *server, bool urgent);
/** Writes now what is not written yet: the end is near. */
void lw_session_store_flush(LwSessionStore *self);
