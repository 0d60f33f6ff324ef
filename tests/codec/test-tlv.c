/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OMA TLV beyond its vectors: types, shapes, and what is refused. */
#include <math.h>
#include <string.h>

#include <check.h>

#include "codec/objects.h"
#include "codec/tlv.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_tlv(void);

/* clang-format off */
static const struct { const char *base, *hex; int status; const char *why; } answers[] = {
        { "/30000/0", "c1 01 80",                     0,   "-128" },
        { "/30000/0", "c2 01 7f ff",                  0,   "32767" },
        { "/30000/0", "c8 01 08 80 00 00 00 00 00 00 00", 0, "-2^63" },
        { "/30000/0", "c0 01",                        400, "an integer of no bytes" },
        { "/30000/0", "c3 01 00 00 01",               400, "an integer of three bytes" },
        { "/30000/0", "c5 01 00 00 00 00 01",         400, "an integer of five bytes" },
        { "/30000/0", "c7 17 00 00 00 00 00 00 01",   400, "an unsigned of seven bytes" },
        { "/30000/0", "c8 17 09 00 00 00 00 00 00 00 00 01", 400, "an unsigned of nine bytes" },
        { "/30000/0", "c2 16 41 bc",                  400, "a float of two bytes" },
        { "/30000/0", "c0 16",                        400, "a float of no bytes" },
        { "/30000/0", "c1 03 00",                     0,   "false" },
        { "/30000/0", "c1 03 02",                     400, "a boolean is 00 or 01" },
        { "/30000/0", "c2 03 00 01",                  400, "a boolean of two bytes" },
        { "/30000/0", "c0 03",                        400, "a boolean of no bytes" },
        { "/30000/0", "c3 06 00 42 00",               400, "a link of three bytes" },
        { "/30000/0", "c0 00",                        0,   "an empty opaque value" },
        { "/30000/0", "c1 05 ff",                     400, "a string that is not UTF-8" },
        { "/30000/0", "c3 05 61 00 62",               400, "a string with a NUL" },
        { "/30000/0", "c1 63 01",                     0,   "an unknown resource is skipped" },
        { "/30000/0", "84 63 41 00 01 02",            0,   "an unknown array is skipped, whatever it holds" },
        { "/30000/0", "81 63 41",                     0,   "so is a broken one" },
        { "/30000/0/99", "c1 63 01",                  404, "but not where it was asked for" },
        { "/40000/0", "c1 01 01",                     404, "an unknown object" },
        { "/3/0",     "c1 04 01",                     405, "an executable has no value" },
        { "/3/0",     "c1 09 64",                     0,   "a level of 100" },
        { "/3/0",     "c1 09 65",                     400, "a level of 101" },
        { "/3/0",     "83 09 41 00 64",               400, "a single resource as an array" },
        { "/3/0",     "c1 06 01",                     400, "an array as a single resource" },
        { "/3/0",     "80 09",                        400, "a single resource as an empty array" },
        { "/3/0",     "41 00 01",                     400, "an element without its array" },
        { "/3/0",     "83 06 c1 00 01",               400, "a resource within an array" },
        { "/3/0",     "03 00 c1 09 64",               0,   "wrapped in its instance" },
        { "/3/0",     "03 01 c1 09 64",               400, "wrapped in another instance" },
        { "/3/0",     "05 00 03 00 c1 09 64",         400, "an instance within an instance" },
        { "/3/0",     "e1 ff ff 64",                  400, "the id that no resource has" },
        { "/3/0",     "",                             0,   "no resource at all" },
        { "/3",       "21 ff ff 00",                  400, "the id that no instance has" },
        { "/3",       "03 00 c1 09 64 c1 0a 05",      400, "resources beside instances" },
        { "/3",       "c1 0a 05 03 00 c1 09 64",      400, "instances beside resources" },
        { "/3/0/9",   "c1 09 64",                     0,   "one resource" },
        { "/3/0/9",   "c1 0a 05",                     400, "another resource" },
        { "/3/0/9",   "c1 09 64 c1 09 64",            400, "the resource twice" },
        { "/3/0/9",   "",                             400, "no value" },
        { "/3/0/9",   "03 00 c1 09 64",               400, "an instance for a resource" },
        { "/3/0/7",   "",                             0,   "no bytes are an empty array" },
        { "/3/0/7",   "80 07",                        0,   "an empty array" },
        { "/3/0/7",   "41 00 01",                     400, "an element for an array" },
        { "/3/0/7/1", "41 01 05",                     0,   "one element" },
        { "/3/0/7/1", "41 02 05",                     400, "another element" },
        { "/3/0/7/1", "83 07 41 02 05",               400, "another element in the array" },
        { "/3/0/7/1", "86 07 41 01 05 41 02 05",      400, "another element beside it" },
        { "/3/0/7/1", "80 07",                        400, "an empty array for an element" },
        { "/3/0/7/1", "",                             400, "nothing for an element" },
        { "/",        "c1 09 64",                     415, "no composite operation" },
        { "/3/0",     "c8",                           400, "an end behind the type" },
        { "/3/0",     "c8 09",                        400, "an end behind the id" },
        { "/3/0",     "e8 09",                        400, "an end within the id" },
        { "/3/0",     "d8 09 ff ff ff 64",            400, "a length beyond the end" },
        { "/3/0",     "83 06 42 00 01",               400, "an element that leaves its array" },
        /* misprints of published examples: what the rule says counts, so they are refused */
        { "/3/0",     "c8 00 14 4f 70 65 6e 20 4d 6f 62 69 6c 65 20 41 6c 6c 69 61 6e 63 65 c8 01 16 4c 69 67 68 74 77 65 69 67 74 20 4d 32 4d 20 43 6c 69 65 6e 74 c8 02 09 33 34 35 30 30 30 31 32 33 c3 03 31 2e 30 86 06 41 00 01 41 01 05 88 07 08 42 00 0e d8 42 01 13 88 87 08 41 00 7d 42 01 03 84 c1 09 64 c1 0a 0f 83 0b 41 00 00 c4 0d 51 82 42 8f c6 0e 2b 30 32 3a 30 30 c1 10 55", 400, "Read /3/0 with a byte too few in a string" },
        { "/3",       "08 00 79 c8 00 14 4f 70 65 6e 20 4d 6f 62 69 6c 65 20 41 6c 6c 69 61 6e 63 65 c8 01 16 4c 69 67 68 74 77 65 69 67 74 20 4d 32 4d 20 43 6c 69 65 6e 74 c8 02 09 33 34 35 30 30 30 31 32 33 c3 03 31 2e 30 86 06 41 00 01 41 01 05 88 07 08 42 00 0e d8 42 01 13 88 87 08 41 00 7d 42 01 03 84 c1 09 64 c1 0a 0f 83 0b 41 00 00 c4 0d 51 82 42 8f c6 0e 2b 30 32 3a 30 30 c1 10 55", 400, "Read /3, the same" },
        { "/1",       "08 00 0d c1 00 01 c4 01 00 01 51 80 c1 06 01 c1 07 55", 400, "Read /1, where the length is 0d instead of 0f" },
        { "/65",      "08 00 23 88 00 0c 44 00 00 42 00 00 44 01 00 42 00 01 c8 01 0e 38 36 31 33 38 30 30 37 35 35 35 30 30 30 c4 02 12 34 56 78", 400, "object links, where the length is 23 instead of 26" },
};
/* clang-format on */

