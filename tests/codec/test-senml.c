/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML beyond its vectors: names, times, fields, and what is refused. */
#include <string.h>

#include <check.h>

#include "base/time.h"
#include "codec/objects.h"
#include "codec/senml.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_senml(void);

/* clang-format off */
static const struct { const char *base, *text; int status; const char *why; } json[] = {
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":100}]", 0,   "in the range" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":101}]", 400, "out of it" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":9.5}]", 400, "a fraction for an integer" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"vs\":\"9\"}]", 400, "a string for an integer" },
        { "/3/0",     "'[{\"n\":\"/3/0/0\",\"v\":9}]",   400, "an integer for a string" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":\"9\"}]", 400, "a string in v" },
        { "/3/0",     "'[{\"n\":\"/3/0/0\",\"vs\":9}]",  400, "a number in vs" },
        { "/3/0",     "'[{\"n\":\"/3/0/0\",\"vb\":1}]",  400, "a number in vb" },
        { "/3/0",     "'[{\"n\":\"/3/0/0\",\"vd\":1}]",  400, "a number in vd" },
        { "/3/0",     "'[{\"n\":\"/3/0/0\",\"vlo\":\"66:0\"}]", 400, "a link for a string" },
        { "/30000/0", "'[{\"n\":\"/30000/0/6\",\"vlo\":\"66\"}]", 400, "half a link" },
        { "/30000/0", "'[{\"n\":\"/30000/0/6\",\"vlo\":\"FFFF:FFFF\"}]", 400, "a misprint: the null link in hexadecimal" },
        { "/30000/0", "'[{\"n\":\"/30000/0/6\",\"vs\":\"66:0\"}]", 0, "a link in vs" },
        { "/30000/0", "'[{\"n\":\"/30000/0/3\",\"vb\":true}]", 0, "a boolean" },
        { "/30000/0", "'[{\"n\":\"/30000/0/3\",\"v\":1}]", 400, "a number for a boolean" },
        { "/30000/0", "'[{\"n\":\"/30000/0/0\",\"vd\":\"A\"}]", 400, "a digit that is no byte" },
        { "/30000/0", "'[{\"n\":\"/30000/0/0\",\"vd\":\"A_==\"}]", 0, "padded" },
        { "/30000/0", "'[{\"n\":\"/30000/0/0\",\"vd\":\"A%\"}]", 400, "no base64" },
        { "/30000/0", "'[{\"n\":\"/30000/0/0\",\"vs\":\"AA\"}]", 400, "a string for opaque" },
        { "/30000/0", "'[{\"n\":\"/30000/0/23\",\"v\":-1}]", 400, "a sign for an unsigned" },
        { "/3/0",     "'[{\"n\":\"/3/0/4\",\"v\":1}]",   405, "an executable" },
        { "/3/0",     "'[{\"n\":\"/3/0/7\",\"v\":1}]",   400, "an array without instance" },
        { "/3/0",     "'[{\"n\":\"/3/0/9/0\",\"v\":1}]", 400, "an instance of a single resource" },
        { "/3/0",     "'[{\"n\":\"/3/0/99\",\"x\":[{}],\"vs\":\"\"}]", 0, "an unknown resource" },
        { "/3/0/99",  "'[{\"n\":\"/3/0/99\",\"v\":1}]",  404, "the same, asked for" },
        { "/",        "'[{\"n\":\"/3/0/99\",\"v\":1}]",  404, "the same in a composite request" },
        { "/",        "'[{\"n\":\"/40000/0/1\",\"v\":1}]", 404, "an unknown object" },
        { "/3/0",     "'[{\"n\":\"/3/1/9\",\"v\":1}]",   400, "outside of the request" },
        { "/3/0/7",   "'[{\"n\":\"/3/0/8/0\",\"v\":1}]", 400, "another resource" },
        { "/3/0",     "'[{\"n\":\"/3/0\",\"v\":1}]",     400, "an instance with a value" },
        { "/",        "'[{\"n\":\"/\",\"v\":1}]",        400, "everything with a value" },
        { "/3/0",     "'[{\"n\":\"3/0/9\",\"v\":1}]",    400, "no leading slash" },
        { "/3/0",     "'[{\"n\":\"/3/0/9/\",\"v\":1}]",  400, "a trailing one" },
        { "/3/0",     "'[{\"n\":\"/3/0//9\",\"v\":1}]",  400, "two of them" },
        { "/3/0",     "'[{\"n\":\"/3/0/09\",\"v\":1}]",  400, "a leading zero" },
        { "/3/0",     "'[{\"n\":\"/3/0/x\",\"v\":1}]",   400, "no id" },
        { "/3",       "'[{\"n\":\"/3/65535/9\",\"v\":1}]", 400, "an id that no instance has" },
        { "/3/0",     "'[{\"bn\":\"/3/0\",\"n\":\"9\",\"v\":1}]", 400, "/3/09" },
        { "/3/0",     "'[{\"bn\":\"/3/0/\",\"v\":1}]",   400, "a base alone that is no resource" },
        { "/3/0",     "'[{\"n\":\"/3/0/7/1/2\",\"v\":1}]", 400, "five levels" },
        { "/3/0",     "'[{\"n\":\"/3/0/9/00000000000000000000000000\",\"v\":1}]", 400, "too long" },
        { "/3/0",     "'[{\"n\":5,\"v\":1}]",            400, "a number for a name" },
        { "/3/0",     "'[{\"bn\":null,\"v\":1}]",        400, "null for a base name" },
        { "/3/0",     "'[{\"v\":1}]",                    400, "no name at all" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\"}]",           400, "no value" },
        { "/3/0",     "'[{}]",                           400, "nothing" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":null}]", 400, "null" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":[1]}]", 400, "an array for a value" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"v\":2}]", 400, "two values" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"vs\":\"1\"}]", 400, "two values of two types" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"n\":\"/3/0/9\",\"v\":1}]", 400, "two names" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"x_\":1}]", 400, "a field that must be understood" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"_\":1}]", 400, "the shortest of them" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"\":1}]", 0, "a field without a name" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"bv\":1}]", 400, "a base value" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"bver\":11}]", 400, "a later version" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"bver\":\"a\"}]", 400, "no version" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"u\":\"%EL\",\"bu\":\"%\",\"ut\":1,\"s\":1,\"bs\":1}]",
          0, "what says nothing to us" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"t\":\"now\"}]", 400, "a time that is text" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1,\"t\":1e12}]", 400, "a time beyond all" },
        { "/3/0",     "'{\"n\":\"/3/0/9\",\"v\":1}",     400, "a record without its pack" },
        { "/3/0",     "'[[]]",                           400, "a pack in a pack" },
        { "/3/0",     "'[1]",                            400, "a number for a record" },
        { "/3/0",     "'[]]",                            400, "more behind the end" },
        { "/3/0",     "'[{\"n\":\"/3/0/9\",\"v\":1}",    400, "no end" },
        { "/3/0",     "'[]",                             0,   "nothing to write" },
        { "/3/0",     "'",                               0,   "the same without a byte" },
        { "/3/0/7",   "'[]",                             0,   "an empty array" },
        { "/3/0/9",   "'[]",                             400, "but no empty value" },
        { "/3/0/7/1", "'[]",                             400, "nor an empty element" },
        { "/3/0/9",   "'[{\"bn\":\"/3/0/9\",\"v\":1}]",  0,   "one value" },
        { "/3/0/7/1", "'[{\"bn\":\"/3/0/7/1\",\"v\":1}]", 0,  "one element" },
};

