/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delete: instances and elements. */
#include "tree/asked.h"
#include "tree/suite.h"

static Fixture fixture;

static void setup(void)
{
        fixture_setup(&fixture);
}

static void teardown(void)
{
        fixture_teardown(&fixture);
}

#define DELETE_1_1 LW_VERSION_1_1, LW_OPERATION_DELETE
#define DELETE_1_2 LW_VERSION_1_2, LW_OPERATION_DELETE

/* Source: OMA LwM2M Core 1.2, Delete. */
static const Asked rows[] = {
        { DELETE_1_1, "/1000/0", 0, NULL, NULL, 0, LW_STATUS_DELETED },
        { DELETE_1_2, "/1000/0/4/0", 0, NULL, NULL, 0, LW_STATUS_DELETED },
        { DELETE_1_1, "/1000/0/4/0", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/1000/0/3/0", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/1000/0/1/0", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/1000/0/4", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/1000/9", 0, NULL, NULL, 0, LW_STATUS_NOT_FOUND },
        { DELETE_1_2, "/1000", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/", 0, NULL, NULL, 0, LW_STATUS_NOT_PERMITTED },
        { DELETE_1_2, "/0/0", 0, NULL, NULL, 0, LW_STATUS_UNAUTHORIZED },
};

START_TEST(deletes_what_may_go)
{
        bool deleted = rows[_i].status == LW_STATUS_DELETED;
        LwPath path = fixture_path(rows[_i].path);
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &rows[_i], &answer);
        ck_assert_uint_eq(fixture.one.deletes, deleted);
        if (deleted)
                ck_assert(lw_path_equal(&fixture.one.target, &path));
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(a_provider_without_the_verb_keeps_its_instance)
{
        static const Asked delete = { DELETE_1_1, "/1000/0", 0, NULL, NULL, 0,
                LW_STATUS_NOT_PERMITTED };
        FixtureAnswer answer = {};

        fixture.one.provider.ops = &fixture_writing_ops;
        asked_run(fixture.tree, &delete, &answer);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(attributes_go_with_the_instance)
{
        static const Asked delete = { DELETE_1_1, "/1000/0", 0, NULL, NULL, 0, LW_STATUS_DELETED };
        LwAttributes attributes = { .set = LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMIN), .pmin = 5 };
        LwAttributeTable *table = lw_tree_attributes(fixture.tree);
        LwPath resource = fixture_path("/1000/0/1"), object = fixture_path("/1000");
        FixtureAnswer answer = {};

        ck_assert(lw_attribute_table_set(table, 101, &resource, &attributes, NULL));
        ck_assert(lw_attribute_table_set(table, 101, &object, &attributes, NULL));
        asked_run(fixture.tree, &delete, &answer);
        ck_assert_ptr_null(lw_attribute_table_find(table, 101, &resource));
        ck_assert_ptr_nonnull(lw_attribute_table_find(table, 101, &object));
        fixture_answer_clear(&answer);
}
END_TEST

TCase *test_op_delete(void)
{
        TCase *tcase = tcase_create("op-delete");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, deletes_what_may_go, 0, G_N_ELEMENTS(rows));
        tcase_add_test(tcase, a_provider_without_the_verb_keeps_its_instance);
        tcase_add_test(tcase, attributes_go_with_the_instance);
        return tcase;
}
