/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as tokens, values as CBOR, and single values in application/cbor. */
#include <math.h>
#include <string.h>

#include <check.h>

#include "codec/cbor-value.h"
#include "codec/cbor.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_cbor(void);

#define A16 "81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 81 "
#define C16 "c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 c6 "

/* clang-format off */
static const struct { const char *hex; int tokens; int status; const char *why; } documents[] = {
        { "00",                         1, 0,   "a value" },
        { "80",                         2, 0,   "an empty array" },
        { "a0",                         2, 0,   "an empty map" },
        { "9f ff",                      2, 0,   "an indefinite array" },
        { "bf ff",                      2, 0,   "an indefinite map" },
        { "82 01 a1 02 03",             7, 0,   "a map in an array" },
        { "bf 01 9f 02 ff ff",          6, 0,   "an indefinite array in an indefinite map" },
        { "9f a1 01 02 80 ff",          8, 0,   "definite in indefinite" },
        { "9b 00 00 00 00 00 00 00 01 00", 3, 0, "a count in eight bytes" },
        { "a1 82 01 02 03",             7, 0,   "an array as a key" },
        { A16 "00",                    33, 0,   "sixteen levels" },
        { "81 " A16 "00",              16, 413, "seventeen levels" },
        { C16 "00",                     1, 0,   "sixteen tags" },
        { "c6 " C16 "00",               0, 413, "seventeen tags" },
        { "f6",                         1, 0,   "null" },
        { "f7",                         0, 400, "undefined" },
        { "f8 20",                      0, 400, "a simple value" },
        { "e0",                         0, 400, "a simple value in the head" },
        { "1c",                         0, 400, "a reserved length" },
        { "ff",                         0, 400, "a break outside" },
        { "81 ff",                      1, 400, "a break in a definite array" },
        { "bf 01 ff",                   2, 400, "a break behind a key" },
        { "a1 ff",                      1, 400, "a break for a key" },
        { "9f c1 ff",                   1, 400, "a tag at a break" },
        { "00 00",                      1, 400, "something behind the end" },
        { "80 ff",                      2, 400, "a break behind the end" },
        { "",                           0, 400, "nothing" },
        { "81",                         0, 400, "an array that ends too early" },
        { "9f",                         1, 400, "an indefinite one" },
        { "9b ff ff ff ff ff ff ff ff", 0, 400, "more items than there are bytes" },
        { "bb 80 00 00 00 00 00 00 00", 0, 400, "a map whose count doubles to nothing" },
        { "5b ff ff ff ff ff ff ff ff", 0, 400, "a string as long as the world" },
        { "62 61",                      0, 400, "a string that ends too early" },
        { "7f 61 61",                   0, 400, "pieces that do not end" },
        { "7f 41 61 ff",                0, 400, "bytes in a text" },
        { "5f 61 61 ff",                0, 400, "text in bytes" },
        { "7f 7f 61 61 ff ff",          0, 400, "pieces in pieces" },
        { "7f 01 ff",                   0, 400, "a number in a text" },
        { "61 ff",                      0, 400, "text that is not UTF-8" },
        { "61 00",                      0, 400, "a NUL in a text" },
        { "7f 61 00 ff",                0, 400, "the same in a piece" },
        { "3b 80 00 00 00 00 00 00 00", 0, 400, "an integer below -2^63" },
        { "c1 61 61",                   0, 400, "a time that is text" },
        { "c1 80",                      2, 0,   "a tag at an array is passed over" },
        { "d8",                         0, 400, "a tag without its number" },
        { "dc 00",                      0, 400, "a tag of a reserved length" },
        { "db ff ff ff ff ff ff ff ff 05", 1, 0, "the largest tag" },
        { "7f c1 61 61 ff",             0, 400, "a tag in a text" },
        { "c1 f9 7e 00",                0, 400, "a time that is no number" },
        { "c1 fb 40 d4 e0 00 80 00 00 00", 0, 400, "a time with a fraction" },
        { "c0 01",                      1, 0,   "a date that is a number" },
        { "c0 63 61 62 63",             0, 400, "a date that is none" },
        { "c4 82 20 18 19",             1, 0,   "a decimal fraction" },
        { "c4 82 20",                   0, 400, "half of one" },
        { "c4 81 20",                   0, 400, "one integer" },
        { "c4 83 20 20 20",             0, 400, "three of them" },
        { "c4 9f 20 20 ff",             0, 400, "an indefinite one" },
        { "c4 82 f9 00 00 20",          0, 400, "one made of a float" },
        { "c4 82 19 03 e8 01",          0, 400, "10^1000" },
        { "c4 82 1b ff ff ff ff ff ff ff ff 01", 0, 400, "beyond all" },
        { "c2 41 01",                   1, 0,   "a bignum passes as the bytes that it is" },
};
/* clang-format on */

