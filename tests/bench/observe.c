/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What observations cost: all of them change each second, and each is a notification. The client is
 * the agent's, the transport counts what would leave.
 *
 * Bars: CPU for each notification grows no worse than log n from 100 to 10 000; an observation of
 * one resource takes at most 512 bytes; without changes nothing is due.
 */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "client/client.h"
#include "exchange/transport.h"
#include "model/values.h"
#include "tree/tree.h"

#define OBJECT 3303
#define RESOURCE 5700
#define ROUNDS 20
#define MEMORY_MAX 512

/* A transport on nothing. */
typedef struct Counter {
        LwTransport transport;
        LwMessage last; /* its token, for the answer to the Register */
        uint64_t sent;
} Counter;

typedef struct Sensors {
        LwProvider provider;
        double value;
} Sensors;

typedef struct Bench {
        LwTransportFactory factory;
        Counter counter;
        Sensors sensors;
        LwRegistry *registry;
        LwTree *tree;
        LwClient *client;
        LwNow now;
        unsigned count;
} Bench;

static void counter_start(LwTransport *transport G_GNUC_UNUSED)
{
}

static bool counter_send(LwTransport *transport, const LwMessage *message, uint16_t *ret_mid,
                GError **error G_GNUC_UNUSED)
{
        Counter *self = (Counter *) transport;

        if (lw_message_is_request(message))
                lw_message_copy_head(&self->last, message);
        *ret_mid = (uint16_t) ++self->sent;
        return true;
}

static void counter_close(LwTransport *transport G_GNUC_UNUSED)
{
}

static char *counter_address(
                const LwTransport *transport G_GNUC_UNUSED, LwTransportEnd end G_GNUC_UNUSED)
{
        return NULL;
}

static bool counter_is_stream(const LwTransport *transport G_GNUC_UNUSED)
{
        return false;
}

static LwTraffic counter_traffic(const LwTransport *transport G_GNUC_UNUSED)
{
        return (LwTraffic){};
}

static uint16_t counter_limit(const LwTransport *transport G_GNUC_UNUSED)
{
        return LW_MESSAGE_MAX;
}

static const LwTransportOps counter_ops = {
        .start = counter_start,
        .send = counter_send,
        .close = counter_close,
        .address = counter_address,
        .is_stream = counter_is_stream,
        .traffic = counter_traffic,
        .limit = counter_limit,
};

static LwTransport *open_counter(LwTransportFactory *factory, const LwPeer *peer G_GNUC_UNUSED,
                GError **error G_GNUC_UNUSED)
{
        Bench *self = (Bench *) factory;

        self->counter.transport.ops = &counter_ops;
        return &self->counter.transport;
}

static void sensors_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwValue value = lw_value_float(((Sensors *) provider)->value);

        for (size_t i = 0; i < count; i++)
                lw_values_add(lw_call_values(call), &paths[i], &value);
        lw_call_succeed(call);
}

static const LwProviderOps sensors_ops = { .read = sensors_read };

static GBytes *load_nothing(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return NULL;
}

static LwObjectDef *define(void)
{
        LwObjectDef *def = g_new0(LwObjectDef, 1);

        def->id = OBJECT;
        def->major = 1;
        def->multiple = true;
        def->name = g_strdup("Temperature");
        def->resource_count = 1;
        def->resources = g_new0(LwResourceDef, 1);
        def->resources[0] = (LwResourceDef){
                .id = RESOURCE,
                .type = LW_TYPE_FLOAT,
                .operations = LW_READABLE,
                .name = g_strdup("Sensor Value"),
                .units = g_strdup(""),
        };
        return def;
}

static void run(Bench *self)
{
        while (lw_client_deadline(self->client) <= self->now.boot)
                lw_client_run(self->client, self->now);
}

