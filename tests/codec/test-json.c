/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON as tokens, and values as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "codec/json.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_json(void);

/* One token in a few characters: "[" "{" "}" of any close, "null", i5, u5, f5, true, "text". */
static void note_value(GString *notes, const LwValue *value)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                g_string_append(notes, "null");
                break;
        case LW_TYPE_STRING:
                g_string_append_c(notes, '"');
                g_string_append_len(notes, value->text, value->length);
                g_string_append_c(notes, '"');
                break;
        case LW_TYPE_INTEGER:
                g_string_append_printf(notes, "i%" G_GINT64_FORMAT, value->integer);
                break;
        case LW_TYPE_UNSIGNED:
                g_string_append_printf(notes, "u%" G_GUINT64_FORMAT, value->unsigned_integer);
                break;
        case LW_TYPE_FLOAT:
                g_string_append_printf(notes, "f%.17g", value->number);
                break;
        case LW_TYPE_BOOLEAN:
                g_string_append(notes, value->boolean ? "true" : "false");
                break;
        case LW_TYPE_OPAQUE:
        case LW_TYPE_TIME:
        case LW_TYPE_OBJLNK:
        case LW_TYPE_CORELNK:
                ck_abort_msg("JSON has no such type");
        }
}

/* All tokens with a space between them, or the status of the error. */
static char *read_tokens(const char *text, size_t length)
{
        static const char *const marks[] = {
                [LW_TOKEN_ARRAY] = "[", [LW_TOKEN_MAP] = "{", [LW_TOKEN_CLOSE] = "}"
        };
        g_autofree char *copy = g_memdup2(text, length);
        g_autoptr(GString) notes = g_string_new(NULL);
        g_auto(LwJson) json;

        lw_json_init(&json, (const uint8_t *) copy, length);
        for (;;) {
                g_autoptr(GError) error = NULL;
                LwToken token;

                if (!lw_tokens_next(&json.tokens, &token, &error)) {
                        ck_assert_ptr_nonnull(error);
                        return g_strdup_printf("%d", error->code);
                }
                if (token.kind == LW_TOKEN_END)
                        return g_string_free(g_steal_pointer(&notes), FALSE);
                if (notes->len > 0)
                        g_string_append_c(notes, ' ');
                if (token.kind == LW_TOKEN_VALUE)
                        note_value(notes, &token.value);
                else
                        g_string_append(notes, marks[token.kind]);
        }
}

/* RFC 8259. */
/* clang-format off */
static const struct { const char *text, *tokens; } texts[] = {
        { "null",                        "null" },
        { " true\r\n",                   "true" },
        { "\tfalse ",                    "false" },
        { "[]",                          "[ }" },
        { "{}",                          "{ }" },
        { "[ 1 , [ 2 ] , { \"a\" : 3 , \"b\" : { } } ]", "[ i1 [ i2 } { \"a\" i3 \"b\" { } } }" },
        /* numbers, 6 */
        { "0",                           "i0" },
        { "-0",                          "f-0" },
        { "-1",                          "i-1" },
        { "9223372036854775807",         "i9223372036854775807" },
        { "-9223372036854775808",        "i-9223372036854775808" },
        { "9223372036854775808",         "u9223372036854775808" },
        { "18446744073709551615",        "u18446744073709551615" },
        { "18446744073709551616",        "f1.8446744073709552e+19" },
        { "-9223372036854775809",        "400" },
        { "5.0",                         "f5" },
        { "1e3",                         "f1000" },
        { "1E+3",                        "f1000" },
        { "25e-1",                       "f2.5" },
        { "-0.1",                        "f-0.10000000000000001" },
        { "1e400",                       "400" },
        { "01",                          "400" },
        { "-",                           "400" },
        { "+1",                          "400" },
        { ".5",                          "400" },
        { "5.",                          "400" },
        { "1e",                          "400" },
        { "1e+",                         "400" },
        { "0x10",                        "400" },
        { "NaN",                         "400" },
        { "-Infinity",                   "400" },
        /* strings, 7 */
        { "\"\"",                        "\"\"" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\"\\/\b\f\n\r\t\"" },
        { "\"a\\u00e9b\\u20AC\"",        "\"a\xc3\xa9" "b\xe2\x82\xac\"" },
        { "\"\\ud834\\udd1e!\"",         "\"\xf0\x9d\x84\x9e!\"" },
        { "\"\xf0\x9d\x84\x9e\"",        "\"\xf0\x9d\x84\x9e\"" },
        { "[\"\\u0061\",\"b\",\"\\u0063\"]", "[ \"a\" \"b\" \"c\" }" },
        { "\"\\u0000\"",                 "400" },
        { "\"\\ud834\"",                 "400" },
        { "\"\\ud834\\u0041\"",          "400" },
        { "\"\\ud834x\"",                "400" },
        { "\"\\udd1e\"",                 "400" },
        { "\"\\u12g4\"",                 "400" },
        { "\"\\u12",                     "400" },
        { "\"\\x41\"",                   "400" },
        { "\"\\",                        "400" },
        { "\"a",                         "400" },
        { "\"a\nb\"",                    "400" },
        { "\"\x1f\"",                    "400" },
        { "\"\xff\"",                    "400" },
        { "\"\\u0041\xc3\"",             "400" },
        { "\"\xed\xa0\x80\"",            "400" },
        { "'a'",                         "400" },
        /* structure */
        { "",                            "400" },
        { " ",                           "400" },
        { "nul",                         "400" },
        { "nulls",                       "400" },
        { "[",                           "400" },
        { "[1",                          "400" },
        { "[1,",                         "400" },
        { "[1,]",                        "400" },
        { "[,1]",                        "400" },
        { "[1 2]",                       "400" },
        { "[}",                          "400" },
        { "{\"a\"}",                     "400" },
        { "{\"a\":}",                    "400" },
        { "{\"a\":1,}",                  "400" },
        { "{\"a\":1 \"b\":2}",           "400" },
        { "{a:1}",                       "400" },
        { "{1:1}",                       "400" },
        { "{]",                          "400" },
        { "[] []",                       "400" },
        { "[]]",                         "400" },
        { "\xef\xbb\xbf[]",              "400" },
        { "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
          "[ [ [ [ [ [ [ [ [ [ [ [ [ [ [ [ } } } } } } } } } } } } } } } }" },
        { "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "413" },
};
/* clang-format on */

START_TEST(reads)
{
        g_autofree char *tokens = read_tokens(texts[_i].text, strlen(texts[_i].text));

        ck_assert_msg(g_str_equal(tokens, texts[_i].tokens), "%s: %s", texts[_i].text, tokens);
}
END_TEST

START_TEST(a_nul_is_no_end)
{
        g_autofree char *in_text = read_tokens("\"a\0b\"", 5), *behind = read_tokens("[]\0", 3);

        ck_assert_str_eq(in_text, "400");
        ck_assert_str_eq(behind, "400");
}
END_TEST

START_TEST(text_stays_where_it_is)
{
        static const char text[] = "[\"\\u0061bc\",\"de\",\"f\\n\"]";
        g_auto(LwJson) json;
        LwToken tokens[5];

        lw_json_init(&json, (const uint8_t *) text, strlen(text));
        for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++)
                ck_assert(lw_tokens_next(&json.tokens, &tokens[i], NULL));
        ck_assert_int_eq(tokens[4].kind, LW_TOKEN_CLOSE);
        ck_assert_mem_eq(tokens[1].value.text, "abc", 3);
        ck_assert_mem_eq(tokens[2].value.text, "de", 2);
        ck_assert_mem_eq(tokens[3].value.text, "f\n", 2);
}
END_TEST

