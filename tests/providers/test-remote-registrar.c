/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registrations on the bus: who may, limits, what the tree sees, and the contracts. */
#include <string.h>

#include "lib/contract.h"
#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/remote/provider.h"
#include "providers/suite.h"

#define FIRST "/org/lwm2md/registration/1"

static const char *update(const char *sender, const char *path, double value)
{
        return lw_remote_stage_call(sender, FIRST, LW_REGISTRATION_INTERFACE, "Update",
                        "a{sv}asa{sv}", 1, path, "d", value, 0, 0);
}

static void expect_structure(const char *wanted)
{
        ck_assert_str_eq(remote.structure->str, wanted);
        g_string_truncate(remote.structure, 0);
}

START_TEST(a_registration_is_in_the_tree_until_it_ends)
{
        g_autofree char *first = NULL, *second = NULL;

        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", NULL), "");
        first = lw_remote_stage_registered();
        ck_assert_str_eq(first, FIRST);
        expect_structure("+/3303/7 ");
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/*oven", "kitchen"), "");
        second = lw_remote_stage_registered();
        ck_assert_str_eq(second, "/org/lwm2md/registration/2 oven=/3303/100");
        expect_structure("+/3303/100 ");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 2);
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "Unregister", ""),
                        "");
        expect_structure("-/3303/7 ");
        ck_assert_str_eq(lw_remote_stage_call(":1.6", "/org/lwm2md/registration/2",
                                         LW_REGISTRATION_INTERFACE, "Unregister", ""),
                        "");
        expect_structure("-/3303/100 -/3303 ");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 0);
        ck_assert_str_eq(update(":1.5", "/3303/7/5700", 1), "UnknownObject");
}
END_TEST

START_TEST(who_may_not_is_refused)
{
        remote.denied = true;
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", NULL), "AccessDenied");
        expect_structure("");
}
END_TEST

START_TEST(only_the_owner_may_touch_a_registration)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "mine"), "");
        ck_assert_str_eq(update(":1.0", "/3303/7/5700", 1), "NotOwner");
        ck_assert_ptr_nonnull(strstr(remote.message, "'mine' (:1.5)"));
        ck_assert_str_eq(lw_remote_stage_call(":1.50", FIRST, LW_REGISTRATION_INTERFACE,
                                         "Unregister", ""),
                        "NotOwner");
        ck_assert_str_eq(update(":1.5", "/3303/7/5700", 1), "");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 1);
}
END_TEST

/* All or nothing: the second instance is refused, the first is not there. */
START_TEST(a_refused_registration_leaves_nothing)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 2,
                                         "/3303/*oven", 1, 5700, "/3303/7", 1, 1, 0),
                        "BadRequest");
        expect_structure("");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 0);
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/*hob", NULL), "");
        expect_structure("+/3303/100 "); /* the label that was refused left no trace */
}
END_TEST

START_TEST(an_object_without_instances_is_one)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, "/3303",
                                         0, 0),
                        "");
        expect_structure("+/3303 ");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303", NULL, LW_STATUS_CONTENT, "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, LW_REGISTRATION_INTERFACE,
                                         "Unregister", ""),
                        "");
        expect_structure("-/3303 ");
}
END_TEST

/* Limits of one user; another has his own */

START_TEST(a_user_has_so_many_registrations)
{
        for (unsigned i = 0; i < LW_PLUGINS_USER_MAX; i++) {
                g_autofree char *sender = g_strdup_printf(":1.5.%u", i);
                g_autofree char *key = g_strdup_printf("/3303/%u", i);

                ck_assert_str_eq(lw_remote_stage_register(sender, key, NULL), "");
        }
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/900", NULL), "LimitExceeded");
        ck_assert_ptr_nonnull(strstr(remote.message, "64 registrations"));
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/900", NULL), "");
}
END_TEST

static const char *register_many(
                const char *sender, const char *path, unsigned first, unsigned count, bool objects)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(remote.pair.theirs, &m, "org.lwm2md",
                                         LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider"),
                        0);
        ck_assert_int_ge(sd_bus_message_append(m, "o", path), 0);
        ck_assert_int_ge(sd_bus_message_open_container(m, 'a', "{saq}"), 0);
        for (unsigned i = first; i < first + count; i++) {
                g_autofree char *key = objects ? g_strdup_printf("/%u/0", 20000 + i)
                                               : g_strdup_printf("/3303/%u", i);

                ck_assert_int_ge(sd_bus_message_append(m, "{saq}", key, 1, 5700), 0);
        }
        ck_assert_int_ge(sd_bus_message_close_container(m), 0);
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 0), 0);
        return lw_remote_stage_send(sender, m);
}

START_TEST(all_users_together_have_so_many_registrations)
{
        for (unsigned i = 0; i < LW_PLUGINS_MAX; i++) {
                g_autofree char *sender = g_strdup_printf(":1.%u.%u", i / 60, i);
                g_autofree char *key = g_strdup_printf("/3303/%u", i);

                ck_assert_str_eq(lw_remote_stage_register(sender, key, NULL), "");
        }
        ck_assert_str_eq(lw_remote_stage_register(":1.99", "/3303/900", NULL), "LimitExceeded");
        ck_assert_str_eq(lw_remote_stage_call(":1.0.0", FIRST, LW_REGISTRATION_INTERFACE,
                                         "Unregister", ""),
                        "");
        ck_assert_str_eq(lw_remote_stage_register(":1.99", "/3303/900", NULL), "");
}
END_TEST

