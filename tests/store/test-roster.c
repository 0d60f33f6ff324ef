/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers that were added and removed, over restarts and on full disks. */
#include <string.h>
#include <unistd.h>

#include "io/state.h"
#include "lib/files.h"
#include "store/roster.h"
#include "store/suite.h"

static LwTestFiles files;
static LwDriver *driver;
static LwWorker *worker;
static LwState *state;
static LwRoster *roster;
static unsigned done, failed;

static void begin(void)
{
        driver = lw_driver_new();
        worker = lw_worker_new(driver);
        state = lw_state_new(files.path, worker, NULL);
        ck_assert_ptr_nonnull(state);
        roster = lw_roster_new(state);
}

static void settle(void)
{
        while (lw_state_busy(state))
                ck_assert_int_ge(sd_event_run(lw_driver_event(driver), UINT64_MAX), 0);
}

static void end(void)
{
        settle();
        lw_roster_free(roster);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_driver_free(driver);
}

static void setup(void)
{
        done = failed = 0;
        lw_test_files_make(&files);
        begin();
}

static void teardown(void)
{
        end();
        lw_test_files_remove(&files);
}

static void on_done(void *user G_GNUC_UNUSED, const GError *error)
{
        done++;
        failed += error != NULL;
}

static void add(const char *name, const char *uri)
{
        const char *const pairs[] = { "Uri", uri, "ShortServerId", "102", NULL };

        lw_roster_add(roster, name, pairs, on_done, NULL);
}

static void print_key(void *data, const char *key, const char *value)
{
        g_string_append_printf(data, "%s=%s ", key, value);
}

static void check_added(const char *name, const char *expected)
{
        g_autoptr(GString) text = g_string_new(NULL);

        lw_roster_each(roster, name, print_key, text);
        ck_assert_str_eq(text->str, expected);
}

START_TEST(what_was_added_is_there_again)
{
        g_auto(GStrv) names = NULL;

        add("two words", "coap://a#b;c=\\d");
        ck_assert(lw_roster_has(roster, "two words"));
        end();
        begin();
        names = lw_roster_added(roster);
        ck_assert_uint_eq(g_strv_length(names), 1);
        ck_assert_str_eq(names[0], "two words");
        check_added("two words", "Uri=coap://a#b;c=\\d ShortServerId=102 ");
        ck_assert_uint_eq(done, 1);
        ck_assert_uint_eq(failed, 0);
}
END_TEST

START_TEST(what_was_dropped_is_not)
{
        add("one", "coap://x");
        lw_roster_drop(roster, "one", on_done, NULL);
        end();
        begin();
        ck_assert(!lw_roster_has(roster, "one"));
        check_added("one", "");
}
END_TEST

START_TEST(a_tombstone_lasts_until_it_is_raised)
{
        g_autofree char *hash = NULL;
        g_auto(GStrv) names = NULL;

        lw_roster_bury(roster, "one", "cafe", on_done, NULL);
        end();
        begin();
        hash = lw_roster_tombstone(roster, "one");
        ck_assert_pstr_eq(hash, "cafe");
        names = lw_roster_buried(roster);
        ck_assert_uint_eq(g_strv_length(names), 1);
        ck_assert(!lw_roster_has(roster, "one"));
        lw_roster_raise(roster, "one");
        lw_roster_save(roster);
        end();
        begin();
        ck_assert_ptr_null(lw_roster_tombstone(roster, "one"));
}
END_TEST

START_TEST(nothing_new_is_not_saved)
{
        lw_roster_raise(roster, "none");
        lw_roster_save(roster);
        ck_assert(!lw_state_busy(state));
}
END_TEST

/* The directory is gone: nothing can be saved, and nothing is as if it were. */
START_TEST(what_cannot_be_saved_is_taken_back)
{

        add("one", "coap://x");
        settle();
        lw_test_files_remove(&files);
        add("two", "coap://y");
        settle();
        ck_assert_uint_eq(failed, 1);
        ck_assert(!lw_roster_has(roster, "two"));
        lw_roster_drop(roster, "one", on_done, NULL);
        settle();
        check_added("one", "Uri=coap://x ShortServerId=102 ");
        lw_roster_bury(roster, "three", "cafe", on_done, NULL);
        settle();
        ck_assert_ptr_null(lw_roster_tombstone(roster, "three"));
        ck_assert_uint_eq(failed, 3);
        lw_test_files_make(&files);
}
END_TEST

START_TEST(a_damaged_document_is_none)
{
        end();
        lw_test_files_put(&files, "servers", "lwm2md servers 1\nno key file\n");
        begin();
        g_auto(GStrv) names = lw_roster_added(roster);

        ck_assert_uint_eq(g_strv_length(names), 0);
}
END_TEST

TCase *test_roster(void)
{
        TCase *tcase = tcase_create("roster");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_was_added_is_there_again);
        tcase_add_test(tcase, what_was_dropped_is_not);
        tcase_add_test(tcase, a_tombstone_lasts_until_it_is_raised);
        tcase_add_test(tcase, nothing_new_is_not_saved);
        tcase_add_test(tcase, what_cannot_be_saved_is_taken_back);
        tcase_add_test(tcase, a_damaged_document_is_none);
        return tcase;
}
