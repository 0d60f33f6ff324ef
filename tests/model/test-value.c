/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of typed values. */
#include <math.h>
#include <string.h>

#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "model/value.h"

TCase *test_value(void);

#define DATA(text)                                                                                 \
        {                                                                                          \
                .data = (const uint8_t *) (text), .length = sizeof(text) - 1,                      \
                .type = LW_TYPE_OPAQUE                                                             \
        }
#define TEXT(t, kind)                                                                              \
        {                                                                                          \
                .text = (t), .length = sizeof(t) - 1, .type = (kind)                               \
        }
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
#define TIME(n)                                                                                    \
        {                                                                                          \
                .integer = (n), .type = LW_TYPE_TIME                                               \
        }
#define BOOLEAN(b)                                                                                 \
        {                                                                                          \
                .boolean = (b), .type = LW_TYPE_BOOLEAN                                            \
        }
#define LINK(o, i)                                                                                 \
        {                                                                                          \
                .link = { (o), (i) }, .type = LW_TYPE_OBJLNK                                       \
        }

/* Source: OMA LwM2M Core 1.1, plain text: the standard's own examples first */
static const struct {
        const char *text;
        LwValue value;
} texts[] = {
        { "Open Mobile Alliance", TEXT("Open Mobile Alliance", LW_TYPE_STRING) },
        { "-750", INTEGER(-750) },
        { "86400", INTEGER(86400) },
        { "23.5", FLOAT(23.5) },
        { "1", BOOLEAN(true) },
        { "0", BOOLEAN(false) },
        { "AQIDBAU=", DATA("\1\2\3\4\5") },
        { "66:0", LINK(66, 0) },
        { "65535:65535", LINK(65535, 65535) },
        { "66:65535", LINK(66, 65535) },
        { "1367491215", TIME(1367491215) },
        { "-1", TIME(-1) },
        { "</3303/0/5700>;gt=23", TEXT("</3303/0/5700>;gt=23", LW_TYPE_CORELNK) },
        { "", TEXT("", LW_TYPE_STRING) },
        { "\xc3\xa4\xf0\x9f\x98\x80", TEXT("\xc3\xa4\xf0\x9f\x98\x80", LW_TYPE_STRING) },
        { "+02:00", TEXT("+02:00", LW_TYPE_STRING) },
        { "9223372036854775807", INTEGER(INT64_MAX) },
        { "-9223372036854775808", INTEGER(INT64_MIN) },
        { "18446744073709551615", UNSIGNED(UINT64_MAX) },
        { "0.00000000006667", FLOAT(6.667e-11) },
        { "", DATA("") },
        { "AA==", DATA("\0") },
        { "AAE=", DATA("\0\1") },
        { "AAEC", DATA("\0\1\2") },
        { "+/+/", DATA("\xfb\xff\xbf") },
};

START_TEST(parses_and_prints)
{
        g_autoptr(GString) printed = g_string_new("=");
        g_autoptr(GBytes) storage = NULL;
        const LwValue *expected = &texts[_i].value;
        LwValue value;

        ck_assert(lw_value_parse(texts[_i].text, strlen(texts[_i].text), expected->type, &value,
                        &storage, NULL));
        ck_assert(lw_value_equal(&value, expected));
        ck_assert((storage != NULL) == (value.type == LW_TYPE_OPAQUE));
        ck_assert(lw_value_print(&value, printed, NULL));
        ck_assert_str_eq(printed->str + 1, texts[_i].text);
}
END_TEST

