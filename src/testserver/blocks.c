/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The blocks of a body in an order that no proper sender has. */
#include "testserver/blocks.h"

#include "exchange/blockwise.h"
#include "exchange/kept.h"

struct LwTestBlocks {
        LwKept *head;
        LwBlob *body;
        uint16_t size;
        GArray *order; /* uint32_t */
        guint next;
};

static uint64_t count_blocks(const LwBlob *body, uint16_t size)
{
        return MAX((lw_blob_size(body) + size - 1) / size, 1);
}

LwTestBlocks *lw_test_blocks_new(const LwMessage *head, LwBlob *body, uint16_t size,
                const GArray *order, GError **error)
{
        uint64_t count = count_blocks(body, size);
        LwTestBlocks *self;

        for (guint i = 0; i < order->len; i++) {
                uint32_t number = g_array_index(order, uint32_t, i);

                if (number < count)
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "block %u must be below %" G_GUINT64_FORMAT
                                ", as the content has no more blocks of %u bytes",
                                number, count, size);
                return NULL;
        }
        self = g_new0(LwTestBlocks, 1);
        self->head = lw_kept_new(head);
        self->body = lw_blob_ref(body);
        self->size = size;
        self->order = g_array_copy((GArray *) order);
        return self;
}

void lw_test_blocks_free(LwTestBlocks *self)
{
        if (self == NULL)
                return;
        lw_kept_free(self->head);
        lw_blob_unref(self->body);
        g_array_unref(self->order);
        g_free(self);
}

bool lw_test_blocks_has_next(const LwTestBlocks *self)
{
        return self->next < self->order->len;
}

bool lw_test_blocks_next(
                LwTestBlocks *self, LwMessage *ret_message, LwBlob **ret_block, GError **error)
{
        uint32_t number = g_array_index(self->order, uint32_t, self->next);
        uint8_t buffer[LW_BLOCK_SIZE];
        LwSlice slice;

        if (!lw_slice(self->body, number, self->size, buffer, &slice, error))
                return false;
        self->next++;
        lw_kept_message(self->head, ret_message);
        lw_message_add_block(ret_message, LW_OPTION_BLOCK1, &slice.block);
        *ret_block = lw_blob_new_copy(slice.data, slice.length);
        return true;
}
