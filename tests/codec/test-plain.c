/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text/plain and application/octet-stream beyond their vectors. */
#include <math.h>

#include <check.h>

#include "codec/objects.h"
#include "codec/plain.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_plain(void);

/* clang-format off */
static const struct { const char *base, *text; int status; const char *why; } texts[] = {
        { "/30000/0/1",   "'007",        0,   "leading zeros" },
        { "/30000/0/1",   "'+7",         400, "a plus sign" },
        { "/30000/0/1",   "' 7",         400, "white space" },
        { "/30000/0/1",   "'7\n",        400, "white space behind" },
        { "/30000/0/1",   "'",           400, "no integer" },
        { "/30000/0/1",   "'9223372036854775808", 400, "2^63" },
        { "/30000/0/1",   "'5.0",        400, "a fraction" },
        { "/30000/0/23",  "'-1",         400, "a sign" },
        { "/30000/0/22",  "'",           400, "no float" },
        { "/30000/0/22",  "'nan",        400, "no number" },
        { "/30000/0/22",  "'1e999",      400, "beyond a double" },
        { "/30000/0/3",   "'true",       400, "a word for a boolean" },
        { "/30000/0/3",   "'2",          400, "2 for a boolean" },
        { "/30000/0/3",   "'",           400, "no boolean" },
        { "/30000/0/6",   "'66",         400, "half a link" },
        { "/30000/0/6",   "'",           400, "no link" },
        { "/30000/0/6",   "'66:65536",   400, "a link too far" },
        { "/30000/0/0",   "'AQIDBAU",    400, "base64 without padding" },
        { "/30000/0/0",   "'AQ%=",       400, "no base64" },
        { "/30000/0/5",   "ff",          400, "no UTF-8" },
        { "/30000/0/5",   "61 00",       400, "a NUL" },
        { "/30000/0/8",   "'5",          415, "an array" },
        { "/30000/0/8/1", "'5",          0,   "an element" },
        { "/30000/0/1/0", "'5",          400, "an element of a single resource" },
        { "/30000/0",     "'5",          415, "an instance" },
        { "/30000",       "'5",          415, "an object" },
        { "/",            "'5",          415, "everything" },
        { "/30000/0/99",  "'5",          404, "an unknown resource" },
        { "/3/0/4",       "'5",          405, "an executable" },
        { "/3/0/9",       "'101",        400, "out of range" },
};

static const struct { const char *base, *hex; int status; const char *why; } opaques[] = {
        { "/30000/0/0",   "00",          0,   "bytes" },
        { "/30000/0/5",   "61",          415, "a string" },
        { "/30000/0/1",   "61",          415, "an integer" },
        { "/19/0/0",      "00",          415, "an array" },
        { "/19/0/0/7",    "00",          0,   "an element" },
        { "/30000/0",     "00",          415, "an instance" },
        { "/3/0/4",       "00",          405, "an executable" },
        { "/30000/0/99",  "00",          404, "an unknown resource" },
};
/* clang-format on */

START_TEST(answers_text)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_TEXT, texts[_i].base, texts[_i].text, &how);

        ck_assert_msg(status == texts[_i].status, "%s: %d", texts[_i].why, status);
}
END_TEST

START_TEST(answers_opaque)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_OPAQUE, opaques[_i].base, opaques[_i].hex, &how);

        ck_assert_msg(status == opaques[_i].status, "%s: %d", opaques[_i].why, status);
}
END_TEST

START_TEST(keeps_what_it_does_not_know)
{
        g_autoptr(LwRegistry) nothing = lw_registry_new(NULL, NULL);
        LwDecode how = {
                .base = LW_PATH_RESOURCE(40000, 0, 1),
                .registry = nothing,
                .keep_unknown = true,
        };
        g_autoptr(LwValues) values = lw_values_new();

        ck_assert(lw_text_decode((const uint8_t *) "5", 1, &how, values, NULL));
        ck_assert(lw_opaque_decode((const uint8_t *) "5", 1, &how, values, NULL));
        ck_assert_int_eq(lw_values_at(values, 0)->value.type, LW_TYPE_STRING);
        ck_assert_int_eq(lw_values_at(values, 1)->value.type, LW_TYPE_OPAQUE);
}
END_TEST

static int encode_status(int32_t format, const LwValue *value)
{
        LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 0);
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};

        lw_values_add(values, &path, value);
        return lw_format_encode(format, values, &path, NULL, &writer, &error) ? 0 : error->code;
}

START_TEST(refuses_what_it_cannot_carry)
{
        LwValue nan = lw_value_float(NAN), text = lw_value_string("a"), none = lw_value_none();

        ck_assert_int_eq(encode_status(LW_FORMAT_TEXT, &nan), LW_STATUS_NOT_ACCEPTABLE);
        ck_assert_int_eq(encode_status(LW_FORMAT_TEXT, &none), LW_STATUS_NOT_ACCEPTABLE);
        ck_assert_int_eq(encode_status(LW_FORMAT_OPAQUE, &text), LW_STATUS_NOT_ACCEPTABLE);
        ck_assert_int_eq(encode_status(LW_FORMAT_OPAQUE, &none), LW_STATUS_NOT_ACCEPTABLE);
        ck_assert_int_eq(encode_status(LW_FORMAT_TEXT, &text), 0);
}
END_TEST

TCase *test_plain(void)
{
        TCase *tcase = tcase_create("plain");

        tcase_add_loop_test(tcase, answers_text, 0, G_N_ELEMENTS(texts));
        tcase_add_loop_test(tcase, answers_opaque, 0, G_N_ELEMENTS(opaques));
        tcase_add_test(tcase, keeps_what_it_does_not_know);
        tcase_add_test(tcase, refuses_what_it_cannot_carry);
        return tcase;
}
