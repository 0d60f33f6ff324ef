/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPluginFace: org.lwm2md.Registration1 of one registration. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/registry.h"
#include "providers/remote/claims.h"
#include "providers/remote/provider.h"

#define LW_REGISTRATION_INTERFACE "org.lwm2md.Registration1"
#define LW_REGISTRATION_PATH_PREFIX "/org/lwm2md/registration/"

/** What its methods come to. */
typedef struct LwPluginFaceEvents {
        /** The owner unregistered, and has its answer: it may be freed at once. */
        void (*unregistered)(void *user);
        /** AddInstances: reads the message and answers it. */
        int (*add_instances)(void *user, sd_bus_message *m, sd_bus_error *ret_error);
        /** `values`, in order of path, are to be sent; gives how many servers take it, and what the
         * client calls it: see LwClientEvents.sent. */
        unsigned (*send)(void *user, const LwValues *values, uint64_t *ret_send);
        /** `paths` (of LwPath), of the claims, are gone. */
        void (*remove_instances)(void *user, const GArray *paths);
} LwPluginFaceEvents;

/** LwPluginFace: dbus/org.lwm2md.Registration1.xml says what it shows, and to whom. */
typedef struct LwPluginFace LwPluginFace;

/** `number` makes its path on the bus. All that it is given outlives it. */
LwPluginFace *lw_plugin_face_new(unsigned number, LwRegistry *registry, LwRemoteProvider *provider,
                const LwPluginFaceEvents *events, void *user);
void lw_plugin_face_free(LwPluginFace *self);

const char *lw_plugin_face_path(const LwPluginFace *self);

/**
 * Puts it on the bus, for `owner` alone; 0 or a negative errno. `title` is what messages call the
 * owner. All stay valid until it is detached.
 */
int lw_plugin_face_attach(LwPluginFace *self, sd_bus *bus, const char *owner, const char *title,
                const LwClaims *claims);
/** A Send is over at one server: Delivered, if it is one of this registration's and the last. */
void lw_plugin_face_sent(LwPluginFace *self, uint64_t number, bool ok);
/** Nothing happens when it is not attached. */
void lw_plugin_face_detach(LwPluginFace *self);
