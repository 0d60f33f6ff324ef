/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What services claim: keys, resources, ids for labels, places of values. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/claims.h"
#include "providers/suite.h"
#include "providers/world.h"

#define RESOURCES_MAX 3

/* One claim, and its error's last word; NULL: it is fine. */
static const struct {
        const char *key;
        uint16_t resources[RESOURCES_MAX];
        size_t count;
        const char *error;
        const char *says;
} keys[] = {
        { "/3303/0", { 5700 }, 1, NULL, NULL },
        { "/3303/65534", { 5701, 5700 }, 2, NULL, NULL },
        { "/3303/*oven", { 5700 }, 1, NULL, NULL },
        { "/3303/*A-z_0.9", { 5700 }, 1, NULL, NULL },
        { "/3303", {}, 0, NULL, NULL },
        { "", { 5700 }, 1, "BadRequest", "start with '/'" },
        { "/", {}, 0, "BadRequest", "not an object or an instance" },
        { "3303/0", { 5700 }, 1, "BadRequest", "start with '/'" },
        { "/3303/0/5700", { 5700 }, 1, "BadRequest", "not an object or an instance" },
        { "/3303/65535", { 5700 }, 1, "BadRequest", "0 to 65534" },
        { "/3303/*", { 5700 }, 1, "BadRequest", "1 to 64" },
        { "/3303/*a b", { 5700 }, 1, "BadRequest", "1 to 64" },
        { "/3303/*a/5700", { 5700 }, 1, "BadRequest", "1 to 64" },
        { "/3303/*\xc3\xa4", { 5700 }, 1, "BadRequest", "1 to 64" },
        { "/3303/0/*a", { 5700 }, 1, "BadRequest", "behind an object" },
        { "/*a", { 5700 }, 1, "BadRequest", "'" },
        { "/3303", { 5700 }, 1, "BadRequest", "belong to an instance" },
        { "/3303/0", {}, 0, "BadRequest", "at least one" },
        { "/3303/*oven", {}, 0, "BadRequest", "at least one" },
        { "/3303/0", { 5700, 5701, 5700 }, 3, "BadRequest", "twice" },
};

static void expect_error(int r, sd_bus_error *error, const char *name, const char *says)
{
        if (name == NULL) {
                ck_assert_msg(r >= 0, "%s: %s", error->name, error->message);
                return;
        }
        ck_assert_int_lt(r, 0);
        ck_assert_ptr_nonnull(error->name);
        ck_assert_str_eq(strrchr(error->name, '.') + 1, name);
        ck_assert_msg(strstr(error->message, says) != NULL, "%s", error->message);
        sd_bus_error_free(error);
}

START_TEST(a_key_is_an_object_an_instance_or_a_label)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;
        uint16_t resources[RESOURCES_MAX];

        memcpy(resources, keys[_i].resources, sizeof(resources));
        expect_error(lw_claims_add(claims, keys[_i].key, resources, keys[_i].count, &error), &error,
                        keys[_i].error, keys[_i].says);
        if (keys[_i].error != NULL)
                return;
        ck_assert_uint_eq(lw_claims_count(claims), 1);
        ck_assert_uint_eq(lw_claims_instance_count(claims), keys[_i].count > 0);
        ck_assert_uint_eq(lw_claims_at(claims, 0)->count, keys[_i].count);
        for (size_t i = 1; i < keys[_i].count; i++)
                ck_assert_uint_lt(lw_claims_at(claims, 0)->resources[i - 1],
                                lw_claims_at(claims, 0)->resources[i]);
}
END_TEST

static int add(LwClaims *claims, const char *key, sd_bus_error *error)
{
        uint16_t resources[] = { 5700, 5701 };

        return lw_claims_add(claims, key, resources, strchr(key + 1, '/') != NULL ? 2 : 0, error);
}

static const struct {
        const char *first, *second;
        bool ok;
} pairs[] = {
        { "/3303/0", "/3303/1", true }, { "/3303/0", "/3304/0", true },
        { "/3303", "/3303/0", true }, { "/3303/*a", "/3303/*b", true },
        { "/3303/0", "/3303/0", false }, { "/3303", "/3303", false },
        { "/3303/*a", "/3303/*a", false },
        { "/3303/*a", "/3304/*a", false }, /* the answer maps labels to paths */
};

START_TEST(nothing_is_claimed_twice)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;

        ck_assert_int_ge(add(claims, pairs[_i].first, &error), 0);
        expect_error(add(claims, pairs[_i].second, &error), &error,
                        pairs[_i].ok ? NULL : "BadRequest", "");
}
END_TEST