START_TEST(a_user_has_so_many_instances)
{
        ck_assert_str_eq(register_many(":1.5", "/A", 0, 4000, false), "");
        ck_assert_str_eq(register_many(":1.5", "/B", 4000, 97, false), "LimitExceeded");
        ck_assert_ptr_nonnull(strstr(remote.message, "4096 instances"));
        ck_assert_str_eq(register_many(":1.5", "/B", 4000, 96, false), "");
        ck_assert_str_eq(register_many(":1.6", "/B", 5000, 97, false), "");
}
END_TEST

START_TEST(a_user_has_so_many_objects)
{
        for (unsigned i = 0; i < 300; i++) {
                LwObjectDef *def = lw_world_definition(3303);

                def->id = (uint16_t) (20000 + i);
                ck_assert(lw_registry_add(remote.world.registry, def));
        }
        ck_assert_str_eq(register_many(":1.5", "/A", 0, 250, true), "");
        ck_assert_str_eq(register_many(":1.5", "/B", 250, 7, true), "LimitExceeded");
        ck_assert_ptr_nonnull(strstr(remote.message, "256 objects"));
        ck_assert_str_eq(register_many(":1.5", "/B", 250, 6, true), "");
}
END_TEST

/* Ids by label */

START_TEST(labels_last_over_restarts)
{
        g_autofree char *before = NULL, *after = NULL;

        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/*hob", "a"), "");
        ck_assert_str_eq(lw_remote_stage_register(":1.6", "/3303/*oven", "b"), "");
        before = lw_remote_stage_registered();
        ck_assert_ptr_nonnull(strstr(before, "oven=/3303/101"));
        lw_remote_stage_restart();
        ck_assert_str_eq(lw_remote_stage_register(":1.7", "/3303/*oven", "b"), "");
        after = lw_remote_stage_registered();
        ck_assert_str_eq(after, FIRST " oven=/3303/101");
}
END_TEST

/* Reports */

static const struct {
        const char *path;
        double value;
        const char *error; /* "" for none */
        const char *read;
} reports[] = {
        { "/3303/7/5700", 22.5, "", "/3303/7/5700=22.5" },
        { "/3303/7/5701", 22.5, "BadRequest", NULL },
        { "/3303/7/5601", 22.5, "NotFound", NULL },
        { "/3303/8/5700", 22.5, "NotFound", NULL },
        { "/3303/7", 22.5, "NotFound", NULL },
        { "warm", 22.5, "BadRequest", NULL },
};

START_TEST(a_report_is_news)
{
        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/3303/7", 2, 5700, 5701, 1, "cache", "s", "notify"),
                        "");
        g_string_truncate(remote.world.changes, 0);
        ck_assert_str_eq(update(":1.5", reports[_i].path, reports[_i].value), reports[_i].error);
        if (reports[_i].read == NULL) {
                ck_assert_str_eq(remote.world.changes->str, "");
                ck_assert_ptr_eq(strstr(remote.message, reports[_i].path), remote.message + 1);
                return;
        }
        ck_assert_str_eq(remote.world.changes->str, "/3303/7/5700 ");
        lw_world_expect(&remote.world, LW_OPERATION_READ, reports[_i].path, NULL, LW_STATUS_CONTENT,
                        reports[_i].read);
        ck_assert_uint_eq(remote.reads, 0);
}
END_TEST

/* Contracts */

static const struct {
        const char *path; /* NULL: services export it */
        const char *interface;
} objects[] = {
        { LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE },
        { FIRST, LW_REGISTRATION_INTERFACE },
        { NULL, LW_PROVIDER_INTERFACE },
};

START_TEST(the_object_is_as_its_contract_says)
{
        const char *text;

        if (objects[_i].path == NULL)
                return;
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", NULL), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", objects[_i].path,
                                         "org.freedesktop.DBus.Introspectable", "Introspect", ""),
                        "");
        ck_assert_int_gt(sd_bus_message_read(remote.result, "s", &text), 0);
        lw_contract_check_shown(objects[_i].interface, text);
}
END_TEST

START_TEST(the_contract_explains_every_part)
{
        lw_contract_check_explained(objects[_i].interface);
}
END_TEST

TCase *test_remote_registrar(void)
{
        TCase *tcase = tcase_create("remote-registrar");

        tcase_add_checked_fixture(tcase, lw_remote_stage_setup, lw_remote_stage_teardown);
        tcase_add_test(tcase, a_registration_is_in_the_tree_until_it_ends);
        tcase_add_test(tcase, who_may_not_is_refused);
        tcase_add_test(tcase, only_the_owner_may_touch_a_registration);
        tcase_add_test(tcase, a_refused_registration_leaves_nothing);
        tcase_add_test(tcase, an_object_without_instances_is_one);
        tcase_add_test(tcase, a_user_has_so_many_registrations);
        tcase_add_test(tcase, all_users_together_have_so_many_registrations);
        tcase_add_test(tcase, a_user_has_so_many_instances);
        tcase_add_test(tcase, a_user_has_so_many_objects);
        tcase_add_test(tcase, labels_last_over_restarts);
        tcase_add_loop_test(tcase, a_report_is_news, 0, G_N_ELEMENTS(reports));
        tcase_add_loop_test(tcase, the_object_is_as_its_contract_says, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, the_contract_explains_every_part, 0, G_N_ELEMENTS(objects));
        return tcase;
}
