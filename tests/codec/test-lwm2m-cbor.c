/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M CBOR beyond its vectors: where paths begin, and what is refused. */
#include <check.h>

#include "codec/lwm2m-cbor.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_lwm2m_cbor(void);

/* clang-format off */
static const struct { const char *base, *hex; int status; const char *why; } documents[] = {
        { "/3/0",     "a1 83 03 00 09 18 64",       0,   "a value" },
        { "/3/0",     "a1 83 03 00 09 18 65",       400, "out of its range" },
        { "/3/0",     "a1 83 03 00 09 f9 3e 00",    400, "a fraction for an integer" },
        { "/3/0",     "a1 83 03 00 09 f9 45 00",    0,   "a float that is none" },
        { "/3/0",     "a1 83 03 00 09 61 39",       400, "a text for an integer" },
        { "/3/0",     "a1 83 03 00 00 09",          400, "an integer for a text" },
        { "/3/0",     "a1 83 03 00 00 43 4f 4d 41", 400, "bytes for a text" },
        { "/3/0",     "a1 83 03 00 09 f6",          400, "null" },
        { "/3/0",     "a1 83 03 00 09 f7",          400, "undefined" },
        { "/3/0",     "a1 83 03 00 09 81 01",       400, "an array for a value" },
        { "/3/0",     "a1 83 03 00 07 82 01 02",    400, "an array for an array" },
        { "/3/0",     "a1 84 03 00 07 00 a0",       400, "a map for an element" },
        { "/3/0",     "a1 84 03 00 07 00 a1 00 01", 400, "a path of five ids" },
        { "/3/0",     "a1 85 03 00 07 00 00 01",    400, "the same in one key" },
        { "/3/0",     "a1 82 03 00 a1 83 07 00 00 01", 400, "the same in two" },
        { "/3/0",     "a1 03 a1 00 a1 07 a1 00 a1 00 01", 400, "the same in five" },
        { "/3/0",     "a1 80 01",                   400, "a key without ids" },
        { "/3/0",     "a1 9f ff 01",                400, "the same without length" },
        { "/3/0",     "a1 61 39 01",                400, "a text for a key" },
        { "/3/0",     "a1 20 01",                   400, "a sign" },
        { "/3/0",     "a1 19 ff ff 01",             400, "the id that nothing has" },
        { "/3/0",     "a1 1b ff ff ff ff ff ff ff ff 01", 400, "no id at all" },
        { "/3/0",     "a1 f9 00 00 01",             400, "a float for a key" },
        { "/3/0",     "a1 a0 01",                   400, "a map for a key" },
        { "/3/0",     "a1 81 81 09 01",             400, "an array in a key" },
        { "/3/0",     "83 03 00 09",                400, "a key alone" },
        { "/3/0",     "81 a1 09 01",                400, "a document that is an array" },
        { "/3/0",     "a0 00",                      400, "more behind the end" },
        { "/3/0",     "a2 09 01",                   400, "less than was said" },
        { "/3/0",     "bf 09 01",                   400, "no end" },
        { "/3/0",     "bf 09 ff",                   400, "a key without a value" },
        { "/3/0",     "bf 9f 09 01 ff",             400, "a key without an end" },
        { "/3/0",     "a1 83 03 01 09 01",          400, "outside of the request" },
        { "/3/0",     "a1 84 03 01 07 00 01",       400, "an element outside" },
        { "/3/0",     "a1 83 03 00 04 01",          405, "an executable" },
        { "/3/0",     "a1 83 03 00 07 01",          400, "an array without elements' ids" },
        { "/3/0",     "a1 84 03 00 09 00 01",       400, "an element of a single resource" },
        { "/3/0",     "a1 83 03 00 18 63 01",       0,   "an unknown resource" },
        { "/3/0/99",  "a1 83 03 00 18 63 01",       404, "the same, asked for" },
        { "/",        "a1 83 03 00 18 63 01",       404, "the same in a composite request" },
        { "/",        "a1 83 19 9c 40 00 00 01",    404, "an unknown object" },
        { "/",        "a1 82 03 00 01",             400, "an instance with a value" },
        { "/",        "a1 03 01",                   400, "an object with a value" },
        { "/3/0",     "a0",                         0,   "nothing to write" },
        { "/3/0",     "",                           0,   "the same without a byte" },
        { "/3/0/7",   "a0",                         0,   "an empty array" },
        { "/3/0/9",   "a0",                         400, "but no empty value" },
        { "/3/0/7/1", "a0",                         400, "nor an empty element" },
        { "/3/0/7",   "a1 82 03 00 a0",             0,   "an empty map above what was asked for" },
        { "/3/0/7",   "a1 82 03 01 a0",             400, "the same elsewhere" },
        { "/3/0/7",   "a1 05 a0",                   400, "a map for an element" },
        { "/3/0/7",   "a1 82 05 00 a0",             400, "another object's instance" },
        { "/",        "a1 05 a0",                   0,   "an object without instances" },
        { "/3/0",     "a1 09 a0",                   400, "an empty map for a single resource" },
        { "/3/0",     "a1 04 a0",                   405, "an empty map for an executable" },
        { "/3/0/9",   "a1 83 03 00 09 05",          0,   "one value" },
        { "/3/0/7/1", "a1 84 03 00 07 01 05",       0,   "one element" },
        { "/3303/0",  "a1 84 64 64 65 76 31 19 0c e7 00 19 16 44 fb 40 37 80 00 00 00 00 00", 400,
          "OMA LwM2M Core 1.2, LwM2M CBOR format: a gateway's end device" },
        /* relative paths */
        { "/3/0",     "a1 09 05",                   0,   "a resource" },
        { "/3/0",     "a1 82 07 01 05",             0,   "an element" },
        { "/3/0",     "a1 82 00 09 05",             400, "not from the instance on" },
        { "/3/0/7",   "a1 01 05",                   0,   "an element of what was asked for" },
        { "/3/0/7",   "a1 82 07 01 05",             400, "not from the resource on" },
        { "/3/0/9",   "a1 09 05",                   400, "a single resource has a whole path" },
        { "/3/0/7/1", "a1 01 05",                   400, "an element too" },
        /* Create */
        { "/3",       "a1 83 03 00 09 05",          0,   "a whole path" },
        { "/3",       "a1 84 03 00 07 01 05",       0,   "a whole path of an element" },
        { "/3",       "a1 83 05 07 01 05",          0,   "an element from the instance on" },
        { "/3",       "a1 82 00 09 05",             0,   "an instance and a resource" },
        { "/3",       "a1 82 07 09 05",             0,   "an instance 7 and a resource" },
        { "/3",       "a1 09 05",                   0,   "a resource" },
        { "/3",       "a2 09 05 82 07 01 05",       0,   "a resource and an element" },
        { "/3",       "a2 82 07 01 05 09 05",       0,   "the same the other way round" },
        { "/3",       "a2 09 05 83 03 00 0a 05",    400, "a resource beside an instance" },
        { "/3",       "a2 83 03 00 0a 05 09 05",    400, "the same the other way round" },
        { "/3",       "a1 83 05 00 09 05",          400, "another object" },
        { "/3",       "a1 84 05 00 07 01 05",       400, "another object's element" },
        { "/3",       "a1 82 00 18 63 05",          0,   "an unknown resource of an instance" },
        { "/3",       "a1 83 03 00 18 63 05",       0,   "an unknown resource in a whole path" },
        { "/3",       "a1 18 63 05",                0,   "an unknown resource" },
        { "/3",       "a1 07 a0",                   0,   "an array" },
        { "/3",       "a1 05 a0",                   0,   "an instance" },
        { "/3",       "a1 82 03 05 a0",             0,   "an instance" },
        { "/3",       "a1 82 05 07 a0",             0,   "an array of an instance" },
        { "/3",       "a2 09 05 0a a0",             400, "a resource that cannot be empty" },
        { "/3",       "a1 83 03 00 07 a0",          0,   "an array in a whole path" },
        { "/3",       "a1 83 05 00 07 a0",          400, "another object's" },
};
/* clang-format on */

