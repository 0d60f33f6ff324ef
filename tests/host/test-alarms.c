/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that the kernel tells of; urgent data of a connection stands for them, as it, too, is
 * EPOLLPRI. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/alarms.h"
#include "host/suite.h"
#include "lib/files.h"
#include "model/limits.h"

static LwDriver *driver;
static LwTestFiles files;
static LwAlarms *alarms;
static int first, second; /* keys */
static int here, there;   /* two ends */
static unsigned told[2];

static void on_told(void *user, void *key)
{
        ck_assert_ptr_eq(user, &told);
        told[key == &second]++;
}

static void connect_pair(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                .sin_addr = { htonl(INADDR_LOOPBACK) } };
        socklen_t length = sizeof(address);
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        ck_assert_int_eq(bind(listener, (struct sockaddr *) &address, sizeof(address)), 0);
        ck_assert_int_eq(listen(listener, 1), 0);
        ck_assert_int_eq(getsockname(listener, (struct sockaddr *) &address, &length), 0);
        there = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(connect(there, (struct sockaddr *) &address, sizeof(address)), 0);
        here = accept(listener, NULL, NULL);
        ck_assert_int_ge(here, 0);
        close(listener);
}

static void setup(void)
{
        driver = lw_driver_new();
        lw_test_files_make(&files);
        memset(told, 0, sizeof(told));
        connect_pair();
        alarms = lw_alarms_new(driver, files.fd, on_told, &told);
}

static void teardown(void)
{
        lw_alarms_free(alarms);
        close(there);
        lw_test_files_remove(&files);
        lw_driver_free(driver);
}

/* Turns the loop until it has nothing more to do for 50 ms. */
static void turn(void)
{
        while (sd_event_run(lw_driver_event(driver), 50 * LW_USEC_PER_MSEC) > 0)
                ;
}

static void ring(void)
{
        ck_assert_int_eq(send(there, "!", 1, MSG_OOB), 1);
        turn();
}

START_TEST(each_change_is_told_once_though_nobody_reads)
{
        ck_assert(lw_alarms_watch_fd(alarms, here, &first));
        turn();
        ck_assert_uint_eq(told[0], 0);
        ring();
        ck_assert_uint_eq(told[0], 1);
        turn();
        ck_assert_uint_eq(told[0], 1);
        ring();
        ck_assert_uint_eq(told[0], 2);
        ck_assert_uint_eq(told[1], 0);
}
END_TEST

START_TEST(what_was_dropped_is_not_told)
{
        ck_assert(lw_alarms_watch_fd(alarms, here, &first));
        lw_alarms_drop(alarms, &second);
        ck_assert_uint_eq(lw_alarms_count(alarms), 1);
        lw_alarms_drop(alarms, &first);
        ck_assert_uint_eq(lw_alarms_count(alarms), 0);
        /* the other end is gone: that is an error, and no more */
        ck_assert_int_lt(send(there, "!", 1, MSG_OOB | MSG_NOSIGNAL) +
                                         send(there, "!", 1, MSG_OOB | MSG_NOSIGNAL),
                        2);
        turn();
        ck_assert_uint_eq(told[0], 0);
}
END_TEST

START_TEST(files_of_which_the_kernel_tells_nothing_are_not_watched)
{
        close(here);
        lw_test_files_put(&files, "sys/class/hwmon/hwmon0/temp1_alarm", "0\n");
        ck_assert(!lw_alarms_watch(alarms, "sys/class/hwmon/hwmon0/temp1_alarm", &first));
        ck_assert(!lw_alarms_watch(alarms, "sys/class/hwmon/hwmon0/temp2_alarm", &first));
        ck_assert_uint_eq(lw_alarms_count(alarms), 0);
        turn();
}
END_TEST

/* /proc/self/mounts is such a file: polled, and changed by mounts. */
START_TEST(a_file_of_the_kernel_is_watched_by_its_path)
{
        close(here);
        lw_test_files_link(&files, "alarm", "/proc/self/mounts");
        ck_assert(lw_alarms_watch(alarms, "alarm", &second));
        ck_assert_uint_eq(lw_alarms_count(alarms), 1);
}
END_TEST

START_TEST(there_is_an_end_to_it)
{
        for (unsigned i = 0; i < LW_ALARMS_MAX; i++)
                ck_assert(lw_alarms_watch_fd(alarms, dup(here), &first));
        ck_assert(!lw_alarms_watch_fd(alarms, here, &first));
        ck_assert_int_lt(fcntl(here, F_GETFD), 0); /* taken all the same */
        ck_assert_uint_eq(lw_alarms_count(alarms), LW_ALARMS_MAX);
}
END_TEST

TCase *test_alarms(void)
{
        TCase *tcase = tcase_create("alarms");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, each_change_is_told_once_though_nobody_reads);
        tcase_add_test(tcase, what_was_dropped_is_not_told);
        tcase_add_test(tcase, files_of_which_the_kernel_tells_nothing_are_not_watched);
        tcase_add_test(tcase, a_file_of_the_kernel_is_watched_by_its_path);
        tcase_add_test(tcase, there_is_an_end_to_it);
        return tcase;
}
