/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes something at a service: Write, Execute, Create, Delete; in which order, and who
 * waits for whom. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/suite.h"

#define FIRST "/org/lwm2md/registration/1"

/* The first animal, and a service that makes more of them. */
static void setup(void)
{
        lw_remote_stage_setup();
        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 2,
                                         "/26250", 0, "/26250/0", 13, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10,
                                         11, 12, 13, 1, "cache", "s", "notify"),
                        "");
        g_string_truncate(remote.structure, 0);
}

static void ask(LwOperation operation, const char *path, const char *text, LwAnswer *answer)
{
        lw_world_ask(&remote.world, operation, path, text, answer);
        lw_remote_stage_settle();
}

/* What the service is called with. */
static const struct {
        LwOperation operation;
        const char *path, *text, *called;
} calls[] = {
        { LW_OPERATION_WRITE, "/26250/0/0", "/26250/0/0=Ida",
                        "Write replace {/26250/0/0=Ida} {server=0 operation=Write "
                        "target=/26250/0/0}" },
        { LW_OPERATION_WRITE, "/26250/0",
                        "/26250/0/0=Ida /26250/0/1=4 /26250/0/2=7 /26250/0/3=1.5 "
                        "/26250/0/4=1 /26250/0/6=99 /26250/0/7=26250:0",
                        "Write replace {/26250/0/0=Ida /26250/0/1=4 /26250/0/2=7 /26250/0/3=1.5 "
                        "/26250/0/4=true /26250/0/6=99 /26250/0/7=26250 0} {server=0 "
                        "operation=Write "
                        "target=/26250/0}" },
        { LW_OPERATION_WRITE_UPDATE, "/26250/0", "/26250/0/9/1=Bob /26250/0/9/0=Ann",
                        "Write update {/26250/0/9={0=Ann 1=Bob}} {server=0 operation=Write "
                        "target=/26250/0}" },
        { LW_OPERATION_WRITE, "/26250/0/9", "/26250/0/9/4=Ann",
                        "Write replace {/26250/0/9={4=Ann}} {server=0 operation=Write "
                        "target=/26250/0/9}" },
        { LW_OPERATION_WRITE, "/26250/0/10/3", "/26250/0/10/3=2.5",
                        "Write replace {/26250/0/10/3=2.5} {server=0 operation=Write "
                        "target=/26250/0/10/3}" },
        { LW_OPERATION_WRITE, "/26250/0/5", "/26250/0/5=AQL/",
                        "Write replace {/26250/0/5={1 2 255}} {server=0 operation=Write "
                        "target=/26250/0/5}" },
        { LW_OPERATION_EXECUTE, "/26250/0/12", "",
                        "Execute /26250/0/12 {} {server=0 "
                        "operation=Execute}" },
        { LW_OPERATION_EXECUTE, "/26250/0/12", "1='two',0='hay',7",
                        "Execute /26250/0/12 {0=hay 1=two 7=} {server=0 operation=Execute}" },
        { LW_OPERATION_CREATE, "/26250", "/26250/*/0=Eva /26250/*/1=2",
                        "Create /26250/1 {/26250/1/0=Eva /26250/1/1=2} {server=0 "
                        "operation=Create chosen=false}" },
        { LW_OPERATION_CREATE, "/26250", "/26250/8/0=Eva",
                        "Create /26250/8 {/26250/8/0=Eva} {server=0 operation=Create "
                        "chosen=true}" },
        { LW_OPERATION_DELETE, "/26250/0", NULL, "Delete /26250/0 {server=0 operation=Delete}" },
        { LW_OPERATION_DELETE, "/26250/0/9/1", NULL,
                        "Delete /26250/0/9/1 {server=0 operation=Delete}" },
};

START_TEST(the_service_is_called_once_with_all_of_it)
{
        bool is_create = calls[_i].operation == LW_OPERATION_CREATE;
        g_auto(LwAnswer) answer = {};

        ask(calls[_i].operation, calls[_i].path, calls[_i].text, &answer);
        ck_assert_int_eq(answer.status, 0);
        ck_assert_uint_eq(remote.changes, 1);
        ck_assert_str_eq(remote.asked, calls[_i].called);
        lw_remote_stage_answer(is_create ? "s" : "", "");
        ck_assert_int_eq(answer.status, calls[_i].operation == LW_OPERATION_DELETE
                                                        ? LW_STATUS_DELETED
                                        : is_create ? LW_STATUS_CREATED
                                                    : LW_STATUS_CHANGED);
}
END_TEST

