/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Create: who makes an instance of what. */
#include "tree/asked.h"
#include "tree/suite.h"

static Fixture fixture;

static void setup(void)
{
        fixture_setup(&fixture);
        ck_assert(lw_tree_set_creator(fixture.tree, FIXTURE_OBJECT, &fixture.one.provider, NULL));
}

static void teardown(void)
{
        fixture_teardown(&fixture);
}

#define CREATE LW_VERSION_1_1, LW_OPERATION_CREATE

/* Source: OMA LwM2M Core 1.2, Create, and its TLV and SenML formats. */
static const struct {
        Asked asked;
        uint16_t instance; /* that is made */
        bool chosen;
} rows[] = {
        /* resources directly: the client chooses; /1000/0 is there */
        { { CREATE, "/1000", 11542, "c10108", NULL, 0, LW_STATUS_CREATED }, 1, false },
        { { CREATE, "/1000", 11542, "0305 c10108", NULL, 0, LW_STATUS_CREATED }, 5, true },
        { { CREATE, "/1000", 110, "=[{\"n\":\"/1000/7/1\",\"v\":8}]", NULL, 0, LW_STATUS_CREATED },
                        7, true },
        { { CREATE, "/1000", 112, "81a200692f313030302f352f310208", NULL, 0, LW_STATUS_CREATED }, 5,
                        true },
        /* read-only 0 and unknown 20 are not minded */
        { { CREATE, "/1000", 11542, "c10041 c11441 c10108", NULL, 0, LW_STATUS_CREATED }, 1,
                        false },
        /* 1 is mandatory */
        { { CREATE, "/1000", 0, NULL, NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 11542, "", NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 11542, "0005", NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 110, "=[{\"n\":\"/1000/7/6\",\"vlo\":\"1000:0\"}]", NULL, 0,
                          LW_STATUS_BAD_REQUEST },
                        0, false },
        /* taken, two at once, out of range, a link to nothing, another object's */
        { { CREATE, "/1000", 11542, "0300 c10108", NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 11542, "0305c10108 0306c10108", NULL, 0, LW_STATUS_BAD_REQUEST }, 0,
                        false },
        { { CREATE, "/1000", 11542, "c1017f", NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 11542, "c10108 c406004d0000", NULL, 0, LW_STATUS_BAD_REQUEST }, 0,
                        false },
        { { CREATE, "/1000", 110, "=[{\"n\":\"/1001/7/1\",\"v\":8}]", NULL, 0,
                          LW_STATUS_BAD_REQUEST },
                        0, false },
        { { CREATE, "/1000", 11542, "c101", NULL, 0, LW_STATUS_BAD_REQUEST }, 0, false },
        { { CREATE, "/1000", 0, "38", NULL, 0, LW_STATUS_UNSUPPORTED_FORMAT }, 0, false },
        { { CREATE, "/1000", 9999, "38", NULL, 0, LW_STATUS_UNSUPPORTED_FORMAT }, 0, false },
        /* nobody makes these */
        { { CREATE, "/1001", 11542, "c10041", NULL, 0, LW_STATUS_NOT_PERMITTED }, 0, false },
        { { CREATE, "/999", 11542, "c10041", NULL, 0, LW_STATUS_NOT_FOUND }, 0, false },
        { { CREATE, "/0", 11542, "c10041", NULL, 0, LW_STATUS_UNAUTHORIZED }, 0, false },
        { { CREATE, "/21", 11542, "c10041", NULL, 0, LW_STATUS_UNAUTHORIZED }, 0, false },
        { { CREATE, "/1000/0", 11542, "c10108", NULL, 0, LW_STATUS_NOT_PERMITTED }, 0, false },
};

START_TEST(makes_what_fits)
{
        bool made = rows[_i].asked.status == LW_STATUS_CREATED;
        const LwObject *object = lw_tree_object(fixture.tree, FIXTURE_OBJECT);
        LwPath path = LW_PATH_INSTANCE(FIXTURE_OBJECT, rows[_i].instance);
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &rows[_i].asked, &answer);
        ck_assert_uint_eq(fixture.one.creates, made);
        ck_assert_uint_eq(object->instances->len, made ? 2 : 1);
        if (made) {
                ck_assert(lw_path_equal(&answer.response.location, &path));
                ck_assert(lw_path_equal(&fixture.one.target, &path));
                ck_assert_int_eq(fixture.one.chosen, rows[_i].chosen);
                ck_assert_ptr_nonnull(lw_object_instance(object, rows[_i].instance));
        } else {
                ck_assert_uint_eq(answer.response.location.length, 0);
        }
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(values_lie_in_the_new_instance)
{
        static const Asked create = { CREATE, "/1000", 11542, "c10108", NULL, 0,
                LW_STATUS_CREATED };
        static const Asked read = { LW_VERSION_1_1, LW_OPERATION_READ, "/1000/1/1", 0, NULL, NULL,
                0, LW_STATUS_CONTENT };
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &create, &answer);
        asked_run(fixture.tree, &read, &answer);
        ck_assert_str_eq(asked_text(&answer), "8");
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(the_provider_may_choose_another_id)
{
        static const Asked create = { CREATE, "/1000", 11542, "c10108", NULL, 0,
                LW_STATUS_CREATED };
        FixtureAnswer answer = {};

        fixture.one.instead = 42;
        asked_run(fixture.tree, &create, &answer);
        ck_assert_uint_eq(answer.response.location.ids[1], 42);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(a_failure_of_the_provider_is_the_answer)
{
        static const Asked create = { CREATE, "/1000", 11542, "c10108", NULL, 0,
                LW_STATUS_UNAVAILABLE };
        FixtureAnswer answer = {};

        fixture.one.status = LW_STATUS_UNAVAILABLE;
        asked_run(fixture.tree, &create, &answer);
        ck_assert_uint_eq(answer.response.location.length, 0);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(one_provider_makes_the_instances_of_an_object)
{
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_tree_set_creator(
                        fixture.tree, FIXTURE_OBJECT, &fixture.other.provider, &error));
        ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_NOT_PERMITTED);
        lw_tree_remove_provider(fixture.tree, &fixture.one.provider);
        ck_assert(lw_tree_set_creator(fixture.tree, FIXTURE_OBJECT, &fixture.other.provider, NULL));
}
END_TEST

TCase *test_op_create(void)
{
        TCase *tcase = tcase_create("op-create");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, makes_what_fits, 0, G_N_ELEMENTS(rows));
        tcase_add_test(tcase, values_lie_in_the_new_instance);
        tcase_add_test(tcase, the_provider_may_choose_another_id);
        tcase_add_test(tcase, a_failure_of_the_provider_is_the_answer);
        tcase_add_test(tcase, one_provider_makes_the_instances_of_an_object);
        return tcase;
}
