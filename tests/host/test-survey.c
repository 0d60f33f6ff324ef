/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surveys of the machine that the test runs on: all have a loopback. */
#include <fcntl.h>
#include <unistd.h>

#include "host/suite.h"
#include "host/survey.h"
#include "lib/files.h"

static unsigned told;
static bool has_loopback;

static void on_survey(void *user, const LwSurvey *survey)
{
        const LwLink *link = survey->links == NULL ? NULL : lw_links_find(survey->links, 1);

        (void) user;
        told++;
        has_loopback = link != NULL && link->is_loopback && link->has_counters &&
                       lw_survey_wlan(survey, 1) == NULL && lw_survey_speed_kbit(survey, 1) == 0;
}

START_TEST(who_asks_together_is_told_together)
{
        LwDriver *driver = lw_driver_new();
        LwWorker *worker = lw_worker_new(driver);
        LwTestFiles files;
        LwSurveyor *surveyor;

        lw_test_files_make(&files);
        surveyor = lw_surveyor_new(worker, files.fd);
        lw_surveyor_ask(surveyor, LW_USEC_PER_SEC, on_survey, &told);
        lw_surveyor_ask(surveyor, LW_USEC_PER_SEC, on_survey, &told);
        lw_surveyor_ask(surveyor, LW_USEC_PER_SEC, on_survey, &files);
        lw_surveyor_forget(surveyor, &files);
        ck_assert_uint_eq(told, 0);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(told, 2);
        ck_assert(has_loopback);
        lw_surveyor_ask(surveyor, 60 * LW_USEC_PER_SEC, on_survey,
                        &told); /* what is there will do */
        ck_assert_uint_eq(told, 3);
        lw_surveyor_ask(surveyor, 60 * LW_USEC_PER_SEC, on_survey, &told);
        lw_surveyor_free(surveyor);
        lw_worker_free(worker);
        lw_driver_free(driver);
        lw_test_files_remove(&files);
}
END_TEST

START_TEST(a_surveyor_may_go_before_its_survey)
{
        LwDriver *driver = lw_driver_new();
        LwWorker *worker = lw_worker_new(driver);
        LwSurveyor *surveyor = lw_surveyor_new(worker, AT_FDCWD);

        lw_surveyor_ask(surveyor, 0, on_survey, NULL);
        lw_surveyor_free(surveyor);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(told, 0);
        lw_worker_free(worker);
        lw_driver_free(driver);
}
END_TEST

TCase *test_survey(void)
{
        TCase *tcase = tcase_create("survey");

        tcase_add_test(tcase, who_asks_together_is_told_together);
        tcase_add_test(tcase, a_surveyor_may_go_before_its_survey);
        return tcase;
}
