/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that measure: what there is of them in sysfs, where they are, what they say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/chip.h"
#include "host/device-path.h"
#include "host/suite.h"
#include "lib/files.h"

static LwTestFiles files;

static void setup(void)
{
        lw_test_files_make(&files);
}

static void teardown(void)
{
        lw_test_files_remove(&files);
}

/* A device of sysfs: its files below sys/devices, and the link of its class. */
static void put_device(const char *class, const char *sysname, const char *place)
{
        g_autofree char *link = g_strdup_printf("sys/%s/%s", class, sysname);
        g_autofree char *target = g_strdup_printf("%s/devices/%s/%s",
                        strcmp(class, "bus/iio/devices") == 0 ? "../../.." : "../..", place,
                        sysname);

        lw_test_files_link(&files, link, target);
}

static void put(const char *place, const char *file, const char *text)
{
        g_autofree char *path = g_strdup_printf("sys/devices/%s/%s", place, file);

        lw_test_files_put(&files, path, text);
}

static void put_lm75(void)
{
        static const char place[] = "pci0000:00/0000:00:1f.3/i2c-4/4-0048/hwmon/hwmon2";

        put_device("class/hwmon", "hwmon2", "pci0000:00/0000:00:1f.3/i2c-4/4-0048/hwmon");
        put(place, "name", "lm75\n");
        put(place, "temp1_input", "25000\n");
        put(place, "temp1_max", "80000\n");
        put(place, "uevent", "");
}

/* Each channel as NAME:LABEL:QUANTITY. */
static char *describe(const LwChip *chip)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; chip != NULL && i < chip->channels->len; i++) {
                const LwChannel *channel = chip->channels->pdata[i];

                g_string_append_printf(text, "%s:%s:%d ", channel->name, channel->label,
                                channel->quantity);
        }
        return g_string_free(text, FALSE);
}

START_TEST(a_chip_of_hwmon)
{
        g_autoptr(LwChip) chip = NULL;
        double values[LW_CHANNEL_AXES];
        g_autofree char *text = NULL;

        put_lm75();
        chip = lw_chip_read(files.fd, LW_CHIP_HWMON, "hwmon2");
        text = describe(chip);
        ck_assert_str_eq(text, "temp1:lm75:0 ");
        ck_assert_str_eq(chip->key, "pci0000:00/0000:00:1f.3/i2c.0/-0048/lm75");
        ck_assert_str_eq(chip->raw_key, "pci0000:00/0000:00:1f.3/i2c-4/4-0048/lm75");
        ck_assert_int_eq(lw_chip_measure(chip, chip->channels->pdata[0], files.fd, values), 0);
        ck_assert_double_eq(values[0], 25);
}
END_TEST

START_TEST(labels_and_faults_are_the_kernels)
{
        g_autoptr(LwChip) chip = NULL;
        double values[LW_CHANNEL_AXES];
        g_autofree char *text = NULL;

        put_device("class/hwmon", "hwmon0", "platform/x.0/hwmon");
        put("platform/x.0/hwmon/hwmon0", "name", "coretemp\n");
        put("platform/x.0/hwmon/hwmon0", "temp1_input", "41000\n");
        put("platform/x.0/hwmon/hwmon0", "temp1_label", "Package id 0\n");
        put("platform/x.0/hwmon/hwmon0", "temp2_input", "42000\n");
        put("platform/x.0/hwmon/hwmon0", "temp2_label", "\x01\n");
        put("platform/x.0/hwmon/hwmon0", "temp2_fault", "1\n");
        put("platform/x.0/hwmon/hwmon0", "fan1_input", "1200\n");
        chip = lw_chip_read(files.fd, LW_CHIP_HWMON, "hwmon0");
        text = describe(chip);
        ck_assert_str_eq(text, "fan1:coretemp:5 temp1:Package id 0:0 temp2:coretemp:0 ");
        ck_assert_int_eq(lw_chip_measure(chip, chip->channels->pdata[2], files.fd, values), -EIO);
        put("platform/x.0/hwmon/hwmon0", "temp2_fault", "0\n");
        ck_assert_int_eq(lw_chip_measure(chip, chip->channels->pdata[2], files.fd, values), 0);
        ck_assert_double_eq(values[0], 42);
}
END_TEST

