/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwPresence: where a registered service is: on the bus, asleep, or gone with its place kept. */
#include "providers/remote/presence.h"

#include <errno.h>

#include "base/log.h"
#include "providers/remote/owner.h"

/* Covers the restart of a service. */
#define GRACE_USEC (5 * LW_USEC_PER_SEC)

/* How many instances a line of the journal names. */
#define LISTED_MAX 4

struct LwPresence {
        LwDriver *driver;
        LwRemoteProvider *provider;
        const LwOffer *offer;
        void (*left)(void *user);
        void *user;

        char *title;
        char *owner;    /* the last; NULL: there was none, or it sleeps */
        LwOwner *watch; /* while it is present */
        LwUsec over_at;
        bool was_present;

        LwWaker *waker;       /* with an activation and a bus */
        sd_bus *sleeping_bus; /* the waker's */
};

/* Messages */

void lw_presence_tell(const LwPresence *self, const char *what)
{
        g_autofree char *list = lw_claims_print(self->offer->claims, LISTED_MAX);

        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID, LW_MESSAGE_PLUGIN,
                        "MESSAGE", "%s %s %s", self->title, what, list);
}

static void make_title(LwPresence *self)
{
        const char *owner = self->owner != NULL ? self->owner : self->offer->activation.service;

        g_free(self->title);
        self->title = self->offer->name != NULL
                                      ? g_strdup_printf("'%s' (%s)", self->offer->name, owner)
                                      : g_strdup(owner);
}

void lw_presence_announce(LwPresence *self)
{
        make_title(self);
        lw_presence_tell(self, "is started when it is needed for");
}

/* Coming and going */

/* `owner` NULL: it sleeps. */
static void connect_provider(LwPresence *self, sd_bus *bus, const char *owner, bool keeps)
{
        LwRemoteService service = {
                .owner = owner,
                .path = self->offer->path,
                .title = self->title,
                .timeout_usec = self->offer->timeout_usec,
                .keeps = keeps,
        };

        lw_remote_provider_connect(self->provider, bus, &service);
}

static void start_waker(LwPresence *self, sd_bus *bus);

static void on_gone(void *user)
{
        LwPresence *self = user;

        self->left(self->user);
}

int lw_presence_arrive(LwPresence *self, sd_bus *bus, const char *owner)
{
        g_free(self->owner);
        self->owner = g_strdup(owner);
        self->over_at = LW_USEC_NEVER;
        make_title(self);
        connect_provider(self, bus, self->owner, self->offer->keeps);
        self->watch = lw_owner_new(bus, self->owner, on_gone, self);
        if (self->watch == NULL)
                return -errno;
        if (self->waker == NULL)
                start_waker(self, bus);
        lw_presence_tell(self, self->was_present ? "is back, and provides" : "provides");
        self->was_present = true;
        return 0;
}

static void stop_waker(LwPresence *self)
{
        g_clear_pointer(&self->waker, lw_waker_free);
        self->sleeping_bus = NULL;
}

/* Of a bus that is gone LwBus has told. */
static void leave_for_good(LwPresence *self, LwPluginCause cause)
{
        self->over_at = lw_usec_add(lw_driver_now(self->driver).boot, GRACE_USEC);
        if (cause == LW_PLUGIN_OWNER_GONE)
                lw_presence_tell(self, "has left the bus; its place is kept for 5 s:");
        lw_remote_provider_disconnect(self->provider);
}

static void fall_asleep(LwPresence *self)
{
        lw_presence_tell(self, "has left the bus, and is started when it is needed for");
        g_clear_pointer(&self->owner, g_free);
        make_title(self);
        connect_provider(self, self->sleeping_bus, lw_waker_owner(self->waker), false);
}

void lw_presence_leave(LwPresence *self, LwPluginCause cause)
{
        bool was_present = self->watch != NULL;

        if (cause == LW_PLUGIN_BUS_GONE)
                stop_waker(self);
        g_clear_pointer(&self->watch, lw_owner_free);
        if (was_present && self->waker != NULL)
                fall_asleep(self);
        else if (was_present && self->offer->activation.service == NULL)
                leave_for_good(self, cause);
        else if (cause == LW_PLUGIN_BUS_GONE)
                lw_remote_provider_disconnect(self->provider);
}

/* Sleeping */

static void on_awake(void *user, const char *owner)
{
        LwPresence *self = user;

        if (self->watch == NULL) /* else it registered, and is there by that */
                connect_provider(self, self->sleeping_bus, owner, false);
}

static void on_asleep(void *user)
{
        LwPresence *self = user;

        if (self->watch == NULL)
                connect_provider(self, self->sleeping_bus, NULL, false);
}

static void on_failed(void *user, const char *why)
{
        LwPresence *self = user;

        lw_log(G_LOG_LEVEL_WARNING, "%s cannot be started: %s", self->title, why);
        lw_remote_provider_give_up(self->provider);
}

static const LwWakerEvents waker_events = { on_awake, on_asleep, on_failed };

static void start_waker(LwPresence *self, sd_bus *bus)
{
        if (self->offer->activation.service == NULL)
                return;
        self->waker = lw_waker_new(bus, &self->offer->activation, &waker_events, self);
        self->sleeping_bus = self->waker != NULL ? bus : NULL;
}

void lw_presence_sleep(LwPresence *self, sd_bus *bus)
{
        if (self->watch != NULL || self->offer->activation.service == NULL)
                return;
        stop_waker(self);
        start_waker(self, bus);
        g_clear_pointer(&self->owner, g_free);
        make_title(self);
        if (self->waker != NULL)
                connect_provider(self, bus, NULL, false);
}

void lw_presence_forget_activation(LwPresence *self)
{
        stop_waker(self);
}

void lw_presence_wake(LwPresence *self)
{
        if (self->waker != NULL)
                lw_waker_wake(self->waker);
}

/* Life */

LwPresence *lw_presence_new(LwDriver *driver, LwRemoteProvider *provider, const LwOffer *offer,
                void (*left)(void *user), void *user)
{
        LwPresence *self = g_new0(LwPresence, 1);

        self->driver = driver;
        self->provider = provider;
        self->offer = offer;
        self->left = left;
        self->user = user;
        self->over_at = LW_USEC_NEVER;
        return self;
}

void lw_presence_free(LwPresence *self)
{
        if (self == NULL)
                return;
        lw_owner_free(self->watch);
        stop_waker(self);
        g_free(self->title);
        g_free(self->owner);
        g_free(self);
}

bool lw_presence_is_present(const LwPresence *self)
{
        return self->watch != NULL;
}

const char *lw_presence_owner(const LwPresence *self)
{
        return self->watch != NULL ? self->owner : NULL;
}

LwUsec lw_presence_over_at(const LwPresence *self)
{
        return self->over_at;
}

const char *lw_presence_title(const LwPresence *self)
{
        return self->title;
}
