/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Power of object 3: a host whose supplies come, change and go. */
#include <string.h>

#include "lib/files.h"
#include "providers/builtin/device.h"
#include "providers/suite.h"
#include "providers/world.h"

#define CLASS "sys/class/power_supply/"

static LwWorld world;
static LwTestFiles files;
static LwDeviceObject *device;

static void put_battery(const char *name, int percent, const char *status)
{
        g_autofree char *path = g_strdup_printf(CLASS "%s/uevent", name);
        g_autofree char *text = g_strdup_printf(
                        "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=%s\n"
                        "POWER_SUPPLY_CAPACITY=%d\nPOWER_SUPPLY_VOLTAGE_NOW=11800000\n"
                        "POWER_SUPPLY_CURRENT_NOW=1000000\n",
                        status, percent);

        lw_test_files_put(&files, path, text);
}

static void put_mains(bool online)
{
        lw_test_files_put(&files, CLASS "AC0/uevent",
                        online ? "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n"
                               : "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=0\n");
}

static void take_away(const char *name)
{
        g_autofree char *from = g_strdup_printf("%s/" CLASS "%s", files.path, name);
        g_autofree char *to = g_strdup_printf("%s/%s-away", files.path, name);

        ck_assert_int_eq(rename(from, to), 0);
}

static void build(void)
{
        LwDeviceSources sources = { .tree = world.tree,
                .worker = world.worker,
                .root_fd = files.fd,
                .sample_usec = 10 * LW_USEC_PER_SEC };

        device = lw_device_object_new(&sources);
        ck_assert(lw_device_object_add(device, NULL));
        lw_world_work(&world);
}

/* The kernel tells that something is other than before. */
static void change(void)
{
        g_string_truncate(world.changes, 0);
        lw_device_object_power_changed(device);
        lw_world_work(&world);
}

static void setup(void)
{
        lw_world_make(&world);
        lw_test_files_make(&files);
}

static void teardown(void)
{
        lw_device_object_free(device);
        lw_test_files_remove(&files);
        lw_world_clear(&world);
}

static void expect(const char *path, const char *text)
{
        LwStatus status = text == NULL ? LW_STATUS_NOT_FOUND : LW_STATUS_CONTENT;

        lw_world_expect(&world, LW_OPERATION_READ, path, NULL, status, text);
}

static void expect_told(const char *path, bool told)
{
        g_autofree char *word = g_strdup_printf("%s ", path);

        ck_assert_msg((strstr(world.changes->str, word) != NULL) == told, "%s: %s", path,
                        world.changes->str);
}

START_TEST(each_source_has_its_element)
{
        put_battery("BAT0", 77, "Discharging");
        put_mains(true);
        build();
        expect("/3/0/6", "/3/0/6/0=6 /3/0/6/1=1");
        expect("/3/0/7", "/3/0/7/1=11800");
        expect("/3/0/8", "/3/0/8/1=1000");
        expect("/3/0/8/1", "/3/0/8/1=1000");
        expect("/3/0/8/0", NULL);
        expect("/3/0/9", "/3/0/9=77");
        expect("/3/0/20", "/3/0/20=0");
        expect("/3/0/11", "/3/0/11/0=0");
}
END_TEST

START_TEST(a_host_without_supplies_has_nothing)
{
        build();
        for (unsigned i = 6; i <= 9; i++) {
                g_autofree char *path = g_strdup_printf("/3/0/%u", i);

                expect(path, NULL);
        }
        expect("/3/0/20", NULL);
}
END_TEST

START_TEST(what_changes_is_told)
{
        put_battery("BAT0", 77, "Discharging");
        put_mains(false);
        build();
        expect("/3/0/6", "/3/0/6/1=1");
        expect("/3/0/11", "/3/0/11/0=2");
        put_battery("BAT0", 8, "Discharging");
        change();
        expect("/3/0/9", "/3/0/9=8");
        expect("/3/0/20", "/3/0/20=4");
        expect("/3/0/11", "/3/0/11/0=2 /3/0/11/1=1");
        expect_told("/3/0/9", true);
        expect_told("/3/0/20", true);
        expect_told("/3/0/11", true);
        expect_told("/3/0/6", false);
        expect_told("/3/0/7", false);
        expect_told("/3/0", false);
        put_mains(true);
        put_battery("BAT0", 8, "Charging");
        change();
        expect("/3/0/6", "/3/0/6/0=6 /3/0/6/1=1");
        expect("/3/0/11", "/3/0/11/1=1");
        expect_told("/3/0/6", true);
        change();
        ck_assert_str_eq(world.changes->str, "");
}
END_TEST