/* Files of a device of IIO, FILE=TEXT, and its first channel's values. */
static const struct {
        const char *files[6];
        const char *channels;
        double values[LW_CHANNEL_AXES];
        double minimum, maximum;
} devices[] = {
        { { "in_temp_input=21500\n" }, "in_temp:x:0 ", { 21.5 }, 0, 0 },
        { { "in_temp_raw=100\n", "in_temp_scale=10\n", "in_temp_offset=50\n" }, "in_temp:x:0 ",
                        { 1.5 }, 0, 0 },
        { { "in_temp_raw=100\n", "in_temp_input=7000\n" }, "in_temp:x:0 ", { 7 }, 0, 0 },
        { { "in_voltage3_raw=1000\n", "in_voltage_scale=0.5\n" }, "in_voltage3:x:1 ", { 0.5 }, 0,
                        0 },
        { { "in_voltage0-voltage1_raw=8\n", "in_voltage-voltage_scale=250\n" },
                        "in_voltage0-voltage1:x:1 ", { 2 }, 0, 0 },
        { { "in_illuminance_raw=40\n", "scale=2\n" }, "in_illuminance:x:7 ", { 80 }, 0, 0 },
        { { "in_pressure_input=101.325\n" }, "in_pressure:x:8 ", { 101325 }, 0, 0 },
        { { "in_accel_x_raw=1\n", "in_accel_y_raw=-2\n", "in_accel_z_raw=1000\n",
                          "in_accel_scale=0.01\n", "in_accel_raw_available=[-1000 1 1000]\n",
                          "label=lid\n" },
                        "in_accel:lid:9 ", { 0.01, -0.02, 10 }, -10, 10 },
        { { "in_magn_y_raw=5000\n" }, "in_magn:x:11 ", { 0, 0.5, 0 }, 0, 0 },
        { { "in_concentration_co2_raw=0.04\n" }, "in_concentration_co2:x:12 ", { 400 }, 0, 0 },
};

START_TEST(a_device_of_iio)
{
        static const char place[] = "platform/y/iio:device1";
        double values[LW_CHANNEL_AXES] = {};
        g_autoptr(LwChip) chip = NULL;
        g_autofree char *text = NULL;
        const LwChannel *channel;

        put_device("bus/iio/devices", "iio:device1", "platform/y");
        put(place, "name", "x\n");
        for (size_t i = 0; i < G_N_ELEMENTS(devices[_i].files) && devices[_i].files[i] != NULL;
                        i++) {
                g_auto(GStrv) pair = g_strsplit(devices[_i].files[i], "=", 2);

                put(place, pair[0], pair[1]);
        }
        chip = lw_chip_read(files.fd, LW_CHIP_IIO, "iio:device1");
        text = describe(chip);
        ck_assert_str_eq(text, devices[_i].channels);
        ck_assert_str_eq(chip->key, "platform/y/x");
        channel = chip->channels->pdata[0];
        ck_assert_int_eq(lw_chip_measure(chip, channel, files.fd, values), 0);
        for (unsigned i = 0; i < LW_CHANNEL_AXES; i++)
                ck_assert_double_eq_tol(values[i], devices[_i].values[i], 1e-9);
        ck_assert_int_eq(channel->has_range, devices[_i].maximum != 0);
        ck_assert_double_eq_tol(channel->minimum, devices[_i].minimum, 1e-9);
        ck_assert_double_eq_tol(channel->maximum, devices[_i].maximum, 1e-9);
}
END_TEST

static void put_zone(const char *sysname, const char *type, const char *device)
{
        g_autofree char *place = g_strdup_printf("virtual/thermal/%s", sysname);
        g_autofree char *link = g_strdup_printf("sys/devices/%s/device", place);

        put_device("class/thermal", sysname, "virtual/thermal");
        put(place, "type", type);
        put(place, "temp", "45000\n");
        if (device != NULL)
                lw_test_files_link(&files, link, device);
}