static const struct { const char *base, *hex; int status; const char *why; } cbor[] = {
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 02 05",          0,   "a record" },
        { "/1/0", "81 a2 61 6e 66 2f 31 2f 30 2f 31 02 05",       400, "a label that JSON has" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 62 78 5f 00", 400, "one that must be understood" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 09 00",    0,   "one beyond our labels" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 26 00",    0,   "one before them" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 24 00",    400, "a base value" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 20 0b",    400, "a later version" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 1b ff ff ff ff ff ff ff ff 00", 0, "a huge label" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 f5 00",    400, "a label that is true" },
        { "/1/0", "81 a3 00 66 2f 31 2f 30 2f 31 02 05 80 00",    400, "a label that is an array" },
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 03 05",          400, "an integer in vs" },
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 08 41 05",       400, "bytes for an integer" },
        { "/19/0", "81 a2 00 69 2f 31 39 2f 30 2f 30 2f 30 08 61 05", 400, "a text in vd" },
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 02 f6",          400, "null" },
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 02 c1 05",       0,   "a time is a number" },
        { "/1/0", "a2 00 66 2f 31 2f 30 2f 31 02 05",             400, "a record without its pack" },
        { "/1/0", "81 a2 00 66 2f 31 2f 30 2f 31 02 05 00",       400, "more behind the end" },
        { "/1/0", "82 a2 00 66 2f 31 2f 30 2f 31 02 05",          400, "a pack that ends too early" },
};
/* clang-format on */

START_TEST(answers_json)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_SENML_JSON, json[_i].base, json[_i].text, &how);

        ck_assert_msg(status == json[_i].status, "%s (%s): %d", json[_i].why, json[_i].text,
                        status);
}
END_TEST

