/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a registration: its owner goes, comes back in time, or does not. */
#include <string.h>

#include "lib/suite.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/remote/plugin.h"
#include "providers/suite.h"

static void expect_structure(const char *wanted)
{
        ck_assert_str_eq(remote.structure->str, wanted);
        g_string_truncate(remote.structure, 0);
}

/* Who comes back, and whether it takes the place of ":1.5", user 5, name "oven" or none, which has
 * left. */
static const struct {
        const char *name, *sender, *new_name, *key;
        const char *error;
        const char *structure;
        unsigned count;
} returns[] = {
        { "oven", ":1.5.2", "oven", "/3303/7", "", "", 1 },
        { "oven", ":1.5.2", "oven", "/3303/8", "", "-/3303/7 +/3303/8 ", 1 },
        { NULL, ":1.5.2", NULL, "/3303/7", "", "", 1 },
        { "oven", ":1.5.2", "hob", "/3303/7", "AlreadyExists", "", 1 },
        { "oven", ":1.5.2", NULL, "/3303/7", "AlreadyExists", "", 1 },
        { "oven", ":1.6", "oven", "/3303/7", "AlreadyExists", "", 1 },
        { "oven", ":1.6", "oven", "/3303/8", "", "+/3303/8 ", 2 },
};

START_TEST(the_same_service_takes_its_place)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", returns[_i].name), "");
        expect_structure("+/3303/7 ");
        lw_remote_stage_drop(":1.5");
        expect_structure("");
        ck_assert_str_eq(lw_remote_stage_register(
                                         returns[_i].sender, returns[_i].key, returns[_i].new_name),
                        returns[_i].error);
        expect_structure(returns[_i].structure);
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), returns[_i].count);
}
END_TEST

START_TEST(who_is_back_is_asked)
{
        g_autofree char *registered = NULL;
        g_auto(LwAnswer) answer = {};

        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "oven"), "");
        lw_remote_stage_drop(":1.5");
        lw_remote_stage_drop(":1.5"); /* once more is no news */
        ck_assert_str_eq(lw_remote_stage_register(":1.5.2", "/3303/7", "oven"), "");
        registered = lw_remote_stage_registered();
        ck_assert_str_eq(registered, "/org/lwm2md/registration/1");
        lw_remote_stage_drop(":1.5"); /* nor is the former owner's end */
        ck_assert_str_eq(lw_remote_stage_call(":1.5", "/org/lwm2md/registration/1",
                                         LW_REGISTRATION_INTERFACE, "Unregister", ""),
                        "NotOwner");
        remote.answers = true;
        lw_world_ask(&remote.world, LW_OPERATION_READ, "/3303/7/5700", NULL, &answer);
        lw_remote_stage_settle();
        ck_assert_str_eq(answer.text, "/3303/7/5700=21.5");
}
END_TEST

START_TEST(who_is_there_keeps_its_name)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "oven"), "");
        ck_assert_str_eq(lw_remote_stage_register(":1.5.2", "/3303/8", "oven"), "AlreadyExists");
        ck_assert_ptr_nonnull(strstr(remote.message, "'oven' (:1.5)"));
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/8", "hob"), "AlreadyExists");
        ck_assert_ptr_nonnull(strstr(remote.message, "/Service"));
}
END_TEST

/* It went before we could watch it: the bus says so when it is asked. */
START_TEST(who_is_gone_already_is_not_waited_for)
{
        remote.is_gone = true;
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "oven"), "");
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/7/5700", NULL,
                        LW_STATUS_UNAVAILABLE, NULL);
        ck_assert_uint_eq(remote.reads, 0);
}
END_TEST

START_TEST(a_bus_that_goes_takes_all_owners)
{
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "oven"), "");
        lw_registrar_bus_user.detach(remote.registrar, remote.pair.ours);
        lw_world_expect(&remote.world, LW_OPERATION_READ, "/3303/7/5700", NULL,
                        LW_STATUS_UNAVAILABLE, NULL);
        lw_registrar_bus_user.attach(remote.registrar, remote.pair.ours);
        g_string_truncate(remote.structure, 0);
        ck_assert_str_eq(lw_remote_stage_register(":1.5", "/3303/7", "oven"), "");
        expect_structure("");
}
END_TEST

