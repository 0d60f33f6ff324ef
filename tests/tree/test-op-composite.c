/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Read-Composite and Write-Composite. */
#include <string.h>

#include "codec/format.h"
#include "tree/asked.h"
#include "tree/suite.h"

static Fixture fixture;

/* /1000/0 has 4 from `other`, which can write, too; /1000/3 is all of `other`. */
static void setup(void)
{
        static const uint16_t upper[] = { 4 }, all[] = { 0, 1, 4 };
        LwPath first = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        LwPath third = LW_PATH_INSTANCE(FIXTURE_OBJECT, 3);

        fixture_setup(&fixture);
        fixture.other.provider.ops = &fixture_writing_ops;
        ck_assert(lw_tree_add_layer(fixture.tree, &first, &fixture.other.provider, LW_RANK_PLUGIN,
                        upper, 1, NULL));
        ck_assert(lw_tree_add_layer(fixture.tree, &third, &fixture.other.provider, LW_RANK_BUILTIN,
                        all, 3, NULL));
        fixture_set(&fixture.other, "/1000/3/1", lw_value_integer(9));
}

static void teardown(void)
{
        fixture_teardown(&fixture);
}

#define READ LW_VERSION_1_1, LW_OPERATION_READ_COMPOSITE
#define WRITE LW_VERSION_1_2, LW_OPERATION_WRITE_COMPOSITE

/* Source: OMA LwM2M Core 1.1, Read-Composite. */
static const struct {
        Asked asked;
        const char *values;
} reads[] = {
        { { READ, "/", 110, "=[{\"n\":\"/1000/0/1\"},{\"n\":\"/1001/0\"}]", NULL, 0,
                          LW_STATUS_CONTENT },
                        "[{\"bn\":\"/1000/0/1\",\"v\":7},{\"bn\":\"/1001/0/"
                        "0\",\"vs\":\"single\"}]" },
        /* in CBOR, answered in JSON */
        { { READ, "/", 112, "81a100692f313030302f302f31", NULL, 110, LW_STATUS_CONTENT },
                        "[{\"bn\":\"/1000/0/1\",\"v\":7}]" },
        /* what is not there, closed, or not readable is left out; overlaps count once */
        { { READ, "/", 110,
                          "=[{\"n\":\"/1000/3\"},{\"n\":\"/1000/3/1\"},{\"n\":\"/999\"},{\"n\":\"/"
                          "0\"},"
                          "{\"n\":\"/1000/0/2\"},{\"n\":\"/1000/0/3/5\"}]",
                          NULL, 0, LW_STATUS_CONTENT },
                        "[{\"bn\":\"/1000/0/3/5\",\"v\":35},{\"bn\":\"/1000/3/1\",\"v\":9}]" },
        { { READ, "/", 110, "=[{\"n\":\"/999\"}]", NULL, 0, LW_STATUS_CONTENT }, "[]" },
        { { READ, "/", 320, "=[{\"n\":\"/1000/0/1\"}]", NULL, 0, LW_STATUS_CONTENT },
                        "[{\"bn\":\"/1000/0/1\",\"v\":7}]" },
        { { READ, "/", 110, "=[{\"n\":\"/0/0/1\"},{\"n\":\"/21\"}]", NULL, 0,
                          LW_STATUS_UNAUTHORIZED },
                        NULL },
        { { READ, "/", 110, "=[]", NULL, 0, LW_STATUS_BAD_REQUEST }, NULL },
        { { READ, "/", 0, NULL, NULL, 0, LW_STATUS_BAD_REQUEST }, NULL },
        { { READ, "/", 110, "=[{\"n\":\"/1000/0/1\",\"v\":1}]", NULL, 0, LW_STATUS_BAD_REQUEST },
                        NULL },
        { { READ, "/", 110, "=[{\"n\":\"/1000/x\"}]", NULL, 0, LW_STATUS_BAD_REQUEST }, NULL },
        { { READ, "/", 11542, "c10108", NULL, 0, LW_STATUS_UNSUPPORTED_FORMAT }, NULL },
        { { READ, "/", 110, "=[{\"n\":\"/1000/0/1\"}]", NULL, 11542, LW_STATUS_NOT_ACCEPTABLE },
                        NULL },
        { { LW_VERSION_1_0, LW_OPERATION_READ_COMPOSITE, "/", 110, "=[{\"n\":\"/1000\"}]", NULL, 0,
                          LW_STATUS_NOT_PERMITTED },
                        NULL },
};

