/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request that waits until its client wakes. */
#include "testserver/held.h"

LwTestHeld *lw_test_held_new(const LwMessage *head, LwBlob *body, const LwTestWay *way,
                LwExchangeFlags flags, LwNow now)
{
        static uint64_t count;
        LwTestHeld *self = g_new0(LwTestHeld, 1);

        self->number = ++count;
        self->head = lw_kept_new(head);
        self->body = body != NULL ? lw_blob_ref(body) : NULL;
        self->way = *way;
        self->way.order = way->order != NULL ? g_array_copy((GArray *) way->order) : NULL;
        self->way.save = lw_test_file_ref(way->save);
        self->flags = flags;
        self->deadline = lw_usec_add(now.boot, way->timeout_usec);
        return self;
}

void lw_test_held_free(LwTestHeld *self)
{
        if (self == NULL)
                return;
        lw_kept_free(self->head);
        lw_blob_unref(self->body);
        if (self->way.order != NULL)
                g_array_unref((GArray *) self->way.order);
        lw_test_file_unref(self->way.save);
        g_free(self);
}