START_TEST(skips_what_is_nested)
{
        static const char text[] = "[{\"a\":[1,{\"b\":[]}]},7,8]";
        g_auto(LwJson) json;
        LwToken token;

        lw_json_init(&json, (const uint8_t *) text, strlen(text));
        ck_assert(lw_tokens_next(&json.tokens, &token, NULL));
        ck_assert(lw_tokens_next(&json.tokens, &token, NULL));
        ck_assert(lw_tokens_skip(&json.tokens, &token, NULL));
        ck_assert(lw_tokens_next(&json.tokens, &token, NULL));
        ck_assert_int_eq(token.value.integer, 7);
        ck_assert(lw_tokens_skip(&json.tokens, &token, NULL));
        ck_assert(lw_tokens_next(&json.tokens, &token, NULL));
        ck_assert_int_eq(token.value.integer, 8);
}
END_TEST

START_TEST(writes_strings)
{
        static const char expected[] =
                        "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xe2\x82\xac\"\"\"";
        static const char text[] = "a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\xe2\x82\xac";
        g_auto(LwWriter) writer = {};

        lw_json_write_string(&writer, text, strlen(text));
        lw_json_write_string(&writer, "", 0);
        ck_assert_uint_eq(writer.length, strlen(expected));
        ck_assert_mem_eq(writer.data, expected, writer.length);
}
END_TEST

START_TEST(writes_numbers)
{
        static const char expected[] =
                        "-9223372036854775808 18446744073709551615 0.1 5 -0 1367491215 ";
        LwValue values[] = {
                lw_value_integer(INT64_MIN),
                lw_value_unsigned(UINT64_MAX),
                lw_value_float(0.1),
                lw_value_float(5),
                lw_value_float(-0.0),
                lw_value_time(1367491215),
        };
        g_auto(LwWriter) writer = {};

        for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
                ck_assert(lw_json_write_number(&writer, &values[i], NULL));
                lw_writer_u8(&writer, ' ');
        }
        ck_assert_uint_eq(writer.length, strlen(expected));
        ck_assert_mem_eq(writer.data, expected, writer.length);
}
END_TEST

START_TEST(has_no_infinity)
{
        LwValue values[] = { lw_value_float(NAN), lw_value_float(INFINITY),
                lw_value_float(-INFINITY) };
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};

        ck_assert(!lw_json_write_number(&writer, &values[_i], &error));
        ck_assert_int_eq(error->code, LW_STATUS_NOT_ACCEPTABLE);
}
END_TEST

TCase *test_json(void)
{
        TCase *tcase = tcase_create("json");

        tcase_add_loop_test(tcase, reads, 0, G_N_ELEMENTS(texts));
        tcase_add_test(tcase, a_nul_is_no_end);
        tcase_add_test(tcase, text_stays_where_it_is);
        tcase_add_test(tcase, skips_what_is_nested);
        tcase_add_test(tcase, writes_strings);
        tcase_add_test(tcase, writes_numbers);
        tcase_add_loop_test(tcase, has_no_infinity, 0, 3);
        return tcase;
}
