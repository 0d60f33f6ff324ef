/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCallers: who asks, by what the bus says of them. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>

/**
 * LwCaller: the process behind a unique name, as it was when it connected.
 *
 * Shape:  `groups` are all of its groups, the primary one included; `pid` 0 when the bus does not
 * say. Owns:   `groups`: lw_caller_clear().
 */
typedef struct LwCaller {
        uid_t uid;
        pid_t pid;
        gid_t *groups;
        size_t group_count;
} LwCaller;

void lw_caller_clear(LwCaller *self);

/**
 * Reads the answer of GetConnectionCredentials, an a{sv}; entries that we do not know are skipped.
 * Errors: -EBADMSG when it is no such dictionary, -ENODATA without UnixUserID.
 * Source: D-Bus specification, org.freedesktop.DBus.GetConnectionCredentials.
 */
int lw_caller_read(sd_bus_message *m, LwCaller *ret_caller);

/**
 * LwCallers: remembers each caller until its name goes from the bus, LW_BUS_CALLERS_MAX of them;
 * the one that asked longest ago makes room.
 */
typedef struct LwCallers LwCallers;

LwCallers *lw_callers_new(void);
void lw_callers_free(LwCallers *self);

void lw_callers_attach(LwCallers *self, sd_bus *bus);
/** Forgets all, and drops the messages that wait. */
void lw_callers_detach(LwCallers *self);

/**
 * The sender of `m`. Returns 1: `ret_caller` is it, valid until the next turn of the loop. 0: the
 * bus is being asked; `m` is kept and comes to its handler again when the answer is there (or is
 * answered with AccessDenied, when there is none). Negative with `ret_error` set: nobody, or too
 * many wait.
 */
int lw_callers_find(LwCallers *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error);
/** How many are remembered. */
size_t lw_callers_count(const LwCallers *self);
