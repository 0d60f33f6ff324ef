/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A manager on one end of a pair, with a client, a server and the fixture's tree behind it. */
#pragma once

#include "control/manager.h"
#include "lib/bus-pair.h"
#include "lib/fake-transport.h"
#include "tree/fixture.h"

#define STAGE_SERVER_PATH "/org/lwm2md/server/101"

/** LwStage: `pair.theirs` calls and hears signals; every caller may do all, unless `denied`. */
typedef struct LwStage {
        Fixture fixture;
        LwFakeFactory *factory;
        LwDriver *driver;
        LwClient *client;
        LwServer *server; /* 101 */
        LwManager *manager;
        LwPair pair;

        /* what the daemon was told to do, and how that ends */
        char *settings; /* "Key=text " of each, "!" before what is secret */
        unsigned reloads, removals;
        LwStatus fails_with; /* 0: it goes well */
        bool waits;          /* `done` is not called; a test does that */
        LwManagerDone done;
        void *data;

        bool denied;
        char *action;       /* the last that was asked for */
        GPtrArray *signals; /* of char: "Member: what it carried" */
} LwStage;

extern LwStage stage;

void stage_setup(void);
void stage_teardown(void);

LwAccount *stage_account(uint16_t ssid);

/** Calls a method of Manager1 and waits. "ok", or the error's name without what all have in front.
 */
const char *stage_call(const char *member, const char *types, ...);
/** The same for any object and interface. */
const char *stage_call_at(const char *path, const char *interface, const char *member,
                const char *types, ...);
/** The answer of the last call that went well; NULL after an error. Valid until the next. */
sd_bus_message *stage_reply(void);
/** Begins a call and lets it wait; its end is counted. */
void stage_begin(const char *member, const char *types, ...);
unsigned stage_ended(void);
/** Runs the loop until it is quiet. */
void stage_settle(void);
/** Takes the signals that came, joined by newlines. Caller frees. */
char *stage_signals(void);
