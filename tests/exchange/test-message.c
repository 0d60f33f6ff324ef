/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as plain data. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/message.h"
#include "exchange/suite.h"

static const struct {
        uint32_t value;
        size_t length;
        uint8_t bytes[4];
} uints[] = {
        { 0, 0, { 0 } },
        { 1, 1, { 1 } },
        { 255, 1, { 255 } },
        { 256, 2, { 1, 0 } },
        { 65535, 2, { 255, 255 } },
        { 65536, 3, { 1, 0, 0 } },
        { 0xffffffff, 4, { 255, 255, 255, 255 } },
};

START_TEST(writes_integers_in_their_shortest_form)
{
        LwMessage message;
        const LwOption *option;
        uint32_t value = 7;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        ck_assert(lw_message_add_uint(&message, LW_OPTION_ACCEPT, uints[_i].value));
        option = lw_message_find(&message, LW_OPTION_ACCEPT);
        ck_assert_ptr_nonnull(option);
        ck_assert_uint_eq(option->length, uints[_i].length);
        if (option->length > 0)
                ck_assert_mem_eq(option->value, uints[_i].bytes, option->length);
        ck_assert(lw_message_find_uint(&message, LW_OPTION_ACCEPT, &value));
        ck_assert_uint_eq(value, uints[_i].value);
}
END_TEST

START_TEST(keeps_options_in_order_and_equal_ones_as_they_came)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_uint(&message, LW_OPTION_ACCEPT, 110);
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "a");
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 0);
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "b");
        ck_assert_uint_eq(message.option_count, 4);
        ck_assert_uint_eq(message.options[0].number, LW_OPTION_OBSERVE);
        ck_assert_int_eq(message.options[1].value[0], 'a');
        ck_assert_int_eq(message.options[2].value[0], 'b');
        ck_assert_uint_eq(message.options[3].number, LW_OPTION_ACCEPT);
        lw_message_remove(&message, LW_OPTION_URI_PATH);
        ck_assert_uint_eq(message.option_count, 2);
        ck_assert_ptr_null(lw_message_find(&message, LW_OPTION_URI_PATH));
}
END_TEST

START_TEST(refuses_what_has_no_room)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        for (unsigned i = 0; i < LW_OPTIONS_MAX; i++)
                ck_assert(lw_message_add(&message, LW_OPTION_URI_QUERY, "x", 1));
        ck_assert(!lw_message_add(&message, LW_OPTION_URI_QUERY, "x", 1));
        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        for (unsigned i = 0; i < 16; i++)
                ck_assert(lw_message_add_uint(&message, LW_OPTION_SIZE1, 0xffffffff));
        ck_assert(!lw_message_add_uint(&message, LW_OPTION_SIZE1, 1));
        ck_assert_uint_eq(message.option_count, 16);
}
END_TEST

START_TEST(reads_no_integer_of_five_bytes)
{
        LwMessage message;
        uint32_t value;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add(&message, LW_OPTION_SIZE1, "\0\0\0\0\1", 5);
        ck_assert(!lw_message_find_uint(&message, LW_OPTION_SIZE1, &value));
        ck_assert(!lw_message_find_uint(&message, LW_OPTION_SIZE2, &value));
}
END_TEST

START_TEST(copies_a_head_with_its_scratch)
{
        LwMessage copy, *message = g_new0(LwMessage, 1);
        const LwPath path = LW_PATH_RESOURCE(3, 0, 65534);

        lw_message_init(message, LW_MESSAGE_NON, LW_METHOD_GET);
        message->token_length = 2;
        memcpy(message->token, "ab", 2);
        ck_assert(lw_message_add_path(message, LW_OPTION_URI_PATH, &path));
        ck_assert(lw_message_add_text(message, LW_OPTION_URI_QUERY, "pmin=1"));
        lw_message_copy_head(&copy, message);
        g_free(message);
        ck_assert_uint_eq(copy.option_count, 4);
        ck_assert_mem_eq(copy.options[2].value, "65534", 5);
        ck_assert_mem_eq(copy.options[1].value, "0", 1);
        ck_assert_mem_eq(copy.token, "ab", 2);
        ck_assert_int_eq(copy.type, LW_MESSAGE_NON);
        ck_assert_uint_eq(copy.payload_length, 0);
}
END_TEST

