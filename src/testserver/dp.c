/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What clients send by themselves: Send, POST /dp. */
#include "testserver/dp.h"

#include <string.h>

#include "codec/format.h"
#include "model/status.h"

static bool refuse(GError **error, LwStatus status, const char *what)
{
        g_set_error_literal(error, LW_ERROR, (int) status, what);
        return false;
}

bool lw_test_dp_is_for(const LwMessage *message)
{
        const LwOption *first = lw_message_find(message, LW_OPTION_URI_PATH);

        return first != NULL && first->length == 2 && memcmp(first->value, "dp", 2) == 0;
}

/* Odd numbers are critical. Those of blocks were the exchange's. Source: RFC 7252, 5.4.1. */
static bool check_options(const LwMessage *message, GError **error)
{
        unsigned segments = 0;

        for (unsigned i = 0; i < message->option_count; i++) {
                switch (message->options[i].number) {
                case LW_OPTION_URI_PATH:
                        segments++;
                        continue;
                case LW_OPTION_URI_HOST:
                case LW_OPTION_URI_PORT:
                case LW_OPTION_ACCEPT:
                case LW_OPTION_BLOCK1:
                case LW_OPTION_BLOCK2:
                        continue;
                }
                if (message->options[i].number % 2 != 0) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                        "option %u has no meaning in a Send",
                                        message->options[i].number);
                        return false;
                }
        }
        return (message->code == LW_METHOD_POST && segments == 1) ||
               refuse(error, LW_STATUS_NOT_PERMITTED, "a Send is a POST to /dp");
}

static LwTestClient *find_client(
                const LwTestClients *clients, const LwTestPeer *peer, GError **error)
{
        for (size_t i = 0; i < lw_test_clients_count(clients); i++) {
                LwTestClient *client = lw_test_clients_at(clients, i);

                if (client->peer != peer)
                        continue;
                if (client->version >= LW_VERSION_1_1)
                        return client;
                refuse(error, LW_STATUS_BAD_REQUEST,
                                "the client registered with LwM2M 1.0, which has no Send");
                return NULL;
        }
        refuse(error, LW_STATUS_NOT_FOUND, "no client is registered from this address");
        return NULL;
}

static bool check_format(const LwTestClient *client, int32_t format, GError **error)
{
        if (format == LW_FORMAT_SENML_CBOR || format == LW_FORMAT_SENML_JSON ||
                        (format == LW_FORMAT_LWM2M_CBOR && client->version >= LW_VERSION_1_2))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "a Send has SenML CBOR or JSON, or from 1.2 on LwM2M CBOR, and not %s",
                        format == LW_FORMAT_NONE ? "no format" : lw_format_name(format));
        return false;
}

/* A decoder's answer for a codec of ours is that it is a bad request, whatever it missed. */
static bool decode(const LwTestClient *client, const LwMessage *message, int32_t format,
                LwRegistry *registry, LwNow now, LwValues *values, GError **error)
{
        g_autofree char *joined = g_strjoinv("/", (char **) lw_object_list_prefix(client->objects));
        g_autofree char *prefix = joined[0] != '\0' ? g_strconcat("/", joined, NULL) : NULL;
        LwDecode how = {
                .base = LW_PATH_ROOT,
                .registry = registry,
                .keep_unknown = true,
                .now_real_usec = now.real_usec,
                .prefix = prefix,
        };
        g_autoptr(GError) reason = NULL;

        if (lw_format_decode(format, message->payload, message->payload_length, &how, values,
                            &reason))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "what was sent cannot be read: %s",
                        reason->message);
        return false;
}

static bool check_registered(const LwTestClient *client, const LwValues *values, GError **error)
{
        for (size_t i = 0; i < lw_values_count(values); i++) {
                LwPath instance = lw_path_prefix(&lw_values_at(values, i)->path,
                                MIN(lw_values_at(values, i)->path.length, LW_LEVEL_INSTANCE));
                char text[LW_PATH_TEXT_MAX];

                if (lw_object_list_find(client->objects, &instance) != NULL)
                        continue;
                lw_path_print(&instance, text);
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_FOUND, "%s is not registered", text);
                return false;
        }
        return true;
}

LwValues *lw_test_dp_read(const LwTestClients *clients, const LwTestPeer *peer,
                const LwMessage *message, LwRegistry *registry, LwNow now,
                LwTestClient **ret_client, int32_t *ret_format, GError **error)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwTestClient *client;
        uint32_t format;

        if (!check_options(message, error))
                return NULL;
        client = find_client(clients, peer, error);
        if (client == NULL)
                return NULL;
        if (!lw_message_find_uint(message, LW_OPTION_CONTENT_FORMAT, &format))
                format = (uint32_t) LW_FORMAT_NONE;
        if (!check_format(client, (int32_t) format, error) ||
                        !decode(client, message, (int32_t) format, registry, now, values, error) ||
                        !check_registered(client, values, error))
                return NULL;
        lw_values_sort(values);
        *ret_client = client;
        *ret_format = (int32_t) format;
        return g_steal_pointer(&values);
}
