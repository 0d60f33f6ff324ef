/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the ranges of definitions. */
#include "lib/suite.h"
#include "model/range.h"
#include "model/status.h"

TCase *test_range(void);

/* The texts are those that published object files have. */
static const struct {
        LwType type;
        const char *text;
        double minimum, maximum;
} bounds[] = {
        { LW_TYPE_INTEGER, "0..255", 0, 255 },
        { LW_TYPE_INTEGER, "1..65534", 1, 65534 },
        { LW_TYPE_INTEGER, "-90..90", -90, 90 },
        { LW_TYPE_INTEGER, "-110..-48", -110, -48 },
        { LW_TYPE_INTEGER, " 0 .. 7 ", 0, 7 },
        { LW_TYPE_INTEGER, "1...15", 1, 15 },
        { LW_TYPE_INTEGER, "0-3", 0, 3 },
        { LW_TYPE_INTEGER, "-3--1", -3, -1 },
        { LW_TYPE_INTEGER, "0..9223372036854775807", 0, 0x1p63 },
        { LW_TYPE_UNSIGNED, "0..18446744073709551615", 0, 0x1p64 },
        { LW_TYPE_FLOAT, "0.000001..1.0", 0.000001, 1 },
        { LW_TYPE_FLOAT, "-100.0..100.0", -100, 100 },
        { LW_TYPE_TIME, "0..10", 0, 10 },
        { LW_TYPE_STRING, "0..255 bytes", 0, 255 },
        { LW_TYPE_STRING, "1..64 Bytes", 1, 64 },
        { LW_TYPE_STRING, "0..255", 0, 255 },
        { LW_TYPE_STRING, "64", 0, 64 },
        { LW_TYPE_STRING, "32 bytes", 0, 32 },
        { LW_TYPE_CORELNK, "0..10", 0, 10 },
        { LW_TYPE_OPAQUE, "6..6", 6, 6 },
        { LW_TYPE_OPAQUE, "1 byte", 0, 1 },
};

START_TEST(takes_bounds)
{
        LwResourceDef def = { .type = (uint8_t) bounds[_i].type };

        ck_assert(lw_range_parse(bounds[_i].text, &def, NULL));
        ck_assert(def.has_range);
        ck_assert(def.minimum == bounds[_i].minimum);
        ck_assert(def.maximum == bounds[_i].maximum);
        ck_assert_uint_eq(def.choice_count, 0);
}
END_TEST

static const struct {
        LwType type;
        const char *text;
        size_t count;
        double choices[4];
} lists[] = {
        { LW_TYPE_OPAQUE, "16,32,48", 3, { 16, 32, 48 } },
        { LW_TYPE_OPAQUE, "16,32,48 bytes", 3, { 16, 32, 48 } },
        { LW_TYPE_INTEGER, "5, 10, 15, 20", 4, { 5, 10, 15, 20 } },
        { LW_TYPE_STRING, "10,26", 2, { 10, 26 } },
        { LW_TYPE_FLOAT, "-1.5 , 2", 2, { -1.5, 2 } },
};

START_TEST(takes_choices)
{
        LwResourceDef def = { .type = (uint8_t) lists[_i].type };

        ck_assert(lw_range_parse(lists[_i].text, &def, NULL));
        ck_assert(!def.has_range);
        ck_assert_uint_eq(def.choice_count, lists[_i].count);
        for (size_t i = 0; i < lists[_i].count; i++)
                ck_assert(def.choices[i] == lists[_i].choices[i]);
        g_free(def.choices);
}
END_TEST

static const struct {
        LwType type;
        const char *text;
} unbounded[] = {
        { LW_TYPE_INTEGER, "" },
        { LW_TYPE_INTEGER, "255" },
        { LW_TYPE_INTEGER, "1 bytes" },
        { LW_TYPE_INTEGER, "0..4 bytes" },
        { LW_TYPE_INTEGER, "2 Instances" },
        { LW_TYPE_INTEGER, "8-Bits" },
        { LW_TYPE_INTEGER, "16-bit" },
        { LW_TYPE_INTEGER, "16-32-48" },
        { LW_TYPE_INTEGER, "-30..-120" },
        { LW_TYPE_INTEGER, "0..3, 99" },
        { LW_TYPE_INTEGER, "5,a" },
        { LW_TYPE_INTEGER, "5," },
        { LW_TYPE_INTEGER, "5,6 and more" },
        { LW_TYPE_INTEGER, "0..255 or so" },
        { LW_TYPE_INTEGER, "0.." },
        { LW_TYPE_INTEGER, "1." },
        { LW_TYPE_INTEGER, "1 .5" },
        { LW_TYPE_INTEGER, "0....5" },
        { LW_TYPE_INTEGER, "<7 to >12.5" },
        { LW_TYPE_INTEGER, "0: off\n1: on" },
        { LW_TYPE_FLOAT, "0; 3.8..20.5" },
        { LW_TYPE_STRING, "U, UQ, S" },
        { LW_TYPE_STRING, "binding letter" },
        { LW_TYPE_BOOLEAN, "0..1" },
        { LW_TYPE_OBJLNK, "0..65535" },
        { LW_TYPE_NONE, "0..1" },
};

START_TEST(leaves_prose_alone)
{
        LwResourceDef def = { .type = (uint8_t) unbounded[_i].type };

        ck_assert(lw_range_parse(unbounded[_i].text, &def, NULL));
        ck_assert(!def.has_range);
        ck_assert_uint_eq(def.choice_count, 0);
        ck_assert_ptr_null(def.choices);
}
END_TEST

START_TEST(bounds_the_number_of_choices)
{
        g_autoptr(GString) text = g_string_new("0");
        LwResourceDef def = { .type = LW_TYPE_INTEGER };
        g_autoptr(GError) error = NULL;

        for (unsigned i = 1; i < 32; i++)
                g_string_append_printf(text, ",%u", i);
        ck_assert(lw_range_parse(text->str, &def, NULL));
        ck_assert_uint_eq(def.choice_count, 32);
        g_clear_pointer(&def.choices, g_free);
        def.choice_count = 0;
        g_string_append(text, ",32");
        ck_assert(!lw_range_parse(text->str, &def, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_ptr_null(def.choices);
}
END_TEST

TCase *test_range(void)
{
        TCase *tcase = tcase_create("range");

        tcase_add_loop_test(tcase, takes_bounds, 0, G_N_ELEMENTS(bounds));
        tcase_add_loop_test(tcase, takes_choices, 0, G_N_ELEMENTS(lists));
        tcase_add_loop_test(tcase, leaves_prose_alone, 0, G_N_ELEMENTS(unbounded));
        tcase_add_test(tcase, bounds_the_number_of_choices);
        return tcase;
}
