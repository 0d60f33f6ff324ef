/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client that is registered with one server, played by the test; an object of sensors; a clock
 * that is turned by hand. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/client.h"
#include "lib/fake-transport.h"
#include "model/values.h"
#include "tree/tree.h"

/*
 * Object 5000, several instances, all resources readable:
 *   0 float · 1 boolean · 2 string · 3 integers · 4 opaque, written only
 */
#define SCENE_OBJECT 5000
#define SCENE_SERVER 101
#define SECOND LW_USEC_PER_SEC

typedef struct Scene {
        LwRegistry *registry;
        LwTree *tree;
        LwProvider provider;
        GHashTable *values; /* path as text, to LwValue */
        LwCall *waiting;    /* when it is late */
        LwStatus fails_with;
        bool late;
        unsigned reads;
        GHashTable *observed; /* set of paths as text, that the provider was told */
        LwFakeFactory *factory;
        LwClient *client;
        LwServer *server;
        LwAccount *account; /* the server's */
        GString *sent;      /* of Sends that ended: "1 101 2.04 Changed" and a newline each */
        LwNow now;
        uint16_t mid;
} Scene;

/** With `instances` instances, registered, in version 1.2, for ever. */
void scene_setup(Scene *self, unsigned instances);
/** The same after a restart, with what lw_server_save_session() kept; up, its Update sent. */
void scene_resume(Scene *self, unsigned instances, GBytes *session);
void scene_teardown(Scene *self);
LwFake *scene_fake(const Scene *self);

/** Lets the loop turn until nothing is due. */
void scene_run(Scene *self);
/** Turns the clock, stopping wherever something is due. */
void scene_pass(Scene *self, LwUsec usec);
/** The answer to the request that was sent last. */
void scene_answer(Scene *self, uint8_t code);
/** The connection is lost, and the next try for one fails; or it comes again, and the Update that
 * is sent then is answered. */
void scene_lose(Scene *self);
void scene_return(Scene *self);

/** A value, and its change is told. */
void scene_set(Scene *self, const char *path, LwValue value);
/** Without a word. */
void scene_put(Scene *self, const char *path, LwValue value);
/** What a Write-Attributes does: "pmin=5&gt=1". */
void scene_attributes(Scene *self, const char *path, const char *query);

/** A GET with Observe; `query` and `accept` may be NULL and -1. Returns the answer. */
const LwMessage *scene_observe(Scene *self, const char *token, const char *path, const char *query,
                int32_t accept);
/** A FETCH with Observe 0 or 1, of paths in SenML JSON. */
const LwMessage *scene_fetch(
                Scene *self, const char *token, const char *json, const char *query, unsigned flag);
/** A GET with Observe 1. */
const LwMessage *scene_cancel(Scene *self, const char *token, const char *path);

/** What of the provider's is observed, as it was told: "/5000/0/0 /5000/1/0". */
char *scene_observed(const Scene *self);

/** All that was sent since the last call, one line each: "NON 2.05 observe=2 ct=0 [1] tk 23.5". */
char *scene_heard(Scene *self);
/** Checks just that. */
#define scene_check(self, expected)                                                                \
        do {                                                                                       \
                g_autofree char *heard_ = scene_heard(self);                                       \
                ck_assert_str_eq(heard_, expected);                                                \
        } while (0)
