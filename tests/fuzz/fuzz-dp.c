/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes what a client sends by itself: the first byte chooses alternate path and format, the rest
 * is the body of POST /dp. */
#include <glib.h>

#include "fuzz/codec.h"
#include "testserver/dp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lists[] = { "</1/0>,</3/0>,</6/0>,</3303/0>",
        "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/6/0>,</lwm2m/3303/0>" };
static const uint32_t formats[] = { 110, 112, 11544, 11542 };

static void on_registered(void *user G_GNUC_UNUSED, LwTestClient *client G_GNUC_UNUSED,
                LwNow now G_GNUC_UNUSED)
{
}

static void on_ended(void *user G_GNUC_UNUSED, LwTestClient *client G_GNUC_UNUSED,
                LwTestClientEnd why G_GNUC_UNUSED)
{
}

static void fill(LwMessage *message, uint8_t choice, const uint8_t *data, size_t size)
{
        lw_message_init(message, LW_MESSAGE_CON, LW_METHOD_POST);
        lw_message_add_text(message, LW_OPTION_URI_PATH, "dp");
        lw_message_add_uint(message, LW_OPTION_CONTENT_FORMAT,
                        formats[choice / G_N_ELEMENTS(lists) % G_N_ELEMENTS(formats)]);
        message->payload = data;
        message->payload_length = size;
}

static LwTestClients *register_one(LwTestPeer *peer, const char *list, LwNow now)
{
        static const LwTestClientsEvents events = { .registered = on_registered,
                .ended = on_ended };
        LwTestClients *clients = lw_test_clients_new(&events, NULL);
        g_auto(LwParameters) parameters = {};
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        lw_message_add_text(&message, LW_OPTION_URI_QUERY, "ep=a");
        lw_message_add_text(&message, LW_OPTION_URI_QUERY, "lwm2m=1.2");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 40);
        message.payload = (const uint8_t *) list;
        message.payload_length = strlen(list);
        g_assert(lw_parameters_parse(&message, &parameters, NULL));
        g_assert(lw_test_clients_register(clients, &parameters, peer, now, NULL) != NULL);
        return clients;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        LwNow now = { .real_usec = 1700000000000000 };
        LwTestPeer peer = { .holders = 1 };
        g_autoptr(LwTestClients) clients = NULL;
        g_autoptr(LwValues) values = NULL;
        g_autoptr(GError) error = NULL;
        LwTestClient *client = NULL;
        LwMessage message;
        int32_t format;

        if (size == 0)
                return 0;
        clients = register_one(&peer, lists[data[0] % G_N_ELEMENTS(lists)], now);
        fill(&message, data[0], data + 1, size - 1);
        values = lw_test_dp_read(
                        clients, &peer, &message, fuzz_registry(), now, &client, &format, &error);
        g_assert((values == NULL) == (error != NULL));
        for (size_t i = 0; values != NULL && i < lw_values_count(values); i++)
                g_assert(lw_values_at(values, i)->path.length >= LW_LEVEL_INSTANCE);
        return 0;
}