/* What never reaches a service. */
static const struct {
        LwOperation operation;
        const char *path, *text;
        LwStatus status;
} refusals[] = {
        { LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=101", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/26250/0/10/0", "/26250/0/10/0=501", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/26250/0/13", "/26250/0/13=1", LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_EXECUTE, "/26250/0/0", "", LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_EXECUTE, "/26250/0/12", "x", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_CREATE, "/26250", "/26250/0/0=Eva", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_DELETE, "/26250/0/0", NULL, LW_STATUS_NOT_PERMITTED },
};

START_TEST(what_the_definition_forbids_never_reaches_a_service)
{
        lw_world_expect(&remote.world, refusals[_i].operation, refusals[_i].path, refusals[_i].text,
                        refusals[_i].status, NULL);
        ck_assert_uint_eq(remote.changes, 0);
}
END_TEST

static const struct {
        const char *error;
        LwStatus status;
} errors[] = {
        { "org.lwm2md.Error.BadRequest", LW_STATUS_BAD_REQUEST },
        { "org.lwm2md.Error.Unauthorized", LW_STATUS_UNAUTHORIZED },
        { "org.lwm2md.Error.NotFound", LW_STATUS_NOT_FOUND },
        { "org.lwm2md.Error.NotPermitted", LW_STATUS_NOT_PERMITTED },
        { "org.lwm2md.Error.NotAcceptable", LW_STATUS_NOT_ACCEPTABLE },
        { "org.lwm2md.Error.PreconditionFailed", LW_STATUS_PRECONDITION_FAILED },
        { "org.lwm2md.Error.TooLarge", LW_STATUS_TOO_LARGE },
        { "org.lwm2md.Error.NotImplemented", LW_STATUS_NOT_IMPLEMENTED },
        { "org.lwm2md.Error.Unavailable", LW_STATUS_UNAVAILABLE },
        { "org.freedesktop.DBus.Error.UnknownMethod", LW_STATUS_NOT_PERMITTED },
        { "org.freedesktop.DBus.Error.NoReply", LW_STATUS_UNAVAILABLE },
        { "com.example.Broken", LW_STATUS_FAILED },
};

START_TEST(an_error_is_a_response_code)
{
        static const struct {
                LwOperation operation;
                const char *path, *text;
        } rows[] = {
                { LW_OPERATION_WRITE, "/26250/0/0", "/26250/0/0=Ida" },
                { LW_OPERATION_EXECUTE, "/26250/0/12", "" },
                { LW_OPERATION_CREATE, "/26250", "/26250/*/0=Eva" },
                { LW_OPERATION_DELETE, "/26250/0", NULL },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                g_auto(LwAnswer) answer = {};

                ask(rows[i].operation, rows[i].path, rows[i].text, &answer);
                lw_remote_stage_fail(errors[_i].error);
                ck_assert_int_eq(answer.status, errors[_i].status);
        }
        ck_assert_str_eq(remote.structure->str, "");
}
END_TEST

/* Order */

START_TEST(one_change_at_a_time_and_reads_wait_behind_it)
{
        LwAnswer answers[4] = {};

        ask(LW_OPERATION_READ, "/26250/0/0", NULL, &answers[0]);
        ask(LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=1", &answers[1]);
        ask(LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=2", &answers[2]);
        ask(LW_OPERATION_READ, "/26250/0/1", NULL, &answers[3]);
        ck_assert_uint_eq(remote.reads, 1); /* a Read from before holds nothing up */
        ck_assert_uint_eq(remote.changes, 1);
        g_queue_reverse(&remote.waiting);
        lw_remote_stage_answer(""); /* the first Write */
        ck_assert_int_eq(answers[1].status, LW_STATUS_CHANGED);
        ck_assert_uint_eq(remote.changes, 2);
        ck_assert_uint_eq(remote.reads, 1);
        lw_remote_stage_reply("/26250/0/0", "v", "s", "Ida");
        ck_assert_int_eq(answers[0].status, LW_STATUS_CONTENT);
        lw_remote_stage_answer("");
        ck_assert_int_eq(answers[2].status, LW_STATUS_CHANGED);
        ck_assert_uint_eq(remote.reads, 2);
        lw_remote_stage_reply("/26250/0/1", "v", "x", G_GINT64_CONSTANT(2));
        ck_assert_str_eq(answers[3].text, "/26250/0/1=2");
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                lw_answer_clear(&answers[i]);
}
END_TEST

START_TEST(changes_beyond_a_bound_are_refused)
{
        LwAnswer answers[LW_PLUGIN_MUTATIONS_MAX + 2] = {};

        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                ask(LW_OPERATION_EXECUTE, "/26250/0/12", "", &answers[i]);
        ck_assert_int_eq(answers[LW_PLUGIN_MUTATIONS_MAX + 1].status, LW_STATUS_UNAVAILABLE);
        for (size_t i = 0; i <= LW_PLUGIN_MUTATIONS_MAX; i++) {
                ck_assert_int_eq(answers[i].status, 0);
                ck_assert_uint_eq(remote.changes, i + 1);
                lw_remote_stage_answer("");
                ck_assert_int_eq(answers[i].status, LW_STATUS_CHANGED);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                lw_answer_clear(&answers[i]);
}
END_TEST

START_TEST(reads_beyond_a_bound_are_refused)
{
        const size_t most = LW_PLUGIN_CALLS_MAX + LW_PLUGIN_WAITING_MAX;
        g_autofree LwAnswer *answers = g_new0(LwAnswer, most + 1);

        for (size_t i = 0; i <= most; i++)
                lw_world_ask(&remote.world, LW_OPERATION_READ, "/26250/0/0", NULL, &answers[i]);
        ck_assert_int_eq(answers[most].status, LW_STATUS_UNAVAILABLE);
        lw_remote_stage_drop(":1.5");
        for (size_t i = 0; i <= most; i++) {
                ck_assert_int_eq(answers[i].status, LW_STATUS_UNAVAILABLE);
                lw_answer_clear(&answers[i]);
        }
}
END_TEST

START_TEST(who_goes_fails_what_waits_and_what_is_under_way)
{
        LwAnswer answers[3] = {};

        ask(LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=1", &answers[0]);
        ask(LW_OPERATION_CREATE, "/26250", "/26250/*/0=Eva", &answers[1]);
        ask(LW_OPERATION_DELETE, "/26250/0", NULL, &answers[2]);
        lw_remote_stage_drop(":1.5");
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
                ck_assert_int_eq(answers[i].status, LW_STATUS_UNAVAILABLE);
                lw_answer_clear(&answers[i]);
        }
        ck_assert_str_eq(remote.structure->str, "");
}
END_TEST

/* Caches */

static void report(const char *path, int64_t value)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE, "Update",
                                         "a{sv}asa{sv}", 1, path, "x", value, 0, 0),
                        "");
}

START_TEST(what_was_written_is_read_anew)
{
        g_auto(LwAnswer) written = {};
        g_auto(LwAnswer) read = {};

        report("/26250/0/1", 3);
        report("/26250/0/13", 5);
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/26250/0/1", NULL, LW_STATUS_CONTENT,
                        "/26250/0/1=3");
        ask(LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=4", &written);
        ask(LW_OPERATION_READ, "/26250/0/13", NULL, &read); /* kept, but it may be changing */
        ck_assert_int_eq(read.status, 0);
        lw_remote_stage_answer("");
        ck_assert_str_eq(read.text, "/26250/0/13=5");
        ck_assert_uint_eq(remote.reads, 0);
        lw_answer_clear(&read);
        ask(LW_OPERATION_READ, "/26250/0/1", NULL, &read);
        ck_assert_uint_eq(remote.reads, 1);
        lw_remote_stage_reply("/26250/0/1", "v", "x", G_GINT64_CONSTANT(4));
        ck_assert_str_eq(read.text, "/26250/0/1=4");
}
END_TEST

START_TEST(an_answer_from_before_a_write_is_not_kept)
{
        g_auto(LwAnswer) written = {};
        g_auto(LwAnswer) read = {};

        ask(LW_OPERATION_READ, "/26250/0/1", NULL, &read);
        ask(LW_OPERATION_WRITE, "/26250/0/1", "/26250/0/1=4", &written);
        g_queue_reverse(&remote.waiting);
        lw_remote_stage_answer("");
        lw_remote_stage_reply("/26250/0/1", "v", "x", G_GINT64_CONSTANT(3));
        ck_assert_str_eq(read.text, "/26250/0/1=3");
        lw_answer_clear(&read);
        ask(LW_OPERATION_READ, "/26250/0/1", NULL, &read);
        ck_assert_uint_eq(remote.reads, 2);
        lw_remote_stage_reply("/26250/0/1", "v", "x", G_GINT64_CONSTANT(4));
}
END_TEST

/* Observe */

static void hint(const LwPath *added, const LwPath *dropped)
{
        const LwObject *object = lw_tree_object(remote.world.tree, 26250);
        LwProvider *provider = lw_instance_layer(lw_object_instance(object, 0), 0)->provider;

        provider->ops->observe(provider, added, added != NULL, dropped, dropped != NULL);
}

START_TEST(what_is_observed_is_told_once_a_turn)
{
        const LwPath one = LW_PATH_RESOURCE(26250, 0, 1), two = LW_PATH_RESOURCE(26250, 0, 2);

        hint(&one, NULL);
        hint(&one, NULL);
        hint(&two, NULL);
        hint(NULL, &two);
        ck_assert_uint_eq(remote.changes, 0);
        lw_remote_stage_settle();
        ck_assert_uint_eq(remote.changes, 1);
        ck_assert_str_eq(remote.asked, "Observe {/26250/0/1} {}");
        hint(NULL, &one); /* another server still does */
        lw_remote_stage_settle();
        ck_assert_uint_eq(remote.changes, 1);
        hint(&two, &one);
        lw_remote_stage_settle();
        ck_assert_str_eq(remote.asked, "Observe {/26250/0/2} {/26250/0/1}");
        hint(NULL, &one); /* one too many does no harm */
        lw_remote_stage_settle();
        ck_assert_uint_eq(remote.changes, 2);
}
END_TEST

START_TEST(a_service_that_comes_back_is_told_all)
{
        const LwPath one = LW_PATH_RESOURCE(26250, 0, 1), two = LW_PATH_RESOURCE(26250, 0, 2);

        hint(&one, NULL);
        lw_remote_stage_settle();
        lw_remote_stage_drop(":1.5");
        hint(&two, &one);
        lw_remote_stage_settle();
        ck_assert_uint_eq(remote.changes, 1);
        ck_assert_str_eq(lw_remote_stage_call(":1.5.2", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/26250/0", 3, 0, 1, 2, 0),
                        "");
        ck_assert_str_eq(remote.asked, "Observe {/26250/0/2} {}");
        ck_assert_uint_eq(remote.changes, 2);
}
END_TEST

/* Instances */

/* `made`: what the service answers. */
static const struct {
        const char *text, *made;
        LwStatus status;
        const char *structure;
} creations[] = {
        { "/26250/*/1=2 /26250/*/0=Eva", "", LW_STATUS_CREATED, "+/26250/1 " },
        { "/26250/*/0=Eva", "/26250/1", LW_STATUS_CREATED, "+/26250/1 " },
        { "/26250/*/0=Eva", "/26250/44", LW_STATUS_CREATED, "+/26250/44 " },
        { "/26250/8/0=Eva", "/26250/8", LW_STATUS_CREATED, "+/26250/8 " },
        { "/26250/8/0=Eva", "/26250/9", LW_STATUS_BAD_REQUEST, "" },
        { "/26250/*/0=Eva", "/26250", LW_STATUS_FAILED, "" },
        { "/26250/*/0=Eva", "/3303/1", LW_STATUS_FAILED, "" },
        { "/26250/*/0=Eva", "nonsense", LW_STATUS_FAILED, "" },
        { "/26250/*/0=Eva", "/26250/1/0", LW_STATUS_FAILED, "" },
};

START_TEST(the_service_says_which_instance_it_made)
{
        g_auto(LwAnswer) answer = {};

        ask(LW_OPERATION_CREATE, "/26250", creations[_i].text, &answer);
        lw_remote_stage_answer("s", creations[_i].made);
        ck_assert_int_eq(answer.status, creations[_i].status);
        ck_assert_str_eq(remote.structure->str, creations[_i].structure);
}
END_TEST

START_TEST(an_answer_of_create_that_is_none_makes_nothing)
{
        g_auto(LwAnswer) answer = {};

        ask(LW_OPERATION_CREATE, "/26250", "/26250/*/0=Eva", &answer);
        lw_remote_stage_answer("u", 7);
        ck_assert_int_eq(answer.status, LW_STATUS_FAILED);
        ck_assert_str_eq(remote.structure->str, "");
}
END_TEST

/* It is the service's like any other: it can be read, reported and deleted. */
START_TEST(a_created_instance_is_the_services)
{
        g_auto(LwAnswer) created = {};
        g_auto(LwAnswer) deleted = {};

        ask(LW_OPERATION_CREATE, "/26250", "/26250/*/1=2 /26250/*/0=Eva", &created);
        lw_remote_stage_answer("s", "");
        report("/26250/1/1", 2);
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/26250/1/1", NULL, LW_STATUS_CONTENT,
                        "/26250/1/1=2");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/26250/1/3", NULL, LW_STATUS_NOT_FOUND,
                        NULL); /* was not created with it */
        ask(LW_OPERATION_DELETE, "/26250/1", NULL, &deleted);
        ck_assert_str_eq(remote.structure->str, "+/26250/1 ");
        lw_remote_stage_answer("");
        ck_assert_int_eq(deleted.status, LW_STATUS_DELETED);
        ck_assert_str_eq(remote.structure->str, "+/26250/1 -/26250/1 ");
}
END_TEST

