/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write-Attributes, and what Discover shows of it. */
#include "tree/asked.h"
#include "tree/suite.h"

static Fixture fixture;
static unsigned told;
static GError *save_error;

static void on_changed(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED)
{
}

static void on_restructured(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED,
                bool added G_GNUC_UNUSED)
{
}

static void on_attributed(void *user G_GNUC_UNUSED, uint16_t server, const LwPath *path)
{
        ck_assert_uint_eq(server, 101);
        ck_assert_uint_gt(path->length, 0);
        told++;
}

static const LwTreeListener listener = {
        .changed = on_changed,
        .restructured = on_restructured,
        .attributed = on_attributed,
};

static void save_attributes(void *user G_GNUC_UNUSED, LwTreeSaved done, void *data)
{
        done(data, save_error);
}

static const LwTreeKeeper keeper = { save_attributes };

static void setup(void)
{
        fixture_setup(&fixture);
        lw_tree_add_listener(fixture.tree, &listener, NULL);
        lw_tree_set_keeper(fixture.tree, &keeper, NULL);
        told = 0;
}

static void teardown(void)
{
        g_clear_error(&save_error);
        fixture_teardown(&fixture);
}

#define WRITE(path, query, status)                                                                 \
        {                                                                                          \
                LW_VERSION_1_2, LW_OPERATION_WRITE_ATTRIBUTES, path, 0, NULL, query, 0, status     \
        }

/* Source: OMA LwM2M Core 1.2, Write-Attributes and 5.1.2. */
static const Asked rows[] = {
        WRITE("/1000", "pmin=10", LW_STATUS_CHANGED),
        WRITE("/1000/0", "pmin=10&pmax=60", LW_STATUS_CHANGED),
        WRITE("/1000/0/1", "gt=50&lt=42.2&st=1", LW_STATUS_CHANGED),
        WRITE("/1000/0/1", "gt=-5&lt=-10.5", LW_STATUS_CHANGED),
        WRITE("/1000/0/1", "epmin=5&epmax=6&con=1&hqmax=10", LW_STATUS_CHANGED),
        WRITE("/1000/0/3/0", "lt=45", LW_STATUS_CHANGED),
        /* a longer minimum than maximum is taken, and the maximum then does not count */
        WRITE("/1000/0/1", "pmin=60&pmax=10", LW_STATUS_CHANGED),
        WRITE("/1000/0/1", "pmin", LW_STATUS_CHANGED),
        WRITE("/1000/0/1", NULL, LW_STATUS_CHANGED),
        WRITE("/1000/0/1", "lt=5&gt=5", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "lt=5&gt=7&st=1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "st=-1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "epmin=5&epmax=5", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "pmin=", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "pmin=1.5", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "pmin=-1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "pmin=1&pmin", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "pmin=1&pmin=1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "con=2", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "dim=2", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "PMIN=2", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/1", "edge=1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/0", "gt=5", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0", "gt=5", LW_STATUS_BAD_REQUEST),
        WRITE("/1000", "edge=1", LW_STATUS_BAD_REQUEST),
        WRITE("/1000/0/2", "pmin=1", LW_STATUS_NOT_PERMITTED),
        WRITE("/1000/0/5", "pmin=1", LW_STATUS_NOT_PERMITTED),
        WRITE("/", "pmin=1", LW_STATUS_NOT_PERMITTED),
        WRITE("/1000/0/1/0", "pmin=1", LW_STATUS_NOT_PERMITTED),
        WRITE("/1000/0/3/1", "pmin=1", LW_STATUS_NOT_FOUND),
        WRITE("/1000/0/9", "pmin=1", LW_STATUS_NOT_FOUND),
        WRITE("/1000/1", "pmin=1", LW_STATUS_NOT_FOUND),
        WRITE("/999", "pmin=1", LW_STATUS_NOT_FOUND),
        WRITE("/0/0", "pmin=1", LW_STATUS_UNAUTHORIZED),
};

START_TEST(takes_what_fits_the_node)
{
        FixtureAnswer answer = {};

        asked_run(fixture.tree, &rows[_i], &answer);
        ck_assert_uint_eq(told, rows[_i].status == LW_STATUS_CHANGED);
        fixture_answer_clear(&answer);
}
END_TEST