START_TEST(answers_each)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_TLV, answers[_i].base, answers[_i].hex, &how);

        ck_assert_msg(status == answers[_i].status, "%s (%s): %d", answers[_i].why, answers[_i].hex,
                        status);
}
END_TEST

/* clang-format off */
static const struct { const char *values, *base, *hex; } written[] = {
        { "/30000/0/1 = 127",                  "/30000/0", "c1 01 7f" },
        { "/30000/0/1 = 128",                  "/30000/0", "c2 01 00 80" },
        { "/30000/0/1 = -128",                 "/30000/0", "c1 01 80" },
        { "/30000/0/1 = -129",                 "/30000/0", "c2 01 ff 7f" },
        { "/30000/0/1 = 32768",                "/30000/0", "c4 01 00 00 80 00" },
        { "/30000/0/1 = 2147483648",           "/30000/0", "c8 01 08 00 00 00 00 80 00 00 00" },
        { "/30000/0/1 = -9223372036854775808", "/30000/0", "c8 01 08 80 00 00 00 00 00 00 00" },
        { "/30000/0/23 = 255",                 "/30000/0", "c1 17 ff" },
        { "/30000/0/23 = 256",                 "/30000/0", "c2 17 01 00" },
        { "/30000/0/23 = 65536",               "/30000/0", "c4 17 00 01 00 00" },
        { "/30000/0/23 = 4294967296",          "/30000/0", "c8 17 08 00 00 00 01 00 00 00 00" },
        { "/30000/0/22 = 0.1",                 "/30000/0", "c8 16 08 3f b9 99 99 99 99 99 9a" },
        { "/30000/0/22 = 1e39",                "/30000/0", "c8 16 08 48 07 82 87 f4 9c 4a 1d" },
        { "/30000/0/22 = -0",                  "/30000/0", "c4 16 80 00 00 00" },
        { "/30000/0/3 = 1",                    "/30000/0", "c1 03 01" },
        { "/30000/0/8/300 = 1",                "/30000/0", "84 08 61 01 2c 01" },
        { "/30000/0/8",                        "/30000/0", "80 08" },
        { "/30000/0/8/0 = 1",                  "/30000/0/8", "83 08 41 00 01" },
        { "/30000/300/3 = 1",                  "/30000",   "23 01 2c c1 03 01" },
        { "/1/65535/0 = 1 | /1/65535/6 = 1",   "/1",       "c1 00 01 c1 06 01" },
        { "/2/0 | /2/1/3 = 1",                 "/2",       "00 00 03 01 c1 03 01" },
};
/* clang-format on */

