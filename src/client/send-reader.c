/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSendReader: reads what is to be sent, as the server that is to get it. */
#include "client/send-reader.h"

#include "tree/dispatch.h"

struct LwSendReader {
        LwTree *tree;
        uint16_t server;
        LwSendRead read;
        void *user;
        GPtrArray *readings; /* of Reading */
};

/* Values that are being asked for. */
typedef struct Reading {
        LwSendReader *reader; /* NULL: it is gone */
        uint64_t id;
        int64_t real_usec;
} Reading;

LwSendReader *lw_send_reader_new(LwTree *tree, uint16_t server, LwSendRead read, void *user)
{
        LwSendReader *self = g_new(LwSendReader, 1);

        *self = (LwSendReader){ tree, server, read, user, g_ptr_array_new() };
        return self;
}

void lw_send_reader_free(LwSendReader *self)
{
        if (!self)
                return;
        for (guint i = 0; i < self->readings->len; i++)
                ((Reading *) self->readings->pdata[i])->reader = NULL;
        g_ptr_array_unref(self->readings);
        g_free(self);
}

/* A provider that fails takes its own values away, and no more: best effort. */
static void on_read(void *user, LwResponse *response)
{
        g_autofree Reading *reading = user;
        LwSendReader *self = reading->reader;
        g_autoptr(LwValues) none = NULL;

        if (!self)
                return;
        g_ptr_array_remove_fast(self->readings, reading);
        if (!response->values)
                none = lw_values_new();
        self->read(self->user, reading->id, none ? none : response->values, reading->real_usec);
}

void lw_send_reader_ask(LwSendReader *self, uint64_t id, const LwPath *paths, size_t count,
                int64_t real_usec, LwNow now)
{
        LwRequest request = {
                .operation = LW_OPERATION_READ_COMPOSITE,
                .server = self->server,
                .version = LW_VERSION_1_2,
                .paths = paths,
                .path_count = count,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_SENML_CBOR,
                .unencoded = true,
                .now = now,
        };
        Reading *reading = g_new(Reading, 1);

        *reading = (Reading){ self, id, real_usec };
        g_ptr_array_add(self->readings, reading);
        lw_dispatch(self->tree, &request, on_read, reading);
}

size_t lw_send_reader_count(const LwSendReader *self)
{
        return self->readings->len;
}
