/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services that are listed while they sleep, and are started when somebody asks. */
#include <string.h>

#include "lib/suite.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/remote/provider-file.h"
#include "providers/suite.h"

#define ZOO "org.example.Zoo"
#define FILE_TEXT                                                                                  \
        "[Provider]\nService=" ZOO "\nPath=/Service\n[Instance 26250/0]\nResources=0;1;12;\n"

static bool find_user(const char *name, uid_t *ret_uid)
{
        *ret_uid = 7;
        return strcmp(name, "zoo") == 0;
}

/* `wrong`: a word of the message; NULL: it is right. */
static const struct {
        const char *text, *wrong;
} files[] = {
        { FILE_TEXT, NULL },
        { FILE_TEXT "[Instance 3303/7]\nResources=5700\n", NULL },
        { "[Provider]\nService=" ZOO "\nPath=/S\nStart=lwm2md-zoo.service\nUser=zoo\n"
          "[Instance 26250/0]\nResources=0\n",
                        NULL },
        { "", "[Provider]" },
        { "[Provider]\nService=" ZOO "\n[Instance 26250/0]\nResources=0\n", "Path=" },
        { "[Provider]\nPath=/S\n[Instance 26250/0]\nResources=0\n", "Service=" },
        { "[Provider]\nService=zoo\nPath=/S\n", "'zoo'" },
        { "[Provider]\nService=:1.5\nPath=/S\n", "':1.5'" },
        { "[Provider]\nService=" ZOO "\nPath=S\n", "'S'" },
        { "[Provider]\nService=" ZOO "\nPath=/S\nStart=zoo\n", "a unit" },
        { "[Provider]\nService=" ZOO "\nPath=/S\nUser=x\n", "a user" },
        { "[Provider]\nService=" ZOO "\nPath=/S\nExec=/bin/x\n", "'Exec'" },
        { "[Provider]\nService=" ZOO "\nPath=/S\n", "[Instance 3303/0]" },
        { FILE_TEXT "[Instance 3303/7]\n", "Resources=" },
        { FILE_TEXT "[Instance 3303/7]\nResources=\n", "no resources" },
        { FILE_TEXT "[Instance 3303/7]\nResources=x\n", "'x'" },
        { FILE_TEXT "[Instance 3303]\nResources=5700\n", "belong to an instance" },
        { FILE_TEXT "[Instances 3303/1]\nResources=5700\n", "[Instances 3303/1]" },
};

START_TEST(a_file_is_a_service_or_says_why_not)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwOffer) offer = {};
        bool ok = lw_provider_file_parse(
                        "zoo", files[_i].text, strlen(files[_i].text), find_user, &offer, &error);

        ck_assert_int_eq(ok, files[_i].wrong == NULL);
        if (!ok)
                ck_assert_msg(strstr(error->message, files[_i].wrong) != NULL, "%s",
                                error->message);
}
END_TEST

/* A registrar with one file in its directory. */
static void load(const char *text)
{
        g_autofree char *directory = g_build_filename(remote.files.path, "p", NULL);
        const char *directories[] = { directory, NULL };

        lw_test_files_put(&remote.files, "p/zoo.provider", text);
        lw_registrar_load(remote.registrar, directories);
        lw_remote_stage_settle();
}

static void ask(LwAnswer *answer)
{
        lw_world_ask(&remote.world, LW_OPERATION_READ, "/26250/0/0", NULL, answer);
        lw_remote_stage_settle();
}

START_TEST(a_request_starts_the_service_and_waits_for_it)
{
        g_auto(LwAnswer) answer = {};

        load(_i == 0 ? FILE_TEXT
                     : "[Provider]\nService=" ZOO "\nPath=/Service\nStart=lwm2md-zoo.service\n"
                       "[Instance 26250/0]\nResources=0\n");
        ck_assert_str_eq(remote.structure->str, "+/26250/0 ");
        ck_assert_uint_eq(remote.starts, 0);
        ask(&answer);
        ck_assert_str_eq(remote.started, _i == 0 ? ZOO : "lwm2md-zoo.service");
        ck_assert_int_eq(answer.status, 0);
        ck_assert_uint_eq(remote.reads, 0);
        lw_remote_stage_own(ZOO, ":1.9");
        ck_assert_uint_eq(remote.reads, 1);
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_str_eq(answer.text, "/26250/0/0=Ida");
        ck_assert_uint_eq(remote.starts, 1);
}
END_TEST

