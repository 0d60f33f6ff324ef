/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 7: Start, Stop, the period, and what survives. */
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/files.h"
#include "providers/builtin/statistics.h"
#include "providers/fake-network.h"
#include "providers/suite.h"
#include "providers/world.h"

static LwWorld world;
static LwTestFiles files;
static LwWorker *worker;
static LwState *state;
static LwSurveyor *surveyor;
static LwSurvey survey;
static LwStatisticsObject *object;

/* What the one link carried until now. */
static void carry(uint64_t rx_bytes, uint64_t tx_bytes, uint64_t rx_packets, uint64_t tx_packets)
{
        LwTestNetlink told = {};

        lw_test_netlink_link(&told, RTM_NEWLINK,
                        &(LwTestLink){ 2, "wwan0", NULL, ARPHRD_NONE, IFF_UP | IFF_LOWER_UP, 0, 0,
                                        rx_bytes, tx_bytes, rx_packets, tx_packets });
        lw_links_take(survey.links, told.data, told.length);
}

static void start_agent(const char *boot)
{
        LwStatisticsParts parts = { .boot = boot };

        lw_world_make(&world);
        worker = lw_worker_new(world.driver);
        state = lw_state_new(files.path, worker, NULL);
        surveyor = lw_fake_surveyor_new();
        lw_fake_survey_set(surveyor, &survey);
        parts.tree = world.tree;
        parts.driver = world.driver;
        parts.surveyor = surveyor;
        parts.state = state;
        object = lw_statistics_object_new(&parts);
        ck_assert(lw_statistics_object_add(object, NULL));
}

static void end_agent(void)
{
        lw_statistics_object_flush(object);
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        lw_statistics_object_free(object);
        lw_surveyor_free(surveyor);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_world_clear(&world);
}

static void setup(void)
{
        lw_test_files_make(&files);
        survey = (LwSurvey){ .begun = 1, .taken = 1, .links = lw_links_new() };
        start_agent("boot-1");
}

static void teardown(void)
{
        end_agent();
        lw_links_free(survey.links);
        lw_test_files_remove(&files);
}

static void do_and_expect(LwOperation operation, const char *path, const char *text,
                LwStatus status, const char *expected)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, operation, path, text, &answer);
        if (answer.status == 0)
                lw_fake_survey_answer(surveyor);
        ck_assert_int_eq(answer.status, status);
        if (expected != NULL)
                ck_assert_str_eq(answer.text, expected);
}

static void expect(const char *text)
{
        do_and_expect(LW_OPERATION_READ, "/7/0", NULL, LW_STATUS_CONTENT, text);
}

static void execute(const char *path)
{
        do_and_expect(LW_OPERATION_EXECUTE, path, NULL, LW_STATUS_CHANGED, NULL);
}

