/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions that services bring: what they allow, whose count, and how long. */
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "providers/remote-stage.h"
#include "providers/suite.h"

#define ITEM(id, name, operations, type, range)                                                    \
        "<Item ID=\"" id "\"><Name>" name "</Name><Operations>" operations                         \
        "</Operations><MultipleInstances>Single</MultipleInstances>"                               \
        "<Mandatory>Optional</Mandatory><Type>" type "</Type><RangeEnumeration>" range             \
        "</RangeEnumeration><Units></Units><Description></Description></Item>\n"
#define OBJECT(id, name, items)                                                                    \
        "<LWM2M><Object ObjectType=\"MODefinition\">\n<Name>" name "</Name>\n<ObjectID>" id        \
        "</ObjectID><ObjectURN>urn:oma:lwm2m:x:" id "</ObjectURN><LWM2MVersion>1.0</LWM2MVersion>" \
        "<ObjectVersion>1.0</ObjectVersion><MultipleInstances>Multiple</MultipleInstances>"        \
        "<Mandatory>Optional</Mandatory><Resources>\n" items "</Resources></Object></LWM2M>\n"

#define HEAT OBJECT("20001", "Heat", ITEM("1", "Level", "RW", "Integer", "0..9"))
#define COLD OBJECT("20001", "Cold", ITEM("1", "Level", "RW", "Integer", "0..5"))
#define BELL OBJECT("20002", "Bell", ITEM("2", "Ring", "E", "", ""))

#define FIRST "/org/lwm2md/registration/1"

/* Registers one instance with one resource of an object, and the texts, NULL for none. */
static const char *bring(const char *sender, const char *key, unsigned resource, const char *name,
                const char *first, const char *second)
{
        unsigned count = (first != NULL) + (second != NULL);

        if (count == 0)
                return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 1, resource,
                                1, "name", "s", name);
        return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                        "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 1, resource, 2,
                        "name", "s", name, "definitions", "as", count, first, second);
}

static bool is_known(uint16_t object)
{
        return lw_registry_find(remote.world.registry, object) != NULL;
}

START_TEST(what_a_service_brings_is_what_counts)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", NULL, NULL), "NotFound");
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, BELL), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, "org.lwm2md.Registration1", "Update",
                                         "a{sv}asa{sv}", 1, "/20001/0/1", "x", (int64_t) 10, 0, 0),
                        "BadRequest");
        ck_assert_ptr_nonnull(strstr(remote.message, "0..9"));
        ck_assert(is_known(20002));
}
END_TEST

START_TEST(it_goes_with_the_registration)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, BELL), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, "org.lwm2md.Registration1",
                                         "Unregister", ""),
                        "");
        ck_assert(!is_known(20001));
        ck_assert(!is_known(20002));
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", COLD, NULL), "");
}
END_TEST

START_TEST(it_goes_when_nothing_comes_of_the_registration)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 7, "a", HEAT, NULL), "BadRequest");
        ck_assert_ptr_nonnull(strstr(remote.message, "no resource 7"));
        ck_assert(!is_known(20001));
}
END_TEST

START_TEST(several_bring_the_same_and_the_last_takes_it_away)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, NULL), "");
        ck_assert_str_eq(bring(":1.6", "/20001/1", 1, "b", HEAT, NULL), "");
        ck_assert_str_eq(bring(":1.7", "/20001/2", 1, "c", COLD, NULL), "InvalidDefinition");
        ck_assert_ptr_nonnull(strstr(remote.message, "another service"));
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, "org.lwm2md.Registration1",
                                         "Unregister", ""),
                        "");
        ck_assert(is_known(20001));
        ck_assert_str_eq(lw_remote_stage_call(":1.6", "/org/lwm2md/registration/2",
                                         "org.lwm2md.Registration1", "Unregister", ""),
                        "");
        ck_assert(!is_known(20001));
}
END_TEST

/* The second brings nothing: while it has instances of the object, the definition stays. */
START_TEST(it_stays_while_the_object_is_there)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, NULL), "");
        ck_assert_str_eq(bring(":1.6", "/20001/1", 1, "b", NULL, NULL), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, "org.lwm2md.Registration1",
                                         "Unregister", ""),
                        "");
        ck_assert(is_known(20001));
        ck_assert_str_eq(bring(":1.7", "/20001/2", 1, "c", COLD, NULL), "InvalidDefinition");
        ck_assert_str_eq(lw_remote_stage_call(":1.6", "/org/lwm2md/registration/2",
                                         "org.lwm2md.Registration1", "Unregister", ""),
                        "");
        ck_assert(!is_known(20001));
}
END_TEST

