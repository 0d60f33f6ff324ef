/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What services may provide: reserved objects, definitions, what is taken, what may lie over what.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "providers/remote/rules.h"
#include "providers/suite.h"
#include "providers/world.h"

static LwWorld world;
static const LwProviderOps no_ops = {};
static LwProvider agent = { &no_ops }, other = { &no_ops }, we = { &no_ops };

static void lay(LwProvider *provider, LwRank rank, uint16_t object, uint16_t instance,
                uint16_t resource)
{
        ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(object, instance), provider, rank,
                        &resource, 1, NULL));
}

/* The agent has /3/0/9, /4/0/0, /7/0/2 and /3303/0/5700; another service lies over /3/0/7 and has
 * /3303/100/5700; we have /3303/200/5700. */
static void setup(void)
{
        lw_world_make(&world);
        lay(&agent, LW_RANK_BUILTIN, 3, 0, 9);
        lay(&agent, LW_RANK_BUILTIN, 4, 0, 0);
        lay(&agent, LW_RANK_BUILTIN, 7, 0, 2);
        lay(&agent, LW_RANK_BUILTIN, 3303, 0, 5700);
        lay(&other, LW_RANK_PLUGIN, 3, 0, 7);
        lay(&other, LW_RANK_PLUGIN, 3303, 100, 5700);
        lay(&we, LW_RANK_PLUGIN, 3303, 200, 5700);
}

static void teardown(void)
{
        lw_tree_remove_provider(world.tree, &agent);
        lw_tree_remove_provider(world.tree, &other);
        lw_tree_remove_provider(world.tree, &we);
        lw_world_clear(&world);
}

static const char *name_of(void *user, const LwProvider *provider)
{
        ck_assert_ptr_eq(user, &world);
        return provider == &other ? "'other' (:1.9)" : "?";
}

static const struct {
        const char *claims; /* "/3303/0:5700,5701 /6/0:0" */
        const char *error;  /* NULL: allowed */
        const char *says;
} cases[] = {
        { "/3303/1:5700", NULL, NULL },
        { "/3303", NULL, NULL },
        { "/0/7:0", "ReservedObject", "object 0" },
        { "/1/0:1", "ReservedObject", "object 1" },
        { "/2/0:0", "ReservedObject", "object 2" },
        { "/5/0:0", "ReservedObject", "object 5" },
        { "/21/0:0", "ReservedObject", "object 21" },
        { "/23/0:0", "ReservedObject", "object 23" },
        { "/5", "ReservedObject", "object 5" },
        { "/3/0:6,8,9,20", NULL, NULL },
        { "/3/0:4", "ReservedObject", "/3/0/4" },
        { "/3/0:5", "ReservedObject", "/3/0/5" },
        { "/3/0:9,0", "ReservedObject", "/3/0/0" },
        { "/3/0:10", "ReservedObject", "6 to 9 and 20" },
        { "/3/0:7", "AlreadyExists", "/3/0/7 is provided by 'other' (:1.9)" },
        { "/3/1:9", "BadRequest", "object 3 (Device) has one instance: /3/0" },
        { "/4/0:0,2", NULL, NULL },
        { "/7/0:2", NULL, NULL },
        { "/3303/0:5700,5701", NULL, NULL },
        { "/3303/100:5700", "AlreadyExists", "/3303/100 is provided by 'other'" },
        { "/3303/100:5701", "AlreadyExists", "/3303/100 is provided by 'other'" },
        { "/3303/200:5700,5701", NULL, NULL },
        { "/6/0:0,1", NULL, NULL },
        { "/9999/0:0", "NotFound", "9999.xml" },
        { "/9999", "NotFound", "9999.xml" },
        { "/3303/1:5700,1", "BadRequest", "object 3303 (Temperature) has no resource 1 " },
        { "/3303/1:5700 /3303/100:5700 /0/0:0", "AlreadyExists", "/3303/100" },
};

static LwClaims *parse(const char *text)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);
        LwClaims *claims = lw_claims_new();

        for (size_t i = 0; words[i] != NULL; i++) {
                g_auto(GStrv) parts = g_strsplit_set(words[i], ":,", -1);
                uint16_t resources[8];
                size_t count = 0;

                for (; parts[count + 1] != NULL; count++)
                        resources[count] = (uint16_t) atoi(parts[count + 1]);
                ck_assert_int_ge(lw_claims_add(claims, parts[0], resources, count, NULL), 0);
        }
        return claims;
}

