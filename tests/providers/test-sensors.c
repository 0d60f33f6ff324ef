/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sensors of a host that is a directory of files: found, read, observed, unplugged. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/files.h"
#include "providers/builtin/sensor.h"
#include "providers/builtin/sensors.h"
#include "providers/fake-alarms.h"
#include "providers/suite.h"
#include "providers/world.h"

static LwWorld world;
static LwTestFiles files;
static LwState *state;
static LwSensors *sensors;
static bool faulted;

static bool offers(void *user G_GNUC_UNUSED, uint16_t object)
{
        return object != 3318; /* "Objects=" without it */
}

static void on_fault(void *user G_GNUC_UNUSED, bool any)
{
        ck_assert_int_ne(any, faulted);
        faulted = any;
}

static void build(const char *const *allow, const char *const *deny)
{
        LwSensorsSources sources = { .tree = world.tree,
                .worker = world.worker,
                .state = state,
                .root_fd = files.fd,
                .sample_usec = 20 * LW_USEC_PER_MSEC,
                .allow = allow,
                .deny = deny,
                .offers = offers,
                .faulted = on_fault };

        sensors = lw_sensors_new(&sources);
        lw_world_work(&world);
}

static void setup(void)
{
        g_autofree char *directory = NULL;

        faulted = false;
        lw_world_make(&world);
        lw_test_files_make(&files);
        directory = g_build_filename(files.path, "state", NULL);
        state = lw_state_new(directory, world.worker, NULL);
}

static void teardown(void)
{
        lw_sensors_free(g_steal_pointer(&sensors));
        lw_world_work(&world);
        lw_state_free(state);
        lw_test_files_remove(&files);
        lw_world_clear(&world);
}

static void put(const char *sysname, const char *file, const char *text)
{
        g_autofree char *path = g_strdup_printf("sys/class/hwmon/%s/%s", sysname, file);

        lw_test_files_put(&files, path, text);
}

/* A chip by its place in the machine. */
static void plug(const char *sysname, const char *place, const char *name)
{
        g_autofree char *link = g_strdup_printf("sys/class/hwmon/%s", sysname);
        g_autofree char *target = g_strdup_printf("../../devices/%s/hwmon/%s", place, sysname);
        g_autofree char *path = g_strdup_printf("sys/devices/%s/hwmon/%s/name", place, sysname);

        lw_test_files_put(&files, path, name);
        lw_test_files_link(&files, link, target);
}

static void unplug(const char *sysname)
{
        g_autofree char *path = g_strdup_printf("%s/sys/class/hwmon/%s", files.path, sysname);

        ck_assert_int_eq(remove(path), 0);
        lw_sensors_device(sensors, LW_DEVICE_REMOVED, "hwmon", sysname);
}

static void put_lm75(const char *sysname)
{
        plug(sysname, "platform/a", "lm75\n");
        put(sysname, "temp1_input", "25000\n");
}

/* Asks, has the worker work, and expects. */
static void expect(LwOperation operation, const char *path, LwStatus status, const char *text)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, operation, path, NULL, &answer);
        lw_world_work(&world);
        ck_assert_msg(answer.status == status, "%s: %d %s", path, answer.status, answer.text);
        if (text != NULL)
                ck_assert_str_eq(answer.text, text);
}

static void expect_read(const char *path, const char *text)
{
        expect(LW_OPERATION_READ, path, text == NULL ? LW_STATUS_NOT_FOUND : LW_STATUS_CONTENT,
                        text);
}

/* What was measured is old: the test does not wait for a second to go by. */
static void age(void)
{
        lw_sensors_free(g_steal_pointer(&sensors));
        build(NULL, NULL);
}

