/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwBlob: a large value to read at an offset, in memory or behind a descriptor. */
#include "model/blob.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "model/status.h"

struct LwBlob {
        gatomicrefcount references; /* atomic: a worker thread may drop the last one */
        uint64_t size;
        const uint8_t *data; /* NULL when `read` has to be asked */
        GBytes *bytes;
        LwBlobRead read;
        void *user;
        GDestroyNotify destroy;
        uint8_t copy[]; /* the bytes of lw_blob_new_copy() */
};

static LwBlob *new_blob(uint64_t size, size_t extra)
{
        LwBlob *self = g_malloc(offsetof(LwBlob, copy) + extra);

        *self = (LwBlob){ .size = size };
        g_atomic_ref_count_init(&self->references);
        return self;
}

LwBlob *lw_blob_new(GBytes *bytes)
{
        size_t size;
        const uint8_t *data = g_bytes_get_data(bytes, &size);
        LwBlob *self = new_blob(size, 0);

        self->bytes = g_bytes_ref(bytes);
        self->data = data != NULL ? data : self->copy;
        return self;
}

LwBlob *lw_blob_new_copy(const void *data, size_t length)
{
        LwBlob *self = new_blob(length, length);

        if (length > 0)
                memcpy(self->copy, data, length);
        self->data = self->copy;
        return self;
}

LwBlob *lw_blob_new_reader(uint64_t size, LwBlobRead read, void *user, GDestroyNotify destroy)
{
        LwBlob *self = new_blob(size, 0);

        self->read = read;
        self->user = user;
        self->destroy = destroy;
        return self;
}

LwBlob *lw_blob_ref(LwBlob *self)
{
        if (self != NULL)
                g_atomic_ref_count_inc(&self->references);
        return self;
}

void lw_blob_unref(LwBlob *self)
{
        if (self == NULL || !g_atomic_ref_count_dec(&self->references))
                return;
        if (self->destroy != NULL)
                self->destroy(self->user);
        g_clear_pointer(&self->bytes, g_bytes_unref);
        g_free(self);
}

uint64_t lw_blob_size(const LwBlob *self)
{
        return self->size;
}

bool lw_blob_read(LwBlob *self, uint64_t offset, uint8_t *ret_data, size_t length, GError **error)
{
        if (offset > self->size || length > self->size - offset) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%zu bytes at %" PRIu64 " were asked for, there are %" PRIu64
                                " in all",
                                length, offset, self->size);
                return false;
        }
        if (length == 0)
                return true;
        if (self->data == NULL)
                return self->read(self->user, offset, ret_data, length, error);
        memcpy(ret_data, self->data + offset, length);
        return true;
}

const uint8_t *lw_blob_data(const LwBlob *self)
{
        return self->data;
}