/* Base names may be cut in other ways: compared is what is read back. */
static void check_values(const FixtureAnswer *answer, const char *expected)
{
        LwDecode how = { .registry = fixture.registry, .keep_unknown = true };
        g_autoptr(LwValues) got = lw_values_new(), wanted = lw_values_new();
        const char *text = asked_text(answer);

        ck_assert_int_eq(answer->response.format, LW_FORMAT_SENML_JSON);
        ck_assert(lw_format_decode(LW_FORMAT_SENML_JSON, (const uint8_t *) text, strlen(text), &how,
                        got, NULL));
        ck_assert(lw_format_decode(LW_FORMAT_SENML_JSON, (const uint8_t *) expected,
                        strlen(expected), &how, wanted, NULL));
        ck_assert_uint_eq(lw_values_count(got), lw_values_count(wanted));
        for (size_t i = 0; i < lw_values_count(got); i++) {
                const LwEntry *one = lw_values_at(got, i), *other = lw_values_at(wanted, i);

                ck_assert(lw_path_equal(&one->path, &other->path));
                ck_assert(lw_value_equal(&one->value, &other->value));
        }
}

START_TEST(reads_whatever_is_there)
{
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &reads[_i].asked, &answer);
        if (reads[_i].values)
                check_values(&answer, reads[_i].values);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(the_root_is_everything)
{
        static const Asked asked = { READ, "/", 112, "81a100612f", NULL, 110, LW_STATUS_CONTENT };
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &asked, &answer);
        check_values(&answer,
                        "[{\"n\":\"/1000/0/0\",\"vs\":\"name\"},{\"n\":\"/1000/0/1\",\"v\":7},"
                        "{\"n\":\"/1000/0/3/0\",\"v\":30},{\"n\":\"/1000/0/3/5\",\"v\":35},"
                        "{\"n\":\"/1000/3/1\",\"v\":9},{\"n\":\"/1001/0/0\",\"vs\":\"single\"}]");
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(paths_of_our_own_are_read_as_those_of_a_payload)
{
        const LwPath paths[] = { fixture_path("/1001"), fixture_path("/1000/3/1") };
        LwRequest request = fixture_request(LW_OPERATION_OBSERVE_COMPOSITE, "/");
        FixtureAnswer answer = {};

        request.paths = paths;
        request.path_count = G_N_ELEMENTS(paths);
        request.accept = LW_FORMAT_SENML_JSON;
        lw_dispatch(fixture.tree, &request, fixture_on_answer, &answer);
        check_values(&answer,
                        "[{\"n\":\"/1000/3/1\",\"v\":9},{\"n\":\"/1001/0/0\",\"vs\":\"single\"}]");
        fixture_answer_clear(&answer);
}
END_TEST

/* Source: OMA LwM2M Core 1.2, Write-Composite. */
static const struct {
        Asked asked;
        unsigned one, other; /* Writes that the providers see */
} writes[] = {
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/1\",\"v\":8}]", NULL, 0, LW_STATUS_CHANGED }, 1,
                        0 },
        { { WRITE, "/", 112, "81a200692f313030302f302f310208", NULL, 0, LW_STATUS_CHANGED }, 1, 0 },
        /* two instances of one provider, as one */
        { { WRITE, "/", 110,
                          "=[{\"n\":\"/1000/3/1\",\"v\":8},{\"n\":\"/1000/0/4/2\",\"vs\":\"x\"}]",
                          NULL, 0, LW_STATUS_CHANGED },
                        0, 1 },
        { { WRITE, "/", 320, "=[{\"n\":\"/1000/0/4/2\",\"v\":null}]", NULL, 0, LW_STATUS_CHANGED },
                        0, 1 },
        { { WRITE, "/", 110, "=[]", NULL, 0, LW_STATUS_CHANGED }, 0, 0 },
        { { WRITE, "/", 322, "80", NULL, 0, LW_STATUS_CHANGED }, 0, 0 },
        /* two that cannot prepare: half would be worse than none */
        { { WRITE, "/", 110,
                          "=[{\"n\":\"/1000/0/1\",\"v\":8},{\"n\":\"/1000/0/4/2\",\"vs\":\"x\"}]",
                          NULL, 0, LW_STATUS_NOT_PERMITTED },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/1\",\"v\":8},{\"n\":\"/1000/0/1\",\"v\":101}]",
                          NULL, 0, LW_STATUS_BAD_REQUEST },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/1\",\"v\":8},{\"n\":\"/1000/0/0\",\"vs\":\"x\"}]",
                          NULL, 0, LW_STATUS_NOT_PERMITTED },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/1\",\"v\":8},{\"n\":\"/1000/9/1\",\"v\":8}]", NULL,
                          0, LW_STATUS_NOT_FOUND },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/9\",\"v\":8}]", NULL, 0, LW_STATUS_NOT_FOUND }, 0,
                        0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/7\",\"vs\":\"x\"}]", NULL, 0,
                          LW_STATUS_NOT_FOUND },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/999/0/1\",\"v\":8}]", NULL, 0, LW_STATUS_NOT_FOUND }, 0,
                        0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/0/0/0\",\"vs\":\"x\"}]", NULL, 0,
                          LW_STATUS_UNAUTHORIZED },
                        0, 0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0\",\"v\":8}]", NULL, 0, LW_STATUS_BAD_REQUEST }, 0,
                        0 },
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/1\",\"vs\":\"8\"}]", NULL, 0,
                          LW_STATUS_BAD_REQUEST },
                        0, 0 },
        { { WRITE, "/", 320, "=[{\"n\":\"/1000/0/1\",\"v\":null}]", NULL, 0,
                          LW_STATUS_BAD_REQUEST },
                        0, 0 },
        /* a null means something in SenML-ETCH alone */
        { { WRITE, "/", 110, "=[{\"n\":\"/1000/0/4/2\",\"v\":null}]", NULL, 0,
                          LW_STATUS_BAD_REQUEST },
                        0, 0 },
        { { WRITE, "/", 11542, "c10108", NULL, 0, LW_STATUS_UNSUPPORTED_FORMAT }, 0, 0 },
        { { WRITE, "/", 0, NULL, NULL, 0, LW_STATUS_BAD_REQUEST }, 0, 0 },
        { { LW_VERSION_1_0, LW_OPERATION_WRITE_COMPOSITE, "/", 110, "=[]", NULL, 0,
                          LW_STATUS_NOT_PERMITTED },
                        0, 0 },
};

