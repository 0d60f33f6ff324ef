/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWaker: a service that is started when it is needed, by its well-known name. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>

/**
 * LwActivation: what starts a service.
 *
 * Shape:  `service` is its well-known name, `start` the unit that systemd is to start (NULL: the
 *         bus starts it); with `has_uid` only a process of that user counts as the service.
 * Owns:   both texts.
 */
typedef struct LwActivation {
        char *service;
        char *start;
        bool has_uid;
        uid_t uid;
} LwActivation;

void lw_activation_clear(LwActivation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwActivation, lw_activation_clear)

typedef struct LwWakerEvents {
        /** The service is there, by its unique name. */
        void (*awake)(void *user, const char *owner);
        /** It has gone. */
        void (*asleep)(void *user);
        /** It could not be started, or somebody else has its name. */
        void (*failed)(void *user, const char *why);
} LwWakerEvents;

/** LwWaker: watches one name. */
typedef struct LwWaker LwWaker;

/** All outlive it, `activation` too. NULL when the bus refuses. */
LwWaker *lw_waker_new(sd_bus *bus, const LwActivation *activation, const LwWakerEvents *events,
                void *user);
void lw_waker_free(LwWaker *self);
/** Who it is, by its unique name; NULL while it sleeps. */
const char *lw_waker_owner(const LwWaker *self);
/** Starts it, unless it is being started. */
void lw_waker_wake(LwWaker *self);