static const struct {
        LwType type;
        const char *text;
        size_t length;
} wrong[] = {
        { LW_TYPE_NONE, "", 0 },
        { LW_TYPE_STRING, "a\0b", 3 },
        { LW_TYPE_STRING, "\xff", 1 },
        { LW_TYPE_STRING, "\xc3", 1 },
        { LW_TYPE_STRING, "\xed\xa0\x80", 3 },
        { LW_TYPE_CORELNK, "\xff", 1 },
        { LW_TYPE_INTEGER, "", 0 },
        { LW_TYPE_INTEGER, "+1", 2 },
        { LW_TYPE_INTEGER, "1.0", 3 },
        { LW_TYPE_INTEGER, "1e3", 3 },
        { LW_TYPE_INTEGER, "9223372036854775808", 19 },
        { LW_TYPE_UNSIGNED, "-1", 2 },
        { LW_TYPE_UNSIGNED, "18446744073709551616", 20 },
        { LW_TYPE_UNSIGNED, "", 0 },
        { LW_TYPE_FLOAT, "", 0 },
        { LW_TYPE_FLOAT, "1e400", 5 },
        { LW_TYPE_FLOAT, "nan", 3 },
        { LW_TYPE_BOOLEAN, "", 0 },
        { LW_TYPE_BOOLEAN, "true", 4 },
        { LW_TYPE_BOOLEAN, "2", 1 },
        { LW_TYPE_BOOLEAN, "01", 2 },
        { LW_TYPE_OPAQUE, "AQIDBAU", 7 },
        { LW_TYPE_OPAQUE, "AQID\nBAU=", 9 },
        { LW_TYPE_OPAQUE, "AQI=BAU=", 8 },
        { LW_TYPE_OPAQUE, "A===", 4 },
        { LW_TYPE_OPAQUE, "====", 4 },
        { LW_TYPE_OPAQUE, "-_-_", 4 },
        { LW_TYPE_OPAQUE, "AQ\0D", 4 },
        { LW_TYPE_OPAQUE, "!!!!", 4 },
        { LW_TYPE_TIME, "2013-05-02", 10 },
        { LW_TYPE_OBJLNK, "", 0 },
        { LW_TYPE_OBJLNK, "66", 2 },
        { LW_TYPE_OBJLNK, ":", 1 },
        { LW_TYPE_OBJLNK, "66:", 3 },
        { LW_TYPE_OBJLNK, ":0", 2 },
        { LW_TYPE_OBJLNK, "66:0:1", 6 },
        { LW_TYPE_OBJLNK, "66:65536", 8 },
        { LW_TYPE_OBJLNK, "-1:0", 4 },
        { LW_TYPE_OBJLNK, "FFFF:FFFF", 9 },
};

START_TEST(refuses_what_is_not_of_the_type)
{
        g_autoptr(GError) error = NULL;
        GBytes *storage = NULL;
        LwValue value = lw_value_integer(99);

        ck_assert(!lw_value_parse(wrong[_i].text, wrong[_i].length, wrong[_i].type, &value,
                        &storage, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_ptr_nonnull(strstr(error->message, lw_type_name(wrong[_i].type)));
        ck_assert_ptr_null(storage);
        ck_assert_int_eq(value.integer, 99);
}
END_TEST

START_TEST(bounds_the_length_of_text)
{
        g_autofree char *text = g_strnfill(LW_STRING_MAX + 1, 'x');
        LwValue value;

        ck_assert(lw_value_parse(text, LW_STRING_MAX, LW_TYPE_STRING, &value, NULL, NULL));
        ck_assert_uint_eq(value.length, LW_STRING_MAX);
        ck_assert(!lw_value_parse(text, LW_STRING_MAX + 1, LW_TYPE_STRING, &value, NULL, NULL));
}
END_TEST

START_TEST(shows_no_opaque_text_in_messages)
{
        g_autoptr(GError) error = NULL;
        GBytes *storage = NULL;
        LwValue value;

        ck_assert(!lw_value_parse("c2VjcmV0!", 9, LW_TYPE_OPAQUE, &value, &storage, &error));
        ck_assert_ptr_null(strstr(error->message, "c2Vj"));
}
END_TEST

static const LwValue unprintable[] = { FLOAT(NAN), FLOAT(INFINITY), FLOAT(-INFINITY),
        { .length = 0 } };

START_TEST(does_not_print_what_has_no_text)
{
        g_autoptr(GString) text = g_string_new("x");
        g_autoptr(GError) error = NULL;

        ck_assert(!lw_value_print(&unprintable[_i], text, &error));
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE));
        ck_assert_str_eq(text->str, "x");
}
END_TEST

