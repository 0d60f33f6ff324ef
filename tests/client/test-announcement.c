/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of Register, Update and De-register. */
#include "client/announcement.h"
#include "client/suite.h"
#include "tree/fixture.h"

static Fixture fixture;
static LwAccount *account;
static LwAnnouncementText text;
static LwMessage message;

static void setup(void)
{
        fixture_setup(&fixture);
        account = lw_account_new();
        account->lifetime_seconds = 300;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
}

static void teardown(void)
{
        lw_account_free(account);
        fixture_teardown(&fixture);
}

static void check_message(const char *expected)
{
        g_autofree char *line = lw_message_describe(&message);

        ck_assert_str_eq(line, expected);
}

static const struct {
        const char *uri, *binding, *sms;
        bool queue_mode;
        LwVersion version;
        const char *line;
} registers[] = {
        { "coap://127.0.0.1", "U", NULL, false, LW_VERSION_1_1,
                        "CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=U ct=40" },
        { "coap://127.0.0.1/a/b?x=1", "U", NULL, false, LW_VERSION_1_2,
                        "CON POST /a/b/rd?ep=dev1&lt=300&lwm2m=1.2&b=U&x=1 ct=40" },
        { "coap://127.0.0.1", "US", NULL, true, LW_VERSION_1_0,
                        "CON POST /rd?ep=dev1&lt=300&lwm2m=1.0&b=UQS ct=40" },
        { "coap://127.0.0.1", "U", NULL, true, LW_VERSION_1_0,
                        "CON POST /rd?ep=dev1&lt=300&lwm2m=1.0&b=UQ ct=40" },
        { "coap://127.0.0.1", "UQ", NULL, true, LW_VERSION_1_1,
                        "CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=U&Q ct=40" },
        { "coap://127.0.0.1", "US", "491701234567", false, LW_VERSION_1_1,
                        "CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=US&sms=491701234567 ct=40" },
};

START_TEST(register_has_all_parameters)
{
        g_auto(LwAnnouncement) told = {};

        lw_uri_clear(&account->peer.uri);
        ck_assert(lw_uri_parse(registers[_i].uri, &account->peer.uri, NULL));
        g_free(account->binding);
        account->binding = g_strdup(registers[_i].binding);
        account->sms_number = g_strdup(registers[_i].sms);
        account->queue_mode = registers[_i].queue_mode;
        lw_announcement_make(&told, account, fixture.tree, registers[_i].version);
        lw_announcement_register(&told, account, "dev1", &text, &message);
        check_message(registers[_i].line);
        ck_assert_uint_gt(lw_blob_size(told.links), 0);
}
END_TEST

START_TEST(update_has_what_changed)
{
        static const char *const location[] = { "rd", "5a3f", NULL };
        g_auto(LwAnnouncement) known = {}, told = {};
        LwPath path = LW_PATH_INSTANCE(FIXTURE_SINGLE, 0);

        lw_announcement_make(&known, account, fixture.tree, LW_VERSION_1_1);
        lw_announcement_make(&told, account, fixture.tree, LW_VERSION_1_1);
        ck_assert(lw_announcement_equal(&known, &told));
        ck_assert_ptr_null(lw_announcement_update(&told, &known, location, &text, &message));
        check_message("CON POST /rd/5a3f");

        account->lifetime_seconds = 60;
        lw_announcement_make(&told, account, fixture.tree, LW_VERSION_1_1);
        ck_assert(!lw_announcement_equal(&known, &told));
        ck_assert_ptr_null(lw_announcement_update(&told, &known, location, &text, &message));
        check_message("CON POST /rd/5a3f?lt=60");

        account->lifetime_seconds = 300;
        lw_tree_remove_layer(fixture.tree, &path, &fixture.one.provider);
        lw_announcement_make(&told, account, fixture.tree, LW_VERSION_1_1);
        ck_assert_ptr_nonnull(lw_announcement_update(&told, &known, location, &text, &message));
        check_message("CON POST /rd/5a3f ct=40");
}
END_TEST

START_TEST(deregister_deletes_the_location)
{
        static const char *const location[] = { "rd", "a", "b", NULL };

        lw_announcement_deregister(location, &message);
        check_message("CON DELETE /rd/a/b");
}
END_TEST

TCase *test_announcement(void)
{
        TCase *tcase = tcase_create("announcement");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, register_has_all_parameters, 0, G_N_ELEMENTS(registers));
        tcase_add_test(tcase, update_has_what_changed);
        tcase_add_test(tcase, deregister_deletes_the_location);
        return tcase;
}