START_TEST(a_zone_is_there_once)
{
        g_autoptr(GPtrArray) chips = NULL;
        const LwChip *zone;

        put_zone("thermal_zone0", "acpitz\n", "../../../LNXSYSTM:00/LNXTHERM:00");
        put_device("class/hwmon", "hwmon0", "virtual/thermal/thermal_zone0");
        put("virtual/thermal/thermal_zone0/hwmon0", "name", "acpitz\n");
        put("virtual/thermal/thermal_zone0/hwmon0", "temp1_input", "45000\n");
        /* as kernels of old have it */
        put_zone("thermal_zone1", "cpu-thermal\n", NULL);
        put_device("class/hwmon", "hwmon1", "virtual/hwmon");
        put("virtual/hwmon/hwmon1", "name", "cpu_thermal\n");
        put("virtual/hwmon/hwmon1", "temp1_input", "45000\n");
        /* a cooling device measures nothing */
        lw_test_files_put(&files, "sys/class/thermal/cooling_device0/type", "Fan\n");
        put_lm75();
        chips = lw_chips_read(files.fd);
        ck_assert_uint_eq(chips->len, 3);
        zone = chips->pdata[0];
        ck_assert_int_eq(zone->kind, LW_CHIP_THERMAL);
        ck_assert_str_eq(zone->key, "LNXSYSTM:00/LNXTHERM:00/acpitz");
        ck_assert_str_eq(((const LwChip *) chips->pdata[1])->key, "thermal/cpu-thermal");
        ck_assert_str_eq(((const LwChip *) chips->pdata[1])->raw_key,
                        "thermal/thermal_zone1/cpu-thermal");
        ck_assert_str_eq(((const LwChip *) chips->pdata[2])->name, "lm75");
}
END_TEST

/* A link of sysfs and the place that it names, whatever number the kernel counted to. */
static const struct {
        const char *target, *place;
} links[] = {
        { "../../devices/pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme3/hwmon1",
                        "pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme" },
        { "../../devices/pci0000:00/0000:00:14.0/usb3/3-2/3-2:1.0/0003:10C4:82CD.0007/hwmon/hwmon5",
                        "pci0000:00/0000:00:14.0/usb/-2/-2:1.0/0003:10C4:82CD.0007" },
        { "../../devices/virtual/hwmon/hwmon4", "virtual" },
        { "../../devices/platform/coretemp.0/hwmon/hwmon10", "platform/coretemp.0" },
        /* the second adapter that is there */
        { "../../devices/platform/i2c.9/i2c-7/7-0076/iio:device0", "platform/i2c.9/i2c.1/-0076" },
        { "../../devices/a b/\x01/hwmon/hwmon0", "a_b/_" },
};

START_TEST(a_place_has_no_numbers_of_the_day)
{
        g_autofree char *place = NULL;

        lw_test_files_put(&files, "sys/devices/platform/i2c.9/i2c-3/name", "");
        lw_test_files_put(&files, "sys/devices/platform/i2c.9/i2c-7/name", "");
        lw_test_files_put(&files, "sys/devices/platform/i2c.9/i2c-dev/name", "");
        lw_test_files_link(&files, "link", links[_i].target);
        place = lw_device_path_read(files.fd, "link", NULL);
        ck_assert_str_eq(place, links[_i].place);
}
END_TEST

/* What a value may be instead, and what becomes of it. */
static const struct {
        const char *text;
        int error;
} oddities[] = {
        { "", -ENODATA },
        { "\n", -EBADMSG },
        { "N/A\n", -EBADMSG },
        { "25000 C\n", -EBADMSG },
        { "999999999999999999999999999999999999999999999999999999999999999999999999", -EBADMSG },
        { "\xff\xfe\x80", -EBADMSG },
};

START_TEST(odd_values_are_none)
{
        g_autoptr(LwChip) chip = NULL;
        double values[LW_CHANNEL_AXES];

        put_lm75();
        chip = lw_chip_read(files.fd, LW_CHIP_HWMON, "hwmon2");
        put("pci0000:00/0000:00:1f.3/i2c-4/4-0048/hwmon/hwmon2", "temp1_input", oddities[_i].text);
        ck_assert_int_eq(lw_chip_measure(chip, chip->channels->pdata[0], files.fd, values),
                        oddities[_i].error);
}
END_TEST