START_TEST(a_supply_that_comes_back_has_its_element)
{
        put_battery("BAT0", 50, "Discharging");
        put_battery("BAT1", 90, "Discharging");
        build();
        expect("/3/0/6", "/3/0/6/0=1 /3/0/6/1=1");
        take_away("BAT0");
        change();
        expect("/3/0/6", "/3/0/6/1=1");
        expect("/3/0/9", "/3/0/9=90");
        put_battery("BAT0", 40, "Discharging");
        change();
        expect("/3/0/6", "/3/0/6/0=1 /3/0/6/1=1");
}
END_TEST

START_TEST(the_only_battery_goes_and_comes)
{
        put_battery("BAT0", 50, "Discharging");
        build();
        take_away("BAT0");
        change();
        expect("/3/0/9", NULL);
        expect("/3/0/6", NULL);
        expect_told("/3/0", true);
        put_battery("BAT0", 51, "Charging");
        change();
        expect("/3/0/9", "/3/0/9=51");
        expect("/3/0/20", "/3/0/20=1");
}
END_TEST

START_TEST(an_error_is_reset_and_seen_again)
{
        put_mains(false);
        put_battery("BAT0", 5, "Discharging");
        build();
        expect("/3/0/11", "/3/0/11/0=1 /3/0/11/1=2");
        put_battery("BAT0", 50, "Discharging");
        change();
        expect("/3/0/11", "/3/0/11/1=2");
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/12", NULL, LW_STATUS_CHANGED, NULL);
        lw_world_work(&world);
        expect("/3/0/11", "/3/0/11/0=2");
}
END_TEST

START_TEST(a_damaged_battery_is_a_malfunction)
{
        lw_test_files_put(&files, CLASS "BAT0/uevent",
                        "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_HEALTH=Dead\n");
        build();
        expect("/3/0/11", "/3/0/11/0=8");
        expect("/3/0/20", "/3/0/20=3");
        /* what others know counts with it */
        lw_device_object_set_error(device, LW_ERROR_SENSOR_FAULT, true);
        lw_device_object_set_error(device, LW_ERROR_SIGNAL_LOW, true);
        expect("/3/0/11", "/3/0/11/0=8 /3/0/11/1=4");
}
END_TEST

/* A Read while the worker looks is answered with what it finds. */
START_TEST(a_read_waits_for_a_look)
{
        g_auto(LwAnswer) answer = {};
        LwDeviceSources sources = { .tree = world.tree,
                .worker = world.worker,
                .root_fd = files.fd,
                .sample_usec = 10 * LW_USEC_PER_SEC };

        put_battery("BAT0", 77, "Discharging");
        device = lw_device_object_new(&sources);
        ck_assert(lw_device_object_add(device, NULL));
        lw_world_ask(&world, LW_OPERATION_READ, "/3/0/11", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        lw_world_work(&world);
        ck_assert_str_eq(answer.text, "/3/0/11/0=0");
}
END_TEST

START_TEST(a_read_that_waits_ends_with_the_object)
{
        g_auto(LwAnswer) answer = {};
        LwDeviceSources sources = { .tree = world.tree,
                .worker = world.worker,
                .root_fd = files.fd,
                .sample_usec = 10 * LW_USEC_PER_SEC };

        put_battery("BAT0", 77, "Discharging");
        device = lw_device_object_new(&sources);
        ck_assert(lw_device_object_add(device, NULL));
        lw_world_ask(&world, LW_OPERATION_READ, "/3/0/11", NULL, &answer);
        lw_device_object_free(g_steal_pointer(&device));
        lw_world_work(&world);
        ck_assert_int_ne(answer.status, 0);
}
END_TEST

TCase *test_device_power(void)
{
        TCase *tcase = tcase_create("device-power");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, each_source_has_its_element);
        tcase_add_test(tcase, a_host_without_supplies_has_nothing);
        tcase_add_test(tcase, what_changes_is_told);
        tcase_add_test(tcase, a_supply_that_comes_back_has_its_element);
        tcase_add_test(tcase, the_only_battery_goes_and_comes);
        tcase_add_test(tcase, an_error_is_reset_and_seen_again);
        tcase_add_test(tcase, a_damaged_battery_is_a_malfunction);
        tcase_add_test(tcase, a_read_waits_for_a_look);
        tcase_add_test(tcase, a_read_that_waits_ends_with_the_object);
        return tcase;
}
