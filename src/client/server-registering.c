/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Register, Update and De-register of LwServer as messages, and what their answers mean. */
#include "base/quote.h"
#include "client/server-inside.h"
#include "model/limits.h"
#include "model/status.h"

void lw_server_set_location(LwServer *self, char **segments)
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
        lw_server_set_location(self, g_strv_builder_end(segments));
}

/* What an answer, or none, to a Register, Update or De-register means. */
static LwRegistrationEvent judge(LwServer *self, const LwMessage *response, const GError *error)
{
        g_autofree char *text = NULL;
        LwStatus status;

        if (!response) {
                lw_server_set_error(self, error->message);
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
                lw_sender_reached(self->sender);
                lw_server_keep(self, false);
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
                        lw_server_set_error(
                                        self, "the server gave no location for the registration");
                        event = LW_REGISTRATION_ON_REFUSED;
                }
        }
        lw_server_step(self, event, now);
        reached(self, event, now);
}

static void on_updated(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwServer *self = user;
        LwRegistrationEvent event = judge(self, response, error);

        if (event == LW_REGISTRATION_ON_ACCEPTED)
                lw_announcement_move(&self->known, &self->told);
        lw_server_step(self, event, now);
        reached(self, event, now);
}

static void on_deregistered(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwServer *self = user;

        lw_server_step(self, judge(self, response, error), now);
}

static void send_message(LwServer *self, const LwMessage *message, LwBlob *body,
                LwExchangeFlags flags, LwExchangeDone done, LwNow now)
{
        g_autoptr(GError) error = NULL;
        LwExchange *exchange = lw_server_exchange(self);

        if (exchange) {
                /* of two the answer to the later one counts */
                lw_exchange_drop(exchange, self->errand);
                self->errand = lw_exchange_request(exchange, message, body,
                                lw_peer_answer_time(&self->account->peer, 0), flags, done, self,
                                now, &error);
                if (self->errand)
                        return;
        }
        lw_server_set_error(self, error ? error->message : "there is no connection");
        lw_server_step(self, LW_REGISTRATION_ON_DOWN, now);
}

void lw_server_send_register(LwServer *self, LwNow now)
{
        LwAnnouncementText text;
        LwMessage message;

        lw_observer_renew(self->observer);
        lw_announcement_make(&self->told, self->account, self->environment.tree,
                        self->registration.version);
        self->registration.lifetime_seconds = self->told.lifetime_seconds;
        self->touched = false;
        lw_announcement_register(
                        &self->told, self->account, self->environment.endpoint, &text, &message);
        send_message(self, &message, self->told.links, LW_EXCHANGE_PLAIN, on_registered, now);
}

void lw_server_send_update(LwServer *self, LwNow now)
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

void lw_server_send_deregister(LwServer *self, LwNow now)
{
        LwMessage message;

        /* a person who sends us away, or the end of the account, ends what was observed */
        if (self->registration.state == LW_REGISTRATION_LEAVING && !self->registration.away)
                lw_observer_rest(self->observer);
        else
                lw_observer_clear(self->observer);
        lw_server_keep(self, false);
        lw_announcement_deregister((const char *const *) self->location, &message);
        send_message(self, &message, NULL, LW_EXCHANGE_URGENT, on_deregistered, now);
}
