/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Power supplies by what the kernel says of them. */
#include <string.h>

#include "host/power.h"
#include "host/suite.h"
#include "lib/files.h"

#define BATTERY "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\n"
#define UNSAID LW_SUPPLY_UNSAID

/* One supply; millivolts and milliamperes, UNSAID: none; level and status as of the only battery,
 * -1: there is none. */
static const struct {
        const char *uevent;
        int source;
        int64_t voltage, current;
        int level, status;
        bool low, cut, damaged;
} supplies[] = {
        { BATTERY "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_PRESENT=1\n"
                  "POWER_SUPPLY_VOLTAGE_NOW=11800000\nPOWER_SUPPLY_CURRENT_NOW=1000000\n"
                  "POWER_SUPPLY_CAPACITY=77\nPOWER_SUPPLY_CAPACITY_LEVEL=Normal\n",
                        1, 11800, 1000, 77, 0, false, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Charging\nPOWER_SUPPLY_CAPACITY=5\n", 1, UNSAID, UNSAID, 5,
                        1, true, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Full\nPOWER_SUPPLY_CAPACITY=100\n", 1, UNSAID, UNSAID, 100,
                        2, false, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Not charging\nPOWER_SUPPLY_CAPACITY=80\n", 1, UNSAID, UNSAID,
                        80, 0, false, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_CAPACITY=10\n", 1, UNSAID, UNSAID,
                        10, 4, true, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_CAPACITY=11\n", 1, UNSAID, UNSAID,
                        11, 0, false, false, false },
        { BATTERY "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_CAPACITY=20\n"
                  "POWER_SUPPLY_CAPACITY_ALERT_MIN=20\n",
                        1, UNSAID, UNSAID, 20, 4, true, false, false },
        { BATTERY "POWER_SUPPLY_CAPACITY_LEVEL=Critical\n", 1, UNSAID, UNSAID, -1, 4, true, false,
                        false },
        { BATTERY "POWER_SUPPLY_PRESENT=0\nPOWER_SUPPLY_CAPACITY=0\n", -1, UNSAID, UNSAID, -1, 5,
                        false, false, false },
        { BATTERY "POWER_SUPPLY_HEALTH=Dead\nPOWER_SUPPLY_CAPACITY=50\n", 1, UNSAID, UNSAID, 50, 3,
                        false, false, true },
        { BATTERY "POWER_SUPPLY_HEALTH=Good\n", 1, UNSAID, UNSAID, -1, 6, false, false, false },
        /* power and no current; energy and no percent */
        { BATTERY "POWER_SUPPLY_VOLTAGE_NOW=12000000\nPOWER_SUPPLY_POWER_NOW=6000000\n"
                  "POWER_SUPPLY_ENERGY_NOW=30000000\nPOWER_SUPPLY_ENERGY_FULL=40000000\n",
                        1, 12000, 500, 75, 6, false, false, false },
        /* some drivers count what is drawn below zero */
        { BATTERY "POWER_SUPPLY_CURRENT_NOW=-250499\nPOWER_SUPPLY_VOLTAGE_NOW=3700500\n", 1, 3701,
                        -250, -1, 6, false, false, false },
        /* damaged numbers are none */
        { BATTERY "POWER_SUPPLY_CAPACITY=101\nPOWER_SUPPLY_VOLTAGE_NOW=12V\n"
                  "POWER_SUPPLY_CURRENT_NOW=99999999999999999999\nPOWER_SUPPLY_ENERGY_NOW=\n",
                        1, UNSAID, UNSAID, -1, 6, false, false, false },
        { BATTERY "POWER_SUPPLY_ENERGY_NOW=5\nPOWER_SUPPLY_ENERGY_FULL=0\n", 1, UNSAID, UNSAID, -1,
                        6, false, false, false },
        { BATTERY "POWER_SUPPLY_ENERGY_NOW=50\nPOWER_SUPPLY_ENERGY_FULL=40\n", 1, UNSAID, UNSAID,
                        100, 6, false, false, false },
        { "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n", 6, UNSAID, UNSAID, -1, -1, false,
                        false, false },
        { "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=0\n", -1, UNSAID, UNSAID, -1, -1, false,
                        true, false },
        { "POWER_SUPPLY_TYPE=USB\nPOWER_SUPPLY_ONLINE=2\nPOWER_SUPPLY_VOLTAGE_NOW=5000000\n", 5,
                        5000, UNSAID, -1, -1, false, false, false },
        { "POWER_SUPPLY_TYPE=USB_PD\nPOWER_SUPPLY_ONLINE=1\n", 5, UNSAID, UNSAID, -1, -1, false,
                        false, false },
        { "POWER_SUPPLY_TYPE=Wireless\nPOWER_SUPPLY_ONLINE=1\n", 0, UNSAID, UNSAID, -1, -1, false,
                        false, false },
        { "POWER_SUPPLY_TYPE=UPS\nPOWER_SUPPLY_CAPACITY=4\n", 2, UNSAID, UNSAID, -1, -1, true,
                        false, false },
};