static void connect_client(Bench *self)
{
        LwTransport *transport = &self->counter.transport;
        LwAccount *account = lw_account_new();
        LwMessage answer;

        account->ssid = 1;
        account->lifetime_seconds = 0;
        account->uri = g_strdup("coap://127.0.0.1");
        g_assert_true(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        self->client = lw_client_new("bench", self->tree, &self->factory, NULL, NULL, 1);
        g_assert_nonnull(lw_client_add_server(self->client, account, self->now, NULL));
        lw_client_start(self->client, self->now);
        run(self);
        transport->events->up(transport->user, self->now);
        run(self);
        lw_message_init(&answer, LW_MESSAGE_ACK, 0x41);
        answer.token_length = self->counter.last.token_length;
        memcpy(answer.token, self->counter.last.token, answer.token_length);
        lw_message_add_text(&answer, LW_OPTION_LOCATION_PATH, "rd");
        transport->events->response(transport->user, &answer, self->now);
        run(self);
}

static void setup(Bench *self, unsigned count)
{
        static const uint16_t ids[] = { RESOURCE };

        *self = (Bench){
                .factory = { open_counter },
                .sensors = { .provider = { &sensors_ops } },
                .registry = lw_registry_new(load_nothing, NULL),
                .now = { .boot = 1000 * LW_USEC_PER_SEC, .real_usec = 1700000000000000 },
                .count = count,
        };
        lw_registry_add(self->registry, define());
        self->tree = lw_tree_new(self->registry);
        for (unsigned i = 0; i < count; i++)
                lw_tree_add_layer(self->tree, &LW_PATH_INSTANCE(OBJECT, i), &self->sensors.provider,
                                LW_RANK_PLUGIN, ids, 1, NULL);
        connect_client(self);
}

static void teardown(Bench *self)
{
        lw_client_free(self->client);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
}

static void observe(Bench *self, unsigned index)
{
        LwTransport *transport = &self->counter.transport;
        LwPath path = LW_PATH_RESOURCE(OBJECT, index, RESOURCE);
        LwMessage request, reply;

        lw_message_init(&request, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_init(&reply, LW_MESSAGE_ACK, 0);
        request.mid = (uint16_t) index;
        request.token_length = 4;
        memcpy(request.token, &index, 4);
        lw_message_add_uint(&request, LW_OPTION_OBSERVE, 0);
        lw_message_add_path(&request, LW_OPTION_URI_PATH, &path);
        g_assert_true(transport->events->request(transport->user, &request, &reply, self->now));
}

static double cpu_seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static size_t bytes_in_use(void)
{
        struct mallinfo2 info = mallinfo2();

        return info.uordblks + info.hblkhd;
}

static void change_all(Bench *self)
{
        self->now.boot += LW_USEC_PER_SEC;
        self->now.real_usec += (int64_t) LW_USEC_PER_SEC;
        self->sensors.value += 0.5;
        for (unsigned i = 0; i < self->count; i++)
                lw_tree_changed(self->tree, &LW_PATH_RESOURCE(OBJECT, i, RESOURCE));
        run(self);
}

/* CPU for one notification in microseconds, and bytes for one observation. */
static double measure(unsigned count, double *ret_bytes)
{
        unsigned rounds = ROUNDS * 10000 / count;
        uint64_t sent;
        size_t before;
        double begin;
        Bench bench;

        setup(&bench, count);
        before = bytes_in_use();
        for (unsigned i = 0; i < count; i++)
                observe(&bench, i);
        *ret_bytes = (double) (bytes_in_use() - before) / count;
        change_all(&bench);
        g_assert_cmpuint(lw_client_deadline(bench.client), ==, LW_USEC_NEVER);
        sent = bench.counter.sent;
        begin = cpu_seconds();
        for (unsigned i = 0; i < rounds; i++)
                change_all(&bench);
        begin = (cpu_seconds() - begin) / ((double) rounds * count);
        g_assert_cmpuint(bench.counter.sent - sent, ==, (uint64_t) rounds * count);
        teardown(&bench);
        return begin * 1e6;
}

int main(void)
{
        static const unsigned counts[] = { 100, 1000, 10000 };
        double cpu[G_N_ELEMENTS(counts)], bytes = 0, bar;
        bool over;

        for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
                cpu[i] = measure(counts[i], &bytes);
                printf("notification, %5u observations: %31.2f us\n", counts[i], cpu[i]);
        }
        bar = log2(10000) / log2(100);
        over = cpu[2] / cpu[0] > bar || bytes > MEMORY_MAX;
        printf("10 000 against 100, each %43.2f      bar <= %6.2f   %s\n", cpu[2] / cpu[0], bar,
                        cpu[2] / cpu[0] > bar ? "over" : "ok");
        printf("memory of an observation of one resource %27.0f B    bar <= %6d   %s\n", bytes,
                        MEMORY_MAX, bytes > MEMORY_MAX ? "over" : "ok");
        printf("idle with 10 000 observations: nothing is due, no wake-ups\n");
        return over ? EXIT_FAILURE : EXIT_SUCCESS;
}
