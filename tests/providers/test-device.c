/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 3: the facts of a host that is a directory of files. */
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

static void put_machine(void)
{
        lw_test_files_put(&files, "sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
        lw_test_files_put(&files, "sys/class/dmi/id/product_name", "Edge Gateway 3001\n");
        lw_test_files_put(&files, "sys/class/dmi/id/board_version", "A03\n");
        lw_test_files_put(&files, "sys/class/dmi/id/chassis_type", "33\n");
}

static void put_system(void)
{
        lw_test_files_put(&files, "etc/os-release",
                        "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 "
                        "(bookworm)\"\n");
        lw_test_files_put(&files, "etc/debian_version", "12.11\n");
        lw_test_files_put(&files, "proc/sys/kernel/osrelease", "6.1.0-37-amd64\n");
        lw_test_files_put(
                        &files, "proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 1000000 kB\n");
}

static void build(const char *credentials)
{
        LwDeviceSources sources = { .tree = world.tree,
                .worker = world.worker,
                .root_fd = files.fd,
                .credentials = credentials,
                .sample_usec = 10 * LW_USEC_PER_SEC };

        device = lw_device_object_new(&sources);
        ck_assert(lw_device_object_add(device, NULL));
        lw_device_object_use_bus(device, bus);
}

static void setup(void)
{
        lw_world_make(&world);
        lw_test_files_make(&files);
        bus = lw_fake_bus_new();
}

static void teardown(void)
{
        lw_fake_bus_free(bus);
        lw_device_object_free(device);
        lw_test_files_remove(&files);
        lw_world_clear(&world);
}

static void expect(const char *path, const char *answer)
{
        lw_world_expect(&world, LW_OPERATION_READ, path, NULL, LW_STATUS_CONTENT, answer);
}

/* Everything but the time, which is another one each second. */
static void expect_without_time(const char *expected)
{
        g_auto(LwAnswer) answer = {};
        g_autoptr(GString) text = g_string_new(NULL);
        g_auto(GStrv) words = NULL;

        lw_world_ask(&world, LW_OPERATION_READ, "/3/0", NULL, &answer);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        words = g_strsplit(answer.text, " /", -1);
        for (size_t i = 0; words[i] != NULL; i++)
                if (!g_str_has_prefix(words[i], "3/0/13="))
                        g_string_append_printf(text, "%s%s", i == 0 ? "" : " /", words[i]);
        ck_assert_str_eq(text->str, expected);
}

START_TEST(a_host_with_all_facts)
{
        g_autofree char *credentials = g_build_filename(files.path, "credentials", NULL);

        put_machine();
        put_system();
        lw_test_files_put(&files, "credentials/dmi.product_serial", "8VXK2S2\n");
        build(credentials);
        expect_without_time("/3/0/0=Dell Inc. /3/0/1=Edge Gateway 3001 /3/0/2=8VXK2S2 "
                            "/3/0/3=Debian GNU/Linux 12 (bookworm) /3/0/10=1024000 /3/0/11/0=0 "
                            "/3/0/14=+00:00 /3/0/15=UTC /3/0/16=UT /3/0/17=IoT gateway /3/0/18=A03 "
                            "/3/0/19=debian 12.11, Linux 6.1.0-37-amd64 /3/0/21=4096000");
}
END_TEST

START_TEST(what_a_host_does_not_know_is_not_there)
{
        build(NULL);
        expect_without_time("/3/0/11/0=0 /3/0/14=+00:00 /3/0/15=UTC /3/0/16=UT");
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/2", NULL, LW_STATUS_NOT_FOUND, NULL);
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/9", NULL, LW_STATUS_NOT_FOUND, NULL);
        lw_world_expect(&world, LW_OPERATION_DISCOVER, "/3/0", NULL, LW_STATUS_CONTENT,
                        "</3/0>,</3/0/4>,</3/0/5>,</3/0/11>;dim=1,</3/0/12>,</3/0/13>,</3/0/14>,</"
                        "3/0/15>,"
                        "</3/0/16>");
}
END_TEST

START_TEST(the_time_is_the_time_of_the_request)
{
        g_autofree char *earliest = NULL, *latest = NULL;
        g_auto(LwAnswer) answer = {};

        build(NULL);
        earliest = g_strdup_printf("/3/0/13=%" G_GINT64_FORMAT,
                        lw_driver_now(world.driver).real_usec / 1000000);
        lw_world_ask(&world, LW_OPERATION_READ, "/3/0/13", NULL, &answer);
        latest = g_strdup_printf("/3/0/13=%" G_GINT64_FORMAT,
                        lw_driver_now(world.driver).real_usec / 1000000);
        ck_assert_str_ge(answer.text, earliest);
        ck_assert_str_le(answer.text, latest);
}
END_TEST

static void note_success(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        bool *done = user;

        ck_assert_ptr_null(error);
        *done = true;
}

/* A Read at another time than the loop's. */
static void read_at(LwNow now, const char *path, const char *expected)
{
        const LwInstance *instance = lw_object_instance(lw_tree_object(world.tree, 3), 0);
        g_autoptr(LwValues) values = lw_values_new();
        LwRequest request = { .operation = LW_OPERATION_READ, .now = now };
        g_autoptr(GString) text = g_string_new(NULL);
        const LwLayer *layer;
        bool done = false;
        LwPath parsed;

        ck_assert(lw_path_parse(path, &parsed, NULL));
        layer = lw_instance_layer(instance, parsed.ids[2]);
        layer->provider->ops->read(layer->provider, &parsed, 1,
                        lw_call_new(&request, values, note_success, &done));
        ck_assert(done);
        ck_assert_uint_eq(lw_values_count(values), 1);
        ck_assert(lw_value_print(&lw_values_at(values, 0)->value, text, NULL));
        ck_assert_str_eq(text->str, expected);
}

START_TEST(memory_is_looked_at_once_a_second)
{
        LwNow now = lw_driver_now(world.driver);

        put_system();
        build(NULL);
        now.boot += 10 * LW_USEC_PER_SEC;
        read_at(now, "/3/0/10", "1024000");
        lw_test_files_put(
                        &files, "proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 500000 kB\n");
        now.boot += LW_USEC_PER_SEC - 1;
        read_at(now, "/3/0/10", "1024000");
        now.boot += 1;
        read_at(now, "/3/0/10", "512000");
        read_at(now, "/3/0/21", "4096000");
}
END_TEST

/* Memory that is left of 1000000 kB, one after the other, and the error code. */
START_TEST(memory_that_runs_out_is_an_error)
{
        static const struct {
                const char *available, *code;
        } steps[] = { { "100000", "0" }, { "31000", "0" }, { "29000", "5" }, { "40000", "5" },
                { "51000", "0" }, { "40000", "0" } };
        LwNow now = lw_driver_now(world.driver);

        put_system();
        build(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
                g_autofree char *meminfo = g_strdup_printf(
                                "MemTotal: 1000000 kB\nMemAvailable: %s kB\n", steps[i].available);

                lw_test_files_put(&files, "proc/meminfo", meminfo);
                now.boot += LW_USEC_PER_SEC;
                read_at(now, "/3/0/11", steps[i].code);
        }
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3/0/11 "));
}
END_TEST

/* Services provide Host Device Info; here somebody puts it on the tree. */
START_TEST(external_devices_are_linked)
{
        static const LwProviderOps nothing = { .read = NULL };
        LwProvider provider = { &nothing };
        uint16_t resource = 5905;

        build(NULL);
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/22", NULL, LW_STATUS_NOT_FOUND, NULL);
        for (uint16_t i = 4; i <= 7; i += 3)
                ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(10241, i), &provider,
                                LW_RANK_PLUGIN, &resource, 1, NULL));
        lw_world_turn(&world);
        expect("/3/0/22", "/3/0/22/4=10241:4 /3/0/22/7=10241:7");
        expect("/3/0/22/7", "/3/0/22/7=10241:7");
        lw_tree_remove_provider(world.tree, &provider);
        lw_world_turn(&world);
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/22", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