START_TEST(there_is_a_bound_on_claims)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;

        for (unsigned i = 0; i < LW_PLUGIN_INSTANCES_MAX; i++) {
                g_autofree char *key = g_strdup_printf("/3303/%u", i);

                ck_assert_int_ge(add(claims, key, &error), 0);
        }
        expect_error(add(claims, "/3303/*x", &error), &error, "LimitExceeded", "4096");
}
END_TEST

/* Choosing */

static LwWorld world;
static const LwProviderOps no_ops = {};
static LwProvider somebody = { &no_ops }, we = { &no_ops };

static void setup(void)
{
        lw_world_make(&world);
}

static void teardown(void)
{
        lw_tree_remove_provider(world.tree, &somebody);
        lw_tree_remove_provider(world.tree, &we);
        lw_world_clear(&world);
}

/* Words: "/3303/7" an instance of somebody's in the tree, "=/3303/7" one of ours, "oven@102" a
 * label of "kitchen" that is remembered, "oven@102:cellar" one of another name. */
static void prepare(const char *text, LwLabels *labels)
{
        g_auto(GStrv) words = g_strsplit(text, " ", -1);

        for (size_t i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
                static const uint16_t resources[] = { 5700 };
                bool is_ours = words[i][0] == '=';
                char *at = strchr(words[i], '@'), *colon = strchr(words[i], ':');
                LwPath path;

                if (at != NULL) {
                        *at = '\0';
                        if (colon != NULL)
                                *colon = '\0';
                        lw_labels_keep(labels, 3303, (uint16_t) atoi(at + 1),
                                        colon != NULL ? colon + 1 : "kitchen", words[i]);
                        continue;
                }
                ck_assert(lw_path_parse(words[i] + is_ours, &path, NULL));
                ck_assert(lw_tree_add_layer(world.tree, &path, is_ours ? &we : &somebody,
                                LW_RANK_PLUGIN, resources, 1, NULL));
        }
}

static const struct {
        const char *there;
        const char *keys;
        const char *paths; /* NULL: no id is free */
} choices[] = {
        { "", "/3303/*a", "/3303/100" },
        { "", "/3303/*a /3303/*b /3303/*c", "/3303/100 /3303/101 /3303/102" },
        { "", "/3303/*b /3303/*a", "/3303/100 /3303/101" },
        { "", "/3303/*a /3303/100", "/3303/101 /3303/100" },
        { "", "/3303/0 /3303 /3303/*a", "/3303/0 /3303 /3303/100" },
        { "/3303/0 /3303/100", "/3303/*a", "/3303/101" },
        { "=/3303/100", "/3303/*a", "/3303/100" },
        { "a@250", "/3303/*a", "/3303/250" },
        { "a@250 /3303/250", "/3303/*a", "/3303/100" },
        { "a@250 =/3303/250", "/3303/*a", "/3303/250" },
        { "a@250", "/3303/*a /3303/250", "/3303/100 /3303/250" },
        { "a@100 b@101", "/3303/*c /3303/*b", "/3303/102 /3303/101" },
        { "a@100:cellar", "/3303/*a", "/3303/101" },
};

START_TEST(a_label_has_its_id_again_or_the_lowest_free)
{
        g_auto(GStrv) words = g_strsplit(choices[_i].keys, " ", -1);
        g_autoptr(LwClaims) claims = lw_claims_new();
        g_autoptr(LwLabels) labels = lw_labels_new();
        g_autoptr(GString) paths = g_string_new(NULL);
        sd_bus_error error = SD_BUS_ERROR_NULL;

        prepare(choices[_i].there, labels);
        for (size_t i = 0; words[i] != NULL; i++)
                ck_assert_int_ge(add(claims, words[i], &error), 0);
        ck_assert_int_ge(lw_claims_choose(claims, world.tree, &we, labels, "kitchen", &error), 0);
        for (size_t i = 0; i < lw_claims_count(claims); i++) {
                const LwPath *path = &lw_claims_at(claims, i)->path;
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(path, text);
                g_string_append_printf(paths, "%s%s", i > 0 ? " " : "", text);
                if (path->length == LW_LEVEL_INSTANCE)
                        ck_assert_ptr_eq(lw_claims_find(claims, path->ids[0], path->ids[1]),
                                        lw_claims_at(claims, i));
        }
        ck_assert_str_eq(paths->str, choices[_i].paths);
}
END_TEST