START_TEST(reads_tokens)
{
        g_autoptr(GByteArray) bytes = vectors_bytes(documents[_i].hex);
        g_autoptr(GError) error = NULL;
        g_auto(LwCbor) cbor;
        int tokens = 0;
        LwToken token;

        lw_cbor_init(&cbor, bytes->data, bytes->len);
        while (lw_tokens_next(&cbor.tokens, &token, &error) && token.kind != LW_TOKEN_END)
                tokens++;
        ck_assert_msg(tokens == documents[_i].tokens, "%s: %d tokens", documents[_i].why, tokens);
        ck_assert_msg((error ? error->code : 0) == documents[_i].status, "%s: %s",
                        documents[_i].why, error ? error->message : "no error");
}
END_TEST

/* RFC 8949, appendix A. */
/* clang-format off */
static const struct { const char *hex; LwType type; int64_t integer; double number; } scalars[] = {
        { "17",                         LW_TYPE_INTEGER,  23, 0 },
        { "18 18",                      LW_TYPE_INTEGER,  24, 0 },
        { "18 ff",                      LW_TYPE_INTEGER,  255, 0 },
        { "19 03 e8",                   LW_TYPE_INTEGER,  1000, 0 },
        { "1a 00 0f 42 40",             LW_TYPE_INTEGER,  1000000, 0 },
        { "1b 00 00 00 e8 d4 a5 10 00", LW_TYPE_INTEGER,  1000000000000, 0 },
        { "1b 7f ff ff ff ff ff ff ff", LW_TYPE_INTEGER,  INT64_MAX, 0 },
        { "20",                         LW_TYPE_INTEGER,  -1, 0 },
        { "37",                         LW_TYPE_INTEGER,  -24, 0 },
        { "38 18",                      LW_TYPE_INTEGER,  -25, 0 },
        { "38 63",                      LW_TYPE_INTEGER,  -100, 0 },
        { "39 03 e7",                   LW_TYPE_INTEGER,  -1000, 0 },
        { "3a 00 01 00 00",             LW_TYPE_INTEGER,  -65537, 0 },
        { "3b 7f ff ff ff ff ff ff ff", LW_TYPE_INTEGER,  INT64_MIN, 0 },
        { "f9 00 00",                   LW_TYPE_FLOAT,    0, 0.0 },
        { "f9 80 00",                   LW_TYPE_FLOAT,    0, -0.0 },
        { "f9 3c 00",                   LW_TYPE_FLOAT,    0, 1.0 },
        { "f9 3e 00",                   LW_TYPE_FLOAT,    0, 1.5 },
        { "f9 7b ff",                   LW_TYPE_FLOAT,    0, 65504.0 },
        { "f9 00 01",                   LW_TYPE_FLOAT,    0, 5.960464477539063e-8 },
        { "f9 03 ff",                   LW_TYPE_FLOAT,    0, 6.097555160522461e-5 },
        { "f9 04 00",                   LW_TYPE_FLOAT,    0, 0.00006103515625 },
        { "f9 c4 00",                   LW_TYPE_FLOAT,    0, -4.0 },
        { "f9 7c 00",                   LW_TYPE_FLOAT,    0, INFINITY },
        { "f9 fc 00",                   LW_TYPE_FLOAT,    0, -INFINITY },
        { "f9 7e 00",                   LW_TYPE_FLOAT,    0, NAN },
        { "fa 47 c3 50 00",             LW_TYPE_FLOAT,    0, 100000.0 },
        { "fa 7f 7f ff ff",             LW_TYPE_FLOAT,    0, 3.4028234663852886e+38 },
        { "fa 33 00 00 00",             LW_TYPE_FLOAT,    0, 0x1p-25 },
        { "fa 38 80 00 01",             LW_TYPE_FLOAT,    0, 0x1.000002p-14 },
        { "fa 00 00 00 01",             LW_TYPE_FLOAT,    0, 0x1p-149 },
        { "fb 3f f1 99 99 99 99 99 9a", LW_TYPE_FLOAT,    0, 1.1 },
        { "fb c0 10 66 66 66 66 66 66", LW_TYPE_FLOAT,    0, -4.1 },
        { "fb 7e 37 e4 3c 88 00 75 9c", LW_TYPE_FLOAT,    0, 1.0e+300 },
};
/* clang-format on */