static bool give_ones(void *user, uint64_t offset G_GNUC_UNUSED, uint8_t *ret_data, size_t length,
                GError **error)
{
        if (user == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "gone");
                return false;
        }
        memset(ret_data, 1, length);
        return true;
}

START_TEST(prints_blobs)
{
        g_autoptr(LwBlob) near = lw_blob_new_copy("\1\2\3\4\5", 5);
        g_autoptr(LwBlob) far = lw_blob_new_reader(4, give_ones, near, NULL);
        g_autoptr(GString) text = g_string_new(NULL);
        LwValue values[] = { lw_value_blob(near), lw_value_blob(far) };

        ck_assert(lw_value_print(&values[0], text, NULL));
        ck_assert(lw_value_print(&values[1], text, NULL));
        ck_assert_str_eq(text->str, "AQIDBAU=AQEBAQ==");
}
END_TEST

START_TEST(does_not_print_blobs_that_fail_or_are_large)
{
        g_autoptr(LwBlob) gone = lw_blob_new_reader(4, give_ones, NULL, NULL);
        g_autoptr(LwBlob) large = lw_blob_new_reader(LW_BODY_MAX + 1, give_ones, gone, NULL);
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) failed = NULL, refused = NULL;
        LwValue values[] = { lw_value_blob(gone), lw_value_blob(large) };

        ck_assert(!lw_value_print(&values[0], text, &failed));
        ck_assert(g_error_matches(failed, LW_ERROR, LW_STATUS_FAILED));
        ck_assert(!lw_value_print(&values[1], text, &refused));
        ck_assert(g_error_matches(refused, LW_ERROR, LW_STATUS_NOT_ACCEPTABLE));
        ck_assert_uint_eq(text->len, 0);
}
END_TEST

static const struct {
        LwValue a, b;
        bool equal;
} pairs[] = {
        { { .length = 0 }, { .length = 0 }, true },
        { INTEGER(1), INTEGER(1), true },
        { INTEGER(1), INTEGER(2), false },
        { INTEGER(1), TIME(1), false },
        { INTEGER(1), UNSIGNED(1), false },
        { UNSIGNED(UINT64_MAX), UNSIGNED(UINT64_MAX), true },
        { FLOAT(1.5), FLOAT(1.5), true },
        { FLOAT(1.5), FLOAT(1.25), false },
        { FLOAT(NAN), FLOAT(NAN), true },
        { FLOAT(NAN), FLOAT(0), false },
        { FLOAT(0.0), FLOAT(-0.0), true },
        { BOOLEAN(true), BOOLEAN(true), true },
        { BOOLEAN(true), BOOLEAN(false), false },
        { LINK(1, 2), LINK(1, 2), true },
        { LINK(1, 2), LINK(1, 3), false },
        { LINK(1, 2), LINK(2, 2), false },
        { TEXT("abc", LW_TYPE_STRING), TEXT("abc", LW_TYPE_STRING), true },
        { TEXT("abc", LW_TYPE_STRING), TEXT("abd", LW_TYPE_STRING), false },
        { TEXT("abc", LW_TYPE_STRING), TEXT("ab", LW_TYPE_STRING), false },
        { TEXT("abc", LW_TYPE_STRING), TEXT("abc", LW_TYPE_CORELNK), false },
        { TEXT("abc", LW_TYPE_STRING), DATA("abc"), false },
        { DATA("\0a"), DATA("\0a"), true },
        { DATA("\0a"), DATA("\0b"), false },
        { DATA(""), { .type = LW_TYPE_OPAQUE }, true },
};

START_TEST(equals_what_has_its_type_and_value)
{
        ck_assert(lw_value_equal(&pairs[_i].a, &pairs[_i].b) == pairs[_i].equal);
        ck_assert(lw_value_equal(&pairs[_i].b, &pairs[_i].a) == pairs[_i].equal);
}
END_TEST

