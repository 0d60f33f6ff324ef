/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens: none twice, none 0. */
#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "exchange/token.h"

START_TEST(no_token_comes_twice)
{
        g_autoptr(GHashTable) seen =
                        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

        for (int i = 0; i < 1000; i++) {
                uint64_t *token = g_new(uint64_t, 1);

                *token = lw_token_new();
                ck_assert(*token != 0);
                ck_assert(g_hash_table_add(seen, token));
        }
}
END_TEST

TCase *test_token(void)
{
        TCase *tcase = tcase_create("token");

        tcase_add_test(tcase, no_token_comes_twice);
        return tcase;
}
