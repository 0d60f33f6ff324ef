/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each data type with its edges, through every format that carries it; what bounds a document. */
#include <float.h>
#include <math.h>
#include <string.h>

#include <check.h>

#include "codec/format.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"

TCase *test_types(void);

static const int32_t formats[] = {
        LW_FORMAT_TEXT,
        LW_FORMAT_CBOR,
        LW_FORMAT_SENML_JSON,
        LW_FORMAT_SENML_CBOR,
        LW_FORMAT_TLV,
        LW_FORMAT_JSON,
        LW_FORMAT_LWM2M_CBOR,
};

static LwRegistry *registry;

static void set_up(void)
{
        registry = codec_registry_new();
}

static void tear_down(void)
{
        lw_registry_free(registry);
}

/* What comes back of values, or NULL with the reason why they cannot be written. */
static LwValues *pass(int32_t format, const LwValues *values, const LwPath *base, GError **error)
{
        g_autoptr(LwValues) again = lw_values_new();
        LwDecode how = { .base = *base, .registry = registry };
        g_autoptr(GError) mistake = NULL;
        g_auto(LwWriter) writer = {};
        bool ok;

        if (!lw_format_encode(format, values, base, registry, &writer, error))
                return NULL;
        ok = lw_format_decode(format, writer.data, writer.length, &how, again, &mistake);
        ck_assert_msg(ok, "%s: %s", lw_format_name(format), mistake ? mistake->message : "");
        return g_steal_pointer(&again);
}

static void check_passes(int32_t format, const LwValues *values, const LwPath *base)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwValues) again = pass(format, values, base, &error);

        ck_assert_msg(again, "%s: %s", lw_format_name(format), error ? error->message : "");
        vectors_compare(lw_format_name(format), again, values);
}

/* clang-format off */
static const struct { const char *path, *value; } texts[] = {
        { "/30000/0/1",  "0" },
        { "/30000/0/1",  "127" },
        { "/30000/0/1",  "-128" },
        { "/30000/0/1",  "128" },
        { "/30000/0/1",  "-129" },
        { "/30000/0/1",  "32767" },
        { "/30000/0/1",  "-32768" },
        { "/30000/0/1",  "32768" },
        { "/30000/0/1",  "-32769" },
        { "/30000/0/1",  "2147483647" },
        { "/30000/0/1",  "-2147483648" },
        { "/30000/0/1",  "2147483648" },
        { "/30000/0/1",  "-2147483649" },
        { "/30000/0/1",  "9007199254740993" },
        { "/30000/0/1",  "9223372036854775807" },
        { "/30000/0/1",  "-9223372036854775808" },
        { "/30000/0/23", "0" },
        { "/30000/0/23", "200" },
        { "/30000/0/23", "9223372036854775807" },
        { "/30000/0/23", "9223372036854775808" },
        { "/30000/0/23", "18446744073709551615" },
        { "/30000/0/3",  "0" },
        { "/30000/0/3",  "1" },
        { "/30000/0/4",  "0" },
        { "/30000/0/4",  "-1" },
        { "/30000/0/4",  "1367491215" },
        { "/30000/0/4",  "9223372036854775807" },
        { "/30000/0/4",  "-9223372036854775808" },
        { "/30000/0/0",  "" },
        { "/30000/0/0",  "AA==" },
        { "/30000/0/0",  "++8=" },
        { "/30000/0/0",  "//79" },
        { "/30000/0/5",  "" },
        { "/30000/0/5",  "+02:00" },
        { "/30000/0/5",  "a\"b\\c/\x01\t\n\x7f" },
        { "/30000/0/5",  "\xe2\x82\xac\xf0\x9d\x84\x9e" },
        { "/30000/0/6",  "0:0" },
        { "/30000/0/6",  "66:0" },
        { "/30000/0/6",  "3:65535" },
        { "/30000/0/6",  "65535:65535" },
        { "/30000/0/7",  "" },
        { "/30000/0/7",  "</3303/0/5700>;gt=23;x=\"a,b\"" },
        { "/30000/0/8/0", "-1" },
        { "/30000/0/8/65534", "1" },
        { "/30000/65534/10/255", "x" },
        { "/30000/65534/10/256", "" },
};
/* clang-format on */

START_TEST(a_value_comes_back)
{
        g_autofree char *text = g_strdup_printf("%s = %s", texts[_i].path, texts[_i].value);
        g_autoptr(LwValues) values = vectors_values(registry, text);
        LwPath path = lw_values_at(values, 0)->path;

        for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
                check_passes(formats[i], values, &path);
}
END_TEST