START_TEST(equals_blobs_by_identity)
{
        g_autoptr(LwBlob) first = lw_blob_new_copy("a", 1), second = lw_blob_new_copy("a", 1);
        LwValue a = lw_value_blob(first), b = lw_value_blob(second), data = lw_value_data("a", 1);

        ck_assert(lw_value_equal(&a, &a));
        ck_assert(!lw_value_equal(&a, &b));
        ck_assert(!lw_value_equal(&a, &data));
        ck_assert(!lw_value_equal(&data, &a));
}
END_TEST

static const struct {
        LwValue from;
        LwValue to; /* of type NONE where nothing fits */
        LwType type;
} conversions[] = {
        { FLOAT(5.0), INTEGER(5), LW_TYPE_INTEGER },
        { FLOAT(-5.0), INTEGER(-5), LW_TYPE_INTEGER },
        { FLOAT(5.5), {}, LW_TYPE_INTEGER },
        { FLOAT(NAN), {}, LW_TYPE_INTEGER },
        { FLOAT(INFINITY), {}, LW_TYPE_INTEGER },
        { FLOAT(0x1p63), {}, LW_TYPE_INTEGER },
        { FLOAT(-0x1p63), INTEGER(INT64_MIN), LW_TYPE_INTEGER },
        { FLOAT(0x1p63), UNSIGNED(UINT64_C(1) << 63), LW_TYPE_UNSIGNED },
        { FLOAT(0x1p64), {}, LW_TYPE_UNSIGNED },
        { FLOAT(-1), {}, LW_TYPE_UNSIGNED },
        { FLOAT(0.5), {}, LW_TYPE_UNSIGNED },
        { FLOAT(1e9), TIME(1000000000), LW_TYPE_TIME },
        { INTEGER(23), FLOAT(23), LW_TYPE_FLOAT },
        { INTEGER(23), UNSIGNED(23), LW_TYPE_UNSIGNED },
        { INTEGER(-1), {}, LW_TYPE_UNSIGNED },
        { INTEGER(23), TIME(23), LW_TYPE_TIME },
        { INTEGER(1), {}, LW_TYPE_BOOLEAN },
        { INTEGER(1), {}, LW_TYPE_STRING },
        { UNSIGNED(UINT64_MAX), {}, LW_TYPE_INTEGER },
        { UNSIGNED(UINT64_MAX), FLOAT(0x1p64), LW_TYPE_FLOAT },
        { UNSIGNED(INT64_MAX), INTEGER(INT64_MAX), LW_TYPE_INTEGER },
        { UNSIGNED(1), TIME(1), LW_TYPE_TIME },
        { UNSIGNED(UINT64_MAX), {}, LW_TYPE_TIME },
        { TIME(7), INTEGER(7), LW_TYPE_INTEGER },
        { TIME(7), FLOAT(7), LW_TYPE_FLOAT },
        { TIME(-7), {}, LW_TYPE_UNSIGNED },
        { BOOLEAN(true), {}, LW_TYPE_INTEGER },
        { BOOLEAN(true), BOOLEAN(true), LW_TYPE_BOOLEAN },
        { TEXT("x", LW_TYPE_STRING), TEXT("x", LW_TYPE_CORELNK), LW_TYPE_CORELNK },
        { TEXT("x", LW_TYPE_CORELNK), TEXT("x", LW_TYPE_STRING), LW_TYPE_STRING },
        { TEXT("66:0", LW_TYPE_STRING), LINK(66, 0), LW_TYPE_OBJLNK },
        { TEXT("66", LW_TYPE_STRING), {}, LW_TYPE_OBJLNK },
        { TEXT("5", LW_TYPE_STRING), {}, LW_TYPE_INTEGER },
        { TEXT("x", LW_TYPE_STRING), {}, LW_TYPE_OPAQUE },
        { LINK(66, 0), {}, LW_TYPE_STRING },
        { DATA("x"), {}, LW_TYPE_STRING },
        { DATA("x"), DATA("x"), LW_TYPE_OPAQUE },
        { {}, {}, LW_TYPE_INTEGER },
        { INTEGER(1), {}, LW_TYPE_NONE },
};

