/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations of this host: what is asked, what comes back, now, late, or never. */
#include <stdlib.h>
#include <string.h>

#include "bus/authorize.h"
#include "control/local.h"
#include "control/stage.h"
#include "lib/suite.h"

/* What the answer says: "/1000/0/0=s /1000/0/3=a{qv} " */
static char *keys_of_reply(void)
{
        GString *text = g_string_new(NULL);
        const char *key, *contents;

        ck_assert_int_gt(sd_bus_message_enter_container(stage_reply(), 'a', "{sv}"), 0);
        while (sd_bus_message_enter_container(stage_reply(), 'e', "sv") > 0) {
                sd_bus_message_read(stage_reply(), "s", &key);
                sd_bus_message_peek_type(stage_reply(), NULL, &contents);
                sd_bus_message_skip(stage_reply(), "v");
                sd_bus_message_exit_container(stage_reply());
                g_string_append_printf(text, "%s=%s ", key, contents);
        }
        return g_string_free(text, false);
}

static const struct {
        const char *path;
        const char *outcome;
        const char *keys; /* NULL: an error */
} reads[] = {
        { "/1000", "ok", "/1000/0/0=s /1000/0/1=x /1000/0/3=a{qv} " },
        { "/1000/0", "ok", "/1000/0/0=s /1000/0/1=x /1000/0/3=a{qv} " },
        { "/1000/0/1", "ok", "/1000/0/1=x " },
        { "/1000/0/3", "ok", "/1000/0/3=a{qv} " },
        { "/1000/0/3/5", "ok", "/1000/0/3/5=x " },
        { "/1000/9", "NotFound", NULL },
        { "/999", "NotFound", NULL },
        { "/1000/0/2", "NotPermitted", NULL },
        { "/0", "AccessDenied", NULL },
        { "/0/0/0", "AccessDenied", NULL },
        { "/21/0", "AccessDenied", NULL },
        { "/23", "AccessDenied", NULL },
        { "3/0", "BadRequest", NULL },
        { "/3/", "BadRequest", NULL },
        { "", "BadRequest", NULL },
};

START_TEST(a_read_is_answered)
{
        g_autofree char *keys = NULL;

        ck_assert_str_eq(stage_call("Read", "s", reads[_i].path), reads[_i].outcome);
        ck_assert_str_eq(stage.action, LW_ACTION_READ);
        if (reads[_i].keys == NULL)
                return;
        keys = keys_of_reply();
        ck_assert_str_eq(keys, reads[_i].keys);
}
END_TEST

/* The arguments of a Write as a person gives them */
static const struct {
        const char *path, *contents, *value;
        const char *outcome;
} writes[] = {
        { "/1000/0/1", "i", "42", "ok" },
        { "/1000/0/1", "y", "0", "ok" },
        { "/1000/0/1", "s", "100", "ok" },
        { "/1000/0/1", "s", "101", "BadRequest" },
        { "/1000/0/1", "i", "-1", "BadRequest" },
        { "/1000/0/1", "s", "many", "BadRequest" },
        { "/1000/0/6", "s", "1001:0", "ok" },
        { "/1000/0/6", "s", "65535:65535", "ok" },
        { "/1000/0/4", "s", "one", "BadRequest" },
        { "/1000/0/4/0", "s", "one", "ok" },
        { "/1000/0/5", "s", "AAEC", "ok" },
        { "/1000/0/0", "s", "x", "NotPermitted" },
        { "/1000/0/2", "s", "x", "NotPermitted" },
        { "/1000/0/99", "s", "x", "NotFound" },
        { "/999/0/0", "s", "x", "NotFound" },
        { "/1000/0", "s", "x", "BadRequest" },
        { "/1000", "s", "x", "BadRequest" },
        { "/0/0/0", "s", "coap://evil", "AccessDenied" },
        { "nothing", "s", "x", "BadRequest" },
};

START_TEST(a_write_is_answered)
{
        const char *contents = writes[_i].contents, *value = writes[_i].value;
        unsigned before = stage.fixture.one.writes;
        const char *outcome;

        if (*contents == 's')
                outcome = stage_call("Write", "sv", writes[_i].path, "s", value);
        else
                outcome = stage_call("Write", "sv", writes[_i].path, contents, atoi(value));
        ck_assert_str_eq(outcome, writes[_i].outcome);
        ck_assert_str_eq(stage.action, LW_ACTION_WRITE);
        ck_assert_uint_eq(stage.fixture.one.writes - before, strcmp(outcome, "ok") == 0 ? 1 : 0);
}
END_TEST

START_TEST(an_array_is_written_whole)
{
        LwPath path = fixture_path("/1000/0/4/7");

        ck_assert_str_eq(stage_call("Write", "sv", "/1000/0/4", "a{qv}", 2, 3, "s", "three", 7, "s",
                                         "seven"),
                        "ok");
        ck_assert(stage.fixture.one.replaced);
        ck_assert_uint_eq(lw_values_count(stage.fixture.one.values), 2);
        ck_assert_str_eq(lw_values_find(stage.fixture.one.values, &path)->value.text, "seven");
}
END_TEST