START_TEST(a_supply_is_what_the_kernel_says)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwPower) power = {};
        int64_t voltage = UNSAID, current = UNSAID;
        const LwSupply *supply;
        int level = -1;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "sys/class/power_supply/X/uevent", supplies[_i].uevent);
        lw_power_read(&power, files.fd);
        ck_assert_uint_eq(lw_power_count(&power), 1);
        supply = lw_power_at(&power, 0);
        ck_assert_int_eq(lw_supply_source(supply), supplies[_i].source);
        lw_supply_voltage(supply, &voltage);
        lw_supply_current(supply, &current);
        lw_power_battery_level(&power, &level);
        ck_assert_int_eq(voltage, supplies[_i].voltage);
        ck_assert_int_eq(current, supplies[_i].current);
        ck_assert_int_eq(level, supplies[_i].level);
        ck_assert_int_eq(lw_power_has_battery(&power), supplies[_i].status >= 0);
        if (supplies[_i].status >= 0)
                ck_assert_int_eq(lw_power_battery_status(&power), supplies[_i].status);
        ck_assert_int_eq(lw_power_is_low(&power), supplies[_i].low);
        ck_assert_int_eq(lw_power_is_cut(&power), supplies[_i].cut);
        ck_assert_int_eq(lw_power_is_damaged(&power), supplies[_i].damaged);
}
END_TEST

/* A host: NAME=UEVENT; how many supplies it has, and the level of its batteries. */
static const struct {
        const char *supplies[4];
        size_t count;
        int level;
        bool cut;
} hosts[] = {
        { {}, 0, -1, false },
        /* a mouse's battery does not feed the host */
        { { "hid-1=" BATTERY "POWER_SUPPLY_SCOPE=Device\nPOWER_SUPPLY_CAPACITY=3\n" }, 0, -1,
                        false },
        { { "x=POWER_SUPPLY_TYPE=Unknown\n", "y=", "z=\xff\xff\x01=\n==\n" }, 0, -1, false },
        /* two of unlike size count by what they hold */
        { { "BAT0=" BATTERY "POWER_SUPPLY_CAPACITY=100\nPOWER_SUPPLY_CHARGE_NOW=10\n"
            "POWER_SUPPLY_CHARGE_FULL=10\n",
                          "BAT1=" BATTERY "POWER_SUPPLY_CAPACITY=0\nPOWER_SUPPLY_CHARGE_NOW=0\n"
                          "POWER_SUPPLY_CHARGE_FULL=30\n" },
                        2, 25, false },
        { { "BAT0=" BATTERY "POWER_SUPPLY_CAPACITY=90\n",
                          "BAT1=" BATTERY "POWER_SUPPLY_CAPACITY=40\n",
                          "BAT2=" BATTERY "POWER_SUPPLY_PRESENT=0\n" },
                        3, 65, false },
        /* one of the plugs is enough */
        { { "AC=POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=0\n",
                          "usb0=POWER_SUPPLY_TYPE=USB\nPOWER_SUPPLY_ONLINE=1\n" },
                        2, -1, false },
};

