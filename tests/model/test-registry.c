/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the registry of definitions. */
#include <math.h>
#include <string.h>

#include "lib/suite.h"
#include "model/definition-xml.h"
#include "model/limits.h"
#include "model/registry.h"
#include "model/status.h"

TCase *test_registry(void);

static const char format[] =
                "<LWM2M><Object><Name>Test</Name><ObjectID>%u</ObjectID>"
                "<ObjectVersion>1.%u</ObjectVersion>"
                "<MultipleInstances>Single</MultipleInstances><Mandatory>Optional</Mandatory>"
                "<Resources>"
                "<Item ID=\"7\"><Name>Level</Name><Operations>R</Operations>"
                "<MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory</Mandatory>"
                "<Type>Integer</Type><RangeEnumeration>0..100</RangeEnumeration></Item>"
                "<Item ID=\"2\"><Name>Other</Name><Operations>R</Operations>"
                "<MultipleInstances>Single</MultipleInstances><Mandatory>Mandatory</Mandatory>"
                "<Type>Opaque</Type><RangeEnumeration>16,32</RangeEnumeration></Item>"
                "</Resources></Object></LWM2M>";

static LwObjectDef *make(unsigned object, unsigned minor)
{
        g_autofree char *text = g_strdup_printf(format, object, minor);
        LwObjectDef *def = lw_definition_xml_parse(text, strlen(text), NULL);

        ck_assert_ptr_nonnull(def);
        return def;
}

/* A directory with good files for 3 and 65534, a broken one for 4 and the wrong one for 5. */
static GBytes *load(void *user, uint16_t object)
{
        unsigned *calls = user;
        char *text;

        ++*calls;
        switch (object) {
        case 3:
        case 65534:
                text = g_strdup_printf(format, object, 0u);
                return g_bytes_new_take(text, strlen(text));
        case 4:
                return g_bytes_new_static("<LWM2M>", 7);
        case 5:
                text = g_strdup_printf(format, 6u, 0u);
                return g_bytes_new_take(text, strlen(text));
        }
        return NULL;
}

static unsigned warnings;

static GLogWriterOutput count_warnings(GLogLevelFlags level, const GLogField *fields G_GNUC_UNUSED,
                gsize count G_GNUC_UNUSED, void *user G_GNUC_UNUSED)
{
        warnings += level == G_LOG_LEVEL_WARNING;
        return G_LOG_WRITER_HANDLED;
}

START_TEST(reads_a_definition_once)
{
        unsigned calls = 0;
        g_autoptr(LwRegistry) registry = lw_registry_new(load, &calls);
        const LwObjectDef *def = lw_registry_find(registry, 3);

        ck_assert_ptr_nonnull(def);
        ck_assert_uint_eq(def->id, 3);
        ck_assert_ptr_eq(lw_registry_find(registry, 3), def);
        ck_assert_uint_eq(calls, 1);
        ck_assert_ptr_nonnull(lw_registry_find(registry, 65534));
        ck_assert_ptr_eq(lw_registry_find(registry, 3), def);
}
END_TEST

static const struct {
        uint16_t object;
        unsigned warnings;
} absent[] = { { 0, 0 }, { 4, 1 }, { 5, 1 }, { 6, 0 }, { 31, 0 }, { 32, 0 }, { 65535, 0 } };

START_TEST(remembers_what_is_absent)
{
        unsigned calls = 0;
        g_autoptr(LwRegistry) registry = lw_registry_new(load, &calls);

        g_log_set_writer_func(count_warnings, NULL, NULL);
        warnings = 0;
        for (unsigned i = 0; i < 3; i++)
                ck_assert_ptr_null(lw_registry_find(registry, absent[_i].object));
        ck_assert_uint_eq(calls, 1);
        ck_assert_uint_eq(warnings, absent[_i].warnings);
        ck_assert_ptr_null(lw_registry_resource(registry, absent[_i].object, 7));
        ck_assert_ptr_nonnull(lw_registry_find(registry, 3));
}
END_TEST

START_TEST(finds_resources)
{
        unsigned calls = 0;
        g_autoptr(LwRegistry) registry = lw_registry_new(load, &calls);

        ck_assert_str_eq(lw_registry_resource(registry, 3, 7)->name, "Level");
        ck_assert_str_eq(lw_registry_resource(registry, 3, 2)->name, "Other");
        ck_assert_ptr_null(lw_registry_resource(registry, 3, 0));
        ck_assert_ptr_null(lw_registry_resource(registry, 3, 3));
        ck_assert_ptr_null(lw_registry_resource(registry, 3, 8));
        ck_assert_ptr_null(lw_registry_resource(registry, 9, 7));
}
END_TEST

