/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServer: one management server: its life, and what its exchange tells. */
#include "client/server.h"

#include "client/server-inside.h"
#include "model/limits.h"

static void act(LwServer *self, LwRegistrationAction action, LwNow now);

LwExchange *lw_server_exchange(const LwServer *self)
{
        return self->connection ? lw_connection_exchange(self->connection) : NULL;
}

static void tell_changed(LwServer *self)
{
        if (self->environment.changed)
                self->environment.changed(self->environment.user, self);
}

void lw_server_step(LwServer *self, LwRegistrationEvent event, LwNow now)
{
        LwRegistrationState before = self->registration.state;

        act(self, lw_registration_step(&self->registration, event, now), now);
        if (self->registration.state != before || event == LW_REGISTRATION_ON_ACCEPTED)
                tell_changed(self);
        lw_server_stir(self, now);
}

void lw_server_set_error(LwServer *self, const char *message)
{
        g_free(self->last_error);
        self->last_error = g_strdup(message);
        self->last_status = 0;
}

/* --- what the exchange tells ------------------------------------------------------------------ */

static void on_stage(void *user, LwTransportStage stage)
{
        LwServer *self = user;

        self->resolving = stage == LW_TRANSPORT_RESOLVING;
        tell_changed(self);
}

static void on_up(void *user, LwNow now)
{
        LwServer *self = user;
        g_auto(LwSecured) secured = {};

        self->resolving = false;
        lw_server_secured(self, &secured);
        /* A full handshake makes a new security context, and registrations belong to one. Source:
         * OMA LwM2M Core 1.1, "Register". */
        if (self->account->peer.security != LW_SECURITY_NOSEC && !secured.resumed)
                lw_registration_forget(&self->registration);
        lw_server_step(self, LW_REGISTRATION_ON_UP, now);
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        LwServer *self = user;
        g_auto(LwSecured) secured = {};

        self->resolving = false;
        lw_server_secured(self, &secured);
        if (secured.alert != 0)
                self->alert = secured.alert;
        if (secured.refused)
                lw_registration_refused(&self->registration);
        lw_server_set_error(self, reason->message);
        lw_server_step(self, LW_REGISTRATION_ON_DOWN, now);
}

static void on_refused(
                void *user, const uint8_t *token, size_t token_length, LwNow now G_GNUC_UNUSED)
{
        lw_observer_refused(((LwServer *) user)->observer, token, token_length);
}

static void on_undelivered(void *user, const uint8_t *token, size_t token_length, LwNow now)
{
        lw_observer_undelivered(((LwServer *) user)->observer, token, token_length, now);
}

static void on_settled(void *user, LwNow now)
{
        lw_observer_settled(((LwServer *) user)->observer, now);
}

/* A notification was not acknowledged: an Update tells whether the server still knows us, and finds
 * it anew if it does not answer. */
static void on_unanswered(void *user, LwNow now)
{
        lw_server_step(user, LW_REGISTRATION_ON_TRIGGER, now);
}

bool lw_server_keep(LwServer *self, bool urgent)
{
        return self->environment.keep &&
               self->environment.keep(self->environment.user, self, urgent);
}

static bool on_keep(void *user, bool urgent)
{
        return lw_server_keep(user, urgent);
}

static const LwObserverEvents observer_events = {
        .unanswered = on_unanswered,
        .keep = on_keep,
};

static void on_operated(void *user, LwOperation operation, const LwPath *path, LwStatus status)
{
        LwServer *self = user;

        if (self->environment.operated)
                self->environment.operated(self->environment.user, self, operation, path, status);
}

/* Brings the inbox up to date; cheaper at each request than at each change. */
static LwInbox *inbox_of(LwServer *self)
{
        self->inbox.version = self->registration.version;
        self->inbox.open = self->registration.registered && self->later == LW_REGISTRATION_NOTHING;
        return &self->inbox;
}

void lw_server_count(LwServer *self, LwNow now)
{
        LwTraffic traffic = {};

        if (lw_server_exchange(self))
                traffic = lw_exchange_traffic(lw_server_exchange(self));
        lw_counters_count(&self->counters, &traffic, now);
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        lw_inbox_request(inbox_of(user), message, ticket, now);
        lw_server_stir(user, now);
}

static LwSink *on_receive(
                void *user, const LwMessage *first, uint64_t size, LwNow now, GError **error)
{
        return lw_inbox_receive(inbox_of(user), first, size, now, error);
}

