/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M JSON beyond its vectors: names, times, and what is refused. */
#include <math.h>
#include <string.h>

#include <check.h>

#include "base/time.h"
#include "codec/lwm2m-json.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_lwm2m_json(void);

/* clang-format off */
static const struct { const char *base, *text; int status; const char *why; } documents[] = {
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":100}]}",    0,   "in the range" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":101}]}",    400, "out of it" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":9.5}]}",    400, "a fraction for an integer" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1e1}]}",    0,   "an exponent" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":\"9\"}]}",  400, "a string in v" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"sv\":\"9\"}]}", 400, "a string for an integer" },
        { "/3/0",     "'{\"e\":[{\"n\":\"0\",\"sv\":9}]}",     400, "a number in sv" },
        { "/3/0",     "'{\"e\":[{\"n\":\"0\",\"bv\":1}]}",     400, "a number in bv" },
        { "/3/0",     "'{\"e\":[{\"n\":\"0\",\"ov\":1}]}",     400, "a number in ov" },
        { "/3/0",     "'{\"e\":[{\"n\":\"0\",\"ov\":\"66:0\"}]}", 400, "a link for a string" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":null}]}",   400, "null" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":[1]}]}",    400, "an array" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":true}]}",   400, "a Boolean in v" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1e400}]}",  400, "a number beyond all" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":NaN}]}",    400, "no number" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":Infinity}]}", 400, "none either" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1,\"sv\":\"1\"}]}", 400, "two values" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1,\"v\":1}]}", 400, "one value twice" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"n\":\"9\",\"v\":1}]}", 400, "two names" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1,\"vs\":\"a\",\"bn\":5,\"e\":[],\"\":0}]}", 0, "fields that it does not have" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\"}]}",              400, "no value" },
        { "/3/0",     "'{\"e\":[{}]}",                         400, "nothing" },
        { "/3/0",     "'{\"e\":[{\"n\":9,\"v\":1}]}",          400, "a number for a name" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1,\"t\":\"now\"}]}", 400, "a time that is text" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1,\"t\":1e12}]}", 400, "a time beyond all" },
        { "/3/0",     "'{\"bt\":1e12,\"e\":[]}",               400, "a base time beyond all" },
        { "/3/0",     "'{\"e\":[1]}",                          400, "a number for an entry" },
        { "/3/0",     "'{\"e\":{\"n\":\"9\",\"v\":1}}",        400, "an entry without its array" },
        { "/3/0",     "'{\"e\":[],\"e\":[]}",                  400, "entries twice" },
        { "/3/0",     "'{\"bn\":\"/3/0\",\"bn\":\"/3/0\",\"e\":[]}", 400, "two base names" },
        { "/3/0",     "'{\"e\":[],\"bn\":\"/3/0\",\"bn\":\"/3/0\"}", 400, "two behind the entries" },
        { "/3/0",     "'{\"e\":[],\"bn\":5}",                  400, "a number for a base name" },
        { "/3/0",     "'{\"bn\":[],\"e\":[]}",                 400, "an array for one" },
        { "/3/0",     "'{\"bn\":\"/3/0/\"}",                   400, "no entries" },
        { "/3/0",     "'{}",                                   400, "nothing at all" },
        { "/3/0",     "'[]",                                   400, "SenML" },
        { "/3/0",     "'{\"e\":[]}]",                          400, "more behind the end" },
        { "/3/0",     "'{\"e\":[]",                            400, "no end" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9\",\"v\":1}",        400, "less of one" },
        { "/3/0",     "'{\"x\":[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]],\"e\":[]}", 413, "nested too deep" },
        { "/3/0",     "'{\"e\":[]}",                           0,   "nothing to write" },
        { "/3/0",     "'",                                     0,   "the same without a byte" },
        { "/3/0/7",   "'{\"e\":[]}",                           0,   "an empty array" },
        { "/3/0/9",   "'{\"e\":[]}",                           400, "but no empty value" },
        { "/3/0/7/1", "'{\"e\":[]}",                           400, "nor an empty element" },
        { "/3/0/7/1", "'{\"bn\":\"/3/0/7\",\"e\":[{\"n\":\"1\",\"v\":1}]}", 0, "an element" },
        /* names */
        { "/3/0",     "'{\"bn\":\"\",\"e\":[{\"n\":\"9\",\"v\":1}]}", 0, "an empty base name" },
        { "/3/0",     "'{\"bn\":\"/\",\"e\":[{\"n\":\"3/0/9\",\"v\":1}]}", 0, "the root" },
        { "/3/0",     "'{\"bn\":\"/3\",\"e\":[{\"n\":\"0/9\",\"v\":1}]}", 0, "a wider base" },
        { "/3/0",     "'{\"bn\":\"/3/0/\",\"e\":[{\"n\":\"/9\",\"v\":1}]}", 400, "two slashes" },
        { "/3/0",     "'{\"bn\":\"3/0/\",\"e\":[{\"n\":\"9\",\"v\":1}]}", 400, "none to begin with" },
        { "/3/0",     "'{\"bn\":\"/3/0//\",\"e\":[{\"n\":\"9\",\"v\":1}]}", 400, "two at the end" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9/\",\"v\":1}]}",     400, "one behind the name" },
        { "/3/0",     "'{\"e\":[{\"n\":\"09\",\"v\":1}]}",     400, "a leading zero" },
        { "/3/0",     "'{\"e\":[{\"n\":\"x\",\"v\":1}]}",      400, "no id" },
        { "/3/0",     "'{\"e\":[{\"n\":\"7/0/1\",\"v\":1}]}",  400, "five levels" },
        { "/3",       "'{\"e\":[{\"n\":\"65535/9\",\"v\":1}]}", 400, "an id that no instance has" },
        { "/3/0",     "'{\"bn\":\"/3/1/\",\"e\":[{\"n\":\"9\",\"v\":1}]}", 400, "outside of the request" },
        { "/3/0",     "'{\"e\":[{\"v\":1}]}",                  400, "an instance with a value" },
        { "/3/0",     "'{\"e\":[{\"n\":\"7\",\"v\":1}]}",      400, "an array without instance" },
        { "/3/0",     "'{\"e\":[{\"n\":\"9/0\",\"v\":1}]}",    400, "an instance of a single resource" },
        { "/3/0",     "'{\"e\":[{\"n\":\"4\",\"v\":1}]}",      405, "an executable" },
        { "/3/0",     "'{\"e\":[{\"n\":\"99\",\"v\":1}]}",     0,   "an unknown resource" },
        { "/3/0/99",  "'{\"e\":[{\"v\":1}]}",                  404, "the same, asked for" },
        { "/40000/0", "'{\"e\":[{\"n\":\"1\",\"v\":1}]}",      404, "an unknown object" },
        { "/",        "'{\"e\":[]}",                           415, "a composite request" },
        /* types */
        { "/30000/0", "'{\"e\":[{\"n\":\"0\",\"sv\":\"A_==\"}]}", 0, "base64 of the other alphabet" },
        { "/30000/0", "'{\"e\":[{\"n\":\"0\",\"sv\":\"A\"}]}", 400, "a digit that is no byte" },
        { "/30000/0", "'{\"e\":[{\"n\":\"0\",\"sv\":\"A%\"}]}", 400, "no base64" },
        { "/30000/0", "'{\"e\":[{\"n\":\"6\",\"ov\":\"66\"}]}", 400, "half a link" },
        { "/30000/0", "'{\"e\":[{\"n\":\"3\",\"v\":1}]}",      400, "a number for a Boolean" },
        { "/30000/0", "'{\"e\":[{\"n\":\"23\",\"v\":-1}]}",    400, "a sign for an unsigned" },
        { "/30000/0", "'{\"e\":[{\"n\":\"1\",\"v\":9223372036854775808}]}", 400, "2^63" },
        { "/30000/0", "'{\"e\":[{\"n\":\"5\",\"sv\":\"\xff\"}]}", 400, "no UTF-8" },
        { "/30000/0", "'{\"e\":[{\"n\":\"5\",\"sv\":\"\\u0000\"}]}", 400, "a NUL" },
};
/* clang-format on */

