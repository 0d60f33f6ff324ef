/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cutting a body. Source: RFC 7959, 2.2. */
#include <check.h>
#include <glib.h>

#include "exchange/blockwise.h"
#include "exchange/side.h"
#include "exchange/suite.h"

/* A body, a block of it, and what that is; `length` below 0: there is none. */
static const struct {
        size_t body;
        uint32_t number;
        uint16_t size;
        int length;
        bool more;
} slices[] = {
        { 0, 0, 64, 0, false },
        { 0, 1, 64, -1, false },
        { 64, 0, 64, 64, false },
        { 64, 1, 64, -1, false },
        { 65, 0, 64, 64, true },
        { 65, 1, 64, 1, false },
        { 2500, 2, 1024, 452, false },
        { 2500, 156, 16, 4, false },
        { 2500, 157, 16, -1, false },
        { 2500, 0xfffff, 1024, -1, false },
        { 2500, 0x100000, 16, -1, false },
};

START_TEST(a_slice_is_one_block)
{
        g_autoptr(LwBlob) body = side_body(slices[_i].body);
        g_autoptr(GError) error = NULL;
        uint8_t buffer[LW_BLOCK_SIZE];
        LwSlice slice;
        bool ok = lw_slice(body, slices[_i].number, slices[_i].size, buffer, &slice, &error);

        ck_assert_int_eq(ok, slices[_i].length >= 0);
        if (!ok) {
                ck_assert_int_eq(error->code, LW_STATUS_BAD_OPTION);
                return;
        }
        ck_assert_uint_eq(slice.length, (size_t) slices[_i].length);
        ck_assert_int_eq(slice.block.more, slices[_i].more);
        ck_assert_uint_eq(slice.block.number, slices[_i].number);
        ck_assert(side_is_body(slice.data, slice.length, lw_block_offset(&slice.block)));
}
END_TEST

static const struct {
        bool more;
        size_t length;
        bool ok;
} lengths[] = {
        { true, 64, true },
        { true, 63, false },
        { true, 65, false },
        { false, 64, true },
        { false, 0, true },
        { false, 65, false },
};

START_TEST(only_the_last_block_may_be_short)
{
        LwBlock block = { 3, lengths[_i].more, 64 };
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(lw_block_check_length(&block, lengths[_i].length, &error), lengths[_i].ok);
        if (!lengths[_i].ok)
                ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

/* Of a message: options of `head` bytes beside which a block of `size` has its place in `limit`. */
static const struct {
        size_t head, limit;
        uint16_t size;
} links[] = {
        { 0, 1400, 1024 }, { 300, 1400, 1024 }, { 400, 1400, 512 }, { 0, 1280, 1024 },
        { 0, 1152, 1024 }, { 0, 576, 512 }, { 60, 128, 16 }, { 0, 128, 64 },
        { 0, 20, 16 }, /* too little for any: whoever sends it says so */
};

START_TEST(a_block_fits_beside_what_else_there_is)
{
        uint8_t text[LW_OPTION_LENGTH_MAX] = { 0 };
        LwMessage head;

        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_POST);
        if (links[_i].head > 0)
                lw_message_add(&head, LW_OPTION_URI_QUERY, text, links[_i].head);
        ck_assert_uint_eq(lw_block_fitting(&head, links[_i].limit), links[_i].size);
}
END_TEST

TCase *test_blockwise(void)
{
        TCase *tcase = tcase_create("blockwise");

        tcase_add_loop_test(tcase, a_slice_is_one_block, 0, G_N_ELEMENTS(slices));
        tcase_add_loop_test(tcase, a_block_fits_beside_what_else_there_is, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, only_the_last_block_may_be_short, 0, G_N_ELEMENTS(lengths));
        return tcase;
}