START_TEST(each_kind_has_its_object)
{
        plug("hwmon0", "platform/x", "x\n");
        put("hwmon0", "temp1_input", "-12500\n");
        put("hwmon0", "in1_input", "3300\n");
        put("hwmon0", "curr1_input", "250\n");
        put("hwmon0", "power1_input", "1500000\n");
        put("hwmon0", "humidity1_input", "45200\n");
        put("hwmon0", "fan1_input", "1200\n");
        put("hwmon0", "freq1_input", "1200\n");
        build(NULL, NULL);
        ck_assert_uint_eq(lw_sensors_count(sensors), 6);
        expect_read("/3303/0/5700", "/3303/0/5700=-12.5");
        expect_read("/3303/0/5701", "/3303/0/5701=Cel");
        expect_read("/3316/0/5700", "/3316/0/5700=3.3");
        expect_read("/3316/0/5701", "/3316/0/5701=V");
        expect_read("/3317/0/5700", "/3317/0/5700=0.25");
        expect_read("/3317/0/5701", "/3317/0/5701=A");
        expect_read("/3328/0/5700", "/3328/0/5700=1.5");
        expect_read("/3328/0/5701", "/3328/0/5701=W");
        expect_read("/3304/0/5700", "/3304/0/5700=45.2");
        expect_read("/3304/0/5701", "/3304/0/5701=%RH");
        expect_read("/3346/0/5700", "/3346/0/5700=1200");
        expect_read("/3346/0/5701", "/3346/0/5701=1/min");
}
END_TEST

START_TEST(each_kind_of_iio_has_its_object)
{
        static const char *const channels[][3] = {
                { "in_illuminance_input", "3301", "lx" },
                { "in_temp_input", "3303", "Cel" },
                { "in_humidityrelative_input", "3304", "%RH" },
                { "in_pressure_input", "3315", "Pa" },
                { "in_voltage0_input", "3316", "V" },
                { "in_current0_input", "3317", "A" },
                { "in_power0_input", "3328", "W" },
                { "in_concentration_co2_input", "3325", "ppm" },
                { "in_ph_input", "3326", "pH" },
                { "in_electricalconductivity_input", "3327", "S/m" },
                { "in_distance_input", "3330", "m" },
        };

        lw_test_files_put(&files, "sys/bus/iio/devices/iio:device0/name", "bme280\n");
        for (size_t i = 0; i < G_N_ELEMENTS(channels); i++) {
                g_autofree char *path = g_strdup_printf(
                                "sys/bus/iio/devices/iio:device0/%s", channels[i][0]);

                lw_test_files_put(&files, path, "1\n");
        }
        build(NULL, NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(channels); i++) {
                g_autofree char *path = g_strdup_printf("/%s/0/5701", channels[i][1]);
                g_autofree char *text = g_strdup_printf("%s=%s", path, channels[i][2]);

                expect_read(path, text);
        }
        expect_read("/3315/0/5700", "/3315/0/5700=1000");
}
END_TEST

START_TEST(axes_are_one_instance)
{
        static const char *const names[] = { "accel", "anglvel", "magn" };

        lw_test_files_put(&files, "sys/bus/iio/devices/iio:device0/name", "imu\n");
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                for (char axis = 'x'; axis <= 'z'; axis++) {
                        g_autofree char *path = g_strdup_printf(
                                        "sys/bus/iio/devices/iio:device0/in_%s_%c_raw", names[i],
                                        axis);

                        lw_test_files_put(&files, path, axis == 'y' ? "-20000\n" : "10000\n");
                }
        build(NULL, NULL);
        expect_read("/3313/0/5703", "/3313/0/5703=-20000");
        expect_read("/3314/0/5702", "/3314/0/5702=1");
        expect_read("/3334/0/5704", "/3334/0/5704=10000");
        expect_read("/3334/0/5510", "/3334/0/5510=-20000");
        expect_read("/3313/0/5605", NULL);
        expect(LW_OPERATION_EXECUTE, "/3334/0/5605", LW_STATUS_CHANGED, NULL);
        expect(LW_OPERATION_DISCOVER, "/3334/0", LW_STATUS_CONTENT,
                        "</3334/0>,</3334/0/5508>,</3334/0/5509>,</3334/0/5510>,</3334/0/5511>,"
                        "</3334/0/5512>,</3334/0/5513>,</3334/0/5518>,</3334/0/5605>,</3334/0/"
                        "5701>,"
                        "</3334/0/5702>,</3334/0/5703>,</3334/0/5704>,</3334/0/5750>");
}
END_TEST

