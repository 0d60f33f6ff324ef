/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registrar on one end of a pair; the other end plays the services and the bus. */
#pragma once

#include <stdbool.h>

#include "client/client.h"
#include "io/state.h"
#include "lib/bus-pair.h"
#include "lib/fake-transport.h"
#include "lib/files.h"
#include "providers/remote/registrar.h"
#include "providers/world.h"

/**
 * LwRemoteStage: services call by unique names, ":1.UID" or ":1.UID.NUMBER"; polkit allows all.
 *
 * Reads that reach a service are counted and kept; lw_remote_stage_reply() answers the oldest,
 * unless `answers` is set: then each is answered at once, with 21.5 for every path.
 */
typedef struct LwRemoteStage {
        LwWorld world;
        LwPair pair;
        LwTestFiles files;
        LwWorker *worker;
        LwState *state;
        LwFakeFactory *factory;
        LwClient *client;
        LwRegistrar *registrar;

        bool denied;
        bool answers;
        const char *unit; /* the object of the unit that every process belongs to; NULL: an error */
        const char *name_owner;  /* who has every well-known name; NULL: nobody */
        uint32_t owner_uid;      /* and of which user */
        const char *start_error; /* the error when something is started; NULL: none */
        char *started;           /* a name or a unit, the last one */
        unsigned starts;
        bool is_gone; /* what the bus says of every name that is asked for */
        unsigned reads;
        unsigned changes;   /* calls that are no Reads */
        char *asked;        /* "/3303/7/5700 server=0 Read" of the last one, or what it changes */
        GQueue waiting;     /* of sd_bus_message */
        GString *structure; /* what the tree told: "+/3303/100 -/3303/100 " */

        char *error; /* of the last call; NULL: it succeeded */
        char *message;
        sd_bus_message *result;
} LwRemoteStage;

extern LwRemoteStage remote;

void lw_remote_stage_setup(void);
void lw_remote_stage_teardown(void);
/** A new registrar on the same state, as after a restart of the agent. */
void lw_remote_stage_restart(void);

/** Calls a method of `path` as `sender`, waits, and gives "" or the error's name without the
 * prefix. */
const char *lw_remote_stage_call(const char *sender, const char *path, const char *interface,
                const char *member, const char *types, ...);
/** The same for a message that was made by hand; takes it. */
const char *lw_remote_stage_send(const char *sender, sd_bus_message *m);
/** RegisterProvider of one instance with resources 5700 and 5701; `name` NULL: none. */
const char *lw_remote_stage_register(const char *sender, const char *key, const char *name);
/** What the last RegisterProvider gave: "/org/lwm2md/registration/1 oven=/3303/100". Caller frees.
 */
char *lw_remote_stage_registered(void);

/** Answers the oldest Read that waits, with a value for /3303/x/5700 ... or an error name. */
void lw_remote_stage_reply(const char *path, const char *types, ...);
void lw_remote_stage_fail(const char *error_name);
/** Answers the oldest call that waits, whatever it is, with these arguments. */
void lw_remote_stage_answer(const char *types, ...);
/** What a message says, without its deadline: "replace {/3303/7/5750=oven} {server=0 ...}". */
char *lw_remote_stage_print(sd_bus_message *m);

/** A well-known name has another owner, "" nobody. */
void lw_remote_stage_own(const char *name, const char *owner);
/** The unique name goes from the bus. */
void lw_remote_stage_drop(const char *name);
void lw_remote_stage_settle(void);
