/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServer: one management server. */
#include "client/server.h"

#include <string.h>

#include "base/quote.h"
#include "client/announcement.h"
#include "client/connection.h"
#include "client/inbox.h"
#include "client/observer.h"
#include "client/session.h"
#include "model/status.h"

struct LwServer {
        LwAccount *account;
        LwServerEnvironment environment;
        LwRegistration registration;
        LwConnection *connection; /* NULL: none */
        LwObserver *observer;
        LwInbox inbox;
        LwAnnouncement known, told; /* what the server knows of us; what is on its way */
        char **location;            /* segments that it gave us */
        char *location_text;
        char *last_error;
        LwStatus last_status; /* 0: the server did not answer */
        LwErrand errand;      /* the Register, Update or De-register that was sent last */
        LwCounters counters;
        LwRegistrationAction later; /* OPEN or CLOSE: not from inside an event of the exchange */
        uint32_t pmin_seconds, pmax_seconds; /* the account's defaults, as observations have them */
        bool touched;                        /* something may be other than the server knows */
        bool resolving;
};

static void act(LwServer *self, LwRegistrationAction action, LwNow now);

static LwExchange *exchange_of(const LwServer *self)
{
        return self->connection ? lw_connection_exchange(self->connection) : NULL;
}

static void tell_changed(LwServer *self)
{
        if (self->environment.changed)
                self->environment.changed(self->environment.user, self);
}

/* Feeds the state machine and does what it says; tells whoever watches when the state is another
 * one. */
static void step(LwServer *self, LwRegistrationEvent event, LwNow now)
{
        LwRegistrationState before = self->registration.state;

        act(self, lw_registration_step(&self->registration, event, now), now);
        if (self->registration.state != before || event == LW_REGISTRATION_ON_ACCEPTED)
                tell_changed(self);
}

static void set_error(LwServer *self, const char *message)
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

        self->resolving = false;
        /* A handshake makes a new security context, and registrations belong to one. Source: OMA
         * LwM2M Core 1.1, "Register". */
        if (self->account->peer.security != LW_SECURITY_NOSEC)
                lw_registration_forget(&self->registration);
        step(self, LW_REGISTRATION_ON_UP, now);
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        LwServer *self = user;

        self->resolving = false;
        set_error(self, reason->message);
        step(self, LW_REGISTRATION_ON_DOWN, now);
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
        step(user, LW_REGISTRATION_ON_TRIGGER, now);
}