START_TEST(an_instance_is_read_whole)
{
        g_auto(LwAnswer) answer = {};

        put_lm75("hwmon0");
        put("hwmon0", "temp1_label", "CPU Temp\n");
        build(NULL, NULL);
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/0", NULL, &answer);
        ck_assert_int_eq(answer.status, 0); /* the worker measures */
        lw_world_work(&world);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_ptr_nonnull(strstr(answer.text, "/3303/0/5601=25 /3303/0/5602=25 /3303/0/5700=25 "
                                                  "/3303/0/5701=Cel /3303/0/5750=CPU Temp"));
        ck_assert_ptr_nonnull(strstr(answer.text, "/3303/0/5518="));
}
END_TEST

START_TEST(a_value_is_good_for_a_second)
{
        put_lm75("hwmon0");
        build(NULL, NULL);
        expect_read("/3303/0/5700", "/3303/0/5700=25");
        put("hwmon0", "temp1_input", "26000\n");
        expect_read("/3303/0/5700", "/3303/0/5700=25");
        age();
        expect_read("/3303/0/5700", "/3303/0/5700=26");
}
END_TEST

START_TEST(ids_outlive_restarts_and_other_numbers)
{
        plug("hwmon0", "platform/b", "b\n");
        put("hwmon0", "temp1_input", "1000\n");
        plug("hwmon1", "platform/a", "a\n");
        put("hwmon1", "temp1_input", "2000\n");
        build(NULL, NULL);
        expect_read("/3303/0/5700", "/3303/0/5700=1");
        expect_read("/3303/1/5700", "/3303/1/5700=2");
        /* unplugged: gone; plugged in with another number: there as before */
        unplug("hwmon0");
        expect_read("/3303/0/5700", NULL);
        plug("hwmon7", "platform/b", "b\n");
        put("hwmon7", "temp1_input", "3000\n");
        lw_sensors_device(sensors, LW_DEVICE_ADDED, "hwmon", "hwmon7");
        expect_read("/3303/0/5700", "/3303/0/5700=3");
        /* after a restart, found in another order */
        age();
        expect_read("/3303/0/5700", "/3303/0/5700=3");
        expect_read("/3303/1/5700", "/3303/1/5700=2");
        /* an id of one that is away is not given to another */
        unplug("hwmon7");
        plug("hwmon9", "platform/c", "c\n");
        put("hwmon9", "temp1_input", "4000\n");
        lw_sensors_device(sensors, LW_DEVICE_ADDED, "hwmon", "hwmon9");
        expect_read("/3303/0/5700", NULL);
        expect_read("/3303/2/5700", "/3303/2/5700=4");
}
END_TEST

START_TEST(the_hundred_and_first_goes_on_beyond_services)
{
        for (unsigned i = 0; i < 101; i++) {
                g_autofree char *file = g_strdup_printf("temp%u_input", i);

                if (i == 0)
                        plug("hwmon0", "platform/x", "x\n");
                put("hwmon0", file, "1000\n");
        }
        build(NULL, NULL);
        expect_read("/3303/99/5701", "/3303/99/5701=Cel");
        expect_read("/3303/100/5701", NULL);
        expect_read("/3303/32768/5701", "/3303/32768/5701=Cel");
}
END_TEST

START_TEST(a_service_keeps_its_instance)
{
        static const LwProviderOps nothing = { .read = NULL };
        LwProvider provider = { &nothing };
        uint16_t resource = 5700;

        ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(3303, 0), &provider,
                        LW_RANK_PLUGIN, &resource, 1, NULL));
        put_lm75("hwmon0");
        build(NULL, NULL);
        expect_read("/3303/1/5700", "/3303/1/5700=25");
        lw_tree_remove_provider(world.tree, &provider);
}
END_TEST

/* Patterns, and the sensors that are left of lm75/temp1, x/temp1 and x/in1. */
static const struct {
        const char *allow[3], *deny[3];
        size_t count;
} lists[] = {
        { {}, {}, 3 },
        { { "lm75/*" }, {}, 1 },
        { { "lm75/*", "x/in?" }, {}, 2 },
        { {}, { "*/in*" }, 2 },
        { {}, { "*" }, 0 },
        { { "x/*" }, { "x/temp1" }, 1 },
        { { "lm75" }, {}, 0 },
};

START_TEST(lists_say_what_is_shown)
{
        put_lm75("hwmon0");
        plug("hwmon1", "platform/x", "x\n");
        put("hwmon1", "temp1_input", "1\n");
        put("hwmon1", "in1_input", "1\n");
        build(lists[_i].allow, lists[_i].deny);
        ck_assert_uint_eq(lw_sensors_count(sensors), lists[_i].count);
}
END_TEST