START_TEST(a_service_may_add_and_remove_it_itself)
{
        g_auto(LwAnswer) created = {};
        g_auto(LwAnswer) deleted = {};

        ask(LW_OPERATION_CREATE, "/26250", "/26250/*/0=Eva", &created);
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 1, "/26250/1", 2, 0, 13),
                        "");
        lw_remote_stage_answer("s", "/26250/1");
        ck_assert_int_eq(created.status, LW_STATUS_CREATED);
        report("/26250/1/13", 2); /* which it would not have otherwise */
        ask(LW_OPERATION_DELETE, "/26250/1", NULL, &deleted);
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 1, "/26250/1"),
                        "");
        lw_remote_stage_answer("");
        ck_assert_int_eq(deleted.status, LW_STATUS_DELETED);
        ck_assert_str_eq(remote.structure->str, "+/26250/1 -/26250/1 ");
}
END_TEST

START_TEST(what_nobody_creates_is_refused)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/7", NULL), "");
        lw_world_expect(&remote.world, LW_OPERATION_CREATE, "/3303", "", LW_STATUS_NOT_PERMITTED,
                        NULL);
        ck_assert_uint_eq(remote.changes, 0);
}
END_TEST

/* AddInstances and RemoveInstances */

static const struct {
        const char *key;
        uint16_t resource;
        const char *error;
} additions[] = {
        { "/26250/7", 0, "" },
        { "/26250/*dog", 0, "" },
        { "/3303/*dog", 5700, "" },
        { "/26250/0", 0, "AlreadyExists" },
        { "/26250/7", 99, "BadRequest" },
        { "/26250/7/0", 0, "BadRequest" },
        { "/3303/9", 5700, "AlreadyExists" }, /* another service's */
        { "/9999/0", 0, "NotFound" },
        { "/1/0", 1, "ReservedObject" },
};