START_TEST(a_service_may_have_what_is_free)
{
        g_autoptr(LwClaims) claims = parse(cases[_i].claims);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = lw_rules_check(claims, world.tree, &we, name_of, &world, &error);

        if (cases[_i].error == NULL) {
                ck_assert_msg(r >= 0, "%s", error.message);
                return;
        }
        ck_assert_int_lt(r, 0);
        ck_assert_str_eq(strrchr(error.name, '.') + 1, cases[_i].error);
        ck_assert_msg(strstr(error.message, cases[_i].says) != NULL, "%s", error.message);
        sd_bus_error_free(&error);
}
END_TEST

/* Whether a service may add to an instance that the agent has. */
static const struct {
        uint16_t object;
        bool may;
} own[] = {
        { 0, false },
        { 1, false },
        { 2, false },
        { 4, true },
        { 5, false },
        { 6, true },
        { 7, true },
        { 8, false },
        { 9, true },
        { 10, false },
        { 13, false },
        { 14, true },
        { 15, false },
        { 16, true },
        { 17, false },
        { 19, true },
        { 20, false },
        { 21, false },
        { 22, false },
        { 23, false },
        { 25, false },
        { 3299, false },
        { 3300, true },
        { 3303, true },
        { 3399, true },
        { 3400, false },
        { 10240, false },
};

/* As if it were defined like 3303, with 5700 the agent's. */
static void define(uint16_t object)
{
        LwObjectDef *def = lw_world_definition(3303);

        def->id = object;
        lw_registry_remove(world.registry, object);
        ck_assert(lw_registry_add(world.registry, def));
        if (lw_tree_object(world.tree, object) == NULL)
                lay(&agent, LW_RANK_BUILTIN, object, 0, 5700);
}

START_TEST(not_every_instance_of_the_agent_may_be_added_to)
{
        uint16_t object = own[_i].object;
        g_autofree char *both = g_strdup_printf("/%u/0:5700,5701", object);
        g_autofree char *next = g_strdup_printf("/%u/1:5701", object);
        g_autoptr(LwClaims) over = parse(both);
        g_autoptr(LwClaims) beside = parse(next);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        define(object);
        r = lw_rules_check(over, world.tree, NULL, name_of, &world, &error);
        ck_assert_msg((r >= 0) == own[_i].may, "%s", error.message);
        if (r < 0) {
                g_autofree char *text = g_strdup_printf("object %u ", object);

                ck_assert_str_eq(error.name, "org.lwm2md.Error.ReservedObject");
                ck_assert_msg(strstr(error.message, text) != NULL, "%s", error.message);
        }
        sd_bus_error_free(&error);
        /* an instance of its own is another matter */
        r = lw_rules_check(beside, world.tree, NULL, name_of, &world, &error);
        ck_assert(r >= 0 || strstr(error.message, "is the agent's own") != NULL);
        sd_bus_error_free(&error);
}
END_TEST

/* Of Device each resource is open or the agent's own. */
START_TEST(of_device_some_resources_may_be_had)
{
        g_autofree char *text = g_strdup_printf("/3/0:%d", _i);
        g_autofree char *path = g_strdup_printf("/3/0/%d ", _i);
        g_autoptr(LwClaims) claims = parse(text);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        bool may = (_i >= 6 && _i <= 9) || _i == 20;

        lw_tree_remove_provider(world.tree, &other);
        ck_assert_int_eq(lw_rules_check(claims, world.tree, NULL, name_of, &world, &error) >= 0,
                        may);
        if (!may) {
                ck_assert_str_eq(error.name, "org.lwm2md.Error.ReservedObject");
                ck_assert_msg(strstr(error.message, path) != NULL, "%s", error.message);
        }
        sd_bus_error_free(&error);
}
END_TEST

TCase *test_remote_rules(void)
{
        TCase *tcase = tcase_create("remote-rules");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, a_service_may_have_what_is_free, 0, G_N_ELEMENTS(cases));
        tcase_add_loop_test(tcase, not_every_instance_of_the_agent_may_be_added_to, 0,
                        G_N_ELEMENTS(own));
        tcase_add_loop_test(tcase, of_device_some_resources_may_be_had, 0, 23);
        return tcase;
}
