/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHostObjects: the objects that look at this host's network and place, and what they look
 * through. */
#pragma once

#include "bus/connection.h"
#include "client/client.h"
#include "daemon/config.h"
#include "io/state.h"
#include "io/worker.h"
#include "providers/builtin/error-codes.h"

/** LwHostObjects: objects 4, 6, 7 and 20, as far as the configuration offers them, and what
 * of the network is wrong, in any case. */
typedef struct LwHostObjects LwHostObjects;

/** LwHostParts: what they need; all of them outlive it. */
typedef struct LwHostParts {
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        LwClient *client;
        const LwConfig *config;    /* looked at in lw_host_objects_new() alone */
        int root_fd;               /* stands for "/" */
        void (*moved)(void *user); /* the host's addresses are others */
        /** Something of the host is wrong, or no longer. */
        void (*wrong)(void *user, LwErrorCause cause, bool holds);
        void *user;
} LwHostParts;

/** What cannot be had is said in the journal, and the rest goes on. */
LwHostObjects *lw_host_objects_new(const LwHostParts *parts);
/** Free the bus before, as it owes answers; the client later. */
void lw_host_objects_free(LwHostObjects *self);

void lw_host_objects_use_bus(LwHostObjects *self, LwBus *bus);
/** The sessions with servers may be others. */
void lw_host_objects_refresh(LwHostObjects *self);
/** Looks whether something is wrong, as LwErrorsLook. */
void lw_host_objects_look(LwHostObjects *self, bool anew, void (*done)(void *data), void *data);
/** Saves what is counted: at the end. */
void lw_host_objects_flush(LwHostObjects *self);