START_TEST(elements_of_the_error_code)
{
        build(NULL);
        expect("/3/0/11", "/3/0/11/0=0");
        expect("/3/0/11/0", "/3/0/11/0=0");
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/11/1", NULL, LW_STATUS_NOT_FOUND, NULL);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/12", NULL, LW_STATUS_CHANGED, NULL);
        expect("/3/0/11", "/3/0/11/0=0");
}
END_TEST

/* --- somebody else who knows what is wrong --- */

static struct {
        unsigned looks, anew;
        LwErrorsLooked done; /* of the Read that waits */
        void *data;
} other;

static void look(void *user, bool anew, LwErrorsLooked done, void *data)
{
        ck_assert_ptr_eq(user, &other);
        other.looks++;
        other.anew += anew;
        if (anew)
                lw_device_object_set_error(device, LW_ERROR_SIGNAL_LOW, false);
        if (done == NULL)
                return;
        other.done = done;
        other.data = data;
}

static void build_with_another(void)
{
        memset(&other, 0, sizeof(other));
        build(NULL);
        lw_device_object_ask(device, look, &other);
}

START_TEST(a_read_of_the_error_code_waits_for_who_looks)
{
        g_auto(LwAnswer) answer = {};

        build_with_another();
        lw_world_ask(&world, LW_OPERATION_READ, "/3/0/11", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        lw_device_object_set_error(device, LW_ERROR_SIGNAL_LOW, true);
        other.done(other.data);
        ck_assert_str_eq(answer.text, "/3/0/11/0=4");
        ck_assert_uint_eq(other.looks, 1);
}
END_TEST

START_TEST(a_read_that_waits_is_answered_at_the_end)
{
        g_auto(LwAnswer) answer = {};

        build_with_another();
        lw_world_ask(&world, LW_OPERATION_READ, "/3/0/11", NULL, &answer);
        lw_fake_bus_free(g_steal_pointer(&bus));
        g_clear_pointer(&device, lw_device_object_free);
        bus = lw_fake_bus_new();
        ck_assert_int_ne(answer.status, 0);
        other.done(other.data); /* later than that */
}
END_TEST

START_TEST(a_reset_forgets_and_has_everybody_look)
{
        build_with_another();
        lw_device_object_set_error(device, LW_ERROR_SIGNAL_LOW, true);
        lw_device_object_set_error(device, LW_ERROR_POWER_CUT, true);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/12", NULL, LW_STATUS_CHANGED, NULL);
        ck_assert_uint_eq(other.anew, 1);
        /* the signal is not low any more, and what is left counts from element 0 */
        lw_device_object_ask(device, NULL, NULL);
        expect("/3/0/11", "/3/0/11/0=2");
}
END_TEST

START_TEST(facts_are_not_written)
{
        put_machine();
        build(NULL);
        lw_world_expect(&world, LW_OPERATION_WRITE, "/3/0/0", "/3/0/0=x", LW_STATUS_NOT_PERMITTED,
                        NULL);
}
END_TEST

START_TEST(the_instance_is_neither_created_nor_deleted)
{
        build(NULL);
        lw_world_expect(&world, LW_OPERATION_DELETE, "/3/0", NULL, LW_STATUS_NOT_PERMITTED, NULL);
}
END_TEST

/* --- the bus --- */

START_TEST(a_reboot_is_answered_first)
{
        build(NULL);
        lw_fake_bus_connect(bus, true);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/4", NULL, LW_STATUS_CHANGED, NULL);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/4", NULL, LW_STATUS_CHANGED, NULL);
        ck_assert_uint_eq(lw_fake_bus_reboots(bus), 0);
        lw_world_turn(&world);
        ck_assert_uint_eq(lw_fake_bus_reboots(bus), 1);
}
END_TEST