START_TEST(answers_cbor)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_SENML_CBOR, cbor[_i].base, cbor[_i].hex, &how);

        ck_assert_msg(status == cbor[_i].status, "%s (%s): %d", cbor[_i].why, cbor[_i].hex, status);
}
END_TEST

/* clang-format off */
static const struct { int32_t format; bool paths, nulls; const char *text; int status; } composite[] = {
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"n\":\"/3/0/9\"}]",              0 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"n\":\"/40000\"},{\"n\":\"/\"}]", 0 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"bn\":\"/3/0\"}]",               0 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[]",                                0 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"n\":\"/3/0/9\",\"v\":1}]",      400 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"n\":\"/3/0/9\",\"v\":null}]",   400 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{\"n\":\"/3/0/9/\"}]",             400 },
        { LW_FORMAT_SENML_JSON, true,  false, "'[{}]",                              400 },
        { LW_FORMAT_ETCH_JSON,  true,  false, "'[{\"n\":\"/3/0/9\"}]",              0 },
        { LW_FORMAT_ETCH_JSON,  false, true,  "'[{\"n\":\"/3/0/7/1\",\"v\":null}]", 0 },
        { LW_FORMAT_ETCH_JSON,  false, true,  "'[{\"n\":\"/3/0/7/1\",\"vs\":null}]", 400 },
        { LW_FORMAT_ETCH_JSON,  false, true,  "'[{\"n\":\"/3/0/7\",\"v\":null}]",   400 },
        { LW_FORMAT_ETCH_JSON,  false, true,  "'[{\"n\":\"/3/0/9/0\",\"v\":null}]", 400 },
        { LW_FORMAT_ETCH_JSON,  false, true,  "'[{\"n\":\"/3/0/99/0\",\"v\":null}]", 404 },
        { LW_FORMAT_ETCH_JSON,  false, false, "'[{\"n\":\"/3/0/9\",\"v\":1}]",      415 },
        { LW_FORMAT_ETCH_JSON,  true,  false, "'[{\"n\":\"/3/0/9\",\"v\":1}]",      400 },
        { LW_FORMAT_ETCH_CBOR,  true,  false, "81 a1 00 66 2f 33 2f 30 2f 39",       0 },
        { LW_FORMAT_ETCH_CBOR,  true,  false, "81 a2 00 66 2f 33 2f 30 2f 39 02 01", 400 },
        { LW_FORMAT_ETCH_CBOR,  true,  false, "81 a2 00 66 2f 33 2f 30 2f 39 02 f6", 400 },
        { LW_FORMAT_ETCH_CBOR,  false, true,  "81 a2 00 68 2f 33 2f 30 2f 37 2f 31 02 f6", 0 },
        { LW_FORMAT_ETCH_CBOR,  false, true,  "81 a2 00 68 2f 33 2f 30 2f 37 2f 31 03 f6", 400 },
        { LW_FORMAT_ETCH_CBOR,  false, true,  "81 a2 00 66 2f 33 2f 30 2f 37 02 f6", 400 },
        { LW_FORMAT_ETCH_CBOR,  false, true,  "81 a2 00 66 2f 33 2f 30 2f 39 02 f6", 400 },
        { LW_FORMAT_ETCH_CBOR,  false, false, "80",                                 415 },
        { LW_FORMAT_TLV,        true,  false, "",                                   415 },
        { LW_FORMAT_TEXT,       true,  false, "",                                   415 },
};
/* clang-format on */

