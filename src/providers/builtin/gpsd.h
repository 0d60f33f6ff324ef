/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGpsd: a client of gpsd on this host. */
#pragma once

#include <stdbool.h>

#include "io/driver.h"
#include "providers/builtin/fix.h"

/**
 * LwGpsd: connected while it is started; a connection that cannot be made, or ends, is tried again
 * after 10 s. Source: gpsd(8), 127.0.0.1 port 2947.
 */
typedef struct LwGpsd LwGpsd;

typedef struct LwGpsdEvents {
        void (*fixed)(void *user, const LwFix *fix);
        /** There is no gpsd at the moment; told at each try. */
        void (*absent)(void *user);
        /** There is one. */
        void (*present)(void *user);
} LwGpsdEvents;

LwGpsd *lw_gpsd_new(LwDriver *driver, const LwGpsdEvents *events, void *user);
void lw_gpsd_free(LwGpsd *self);

void lw_gpsd_start(LwGpsd *self);
void lw_gpsd_stop(LwGpsd *self);