START_TEST(answers)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_JSON, documents[_i].base, documents[_i].text, &how);

        ck_assert_msg(status == documents[_i].status, "%s (%s): %d", documents[_i].why,
                        documents[_i].text, status);
}
END_TEST

START_TEST(is_no_format_of_composite_requests)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry, .paths_only = true };

        ck_assert_int_eq(vectors_status(LW_FORMAT_JSON, "/3", "'{\"e\":[]}", &how),
                        LW_STATUS_UNSUPPORTED_FORMAT);
}
END_TEST

/* clang-format off */
static const struct { const char *document, *entry; int64_t usec; } times[] = {
        { "",                         "",            0 },
        { "\"bt\":1700000000,",       "",            INT64_C(1700000000000000) },
        { "\"bt\":1700000000,",       ",\"t\":-30",  INT64_C(1699999970000000) },
        { "\"bt\":1700000000.25,",    ",\"t\":1e-6", INT64_C(1700000000250001) },
        { "",                         ",\"t\":1700000000", INT64_C(1700000000000000) },
        { "\"bt\":25462634,",         ",\"t\":-5",   INT64_C(25462629000000) },
        /* counted from now, which is 1800000000 here */
        { "",                         ",\"t\":-30",  INT64_C(1799999970000000) },
        { "\"bt\":-10,",              ",\"t\":-30",  INT64_C(1799999960000000) },
        { "\"bt\":30,",               ",\"t\":-30",  0 },
};
/* clang-format on */