START_TEST(answers)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(
                        LW_FORMAT_LWM2M_CBOR, documents[_i].base, documents[_i].hex, &how);

        ck_assert_msg(status == documents[_i].status, "%s (%s): %d", documents[_i].why,
                        documents[_i].hex, status);
}
END_TEST

/* In answers all paths are whole. */
START_TEST(answers_begin_with_the_object)
{
        static const char *const relative[] = { "a1 09 05", "a1 82 07 01 05", "a1 82 00 09 05" };
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry, .keep_unknown = true };

        for (size_t i = 0; i < G_N_ELEMENTS(relative); i++) {
                ck_assert_int_eq(vectors_status(LW_FORMAT_LWM2M_CBOR, "/3/0", relative[i], &how),
                                LW_STATUS_BAD_REQUEST);
                ck_assert_int_eq(vectors_status(LW_FORMAT_LWM2M_CBOR, "/3", relative[i], &how),
                                LW_STATUS_BAD_REQUEST);
        }
}
END_TEST

START_TEST(has_no_paths_without_values)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) paths = lw_values_new();
        g_auto(LwWriter) writer = {};
        LwDecode how = { .registry = registry, .paths_only = true };

        ck_assert_int_eq(vectors_status(LW_FORMAT_LWM2M_CBOR, "/", "a0", &how),
                        LW_STATUS_UNSUPPORTED_FORMAT);
        ck_assert(!lw_format_encode_paths(LW_FORMAT_LWM2M_CBOR, paths, &writer, NULL));
}
END_TEST