START_TEST(a_reboot_that_is_refused_can_be_asked_for_again)
{
        build(NULL);
        lw_fake_bus_connect(bus, true);
        lw_fake_bus_refuse(bus, true);
        for (unsigned i = 1; i <= 2; i++) {
                lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/4", NULL, LW_STATUS_CHANGED,
                                NULL);
                lw_world_turn(&world);
                ck_assert_uint_eq(lw_fake_bus_reboots(bus), i);
        }
}
END_TEST

START_TEST(without_a_bus_there_is_no_reboot)
{
        build(NULL);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/4", NULL, LW_STATUS_UNAVAILABLE,
                        "there is no system bus to ask systemd-logind for a reboot");
        lw_world_turn(&world);
        ck_assert_uint_eq(lw_fake_bus_reboots(bus), 0);
}
END_TEST

START_TEST(a_factory_reset_is_a_unit)
{
        build(NULL);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/5", NULL, LW_STATUS_UNAVAILABLE,
                        "there is no system bus to ask systemd for a factory reset");
        lw_fake_bus_connect(bus, true);
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/3/0/5", NULL, LW_STATUS_CHANGED, NULL);
        ck_assert_ptr_null(lw_fake_bus_started(bus));
        lw_world_turn(&world);
        ck_assert_str_eq(lw_fake_bus_started(bus), "lwm2md-factory-reset.service");
}
END_TEST

