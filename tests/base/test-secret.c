/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets are copies that are wiped. */
#include <check.h>
#include <glib.h>

#include "base/secret.h"

TCase *test_secret(void);

START_TEST(holds_a_copy)
{
        char text[] = "secret";
        g_autoptr(GBytes) bytes = lw_secret_new(text, 6);

        text[0] = 'x';
        ck_assert_uint_eq(g_bytes_get_size(bytes), 6);
        ck_assert_mem_eq(g_bytes_get_data(bytes, NULL), "secret", 6);
}
END_TEST

START_TEST(may_be_empty)
{
        g_autoptr(GBytes) bytes = lw_secret_new(NULL, 0);

        ck_assert_uint_eq(g_bytes_get_size(bytes), 0);
        lw_secret_free(NULL, 7);
}
END_TEST

TCase *test_secret(void)
{
        TCase *tcase = tcase_create("secret");

        tcase_add_test(tcase, holds_a_copy);
        tcase_add_test(tcase, may_be_empty);
        return tcase;
}
