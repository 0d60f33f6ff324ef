/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dbus-daemon of the test's own, which can be killed and started again at the same address. */
#pragma once

/** LwPrivateBus: a daemon on a socket in a directory that is made for it. */
typedef struct LwPrivateBus LwPrivateBus;

/**
 * Everybody may do everything, but for what `policy` (elements of a busconfig's <policy
 * context="default">, or NULL) takes away. Fails the test when there is no dbus-daemon.
 */
LwPrivateBus *lw_private_bus_new(const char *policy);
/** Kills the daemon and removes the directory. */
void lw_private_bus_free(LwPrivateBus *self);

/** "unix:path=..." */
const char *lw_private_bus_address(const LwPrivateBus *self);

/** Returns when it listens. */
void lw_private_bus_start(LwPrivateBus *self);
/** Returns when it is gone. */
void lw_private_bus_kill(LwPrivateBus *self);
