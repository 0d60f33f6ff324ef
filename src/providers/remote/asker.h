/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAsker: questions to one service, in their order and in time. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "io/driver.h"
#include "providers/remote/question.h"

#define LW_PROVIDER_INTERFACE "org.lwm2md.Provider1"

/**
 * LwRemoteService: where a service is, and how it wants to be asked.
 *
 * Shape:  `owner` is a unique name, NULL while it sleeps and is to be woken; `path` the object with
 * Provider1, `title` what messages call it. With `keeps` it reports what changes, so that values
 * are kept and not asked for.
 */
typedef struct LwRemoteService {
        const char *owner;
        const char *path;
        const char *title;
        LwUsec timeout_usec;
        bool keeps;
} LwRemoteService;

/** What whoever asks knows of questions and answers. */
typedef struct LwAskerEvents {
        /** It is the question's turn. False: it need not be asked, all of it is known. */
        bool (*begin)(void *user, LwQuestion *question);
        /**
         * The answer. NULL: all is well, unless `*ret_later` was set: then whoever set it ends the
         * question by lw_asker_end(). Else why nothing came of it.
         */
        GError *(*take)(void *user, LwQuestion *question, sd_bus_message *reply, bool *ret_later);
        /** A question that may have changed something ends, well or not. */
        void (*changed)(void *user, const LwQuestion *question);
        /** A Read ends that was never asked: too many wait, or the time is over. */
        void (*put_off)(void *user, const LwQuestion *question);
        /** No question waits any more for one that was asked. */
        void (*idle)(void *user);
        /** Somebody asks, and the service sleeps. */
        void (*wake)(void *user);
} LwAskerEvents;

/**
 * LwAsker: one D-Bus call for each question. Reads run side by side, LW_PLUGIN_CALLS_MAX of them;
 * one that changes something runs alone among its like. They go out in the order in which they
 * came, so that a Read behind a Write waits for it. What waits is bounded; beyond that, without a
 * service, and at the service's time-out (60 s at the latest; 20 s for one that must be woken) the
 * answer is 5.03. Nothing is asked twice.
 */
typedef struct LwAsker LwAsker;

LwAsker *lw_asker_new(LwDriver *driver, const LwAskerEvents *events, void *user);
/** All questions fail with 5.03. */
void lw_asker_free(LwAsker *self);

/** A service is there, or sleeps: copied. Questions that wait for it go on when it is the one they
 * wait for; those to another one fail with 5.03. */
void lw_asker_connect(LwAsker *self, sd_bus *bus, const LwRemoteService *service);
/** It is gone: all questions fail with 5.03, as do those that come. */
void lw_asker_disconnect(LwAsker *self);
/** It could not be woken: what waits fails with 5.03. */
void lw_asker_give_up(LwAsker *self);
/** NULL: there is no service. */
sd_bus *lw_asker_bus(const LwAsker *self);
/** What messages call the service; NULL: there is none. */
const char *lw_asker_title(const LwAsker *self);
/** Whom its events go to. */
void *lw_asker_user(const LwAsker *self);
/** Whether something that changes values waits or is under way. */
bool lw_asker_is_changing(const LwAsker *self);

/** Questions whose answers were taken for later and have not ended. */
unsigned lw_asker_later_count(const LwAsker *self);

/** Takes the question, and ends it once by its call, perhaps before this returns. */
void lw_asker_ask(LwAsker *self, LwQuestion *question);
/** Ends a question whose answer was taken for later; it is still on time. */
void lw_asker_end(LwAsker *self, LwQuestion *question, const GError *error);
/** Sends a message to the service that is not answered: `m` has no destination yet. Nothing is sent
 * to one that sleeps. */
int lw_asker_tell(LwAsker *self, sd_bus_message *m);
/** A method call to the service without destination; negative errno. */
int lw_asker_message(const LwAsker *self, const char *member, sd_bus_message **ret_message);

/**
 * What becomes of a service's error. Its words are for this host: a server gets ours, as texts of
 * services may tell more than it should know.
 */
GError *lw_asker_explain(
                const LwAsker *self, const LwQuestion *question, LwStatus status, const char *text);

/** When the first question that waits has waited too long. */
LwUsec lw_asker_deadline(const LwAsker *self);
void lw_asker_run(LwAsker *self, LwNow now);