START_TEST(takes_definitions_that_come_otherwise)
{
        unsigned calls = 0;
        g_autoptr(LwRegistry) registry = lw_registry_new(load, &calls);
        const LwObjectDef *first, *second;

        ck_assert_ptr_null(lw_registry_find(registry, 9));
        ck_assert(lw_registry_add(registry, make(9, 0)));
        first = lw_registry_find(registry, 9);
        ck_assert_ptr_nonnull(first);

        ck_assert(lw_registry_add(registry, make(9, 0)));
        ck_assert_ptr_eq(lw_registry_find(registry, 9), first);

        ck_assert(lw_registry_add(registry, make(9, 1)));
        second = lw_registry_find(registry, 9);
        ck_assert_ptr_ne(second, first);
        ck_assert_uint_eq(second->minor, 1);
        ck_assert_uint_eq(first->minor, 0); /* who has it still may read it */
}
END_TEST

START_TEST(what_was_removed_was_never_there)
{
        unsigned calls = 0;
        g_autoptr(LwRegistry) registry = lw_registry_new(load, &calls);

        ck_assert(lw_registry_add(registry, make(9, 0)));
        lw_registry_remove(registry, 9);
        ck_assert_ptr_null(lw_registry_find(registry, 9));
        ck_assert(lw_registry_add(registry, make(9, 1)));
        ck_assert_uint_eq(lw_registry_find(registry, 9)->minor, 1);
}
END_TEST

START_TEST(definitions_are_equal_in_all_that_they_say)
{
        g_autoptr(LwObjectDef) one = make(9, 0);
        g_autoptr(LwObjectDef) same = make(9, 0);
        g_autoptr(LwObjectDef) later = make(9, 1);
        g_autoptr(LwObjectDef) other = make(10, 0);

        ck_assert(lw_object_def_equal(one, same));
        ck_assert(!lw_object_def_equal(one, later));
        ck_assert(!lw_object_def_equal(one, other));
}
END_TEST

START_TEST(bounds_what_is_replaced)
{
        g_autoptr(LwRegistry) registry = lw_registry_new(NULL, NULL);

        ck_assert(lw_registry_add(registry, make(9, 0)));
        for (unsigned i = 1; i <= LW_DEFINITIONS_REPLACED_MAX; i++)
                ck_assert(lw_registry_add(registry, make(9, i % 2)));
        ck_assert(!lw_registry_add(registry, make(9, 1)));
        ck_assert_uint_eq(lw_registry_find(registry, 9)->minor, 0);
        ck_assert(lw_registry_add(registry, make(9, 0)));
        ck_assert(lw_registry_add(registry, make(10, 0)));
}
END_TEST

#define INTEGER(n)                                                                                 \
        {                                                                                          \
                .integer = (n), .type = LW_TYPE_INTEGER                                            \
        }
#define UNSIGNED(n)                                                                                \
        {                                                                                          \
                .unsigned_integer = (n), .type = LW_TYPE_UNSIGNED                                  \
        }
#define FLOAT(n)                                                                                   \
        {                                                                                          \
                .number = (n), .type = LW_TYPE_FLOAT                                               \
        }
#define TEXT(t)                                                                                    \
        {                                                                                          \
                .text = (t), .length = sizeof(t) - 1, .type = LW_TYPE_STRING                       \
        }
#define DATA(n)                                                                                    \
        {                                                                                          \
                .data = zeroes, .length = (n), .type = LW_TYPE_OPAQUE                              \
        }

static const uint8_t zeroes[64];
static double few[] = { 16, 32, 48 };