START_TEST(hostnamed_fills_what_is_missing)
{
        put_machine();
        build(NULL);
        ck_assert_uint_eq(lw_fake_bus_questions(bus), 0);
        lw_fake_bus_connect(bus, true);
        ck_assert_uint_eq(lw_fake_bus_questions(bus), 1);
        ck_assert(lw_fake_bus_asked_for_serial(bus) && !lw_fake_bus_asked_for_maker(bus));
        g_string_truncate(world.changes, 0);
        lw_fake_bus_answer(bus, &(LwHostname1){ .vendor = "Dell", .serial = "8VXK2S2" });
        ck_assert_ptr_nonnull(strstr(world.changes->str, "/3/0 "));
        expect("/3/0/2", "/3/0/2=8VXK2S2");
        expect("/3/0/0", "/3/0/0=Dell Inc."); /* the nearer source counts */
        /* all is known: nobody is asked again */
        lw_fake_bus_connect(bus, false);
        lw_fake_bus_connect(bus, true);
        ck_assert_uint_eq(lw_fake_bus_questions(bus), 0);
}
END_TEST

/* A credential gave it: polkit need not be asked whether we may have it. */
START_TEST(hostnamed_is_not_asked_for_a_serial_number_that_is_known)
{
        g_autofree char *credentials = g_build_filename(files.path, "credentials", NULL);

        lw_test_files_put(&files, "credentials/dmi.product_serial", "SN42\n");
        build(credentials);
        lw_fake_bus_connect(bus, true);
        ck_assert_uint_eq(lw_fake_bus_questions(bus), 1);
        ck_assert(lw_fake_bus_asked_for_maker(bus) && !lw_fake_bus_asked_for_serial(bus));
        expect("/3/0/2", "/3/0/2=SN42");
}
END_TEST

START_TEST(hostnamed_may_know_nothing)
{
        build(NULL);
        lw_fake_bus_connect(bus, true);
        g_string_truncate(world.changes, 0);
        lw_fake_bus_answer(bus, &(LwHostname1){ .serial = "To be filled by O.E.M." });
        ck_assert_str_eq(world.changes->str, "");
        lw_world_expect(&world, LW_OPERATION_READ, "/3/0/2", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

TCase *test_device(void)
{
        TCase *tcase = tcase_create("device");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_host_with_all_facts);
        tcase_add_test(tcase, what_a_host_does_not_know_is_not_there);
        tcase_add_test(tcase, the_time_is_the_time_of_the_request);
        tcase_add_test(tcase, memory_is_looked_at_once_a_second);
        tcase_add_test(tcase, memory_that_runs_out_is_an_error);
        tcase_add_test(tcase, external_devices_are_linked);
        tcase_add_test(tcase, elements_of_the_error_code);
        tcase_add_test(tcase, a_read_of_the_error_code_waits_for_who_looks);
        tcase_add_test(tcase, a_read_that_waits_is_answered_at_the_end);
        tcase_add_test(tcase, a_reset_forgets_and_has_everybody_look);
        tcase_add_test(tcase, facts_are_not_written);
        tcase_add_test(tcase, the_instance_is_neither_created_nor_deleted);
        tcase_add_test(tcase, a_reboot_is_answered_first);
        tcase_add_test(tcase, a_reboot_that_is_refused_can_be_asked_for_again);
        tcase_add_test(tcase, without_a_bus_there_is_no_reboot);
        tcase_add_test(tcase, a_factory_reset_is_a_unit);
        tcase_add_test(tcase, hostnamed_fills_what_is_missing);
        tcase_add_test(tcase, hostnamed_is_not_asked_for_a_serial_number_that_is_known);
        tcase_add_test(tcase, hostnamed_may_know_nothing);
        return tcase;
}
