/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwCounterStore: what went over the network to each server, over restarts. */
#include "store/counters.h"

#include <stddef.h>

#include "base/log.h"

#define DOCUMENT "counters"
#define VERSION 1

#define KEY_MONTH "Month"

#define SAVE_USEC (3600 * LW_USEC_PER_SEC)

struct LwCounterStore {
        LwState *state;
        GKeyFile *kept; /* a group for each server's name */
        char *saved;    /* what was written last */
        LwUsec due;     /* when lw_counter_store_run() may write again */
};

#define AT(member) offsetof(LwCounters, member)

/* clang-format off */
static const struct {
        const char *key;
        size_t offset;
} numbers[] = {
        { "MessagesSent",              AT(total.messages_sent) },
        { "MessagesReceived",          AT(total.messages_received) },
        { "BytesSent",                 AT(total.bytes_sent) },
        { "BytesReceived",             AT(total.bytes_received) },
        { "ThisMonthMessagesSent",     AT(this_month.messages_sent) },
        { "ThisMonthMessagesReceived", AT(this_month.messages_received) },
        { "ThisMonthBytesSent",        AT(this_month.bytes_sent) },
        { "ThisMonthBytesReceived",    AT(this_month.bytes_received) },
        { "LastMonthMessagesSent",     AT(last_month.messages_sent) },
        { "LastMonthMessagesReceived", AT(last_month.messages_received) },
        { "LastMonthBytesSent",        AT(last_month.bytes_sent) },
        { "LastMonthBytesReceived",    AT(last_month.bytes_received) },
};
/* clang-format on */

static uint64_t *number_in(LwCounters *counters, size_t i)
{
        return (uint64_t *) (void *) ((char *) counters + numbers[i].offset);
}

/* The month needs no end of its own: the next count finds it. */
static void put(GKeyFile *document, const char *name, const LwCounters *counters)
{
        LwCounters copy = *counters;

        g_key_file_set_integer(document, name, KEY_MONTH, counters->month);
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
                g_key_file_set_uint64(document, name, numbers[i].key, *number_in(&copy, i));
}

static void put_server(GKeyFile *document, LwServer *server, LwNow now)
{
        put(document, lw_server_account(server)->name, lw_server_counters(server, now));
}

/* What cannot be read counts as 0. */
static LwCounters get(GKeyFile *document, const char *name)
{
        LwCounters counters = {};

        counters.month = MAX(g_key_file_get_integer(document, name, KEY_MONTH, NULL), 0);
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
                *number_in(&counters, i) =
                                g_key_file_get_uint64(document, name, numbers[i].key, NULL);
        return counters;
}

LwCounterStore *lw_counter_store_new(LwState *state)
{
        LwCounterStore *self = g_new0(LwCounterStore, 1);
        g_autoptr(GBytes) bytes = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        self->state = state;
        self->kept = g_key_file_new();
        if (bytes != NULL && g_bytes_get_size(bytes) > 0 &&
                        !g_key_file_load_from_bytes(self->kept, bytes, G_KEY_FILE_NONE, &error))
                lw_log(G_LOG_LEVEL_WARNING,
                                "the stored counters cannot be read (%s), counting from 0",
                                error->message);
        self->saved = g_key_file_to_data(self->kept, NULL, NULL);
        return self;
}

void lw_counter_store_free(LwCounterStore *self)
{
        if (self == NULL)
                return;
        g_key_file_unref(self->kept);
        g_free(self->saved);
        g_free(self);
}

void lw_counter_store_added(LwCounterStore *self, LwServer *server)
{
        const char *name = lw_server_account(server)->name;
        LwCounters counters;

        if (!g_key_file_has_group(self->kept, name))
                return;
        counters = get(self->kept, name);
        lw_server_set_counters(server, &counters);
}

void lw_counter_store_removed(LwCounterStore *self, LwServer *server, LwNow now)
{
        put_server(self->kept, server, now);
}

void lw_counter_store_save(LwCounterStore *self, const LwClient *client, LwNow now)
{
        g_autoptr(GKeyFile) document = g_key_file_new();
        g_autofree char *text = NULL;
        g_autoptr(GBytes) bytes = NULL;
        gsize length;

        for (size_t i = 0; i < lw_client_server_count(client); i++)
                put_server(document, lw_client_server_at(client, i), now);
        self->due = lw_usec_add(now.boot, SAVE_USEC);
        text = g_key_file_to_data(document, &length, NULL);
        g_key_file_unref(self->kept);
        self->kept = g_key_file_ref(document);
        if (g_strcmp0(text, self->saved) == 0)
                return;
        bytes = g_bytes_new(text, length);
        g_free(self->saved);
        self->saved = g_steal_pointer(&text);
        lw_state_save(self->state, DOCUMENT, VERSION, bytes, NULL, NULL);
}

void lw_counter_store_run(LwCounterStore *self, const LwClient *client, LwNow now)
{
        if (self->due == 0)
                self->due = lw_usec_add(now.boot, SAVE_USEC);
        else if (now.boot >= self->due)
                lw_counter_store_save(self, client, now);
}