START_TEST(instances_are_added_by_the_rules_of_a_registration)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/9", NULL), "");
        g_string_truncate(remote.structure, 0);
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 1, additions[_i].key, 1,
                                         additions[_i].resource),
                        additions[_i].error);
        ck_assert_int_eq(remote.structure->len > 0, additions[_i].error[0] == '\0');
}
END_TEST

START_TEST(labels_are_told_kept_and_refused_twice)
{
        const char *label, *path;

        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 2, "/26250/*cat", 1, 0,
                                         "/26250/50", 1, 0),
                        "");
        ck_assert_int_ge(sd_bus_message_read(remote.result, "a{ss}", 1, &label, &path), 0);
        ck_assert_str_eq(label, "cat");
        ck_assert_str_eq(path, "/26250/100");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 1, "/26250/*cat", 1, 0),
                        "AlreadyExists");
        g_string_truncate(remote.structure, 0);
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 2, "/26250/*cat", "/26250/51"),
                        "NotFound"); /* all or none */
        ck_assert_str_eq(remote.structure->str, "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 3, "/26250/*cat", "/26250/50",
                                         "/26250/*cat"),
                        "");
        ck_assert_str_eq(remote.structure->str, "-/26250/100 -/26250/50 ");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 1, "/26250/*cat", 1, 0),
                        "");
        ck_assert_int_ge(sd_bus_message_read(remote.result, "a{ss}", 1, &label, &path), 0);
        ck_assert_str_eq(path, "/26250/100");
}
END_TEST

START_TEST(an_object_stays_without_instances_if_it_was_registered)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 1, "/26250/0"),
                        "");
        ck_assert_str_eq(remote.structure->str, "-/26250/0 ");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 1, "/26250"),
                        "");
        ck_assert_str_eq(remote.structure->str, "-/26250/0 -/26250 ");
}
END_TEST

START_TEST(only_the_owner_adds_and_removes)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.6", FIRST, LW_REGISTRATION_INTERFACE,
                                         "AddInstances", "a{saq}", 1, "/26250/7", 1, 0),
                        "NotOwner");
        ck_assert_str_eq(lw_remote_stage_call(":1.6", FIRST, LW_REGISTRATION_INTERFACE,
                                         "RemoveInstances", "as", 1, "/26250/0"),
                        "NotOwner");
}
END_TEST

/* The whole registration counts, as if it had come at once. */
START_TEST(additions_are_bounded)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(remote.pair.theirs, &m, "org.lwm2md", FIRST,
                                         LW_REGISTRATION_INTERFACE, "AddInstances"),
                        0);
        ck_assert_int_ge(sd_bus_message_open_container(m, 'a', "{saq}"), 0);
        for (int i = 0; i < LW_PLUGIN_INSTANCES_MAX; i++) {
                g_autofree char *key = g_strdup_printf("/26250/%d", i + 1);

                ck_assert_int_ge(sd_bus_message_append(m, "{saq}", key, 1, 0), 0);
        }
        ck_assert_int_ge(sd_bus_message_close_container(m), 0);
        ck_assert_str_eq(lw_remote_stage_send(":1.5", m), "LimitExceeded");
        ck_assert_str_eq(remote.structure->str, "");
}
END_TEST

