/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 20: Start and Stop over a journal that the test plays: linked instead of ours. */
#include <errno.h>
#include <string.h>

#include "lib/files.h"
#include "model/limits.h"
#include "providers/builtin/event-log.h"
#include "providers/suite.h"
#include "providers/world.h"

/* --- the journal: what it says, and what it was asked for --- */

static int outcome;
static const char *content;
static LwJournalSpan asked[LW_EVENT_LOG_SPANS_MAX];
static size_t asked_count;
static unsigned asked_priority, asked_units;

int lw_journal_probe(const char *directory)
{
        (void) directory;
        return outcome;
}

int lw_journal_read(const char *directory, const LwJournalFilter *filter,
                const LwJournalSpan *spans, size_t count, size_t limit, LwJournalText *ret_text)
{
        (void) directory;
        ck_assert_uint_eq(limit, LW_EVENT_LOG_MAX);
        asked_priority = filter->priority;
        asked_units = filter->units == NULL ? 0 : g_strv_length(filter->units);
        asked_count = count;
        memcpy(asked, spans, count * sizeof(*spans));
        if (outcome < 0)
                return outcome;
        ret_text->lines = g_byte_array_new();
        if (count > 0)
                g_byte_array_append(ret_text->lines, (const uint8_t *) content,
                                (guint) strlen(content));
        ret_text->last_usec = (int64_t) strlen(content);
        return 0;
}

void lw_journal_text_clear(LwJournalText *self)
{
        g_clear_pointer(&self->lines, g_byte_array_unref);
}

/* --- the object --- */

static LwWorld world;
static LwTestFiles files;
static LwWorker *worker;
static LwState *state;
static LwEventLogObject *object;

static void start_agent(void)
{
        static char first[] = "a.service", second[] = "b.service";
        char *units[] = { first, second, NULL };
        LwEventLogParts parts = { .filter = { 4, units } };

        lw_world_make(&world);
        worker = lw_worker_new(world.driver);
        state = lw_state_new(files.path, worker, NULL);
        parts.tree = world.tree;
        parts.driver = world.driver;
        parts.worker = worker;
        parts.state = state;
        object = lw_event_log_object_new(&parts);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
}

static void end_agent(void)
{
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        lw_event_log_object_free(object);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_world_clear(&world);
}

static void setup(void)
{
        outcome = 0;
        content = "one line\n";
        lw_test_files_make(&files);
        start_agent();
}

static void teardown(void)
{
        end_agent();
        lw_test_files_remove(&files);
}

static void expect(LwOperation operation, const char *path, const char *text, LwStatus status,
                const char *expected)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, operation, path, text, &answer);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_int_eq(answer.status, status);
        if (expected != NULL)
                ck_assert_str_eq(answer.text, expected);
}

static void read_back(const char *path, const char *expected)
{
        expect(LW_OPERATION_READ, path, NULL, LW_STATUS_CONTENT, expected);
}

static void execute(const char *path, const char *arguments)
{
        expect(LW_OPERATION_EXECUTE, path, arguments, LW_STATUS_CHANGED, NULL);
}

START_TEST(it_collects_from_the_first_run_on)
{
        read_back("/20/0", "/20/0/4010=1 /20/0/4013=2 /20/0/4014=b25lIGxpbmUK /20/0/4015=0");
        ck_assert_uint_eq(asked_priority, 4);
        ck_assert_uint_eq(asked_units, 2);
        ck_assert_uint_eq(asked_count, 1);
        ck_assert_int_gt(asked[0].from_usec, 0);
        ck_assert_int_eq(asked[0].to_usec, INT64_MAX);
}
END_TEST

