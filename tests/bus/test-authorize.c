/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what: the table of uid and group, and the conversation with polkit. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "bus/authorize.h"
#include "bus/error.h"
#include "bus/fake-bus.h"
#include "lib/suite.h"
#include "model/limits.h"

#define OWN_UID 300
#define PEOPLE 50

/* Uid and group */

static const struct {
        uid_t uid;
        gid_t groups[2];
        const char *action;
        gid_t people;
        LwVerdict verdict;
} verdicts[] = {
        { 0, { 0, 0 }, LW_ACTION_READ, PEOPLE, LW_VERDICT_ALLOWED },
        { 0, { 0, 0 }, LW_ACTION_WRITE, LW_NO_GROUP, LW_VERDICT_ALLOWED },
        { 0, { 0, 0 }, LW_ACTION_MANAGE_SERVERS, PEOPLE, LW_VERDICT_ALLOWED },
        { OWN_UID, { 300, 300 }, LW_ACTION_EXECUTE, PEOPLE, LW_VERDICT_ALLOWED },
        { 1000, { 1000, PEOPLE }, LW_ACTION_READ, PEOPLE, LW_VERDICT_ALLOWED },
        { 1000, { PEOPLE, 1000 }, LW_ACTION_UPDATE, PEOPLE, LW_VERDICT_ALLOWED },
        { 1000, { PEOPLE, 1000 }, LW_ACTION_SEND, PEOPLE, LW_VERDICT_ALLOWED },
        { 1000, { 1000, PEOPLE }, LW_ACTION_WRITE, PEOPLE, LW_VERDICT_ASK_POLKIT },
        { 1000, { 1000, PEOPLE }, LW_ACTION_EXECUTE, PEOPLE, LW_VERDICT_ASK_POLKIT },
        { 1000, { 1000, PEOPLE }, LW_ACTION_MANAGE_SERVERS, PEOPLE, LW_VERDICT_ASK_POLKIT },
        { 1000, { 1000, 1001 }, LW_ACTION_READ, PEOPLE, LW_VERDICT_ASK_POLKIT },
        { 1000, { 1000, PEOPLE }, LW_ACTION_READ, LW_NO_GROUP, LW_VERDICT_ASK_POLKIT },
        { 1000, { 1000, (gid_t) -1 }, LW_ACTION_READ, LW_NO_GROUP, LW_VERDICT_ASK_POLKIT },
};

START_TEST(uid_and_group_decide)
{
        gid_t groups[2] = { verdicts[_i].groups[0], verdicts[_i].groups[1] };
        LwCaller caller = { .uid = verdicts[_i].uid, .groups = groups, .group_count = 2 };

        ck_assert_int_eq(lw_verdict(&caller, verdicts[_i].action, OWN_UID, verdicts[_i].people),
                        verdicts[_i].verdict);
}
END_TEST

/* The actions are polkit's to know */

static GString *described; /* " id id id " */

static void on_element(GMarkupParseContext *context, const char *element, const char **names,
                const char **values, void *user, GError **error)
{
        (void) context;
        (void) user;
        (void) error;
        if (strcmp(element, "action") == 0 && strcmp(names[0], "id") == 0)
                g_string_append_printf(described, "%s ", values[0]);
}

START_TEST(polkit_has_a_description_of_every_action)
{
        static const GMarkupParser parser = { .start_element = on_element };
        static const char *const actions[] = { LW_ACTION_READ, LW_ACTION_UPDATE, LW_ACTION_SEND,
                LW_ACTION_WRITE, LW_ACTION_EXECUTE, LW_ACTION_FACTORY_RESET,
                LW_ACTION_MANAGE_SERVERS, LW_ACTION_REGISTER_PROVIDER };
        const char *root = getenv("srcdir");
        g_autofree char *path = g_build_filename(
                        root != NULL ? root : ".", "dbus", "org.lwm2md.policy", NULL);
        g_autofree char *text = NULL;
        g_autofree char *wanted = NULL;
        g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
        GString *all = g_string_new(NULL);

        described = g_string_new(NULL);
        ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
        ck_assert(g_markup_parse_context_parse(context, text, -1, NULL));
        for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
                g_string_append_printf(all, "%s ", actions[i]);
        wanted = g_string_free(all, false);
        ck_assert_str_eq(described->str, wanted);
        g_string_free(described, true);
}
END_TEST

/* The conversation; a caller of uid 54321 is nobody special */

static LwFakeBus bus;
static LwAuthorizer *authorizer;
static unsigned done;

