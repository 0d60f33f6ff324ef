/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that outlive the one they were made of. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/kept.h"
#include "exchange/suite.h"

START_TEST(what_is_kept_owns_all_of_it)
{
        LwMessage *message = g_new0(LwMessage, 1), again;
        char *query = g_strdup("ep=x"), *payload = g_strdup("body");
        g_autoptr(LwKept) kept = NULL;

        lw_message_init(message, LW_MESSAGE_NON, LW_METHOD_POST);
        message->token_length = 3;
        memcpy(message->token, "abc", 3);
        lw_message_add_text(message, LW_OPTION_URI_QUERY, query);
        lw_message_add_uint(message, LW_OPTION_CONTENT_FORMAT, 11542);
        lw_message_add_uint(message, LW_OPTION_OBSERVE, 0);
        message->payload = (const uint8_t *) payload;
        message->payload_length = 4;
        kept = lw_kept_new(message);
        memset(query, 'q', 4);
        memset(payload, 'q', 4);
        g_free(query);
        g_free(payload);
        g_free(message);

        lw_kept_message(kept, &again);
        ck_assert_int_eq(again.type, LW_MESSAGE_NON);
        ck_assert_uint_eq(again.code, LW_METHOD_POST);
        ck_assert_uint_eq(again.option_count, 3);
        ck_assert_mem_eq(lw_message_find(&again, LW_OPTION_URI_QUERY)->value, "ep=x", 4);
        ck_assert_mem_eq(lw_message_find(&again, LW_OPTION_CONTENT_FORMAT)->value, "\x2d\x16", 2);
        ck_assert_uint_eq(lw_message_find(&again, LW_OPTION_OBSERVE)->length, 0);
        ck_assert_uint_eq(again.token_length, 3);
        ck_assert_mem_eq(again.token, "abc", 3);
        ck_assert_uint_eq(again.payload_length, 4);
        ck_assert_mem_eq(again.payload, "body", 4);
        ck_assert(lw_message_add_uint(&again, LW_OPTION_SIZE1, 70000));
}
END_TEST

START_TEST(nothing_is_kept_as_nothing)
{
        g_autoptr(LwKept) kept = NULL;
        LwMessage message, again;

        lw_message_init(&message, LW_MESSAGE_ACK, 0x44);
        kept = lw_kept_new(&message);
        lw_kept_message(kept, &again);
        ck_assert_uint_eq(again.option_count, 0);
        ck_assert_uint_eq(again.payload_length, 0);
        lw_kept_free(NULL);
}
END_TEST

TCase *test_kept(void)
{
        TCase *tcase = tcase_create("kept");

        tcase_add_test(tcase, what_is_kept_owns_all_of_it);
        tcase_add_test(tcase, nothing_is_kept_as_nothing);
        return tcase;
}