static const struct {
        LwResourceDef def;
        LwValue value;
        const char *refused; /* in the message, or NULL */
} checks[] = {
        { { .type = LW_TYPE_INTEGER }, INTEGER(INT64_MIN), NULL },
        { { .type = LW_TYPE_INTEGER }, UNSIGNED(1), "of type integer, not unsigned integer" },
        { { .type = LW_TYPE_INTEGER }, TEXT("1"), "of type integer, not string" },
        { { .type = LW_TYPE_INTEGER }, { .length = 0 }, "of type integer, not nothing" },
        { { .type = LW_TYPE_NONE }, INTEGER(1), "of type nothing, not integer" },
        { { .type = LW_TYPE_INTEGER, .has_range = true, .maximum = 7 }, INTEGER(0), NULL },
        { { .type = LW_TYPE_INTEGER, .has_range = true, .maximum = 7 }, INTEGER(7), NULL },
        { { .type = LW_TYPE_INTEGER, .has_range = true, .maximum = 7 }, INTEGER(8),
                        "8 is not allowed for resource 0 (x), which takes 0..7" },
        { { .type = LW_TYPE_INTEGER, .has_range = true, .maximum = 7 }, INTEGER(-1), "takes 0..7" },
        { { .type = LW_TYPE_INTEGER, .has_range = true, .maximum = 0x1p63 }, INTEGER(INT64_MAX),
                        NULL },
        { { .type = LW_TYPE_UNSIGNED, .has_range = true, .maximum = 0x1p64 }, UNSIGNED(UINT64_MAX),
                        NULL },
        { { .type = LW_TYPE_UNSIGNED, .has_range = true, .maximum = 3 }, UNSIGNED(UINT64_MAX),
                        "takes 0..3" },
        { { .type = LW_TYPE_TIME, .has_range = true, .minimum = 5, .maximum = 9 },
                        { .integer = 4, .type = LW_TYPE_TIME }, "takes 5..9" },
        { { .type = LW_TYPE_FLOAT, .has_range = true, .minimum = -1.5, .maximum = 1 }, FLOAT(-1.5),
                        NULL },
        { { .type = LW_TYPE_FLOAT, .has_range = true, .minimum = -1.5, .maximum = 1 }, FLOAT(1.25),
                        "1.25 is not allowed for resource 0 (x), which takes -1.5..1" },
        { { .type = LW_TYPE_FLOAT, .has_range = true, .maximum = 1 }, FLOAT(NAN), "not finite" },
        { { .type = LW_TYPE_FLOAT, .has_range = true, .maximum = 1 }, FLOAT(INFINITY),
                        "not finite" },
        { { .type = LW_TYPE_FLOAT }, FLOAT(NAN), NULL },
        { { .type = LW_TYPE_STRING, .has_range = true, .maximum = 3 }, TEXT("abc"), NULL },
        { { .type = LW_TYPE_STRING, .has_range = true, .maximum = 3 }, TEXT("abcd"),
                        "a length of 4 bytes is not allowed" },
        { { .type = LW_TYPE_STRING, .has_range = true, .minimum = 1, .maximum = 3 }, TEXT(""),
                        "a length of 0 bytes" },
        { { .type = LW_TYPE_OPAQUE, .choices = few, .choice_count = 3 }, DATA(32), NULL },
        { { .type = LW_TYPE_OPAQUE, .choices = few, .choice_count = 3 }, DATA(33),
                        "takes 16, 32, 48" },
        { { .type = LW_TYPE_BOOLEAN, .has_range = true, .maximum = 0 },
                        { .boolean = true, .type = LW_TYPE_BOOLEAN }, NULL },
};

START_TEST(checks_values)
{
        LwResourceDef def = checks[_i].def;
        char name[] = "x";
        g_autoptr(GError) error = NULL;

        def.name = name;
        ck_assert(lw_resource_def_check(&def, &checks[_i].value, &error) ==
                        (checks[_i].refused == NULL));
        if (checks[_i].refused == NULL)
                return;
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_msg(strstr(error->message, checks[_i].refused) != NULL, "%s", error->message);
}
END_TEST

START_TEST(measures_blobs)
{
        g_autoptr(LwBlob) fits = lw_blob_new_copy(zeroes, 16), other = lw_blob_new_copy(zeroes, 17);
        char name[] = "x";
        LwResourceDef def = {
                .type = LW_TYPE_OPAQUE, .choices = few, .choice_count = 3, .name = name
        };
        LwValue good = lw_value_blob(fits), bad = lw_value_blob(other);

        ck_assert(lw_resource_def_check(&def, &good, NULL));
        ck_assert(!lw_resource_def_check(&def, &bad, NULL));
}
END_TEST

START_TEST(may_be_none)
{
        lw_registry_free(NULL);
        lw_object_def_free(NULL);
}
END_TEST

TCase *test_registry(void)
{
        TCase *tcase = tcase_create("registry");

        tcase_add_test(tcase, reads_a_definition_once);
        tcase_add_loop_test(tcase, remembers_what_is_absent, 0, G_N_ELEMENTS(absent));
        tcase_add_test(tcase, finds_resources);
        tcase_add_test(tcase, takes_definitions_that_come_otherwise);
        tcase_add_test(tcase, what_was_removed_was_never_there);
        tcase_add_test(tcase, definitions_are_equal_in_all_that_they_say);
        tcase_add_test(tcase, bounds_what_is_replaced);
        tcase_add_loop_test(tcase, checks_values, 0, G_N_ELEMENTS(checks));
        tcase_add_test(tcase, measures_blobs);
        tcase_add_test(tcase, may_be_none);
        return tcase;
}