START_TEST(converts_where_nothing_is_lost)
{
        g_autoptr(GError) error = NULL;
        LwValue value = TEXT("untouched", LW_TYPE_STRING);
        bool fits = conversions[_i].to.type != LW_TYPE_NONE;

        ck_assert(lw_value_convert(&conversions[_i].from, conversions[_i].type, &value, &error) ==
                        fits);
        if (fits) {
                ck_assert(lw_value_equal(&value, &conversions[_i].to));
                return;
        }
        ck_assert(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        ck_assert_ptr_nonnull(strstr(error->message, lw_type_name(conversions[_i].from.type)));
        ck_assert_ptr_nonnull(strstr(error->message, lw_type_name(conversions[_i].type)));
        ck_assert_str_eq(value.text, "untouched");
}
END_TEST

START_TEST(is_made_from_c)
{
        LwValue text = lw_value_string("abc"), data = lw_value_data("\0\1", 2);
        LwValue none = lw_value_none(), expected_data = DATA("\0\1");
        LwValue expected_text = TEXT("abc", LW_TYPE_STRING);

        ck_assert(lw_value_equal(&text, &expected_text));
        ck_assert(lw_value_equal(&data, &expected_data));
        ck_assert_int_eq(none.type, LW_TYPE_NONE);
        ck_assert_int_eq(lw_value_integer(-1).integer, -1);
        ck_assert(lw_value_unsigned(UINT64_MAX).unsigned_integer == UINT64_MAX);
        ck_assert_int_eq(lw_value_time(3).type, LW_TYPE_TIME);
        ck_assert(lw_value_float(1.5).number == 1.5);
        ck_assert(lw_value_boolean(true).boolean);
        ck_assert_int_eq(lw_value_link(66, 1).link.instance, 1);
}
END_TEST

START_TEST(tells_numbers_from_other_types)
{
        static const LwType numbers[] = { LW_TYPE_INTEGER, LW_TYPE_UNSIGNED, LW_TYPE_FLOAT,
                LW_TYPE_TIME };
        unsigned count = 0;

        for (unsigned type = LW_TYPE_NONE; type <= LW_TYPE_CORELNK; type++) {
                count += lw_type_is_number((LwType) type);
                ck_assert_uint_gt(strlen(lw_type_name((LwType) type)), 0);
        }
        ck_assert_uint_eq(count, G_N_ELEMENTS(numbers));
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
                ck_assert(lw_type_is_number(numbers[i]));
}
END_TEST

TCase *test_value(void)
{
        TCase *tcase = tcase_create("value");

        tcase_add_loop_test(tcase, parses_and_prints, 0, G_N_ELEMENTS(texts));
        tcase_add_loop_test(tcase, refuses_what_is_not_of_the_type, 0, G_N_ELEMENTS(wrong));
        tcase_add_test(tcase, bounds_the_length_of_text);
        tcase_add_test(tcase, shows_no_opaque_text_in_messages);
        tcase_add_loop_test(tcase, does_not_print_what_has_no_text, 0, G_N_ELEMENTS(unprintable));
        tcase_add_test(tcase, prints_blobs);
        tcase_add_test(tcase, does_not_print_blobs_that_fail_or_are_large);
        tcase_add_loop_test(tcase, equals_what_has_its_type_and_value, 0, G_N_ELEMENTS(pairs));
        tcase_add_test(tcase, equals_blobs_by_identity);
        tcase_add_loop_test(tcase, converts_where_nothing_is_lost, 0, G_N_ELEMENTS(conversions));
        tcase_add_test(tcase, is_made_from_c);
        tcase_add_test(tcase, tells_numbers_from_other_types);
        return tcase;
}
