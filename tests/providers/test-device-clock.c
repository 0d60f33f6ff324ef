/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time and zone of object 3, written through timedated. */
#include <string.h>

#include "lib/files.h"
#include "providers/builtin/device.h"
#include "providers/fake-bus.h"
#include "providers/suite.h"
#include "providers/world.h"

static LwWorld world;
static LwTestFiles files;
static LwDeviceObject *device;
static LwBus *bus;

static void setup(void)
{
        LwDeviceSources sources;

        lw_world_make(&world);
        lw_test_files_make(&files);
        lw_test_files_put(&files, "etc/timezone", "Europe/Berlin\n");
        /* two hours east, without rule: as small as RFC 8536 has it */
        lw_test_files_put_bytes(&files, "usr/share/zoneinfo/Test/Two",
                        "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                        "\0\0\0\1\0\0\0\4"
                        "\0\0\x1c\x20\0\0"
                        "TWO",
                        44 + 6 + 4);
        bus = lw_fake_bus_new();
        sources = (LwDeviceSources){ .tree = world.tree,
                .worker = world.worker,
                .root_fd = files.fd,
                .sample_usec = LW_USEC_PER_SEC };
        device = lw_device_object_new(&sources);
        ck_assert(lw_device_object_add(device, NULL));
        lw_device_object_use_bus(device, bus);
        lw_fake_bus_connect(bus, true);
}

static void teardown(void)
{
        lw_fake_bus_free(bus);
        lw_device_object_free(device);
        lw_test_files_remove(&files);
        lw_world_clear(&world);
}

/* What is written to /3/0, and what timedated is asked for. */
static const struct {
        const char *values;
        LwStatus status;
        const char *settings;
} writes[] = {
        { "/3/0/13=1700000000", LW_STATUS_CHANGED, "time 1700000000000000" },
        { "/3/0/13=-1", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/13=9999999999999", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/15=Asia/Kathmandu", LW_STATUS_CHANGED, "zone Asia/Kathmandu" },
        { "/3/0/15=Etc/GMT+5", LW_STATUS_CHANGED, "zone Etc/GMT+5" },
        { "/3/0/15=", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/15=/etc/passwd", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/15=../../etc/passwd", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/15=Europe;Berlin", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+02:00", LW_STATUS_CHANGED, "zone Etc/GMT-2" },
        { "/3/0/14=+0200", LW_STATUS_CHANGED, "zone Etc/GMT-2" },
        { "/3/0/14=-05", LW_STATUS_CHANGED, "zone Etc/GMT+5" },
        { "/3/0/14=Z", LW_STATUS_CHANGED, "zone Etc/UTC" },
        { "/3/0/14=+00:00", LW_STATUS_CHANGED, "zone Etc/UTC" },
        { "/3/0/14=+14:00", LW_STATUS_CHANGED, "zone Etc/GMT-14" },
        { "/3/0/14=+15:00", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=-13:00", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+05:45", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+02:60", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=2", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+2", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+02:", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=+02:00x", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/14=", LW_STATUS_BAD_REQUEST, "" },
        /* beside a zone the offset is only looked at */
        { "/3/0/14=+05:45 /3/0/15=Asia/Kathmandu", LW_STATUS_CHANGED, "zone Asia/Kathmandu" },
        { "/3/0/14=+02:00 /3/0/15=Test/Two", LW_STATUS_CHANGED, "zone Test/Two" },
        { "/3/0/14=+03:00 /3/0/15=Test/Two", LW_STATUS_BAD_REQUEST, "" },
        { "/3/0/13=1700000000 /3/0/15=Test/Two", LW_STATUS_CHANGED,
                        "zone Test/Two; time 1700000000000000" },
        { "/3/0/13=1700000000 /3/0/14=+05:45", LW_STATUS_BAD_REQUEST, "" },
};

START_TEST(timedated_is_asked)
{
        g_autofree char *settings = NULL;

        lw_world_expect(&world, LW_OPERATION_WRITE_UPDATE, "/3/0", writes[_i].values,
                        writes[_i].status, NULL);
        settings = lw_fake_bus_settings(bus);
        ck_assert_str_eq(settings, writes[_i].settings);
}
END_TEST

START_TEST(a_zone_goes_back_when_the_time_cannot_be_set)
{
        g_autofree char *settings = NULL;

        lw_fake_bus_keep_time(bus, true);
        lw_world_expect(&world, LW_OPERATION_WRITE_UPDATE, "/3/0",
                        "/3/0/13=1700000000 /3/0/15=Test/Two", LW_STATUS_NOT_PERMITTED,
                        "a time service keeps it");
        settings = lw_fake_bus_settings(bus);
        ck_assert_str_eq(settings, "zone Test/Two; time 1700000000000000; zone UTC");
}
END_TEST

START_TEST(a_new_zone_is_a_change)
{
        g_string_truncate(world.changes, 0);
        lw_world_expect(&world, LW_OPERATION_WRITE, "/3/0/15", "/3/0/15=Test/Two",
                        LW_STATUS_CHANGED, NULL);
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3/0/14 "));
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3/0/15 "));
        lw_test_files_link(&files, "etc/localtime", "../usr/share/zoneinfo/Test/Two");
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/15", NULL, LW_STATUS_CONTENT,
                        "/3/0/15=Test/Two");
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/14", NULL, LW_STATUS_CONTENT,
                        "/3/0/14=+02:00");
}
END_TEST

TCase *test_device_clock(void)
{
        TCase *tcase = tcase_create("device-clock");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, timedated_is_asked, 0, G_N_ELEMENTS(writes));
        tcase_add_test(tcase, a_zone_goes_back_when_the_time_cannot_be_set);
        tcase_add_test(tcase, a_new_zone_is_a_change);
        return tcase;
}