START_TEST(reads_and_writes_numbers)
{
        g_autoptr(GByteArray) bytes = vectors_bytes(scalars[_i].hex);
        LwValue expected = scalars[_i].type == LW_TYPE_FLOAT
                                           ? lw_value_float(scalars[_i].number)
                                           : lw_value_integer(scalars[_i].integer);
        g_auto(LwWriter) writer = {};
        g_auto(LwCbor) cbor;
        LwToken token;

        lw_cbor_init(&cbor, bytes->data, bytes->len);
        ck_assert(lw_tokens_next(&cbor.tokens, &token, NULL));
        ck_assert_int_eq(token.kind, LW_TOKEN_VALUE);
        ck_assert(lw_value_equal(&token.value, &expected));
        ck_assert_int_eq(signbit(token.value.number), signbit(expected.number));
        ck_assert(lw_cbor_write_value(&writer, &expected, NULL));
        ck_assert_uint_eq(writer.length, bytes->len);
        ck_assert_mem_eq(writer.data, bytes->data, bytes->len);
}
END_TEST

/* clang-format off */
static const struct { const char *base, *hex; int status; const char *why; } answers[] = {
        { "/30000/0/1",  "f9 45 00",       0,   "5.0 is an integer" },
        { "/30000/0/1",  "f9 41 00",       400, "2.5 is not" },
        { "/30000/0/1",  "1b 80 00 00 00 00 00 00 00", 400, "2^63 is none of ours" },
        { "/30000/0/23", "20",             400, "-1 is not unsigned" },
        { "/30000/0/1",  "61 35",          400, "a text for an integer" },
        { "/30000/0/5",  "05",             400, "an integer for a text" },
        { "/30000/0/5",  "41 61",          400, "bytes for a text" },
        { "/30000/0/0",  "61 61",          400, "a text for bytes" },
        { "/30000/0/3",  "01",             400, "an integer for a boolean" },
        { "/30000/0/22", "f9 7e 00",       0,   "NaN is a float" },
        { "/30000/0/22", "c4 82 20 18 19", 0,   "a decimal fraction is one" },
        { "/30000/0/4",  "fb 41 d4 60 a0 a3 c0 00 00", 0, "a time as a float" },
        { "/30000/0/6",  "61 78",          400, "a text that is no link" },
        { "/30000/0/6",  "67 36 36 3a 36 35 35 33", 0, "a link" },
        { "/30000/0/7",  "64 3c 2f 31 3e", 0,   "a CoRE link" },
        { "/30000/0/5",  "f6",             400, "null" },
        { "/30000/0/5",  "",               400, "no bytes at all" },
        { "/30000/0/1",  "05 05",          400, "two items" },
        { "/30000/0/8",  "81 05",          415, "an array" },
        { "/30000/0/8/1", "05",            0,   "an element of one" },
        { "/30000/0/8/1", "81 05",         400, "an array for an element" },
        { "/30000/0/1/0", "05",            400, "an element of a single resource" },
        { "/30000/0",    "05",             415, "an instance" },
        { "/30000",      "05",             415, "an object" },
        { "/",           "05",             415, "everything" },
        { "/30000/0/99", "05",             404, "an unknown resource" },
        { "/3/0/4",      "05",             405, "an executable" },
        { "/3/0/9",      "18 65",          400, "out of range" },
};
/* clang-format on */

START_TEST(answers_each)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        LwDecode how = { .registry = registry };
        int status = vectors_status(LW_FORMAT_CBOR, answers[_i].base, answers[_i].hex, &how);

        ck_assert_msg(status == answers[_i].status, "%s: %d", answers[_i].why, status);
}
END_TEST

START_TEST(carries_one_value)
{
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) two = vectors_values(registry, "/3/0/7/0 = 1 | /3/0/7/1 = 2");
        g_autoptr(LwValues) none = vectors_values(registry, "/3/0/7"), nothing = lw_values_new();
        const LwValues *all[] = { two, none, nothing };
        LwPath base = LW_PATH_RESOURCE(3, 0, 7);

        for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                g_autoptr(GError) error = NULL;
                g_auto(LwWriter) writer = {};

                ck_assert(!lw_cbor_encode(all[i], &base, registry, &writer, &error));
                ck_assert_int_eq(error->code, LW_STATUS_NOT_ACCEPTABLE);
        }
}
END_TEST

TCase *test_cbor(void)
{
        TCase *tcase = tcase_create("cbor");

        tcase_add_loop_test(tcase, reads_tokens, 0, G_N_ELEMENTS(documents));
        tcase_add_loop_test(tcase, reads_and_writes_numbers, 0, G_N_ELEMENTS(scalars));
        tcase_add_loop_test(tcase, answers_each, 0, G_N_ELEMENTS(answers));
        tcase_add_test(tcase, carries_one_value);
        return tcase;
}