static bool on_keep(void *user, bool urgent)
{
        LwServer *self = user;

        return self->environment.keep &&
               self->environment.keep(self->environment.user, self, urgent);
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

/* Adds what went over this connection since the last time. */
static void count(LwServer *self, LwNow now)
{
        LwTraffic traffic = {};

        if (exchange_of(self))
                traffic = lw_exchange_traffic(exchange_of(self));
        lw_counters_count(&self->counters, &traffic, now);
}

static void on_request(void *user, const LwMessage *message, LwTicket ticket, LwNow now)
{
        lw_inbox_request(inbox_of(user), message, ticket, now);
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

/* The longest that a Confirmable message and its answer can take. Source: RFC 7252, 4.8.2 */
static LwUsec answer_time(const LwPeer *peer)
{
        LwUsec ack = peer->ack_timeout_usec > 0 ? peer->ack_timeout_usec : 2 * LW_USEC_PER_SEC;
        unsigned repeats = peer->max_retransmit > 0 ? peer->max_retransmit - 1u : 4;

        return ack * ((2u << MIN(repeats, 16)) - 1) * 3 / 2 + 10 * LW_USEC_PER_SEC;
}

/* Takes the segments. */
static void keep_segments(LwServer *self, char **segments)
{
        g_autoptr(GString) text = g_string_new(NULL);

        for (char **segment = segments; *segment; segment++)
                g_string_append_printf(text, "/%s", *segment);
        g_strfreev(self->location);
        self->location = segments;
        g_free(self->location_text);
        self->location_text = g_utf8_make_valid(text->str, (gssize) text->len);
}

static void keep_location(LwServer *self, const LwMessage *response)
{
        g_autoptr(GStrvBuilder) segments = g_strv_builder_new();
        unsigned count = 0;

        for (unsigned i = 0; i < response->option_count; i++) {
                const LwOption *option = &response->options[i];
                g_autofree char *segment = NULL;

                if (option->number != LW_OPTION_LOCATION_PATH || count++ >= LW_PATH_SEGMENTS_MAX)
                        continue;
                segment = g_strndup((const char *) option->value, option->length);
                g_strv_builder_add(segments, segment);
        }
        keep_segments(self, g_strv_builder_end(segments));
}

/* What an answer, or none, to a Register, Update or De-register means. */
static LwRegistrationEvent judge(LwServer *self, const LwMessage *response, const GError *error)
{
        g_autofree char *text = NULL;
        LwStatus status;

        if (!response) {
                set_error(self, error->message);
                return LW_REGISTRATION_ON_SILENT;
        }
        status = lw_status_from_code(response->code);
        if (lw_status_is_success(status))
                return LW_REGISTRATION_ON_ACCEPTED;
        text = response->payload_length > 0 ? lw_quote((const char *) response->payload,
                                                              response->payload_length)
                                            : g_strdup("");
        g_free(self->last_error);
        self->last_error = g_strdup_printf("the server answered %s%s%s", lw_status_text(status),
                        *text ? " " : "", text);
        self->last_status = status;
        return status == LW_STATUS_PRECONDITION_FAILED ? LW_REGISTRATION_ON_OLDER
                                                       : LW_REGISTRATION_ON_REFUSED;
}

/* The server knows our address: notifications may go there. */
static void reached(LwServer *self, LwRegistrationEvent event, LwNow now)
{
        if (event == LW_REGISTRATION_ON_ACCEPTED && self->registration.registered) {
                lw_observer_set_open(self->observer, true, now);
                on_keep(self, false);
        }
}

static void on_registered(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwServer *self = user;
        LwRegistrationEvent event = judge(self, response, error);

        if (event == LW_REGISTRATION_ON_ACCEPTED) {
                keep_location(self, response);
                if (self->location[0]) {
                        lw_announcement_move(&self->known, &self->told);
                } else {
                        set_error(self, "the server gave no location for the registration");
                        event = LW_REGISTRATION_ON_REFUSED;
                }
        }
        step(self, event, now);
        reached(self, event, now);
}

static void on_updated(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwServer *self = user;
        LwRegistrationEvent event = judge(self, response, error);

        if (event == LW_REGISTRATION_ON_ACCEPTED)
                lw_announcement_move(&self->known, &self->told);
        step(self, event, now);
        reached(self, event, now);
}

static void on_deregistered(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwServer *self = user;

        step(self, judge(self, response, error), now);
}

static void send_message(LwServer *self, const LwMessage *message, LwBlob *body,
                LwExchangeFlags flags, LwExchangeDone done, LwNow now)
{
        g_autoptr(GError) error = NULL;
        LwExchange *exchange = exchange_of(self);

        if (exchange) {
                /* of two the answer to the later one counts */
                lw_exchange_drop(exchange, self->errand);
                self->errand = lw_exchange_request(exchange, message, body,
                                answer_time(&self->account->peer), flags, done, self, now, &error);
                if (self->errand)
                        return;
        }
        set_error(self, error ? error->message : "there is no connection");
        step(self, LW_REGISTRATION_ON_DOWN, now);
}

static void send_register(LwServer *self, LwNow now)
{
        LwAnnouncementText text;
        LwMessage message;

        lw_observer_clear(self->observer);
        lw_announcement_make(&self->told, self->account, self->environment.tree,
                        self->registration.version);
        self->registration.lifetime_seconds = self->told.lifetime_seconds;
        self->touched = false;
        lw_announcement_register(
                        &self->told, self->account, self->environment.endpoint, &text, &message);
        send_message(self, &message, self->told.links, LW_EXCHANGE_PLAIN, on_registered, now);
}

static void send_update(LwServer *self, LwNow now)
{
        LwAnnouncementText text;
        LwMessage message;
        LwBlob *links;

        lw_announcement_make(&self->told, self->account, self->environment.tree,
                        self->registration.version);
        self->registration.lifetime_seconds = self->told.lifetime_seconds;
        self->touched = false;
        links = lw_announcement_update(&self->told, &self->known,
                        (const char *const *) self->location, &text, &message);
        send_message(self, &message, links, LW_EXCHANGE_PLAIN, on_updated, now);
}

static void send_deregister(LwServer *self, LwNow now)
{
        LwMessage message;

        lw_observer_clear(self->observer);
        on_keep(self, false);
        lw_announcement_deregister((const char *const *) self->location, &message);
        send_message(self, &message, NULL, LW_EXCHANGE_URGENT, on_deregistered, now);
}

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
                send_register(self, now);
                break;
        case LW_REGISTRATION_SEND_UPDATE:
                send_update(self, now);
                break;
        case LW_REGISTRATION_SEND_DEREGISTER:
                send_deregister(self, now);
                break;
        }
}