static void ask(const Asked *asked, size_t count)
{
        FixtureAnswer answer = {};

        for (size_t i = 0; i < count; i++)
                asked_run(fixture.tree, &asked[i], &answer);
        fixture_answer_clear(&answer);
}

static void check_links(uint16_t server, const char *path, const char *query, const char *links)
{
        LwRequest request = fixture_request(LW_OPERATION_DISCOVER, path);
        FixtureAnswer answer = {};

        request.version = LW_VERSION_1_2;
        request.server = server;
        request.query = &query;
        request.query_count = query ? 1 : 0;
        lw_dispatch(fixture.tree, &request, fixture_on_answer, &answer);
        ck_assert_str_eq(asked_text(&answer), links);
        fixture_answer_clear(&answer);
}

/* Source: OMA LwM2M Core 1.2, Discover, examples. */
START_TEST(discover_shows_what_is_inherited_at_the_target_alone)
{
        static const Asked writes[] = {
                WRITE("/1000", "pmin=10", LW_STATUS_CHANGED),
                WRITE("/1000/0", "pmax=60", LW_STATUS_CHANGED),
                WRITE("/1000/0/3", "gt=50&lt=42.2", LW_STATUS_CHANGED),
                WRITE("/1000/0/3/5", "lt=45", LW_STATUS_CHANGED),
        };

        ask(writes, G_N_ELEMENTS(writes));
        check_links(101, "/1000", NULL,
                        "</1000>;ver=2.1;pmin=10,</1000/0>;pmax=60,</1000/0/0>,</1000/0/1>,"
                        "</1000/0/2>,</1000/0/3>;dim=2;gt=50;lt=42.2,</1000/0/5>");
        check_links(101, "/1000/0", "depth=0", "</1000/0>;pmin=10;pmax=60");
        check_links(101, "/1000/0/3", NULL,
                        "</1000/0/3>;dim=2;pmin=10;pmax=60;gt=50;lt=42.2,</1000/0/3/0>,"
                        "</1000/0/3/5>;lt=45");
        check_links(102, "/1000/0/3", NULL, "</1000/0/3>;dim=2,</1000/0/3/0>,</1000/0/3/5>");
}
END_TEST

START_TEST(rules_hold_for_what_comes_of_it)
{
        static const Asked writes[] = {
                WRITE("/1000/0/1", "gt=5&pmin=1", LW_STATUS_CHANGED),
                WRITE("/1000/0/1", "lt=6&pmax=9", LW_STATUS_BAD_REQUEST),
                WRITE("/1000/0/1", "lt=6&gt", LW_STATUS_CHANGED),
        };

        ask(writes, 2);
        check_links(101, "/1000/0/1", NULL, "</1000/0/1>;pmin=1;gt=5");
        ask(writes + 2, 1);
        check_links(101, "/1000/0/1", NULL, "</1000/0/1>;pmin=1;lt=6");
}
END_TEST

START_TEST(what_cannot_be_kept_does_not_hold)
{
        static const Asked first[] = { WRITE("/1000/0/1", "pmin=1", LW_STATUS_CHANGED) };
        static const Asked second[] = { WRITE("/1000/0/1", "pmin=2", LW_STATUS_FAILED) };

        ask(first, 1);
        save_error = g_error_new(LW_ERROR, LW_STATUS_FAILED, "No space left on device");
        ask(second, 1);
        ck_assert_uint_eq(told, 1);
        check_links(101, "/1000/0/1", NULL, "</1000/0/1>;pmin=1");
}
END_TEST

TCase *test_op_attributes(void)
{
        TCase *tcase = tcase_create("op-attributes");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, takes_what_fits_the_node, 0, G_N_ELEMENTS(rows));
        tcase_add_test(tcase, discover_shows_what_is_inherited_at_the_target_alone);
        tcase_add_test(tcase, rules_hold_for_what_comes_of_it);
        tcase_add_test(tcase, what_cannot_be_kept_does_not_hold);
        return tcase;
}