START_TEST(the_grace_keeps_it)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, NULL), "");
        lw_remote_stage_drop(":1.5");
        ck_assert(is_known(20001));
        ck_assert_str_eq(bring(":1.5.2", "/20001/0", 1, "a", NULL, NULL), "");
        lw_remote_stage_drop(":1.5.2");
        ck_assert_str_eq(bring(":1.5.3", "/20001/0", 1, "a", HEAT, NULL), "");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 1);
}
END_TEST

/* An update of the package: nobody else relies on the old one. */
START_TEST(who_is_back_with_another_one_begins_anew)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, NULL), "");
        lw_remote_stage_drop(":1.5");
        ck_assert_str_eq(bring(":1.5.2", "/20001/0", 1, "a", COLD, NULL), "");
        ck_assert_str_eq(lw_registry_find(remote.world.registry, 20001)->name, "Cold");
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 1);
}
END_TEST

static const struct {
        const char *text, *message;
} wrong[] = {
        { "", "definition 1: " },
        { "<LWM2M>\n<Object>\n", "definition 1: line 3" },
        { OBJECT("20001", "Heat", ITEM("1", "Level", "RX", "Integer", "")), "line 4" },
        { OBJECT("8", "Lock", ITEM("1", "Level", "RW", "Integer", "")), "0 to 9 and 21" },
        { OBJECT("3303", "Temperature", ITEM("1", "Level", "RW", "Integer", "")),
                        "the installed file" },
};

START_TEST(a_definition_is_good_or_refused)
{
        ck_assert_str_eq(bring(":1.5", "/3303/7", 5700, "a", wrong[_i].text, NULL),
                        "InvalidDefinition");
        ck_assert_msg(strstr(remote.message, wrong[_i].message) != NULL, "%s", remote.message);
        ck_assert_uint_eq(lw_registrar_count(remote.registrar), 0);
}
END_TEST

START_TEST(an_object_is_brought_once)
{
        ck_assert_str_eq(bring(":1.5", "/20001/0", 1, "a", HEAT, COLD), "InvalidDefinition");
        ck_assert_ptr_nonnull(
                        strstr(remote.message, "definition 2: object 20001 is defined twice"));
        ck_assert(!is_known(20001));
}
END_TEST

START_TEST(the_installed_one_may_be_brought)
{
        g_autoptr(GBytes) file = lw_test_source_file("data/objects/3303.xml");
        g_autofree char *text = g_strndup(g_bytes_get_data(file, NULL), g_bytes_get_size(file));

        ck_assert_str_eq(bring(":1.5", "/3303/7", 5700, "a", text, NULL), "");
        ck_assert_str_eq(lw_remote_stage_call(":1.5", FIRST, "org.lwm2md.Registration1",
                                         "Unregister", ""),
                        "");
        ck_assert(is_known(3303));
}
END_TEST

START_TEST(one_user_brings_so_many_bytes)
{
        g_autofree char *blanks = g_strnfill(LW_DEFINITION_MAX - sizeof(HEAT), ' ');
        g_autofree char *long_one = g_strconcat(HEAT, blanks, NULL);

        for (unsigned i = 0; i < LW_PLUGIN_DEFINITIONS_BYTES_MAX / LW_DEFINITION_MAX; i++) {
                g_autofree char *sender = g_strdup_printf(":1.5.%u", i);
                g_autofree char *key = g_strdup_printf("/20001/%u", i);
                g_autofree char *name = g_strdup_printf("n%u", i);

                ck_assert_str_eq(bring(sender, key, 1, name, long_one, NULL), "");
        }
        ck_assert_str_eq(bring(":1.5.99", "/20001/99", 1, "n99", long_one, NULL), "LimitExceeded");
        ck_assert_ptr_nonnull(strstr(remote.message, "4194304 bytes"));
        ck_assert_str_eq(bring(":1.6", "/20001/99", 1, "n99", long_one, NULL), "");
}
END_TEST

TCase *test_remote_brought(void)
{
        TCase *tcase = tcase_create("remote-brought");

        tcase_add_checked_fixture(tcase, lw_remote_stage_setup, lw_remote_stage_teardown);
        tcase_add_test(tcase, what_a_service_brings_is_what_counts);
        tcase_add_test(tcase, it_goes_with_the_registration);
        tcase_add_test(tcase, it_goes_when_nothing_comes_of_the_registration);
        tcase_add_test(tcase, several_bring_the_same_and_the_last_takes_it_away);
        tcase_add_test(tcase, it_stays_while_the_object_is_there);
        tcase_add_test(tcase, the_grace_keeps_it);
        tcase_add_test(tcase, who_is_back_with_another_one_begins_anew);
        tcase_add_loop_test(tcase, a_definition_is_good_or_refused, 0, G_N_ELEMENTS(wrong));
        tcase_add_test(tcase, an_object_is_brought_once);
        tcase_add_test(tcase, the_installed_one_may_be_brought);
        tcase_add_test(tcase, one_user_brings_so_many_bytes);
        return tcase;
}
