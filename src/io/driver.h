/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDriver: the sd-event loop, with one timer for whoever has deadlines. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "base/time.h"

/**
 * LwDriver: owns the loop of the process. Functions return 0 or a negative errno.
 *
 * After each turn of the loop it asks every client of its for its deadline and arms the one timer,
 * if the earliest moved; when it is due, `run` is called for those whose deadline has come.
 */
typedef struct LwDriver LwDriver;

/** NULL with errno when the system is out of descriptors. */
LwDriver *lw_driver_new(void);
void lw_driver_free(LwDriver *self);
sd_event *lw_driver_event(const LwDriver *self);
/** The time of this turn of the loop (sd_event_now), read once a turn. */
LwNow lw_driver_now(LwDriver *self);

typedef struct LwDriverClient {
        /** Point on CLOCK_BOOTTIME; LW_USEC_NEVER: none. Called often: make it cheap. */
        LwUsec (*deadline)(void *user);
        void (*run)(void *user, LwNow now);
        /** Whether 5 ms of accuracy are wanted now instead of 250. May be NULL: no. */
        bool (*urgent)(void *user);
} LwDriverClient;

void lw_driver_add(LwDriver *self, const LwDriverClient *client, void *user);
void lw_driver_remove(LwDriver *self, const LwDriverClient *client, void *user);

/** Calls `call` once, from the loop, soon; the way out of somebody else's callback. */
typedef void (*LwDriverCall)(void *user);
void lw_driver_defer(LwDriver *self, LwDriverCall call, void *user);
/** Takes back what was deferred and has not been called. */
void lw_driver_forget(LwDriver *self, LwDriverCall call, void *user);

/** Calls `stepped` when the real-time clock is set (TFD_TIMER_CANCEL_ON_SET). One listener. */
int lw_driver_watch_clock(LwDriver *self, LwDriverCall stepped, void *user);

/** Runs until lw_driver_exit(); returns its code. With the service manager's watchdog, if there is
 * one. */
int lw_driver_run(LwDriver *self);
void lw_driver_exit(LwDriver *self, int code);