/* Source: RFC 7959, 2.2: NUM, M and SZX. */
static const struct {
        size_t length;
        uint8_t bytes[4];
        bool ok;
        LwBlock block;
} blocks[] = {
        { 0, { 0 }, true, { 0, false, 16 } },
        { 1, { 0x0e }, true, { 0, true, 1024 } },
        { 1, { 0x16 }, true, { 1, false, 1024 } },
        { 2, { 0x01, 0x16 }, true, { 17, false, 1024 } },
        { 3, { 0xff, 0xff, 0xfa }, true, { 0xfffff, true, 64 } },
        { 1, { 0x07 }, false, { 0 } },
        { 4, { 0, 0, 0, 0 }, false, { 0 } },
};

START_TEST(reads_and_writes_blocks)
{
        LwMessage message;
        g_autoptr(GError) error = NULL;
        LwBlock block = { 0 };

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add(&message, LW_OPTION_BLOCK1, blocks[_i].bytes, blocks[_i].length);
        ck_assert_int_eq(lw_message_find_block(&message, LW_OPTION_BLOCK1, &block, &error),
                        blocks[_i].ok);
        ck_assert_int_eq(error != NULL, !blocks[_i].ok);
        if (!blocks[_i].ok) {
                ck_assert_int_eq(error->code, LW_STATUS_BAD_OPTION);
                return;
        }
        ck_assert_uint_eq(block.number, blocks[_i].block.number);
        ck_assert_int_eq(block.more, blocks[_i].block.more);
        ck_assert_uint_eq(block.size, blocks[_i].block.size);
        lw_message_remove(&message, LW_OPTION_BLOCK1);
        ck_assert(lw_message_add_block(&message, LW_OPTION_BLOCK1, &block));
        ck_assert_uint_eq(message.options[0].length, blocks[_i].length);
        if (blocks[_i].length > 0)
                ck_assert_mem_eq(message.options[0].value, blocks[_i].bytes, blocks[_i].length);
}
END_TEST

START_TEST(absent_block_is_no_error)
{
        g_autoptr(GError) error = NULL;
        LwMessage message;
        LwBlock block;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        ck_assert(!lw_message_find_block(&message, LW_OPTION_BLOCK2, &block, &error));
        ck_assert_ptr_null(error);
}
END_TEST

START_TEST(describes_a_message_in_a_line)
{
        LwMessage message;
        g_autofree char *request = NULL, *response = NULL, *odd = NULL;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "rd");
        lw_message_add_text(&message, LW_OPTION_URI_QUERY, "ep=x");
        lw_message_add_text(&message, LW_OPTION_URI_QUERY, "lt=60");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 40);
        message.payload_length = 57;
        request = lw_message_describe(&message);
        ck_assert_str_eq(request, "CON POST /rd?ep=x&lt=60 ct=40 [57]");

        lw_message_init(&message, LW_MESSAGE_ACK, 0x45);
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 12);
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 112);
        lw_message_add_block(&message, LW_OPTION_BLOCK2, &(LwBlock){ 2, true, 64 });
        response = lw_message_describe(&message);
        ck_assert_str_eq(response, "ACK 2.05 observe=12 ct=112 block2=2/1/64");

        lw_message_init(&message, LW_MESSAGE_NON, 0x84);
        lw_message_add_text(&message, LW_OPTION_LOCATION_PATH, "a\n\x1b[1m b");
        odd = lw_message_describe(&message);
        ck_assert_str_eq(odd, "NON 4.04 /a%0A%1B[1m%20b");
}
END_TEST

TCase *test_message(void)
{
        TCase *tcase = tcase_create("message");

        tcase_add_loop_test(tcase, writes_integers_in_their_shortest_form, 0, G_N_ELEMENTS(uints));
        tcase_add_test(tcase, keeps_options_in_order_and_equal_ones_as_they_came);
        tcase_add_test(tcase, refuses_what_has_no_room);
        tcase_add_test(tcase, reads_no_integer_of_five_bytes);
        tcase_add_test(tcase, copies_a_head_with_its_scratch);
        tcase_add_loop_test(tcase, reads_and_writes_blocks, 0, G_N_ELEMENTS(blocks));
        tcase_add_test(tcase, absent_block_is_no_error);
        tcase_add_test(tcase, describes_a_message_in_a_line);
        return tcase;
}
