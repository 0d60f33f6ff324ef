/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine by DMI, device tree and credentials. */
#include <string.h>

#include "host/machine.h"
#include "host/suite.h"
#include "lib/files.h"

static const struct {
        const char *text;
        size_t length;
        const char *fact;
} facts[] = {
#define FACT(text, fact)                                                                           \
        {                                                                                          \
                text, sizeof(text) - 1, fact                                                       \
        }
        FACT("LENOVO\n", "LENOVO"),
        FACT("  ThinkPad X1  \n", "ThinkPad X1"),
        /* the device tree ends its strings by NUL */
        FACT("Raspberry Pi 4 Model B Rev 1.4\0", "Raspberry Pi 4 Model B Rev 1.4"),
        FACT("first\0second\0", "first"),
        FACT("\xc3\xa4\n", "\xc3\xa4"),
        FACT("", NULL),
        FACT("\n", NULL),
        FACT("   \n", NULL),
        FACT("-", NULL),
        FACT("0", NULL),
        FACT("00000000\n", NULL),
        FACT("xxxxxxxx", NULL),
        FACT("............", NULL),
        FACT("None\n", NULL),
        FACT("Not Specified\n", NULL),
        FACT("Default string\n", NULL),
        FACT("default String\n", NULL),
        FACT("To be filled by O.E.M.\n", NULL),
        FACT("To Be Filled By O.E.M.\n", NULL),
        FACT("System Serial Number\n", NULL),
        FACT("\xff\xff\xff\n", NULL),
        FACT("a\x01"
             "b\n",
                        NULL),
        /* no fillers, though they begin like one */
        FACT("0012", "0012"),
        FACT("None of your business", "None of your business"),
        FACT("X1", "X1"),
#undef FACT
};

START_TEST(fillers_are_no_facts)
{
        g_autofree char *fact = lw_machine_fact(facts[_i].text, facts[_i].length);

        ck_assert_pstr_eq(fact, facts[_i].fact);
}
END_TEST

static const struct {
        unsigned type;
        const char *kind;
} kinds[] = {
        { 0, NULL },
        { 1, NULL },
        { 2, NULL },
        { 3, "desktop" },
        { 9, "laptop" },
        { 23, "rack mount chassis" },
        { 33, "IoT gateway" },
        { 36, "stick PC" },
        { 37, NULL },
        { 255, NULL },
};

START_TEST(kinds_of_enclosures)
{
        ck_assert_pstr_eq(lw_machine_kind(kinds[_i].type), kinds[_i].kind);
}
END_TEST

/* A host: its files, "NAME=CONTENT", and what is known of it. */
static const struct {
        const char *files[8];
        LwMachine machine;
} hosts[] = {
        { { "sys/class/dmi/id/sys_vendor=Dell Inc.\n",
                          "sys/class/dmi/id/product_name=Edge Gateway 3001\n",
                          "sys/class/dmi/id/product_version=\n",
                          "sys/class/dmi/id/board_version=A03\n",
                          "sys/class/dmi/id/product_serial=8VXK2S2\n",
                          "sys/class/dmi/id/chassis_type=33\n" },
                        { (char *) "Dell Inc.", (char *) "Edge Gateway 3001", (char *) "8VXK2S2",
                                        (char *) "A03", (char *) "IoT gateway" } },
        /* where the system was not filled in, the board is asked */
        { { "sys/class/dmi/id/sys_vendor=To be filled by O.E.M.\n",
                          "sys/class/dmi/id/board_vendor=ASRock\n",
                          "sys/class/dmi/id/product_name=System Product Name\n",
                          "sys/class/dmi/id/board_name=J3455-ITX\n",
                          "sys/class/dmi/id/product_serial=Default string\n",
                          "sys/class/dmi/id/board_serial=M80-94\n",
                          "sys/class/dmi/id/chassis_type=2\n" },
                        { (char *) "ASRock", (char *) "J3455-ITX", (char *) "M80-94", NULL,
                                        NULL } },
        { { "proc/device-tree/model=Raspberry Pi 4 Model B Rev 1.4",
                          "proc/device-tree/serial-number=10000000a3c1e2f4",
                          "proc/device-tree/compatible=raspberrypi,4-model-b" },
                        { (char *) "raspberrypi", (char *) "Raspberry Pi 4 Model B Rev 1.4",
                                        (char *) "10000000a3c1e2f4", NULL, NULL } },
        /* credentials come before all else; "-" is what the unit sets where there is none */
        { { "credentials/dmi.product_serial=-", "credentials/dmi.board_serial=B-77\n",
                          "sys/class/dmi/id/product_serial=8VXK2S2\n" },
                        { .serial = (char *) "B-77" } },
        { { "sys/class/dmi/id/chassis_type=ten\n", "proc/device-tree/compatible=,x" }, {} },
        { {}, {} },
};

START_TEST(a_host_says_what_it_is)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwMachine) machine = {};
        g_autofree char *credentials = NULL;

        lw_test_files_make(&files);
        for (size_t i = 0; i < G_N_ELEMENTS(hosts[_i].files) && hosts[_i].files[i] != NULL; i++) {
                const char *equals = strchr(hosts[_i].files[i], '=');
                g_autofree char *name = g_strndup(
                                hosts[_i].files[i], (size_t) (equals - hosts[_i].files[i]));
                bool has_nul = g_str_has_prefix(name, "proc/device-tree/");

                lw_test_files_put_bytes(&files, name, equals + 1, strlen(equals + 1) + has_nul);
        }
        credentials = g_build_filename(files.path, "credentials", NULL);
        lw_machine_read(&machine, files.fd, credentials);
        ck_assert_pstr_eq(machine.vendor, hosts[_i].machine.vendor);
        ck_assert_pstr_eq(machine.model, hosts[_i].machine.model);
        ck_assert_pstr_eq(machine.serial, hosts[_i].machine.serial);
        ck_assert_pstr_eq(machine.hardware, hosts[_i].machine.hardware);
        ck_assert_pstr_eq(machine.kind, hosts[_i].machine.kind);
}
END_TEST

START_TEST(the_endpoint_is_a_urn_of_the_machine)
{
        sd_id128_t id = SD_ID128_MAKE(
                        a3, c2, f2, ba, 0f, b5, 4f, 8b, 90, 61, 3f, 4c, 44, f6, 79, d4);
        g_autofree char *endpoint = lw_machine_endpoint_of(id);

        ck_assert_str_eq(endpoint, "urn:uuid:a3c2f2ba-0fb5-4f8b-9061-3f4c44f679d4");
}
END_TEST

TCase *test_machine(void)
{
        TCase *tcase = tcase_create("machine");

        tcase_add_loop_test(tcase, fillers_are_no_facts, 0, G_N_ELEMENTS(facts));
        tcase_add_loop_test(tcase, kinds_of_enclosures, 0, G_N_ELEMENTS(kinds));
        tcase_add_loop_test(tcase, a_host_says_what_it_is, 0, G_N_ELEMENTS(hosts));
        tcase_add_test(tcase, the_endpoint_is_a_urn_of_the_machine);
        return tcase;
}