START_TEST(writes_all_or_nothing)
{
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &writes[_i].asked, &answer);
        ck_assert_uint_eq(fixture.one.writes, writes[_i].one);
        ck_assert_uint_eq(fixture.other.writes, writes[_i].other);
        ck_assert(!fixture.one.replaced && !fixture.other.replaced);
        fixture_answer_clear(&answer);
}
END_TEST

static const char both[] = "=[{\"n\":\"/1000/0/1\",\"v\":8},{\"n\":\"/1000/3/1\",\"v\":6}]";

START_TEST(one_of_two_must_prepare)
{
        static const Asked taken = { WRITE, "/", 110, both, NULL, 0, LW_STATUS_CHANGED };
        static const Asked refused = { WRITE, "/", 110, both, NULL, 0, LW_STATUS_BAD_REQUEST };
        FixtureAnswer answer = {};

        fixture.one.provider.ops = &fixture_preparing_ops;
        asked_run(fixture.tree, &taken, &answer);
        ck_assert_uint_eq(fixture.one.prepares, 1);
        ck_assert_uint_eq(fixture.one.writes, 1);
        ck_assert_uint_eq(fixture.other.writes, 1);
        fixture.one.refuses = true;
        asked_run(fixture.tree, &refused, &answer);
        ck_assert_uint_eq(fixture.one.writes, 1);
        ck_assert_uint_eq(fixture.other.writes, 1);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(the_one_that_cannot_prepare_is_written_first)
{
        static const Asked failed = { WRITE, "/", 110, both, NULL, 0, LW_STATUS_UNAVAILABLE };
        FixtureAnswer answer = {};

        fixture.one.provider.ops = &fixture_preparing_ops;
        fixture.other.status = LW_STATUS_UNAVAILABLE;
        asked_run(fixture.tree, &failed, &answer);
        ck_assert_uint_eq(fixture.other.writes, 1);
        ck_assert_uint_eq(fixture.one.writes, 0);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(what_prepares_is_written_by_instance)
{
        static const Asked taken = { WRITE, "/", 110, both, NULL, 0, LW_STATUS_CHANGED };
        LwPath third = fixture_path("/1000/3");
        FixtureAnswer answer = {};

        fixture.one.provider.ops = fixture.other.provider.ops = &fixture_preparing_ops;
        asked_run(fixture.tree, &taken, &answer);
        ck_assert_uint_eq(fixture.one.writes, 1);
        ck_assert_uint_eq(fixture.other.writes, 1);
        ck_assert(lw_path_equal(&fixture.other.target, &third));
        fixture_answer_clear(&answer);
}
END_TEST

TCase *test_op_composite(void)
{
        TCase *tcase = tcase_create("op-composite");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, reads_whatever_is_there, 0, G_N_ELEMENTS(reads));
        tcase_add_test(tcase, the_root_is_everything);
        tcase_add_test(tcase, paths_of_our_own_are_read_as_those_of_a_payload);
        tcase_add_loop_test(tcase, writes_all_or_nothing, 0, G_N_ELEMENTS(writes));
        tcase_add_test(tcase, one_of_two_must_prepare);
        tcase_add_test(tcase, the_one_that_cannot_prepare_is_written_first);
        tcase_add_test(tcase, what_prepares_is_written_by_instance);
        return tcase;
}