START_TEST(answers_composite_requests)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = {
                .registry = registry,
                .paths_only = composite[_i].paths,
                .nulls = composite[_i].nulls,
        };

        ck_assert_int_eq(vectors_status(composite[_i].format, "/", composite[_i].text, &how),
                        composite[_i].status);
}
END_TEST

/* clang-format off */
static const struct { const char *fields; int64_t usec; } times[] = {
        { "",                                   0 },
        { "\"bt\":1700000000,",                 INT64_C(1700000000000000) },
        { "\"bt\":1700000000,\"t\":-30,",       INT64_C(1699999970000000) },
        { "\"bt\":1700000000.25,\"t\":0.000001,", INT64_C(1700000000250001) },
        { "\"t\":1700000000,",                  INT64_C(1700000000000000) },
        { "\"bt\":1700000000,\"t\":-1700000000,", 0 },
        /* RFC 8428, 4.5.3: below 2^28 it counts from now, which is 1800000000 here */
        { "\"t\":-30,",                         INT64_C(1799999970000000) },
        { "\"t\":268435455,",                   INT64_C(2068435455000000) },
        { "\"t\":268435456,",                   INT64_C(268435456000000) },
};
/* clang-format on */

START_TEST(resolves_times)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autofree char *text =
                        g_strdup_printf("[{%s\"n\":\"/72/0/2\",\"v\":1}]", times[_i].fields);
        g_autoptr(LwValues) values = lw_values_new();
        LwDecode how = {
                .base = LW_PATH_OBJECT(72),
                .registry = registry,
                .now_real_usec = INT64_C(1800000000) * (int64_t) LW_USEC_PER_SEC,
        };

        ck_assert(lw_senml_json_decode((const uint8_t *) text, strlen(text), &how, values, NULL));
        ck_assert_int_eq(lw_values_time(values, 0), times[_i].usec);
}
END_TEST

static void encode(const LwValues *values, const LwPath *base, char **ret_text)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};

        ck_assert_msg(lw_senml_json_encode(values, base, NULL, &writer, &error), "%s",
                        error ? error->message : "");
        *ret_text = g_strndup((const char *) writer.data, writer.length);
}

START_TEST(writes_times)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry,
                        "/72/1/2 = 22.4 | /72/1/2 = 22.9 | /72/1/2 = 24.1 | /72/1/2 = 20");
        g_autofree char *text = NULL;
        LwPath base = LW_PATH_OBJECT(72);

        lw_values_set_time(values, 1, INT64_C(1700000000000000));
        lw_values_set_time(values, 2, INT64_C(1699999969500000));
        encode(values, &base, &text);
        ck_assert_str_eq(text, "[{\"bn\":\"/72/\",\"n\":\"1/2\",\"v\":22.4},"
                               "{\"bt\":1700000000,\"n\":\"1/2\",\"v\":22.9},"
                               "{\"n\":\"1/2\",\"t\":-30.5,\"v\":24.1},"
                               "{\"n\":\"1/2\",\"t\":-1700000000,\"v\":20}]");
}
END_TEST