static const double floats[] = { 0, -0.0, 1, -1, 23.5, 0.1, 1.0 / 3, 1e15, 1e16, 1e22, 1e23, 1e-7,
        /* binary16: the largest, beyond it, the smallest normal and not */
        65504, 65505, 0x1p-14, 0x1p-24, 0x1p-25,
        /* binary32, the same */
        (double) FLT_MAX, 0x1p128, 0x1p-126, 0x1p-149, 0x1p-150,
        /* binary64 */
        DBL_MAX, -DBL_MAX, DBL_MIN, 0x1p-1074, 6.667e-11 };

START_TEST(a_float_comes_back)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 22);
        LwValue value = lw_value_float(floats[_i]);

        lw_values_add(values, &path, &value);
        for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
                g_autoptr(LwValues) again = pass(formats[i], values, &path, NULL);

                ck_assert_ptr_nonnull(again);
                ck_assert_msg(memcmp(&lw_values_at(again, 0)->value.number, &floats[_i],
                                              sizeof(double)) == 0,
                                "%s: %.17g", lw_format_name(formats[i]),
                                lw_values_at(again, 0)->value.number);
        }
}
END_TEST

static const double infinities[] = { INFINITY, -INFINITY, NAN };

/* Text and JSON have no word for them; the standard leaves the code open, and what cannot be had in
 * one format can be had in another. */
START_TEST(infinity_is_for_binary_formats)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 22);
        LwValue value = lw_value_float(infinities[_i]);

        lw_values_add(values, &path, &value);
        for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(LwValues) again = NULL;

                if (formats[i] != LW_FORMAT_TEXT && formats[i] != LW_FORMAT_SENML_JSON &&
                                formats[i] != LW_FORMAT_JSON) {
                        check_passes(formats[i], values, &path);
                        continue;
                }
                again = pass(formats[i], values, &path, &error);
                ck_assert_ptr_null(again);
                ck_assert_int_eq(error->code, LW_STATUS_NOT_ACCEPTABLE);
        }
}
END_TEST

/* clang-format off */
static const struct { const char *base, *values; bool tells_empty; } documents[] = {
        { "/30000",     "/30000/0/1 = 1 | /30000/0/8/0 = 2 | /30000/0/8/7 = 3 | /30000/7/5 = x | /30000/65534/3 = 1", false },
        { "/30000/0",   "/30000/0/0 = AAA= | /30000/0/8/0 = 2 | /30000/0/10/1 = a | /30000/0/10/2 = b | /30000/0/22 = 0.5", false },
        { "/30000/0/8", "/30000/0/8/0 = 2 | /30000/0/8/1 = 3", false },
        { "/30000/0/8", "/30000/0/8", false },
        { "/30000/0",   "", false },
        { "/30000",     "", false },
        /* and what SenML and LwM2M JSON have no word for */
        { "/30000/0",   "/30000/0/8 | /30000/0/22 = 1.5", true },
        { "/30000",     "/30000/0 | /30000/1/10 | /30000/1/22 = 1 | /30000/2", true },
};
/* clang-format on */

START_TEST(a_document_comes_back)
{
        g_autoptr(LwValues) values =
                        documents[_i].values[0] != '\0'
                                        ? vectors_values(registry, documents[_i].values)
                                        : lw_values_new();
        LwPath base;

        ck_assert(lw_path_parse(documents[_i].base, &base, NULL));
        if (!documents[_i].tells_empty) {
                check_passes(LW_FORMAT_SENML_JSON, values, &base);
                check_passes(LW_FORMAT_SENML_CBOR, values, &base);
                check_passes(LW_FORMAT_JSON, values, &base);
        }
        check_passes(LW_FORMAT_TLV, values, &base);
        check_passes(LW_FORMAT_LWM2M_CBOR, values, &base);
}
END_TEST

/* `count` values: as many instances, each with resource 1. */
static LwValues *make_values(size_t count)
{
        LwValues *values = lw_values_new();
        LwValue value = lw_value_integer(1);

        for (size_t i = 0; i < count; i++) {
                LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, i / 2, i % 2 ? 4 : 1);

                value.type = i % 2 ? LW_TYPE_TIME : LW_TYPE_INTEGER;
                lw_values_add(values, &path, &value);
        }
        return values;
}

static int status_of(int32_t format, const LwWriter *writer, const LwPath *base)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwDecode how = { .base = *base, .registry = registry };
        g_autoptr(GError) error = NULL;

        return lw_format_decode(format, writer->data, writer->length, &how, values, &error)
                               ? 0
                               : error->code;
}