static const LwExchangeEvents exchange_events = {
        .stage = on_stage,
        .up = on_up,
        .down = on_down,
        .request = on_request,
        .receive = on_receive,
        .refused = on_refused,
        .undelivered = on_undelivered,
        .settled = on_settled,
};

/* --- what the state machine wants ------------------------------------------------------------- */

static void act(LwServer *self, LwRegistrationAction action, LwNow now)
{
        switch (action) {
        case LW_REGISTRATION_NOTHING:
                break;
        case LW_REGISTRATION_OPEN:
        case LW_REGISTRATION_CLOSE:
                self->later = action;
                break;
        case LW_REGISTRATION_SEND_REGISTER:
                lw_server_send_register(self, now);
                break;
        case LW_REGISTRATION_SEND_UPDATE:
                lw_server_send_update(self, now);
                break;
        case LW_REGISTRATION_SEND_DEREGISTER:
                lw_server_send_deregister(self, now);
                break;
        }
}

static void close_connection(LwServer *self, LwNow now)
{
        lw_server_count(self, now);
        lw_counters_connect(&self->counters);
        self->errand = 0;
        lw_observer_set_open(self->observer, false, now);
        lw_observer_set_connection(self->observer, NULL);
        lw_sender_set_connection(self->sender, NULL);
        if (self->connection)
                lw_connection_close(self->connection);
        g_clear_pointer(&self->connection, lw_connection_unref);
        self->inbox.connection = NULL;
        self->resolving = false;
        if (!self->registration.registered)
                lw_observer_renew(self->observer);
}

static void open_connection(LwServer *self, LwNow now)
{
        g_autoptr(GError) error = NULL;
        LwTransport *transport = self->environment.factory->open(
                        self->environment.factory, &self->account->peer, &error);
        LwExchange *exchange;

        if (!transport) {
                lw_server_set_error(self, error->message);
                lw_server_step(self, LW_REGISTRATION_ON_DOWN, now);
                return;
        }
        exchange = lw_exchange_new(transport, &exchange_events, self);
        self->connection = self->inbox.connection = lw_connection_new(exchange);
        lw_observer_set_connection(self->observer, self->connection);
        lw_sender_set_connection(self->sender, self->connection);
        lw_exchange_start(exchange);
}

/* --- life ------------------------------------------------------------------------------------- */

LwServer *lw_server_new(LwAccount *account, const LwServerEnvironment *environment, uint32_t seed)
{
        LwServer *self = g_new0(LwServer, 1);

        self->account = account;
        self->pmin_seconds = account->default_pmin_seconds;
        self->pmax_seconds = account->default_pmax_seconds;
        self->environment = *environment;
        lw_registration_init(&self->registration, account->version, seed);
        self->observer = lw_observer_new(environment->tree, account, &observer_events, self);
        self->sender = lw_sender_new(environment->tree, account, &lw_server_sender_events, self);
        self->inbox = (LwInbox){
                .tree = environment->tree,
                .observer = self->observer,
                .ssid = account->ssid,
                .operated = on_operated,
                .user = self,
        };
        return self;
}

void lw_server_free(LwServer *self)
{
        if (!self)
                return;
        close_connection(self, (LwNow){});
        lw_observer_free(self->observer);
        lw_sender_free(self->sender);
        lw_announcement_clear(&self->known);
        lw_announcement_clear(&self->told);
        g_strfreev(self->location);
        g_free(self->location_text);
        g_free(self->last_error);
        lw_account_free(self->account);
        g_free(self);
}

void lw_server_start(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_START, now);
}

void lw_server_stop(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_STOP, now);
}

bool lw_server_is_stopped(const LwServer *self)
{
        return self->registration.state == LW_REGISTRATION_STOPPED &&
               self->later == LW_REGISTRATION_NOTHING;
}

void lw_server_update(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_TRIGGER, now);
}

void lw_server_register(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_REGISTER, now);
}

void lw_server_deregister(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_DEREGISTER, now);
}

void lw_server_disable(LwServer *self, uint32_t seconds, LwNow now)
{
        self->registration.disable_seconds = seconds;
        lw_server_step(self, LW_REGISTRATION_ON_DISABLE, now);
}

void lw_server_moved(LwServer *self, LwNow now)
{
        lw_server_step(self, LW_REGISTRATION_ON_MOVED, now);
}

void lw_server_touch(LwServer *self)
{
        self->touched = true;
}