START_TEST(ids_run_out)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        g_autoptr(LwLabels) labels = lw_labels_new();
        static const uint16_t resources[] = { 5700 };
        sd_bus_error error = SD_BUS_ERROR_NULL;

        /* all but what labels may still take */
        for (unsigned id = LW_ID_MAX - 1000; id <= LW_ID_MAX; id++)
                ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(3303, id), &somebody,
                                LW_RANK_PLUGIN, resources, 1, NULL));
        for (unsigned id = 100; id < 100 + LW_LABELS_MAX; id++) {
                g_autofree char *label = g_strdup_printf("l%u", id);

                lw_labels_keep(labels, 3303, (uint16_t) id, NULL, label);
        }
        ck_assert_int_ge(add(claims, "/3303/*x", &error), 0);
        ck_assert_int_ge(lw_claims_choose(claims, world.tree, &we, labels, NULL, &error), 0);
        ck_assert_uint_eq(lw_claims_at(claims, 0)->path.ids[1], 100 + LW_LABELS_MAX);
}
END_TEST

/* Places */

static const struct {
        const char *key;
        const char *path; /* NULL: refused */
        LwStatus status;
} places[] = {
        { "/3303/7/5700", "/3303/7/5700", 0 },
        { "/3303/100/5701", "/3303/100/5701", 0 },
        { "/3303/*oven/5701", "/3303/100/5701", 0 },
        { "/3303/7/5601", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/8/5700", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/7", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/7/5700/0", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/*oven", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/*oven/", NULL, LW_STATUS_BAD_REQUEST },
        { "/3303/*oven/5700/1", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/*hall/5700", NULL, LW_STATUS_NOT_FOUND },
        { "/3304/*oven/5700", NULL, LW_STATUS_NOT_FOUND },
        { "/3303/0/*oven/5700", NULL, LW_STATUS_NOT_FOUND },
        { "x/*oven/5700", NULL, LW_STATUS_BAD_REQUEST },
        { "warm", NULL, LW_STATUS_BAD_REQUEST },
};

START_TEST(a_value_has_its_place)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        g_autoptr(LwLabels) labels = lw_labels_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;
        g_autoptr(GError) refusal = NULL;
        char text[LW_PATH_TEXT_MAX];
        LwPath path;

        ck_assert_int_ge(add(claims, "/3303/7", &error), 0);
        ck_assert_int_ge(add(claims, "/3303/*oven", &error), 0);
        ck_assert_int_ge(lw_claims_choose(claims, world.tree, NULL, labels, NULL, &error), 0);
        ck_assert_int_eq(lw_claims_place(claims, places[_i].key, &path, &refusal),
                        places[_i].path != NULL);
        if (places[_i].path != NULL) {
                lw_path_print(&path, text);
                ck_assert_str_eq(text, places[_i].path);
        } else {
                ck_assert_int_eq(refusal->code, places[_i].status);
        }
}
END_TEST

static const struct {
        const char *path;
        bool concerns;
} observed[] = {
        { "/", false },
        { "/3303", true },
        { "/3304", true }, /* claimed without an instance */
        { "/3305", false },
        { "/3303/7", true },
        { "/3303/8", false },
        { "/3304/0", false },
        { "/3303/7/5700", true },
        { "/3303/7/5601", false }, /* another's, in the same instance */
        { "/3303/7/5700/1", true },
};

START_TEST(an_observed_path_may_concern_it)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        LwPath path;

        ck_assert_int_ge(add(claims, "/3303/7", NULL), 0);
        ck_assert_int_ge(add(claims, "/3304", NULL), 0);
        ck_assert(lw_path_parse(observed[_i].path, &path, NULL));
        ck_assert_int_eq(lw_claims_concern(claims, &path), observed[_i].concerns);
}
END_TEST

TCase *test_remote_claims(void)
{
        TCase *tcase = tcase_create("remote-claims");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(
                        tcase, a_key_is_an_object_an_instance_or_a_label, 0, G_N_ELEMENTS(keys));
        tcase_add_loop_test(tcase, nothing_is_claimed_twice, 0, G_N_ELEMENTS(pairs));
        tcase_add_test(tcase, there_is_a_bound_on_claims);
        tcase_add_loop_test(tcase, a_label_has_its_id_again_or_the_lowest_free, 0,
                        G_N_ELEMENTS(choices));
        tcase_add_test(tcase, ids_run_out);
        tcase_add_loop_test(tcase, a_value_has_its_place, 0, G_N_ELEMENTS(places));
        tcase_add_loop_test(tcase, an_observed_path_may_concern_it, 0, G_N_ELEMENTS(observed));
        return tcase;
}
