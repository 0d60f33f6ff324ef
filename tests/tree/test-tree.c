/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects, instances and layers come and go; listeners hear of it. */
#include <string.h>

#include "model/limits.h"
#include "tree/fixture.h"
#include "tree/suite.h"
#include "tree/tree.h"

static Fixture fixture;
static unsigned changes, additions, removals;

static void on_changed(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED)
{
        changes++;
}

static void on_restructured(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED, bool added)
{
        if (added)
                additions++;
        else
                removals++;
}

static const LwTreeListener listener = {
        .changed = on_changed,
        .restructured = on_restructured,
};

static void setup(void)
{
        fixture_setup(&fixture);
        changes = additions = removals = 0;
        lw_tree_add_listener(fixture.tree, &listener, NULL);
}

static void teardown(void)
{
        fixture_teardown(&fixture);
}

START_TEST(lists_objects_and_instances)
{
        g_auto(LwWriter) writer = {};

        lw_tree_write_links(fixture.tree, &writer);
        lw_writer_u8(&writer, 0);
        ck_assert_ptr_nonnull(strstr((const char *) writer.data, "</>;ct=\""));
        ck_assert_ptr_nonnull(
                        strstr((const char *) writer.data, ",</1000>;ver=2.1,</1000/0>,</1001/0>"));
}
END_TEST

START_TEST(lists_an_object_without_instances)
{
        LwPath path = LW_PATH_INSTANCE(FIXTURE_SINGLE, 0);
        g_auto(LwWriter) writer = {};

        lw_tree_remove_layer(fixture.tree, &path, &fixture.one.provider);
        ck_assert_uint_eq(removals, 1);
        lw_tree_write_links(fixture.tree, &writer);
        lw_writer_u8(&writer, 0);
        ck_assert(g_str_has_suffix((const char *) writer.data, ",</1001>"));
}
END_TEST

START_TEST(hides_the_closed_objects)
{
        LwPath path = LW_PATH_INSTANCE(0, 0);
        g_auto(LwWriter) writer = {};

        ck_assert(lw_tree_add_layer(fixture.tree, &path, &fixture.one.provider, LW_RANK_BUILTIN,
                        NULL, 0, NULL));
        lw_tree_write_links(fixture.tree, &writer);
        lw_writer_u8(&writer, 0);
        ck_assert_ptr_null(strstr((const char *) writer.data, "</0"));
}
END_TEST

START_TEST(the_higher_layer_covers_the_lower)
{
        static const uint16_t ids[] = { 1 };
        LwPath path = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        const LwInstance *instance;

        ck_assert(lw_tree_add_layer(
                        fixture.tree, &path, &fixture.other.provider, LW_RANK_MAP, ids, 1, NULL));
        ck_assert_uint_eq(changes, 1);
        instance = lw_object_instance(lw_tree_object(fixture.tree, FIXTURE_OBJECT), 0);
        ck_assert_ptr_eq(lw_instance_layer(instance, 1)->provider, &fixture.other.provider);
        ck_assert_ptr_eq(lw_instance_layer(instance, 0)->provider, &fixture.one.provider);
        ck_assert_ptr_null(lw_instance_layer(instance, 7));
        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
        ck_assert_ptr_eq(lw_instance_layer(instance, 1)->provider, &fixture.one.provider);
        ck_assert_uint_eq(removals, 0);
}
END_TEST

START_TEST(instances_are_kept_in_order)
{
        static const uint16_t order[] = { 9, 3, 65534, 1, 5 };
        static const uint16_t ids[] = { 0 };
        const LwObject *object;

        for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
                ck_assert(lw_tree_add_layer(fixture.tree,
                                &LW_PATH_INSTANCE(FIXTURE_OBJECT, order[i]), &fixture.one.provider,
                                LW_RANK_BUILTIN, ids, 1, NULL));
        ck_assert_uint_eq(additions, G_N_ELEMENTS(order));
        object = lw_tree_object(fixture.tree, FIXTURE_OBJECT);
        for (unsigned i = 1; i < object->instances->len; i++)
                ck_assert_uint_lt(((LwInstance *) object->instances->pdata[i - 1])->id,
                                ((LwInstance *) object->instances->pdata[i])->id);
        lw_tree_remove_provider(fixture.tree, &fixture.one.provider);
        ck_assert_uint_eq(object->instances->len, 0);
}
END_TEST

static const struct {
        uint16_t object, instance, resource;
        LwStatus status;
} refusals[] = {
        { 4711, 0, 0, LW_STATUS_NOT_FOUND },                /* no definition */
        { FIXTURE_OBJECT, 1, 4711, LW_STATUS_BAD_REQUEST }, /* no such resource */
        { FIXTURE_SINGLE, 1, 0, LW_STATUS_BAD_REQUEST },    /* only instance 0 */
};

START_TEST(refuses_what_the_definition_does_not_have)
{
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_tree_add_layer(fixture.tree,
                        &LW_PATH_INSTANCE(refusals[_i].object, refusals[_i].instance),
                        &fixture.one.provider, LW_RANK_PLUGIN, &refusals[_i].resource, 1, &error));
        ck_assert_int_eq(error->code, refusals[_i].status);
        ck_assert_uint_eq(additions + changes + removals, 0);
}
END_TEST

START_TEST(an_instance_has_a_bounded_number_of_layers)
{
        LwPath path = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        FixtureProvider many[LW_LAYERS_MAX] = {};
        g_autoptr(GError) error = NULL;

        for (unsigned i = 0; i < LW_LAYERS_MAX; i++)
                many[i].provider.ops = fixture.one.provider.ops;
        for (unsigned i = 0; i < LW_LAYERS_MAX - 1; i++)
                ck_assert(lw_tree_add_layer(fixture.tree, &path, &many[i].provider, LW_RANK_PLUGIN,
                                NULL, 0, NULL));
        ck_assert(!lw_tree_add_layer(fixture.tree, &path, &many[LW_LAYERS_MAX - 1].provider,
                        LW_RANK_PLUGIN, NULL, 0, &error));
        ck_assert_int_eq(error->code, LW_STATUS_TOO_LARGE);
        /* replacing one's own is no more */
        ck_assert(lw_tree_add_layer(
                        fixture.tree, &path, &many[0].provider, LW_RANK_PLUGIN, NULL, 0, NULL));
}
END_TEST

TCase *test_tree(void)
{
        TCase *tcase = tcase_create("tree");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, lists_objects_and_instances);
        tcase_add_test(tcase, lists_an_object_without_instances);
        tcase_add_test(tcase, hides_the_closed_objects);
        tcase_add_test(tcase, the_higher_layer_covers_the_lower);
        tcase_add_test(tcase, instances_are_kept_in_order);
        tcase_add_loop_test(tcase, refuses_what_the_definition_does_not_have, 0,
                        G_N_ELEMENTS(refusals));
        tcase_add_test(tcase, an_instance_has_a_bounded_number_of_layers);
        return tcase;
}