static void close_connection(LwServer *self, LwNow now)
{
        count(self, now);
        lw_counters_connect(&self->counters);
        self->errand = 0;
        lw_observer_set_open(self->observer, false, now);
        lw_observer_set_connection(self->observer, NULL);
        if (self->connection)
                lw_connection_close(self->connection);
        g_clear_pointer(&self->connection, lw_connection_unref);
        self->inbox.connection = NULL;
        self->resolving = false;
        if (!self->registration.registered)
                lw_observer_clear(self->observer);
}

static void open_connection(LwServer *self, LwNow now)
{
        g_autoptr(GError) error = NULL;
        LwTransport *transport = self->environment.factory->open(
                        self->environment.factory, &self->account->peer, &error);
        LwExchange *exchange;

        if (!transport) {
                set_error(self, error->message);
                step(self, LW_REGISTRATION_ON_DOWN, now);
                return;
        }
        exchange = lw_exchange_new(transport, &exchange_events, self);
        self->connection = self->inbox.connection = lw_connection_new(exchange);
        lw_observer_set_connection(self->observer, self->connection);
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
        step(self, LW_REGISTRATION_ON_START, now);
}

void lw_server_stop(LwServer *self, LwNow now)
{
        step(self, LW_REGISTRATION_ON_STOP, now);
}

bool lw_server_is_stopped(const LwServer *self)
{
        return self->registration.state == LW_REGISTRATION_STOPPED &&
               self->later == LW_REGISTRATION_NOTHING;
}

void lw_server_update(LwServer *self, LwNow now)
{
        step(self, LW_REGISTRATION_ON_TRIGGER, now);
}

void lw_server_register(LwServer *self, LwNow now)
{
        step(self, LW_REGISTRATION_ON_REGISTER, now);
}

void lw_server_deregister(LwServer *self, LwNow now)
{
        step(self, LW_REGISTRATION_ON_DEREGISTER, now);
}

void lw_server_disable(LwServer *self, uint32_t seconds, LwNow now)
{
        self->registration.disable_seconds = seconds;
        step(self, LW_REGISTRATION_ON_DISABLE, now);
}

void lw_server_moved(LwServer *self, LwNow now)
{
        step(self, LW_REGISTRATION_ON_MOVED, now);
}

void lw_server_touch(LwServer *self)
{
        self->touched = true;
}

LwUsec lw_server_deadline(const LwServer *self)
{
        LwUsec deadline = lw_registration_deadline(&self->registration);

        if (self->touched || self->later != LW_REGISTRATION_NOTHING)
                return 0;
        if (exchange_of(self))
                deadline = lw_usec_min(deadline, lw_exchange_deadline(exchange_of(self)));
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
        self->touched = false;
        run_periods(self);
        if (!heard(self))
                return;
        lw_announcement_make(&present, self->account, self->environment.tree,
                        self->registration.version);
        if (!lw_announcement_equal(&present, heard(self)))
                step(self, LW_REGISTRATION_ON_CHANGED, now);
}