/* What the file has, and how a Read of the value alone and of the instance go. */
static const struct {
        const char *text; /* NULL: it is gone */
        LwStatus alone, whole;
        bool fault;
} oddities[] = {
        { "25000\n", LW_STATUS_CONTENT, LW_STATUS_CONTENT, false },
        { NULL, LW_STATUS_NOT_FOUND, LW_STATUS_CONTENT, false },
        { "", LW_STATUS_NOT_FOUND, LW_STATUS_CONTENT, false },
        { "garbage", LW_STATUS_UNAVAILABLE, LW_STATUS_CONTENT, true },
        { "\xff\xff", LW_STATUS_UNAVAILABLE, LW_STATUS_CONTENT, true },
        { "1e999", LW_STATUS_UNAVAILABLE, LW_STATUS_CONTENT, true },
        { "00000000000000000000000000000000000000000000000000000000000000000000000",
                        LW_STATUS_UNAVAILABLE, LW_STATUS_CONTENT, true },
};

START_TEST(odd_values_are_absent_or_an_error)
{
        g_autofree char *path =
                        g_build_filename(files.path, "sys/class/hwmon/hwmon0/temp1_input", NULL);

        put_lm75("hwmon0");
        build(NULL, NULL);
        if (oddities[_i].text != NULL)
                put("hwmon0", "temp1_input", oddities[_i].text);
        else
                ck_assert_int_eq(remove(path), 0);
        expect(LW_OPERATION_READ, "/3303/0/5700", oddities[_i].alone, NULL);
        expect(LW_OPERATION_READ, "/3303/0", oddities[_i].whole, NULL);
        ck_assert(!faulted); /* once may be chance */
        for (unsigned i = 0; i < 2; i++) {
                lw_sensors_look(sensors, true);
                lw_world_work(&world);
        }
        ck_assert_int_eq(faulted, oddities[_i].fault);
        /* forgotten, and at the next look there again */
        lw_sensors_look(sensors, true);
        ck_assert(!faulted);
        lw_world_work(&world);
        ck_assert_int_eq(faulted, oddities[_i].fault);
        put("hwmon0", "temp1_input", "25000\n");
        lw_sensors_look(sensors, true);
        lw_world_work(&world);
        ck_assert(!faulted);
}
END_TEST

/* The memory at address 0 is a file of the kernel that says EIO. */
START_TEST(an_error_of_the_bus_is_unavailable)
{
        g_autofree char *path =
                        g_build_filename(files.path, "sys/class/hwmon/hwmon0/temp1_input", NULL);

        put_lm75("hwmon0");
        build(NULL, NULL);
        ck_assert_int_eq(remove(path), 0);
        lw_test_files_link(&files, "sys/class/hwmon/hwmon0/temp1_input", "/proc/self/mem");
        expect(LW_OPERATION_READ, "/3303/0/5700", LW_STATUS_UNAVAILABLE,
                        "the sensor cannot be measured: Input/output error");
        expect(LW_OPERATION_READ, "/3303/0", LW_STATUS_CONTENT, NULL);
}
END_TEST

/* What a chip may say beside a value that can be read, and whether it is an error of the host. */
static const struct {
        const char *value, *alarm;
        bool fault;
} alarms[] = {
        { "temp1_input", "temp1_fault", true }, { "temp1_input", "temp1_crit_alarm", true },
        { "temp1_input", "temp1_lcrit_alarm", true },
        { "temp1_input", "temp1_emergency_alarm", true }, { "fan1_input", "fan1_alarm", true },
        { "fan1_input", "fan1_min_alarm", true },
        { "temp1_input", "temp1_alarm", false }, /* of a limit */
        { "temp1_input", "temp1_max_alarm", false }, { "in1_input", "in1_alarm", false },
        { "temp1_input", "temp10_crit_alarm", false }, /* of another one */
};