/* The grace, by a clock of the test's own */

static LwPlugin *make_plugin(void)
{
        LwPluginEnvironment environment = { .tree = remote.world.tree,
                .driver = remote.world.driver };
        LwPlugin *plugin = lw_plugin_new(&environment, 9, 5);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(LwLabels) labels = lw_labels_new();
        g_auto(LwOffer) offer = { .path = g_strdup("/Service"), .claims = lw_claims_new() };
        uint16_t resources[] = { 5700 };

        offer.timeout_usec = LW_USEC_PER_SEC;
        ck_assert_int_ge(lw_claims_add(offer.claims, "/3303/*x", resources, 1, NULL), 0);
        ck_assert_int_ge(
                        lw_claims_choose(offer.claims, remote.world.tree, NULL, labels, NULL, NULL),
                        0);
        ck_assert_int_ge(lw_plugin_lay(plugin, &offer, NULL, NULL), 0);
        ck_assert_int_ge(lw_plugin_arrive(plugin, remote.pair.ours, ":1.5", values), 0);
        lw_remote_stage_settle();
        return plugin;
}

START_TEST(the_grace_is_five_seconds)
{
        LwPlugin *plugin = make_plugin();
        LwNow left, late;

        ck_assert_uint_eq(lw_plugin_deadline(plugin), LW_USEC_NEVER);
        ck_assert(lw_plugin_is_present(plugin));
        left = lw_driver_now(remote.world.driver);
        lw_plugin_leave(plugin, LW_PLUGIN_OWNER_GONE);
        late = left;
        late.boot += 5 * LW_USEC_PER_SEC;
        ck_assert(!lw_plugin_is_present(plugin));
        ck_assert_uint_eq(lw_plugin_deadline(plugin), late.boot);
        ck_assert(!lw_plugin_is_over(plugin, left));
        late.boot--;
        ck_assert(!lw_plugin_is_over(plugin, late));
        late.boot++;
        ck_assert(lw_plugin_is_over(plugin, late));
        g_string_truncate(remote.structure, 0);
        lw_plugin_free(plugin);
        expect_structure("-/3303/100 ");
}
END_TEST

/* What waits for its turn behind others ends at the service's time-out, too. */
START_TEST(who_waits_too_long_is_told_so)
{
        LwPlugin *plugin = make_plugin();
        LwAnswer answers[20] = {};
        LwNow late;

        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
                lw_world_ask(&remote.world, LW_OPERATION_READ, "/3303/100/5700", NULL, &answers[i]);
        late = lw_driver_now(remote.world.driver);
        ck_assert_uint_le(lw_plugin_deadline(plugin), late.boot + LW_USEC_PER_SEC);
        late.boot += LW_USEC_PER_SEC;
        lw_plugin_run(plugin, late);
        ck_assert_int_eq(answers[15].status, 0); /* under way: sd-bus has the time-out */
        ck_assert_int_eq(answers[16].status, LW_STATUS_UNAVAILABLE);
        ck_assert_int_eq(answers[19].status, LW_STATUS_UNAVAILABLE);
        ck_assert_uint_eq(lw_plugin_deadline(plugin), LW_USEC_NEVER);
        lw_plugin_free(plugin);
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
                ck_assert_int_eq(answers[i].status, LW_STATUS_UNAVAILABLE);
                lw_answer_clear(&answers[i]);
        }
}
END_TEST

TCase *test_remote_plugin(void)
{
        TCase *tcase = tcase_create("remote-plugin");

        tcase_add_checked_fixture(tcase, lw_remote_stage_setup, lw_remote_stage_teardown);
        tcase_add_loop_test(tcase, the_same_service_takes_its_place, 0, G_N_ELEMENTS(returns));
        tcase_add_test(tcase, who_is_back_is_asked);
        tcase_add_test(tcase, who_is_there_keeps_its_name);
        tcase_add_test(tcase, who_is_gone_already_is_not_waited_for);
        tcase_add_test(tcase, a_bus_that_goes_takes_all_owners);
        tcase_add_test(tcase, the_grace_is_five_seconds);
        tcase_add_test(tcase, who_waits_too_long_is_told_so);
        return tcase;
}