void lw_server_run(LwServer *self, LwNow now)
{
        count(self, now);
        run_later(self, now);
        run_touched(self, now);
        if (exchange_of(self))
                lw_exchange_run(exchange_of(self), now);
        lw_observer_run(self->observer, now);
        if (lw_registration_deadline(&self->registration) <= now.boot)
                step(self, LW_REGISTRATION_ON_DEADLINE, now);
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

/* --- over restarts ---------------------------------------------------------------------------- */

/* With whom a session is: another address, or another name of ours, is another registration. */
static char *session_name(const LwServer *self)
{
        return g_strdup_printf("%s %s", self->environment.endpoint, self->account->uri);
}

GBytes *lw_server_save_session(const LwServer *self, LwNow now)
{
        const LwRegistration *registration = &self->registration;
        LwUsec left = LW_USEC_NEVER;
        g_autofree char *name = NULL;
        LwSession session;

        if (!registration->registered || !self->location)
                return g_bytes_new(NULL, 0);
        if (registration->expires != LW_USEC_NEVER)
                left = registration->expires > now.boot ? registration->expires - now.boot : 0;
        name = session_name(self);
        session = (LwSession){
                .server = name,
                .location = self->location,
                .version = registration->version,
                .lifetime_seconds = registration->lifetime_seconds,
                .expires_real_usec =
                                left < INT64_MAX / 2 ? now.real_usec + (int64_t) left : INT64_MAX,
                .registered_real_usec = registration->registered_real_usec,
        };
        return lw_session_save(&session, self->observer);
}

/* The registration goes on where it was: the Update after the next connection tells whether the
 * server agrees. */
static void resume(LwServer *self, LwSession *session, LwNow now)
{
        LwRegistration *registration = &self->registration;

        registration->registered = true;
        registration->version = session->version;
        registration->lifetime_seconds = session->lifetime_seconds;
        registration->registered_real_usec = session->registered_real_usec;
        registration->expires = LW_USEC_NEVER;
        if (session->expires_real_usec != INT64_MAX)
                registration->expires = lw_usec_add(
                                now.boot, (LwUsec) (session->expires_real_usec - now.real_usec));
        keep_segments(self, g_steal_pointer(&session->location));
}

bool lw_server_load_session(LwServer *self, GBytes *document, LwNow now, GError **error)
{
        g_autofree char *name = session_name(self);
        g_auto(LwSession) session = {};

        if (g_bytes_get_size(document) == 0)
                return true;
        if (!lw_session_load(&session, self->observer, document, now, error))
                return false;
        if (strcmp(session.server, name) == 0 && session.expires_real_usec > now.real_usec &&
                        session.version <= self->account->version)
                resume(self, &session, now);
        else
                lw_observer_clear(self->observer);
        return true;
}

void lw_server_kept(LwServer *self, LwNow now)
{
        lw_observer_kept(self->observer, now);
}

/* --- what it shows ---------------------------------------------------------------------------- */

LwAccount *lw_server_account(LwServer *self)
{
        return self->account;
}

const LwRegistration *lw_server_registration(const LwServer *self)
{
        return &self->registration;
}

const char *lw_server_state_name(const LwServer *self)
{
        if (self->registration.state == LW_REGISTRATION_CONNECTING && self->resolving)
                return "resolving";
        return lw_registration_state_name(self->registration.state);
}

const char *lw_server_last_error(const LwServer *self, LwStatus *ret_status)
{
        if (ret_status)
                *ret_status = self->last_status;
        return self->last_error ? self->last_error : "";
}

const char *lw_server_location(const LwServer *self)
{
        return self->location_text ? self->location_text : "";
}

char *lw_server_address(const LwServer *self, LwTransportEnd end)
{
        return exchange_of(self) ? lw_exchange_address(exchange_of(self), end) : NULL;
}

size_t lw_server_observation_count(const LwServer *self)
{
        return lw_observer_count(self->observer);
}

void lw_server_each_observation(
                const LwServer *self, void (*each)(void *data, const LwPath *path), void *data)
{
        lw_observer_each(self->observer, each, data);
}

size_t lw_server_list_observations(const LwServer *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        return lw_observer_list(self->observer, offset, limit, each, data);
}

const LwCounters *lw_server_counters(LwServer *self, LwNow now)
{
        count(self, now);
        return &self->counters;
}

void lw_server_set_counters(LwServer *self, const LwCounters *counters)
{
        LwTraffic seen = self->counters.seen;

        self->counters = *counters;
        self->counters.seen = seen;
}
