/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of the host's addresses, in a network namespace of the test's own. */
#define _GNU_SOURCE 1 /* unshare */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/network.h"
#include "host/suite.h"

/* Gives the loopback device an address; a namespace of one's own does not touch the host. */
static void set_address(const char *text)
{
        struct ifreq request = { .ifr_name = "lo" };
        struct sockaddr_in address = { .sin_family = AF_INET };
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        ck_assert_int_eq(inet_pton(AF_INET, text, &address.sin_addr), 1);
        memcpy(&request.ifr_addr, &address, sizeof(address));
        ck_assert_int_eq(ioctl(fd, SIOCSIFADDR, &request), 0);
        close(fd);
}

static void count(void *user)
{
        unsigned *calls = user;

        (*calls)++;
}

static const LwNetworkEvents events = { .changed = count };

/* Turns the loop for so long. */
static void turn(LwDriver *driver, LwUsec usec)
{
        LwUsec end = lw_usec_add(lw_driver_now(driver).boot, usec), now;

        while ((now = lw_driver_now(driver).boot) < end)
                ck_assert_int_ge(sd_event_run(lw_driver_event(driver), end - now), 0);
}

START_TEST(what_changes_together_is_told_once)
{
        LwNetwork *network = NULL;
        unsigned calls = 0;
        LwDriver *driver;

        if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
                return; /* a kernel or a container that does not allow it */
        driver = lw_driver_new();
        set_address("192.0.2.1");
        ck_assert_int_eq(lw_network_new(driver, &events, &calls, &network), 0);
        turn(driver, 100 * LW_USEC_PER_MSEC);
        ck_assert_uint_eq(calls, 0); /* what is there is no change */
        set_address("192.0.2.2");
        set_address("192.0.2.3");
        turn(driver, 500 * LW_USEC_PER_MSEC);
        ck_assert_uint_eq(calls, 0); /* more may come */
        turn(driver, 1000 * LW_USEC_PER_MSEC);
        ck_assert_uint_eq(calls, 1);
        lw_network_free(network);
        lw_driver_free(driver);
}
END_TEST

TCase *test_network(void)
{
        TCase *tcase = tcase_create("network");

        tcase_add_test(tcase, what_changes_together_is_told_once);
        return tcase;
}