START_TEST(alarms_of_a_chip_are_errors)
{
        plug("hwmon0", "platform/a", "x\n");
        put("hwmon0", alarms[_i].value, "1000\n");
        put("hwmon0", alarms[_i].alarm, "1\n");
        build(NULL, NULL);
        lw_world_work(&world);
        ck_assert(!faulted); /* nobody asked */
        lw_sensors_look(sensors, false);
        lw_world_work(&world);
        ck_assert_int_eq(faulted, alarms[_i].fault);
        lw_sensors_look(sensors, true);
        ck_assert(!faulted);
        lw_world_work(&world);
        ck_assert_int_eq(faulted, alarms[_i].fault);
        put("hwmon0", alarms[_i].alarm, "0\n");
        lw_sensors_look(sensors, true);
        lw_world_work(&world);
        ck_assert(!faulted);
}
END_TEST

START_TEST(a_look_leaves_alone_what_nothing_is_wrong_with)
{
        put_lm75("hwmon0");
        build(NULL, NULL);
        lw_sensors_look(sensors, false);
        lw_sensors_look(sensors, true);
        put("hwmon0", "temp1_input", "26000\n");
        lw_world_work(&world);
        expect_read("/3303/0/5700", "/3303/0/5700=26"); /* nobody had measured it a moment ago */
}
END_TEST

START_TEST(a_fault_ends_with_the_sensor)
{
        put_lm75("hwmon0");
        put("hwmon0", "temp1_fault", "1\n");
        build(NULL, NULL);
        expect(LW_OPERATION_READ, "/3303/0/5700", LW_STATUS_UNAVAILABLE, NULL);
        ck_assert(faulted);
        unplug("hwmon0");
        ck_assert(!faulted);
}
END_TEST

START_TEST(extremes_are_kept_and_reset)
{
        put_lm75("hwmon0");
        build(NULL, NULL);
        expect_read("/3303/0/5602", "/3303/0/5602=25");
        expect(LW_OPERATION_EXECUTE, "/3303/0/5605", LW_STATUS_CHANGED, NULL);
        expect_read("/3303/0/5601", "/3303/0/5601=25");
        put("hwmon0", "temp1_input", "nothing\n");
        age();
        expect(LW_OPERATION_EXECUTE, "/3303/0/5605", LW_STATUS_UNAVAILABLE, NULL);
        expect(LW_OPERATION_READ, "/3303/0/5601", LW_STATUS_UNAVAILABLE, NULL);
}
END_TEST

START_TEST(a_server_names_what_it_is_for)
{
        g_auto(LwAnswer) answer = {};
        g_autofree char *long_name = g_strnfill(256, 'x');
        g_autofree char *too_long = g_strdup_printf("/3303/0/5750=%s", long_name);

        put_lm75("hwmon0");
        build(NULL, NULL);
        expect_read("/3303/0/5750", "/3303/0/5750=lm75");
        lw_world_ask(&world, LW_OPERATION_WRITE, "/3303/0/5750", "/3303/0/5750=oven", &answer);
        ck_assert_int_eq(answer.status, 0); /* not before it is on the disk */
        lw_world_work(&world);
        ck_assert_int_eq(answer.status, LW_STATUS_CHANGED);
        age();
        expect_read("/3303/0/5750", "/3303/0/5750=oven");
        lw_world_expect(&world, LW_OPERATION_WRITE, "/3303/0/5750", too_long, LW_STATUS_BAD_REQUEST,
                        NULL);
        lw_world_expect(&world, LW_OPERATION_WRITE, "/3303/0/5700", "/3303/0/5700=1",
                        LW_STATUS_NOT_PERMITTED, NULL);
}
END_TEST

/* --- observed --- */

static bool observes(void *user, const LwPath *path)
{
        const LwPath *observed = user;

        return lw_path_contains(path, observed) || lw_path_contains(observed, path);
}

static void watch(LwPath *path, bool on)
{
        if (on) {
                lw_audience_join(lw_tree_audience(world.tree), observes, path);
                lw_audience_tell(world.tree, path);
                return;
        }
        lw_audience_leave(lw_tree_audience(world.tree), observes, path);
        lw_audience_tell(world.tree, path);
}

/* Turns the loop until the tree tells of `path`; false: it does not within `msec`. */
static bool is_told(const char *path, unsigned msec)
{
        g_autofree char *word = g_strdup_printf("%s ", path);
        LwUsec end = lw_driver_now(world.driver).boot + msec * LW_USEC_PER_MSEC;

        while (lw_driver_now(world.driver).boot < end) {
                if (strstr(world.changes->str, word) != NULL)
                        return true;
                sd_event_run(lw_driver_event(world.driver), LW_USEC_PER_MSEC);
        }
        return false;
}