static int method_do(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        int r = lw_authorizer_check(authorizer, m, LW_ACTION_WRITE, ret_error);

        (void) user;
        if (r <= 0)
                return r < 0 ? r : 1;
        done++;
        return sd_bus_reply_method_return(m, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Do", "", "", method_do, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static sd_bus_slot *object;

static void setup(void)
{
        lw_fake_bus_init(&bus);
        authorizer = lw_authorizer_new();
        lw_authorizer_attach(authorizer, bus.pair.ours);
        ck_assert_int_ge(sd_bus_add_object_vtable(bus.pair.ours, &object, "/test",
                                         "org.example.Test", vtable, NULL),
                        0);
}

static void teardown(void)
{
        sd_bus_slot_unref(object);
        lw_authorizer_detach(authorizer);
        lw_authorizer_free(authorizer);
        lw_fake_bus_clear(&bus);
}

static void call(const char *sender, bool interactive)
{
        lw_fake_bus_call(&bus, sender, interactive);
        lw_pair_settle(&bus.pair);
}

START_TEST(root_is_not_asked_about)
{
        call(":1.0", false);
        ck_assert_uint_eq(done, 1);
        ck_assert_uint_eq(bus.polkit_asked, 0);
        ck_assert_ptr_null(bus.error_name);
}
END_TEST

static const struct {
        const char *why;
        const char *polkit_error;
        bool authorized, challenge, interactive;
        const char *name; /* NULL: allowed */
        const char *message;
} conversations[] = {
        { "yes", NULL, true, false, false, NULL, NULL },
        { "a person said yes", NULL, true, false, true, NULL, NULL },
        { "no", NULL, false, false, false, SD_BUS_ERROR_ACCESS_DENIED, "polkit does not allow it" },
        { "nobody may be asked", NULL, false, true, false,
                        SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                        "polkit would ask a person, and the call does not allow it" },
        { "nobody answered", NULL, false, true, true, SD_BUS_ERROR_ACCESS_DENIED,
                        "polkit does not allow it" },
        { "no polkit", SD_BUS_ERROR_SERVICE_UNKNOWN, false, false, false,
                        SD_BUS_ERROR_ACCESS_DENIED, "polkit is not running; use root" },
        { "none to be started", "org.freedesktop.DBus.Error.Spawn.ChildExited", false, false, false,
                        SD_BUS_ERROR_ACCESS_DENIED, "polkit is not running; use root" },
        { "polkit fails", "org.freedesktop.PolicyKit1.Error.Failed", false, false, false,
                        SD_BUS_ERROR_ACCESS_DENIED, "no" },
};

START_TEST(polkit_decides_for_the_others)
{
        bus.polkit_error = conversations[_i].polkit_error;
        bus.authorized = conversations[_i].authorized;
        bus.challenge = conversations[_i].challenge;
        call(":1.54321", conversations[_i].interactive);
        ck_assert_uint_eq(bus.polkit_asked, 1);
        ck_assert_str_eq(bus.polkit_subject, ":1.54321");
        ck_assert_str_eq(bus.polkit_action, LW_ACTION_WRITE);
        ck_assert_uint_eq(bus.polkit_flags, conversations[_i].interactive ? 1 : 0);
        ck_assert_uint_eq(bus.answers, 1);
        ck_assert_uint_eq(done, conversations[_i].name == NULL ? 1 : 0);
        ck_assert_pstr_eq(bus.error_name, conversations[_i].name);
        ck_assert_pstr_eq(bus.error_message, conversations[_i].message);
}
END_TEST

START_TEST(every_call_is_asked_about_anew)
{
        bus.authorized = true;
        call(":1.54321", false);
        bus.authorized = false;
        call(":1.54321", false);
        ck_assert_uint_eq(done, 1);
        ck_assert_uint_eq(bus.polkit_asked, 2);
        ck_assert_str_eq(bus.error_name, SD_BUS_ERROR_ACCESS_DENIED);
}
END_TEST

START_TEST(one_user_cannot_use_up_the_questions)
{
        bus.authorized = true;
        call(":1.54321", false);
        call(":1.54322", false);
        for (unsigned i = 0; i < LW_BUS_WAITING_USER_MAX + 1; i++)
                lw_fake_bus_call(&bus, ":1.54321", false);
        lw_fake_bus_call(&bus, ":1.54322", false);
        lw_pair_settle(&bus.pair);
        ck_assert_uint_eq(bus.polkit_asked, 2 + LW_BUS_WAITING_USER_MAX + 1);
        ck_assert_uint_eq(done, 2 + LW_BUS_WAITING_USER_MAX + 1);
        ck_assert_uint_eq(bus.answers, 2 + LW_BUS_WAITING_USER_MAX + 2);
}
END_TEST

START_TEST(an_object_that_goes_meanwhile_is_no_harm)
{
        bus.authorized = true;
        call(":1.54321", false);
        lw_fake_bus_call(&bus, ":1.54321", false);
        while (bus.polkit_asked < 2)
                sd_event_run(bus.pair.event, 1000000);
        object = sd_bus_slot_unref(object);
        lw_pair_settle(&bus.pair);
        ck_assert_uint_eq(done, 1);
        ck_assert_str_eq(bus.error_name, SD_BUS_ERROR_UNKNOWN_OBJECT);
}
END_TEST

TCase *test_authorize(void);
TCase *test_authorize(void)
{
        TCase *tcase = tcase_create("authorize");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, uid_and_group_decide, 0, G_N_ELEMENTS(verdicts));
        tcase_add_test(tcase, polkit_has_a_description_of_every_action);
        tcase_add_test(tcase, root_is_not_asked_about);
        tcase_add_loop_test(tcase, polkit_decides_for_the_others, 0, G_N_ELEMENTS(conversations));
        tcase_add_test(tcase, every_call_is_asked_about_anew);
        tcase_add_test(tcase, one_user_cannot_use_up_the_questions);
        tcase_add_test(tcase, an_object_that_goes_meanwhile_is_no_harm);
        return tcase;
}