START_TEST(writes_the_shortest_form)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) values = vectors_values(registry, written[_i].values);
        g_autoptr(GByteArray) expected = vectors_bytes(written[_i].hex);
        g_auto(LwWriter) writer = {};
        LwPath base;

        ck_assert(lw_path_parse(written[_i].base, &base, NULL));
        ck_assert(lw_tlv_encode(values, &base, registry, &writer, NULL));
        ck_assert_uint_eq(writer.length, expected->len);
        ck_assert_mem_eq(writer.data, expected->data, expected->len);
}
END_TEST

START_TEST(carries_what_is_no_number)
{
        static const double numbers[] = { NAN, INFINITY, -INFINITY };
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .base = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 22), .registry = registry };
        g_autoptr(LwValues) values = lw_values_new(), found = lw_values_new();
        LwValue value = lw_value_float(numbers[_i]);
        g_auto(LwWriter) writer = {};

        lw_values_add(values, &how.base, &value);
        ck_assert(lw_tlv_encode(values, &how.base, registry, &writer, NULL));
        ck_assert_uint_eq(writer.length, 6);
        ck_assert(lw_tlv_decode(writer.data, writer.length, &how, found, NULL));
        vectors_compare("", found, values);
}
END_TEST

static int encode_status(const LwValues *values, const LwPath *base)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};

        return lw_tlv_encode(values, base, NULL, &writer, &error) ? 0 : error->code;
}

START_TEST(refuses_what_it_cannot_carry)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) removed = vectors_values(registry, "/3/0/7/1");
        g_autoptr(LwValues) large = lw_values_new();
        g_autofree uint8_t *data = g_malloc0(1 << 24);
        LwPath root = LW_PATH_ROOT, instance = LW_PATH_INSTANCE(3, 0),
               resource = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 0);
        LwValue value = lw_value_data(data, (1 << 24) - 1);

        ck_assert_int_eq(encode_status(removed, &root), LW_STATUS_NOT_ACCEPTABLE);
        ck_assert_int_eq(encode_status(removed, &instance), LW_STATUS_NOT_ACCEPTABLE);
        lw_values_add(large, &resource, &value);
        ck_assert_int_eq(encode_status(large, &resource), LW_STATUS_NOT_ACCEPTABLE);
}
END_TEST

/* A blob is read when it is written, and its failure is the answer. */
static bool read_blob(void *user, uint64_t offset, uint8_t *ret_data, size_t length, GError **error)
{
        bool *broken = user;

        for (size_t i = 0; i < length; i++)
                ret_data[i] = (uint8_t) (offset + i);
        if (*broken)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_FAILED, "the disk is gone");
        return !*broken;
}

START_TEST(writes_a_blob)
{
        bool broken = false;
        g_autoptr(LwBlob) blob = lw_blob_new_reader(3, read_blob, &broken, NULL);
        g_autoptr(LwBlob) huge = lw_blob_new_reader(1 << 20, read_blob, &broken, NULL);
        g_autoptr(LwValues) values = lw_values_new(), too_much = lw_values_new();
        g_auto(LwWriter) writer = {};
        LwPath path = LW_PATH_RESOURCE(TYPES_OBJECT, 0, 0);
        LwValue value = lw_value_blob(blob);

        lw_values_add(values, &path, &value);
        ck_assert(lw_tlv_encode(values, &path, NULL, &writer, NULL));
        ck_assert_uint_eq(writer.length, 5);
        ck_assert_mem_eq(writer.data, "\xc3\x00\x00\x01\x02", 5);
        broken = true;
        ck_assert_int_eq(encode_status(values, &path), LW_STATUS_FAILED);
        value = lw_value_blob(huge);
        lw_values_add(too_much, &path, &value);
        ck_assert_int_eq(encode_status(too_much, &path), LW_STATUS_NOT_ACCEPTABLE);
}
END_TEST

START_TEST(takes_answers_as_they_come)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry, .keep_unknown = true };

        /* out of range, single for an array, array for a single */
        ck_assert_int_eq(vectors_status(LW_FORMAT_TLV, "/3/0", "c1 09 65", &how), 0);
        ck_assert_int_eq(vectors_status(LW_FORMAT_TLV, "/3/0", "c1 06 01", &how), 0);
        ck_assert_int_eq(vectors_status(LW_FORMAT_TLV, "/3/0", "83 09 41 00 01", &how), 0);
        /* but not of another type */
        ck_assert_int_eq(vectors_status(LW_FORMAT_TLV, "/3/0", "c3 09 01 02 03", &how), 400);
}
END_TEST

TCase *test_tlv(void)
{
        TCase *tcase = tcase_create("tlv");

        tcase_add_loop_test(tcase, answers_each, 0, G_N_ELEMENTS(answers));
        tcase_add_loop_test(tcase, writes_the_shortest_form, 0, G_N_ELEMENTS(written));
        tcase_add_loop_test(tcase, carries_what_is_no_number, 0, 3);
        tcase_add_test(tcase, refuses_what_it_cannot_carry);
        tcase_add_test(tcase, writes_a_blob);
        tcase_add_test(tcase, takes_answers_as_they_come);
        return tcase;
}
