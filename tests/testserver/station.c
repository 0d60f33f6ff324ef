/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Station: the server without loop and bus. */
#include "testserver/station.h"

#include <string.h>

#include <check.h>

#include "lib/coap-wire.h"
#include "lib/files.h"
#include "model/status.h"

static void tell(Station *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void tell(Station *self, const char *format, ...)
{
        va_list arguments;

        if (self->story->len > 0)
                g_string_append(self->story, ", ");
        va_start(arguments, format);
        g_string_append_vprintf(self->story, format, arguments);
        va_end(arguments);
}

static void on_registered(void *user, LwTestClient *client, LwNow now G_GNUC_UNUSED)
{
        tell(user, "registered %s", client->endpoint);
}

static void on_updated(void *user, LwTestClient *client, bool moved, LwNow now G_GNUC_UNUSED)
{
        Station *self = user;

        tell(self, "%s %s", moved ? "moved" : "updated", client->endpoint);
        lw_test_operations_updated(self->operations, client, moved);
}

static void on_ended(void *user, LwTestClient *client, LwTestClientEnd why)
{
        static const char *const words[] = {
                [LW_TEST_CLIENT_DEREGISTERED] = "deregistered",
                [LW_TEST_CLIENT_EXPIRED] = "expired",
                [LW_TEST_CLIENT_REPLACED] = "replaced",
                [LW_TEST_CLIENT_FORGOTTEN] = "forgotten",
        };
        Station *self = user;

        tell(self, "%s %s", words[why], client->endpoint);
        lw_test_operations_gone(self->operations, client);
}

static const LwTestClientsEvents clients_events = { on_registered, on_updated, on_ended };

static void on_notified(void *user, LwTestClient *client G_GNUC_UNUSED, const char *subject,
                const LwPath *path G_GNUC_UNUSED, LwValues *values, uint32_t sequence,
                int64_t real_usec)
{
        g_autoptr(GString) value = g_string_new(NULL);

        ck_assert_uint_ge(lw_values_count(values), 1);
        ck_assert_int_gt(real_usec, 0);
        lw_value_print(&lw_values_at(values, 0)->value, value, NULL);
        tell(user, "notified %s=%s (%u)", subject, value->str, sequence);
}

static void on_observation_ended(void *user, LwTestClient *client G_GNUC_UNUSED,
                const char *subject, LwStatus status)
{
        tell(user, "ended %s %d", subject, (int) status);
}

static const LwTestOperationsEvents operations_events = { on_notified, on_observation_ended };

static void on_request(
                void *user, LwTestPeer *peer, const LwMessage *message, LwTicket ticket, LwNow now)
{
        Station *self = user;

        lw_test_rd_request(&self->rd, peer, message, ticket, now);
        lw_test_clients_heard(self->clients, peer, now);
        lw_test_operations_heard(self->operations);
}

static void on_came(void *user, LwTestPeer *peer)
{
        Station *self = user;

        self->came = peer;
}

static const LwTestPeersEvents peers_events = { .request = on_request, .came = on_came };

/* Only the objects that the tests name, from the product's own files. */
static GBytes *load(void *user G_GNUC_UNUSED, uint16_t object)
{
        g_autofree char *name = g_strdup_printf("data/objects/%u.xml", object);

        return object == 1 || object == 3 ? lw_test_source_file(name) : NULL;
}

static void fake_free(void *fake)
{
        lw_fake_free(fake);
}

Station *station_new(void)
{
        Station *self = g_new0(Station, 1);

        self->now = (LwNow){ .boot = 1000 * LW_USEC_PER_SEC,
                .real_usec = INT64_C(1700000000000000) };
        self->story = g_string_new(NULL);
        self->fakes = g_ptr_array_new_with_free_func(fake_free);
        self->registry = lw_registry_new(load, NULL);
        self->peers = lw_test_peers_new(&peers_events, self);
        self->clients = lw_test_clients_new(&clients_events, self);
        self->operations = lw_test_operations_new(self->registry, &operations_events, self);
        self->rd.clients = self->clients;
        return self;
}

void station_free(Station *self)
{
        lw_test_clients_free(self->clients);
        lw_test_operations_free(self->operations);
        lw_test_peers_free(self->peers);
        lw_registry_free(self->registry);
        g_ptr_array_unref(self->fakes);
        g_string_free(self->story, true);
        g_free(self);
}

LwFake *station_connect(Station *self)
{
        LwFake *fake = lw_fake_new();

        g_ptr_array_add(self->fakes, fake);
        ck_assert(lw_test_peers_accept(self->peers, &fake->transport, self->now));
        return fake;
}

void station_wait(Station *self, double seconds)
{
        self->now.boot += (LwUsec) (seconds * LW_USEC_PER_SEC);
        self->now.real_usec += (int64_t) (seconds * LW_USEC_PER_SEC);
        if (lw_test_operations_deadline(self->operations) <= self->now.boot)
                lw_test_operations_run(self->operations, self->now);
        if (lw_test_clients_deadline(self->clients) <= self->now.boot)
                lw_test_clients_run(self->clients, self->now);
        if (lw_test_peers_deadline(self->peers) <= self->now.boot)
                lw_test_peers_run(self->peers, self->now);
}

static size_t from_hex(const char *hex, uint8_t *ret_data, size_t size)
{
        size_t length = 0;

        while (*hex != '\0') {
                if (*hex == ' ') {
                        hex++;
                        continue;
                }
                ck_assert_uint_lt(length, size);
                ret_data[length++] = (uint8_t) (g_ascii_xdigit_value(hex[0]) << 4 |
                                                g_ascii_xdigit_value(hex[1]));
                hex += 2;
        }
        return length;
}

const char *station_datagram(Station *self, LwFake *from, const char *hex)
{
        static char answer[512];
        uint8_t data[512];
        size_t length = from_hex(hex, data, sizeof(data));
        LwMessage message;

        ck_assert(lw_coap_wire_decode(data, length, &message));
        answer[0] = '\0';
        if (!lw_fake_request(from, &message, self->now))
                return answer;
        length = lw_coap_wire_encode(lw_fake_last(from), data, sizeof(data));
        ck_assert_uint_ge(length, 4);
        for (size_t i = 0; i < length; i++)
                g_snprintf(answer + strlen(answer), sizeof(answer) - strlen(answer), "%s%02x",
                                i == 0 ? "" : " ", data[i]);
        return answer;
}

/* Options of "/rd?ep=x"; the parts last as long as the station. */
static void add_path(Station *self, LwMessage *message, const char *path)
{
        g_auto(GStrv) halves = g_strsplit(path + 1, "?", 2);
        g_auto(GStrv) segments = g_strsplit(halves[0], "/", -1);
        g_auto(GStrv) queries = g_strsplit(halves[1] != NULL ? halves[1] : "", "&", -1);
        static GStringChunk *texts;

        (void) self;
        if (texts == NULL)
                texts = g_string_chunk_new(1024);
        g_string_chunk_clear(texts);
        for (char **part = segments; *part != NULL; part++)
                lw_message_add_text(
                                message, LW_OPTION_URI_PATH, g_string_chunk_insert(texts, *part));
        for (char **part = queries; *part != NULL; part++)
                lw_message_add_text(
                                message, LW_OPTION_URI_QUERY, g_string_chunk_insert(texts, *part));
}

const char *station_request(
                Station *self, LwFake *from, uint8_t method, const char *path, const char *payload)
{
        static char status[8];
        static uint16_t mid;
        LwMessage message;
        unsigned code;

        lw_message_init(&message, LW_MESSAGE_CON, method);
        message.mid = ++mid;
        message.token_length = 2;
        message.token[0] = (uint8_t) (mid >> 8);
        message.token[1] = (uint8_t) mid;
        add_path(self, &message, path);
        if (payload != NULL) {
                lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_LINK);
                message.payload = (const uint8_t *) payload;
                message.payload_length = strlen(payload);
        }
        status[0] = '\0';
        if (lw_fake_request(from, &message, self->now)) {
                code = lw_fake_last(from)->code;
                g_snprintf(status, sizeof(status), "%u.%02u", code >> 5, code & 31);
        }
        return status;
}

LwTestClient *station_register(Station *self, LwFake *from, const char *query, const char *objects)
{
        g_autofree char *path = g_strconcat("/rd?", query, NULL);

        ck_assert_str_eq(station_request(self, from, LW_METHOD_POST, path, objects), "2.01");
        return lw_test_clients_at(self->clients, lw_test_clients_count(self->clients) - 1);
}

const char *station_story(Station *self)
{
        static char *taken;

        g_free(taken);
        taken = g_string_free(self->story, false);
        self->story = g_string_new(NULL);
        return taken;
}
