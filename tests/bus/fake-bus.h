/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a pair as a bus with callers and a polkit on it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "lib/bus-pair.h"

/** LwFakeBus: what it knows, and what it was asked. */
typedef struct LwFakeBus {
        LwPair pair;

        unsigned credentials_asked;
        bool hold_credentials; /* GetConnectionCredentials is not answered */

        const char *polkit_error; /* polkit answers with this error name; NULL: with these: */
        bool authorized, challenge;
        unsigned polkit_asked;
        char *polkit_subject, *polkit_action;
        unsigned polkit_flags;

        unsigned answers; /* to lw_fake_bus_call() */
        char *error_name; /* of the last one; NULL: it succeeded */
        char *error_message;
} LwFakeBus;

/**
 * Callers: ":1.0" is uid 0, ":1.UID" any other uid with groups 50 and 100 + UID. ":1.99" is gone.
 */
void lw_fake_bus_init(LwFakeBus *self);
void lw_fake_bus_clear(LwFakeBus *self);

/** `sender` calls org.example.Test.Do at /test; the answer is counted. */
void lw_fake_bus_call(LwFakeBus *self, const char *sender, bool interactive);
/** The name goes from the bus. */
void lw_fake_bus_drop_name(LwFakeBus *self, const char *name);
