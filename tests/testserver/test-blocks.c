/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/status.h"
#include "testserver/blocks.h"
#include "testserver/suite.h"

/* Of 40 bytes in blocks of 16: 0 and 1 have more behind them, 2 has 8 bytes. */
static const struct {
        uint32_t order[4];
        guint count;
        const char *sent; /* number/more/length of each */
} orders[] = {
        { { 0, 1, 2 }, 3, "0/1/16 1/1/16 2/0/8" },
        { { 0, 2 }, 2, "0/1/16 2/0/8" },
        { { 0, 1, 1, 2 }, 4, "0/1/16 1/1/16 1/1/16 2/0/8" },
        { { 2, 0 }, 2, "2/0/8 0/1/16" },
        { { 0, 3 }, 2, NULL },
};

START_TEST(sends_just_these_in_this_order)
{
        static const uint8_t bytes[40] = "0123456789abcdef0123456789ABCDEFthe end";
        g_autoptr(LwBlob) body = lw_blob_new_copy(bytes, sizeof(bytes));
        g_autoptr(GArray) order = g_array_new(false, false, sizeof(uint32_t));
        g_autoptr(GString) sent = g_string_new(NULL);
        g_autoptr(LwTestBlocks) blocks = NULL;
        g_autoptr(GError) error = NULL;
        LwMessage head;

        g_array_append_vals(order, orders[_i].order, orders[_i].count);
        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_PUT);
        lw_message_add_text(&head, LW_OPTION_URI_PATH, "5");
        blocks = lw_test_blocks_new(&head, body, 16, order, &error);
        ck_assert_int_eq(blocks != NULL, orders[_i].sent != NULL);
        if (blocks == NULL) {
                ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_BAD_REQUEST);
                return;
        }
        while (lw_test_blocks_has_next(blocks)) {
                g_autoptr(LwBlob) piece = NULL;
                LwMessage message;
                LwBlock block;

                ck_assert(lw_test_blocks_next(blocks, &message, &piece, NULL));
                ck_assert(lw_message_find_block(&message, LW_OPTION_BLOCK1, &block, NULL));
                ck_assert(lw_message_find(&message, LW_OPTION_URI_PATH) != NULL);
                ck_assert_mem_eq(lw_blob_data(piece), bytes + block.number * 16,
                                lw_blob_size(piece));
                g_string_append_printf(sent, "%s%u/%d/%u", sent->len > 0 ? " " : "", block.number,
                                block.more, (unsigned) lw_blob_size(piece));
        }
        ck_assert_str_eq(sent->str, orders[_i].sent);
}
END_TEST

START_TEST(an_empty_body_has_one_block)
{
        g_autoptr(LwBlob) body = lw_blob_new_copy("", 0);
        g_autoptr(GArray) order = g_array_new(false, true, sizeof(uint32_t));
        g_autoptr(LwTestBlocks) blocks = NULL;
        g_autoptr(LwBlob) piece = NULL;
        LwMessage head, message;

        g_array_set_size(order, 1);
        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_PUT);
        blocks = lw_test_blocks_new(&head, body, 16, order, NULL);
        ck_assert(lw_test_blocks_next(blocks, &message, &piece, NULL));
        ck_assert_uint_eq(lw_blob_size(piece), 0);
        ck_assert(!lw_test_blocks_has_next(blocks));
}
END_TEST

TCase *test_blocks(void)
{
        TCase *tcase = tcase_create("blocks");

        tcase_add_loop_test(tcase, sends_just_these_in_this_order, 0, G_N_ELEMENTS(orders));
        tcase_add_test(tcase, an_empty_body_has_one_block);
        return tcase;
}