TCase *test_remote_changes(void)
{
        TCase *tcase = tcase_create("remote-changes");

        tcase_add_checked_fixture(tcase, setup, lw_remote_stage_teardown);
        tcase_add_loop_test(
                        tcase, the_service_is_called_once_with_all_of_it, 0, G_N_ELEMENTS(calls));
        tcase_add_loop_test(tcase, what_the_definition_forbids_never_reaches_a_service, 0,
                        G_N_ELEMENTS(refusals));
        tcase_add_loop_test(tcase, an_error_is_a_response_code, 0, G_N_ELEMENTS(errors));
        tcase_add_test(tcase, one_change_at_a_time_and_reads_wait_behind_it);
        tcase_add_test(tcase, changes_beyond_a_bound_are_refused);
        tcase_add_test(tcase, reads_beyond_a_bound_are_refused);
        tcase_add_test(tcase, who_goes_fails_what_waits_and_what_is_under_way);
        tcase_add_test(tcase, what_was_written_is_read_anew);
        tcase_add_test(tcase, an_answer_from_before_a_write_is_not_kept);
        tcase_add_loop_test(
                        tcase, the_service_says_which_instance_it_made, 0, G_N_ELEMENTS(creations));
        tcase_add_test(tcase, an_answer_of_create_that_is_none_makes_nothing);
        tcase_add_test(tcase, a_created_instance_is_the_services);
        tcase_add_test(tcase, a_service_may_add_and_remove_it_itself);
        tcase_add_test(tcase, what_nobody_creates_is_refused);
        tcase_add_loop_test(tcase, instances_are_added_by_the_rules_of_a_registration, 0,
                        G_N_ELEMENTS(additions));
        tcase_add_test(tcase, labels_are_told_kept_and_refused_twice);
        tcase_add_test(tcase, an_object_stays_without_instances_if_it_was_registered);
        tcase_add_test(tcase, only_the_owner_adds_and_removes);
        tcase_add_test(tcase, additions_are_bounded);
        tcase_add_test(tcase, what_is_observed_is_told_once_a_turn);
        tcase_add_test(tcase, a_service_that_comes_back_is_told_all);
        return tcase;
}