START_TEST(what_is_observed_is_measured_in_a_rhythm)
{
        LwPath path = LW_PATH_RESOURCE(3303, 0, 5700);

        put_lm75("hwmon0");
        build(NULL, NULL);
        watch(&path, true);
        g_string_truncate(world.changes, 0);
        ck_assert(is_told("/3303/0/5700", 5000));
        g_string_truncate(world.changes, 0);
        put("hwmon0", "temp1_input", "26000\n");
        ck_assert(is_told("/3303/0/5700", 5000));
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3303/0/5602 "));
        ck_assert_ptr_null(strstr(world.changes->str, "/3303/0/5601 "));
        watch(&path, false);
        lw_world_work(&world);
        g_string_truncate(world.changes, 0);
        put("hwmon0", "temp1_input", "27000\n");
        ck_assert(!is_told("/3303/0/5700", 100));
}
END_TEST

START_TEST(what_is_no_measurement_is_not_measured)
{
        LwPath path = LW_PATH_RESOURCE(3303, 0, 5750);

        put_lm75("hwmon0");
        build(NULL, NULL);
        watch(&path, true);
        g_string_truncate(world.changes, 0);
        ck_assert(!is_told("/3303/0/5700", 100));
        watch(&path, false);
}
END_TEST

START_TEST(an_event_of_the_kernel_is_heard_at_once)
{
        LwPath path = LW_PATH_RESOURCE(3303, 0, 5700);

        put_lm75("hwmon0");
        build(NULL, NULL);
        lw_sensors_device(sensors, LW_DEVICE_CHANGED, "hwmon", "hwmon0");
        lw_world_work(&world);
        ck_assert_ptr_null(strstr(world.changes->str, "/3303/0/5700 "));
        watch(&path, true);
        lw_sensors_device(sensors, LW_DEVICE_CHANGED, "hwmon", "hwmon0");
        lw_world_work(&world);
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3303/0/5700 "));
        watch(&path, false);
}
END_TEST

START_TEST(an_alarm_file_is_heard_at_once_while_somebody_observes)
{
        static const char file[] = "sys/class/hwmon/hwmon0/temp1_max_alarm";
        LwPath path = LW_PATH_RESOURCE(3303, 0, 5700);

        put_lm75("hwmon0");
        put("hwmon0", "temp1_max_alarm", "0\n");
        build(NULL, NULL);
        ck_assert(!lw_fake_alarms_has(file));
        watch(&path, true);
        ck_assert(lw_fake_alarms_has(file));
        expect_read("/3303/0/5700", "/3303/0/5700=25");
        g_string_truncate(world.changes, 0);
        put("hwmon0", "temp1_input", "90000\n");
        lw_fake_alarms_ring(file);
        lw_world_work(&world);
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3303/0/5700 "));
        watch(&path, false);
        ck_assert(!lw_fake_alarms_has(file));
}
END_TEST

START_TEST(an_alarm_file_goes_with_its_sensor)
{
        LwPath path = LW_PATH_RESOURCE(3303, 0, 5700);

        put_lm75("hwmon0");
        put("hwmon0", "temp1_crit_alarm", "0\n");
        build(NULL, NULL);
        watch(&path, true);
        ck_assert(lw_fake_alarms_has("sys/class/hwmon/hwmon0/temp1_crit_alarm"));
        unplug("hwmon0");
        ck_assert(!lw_fake_alarms_has("sys/class/hwmon/hwmon0/temp1_crit_alarm"));
        watch(&path, false);
}
END_TEST

/* --- slow --- */

static int open_pipe(const char *sysname)
{
        g_autofree char *path =
                        g_strdup_printf("%s/sys/class/hwmon/%s/temp1_input", files.path, sysname);

        remove(path);
        ck_assert_int_eq(mkfifo(path, 0600), 0);
        return open(path, O_RDWR | O_CLOEXEC);
}

