/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Grants: what a file may say, what it covers, and who may provide by it. */
#include <string.h>

#include <glib/gstdio.h>

#include "lib/suite.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/remote/grant.h"
#include "providers/remote/grants.h"
#include "providers/suite.h"

static bool find_user(const char *name, uid_t *ret_uid)
{
        *ret_uid = 7;
        return strcmp(name, "sensor") == 0;
}

static LwGrant *parse(const char *text, GError **error)
{
        return lw_grant_parse("weather", text, strlen(text), find_user, error);
}

/* `wrong`: a word of the message; NULL: it is a grant. */
static const struct {
        const char *text, *wrong;
} files[] = {
        { "[Grant]\nUser=sensor\nObjects=3303\n", NULL },
        { "[Grant]\nUser=sensor\nObjects=3303;10240-10249;3/0/9;\nUnit=a.service\nWrite=no\n"
          "Execute=yes\n",
                        NULL },
        { "", "[Grant]" },
        { "User=sensor\n", "group" },
        { "[Grant]\nUser=sensor\n", "Objects=" },
        { "[Grant]\nObjects=3303\n", "User=" },
        { "[Grant]\nUser=nobody-here\nObjects=3303\n", "'nobody-here'" },
        { "[Grant]\nUser=sensor\nObjects=3303\nGroup=x\n", "'Group'" },
        { "[Grant]\nUser=sensor\nObjects=3303\n[Other]\n", "no other" },
        { "[Grant]\nUser=sensor\nObjects=;\n", "Objects=" },
        { "[Grant]\nUser=sensor\nObjects=9-3\n", "'9-3'" },
        { "[Grant]\nUser=sensor\nObjects=65535\n", "'65535'" },
        { "[Grant]\nUser=sensor\nObjects=3/0/9/1\n", "'3/0/9/1'" },
        { "[Grant]\nUser=sensor\nObjects=/3303\n", "'/3303'" },
        { "[Grant]\nUser=sensor\nObjects=all\n", "'all'" },
        { "[Grant]\nUser=sensor\nObjects=3303\nWrite=maybe\n", "yes or no" },
        { "[Grant]\nUser=sensor\nObjects=3303\nUnit=a/b\n", "unit" },
};

START_TEST(a_file_is_a_grant_or_says_why_not)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwGrant) grant = parse(files[_i].text, &error);

        ck_assert_int_eq(grant != NULL, files[_i].wrong == NULL);
        if (grant == NULL)
                ck_assert_msg(strstr(error->message, files[_i].wrong) != NULL, "%s",
                                error->message);
}
END_TEST

START_TEST(a_grant_has_what_its_file_says)
{
        g_autoptr(LwGrant) grant = parse(files[1].text, NULL);

        ck_assert_str_eq(grant->name, "weather");
        ck_assert_uint_eq(grant->uid, 7);
        ck_assert_str_eq(grant->unit, "a.service");
        ck_assert(!grant->may_write);
        ck_assert(grant->may_execute);
        ck_assert_uint_eq(grant->ranges->len, 3);
}
END_TEST

/* Who registers: `objects` is what user 7 may, polkit says no to all. */
static const struct {
        const char *objects, *sender, *key;
        uint16_t resource;
        const char *error;
} offers[] = {
        { "3303", ":1.7", "/3303/7", 5700, "" },
        { "3303", ":1.7", "/3303/*oven", 5700, "" },
        { "3303", ":1.8", "/3303/7", 5700, "AccessDenied" },
        { "3302;3304", ":1.7", "/3303/7", 5700, "AccessDenied" },
        { "3300-3310", ":1.7", "/3303/7", 5700, "" },
        { "3304-3310", ":1.7", "/3303/7", 5700, "AccessDenied" },
        { "3303/7", ":1.7", "/3303/7", 5700, "" },
        { "3303/7", ":1.7", "/3303/8", 5700, "AccessDenied" },
        { "3303/7/5700", ":1.7", "/3303/7", 5700, "" },
        { "3303/7/5700", ":1.7", "/3303/7", 5701, "AccessDenied" },
        { "0-65534", ":1.7", "/1/0", 1, "ReservedObject" },
        { "3", ":1.7", "/3/0", 4, "ReservedObject" },
};

static void grant(const char *objects, const char *more)
{
        g_autofree char *text =
                        g_strdup_printf("[Grant]\nUser=sensor\nObjects=%s\n%s", objects, more);
        LwGrant *made = parse(text, NULL);

        ck_assert_ptr_nonnull(made);
        lw_grants_add(lw_registrar_grants(remote.registrar), made);
}

static const char *offer(const char *sender, const char *key, uint16_t resource)
{
        return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                        "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 1, resource, 0);
}

