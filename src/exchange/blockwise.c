/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A body cut into blocks. */
#include "exchange/blockwise.h"

#include <glib.h>

/* What a message with a block has beside its head: payload marker and token, ETag, Block2, Block1
 * and a Size, each as long as it can be. */
#define BLOCK_OPTIONS_BYTES (1 + LW_TOKEN_MAX + 9 + 5 + 5 + 6)

uint16_t lw_block_fitting(const LwMessage *head, size_t limit)
{
        size_t taken = lw_message_size(head) + BLOCK_OPTIONS_BYTES;
        unsigned size = LW_BLOCK_SIZE;

        while (size > 16 && taken + size > limit)
                size /= 2;
        return (uint16_t) size;
}

bool lw_slice(LwBlob *body, uint32_t number, uint16_t size, uint8_t buffer[static LW_BLOCK_SIZE],
                LwSlice *ret_slice, GError **error)
{
        uint64_t total = lw_blob_size(body), offset = (uint64_t) number * size;
        const uint8_t *data = lw_blob_data(body);
        size_t length;

        if ((offset >= total && number > 0) || number >= LW_BLOCKS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_OPTION,
                                "there is no block %u of %u bytes in %" G_GUINT64_FORMAT, number,
                                size, total);
                return false;
        }
        length = (size_t) MIN(total - offset, size);
        if (!data && length > 0 && !lw_blob_read(body, offset, buffer, length, error))
                return false;
        *ret_slice = (LwSlice){
                .data = data ? data + offset : buffer,
                .length = length,
                .block = { number, offset + length < total, size },
        };
        return true;
}

bool lw_block_check_length(const LwBlock *block, size_t length, GError **error)
{
        if (block->more ? length == block->size : length <= block->size)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "a payload of %zu bytes in a block of %u", length, block->size);
        return false;
}
