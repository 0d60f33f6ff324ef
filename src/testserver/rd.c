/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registration interface: Register, Update and De-register as messages. */
#include "testserver/rd.h"

#include <string.h>

#include "model/limits.h"

/* What a request's Uri-Path leads to. */
typedef struct Place {
        unsigned depth; /* 1: /rd, 2: /rd/<id> */
        char *id;
} Place;

static void place_clear(Place *place)
{
        g_free(place->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static bool option_is(const LwOption *option, const char *text)
{
        return option->length == strlen(text) && memcmp(option->value, text, option->length) == 0;
}

/* Anything but /rd and what is one step below it is not there. */
static bool find_place(const LwMessage *message, Place *ret_place, GError **error)
{
        g_auto(Place) place = {};
        bool ok = true;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];

                if (option->number != LW_OPTION_URI_PATH)
                        continue;
                place.depth++;
                if (place.depth == 1)
                        ok = option_is(option, "rd");
                else if (place.depth == 2)
                        place.id = g_strndup((const char *) option->value, option->length);
        }
        if (!ok || place.depth < 1 || place.depth > 2 ||
                        (place.id != NULL && !g_utf8_validate(place.id, -1, NULL))) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_FOUND,
                                "clients register at /rd, and nothing else is here");
                return false;
        }
        *ret_place = place;
        place = (Place){};
        return true;
}

/* Odd numbers are critical. Those of blocks were the exchange's. Source: RFC 7252, 5.4.1. */
static bool check_options(const LwMessage *message, GError **error)
{
        for (unsigned i = 0; i < message->option_count; i++) {
                uint16_t number = message->options[i].number;

                switch (number) {
                case LW_OPTION_URI_HOST:
                case LW_OPTION_URI_PORT:
                case LW_OPTION_URI_PATH:
                case LW_OPTION_URI_QUERY:
                case LW_OPTION_ACCEPT:
                case LW_OPTION_BLOCK1:
                case LW_OPTION_BLOCK2:
                        continue;
                }
                if (number % 2 == 0)
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "option %u has no meaning in a registration", number);
                return false;
        }
        return true;
}

/* Location-Path: rd, id. The id must last until the reply is made. */
static void reply_created(
                const LwTestRd *self, LwTestPeer *peer, LwTicket ticket, const LwTestClient *client)
{
        LwMessage reply;

        lw_message_init(&reply, LW_MESSAGE_ACK, lw_status_to_code(LW_STATUS_CREATED));
        if (!self->misbehaviour.no_location) {
                lw_message_add_text(&reply, LW_OPTION_LOCATION_PATH, "rd");
                lw_message_add_text(&reply, LW_OPTION_LOCATION_PATH, client->id);
        }
        lw_exchange_reply(peer->exchange, ticket, &reply, NULL);
}

static bool check_version(
                const LwMisbehaviour *misbehaviour, const LwParameters *parameters, GError **error)
{
        if (!misbehaviour->has_highest_version || !parameters->has_version ||
                        parameters->version <= misbehaviour->highest_version)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_PRECONDITION_FAILED,
                        "versions up to %s are supported",
                        lw_version_text(misbehaviour->highest_version));
        return false;
}

/* Source: OMA LwM2M Core 1.1, "Endpoint Client Name"; Transport 1.1, 5.2.8.1 and 5.2.8.7. */
static bool check_identity(
                const LwTestRd *self, const LwTestPeer *peer, const char *endpoint, GError **error)
{
        bool by_key = self->keys != NULL && peer->identity != NULL;

        if (endpoint == NULL)
                return true;
        if (by_key && !lw_test_keys_allow(self->keys, peer->identity, endpoint)) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the key is that of another endpoint");
                return false;
        }
        if (!by_key && peer->name != NULL && strcmp(peer->name, endpoint) != 0) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the certificate is that of another endpoint");
                return false;
        }
        return true;
}

/* The endpoint that registered at /rd/`id`; NULL: none did. */
static const char *endpoint_of(const LwTestRd *self, const char *id)
{
        for (size_t i = 0; i < lw_test_clients_count(self->clients); i++) {
                const LwTestClient *client = lw_test_clients_at(self->clients, i);

                if (g_strcmp0(client->id, id) == 0)
                        return client->endpoint;
        }
        return NULL;
}

static bool do_register(LwTestRd *self, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                LwNow now, GError **error)
{
        g_auto(LwParameters) parameters = {};
        const LwTestClient *client;

        if (!lw_parameters_parse(message, &parameters, error) ||
                        !check_version(&self->misbehaviour, &parameters, error) ||
                        !check_identity(self, peer, parameters.endpoint, error))
                return false;
        client = lw_test_clients_register(self->clients, &parameters, peer, now, error);
        if (client == NULL)
                return false;
        reply_created(self, peer, ticket, client);
        return true;
}

static bool do_update(LwTestRd *self, LwTestPeer *peer, const LwMessage *message, const char *id,
                LwTicket ticket, LwNow now, GError **error)
{
        g_auto(LwParameters) parameters = {};

        if (!lw_parameters_parse(message, &parameters, error) ||
                        !check_identity(self, peer, endpoint_of(self, id), error) ||
                        !lw_test_clients_update(self->clients, id, &parameters, peer, now, error))
                return false;
        lw_exchange_reply_status(peer->exchange, ticket, LW_STATUS_CHANGED, NULL);
        return true;
}

static bool do_deregister(
                LwTestRd *self, LwTestPeer *peer, const char *id, LwTicket ticket, GError **error)
{
        /* the reply goes out first: the peer is not ours any more when its last client has gone */
        if (!check_identity(self, peer, endpoint_of(self, id), error) ||
                        !lw_test_clients_deregister(self->clients, id, error))
                return false;
        lw_exchange_reply_status(peer->exchange, ticket, LW_STATUS_DELETED, NULL);
        return true;
}

static bool answer(LwTestRd *self, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                LwNow now, GError **error)
{
        g_auto(Place) place = {};

        if (!find_place(message, &place, error) || !check_options(message, error))
                return false;
        if (message->type == LW_MESSAGE_NON) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a registration is made by Confirmable messages");
                return false;
        }
        if (message->code == LW_METHOD_POST && place.depth == 1)
                return do_register(self, peer, message, ticket, now, error);
        if (message->code == LW_METHOD_POST)
                return do_update(self, peer, message, place.id, ticket, now, error);
        if (message->code == LW_METHOD_DELETE && place.depth == 2)
                return do_deregister(self, peer, place.id, ticket, error);
        g_set_error_literal(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                        "POST /rd registers; POST and DELETE are for what it gave");
        return false;
}

void lw_test_rd_request(LwTestRd *self, LwTestPeer *peer, const LwMessage *message, LwTicket ticket,
                LwNow now)
{
        g_autoptr(GError) error = NULL;

        if (self->misbehaviour.silent)
                return;
        if (self->misbehaviour.status != 0)
                lw_exchange_reply_status(peer->exchange, ticket, self->misbehaviour.status,
                                "told to answer so");
        else if (!answer(self, peer, message, ticket, now, &error))
                lw_exchange_reply_status(
                                peer->exchange, ticket, lw_status_of_error(error), error->message);
}