LwUsec lw_server_update_at(const LwServer *self)
{
        LwUsec credit = (LW_UPDATES_MAX - 1) * LW_USEC_PER_SEC;

        return self->paced > credit ? self->paced - credit : 0;
}

LwUsec lw_server_deadline(const LwServer *self)
{
        LwUsec deadline = lw_registration_deadline(&self->registration);

        if (self->later != LW_REGISTRATION_NOTHING)
                return 0;
        if (self->touched)
                deadline = lw_usec_min(deadline, lw_server_update_at(self));
        if (lw_server_exchange(self))
                deadline = lw_usec_min(deadline, lw_exchange_deadline(lw_server_exchange(self)));
        if (!self->asleep)
                deadline = lw_usec_min(deadline, lw_server_sleep_at(self));
        deadline = lw_usec_min(deadline, lw_sender_deadline(self->sender));
        return lw_usec_min(deadline, lw_observer_deadline(self->observer));
}

LwUsec lw_server_notification_deadline(const LwServer *self)
{
        return lw_observer_deadline(self->observer);
}

static void run_later(LwServer *self, LwNow now)
{
        LwRegistrationAction later = self->later;

        self->later = LW_REGISTRATION_NOTHING;
        if (later == LW_REGISTRATION_NOTHING)
                return;
        close_connection(self, now);
        if (later == LW_REGISTRATION_OPEN)
                open_connection(self, now);
        tell_changed(self);
}

/* What the server knows, or is being told just now; NULL when it knows nothing. */
static const LwAnnouncement *heard(const LwServer *self)
{
        switch (self->registration.state) {
        case LW_REGISTRATION_REGISTERED:
                return &self->known;
        case LW_REGISTRATION_REGISTERING:
        case LW_REGISTRATION_UPDATING:
                return &self->told;
        case LW_REGISTRATION_DISABLED:
        case LW_REGISTRATION_WAITING:
        case LW_REGISTRATION_CONNECTING: /* what follows tells everything anew */
        case LW_REGISTRATION_LEAVING:
        case LW_REGISTRATION_WITHDRAWING:
        case LW_REGISTRATION_STOPPING:
        case LW_REGISTRATION_ENDING:
        case LW_REGISTRATION_STOPPED:
                return NULL;
        }
        g_assert_not_reached();
}

/* Default periods that changed hold for all observations without their own. */
static void run_periods(LwServer *self)
{
        const LwAccount *account = self->account;

        if (self->pmin_seconds == account->default_pmin_seconds &&
                        self->pmax_seconds == account->default_pmax_seconds)
                return;
        self->pmin_seconds = account->default_pmin_seconds;
        self->pmax_seconds = account->default_pmax_seconds;
        lw_observer_attributed(self->observer, &LW_PATH_ROOT);
}

/* Several changes in one turn of the loop are one Update, and none if nothing is different in the
 * end. */
static void run_touched(LwServer *self, LwNow now)
{
        g_auto(LwAnnouncement) present = {};

        if (!self->touched)
                return;
        self->behind = lw_server_update_at(self) > now.boot;
        if (self->behind)
                return;
        self->touched = false;
        run_periods(self);
        if (!heard(self))
                return;
        lw_announcement_make(&present, self->account, self->environment.tree,
                        self->registration.version);
        if (lw_announcement_equal(&present, heard(self)))
                return;
        self->paced = lw_usec_add(MAX(self->paced, now.boot), LW_USEC_PER_SEC);
        lw_server_step(self, LW_REGISTRATION_ON_CHANGED, now);
}

void lw_server_run(LwServer *self, LwNow now)
{
        lw_server_count(self, now);
        run_later(self, now);
        run_touched(self, now);
        if (lw_server_exchange(self))
                lw_exchange_run(lw_server_exchange(self), now);
        lw_observer_run(self->observer, now);
        lw_sender_run(self->sender, now);
        if (lw_registration_deadline(&self->registration) <= now.boot)
                lw_server_step(self, LW_REGISTRATION_ON_DEADLINE, now);
        lw_server_stir(self, now);
}

void lw_server_tree_changed(LwServer *self, const LwPath *path)
{
        lw_observer_changed(self->observer, path);
}

void lw_server_tree_restructured(LwServer *self, const LwPath *path, bool added)
{
        self->touched = true;
        lw_observer_restructured(self->observer, path, added);
}

void lw_server_tree_attributed(LwServer *self, const LwPath *path)
{
        lw_observer_attributed(self->observer, path);
}
