/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ring of Non-confirmable messages. */
#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "exchange/unconfirmed.h"

static void add(LwUnconfirmed *ring, uint16_t mid, uint8_t token)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_NON, 0x45);
        message.token_length = 1;
        message.token[0] = token;
        lw_unconfirmed_add(ring, &message, mid);
}

START_TEST(gives_each_token_once)
{
        LwUnconfirmed ring = {};
        uint8_t token[LW_TOKEN_MAX];
        size_t length;

        ck_assert(!lw_unconfirmed_take(&ring, 0, token, &length));
        add(&ring, 5, 'a');
        add(&ring, 6, 'b');
        ck_assert(lw_unconfirmed_take(&ring, 5, token, &length));
        ck_assert_uint_eq(length, 1);
        ck_assert_uint_eq(token[0], 'a');
        ck_assert(!lw_unconfirmed_take(&ring, 5, token, &length));
}
END_TEST

START_TEST(the_newest_of_an_id_counts)
{
        LwUnconfirmed ring = {};
        uint8_t token[LW_TOKEN_MAX];
        size_t length;

        add(&ring, 5, 'a');
        add(&ring, 5, 'b');
        ck_assert(lw_unconfirmed_take(&ring, 5, token, &length));
        ck_assert_uint_eq(token[0], 'b');
}
END_TEST

START_TEST(the_oldest_make_room)
{
        LwUnconfirmed ring = {};
        uint8_t token[LW_TOKEN_MAX];
        size_t length;

        for (uint16_t i = 0; i <= LW_UNCONFIRMED_MAX; i++)
                add(&ring, i, (uint8_t) i);
        ck_assert(!lw_unconfirmed_take(&ring, 0, token, &length));
        for (uint16_t i = 1; i <= LW_UNCONFIRMED_MAX; i++) {
                ck_assert(lw_unconfirmed_take(&ring, i, token, &length));
                ck_assert_uint_eq(token[0], i);
        }
}
END_TEST

TCase *test_unconfirmed(void)
{
        TCase *tcase = tcase_create("unconfirmed");

        tcase_add_test(tcase, gives_each_token_once);
        tcase_add_test(tcase, the_newest_of_an_id_counts);
        tcase_add_test(tcase, the_oldest_make_room);
        return tcase;
}