START_TEST(it_is_started_again_when_it_has_gone)
{
        g_auto(LwAnswer) first = {};
        g_auto(LwAnswer) second = {};
        g_auto(LwAnswer) third = {};

        load(FILE_TEXT);
        ask(&first);
        lw_remote_stage_own(ZOO, ":1.9");
        ask(&second); /* it runs: nobody starts it */
        ck_assert_uint_eq(remote.starts, 1);
        lw_remote_stage_own(ZOO, "");
        ck_assert_int_eq(first.status, LW_STATUS_UNAVAILABLE);
        ck_assert_int_eq(second.status, LW_STATUS_UNAVAILABLE);
        ask(&third);
        ck_assert_uint_eq(remote.starts, 2);
        lw_remote_stage_own(ZOO, ":1.10");
        ck_assert_uint_eq(remote.reads, 3);
        ck_assert_str_eq(remote.structure->str, "+/26250/0 ");
        lw_remote_stage_drop(":1.10");
        lw_remote_stage_own(ZOO, "");
}
END_TEST

START_TEST(one_that_cannot_be_started_is_unavailable)
{
        g_auto(LwAnswer) answer = {};

        load(FILE_TEXT);
        remote.start_error = "org.freedesktop.DBus.Error.Spawn.Failed";
        ask(&answer);
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        remote.start_error = NULL;
        lw_answer_clear(&answer);
        ask(&answer);
        ck_assert_uint_eq(remote.starts, 2);
        lw_remote_stage_own(ZOO, ":1.9");
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
}
END_TEST

/* Whoever else has its name is not asked. */
START_TEST(a_service_of_another_user_does_not_count)
{
        g_autofree char *text = g_strdup_printf("[Provider]\nService=" ZOO "\nPath=/Service\n"
                                                "User=%u\n[Instance 26250/0]\nResources=0\n",
                        _i == 0 ? 7 : 8);
        g_auto(LwAnswer) answer = {};

        remote.owner_uid = 7;
        load(text);
        ask(&answer);
        lw_remote_stage_own(ZOO, ":1.9");
        ck_assert_uint_eq(remote.reads, _i == 0 ? 1 : 0);
        if (_i == 0)
                lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, _i == 0 ? LW_STATUS_CONTENT : LW_STATUS_UNAVAILABLE);
}
END_TEST

START_TEST(one_that_runs_already_is_asked_at_once)
{
        g_auto(LwAnswer) answer = {};

        remote.name_owner = ":1.9";
        load(FILE_TEXT);
        ask(&answer);
        ck_assert_uint_eq(remote.starts, 0);
        ck_assert_uint_eq(remote.reads, 1);
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
}
END_TEST

static const char *register_zoo(const char *sender, const char *key)
{
        return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                        "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 2, 0, 1, 1, "name",
                        "s", "zoo");
}

/* What waits for it goes to it, registered or not. */
START_TEST(its_registration_takes_the_place_of_its_file)
{
        g_auto(LwAnswer) answer = {};

        load(FILE_TEXT);
        ask(&answer);
        if (_i == 1)
                lw_remote_stage_own(ZOO, ":1.9");
        ck_assert_str_eq(register_zoo(":1.9", "/26250/0"), "");
        ck_assert_uint_eq(remote.reads, 1);
        ck_assert_int_eq(answer.status, 0);
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 1);
        ck_assert_str_eq(remote.structure->str, "+/26250/0 ");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/26250/0/12", NULL, LW_STATUS_NOT_FOUND,
                        NULL); /* its list replaces the file's */
        lw_remote_stage_drop(":1.9");
        lw_remote_stage_own(ZOO, "");
        ck_assert_str_eq(remote.structure->str, "+/26250/0 "); /* without a grace: it sleeps */
        lw_answer_clear(&answer);
        ask(&answer);
        ck_assert_uint_eq(remote.starts, 2);
        lw_remote_stage_own(ZOO, ":1.10");
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
}
END_TEST