START_TEST(start_and_stop_by_their_arguments)
{
        execute("/20/0/4012", NULL); /* what was collected stays */
        read_back("/20/0/4013", "/20/0/4013=3");
        ck_assert_uint_eq(asked_count, 1);
        ck_assert_int_lt(asked[0].to_usec, INT64_MAX);
        execute("/20/0/4011", "0='1'"); /* and goes on */
        read_back("/20/0/4013", "/20/0/4013=2");
        ck_assert_uint_eq(asked_count, 2);
        execute("/20/0/4011", "0='1'"); /* it runs already */
        execute("/20/0/4011", "0='0'"); /* from now on alone */
        read_back("/20/0/4013", "/20/0/4013=2");
        ck_assert_uint_eq(asked_count, 1);
        execute("/20/0/4012", "0='1'"); /* nothing is left */
        read_back("/20/0/4013", "/20/0/4013=1");
        read_back("/20/0/4014", "/20/0/4014=");
        ck_assert_uint_eq(asked_count, 0);
        expect(LW_OPERATION_EXECUTE, "/20/0/4011", "0='2'", LW_STATUS_BAD_REQUEST,
                        "argument 0 must be 0 or 1");
}
END_TEST

START_TEST(a_log_that_is_extended_again_and_again_is_bounded)
{
        for (unsigned i = 0; i < 2 * LW_EVENT_LOG_SPANS_MAX; i++) {
                execute("/20/0/4012", NULL);
                execute("/20/0/4011", "0='1'");
        }
        read_back("/20/0/4013", "/20/0/4013=2");
        ck_assert_uint_eq(asked_count, LW_EVENT_LOG_SPANS_MAX);
        ck_assert_int_eq(asked[LW_EVENT_LOG_SPANS_MAX - 1].to_usec, INT64_MAX);
}
END_TEST

START_TEST(class_and_format)
{
        expect(LW_OPERATION_WRITE, "/20/0/4010", "/20/0/4010=2", LW_STATUS_CHANGED, NULL);
        read_back("/20/0/4010", "/20/0/4010=2");
        expect(LW_OPERATION_WRITE, "/20/0/4010", "/20/0/4010=256", LW_STATUS_BAD_REQUEST, NULL);
        expect(LW_OPERATION_WRITE, "/20/0/4015", "/20/0/4015=0", LW_STATUS_CHANGED, NULL);
        expect(LW_OPERATION_WRITE, "/20/0/4015", "/20/0/4015=2", LW_STATUS_BAD_REQUEST,
                        "the log is written as lines of text; the data format must be 0");
}
END_TEST

START_TEST(a_restart_forgets_nothing)
{
        LwJournalSpan before;

        expect(LW_OPERATION_WRITE, "/20/0/4010", "/20/0/4010=2", LW_STATUS_CHANGED, NULL);
        execute("/20/0/4012", NULL);
        read_back("/20/0/4013", "/20/0/4013=3");
        before = asked[0];
        end_agent();
        start_agent();
        read_back("/20/0", "/20/0/4010=2 /20/0/4013=3 /20/0/4014=b25lIGxpbmUK /20/0/4015=0");
        ck_assert_mem_eq(&asked[0], &before, sizeof(before));
}
END_TEST

START_TEST(a_journal_that_fails_is_a_bit_of_the_status)
{
        outcome = -EIO;
        read_back("/20/0/4013", "/20/0/4013=4");
        outcome = 0;
        read_back("/20/0/4013", "/20/0/4013=2");
}
END_TEST

START_TEST(a_journal_that_is_closed_is_no_object)
{
        end_agent();
        outcome = -EACCES;
        start_agent();
        ck_assert_ptr_null(lw_tree_object(world.tree, 20));
}
END_TEST

START_TEST(reads_that_wait_are_answered_at_the_end)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, LW_OPERATION_READ, "/20/0/4014", NULL, &answer);
        lw_event_log_object_free(object);
        object = NULL;
        ck_assert_int_ne(answer.status, 0);
}
END_TEST

TCase *test_event_log(void)
{
        TCase *tcase = tcase_create("event-log");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, it_collects_from_the_first_run_on);
        tcase_add_test(tcase, start_and_stop_by_their_arguments);
        tcase_add_test(tcase, a_log_that_is_extended_again_and_again_is_bounded);
        tcase_add_test(tcase, class_and_format);
        tcase_add_test(tcase, a_restart_forgets_nothing);
        tcase_add_test(tcase, a_journal_that_fails_is_a_bit_of_the_status);
        tcase_add_test(tcase, a_journal_that_is_closed_is_no_object);
        tcase_add_test(tcase, reads_that_wait_are_answered_at_the_end);
        return tcase;
}
