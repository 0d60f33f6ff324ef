/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accounts and their bindings. */
#include "client/account.h"
#include "client/suite.h"

static const struct {
        const char *text;
        bool ok;
} bindings[] = {
        { "U", true },
        { "UQ", true },
        { "UQS", true },
        { "UT", true },
        { "TUS", true },
        { "UTSNMH", true },
        { "", false },
        { "Q", false },
        { "UU", false },
        { "u", false },
        { "X", false },
        { "U T", false },
};

START_TEST(checks_bindings)
{
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(lw_binding_check(bindings[_i].text, &error), bindings[_i].ok);
        ck_assert_int_eq(error == NULL, bindings[_i].ok);
}
END_TEST

START_TEST(a_copy_is_equal_until_something_that_counts_differs)
{
        g_autoptr(LwAccount) account = lw_account_new(), copy = NULL;

        account->uri = g_strdup("coap://a");
        account->sms_number = g_strdup("123");
        copy = lw_account_copy(account);
        ck_assert(lw_account_equal(account, copy));
        copy->name = g_strdup("other");
        ck_assert(lw_account_equal(account, copy));
        copy->lifetime_seconds++;
        ck_assert(!lw_account_equal(account, copy));
        copy->lifetime_seconds--;
        copy->peer.local_port = 1;
        ck_assert(!lw_account_equal(account, copy));
}
END_TEST

TCase *test_account(void)
{
        TCase *tcase = tcase_create("account");

        tcase_add_loop_test(tcase, checks_bindings, 0, G_N_ELEMENTS(bindings));
        tcase_add_test(tcase, a_copy_is_equal_until_something_that_counts_differs);
        return tcase;
}