START_TEST(after_unregister_it_is_as_in_the_file)
{
        load(FILE_TEXT);
        ck_assert_str_eq(register_zoo(":1.9", "/26250/5"), "");
        ck_assert_str_eq(remote.structure->str, "+/26250/0 -/26250/0 +/26250/5 ");
        ck_assert_str_eq(lw_remote_stage_call(":1.9", "/org/lwm2md/registration/1",
                                         LW_REGISTRATION_INTERFACE, "Unregister", ""),
                        "");
        ck_assert_ptr_nonnull(strstr(remote.structure->str, "-/26250/5 "));
        ck_assert_ptr_nonnull(lw_object_instance(lw_tree_object(remote.world.tree, 26250), 0));
}
END_TEST

START_TEST(a_reload_follows_the_files)
{
        load(FILE_TEXT);
        load(FILE_TEXT); /* as it was: nothing happens */
        ck_assert_str_eq(remote.structure->str, "+/26250/0 ");
        load(FILE_TEXT "[Instance 26250/1]\nResources=0\n");
        ck_assert_ptr_nonnull(lw_object_instance(lw_tree_object(remote.world.tree, 26250), 1));
        load(""); /* masked */
        ck_assert_ptr_null(lw_tree_object(remote.world.tree, 26250));
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 0);
}
END_TEST

/* What RegisterProvider would refuse is refused in a file, too. */
START_TEST(a_file_provides_nothing_reserved)
{
        load("[Provider]\nService=" ZOO "\nPath=/S\n[Instance 1/0]\nResources=1\n");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 0);
        ck_assert_str_eq(remote.structure->str, "");
}
END_TEST

/* The option of RegisterProvider: the same without a file. */
START_TEST(a_registration_with_activation_outlives_its_service)
{
        g_auto(LwAnswer) answer = {};

        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/26250/0", 1, 0, 1, "activation", "s", ZOO),
                        "");
        lw_remote_stage_drop(":1.5");
        ask(&answer);
        ck_assert_str_eq(remote.started, ZOO);
        remote.owner_uid = 5;
        lw_remote_stage_own(ZOO, ":1.5.2");
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_str_eq(remote.structure->str, "+/26250/0 ");
        ck_assert_str_eq(lw_remote_stage_call(":1.6", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/3303/0", 1, 5700, 1, "activation", "s", ":1.5"),
                        "InvalidArgs");
}
END_TEST

TCase *test_remote_sleep(void)
{
        TCase *tcase = tcase_create("remote-sleep");

        tcase_add_checked_fixture(tcase, lw_remote_stage_setup, lw_remote_stage_teardown);
        tcase_add_loop_test(tcase, a_file_is_a_service_or_says_why_not, 0, G_N_ELEMENTS(files));
        tcase_add_loop_test(tcase, a_request_starts_the_service_and_waits_for_it, 0, 2);
        tcase_add_test(tcase, it_is_started_again_when_it_has_gone);
        tcase_add_test(tcase, one_that_cannot_be_started_is_unavailable);
        tcase_add_loop_test(tcase, a_service_of_another_user_does_not_count, 0, 2);
        tcase_add_test(tcase, one_that_runs_already_is_asked_at_once);
        tcase_add_loop_test(tcase, its_registration_takes_the_place_of_its_file, 0, 2);
        tcase_add_test(tcase, after_unregister_it_is_as_in_the_file);
        tcase_add_test(tcase, a_reload_follows_the_files);
        tcase_add_test(tcase, a_file_provides_nothing_reserved);
        tcase_add_test(tcase, a_registration_with_activation_outlives_its_service);
        return tcase;
}