/* clang-format off */
static const struct { const char *values, *base, *text; } written[] = {
        { "/3/0/9 = 5",                     "/3",       "[{\"bn\":\"/3/\",\"n\":\"0/9\",\"v\":5}]" },
        { "/3/0/9 = 5",                     "/3/0",     "[{\"bn\":\"/3/0/\",\"n\":\"9\",\"v\":5}]" },
        { "/3/0/9 = 5",                     "/3/0/9",   "[{\"bn\":\"/3/0/9\",\"v\":5}]" },
        { "/3/0/7/1 = 5",                   "/3/0/7",   "[{\"bn\":\"/3/0/7/\",\"n\":\"1\",\"v\":5}]" },
        { "/3/0/7/1 = 5",                   "/3/0/7/1", "[{\"bn\":\"/3/0/7/1\",\"v\":5}]" },
        { "/3/0/9 = 5",                     "/",        "[{\"n\":\"/3/0/9\",\"v\":5}]" },
        { "/3/0/7 | /3/0/9 = 5",            "/3/0",     "[{\"bn\":\"/3/0/\",\"n\":\"9\",\"v\":5}]" },
        { "/2/0 | /2/1/3 = 5",              "/2",       "[{\"bn\":\"/2/\",\"n\":\"1/3\",\"v\":5}]" },
        { "/3/0/7",                         "/3/0/7",   "[]" },
        { "/30000/0/3 = 1 | /30000/0/7 = </1>;a=\"b\"", "/",
          "[{\"n\":\"/30000/0/3\",\"vb\":true},{\"n\":\"/30000/0/7\",\"vs\":\"</1>;a=\\\"b\\\"\"}]" },
};
/* clang-format on */

START_TEST(writes_names)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, written[_i].values);
        g_autofree char *text = NULL;
        LwPath base;

        ck_assert(lw_path_parse(written[_i].base, &base, NULL));
        encode(values, &base, &text);
        ck_assert_str_eq(text, written[_i].text);
}
END_TEST

START_TEST(refuses_to_mix_a_value_with_an_array)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, "/3/0/7/1 = 5 | /3/0/7 = 5");
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};
        LwPath base = LW_PATH_RESOURCE(3, 0, 7);

        ck_assert(!lw_senml_cbor_encode(values, &base, NULL, &writer, &error));
        ck_assert_int_eq(error->code, LW_STATUS_FAILED);
}
END_TEST

START_TEST(refuses_an_instance_without_id)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, "/1/65535/0 = 1");
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};
        LwPath base = LW_PATH_OBJECT(1);

        ck_assert(!lw_senml_json_encode(values, &base, NULL, &writer, &error));
        ck_assert_int_eq(error->code, LW_STATUS_NOT_ACCEPTABLE);
}
END_TEST

static bool read_blob(void *user G_GNUC_UNUSED, uint64_t offset, uint8_t *ret_data, size_t length,
                GError **error G_GNUC_UNUSED)
{
        for (size_t i = 0; i < length; i++)
                ret_data[i] = (uint8_t) (offset + i + 1);
        return true;
}

START_TEST(writes_a_blob)
{
        g_autoptr(LwBlob) blob = lw_blob_new_reader(5, read_blob, NULL, NULL);
        g_autoptr(LwValues) values = lw_values_new();
        g_autofree char *text = NULL;
        LwPath path = LW_PATH_RESOURCE_INSTANCE(19, 0, 0, 0);
        LwValue value = lw_value_blob(blob);

        lw_values_add(values, &path, &value);
        encode(values, &path, &text);
        ck_assert_str_eq(text, "[{\"bn\":\"/19/0/0/0\",\"vd\":\"AQIDBAU\"}]");
}
END_TEST

TCase *test_senml(void)
{
        TCase *tcase = tcase_create("senml");

        tcase_add_loop_test(tcase, answers_json, 0, G_N_ELEMENTS(json));
        tcase_add_loop_test(tcase, answers_cbor, 0, G_N_ELEMENTS(cbor));
        tcase_add_loop_test(tcase, answers_composite_requests, 0, G_N_ELEMENTS(composite));
        tcase_add_loop_test(tcase, resolves_times, 0, G_N_ELEMENTS(times));
        tcase_add_test(tcase, writes_times);
        tcase_add_loop_test(tcase, writes_names, 0, G_N_ELEMENTS(written));
        tcase_add_test(tcase, refuses_to_mix_a_value_with_an_array);
        tcase_add_test(tcase, refuses_an_instance_without_id);
        tcase_add_test(tcase, writes_a_blob);
        return tcase;
}