START_TEST(resolves_times)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autofree char *text = g_strdup_printf("{%s\"e\":[{\"n\":\"0/2\",\"v\":1%s}]}",
                        times[_i].document, times[_i].entry);
        g_autoptr(LwValues) values = vectors_values(registry, "/72/0/2 = 7");
        LwDecode how = {
                .base = LW_PATH_OBJECT(72),
                .registry = registry,
                .now_real_usec = INT64_C(1800000000) * (int64_t) LW_USEC_PER_SEC,
        };

        ck_assert(lw_lwm2m_json_decode((const uint8_t *) text, strlen(text), &how, values, NULL));
        ck_assert_int_eq(lw_values_time(values, 0), 0); /* which was there before */
        ck_assert_int_eq(lw_values_time(values, 1), times[_i].usec);
}
END_TEST

/* clang-format off */
static const struct { const char *values, *base; int status; } unwritten[] = {
        { "/3/0/9 = 5",                  "/",      406 }, /* beyond one object */
        { "/1/65535/0 = 1",              "/1",     406 }, /* no name without the id */
        { "/3/0/7/1 = 5 | /3/0/7 = 5",   "/3/0/7", 500 }, /* a provider's mistake */
};
/* clang-format on */

static int encode_status(const LwValues *values, const char *text)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};
        LwPath base;

        ck_assert(lw_path_parse(text, &base, NULL));
        if (lw_lwm2m_json_encode(values, &base, NULL, &writer, &error))
                return 0;
        ck_assert_uint_eq(error->domain, LW_ERROR);
        return error->code;
}

START_TEST(refuses_to_write)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, unwritten[_i].values);

        ck_assert_int_eq(encode_status(values, unwritten[_i].base), unwritten[_i].status);
}
END_TEST

START_TEST(has_no_infinity)
{
        static const double numbers[] = { INFINITY, -INFINITY, NAN };

        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
                g_autoptr(LwValues) values = lw_values_new();
                LwPath path = LW_PATH_RESOURCE(3303, 0, 5700);
                LwValue value = lw_value_float(numbers[i]);

                lw_values_add(values, &path, &value);
                ck_assert_int_eq(encode_status(values, "/3303/0/5700"), LW_STATUS_NOT_ACCEPTABLE);
        }
}
END_TEST

TCase *test_lwm2m_json(void)
{
        TCase *tcase = tcase_create("lwm2m-json");

        tcase_add_loop_test(tcase, answers, 0, G_N_ELEMENTS(documents));
        tcase_add_test(tcase, is_no_format_of_composite_requests);
        tcase_add_loop_test(tcase, resolves_times, 0, G_N_ELEMENTS(times));
        tcase_add_loop_test(tcase, refuses_to_write, 0, G_N_ELEMENTS(unwritten));
        tcase_add_test(tcase, has_no_infinity);
        return tcase;
}
