/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What udev tells of devices, as the test tells it: messages of libudev on a socket, in namespaces
 * of the test's own. Source: struct monitor_netlink_header of systemd, which libudev reads, too. */
#define _GNU_SOURCE 1 /* unshare */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "host/devices.h"
#include "host/suite.h"

#define GROUP_UDEV 2
#define MAGIC 0xfeedcafe

typedef struct Header {
        char prefix[8];
        uint32_t magic, header_size, properties_offset, properties_length;
        uint32_t subsystem_hash, devtype_hash, tag_hi, tag_lo; /* by these the kernel filters */
} Header;

static LwDriver *driver;
static LwDevices *devices;
static int udev; /* -1: there are no namespaces here */
static char told[256];

static bool write_file(const char *path, const char *text)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t) strlen(text);

        if (fd >= 0)
                close(fd);
        return done;
}

/* Root of a network of our own, in which udev seems to run. */
static bool enter_namespaces(void)
{
        char users[64], groups[64];

        snprintf(users, sizeof(users), "0 %u 1\n", (unsigned) getuid());
        snprintf(groups, sizeof(groups), "0 %u 1\n", (unsigned) getgid());
        return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) == 0 &&
               write_file("/proc/self/setgroups", "deny") &&
               write_file("/proc/self/uid_map", users) &&
               write_file("/proc/self/gid_map", groups) &&
               mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount("none", "/run", "tmpfs", 0, NULL) == 0 && mkdir("/run/udev", 0700) == 0 &&
               write_file("/run/udev/control", "");
}

static void on_told(void *user, LwDeviceAction action, const char *subsystem, const char *sysname)
{
        size_t length = strlen(told);

        ck_assert_ptr_eq(user, &told);
        snprintf(told + length, sizeof(told) - length, "%c%s/%s ",
                        action == LW_DEVICE_ADDED     ? '+'
                        : action == LW_DEVICE_REMOVED ? '-'
                                                      : '~',
                        subsystem, sysname);
}

static void setup(void)
{
        udev = -1;
        if (!enter_namespaces())
                return; /* a kernel or a container that does not allow it */
        driver = lw_driver_new();
        ck_assert_int_eq(lw_devices_new(driver, on_told, &told, &devices), 0);
        udev = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
        ck_assert_int_ge(udev, 0);
}

static void teardown(void)
{
        if (udev < 0)
                return;
        close(udev);
        lw_devices_free(devices);
        lw_driver_free(driver);
}

/* MurmurHash2, as systemd has it for names of subsystems; by A. Appleby. */
static uint32_t hash(const char *text)
{
        const uint32_t m = 0x5bd1e995;
        size_t length = strlen(text);
        uint32_t h = (uint32_t) length;

        for (; length >= 4; text += 4, length -= 4) {
                uint32_t k;

                memcpy(&k, text, 4);
                k *= m;
                k ^= k >> 24;
                h = h * m ^ k * m;
        }
        for (size_t i = length; i-- > 0;)
                h ^= (uint32_t) (uint8_t) text[i] << 8 * i;
        if (length > 0)
                h *= m;
        h ^= h >> 13;
        h *= m;
        return h ^ h >> 15;
}

static size_t print_properties(char *text, size_t size, const char *action, const char *subsystem,
                const char *sysname)
{
        int length = snprintf(text, size,
                        "ACTION=%s\nDEVPATH=/devices/virtual/%s/%s\nSUBSYSTEM=%s\nSEQNUM=7\n",
                        action, subsystem, sysname, subsystem);

        for (int i = 0; i < length; i++)
                if (text[i] == '\n')
                        text[i] = '\0';
        return (size_t) length;
}

static void say(const char *action, const char *subsystem, const char *sysname)
{
        struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUP_UDEV };
        uint8_t message[sizeof(Header) + 256];
        Header header = { .prefix = "libudev",
                .magic = htonl(MAGIC),
                .header_size = sizeof(Header),
                .properties_offset = sizeof(Header),
                .subsystem_hash = htonl(hash(subsystem)) };
        size_t length = print_properties(
                        (char *) message + sizeof(Header), 256, action, subsystem, sysname);

        header.properties_length = (uint32_t) length;
        memcpy(message, &header, sizeof(header));
        ck_assert_int_eq(sendto(udev, message, sizeof(header) + length, 0,
                                         (struct sockaddr *) &address, sizeof(address)),
                        (ssize_t) (sizeof(header) + length));
}

/* Turns the loop until nothing comes for 50 ms. */
static void turn(void)
{
        while (sd_event_run(lw_driver_event(driver), 50 * LW_USEC_PER_MSEC) > 0)
                ;
}

START_TEST(devices_come_change_and_go)
{
        if (udev < 0)
                return;
        say("add", "hwmon", "hwmon7");
        say("change", "power_supply", "BAT0");
        say("remove", "iio", "iio:device3");
        say("change", "thermal", "thermal_zone0");
        turn();
        ck_assert_str_eq(told, "+hwmon/hwmon7 ~power_supply/BAT0 -iio/iio:device3 "
                               "~thermal/thermal_zone0 ");
}
END_TEST

/* bind, move and the like: look at it anew. */
START_TEST(what_else_happens_is_a_change)
{
        if (udev < 0)
                return;
        say("bind", "iio", "iio:device0");
        say("move", "hwmon", "hwmon0");
        turn();
        ck_assert_str_eq(told, "~iio/iio:device0 ~hwmon/hwmon0 ");
}
END_TEST

/* The kernel drops it: the loop has nothing to do. */
START_TEST(nobody_else_s_device_wakes_us)
{
        if (udev < 0)
                return;
        while (sd_event_run(lw_driver_event(driver), 0) > 0)
                ;
        say("add", "net", "eth0");
        say("change", "block", "sda");
        ck_assert_int_eq(sd_event_run(lw_driver_event(driver), 50 * LW_USEC_PER_MSEC), 0);
        ck_assert_str_eq(told, "");
        say("add", "hwmon", "hwmon1");
        turn();
        ck_assert_str_eq(told, "+hwmon/hwmon1 ");
}
END_TEST

START_TEST(what_is_no_message_of_udev_is_passed_over)
{
        static const char lines[][64] = { "", "libudev", "add@/devices/virtual/hwmon/hwmon1",
                "libudev\0\xfe\xed\xca\xfe" };
        struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUP_UDEV };

        if (udev < 0)
                return;
        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
                ck_assert_int_ge(sendto(udev, lines[i], sizeof(lines[i]), 0,
                                                 (struct sockaddr *) &address, sizeof(address)),
                                0);
        say("add", "hwmon", "hwmon1");
        turn();
        ck_assert_str_eq(told, "+hwmon/hwmon1 ");
}
END_TEST

TCase *test_devices(void)
{
        TCase *tcase = tcase_create("devices");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, devices_come_change_and_go);
        tcase_add_test(tcase, what_else_happens_is_a_change);
        tcase_add_test(tcase, nobody_else_s_device_wakes_us);
        tcase_add_test(tcase, what_is_no_message_of_udev_is_passed_over);
        return tcase;
}
