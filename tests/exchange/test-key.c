/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes two requests ask for the same. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/exchange.h"
#include "exchange/key.h"
#include "exchange/suite.h"

static void base(LwMessage *message)
{
        lw_message_init(message, LW_MESSAGE_CON, LW_METHOD_FETCH);
        lw_message_add_text(message, LW_OPTION_URI_PATH, "3");
        lw_message_add_text(message, LW_OPTION_URI_PATH, "0");
        lw_message_add_uint(message, LW_OPTION_ACCEPT, 112);
        message->payload = (const uint8_t *) "0123456789";
        message->payload_length = 10;
}

/* An option more, and whether it makes another request. */
static const struct {
        uint16_t number;
        const char *value;
        bool differs;
} changes[] = {
        { LW_OPTION_OBSERVE, "\1", false },
        { LW_OPTION_BLOCK1, "\x16", false },
        { LW_OPTION_BLOCK2, "\x16", false },
        { LW_OPTION_SIZE1, "\x16", false },
        { LW_OPTION_SIZE2, "\x16", false },
        { LW_OPTION_URI_HOST, "a", false },
        { LW_OPTION_URI_PATH, "1", true },
        { LW_OPTION_URI_QUERY, "pmin=1", true },
};

START_TEST(only_what_is_asked_for_counts)
{
        LwMessage one, other;

        base(&one);
        base(&other);
        lw_message_add_text(&other, changes[_i].number, changes[_i].value);
        ck_assert_int_eq(lw_exchange_key(&one) != lw_exchange_key(&other), changes[_i].differs);
        ck_assert_int_eq(lw_key_of(&one).bare != lw_key_of(&other).bare, changes[_i].differs);
}
END_TEST

START_TEST(method_accept_and_payload_count)
{
        LwMessage one, method, accept, payload;

        base(&one);
        base(&method);
        method.code = LW_METHOD_GET;
        ck_assert(lw_exchange_key(&one) != lw_exchange_key(&method));
        base(&accept);
        lw_message_remove(&accept, LW_OPTION_ACCEPT);
        lw_message_add_uint(&accept, LW_OPTION_ACCEPT, 110);
        ck_assert(lw_exchange_key(&one) != lw_exchange_key(&accept));
        base(&payload);
        payload.payload_length = 9;
        ck_assert(lw_exchange_key(&one) != lw_exchange_key(&payload));
        ck_assert(lw_key_of(&one).bare == lw_key_of(&payload).bare);
        payload.payload_length = 0;
        ck_assert(lw_key_of(&payload).bare == lw_key_of(&payload).whole);
}
END_TEST

START_TEST(segments_are_not_run_together)
{
        LwMessage one, other, query;
        lw_message_init(&one, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_text(&one, LW_OPTION_URI_PATH, "3");
        lw_message_add_text(&one, LW_OPTION_URI_PATH, "01");
        lw_message_init(&other, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_text(&other, LW_OPTION_URI_PATH, "30");
        lw_message_add_text(&other, LW_OPTION_URI_PATH, "1");
        ck_assert(lw_exchange_key(&one) != lw_exchange_key(&other));
        lw_message_init(&query, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_text(&query, LW_OPTION_URI_PATH, "3");
        lw_message_add_text(&query, LW_OPTION_URI_QUERY, "01");
        ck_assert(lw_exchange_key(&one) != lw_exchange_key(&query));
}
END_TEST

START_TEST(each_byte_counts_in_a_hash)
{
        uint8_t data[100] = { 0 };
        uint64_t plain = lw_key_hash(1, data, sizeof(data));

        for (size_t i = 0; i < sizeof(data); i++) {
                data[i] = 1;
                ck_assert(lw_key_hash(1, data, sizeof(data)) != plain);
                data[i] = 0;
        }
        ck_assert(lw_key_hash(1, data, sizeof(data) - 1) != plain);
        ck_assert(lw_key_hash(2, data, sizeof(data)) != plain);
        ck_assert(lw_key_hash(1, data, sizeof(data)) == plain);
}
END_TEST

TCase *test_key(void)
{
        TCase *tcase = tcase_create("key");

        tcase_add_loop_test(tcase, only_what_is_asked_for_counts, 0, G_N_ELEMENTS(changes));
        tcase_add_test(tcase, method_accept_and_payload_count);
        tcase_add_test(tcase, segments_are_not_run_together);
        tcase_add_test(tcase, each_byte_counts_in_a_hash);
        return tcase;
}