START_TEST(a_slow_sensor_delays_its_own_answer_alone)
{
        g_auto(LwAnswer) slow = {}, quick = {};
        int fd;

        put_lm75("hwmon0");
        plug("hwmon1", "platform/slow", "slow\n");
        put("hwmon1", "temp1_input", "0\n");
        build(NULL, NULL);
        fd = open_pipe("hwmon1");
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/1/5700", NULL, &slow);
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/0/5700", NULL, &quick);
        for (unsigned i = 0; i < 5000 && quick.status == 0; i++)
                sd_event_run(lw_driver_event(world.driver), LW_USEC_PER_MSEC);
        ck_assert_str_eq(quick.text, "/3303/0/5700=25");
        ck_assert_int_eq(slow.status, 0);
        ck_assert_int_eq(write(fd, "77000\n", 6), 6);
        lw_world_work(&world);
        ck_assert_str_eq(slow.text, "/3303/1/5700=77");
        close(fd);
}
END_TEST

START_TEST(a_sensor_that_never_answers_is_an_error)
{
        g_auto(LwAnswer) answer = {};
        int fd;

        plug("hwmon1", "platform/slow", "slow\n");
        put("hwmon1", "temp1_input", "0\n");
        build(NULL, NULL);
        fd = open_pipe("hwmon1");
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/0/5700", NULL, &answer);
        lw_world_work(&world); /* until the worker gives up */
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        close(fd);
}
END_TEST

START_TEST(a_sensor_goes_while_it_is_read)
{
        g_auto(LwAnswer) answer = {};

        put_lm75("hwmon0");
        build(NULL, NULL);
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/0/5700", NULL, &answer);
        unplug("hwmon0");
        ck_assert_int_eq(answer.status, LW_STATUS_NOT_FOUND);
        lw_world_work(&world);
}
END_TEST

START_TEST(the_agent_ends_while_it_is_read)
{
        g_auto(LwAnswer) answer = {};

        put_lm75("hwmon0");
        build(NULL, NULL);
        lw_world_ask(&world, LW_OPERATION_READ, "/3303/0/5700", NULL, &answer);
        lw_sensors_free(g_steal_pointer(&sensors));
        ck_assert_int_ne(answer.status, 0);
        lw_world_work(&world);
}
END_TEST

TCase *test_sensors(void)
{
        TCase *tcase = tcase_create("sensors");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, each_kind_has_its_object);
        tcase_add_test(tcase, each_kind_of_iio_has_its_object);
        tcase_add_test(tcase, axes_are_one_instance);
        tcase_add_test(tcase, an_instance_is_read_whole);
        tcase_add_test(tcase, a_value_is_good_for_a_second);
        tcase_add_test(tcase, ids_outlive_restarts_and_other_numbers);
        tcase_add_test(tcase, the_hundred_and_first_goes_on_beyond_services);
        tcase_add_test(tcase, a_service_keeps_its_instance);
        tcase_add_loop_test(tcase, lists_say_what_is_shown, 0, G_N_ELEMENTS(lists));
        tcase_add_loop_test(tcase, odd_values_are_absent_or_an_error, 0, G_N_ELEMENTS(oddities));
        tcase_add_test(tcase, an_error_of_the_bus_is_unavailable);
        tcase_add_loop_test(tcase, alarms_of_a_chip_are_errors, 0, G_N_ELEMENTS(alarms));
        tcase_add_test(tcase, a_look_leaves_alone_what_nothing_is_wrong_with);
        tcase_add_test(tcase, a_fault_ends_with_the_sensor);
        tcase_add_test(tcase, extremes_are_kept_and_reset);
        tcase_add_test(tcase, a_server_names_what_it_is_for);
        tcase_add_test(tcase, what_is_observed_is_measured_in_a_rhythm);
        tcase_add_test(tcase, what_is_no_measurement_is_not_measured);
        tcase_add_test(tcase, an_event_of_the_kernel_is_heard_at_once);
        tcase_add_test(tcase, an_alarm_file_is_heard_at_once_while_somebody_observes);
        tcase_add_test(tcase, an_alarm_file_goes_with_its_sensor);
        tcase_add_test(tcase, a_slow_sensor_delays_its_own_answer_alone);
        tcase_add_test(tcase, a_sensor_that_never_answers_is_an_error);
        tcase_add_test(tcase, a_sensor_goes_while_it_is_read);
        tcase_add_test(tcase, the_agent_ends_while_it_is_read);
        return tcase;
}