START_TEST(who_has_a_grant_needs_no_polkit)
{
        remote.denied = true;
        grant(offers[_i].objects, "");
        ck_assert_str_eq(offer(offers[_i].sender, offers[_i].key, offers[_i].resource),
                        offers[_i].error);
}
END_TEST

/* Whoever is there already is the agent's own: only a grant of the resource counts. */
START_TEST(over_an_instance_of_ours_the_resource_must_be_named)
{
        static const LwProviderOps ops = {};
        LwProvider own = { &ops };
        const LwPath device = LW_PATH_INSTANCE(3, 0);
        const uint16_t resources[] = { 0, 9 };

        ck_assert(lw_tree_add_layer(remote.world.tree, &device, &own, LW_RANK_BUILTIN, resources,
                        G_N_ELEMENTS(resources), NULL));
        remote.denied = true;
        grant(_i == 0 ? "3" : _i == 1 ? "3/0" : "3/0/9", "");
        ck_assert_str_eq(offer(":1.7", "/3/0", 9), _i < 2 ? "AccessDenied" : "");
        lw_tree_remove_provider(remote.world.tree, &own);
}
END_TEST

START_TEST(a_grant_binds_what_is_added_later)
{
        remote.denied = true;
        grant("3303", "");
        ck_assert_str_eq(offer(":1.7", "/3303/7", 5700), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.7", "/org/lwm2md/registration/1",
                                         LW_REGISTRATION_INTERFACE, "AddInstances", "a{saq}", 1,
                                         "/26250/0", 1, 0),
                        "AccessDenied");
        ck_assert_ptr_nonnull(strstr(remote.message, "'weather' does not cover /26250/0/0"));
        ck_assert_str_eq(lw_remote_stage_call(":1.7", "/org/lwm2md/registration/1",
                                         LW_REGISTRATION_INTERFACE, "AddInstances", "a{saq}", 1,
                                         "/3303/8", 1, 5700),
                        "");
}
END_TEST

static const struct {
        const char *more;
        bool may_write, may_execute;
} rights[] = {
        { "", true, true },
        { "Write=no\n", false, true },
        { "Execute=no\n", true, false },
};

START_TEST(a_grant_says_what_servers_may)
{
        g_auto(LwAnswer) written = {};
        g_auto(LwAnswer) executed = {};

        remote.denied = true;
        grant("26250", rights[_i].more);
        ck_assert_str_eq(lw_remote_stage_call(":1.7", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/26250/0", 2, 0, 12, 0),
                        "");
        lw_world_ask(&remote.world, LW_OPERATION_WRITE, "/26250/0/0", "/26250/0/0=Ida", &written);
        lw_remote_stage_settle();
        if (rights[_i].may_write)
                lw_remote_stage_answer("");
        ck_assert_int_eq(written.status,
                        rights[_i].may_write ? LW_STATUS_CHANGED : LW_STATUS_NOT_PERMITTED);
        lw_world_ask(&remote.world, LW_OPERATION_EXECUTE, "/26250/0/12", "", &executed);
        lw_remote_stage_settle();
        if (rights[_i].may_execute)
                lw_remote_stage_answer("");
        ck_assert_int_eq(executed.status,
                        rights[_i].may_execute ? LW_STATUS_CHANGED : LW_STATUS_NOT_PERMITTED);
}
END_TEST

/* systemd is asked for the unit of the process, and its word counts. */
START_TEST(a_unit_is_what_systemd_says)
{
        static const char *const units[] = { "/org/freedesktop/systemd1/unit/a_2eservice",
                "/org/freedesktop/systemd1/unit/b_2eservice", NULL };

        remote.denied = true;
        remote.unit = units[_i];
        grant("3303", "Unit=a.service\n");
        ck_assert_str_eq(offer(":1.7", "/3303/7", 5700), _i == 0 ? "" : "AccessDenied");
}
END_TEST

/* Refusals say what to do. */

static const struct {
        const char *objects, *more, *sender, *key, *message;
} refusals[] = {
        { "3303", "", ":1.8", "/3303/7",
                        "user 8 may not provide /3303/7/5700: write a file NAME.grant of the lines "
                        "[Grant], User=8 and Objects=3303 to /etc/lwm2md/providers.d and reload "
                        "lwm2md, or have polkit allow org.lwm2md.register-provider" },
        { "3304", "", ":1.7", "/3303/7",
                        "the grant 'weather' does not cover /3303/7/5700, and polkit does not "
                        "allow it: add it to its Objects= and reload lwm2md" },
        { "3303", "Unit=a.service\n", ":1.7", "/3303/7",
                        "the grant 'weather' is for the unit a.service, to which the caller does "
                        "not belong, and polkit does not allow it" },
};

START_TEST(a_refusal_says_what_to_do)
{
        remote.denied = true;
        grant(refusals[_i].objects, refusals[_i].more);
        ck_assert_str_eq(offer(refusals[_i].sender, refusals[_i].key, 5700), "AccessDenied");
        ck_assert_str_eq(remote.message, refusals[_i].message);
}
END_TEST

/* Files */

static const struct {
        const char *former, *file; /* NULL: it is gone */
        bool stays;
} reloads[] = {
        { "Objects=3303\n", "Objects=3303\n", true },
        { "Objects=3303\n", "Objects=3300-3310\nWrite=no\n", true },
        { "Objects=3303\n", NULL, false },
        { "Objects=3303\n", "", false },
        { "Objects=3303\n", "Objects=3304\n", false },
        { "Objects=3303\n", "Objects=3303\nUnit=a.service\n", false },
        { "Objects=3303\nUnit=a.service\n", "Objects=3303\nUnit=a.service\n", true },
        { "Objects=3303\nUnit=a.service\n", "Objects=3303\n", true },
        { "Objects=3303\nUnit=a.service\n", "Objects=3303\nUnit=b.service\n", false },
};

START_TEST(what_a_grant_gave_goes_with_it)
{
        const LwPath instance = LW_PATH_INSTANCE(3303, 7);
        const char *directories[] = { remote.files.path, NULL };
        g_autofree char *path = g_build_filename(remote.files.path, "a.grant", NULL);
        g_autofree char *former =
                        g_strconcat("[Grant]\nUser=7\n", reloads[_i].former, (char *) NULL);
        const char *file = reloads[_i].file;
        g_autofree char *text =
                        file == NULL || *file == '\0'
                                        ? g_strdup("")
                                        : g_strconcat("[Grant]\nUser=7\n", file, (char *) NULL);

        remote.denied = true;
        remote.unit = "/org/freedesktop/systemd1/unit/a_2eservice";
        lw_test_files_put(&remote.files, "a.grant", former);
        lw_registrar_load(remote.registrar, directories);
        ck_assert_str_eq(offer(":1.7", "/3303/7", 5700), "");
        lw_test_files_put(&remote.files, "a.grant", text);
        if (file == NULL)
                ck_assert_int_eq(g_remove(path), 0);
        lw_registrar_load(remote.registrar, directories);
        ck_assert_int_eq(lw_tree_object(remote.world.tree, instance.ids[0]) != NULL,
                        reloads[_i].stays);
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), reloads[_i].stays);
}
END_TEST