START_TEST(more_values_than_fit_are_too_large)
{
        g_autoptr(LwValues) most = make_values(LW_ENTRIES_MAX);
        g_autoptr(LwValues) more = make_values(LW_ENTRIES_MAX + 1);
        g_auto(LwWriter) fits = {}, does_not = {};
        LwPath base = LW_PATH_OBJECT(TYPES_OBJECT);
        int32_t format = formats[_i];

        if (lw_codec_find(format)->single)
                return;
        ck_assert(lw_format_encode(format, most, &base, registry, &fits, NULL));
        ck_assert(lw_format_encode(format, more, &base, registry, &does_not, NULL));
        ck_assert_int_eq(status_of(format, &fits, &base), 0);
        ck_assert_int_eq(status_of(format, &does_not, &base), LW_STATUS_TOO_LARGE);
}
END_TEST

START_TEST(a_string_beyond_all_is_too_large)
{
        g_autofree char *text = g_strnfill(LW_STRING_MAX + 1, 'x');
        g_autoptr(LwValues) values = lw_values_new();
        g_auto(LwWriter) does_not = {};
        LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 5);
        int32_t format = formats[_i];

        lw_values_add_text(values, &path, LW_TYPE_STRING, text, LW_STRING_MAX);
        check_passes(format, values, &path);
        lw_values_reset(values);
        lw_values_add_text(values, &path, LW_TYPE_STRING, text, LW_STRING_MAX + 1);
        ck_assert(lw_format_encode(format, values, &path, registry, &does_not, NULL));
        ck_assert_int_eq(status_of(format, &does_not, &path), LW_STATUS_TOO_LARGE);
}
END_TEST

/* clang-format off */
static const struct { int32_t format; const char *begin, *deeper, *end; int status; } deep[] = {
        { LW_FORMAT_SENML_JSON, "'[{\"n\":\"/3/0/9\",\"v\":1,\"x\":", "[", "", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_JSON,       "'{\"x\":",          "{\"y\":", "", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_SENML_CBOR, "81 a1 0c",          " 81",     "", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_SENML_CBOR, "81 a1 0c",          " 9f",     "", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_SENML_CBOR, "81 a1 0c",          " c6",     " 00", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_CBOR,       "",                  " c6",     " 00", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_CBOR,       "",                  " 81",     " 00", LW_STATUS_BAD_REQUEST },
        /* paths end before the nesting does */
        { LW_FORMAT_LWM2M_CBOR, "",                  " a1 03",  " 00", LW_STATUS_BAD_REQUEST },
        { LW_FORMAT_LWM2M_CBOR, "",                  " bf 03",  " 00", LW_STATUS_BAD_REQUEST },
        { LW_FORMAT_LWM2M_CBOR, "a1",                " 81",     " 00", LW_STATUS_BAD_REQUEST },
        { LW_FORMAT_LWM2M_CBOR, "a1 03",             " c6",     " 00", LW_STATUS_TOO_LARGE },
        { LW_FORMAT_TLV,        "",                  " 02 00",  "", LW_STATUS_BAD_REQUEST },
};
/* clang-format on */

START_TEST(nesting_is_bounded)
{
        g_autoptr(GString) text = g_string_new(deep[_i].begin);
        LwDecode how = { .registry = registry };
        const char *base = lw_codec_find(deep[_i].format)->single ? "/3/0/9" : "/3/0";

        for (int i = 0; i < 10000; i++)
                g_string_append(text, deep[_i].deeper);
        g_string_append(text, deep[_i].end);
        ck_assert_int_eq(vectors_status(deep[_i].format, base, text->str, &how), deep[_i].status);
}
END_TEST

TCase *test_types(void)
{
        TCase *tcase = tcase_create("types");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_loop_test(tcase, a_value_comes_back, 0, G_N_ELEMENTS(texts));
        tcase_add_loop_test(tcase, a_float_comes_back, 0, G_N_ELEMENTS(floats));
        tcase_add_loop_test(tcase, infinity_is_for_binary_formats, 0, G_N_ELEMENTS(infinities));
        tcase_add_loop_test(tcase, a_document_comes_back, 0, G_N_ELEMENTS(documents));
        tcase_add_loop_test(tcase, more_values_than_fit_are_too_large, 0, G_N_ELEMENTS(formats));
        tcase_add_loop_test(tcase, a_string_beyond_all_is_too_large, 0, G_N_ELEMENTS(formats));
        tcase_add_loop_test(tcase, nesting_is_bounded, 0, G_N_ELEMENTS(deep));
        return tcase;
}