static const struct {
        const char *path, *arguments;
        const char *outcome;
} executes[] = {
        { "/1000/0/2", "", "ok" },
        { "/1000/0/2", "0='10',1", "ok" },
        { "/1000/0/2", "no arguments", "BadRequest" },
        { "/1000/0/0", "", "NotPermitted" },
        { "/1000/0/99", "", "NotFound" },
        { "/0/0/2", "", "AccessDenied" },
};

START_TEST(an_execute_is_answered)
{
        ck_assert_str_eq(stage_call("Execute", "ss", executes[_i].path, executes[_i].arguments),
                        executes[_i].outcome);
        ck_assert_str_eq(stage.action, LW_ACTION_EXECUTE);
        if (strcmp(executes[_i].outcome, "ok") == 0)
                ck_assert_str_eq(stage.fixture.one.arguments, executes[_i].arguments);
        else
                ck_assert_uint_eq(stage.fixture.one.executes, 0);
}
END_TEST

/* Discover */

START_TEST(a_discover_is_answered)
{
        g_autoptr(GString) text = g_string_new(NULL);
        const char *link;

        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 0), "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_READ);
        sd_bus_message_enter_container(stage_reply(), 'a', "s");
        while (sd_bus_message_read(stage_reply(), "s", &link) > 0)
                g_string_append_printf(text, "%s ", link);
        ck_assert_ptr_nonnull(strstr(text->str, "</1000>;ver=2.1 "));
        ck_assert_ptr_nonnull(strstr(text->str, "</1000/0/1> "));
}
END_TEST

START_TEST(a_discover_may_be_a_servers)
{
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 1, "server", "q", 101), "ok");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 1, "server", "q", 102),
                        "NoSuchServer");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 1, "server", "s", "101"),
                        "InvalidArgs");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 1, "depth", "q", 1),
                        "InvalidArgs");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/0", 0), "AccessDenied");
}
END_TEST

/* Failures and late answers */

START_TEST(a_providers_failure_is_named)
{
        static const struct {
                LwStatus status;
                const char *outcome;
        } rows[] = {
                { LW_STATUS_FAILED, "Failed" },
                { LW_STATUS_UNAVAILABLE, "Unavailable" },
                { LW_STATUS_BAD_REQUEST, "BadRequest" },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                stage.fixture.one.status = rows[i].status;
                ck_assert_str_eq(stage_call("Write", "sv", "/1000/0/1", "i", 5), rows[i].outcome);
        }
}
END_TEST

START_TEST(who_may_not_is_told_and_nothing_happens)
{
        stage.denied = true;
        ck_assert_str_eq(stage_call("Write", "sv", "/1000/0/1", "i", 5), "AccessDenied");
        ck_assert_str_eq(stage_call("Execute", "ss", "/1000/0/2", ""), "AccessDenied");
        ck_assert_str_eq(stage_call("Read", "s", "/1000"), "AccessDenied");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 0), "AccessDenied");
        ck_assert_uint_eq(stage.fixture.one.writes + stage.fixture.one.reads +
                                          stage.fixture.one.executes,
                        0);
}
END_TEST

START_TEST(a_late_answer_is_sent_late)
{
        stage.fixture.one.late = true;
        stage_begin("Read", "s", "/1000/0/1");
        ck_assert_uint_eq(stage_ended(), 0);
        fixture_continue(&stage.fixture.one);
        stage_settle();
        ck_assert_uint_eq(stage_ended(), 1);
        ck_assert_ptr_nonnull(stage_reply());
}
END_TEST

START_TEST(a_bus_that_went_meanwhile_is_no_harm)
{
        stage.fixture.one.late = true;
        stage_begin("Write", "sv", "/1000/0/1", "i", 5);
        lw_manager_bus_user.detach(stage.manager, stage.pair.ours);
        sd_bus_close(stage.pair.ours);
        fixture_continue(&stage.fixture.one);
        ck_assert_uint_eq(stage.fixture.one.writes, 1);
}
END_TEST

START_TEST(a_manager_that_went_meanwhile_is_no_harm)
{
        stage.fixture.one.late = true;
        stage_begin("Write", "sv", "/1000/0/1", "i", 5);
        lw_manager_free(g_steal_pointer(&stage.manager));
        fixture_continue(&stage.fixture.one);
        stage_settle();
        ck_assert_uint_eq(stage_ended(), 1);
}
END_TEST

TCase *test_local(void);
TCase *test_local(void)
{
        TCase *tcase = tcase_create("local");

        tcase_add_checked_fixture(tcase, stage_setup, stage_teardown);
        tcase_add_loop_test(tcase, a_read_is_answered, 0, G_N_ELEMENTS(reads));
        tcase_add_loop_test(tcase, a_write_is_answered, 0, G_N_ELEMENTS(writes));
        tcase_add_test(tcase, an_array_is_written_whole);
        tcase_add_loop_test(tcase, an_execute_is_answered, 0, G_N_ELEMENTS(executes));
        tcase_add_test(tcase, a_discover_is_answered);
        tcase_add_test(tcase, a_discover_may_be_a_servers);
        tcase_add_test(tcase, a_providers_failure_is_named);
        tcase_add_test(tcase, who_may_not_is_told_and_nothing_happens);
        tcase_add_test(tcase, a_late_answer_is_sent_late);
        tcase_add_test(tcase, a_bus_that_went_meanwhile_is_no_harm);
        tcase_add_test(tcase, a_manager_that_went_meanwhile_is_no_harm);
        return tcase;
}