START_TEST(nothing_is_counted_before_the_start)
{
        carry(1000000, 1000000, 1000, 1000);
        expect("/7/0/2=0 /7/0/3=0 /7/0/5=0 /7/0/8=0");
        ck_assert_uint_eq(lw_fake_survey_waiting(surveyor), 0); /* nobody looked */
        lw_world_expect(&world, LW_OPERATION_READ, "/7/0/0", NULL, LW_STATUS_NOT_FOUND, NULL);
        lw_world_expect(&world, LW_OPERATION_READ, "/7/0/4", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

START_TEST(start_counts_from_0_and_stop_keeps)
{
        carry(1000000, 2000000, 1000, 1000);
        execute("/7/0/6");
        carry(1500000, 2099999, 1600, 1400);
        expect("/7/0/2=99 /7/0/3=500 /7/0/5=599 /7/0/8=0");
        execute("/7/0/7");
        carry(9500000, 9099999, 9600, 9400);
        expect("/7/0/2=99 /7/0/3=500 /7/0/5=599 /7/0/8=0");
        execute("/7/0/6");
        expect("/7/0/2=0 /7/0/3=0 /7/0/5=0 /7/0/8=0");
}
END_TEST

START_TEST(a_kernel_that_does_not_answer)
{
        LwSurvey silence = { .taken = 1 };

        lw_fake_survey_set(surveyor, &silence);
        do_and_expect(LW_OPERATION_EXECUTE, "/7/0/6", NULL, LW_STATUS_UNAVAILABLE,
                        "the kernel does not tell what the network links carried");
        lw_fake_survey_set(surveyor, &survey);
}
END_TEST

static const struct {
        const char *value;
        LwStatus status;
} periods[] = {
        { "/7/0/8=60", LW_STATUS_CHANGED },
        { "/7/0/8=0", LW_STATUS_CHANGED },
        { "/7/0/8=-1", LW_STATUS_BAD_REQUEST },
        { "/7/0/8=4294967296", LW_STATUS_BAD_REQUEST },
};

START_TEST(the_period_is_0_or_more_seconds)
{
        do_and_expect(LW_OPERATION_WRITE, "/7/0/8", periods[_i].value, periods[_i].status, NULL);
        if (periods[_i].status == LW_STATUS_CHANGED)
                do_and_expect(LW_OPERATION_READ, "/7/0/8", NULL, LW_STATUS_CONTENT,
                                periods[_i].value);
}
END_TEST

static void turn_until_asked(void)
{
        LwUsec begin = lw_driver_now(world.driver).boot;

        while (lw_fake_survey_waiting(surveyor) == 0) {
                ck_assert_int_ge(sd_event_run(lw_driver_event(world.driver), LW_USEC_PER_SEC), 0);
                ck_assert(lw_driver_now(world.driver).boot - begin < 10 * LW_USEC_PER_SEC);
        }
}

START_TEST(a_collection_ends_by_itself)
{
        do_and_expect(LW_OPERATION_WRITE, "/7/0/8", "/7/0/8=1", LW_STATUS_CHANGED, NULL);
        execute("/7/0/6");
        carry(5000, 0, 5, 0);
        turn_until_asked();
        lw_fake_survey_answer(surveyor);
        carry(9000, 0, 9, 0);
        expect("/7/0/2=0 /7/0/3=5 /7/0/5=1000 /7/0/8=1");
}
END_TEST

START_TEST(a_restart_loses_nothing)
{
        carry(1000, 0, 1, 0);
        do_and_expect(LW_OPERATION_WRITE, "/7/0/8", "/7/0/8=3600", LW_STATUS_CHANGED, NULL);
        execute("/7/0/6");
        carry(3000, 0, 3, 0);
        end_agent();
        carry(6000, 0, 6, 0); /* while it was away */
        start_agent("boot-1");
        expect("/7/0/2=0 /7/0/3=5 /7/0/5=1000 /7/0/8=3600");
        execute("/7/0/7");
        end_agent();
        start_agent("boot-1");
        carry(60000, 0, 60, 0);
        expect("/7/0/2=0 /7/0/3=5 /7/0/5=1000 /7/0/8=3600");
}
END_TEST

START_TEST(short_messages_are_counted_where_a_modem_tells)
{
        g_autoptr(GPtrArray) modems = g_ptr_array_new();
        g_autoptr(LwModem) modem = lw_modem_new("/m/0");

        modem->has_messages = true;
        modem->sms_received = 7;
        g_ptr_array_add(modems, modem);
        lw_statistics_object_modems(object, modems);
        execute("/7/0/6");
        expect("/7/0/0=0 /7/0/1=0 /7/0/2=0 /7/0/3=0 /7/0/5=0 /7/0/8=0");
        modem->sms_received = 9;
        modem->sms_sent = 1;
        lw_statistics_object_modems(object, modems);
        expect("/7/0/0=1 /7/0/1=2 /7/0/2=0 /7/0/3=0 /7/0/5=0 /7/0/8=0");
        g_ptr_array_set_size(modems, 0); /* it is pulled out */
        lw_statistics_object_modems(object, modems);
        expect("/7/0/2=0 /7/0/3=0 /7/0/5=0 /7/0/8=0");
}
END_TEST

/* The kernel tells of the end while a survey is under way that still has the link. */
START_TEST(a_link_that_goes_is_counted_once)
{
        g_autoptr(LwLinks) links = lw_links_new();
        LwTestLink link = { 2, "wwan0", NULL, ARPHRD_NONE, IFF_UP | IFF_LOWER_UP, 0, 0, 5000, 0, 5,
                0 };
        LwTestNetlink told = {};

        carry(1000, 0, 1, 0);
        execute("/7/0/6");
        carry(5000, 0, 5, 0);
        lw_test_netlink_link(&told, RTM_NEWLINK, &link);
        lw_test_netlink_link(&told, RTM_DELLINK, &link);
        lw_links_take(links, told.data, told.length);
        lw_statistics_object_gone(object, links);
        expect("/7/0/2=0 /7/0/3=4 /7/0/5=1000 /7/0/8=0");
}
END_TEST

START_TEST(waiting_calls_are_answered_at_the_end)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, LW_OPERATION_EXECUTE, "/7/0/6", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        lw_statistics_object_free(object);
        object = NULL;
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        lw_surveyor_free(surveyor);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_world_clear(&world);
        start_agent("boot-1");
}
END_TEST

TCase *test_statistics(void)
{
        TCase *tcase = tcase_create("statistics");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, nothing_is_counted_before_the_start);
        tcase_add_test(tcase, start_counts_from_0_and_stop_keeps);
        tcase_add_test(tcase, a_kernel_that_does_not_answer);
        tcase_add_loop_test(tcase, the_period_is_0_or_more_seconds, 0, G_N_ELEMENTS(periods));
        tcase_add_test(tcase, a_collection_ends_by_itself);
        tcase_add_test(tcase, a_restart_loses_nothing);
        tcase_add_test(tcase, short_messages_are_counted_where_a_modem_tells);
        tcase_add_test(tcase, a_link_that_goes_is_counted_once);
        tcase_add_test(tcase, waiting_calls_are_answered_at_the_end);
        return tcase;
}