START_TEST(a_host_has_supplies)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwPower) power = {};
        int level = -1;

        lw_test_files_make(&files);
        for (size_t i = 0; i < G_N_ELEMENTS(hosts[_i].supplies); i++) {
                const char *text = hosts[_i].supplies[i];
                g_auto(GStrv) pair = text == NULL ? NULL : g_strsplit(text, "=", 2);
                g_autofree char *path = NULL;

                if (pair == NULL)
                        continue;
                path = g_strdup_printf("sys/class/power_supply/%s/uevent", pair[0]);
                lw_test_files_put(&files, path, pair[1]);
        }
        ck_assert_int_eq(lw_power_is_there(files.fd), hosts[_i].supplies[0] != NULL);
        lw_power_read(&power, files.fd);
        lw_power_battery_level(&power, &level);
        ck_assert_uint_eq(lw_power_count(&power), hosts[_i].count);
        ck_assert_int_eq(level, hosts[_i].level);
        ck_assert_int_eq(lw_power_is_cut(&power), hosts[_i].cut);
}
END_TEST

START_TEST(the_type_may_be_in_a_file_alone)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwPower) power = {};

        lw_test_files_make(&files);
        lw_test_files_put(&files, "sys/class/power_supply/AC/uevent", "POWER_SUPPLY_ONLINE=1\n");
        lw_test_files_put(&files, "sys/class/power_supply/AC/type", "Mains\n");
        lw_power_read(&power, files.fd);
        ck_assert_uint_eq(lw_power_count(&power), 1);
        ck_assert_int_eq(lw_supply_source(lw_power_at(&power, 0)), 6);
}
END_TEST

START_TEST(odd_files_are_no_supplies)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwPower) power = {};
        g_autofree char *huge = g_strnfill(100000, 'x');

        lw_test_files_make(&files);
        lw_test_files_put(&files, "sys/class/power_supply/huge/uevent", huge);
        lw_test_files_put(&files, "sys/class/power_supply/empty/type", "");
        lw_test_files_put(&files, "sys/class/power_supply/directory/uevent/x", "");
        lw_test_files_link(&files, "sys/class/power_supply/gone", "../nowhere");
        lw_test_files_put_bytes(&files, "sys/class/power_supply/binary/uevent",
                        "\0POWER_SUPPLY_TYPE=Mains\n", 25);
        /* reading it is EIO */
        lw_test_files_link(&files, "sys/class/power_supply/broken/uevent", "/proc/self/mem");
        lw_power_read(&power, files.fd);
        ck_assert_uint_eq(lw_power_count(&power), 0);
}
END_TEST

START_TEST(there_are_not_too_many)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwPower) power = {};

        lw_test_files_make(&files);
        for (unsigned i = 0; i < 100; i++) {
                g_autofree char *path = g_strdup_printf("sys/class/power_supply/B%u/uevent", i);

                lw_test_files_put(&files, path, BATTERY);
        }
        lw_power_read(&power, files.fd);
        ck_assert_uint_eq(lw_power_count(&power), 16);
}
END_TEST

TCase *test_power(void)
{
        TCase *tcase = tcase_create("power");

        tcase_add_loop_test(tcase, a_supply_is_what_the_kernel_says, 0, G_N_ELEMENTS(supplies));
        tcase_add_loop_test(tcase, a_host_has_supplies, 0, G_N_ELEMENTS(hosts));
        tcase_add_test(tcase, the_type_may_be_in_a_file_alone);
        tcase_add_test(tcase, odd_files_are_no_supplies);
        tcase_add_test(tcase, there_are_not_too_many);
        return tcase;
}