START_TEST(what_vanishes_is_gone)
{
        g_autofree char *path = g_build_filename(files.path,
                        "sys/devices/pci0000:00/0000:00:1f.3/i2c-4/4-0048/hwmon/hwmon2/temp1_input",
                        NULL);
        g_autoptr(LwChip) chip = NULL;
        double values[LW_CHANNEL_AXES];

        put_lm75();
        chip = lw_chip_read(files.fd, LW_CHIP_HWMON, "hwmon2");
        ck_assert_int_eq(remove(path), 0);
        ck_assert_int_eq(
                        lw_chip_measure(chip, chip->channels->pdata[0], files.fd, values), -ENOENT);
        ck_assert_int_eq(mkdir(path, 0755), 0);
        ck_assert_int_eq(
                        lw_chip_measure(chip, chip->channels->pdata[0], files.fd, values), -EINVAL);
}
END_TEST

START_TEST(odd_devices_are_none)
{
        g_autofree char *huge = g_strnfill(2000000, 'x');

        lw_test_files_link(&files, "sys/class/hwmon/hwmon0", "../../devices/nowhere");
        lw_test_files_put(&files, "sys/class/hwmon/hwmon1/name", "nothing to measure\n");
        lw_test_files_put(&files, "sys/class/hwmon/hwmon3/name", huge);
        lw_test_files_put(&files, "sys/class/hwmon/hwmon3/temp1_input", "1\n");
        lw_test_files_put(&files, "sys/class/hwmon/hwmon4/name", "\xff\n");
        lw_test_files_put(&files, "sys/class/hwmon/hwmon4/temp1_input", "1\n");
        lw_test_files_put(&files, "sys/class/thermal/thermal_zone0/temp", "1\n");
        for (unsigned i = 0; i < 6; i++) {
                g_autofree char *name = g_strdup_printf("hwmon%u", i);

                ck_assert_ptr_null(lw_chip_read(files.fd, LW_CHIP_HWMON, name));
        }
        ck_assert_ptr_null(lw_chip_read(files.fd, LW_CHIP_THERMAL, "thermal_zone0"));
}
END_TEST

START_TEST(drivers_of_old_have_their_files_elsewhere)
{
        g_autoptr(LwChip) chip = NULL;
        double values[LW_CHANNEL_AXES];

        lw_test_files_put(&files, "sys/class/hwmon/hwmon0/device/name", "old\n");
        lw_test_files_put(&files, "sys/class/hwmon/hwmon0/device/in0_input", "3300\n");
        chip = lw_chip_read(files.fd, LW_CHIP_HWMON, "hwmon0");
        ck_assert_str_eq(chip->name, "old");
        ck_assert_int_eq(lw_chip_measure(chip, chip->channels->pdata[0], files.fd, values), 0);
        ck_assert_double_eq(values[0], 3.3);
}
END_TEST

START_TEST(kinds_by_subsystem)
{
        LwChipKind kind = LW_CHIP_IIO;

        ck_assert(lw_chip_kind("hwmon", "hwmon3", &kind) && kind == LW_CHIP_HWMON);
        ck_assert(lw_chip_kind("thermal", "thermal_zone1", &kind) && kind == LW_CHIP_THERMAL);
        ck_assert(!lw_chip_kind("thermal", "cooling_device1", &kind));
        ck_assert(lw_chip_kind("iio", "iio:device0", &kind) && kind == LW_CHIP_IIO);
        ck_assert(!lw_chip_kind("iio", "trigger0", &kind));
        ck_assert(!lw_chip_kind("net", "eth0", &kind));
}
END_TEST

TCase *test_chip(void)
{
        TCase *tcase = tcase_create("chip");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_chip_of_hwmon);
        tcase_add_test(tcase, labels_and_faults_are_the_kernels);
        tcase_add_loop_test(tcase, a_device_of_iio, 0, G_N_ELEMENTS(devices));
        tcase_add_test(tcase, a_zone_is_there_once);
        tcase_add_loop_test(tcase, a_place_has_no_numbers_of_the_day, 0, G_N_ELEMENTS(links));
        tcase_add_loop_test(tcase, odd_values_are_none, 0, G_N_ELEMENTS(oddities));
        tcase_add_test(tcase, what_vanishes_is_gone);
        tcase_add_test(tcase, odd_devices_are_none);
        tcase_add_test(tcase, drivers_of_old_have_their_files_elsewhere);
        tcase_add_test(tcase, kinds_by_subsystem);
        return tcase;
}