START_TEST(the_first_directory_has_the_last_word)
{
        g_autofree char *first = g_build_filename(remote.files.path, "etc", NULL);
        g_autofree char *second = g_build_filename(remote.files.path, "usr", NULL);
        const char *directories[] = { first, second, NULL };

        remote.denied = true;
        lw_test_files_put(&remote.files, "usr/a.grant", "[Grant]\nUser=7\nObjects=3303\n");
        lw_test_files_put(&remote.files, "usr/b.grant", "[Grant]\nUser=7\nObjects=26250\n");
        lw_test_files_put(&remote.files, "usr/c.other", "[Grant]\nUser=8\nObjects=3303\n");
        lw_test_files_put(&remote.files, "etc/b.grant", "");
        lw_test_files_put(&remote.files, "etc/d.grant", "nonsense");
        lw_registrar_load(remote.registrar, directories);
        ck_assert_str_eq(offer(":1.7", "/3303/7", 5700), "");
        ck_assert_str_eq(offer(":1.7.2", "/26250/0", 0), "AccessDenied"); /* masked */
        ck_assert_str_eq(offer(":1.8", "/3303/8", 5700), "AccessDenied");
}
END_TEST

TCase *test_remote_grant(void)
{
        TCase *tcase = tcase_create("remote-grant");

        tcase_add_checked_fixture(tcase, lw_remote_stage_setup, lw_remote_stage_teardown);
        tcase_add_loop_test(tcase, a_file_is_a_grant_or_says_why_not, 0, G_N_ELEMENTS(files));
        tcase_add_test(tcase, a_grant_has_what_its_file_says);
        tcase_add_loop_test(tcase, who_has_a_grant_needs_no_polkit, 0, G_N_ELEMENTS(offers));
        tcase_add_loop_test(tcase, over_an_instance_of_ours_the_resource_must_be_named, 0, 3);
        tcase_add_test(tcase, a_grant_binds_what_is_added_later);
        tcase_add_loop_test(tcase, a_grant_says_what_servers_may, 0, G_N_ELEMENTS(rights));
        tcase_add_loop_test(tcase, a_unit_is_what_systemd_says, 0, 3);
        tcase_add_loop_test(tcase, a_refusal_says_what_to_do, 0, G_N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, what_a_grant_gave_goes_with_it, 0, G_N_ELEMENTS(reloads));
        tcase_add_test(tcase, the_first_directory_has_the_last_word);
        return tcase;
}