/* clang-format off */
static const struct { const char *values, *base; int status; const char *why; } unwritten[] = {
        { "/3/0/7/1",                       "/3/0/7", 406, "an element without a value" },
        { "/3/0/9 = 5 | /3/0/9 = 6",        "/3/0",   406, "two values of one path" },
        { "/3/0/9 = 5 | /3/0/9 = 6",        "/",      406, "two values of one path" },
        { "/3/0/7:integer = 5 | /3/0/7/1 = 5", "/3/0", 500, "a value beside an array" },
        { "/3/0/9 = 5 | /3/65535/9 = 5",    "/3",     406, "an id left open beside another" },
        { "/2/65535/2/1 = 7",               "/2",     406, "what would read as instance 2" },
};
/* clang-format on */

static int encode_status(LwRegistry *registry, const LwValues *values, const char *text)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};
        LwPath base;

        ck_assert(lw_path_parse(text, &base, NULL));
        if (lw_lwm2m_cbor_encode(values, &base, registry, &writer, &error))
                return 0;
        ck_assert_uint_eq(error->domain, LW_ERROR);
        return error->code;
}

START_TEST(refuses_to_write)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, unwritten[_i].values);
        int status = encode_status(registry, values, unwritten[_i].base);

        ck_assert_msg(status == unwritten[_i].status, "%s: %d", unwritten[_i].why, status);
}
END_TEST

START_TEST(has_no_times)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, "/3/0/9 = 5");

        ck_assert_int_eq(encode_status(registry, values, "/3/0/9"), 0);
        lw_values_set_time(values, 0, 1);
        ck_assert_int_eq(encode_status(registry, values, "/3/0/9"), LW_STATUS_NOT_ACCEPTABLE);
}
END_TEST

TCase *test_lwm2m_cbor(void)
{
        TCase *tcase = tcase_create("lwm2m-cbor");

        tcase_add_loop_test(tcase, answers, 0, G_N_ELEMENTS(documents));
        tcase_add_test(tcase, answers_begin_with_the_object);
        tcase_add_test(tcase, has_no_paths_without_values);
        tcase_add_loop_test(tcase, refuses_to_write, 0, G_N_ELEMENTS(unwritten));
        tcase_add_test(tcase, has_no_times);
        return tcase;
}
