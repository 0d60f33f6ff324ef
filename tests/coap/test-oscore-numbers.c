/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sequence numbers: none twice, whatever happens in between. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>
#include <glib.h>

#include "coap/oscore-numbers.h"
#include "lib/files.h"
#include "model/status.h"

TCase *test_oscore_numbers(void);

static LwTestFiles files;
static LwDriver *driver;
static LwWorker *worker;
static LwState *state;
static LwOscoreNumbers *numbers;
static unsigned answers;
static uint64_t answered;
static char reason[256];

static void begin(void)
{
        driver = lw_driver_new();
        worker = lw_worker_new(driver);
        state = lw_state_new(files.path, worker, NULL);
        numbers = lw_oscore_numbers_new(state);
}

static void end(void)
{
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        lw_oscore_numbers_free(numbers);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_driver_free(driver);
}

static void setup(void)
{
        lw_test_files_make(&files);
        answers = 0;
        begin();
}

static void teardown(void)
{
        end();
        lw_test_files_remove(&files);
}

static void on_reserved(void *user G_GNUC_UNUSED, uint64_t first, const GError *error)
{
        answers++;
        answered = first;
        g_strlcpy(reason, error == NULL ? "" : error->message, sizeof(reason));
}

static LwOscore context(uint8_t letter)
{
        LwOscore oscore = {
                .secret = { 16, { letter } }, .sender = { 1, { 1 } }, .recipient = { 1, { 2 } }
        };

        return oscore;
}

/* The first number of a range that is on the disk. */
static uint64_t reserve(uint8_t letter)
{
        LwOscore oscore = context(letter);
        unsigned before = answers;

        lw_oscore_numbers_reserve(numbers, &oscore, on_reserved, NULL);
        ck_assert_uint_eq(answers, before); /* not before it is written */
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(answers, before + 1);
        ck_assert_str_eq(reason, "");
        return answered;
}

START_TEST(each_range_follows_the_one_before)
{
        uint64_t first = reserve('a');

        ck_assert_uint_eq(reserve('a'), first + LW_OSCORE_RANGE);
        ck_assert_uint_eq(reserve('a'), first + 2 * LW_OSCORE_RANGE);
        end();
        begin();
        ck_assert_uint_eq(reserve('a'), first + 3 * LW_OSCORE_RANGE);
}
END_TEST

START_TEST(contexts_count_for_themselves)
{
        uint64_t first = reserve('a');

        reserve('b');
        ck_assert_uint_eq(reserve('a'), first + LW_OSCORE_RANGE);
}
END_TEST

/* Nobody knows what was sent before: the clock has gone on since then. */
START_TEST(a_lost_document_does_not_begin_at_zero)
{
        g_autofree char *path = g_build_filename(files.path, "oscore", NULL);

        ck_assert_uint_gt(reserve('a'), LW_OSCORE_RANGE);
        end();
        ck_assert(g_file_set_contents(path, "lwm2md oscore 1\nnothing of the kind", -1, NULL));
        begin();
        ck_assert_uint_gt(reserve('a'), LW_OSCORE_RANGE);
}
END_TEST

START_TEST(there_is_an_end)
{
        g_autofree char *path = g_build_filename(files.path, "oscore", NULL);
        g_autofree char *text = NULL;
        LwOscore oscore = context('a');
        char digest[LW_OSCORE_DIGEST_LENGTH];

        end();
        lw_oscore_digest(&oscore, digest);
        text = g_strdup_printf("lwm2md oscore 1\n[Numbers]\n%s=1099511627000\n", digest);
        ck_assert(g_file_set_contents(path, text, -1, NULL));
        begin();
        lw_oscore_numbers_reserve(numbers, &oscore, on_reserved, NULL);
        ck_assert_uint_eq(answers, 1);
        ck_assert_ptr_nonnull(strstr(reason, "needs a new Master Secret"));
}
END_TEST

START_TEST(what_cannot_be_written_is_not_handed_out)
{
        LwOscore oscore = context('a');

        rmdir(files.path);
        lw_oscore_numbers_reserve(numbers, &oscore, on_reserved, NULL);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(answers, 1);
        ck_assert_str_ne(reason, "");
        ck_assert_int_eq(mkdir(files.path, 0700), 0);
}
END_TEST

START_TEST(who_has_gone_is_not_told)
{
        LwOscore oscore = context('a');

        lw_oscore_numbers_reserve(numbers, &oscore, on_reserved, &oscore);
        lw_oscore_numbers_forget(numbers, &oscore);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(answers, 0);
}
END_TEST

TCase *test_oscore_numbers(void)
{
        TCase *tcase = tcase_create("oscore-numbers");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, each_range_follows_the_one_before);
        tcase_add_test(tcase, contexts_count_for_themselves);
        tcase_add_test(tcase, a_lost_document_does_not_begin_at_zero);
        tcase_add_test(tcase, there_is_an_end);
        tcase_add_test(tcase, what_cannot_be_written_is_not_handed_out);
        tcase_add_test(tcase, who_has_gone_is_not_told);
        return tcase;
}
