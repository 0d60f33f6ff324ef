/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content-Formats: names, numbers, and which one answers what. */
#include <check.h>

#include "codec/format.h"
#include "codec/objects.h"
#include "codec/vectors.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_format(void);

/* clang-format off */
static const struct { int32_t format; const char *name, *word; bool ours; } formats[] = {
        { 0,     "text/plain",                     "text",       true  },
        { 40,    "application/link-format",        "link",       false },
        { 42,    "application/octet-stream",       "opaque",     true  },
        { 60,    "application/cbor",               "cbor",       true  },
        { 110,   "application/senml+json",         "senml-json", true  },
        { 112,   "application/senml+cbor",         "senml-cbor", true  },
        { 320,   "application/senml-etch+json",    "etch-json",  true  },
        { 322,   "application/senml-etch+cbor",    "etch-cbor",  true  },
        { 11542, "application/vnd.oma.lwm2m+tlv",  "tlv",        true  },
        { 11543, "application/vnd.oma.lwm2m+json", "json",       true  },
        { 11544, "application/vnd.oma.lwm2m+cbor", "lwm2m-cbor", true  },
};

static const struct { int32_t legacy, format; } legacies[] = {
        { 1541, 0 },
        { 1542, 11542 },
        { 1543, 11543 },
        { 1544, 42 },
};

#define NONE LW_FORMAT_NONE
#define V10 LW_VERSION_1_0
#define V11 LW_VERSION_1_1
#define V12 LW_VERSION_1_2
#define INT LW_TYPE_INTEGER
#define OPQ LW_TYPE_OPAQUE
#define NO_TYPE LW_TYPE_NONE

static const struct { int32_t accept; LwVersion version; bool single; LwType type; int32_t format; } choices[] = {
        /* without Accept: ours */
        { NONE,  V10, true,  INT,     0     },
        { NONE,  V12, true,  INT,     0     },
        { NONE,  V11, true,  OPQ,     42    },
        { NONE,  V10, false, INT,     11542 },
        { NONE,  V10, false, NO_TYPE, 11542 },
        { NONE,  V11, false, NO_TYPE, 112   },
        { NONE,  V12, false, INT,     112   },
        /* with it: what fits */
        { 0,     V11, true,  OPQ,     0     },
        { 0,     V11, false, INT,     -406  },
        { 42,    V11, true,  OPQ,     42    },
        { 42,    V11, true,  INT,     -406  },
        { 42,    V11, false, OPQ,     -406  },
        { 60,    V11, true,  INT,     60    },
        { 60,    V11, false, INT,     -406  },
        { 110,   V10, true,  INT,     110   },
        { 110,   V11, false, NO_TYPE, 110   },
        { 112,   V11, true,  INT,     112   },
        { 11542, V12, false, NO_TYPE, 11542 },
        { 11542, V12, true,  INT,     11542 },
        { 11543, V10, true,  INT,     11543 },
        { 11543, V11, false, NO_TYPE, 11543 },
        { 11544, V12, true,  INT,     11544 },
        { 11544, V12, false, NO_TYPE, 11544 },
        /* legacy numbers are answered as they were asked */
        { 1541,  V10, true,  INT,     1541  },
        { 1542,  V10, false, INT,     1542  },
        { 1543,  V10, false, INT,     1543  },
        { 1544,  V10, true,  OPQ,     1544  },
        { 1544,  V10, true,  INT,     -406  },
        /* never of an answer, not of values, nobody's */
        { 320,   V12, false, NO_TYPE, -406  },
        { 322,   V12, false, NO_TYPE, -406  },
        { 40,    V11, false, NO_TYPE, -406  },
        { 50,    V11, true,  INT,     -406  },
        { 65000, V11, true,  INT,     -406  },
};
/* clang-format on */

START_TEST(knows_names)
{
        int32_t parsed = NONE;
        char number[8];

        ck_assert_str_eq(lw_format_name(formats[_i].format), formats[_i].name);
        ck_assert(lw_format_parse(formats[_i].word, &parsed));
        ck_assert_int_eq(parsed, formats[_i].format);
        g_snprintf(number, sizeof(number), "%d", formats[_i].format);
        ck_assert(lw_format_parse(number, &parsed));
        ck_assert_int_eq(parsed, formats[_i].format);
        ck_assert_int_eq(lw_codec_find(formats[_i].format) != NULL, formats[_i].ours);
}
END_TEST

START_TEST(knows_legacy_numbers)
{
        ck_assert_ptr_eq(lw_codec_find(legacies[_i].legacy), lw_codec_find(legacies[_i].format));
        ck_assert_str_eq(lw_format_name(legacies[_i].legacy), lw_format_name(legacies[_i].format));
}
END_TEST

START_TEST(refuses_other_words)
{
        static const char *const words[] = { "", "TLV", "tlv ", "-1", "65536", "0x10", "11542x" };
        int32_t parsed = 7;

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                ck_assert_msg(!lw_format_parse(words[i], &parsed), "%s", words[i]);
        ck_assert_int_eq(parsed, 7);
        ck_assert_str_eq(lw_format_name(65000), "65000");
        ck_assert_ptr_null(lw_codec_find(NONE));
}
END_TEST

START_TEST(chooses)
{
        g_autoptr(GError) error = NULL;
        int32_t format = NONE;
        bool ok = lw_format_choose(choices[_i].accept, choices[_i].version, choices[_i].single,
                        choices[_i].type, &format, &error);

        ck_assert_int_eq(ok ? format : -error->code, choices[_i].format);
}
END_TEST

START_TEST(lists_what_it_has)
{
        int32_t last = NONE;

        for (const int32_t *format = lw_formats_listed; *format != NONE; format++) {
                ck_assert_int_gt(*format, last);
                ck_assert_ptr_nonnull(lw_codec_find(*format));
                ck_assert_int_ne(*format, LW_FORMAT_JSON); /* not from 1.1 on */
                last = *format;
        }
        ck_assert_int_ne(last, NONE);
}
END_TEST

START_TEST(refuses_formats_that_are_not_ours)
{
        static const int32_t others[] = { LW_FORMAT_LINK, 50 };
        g_autoptr(LwRegistry) registry = codec_registry_new();
        g_autoptr(LwValues) paths = lw_values_new();
        g_autoptr(GError) error = NULL;
        g_auto(LwWriter) writer = {};
        LwDecode how = { .registry = registry };

        for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
                ck_assert_int_eq(vectors_status(others[i], "/3/0/9", "", &how),
                                LW_STATUS_UNSUPPORTED_FORMAT);
        ck_assert(!lw_format_encode_paths(LW_FORMAT_TLV, paths, &writer, &error));
        ck_assert_int_eq(error->code, LW_STATUS_UNSUPPORTED_FORMAT);
}
END_TEST

TCase *test_format(void)
{
        TCase *tcase = tcase_create("format");

        tcase_add_loop_test(tcase, knows_names, 0, G_N_ELEMENTS(formats));
        tcase_add_loop_test(tcase, knows_legacy_numbers, 0, G_N_ELEMENTS(legacies));
        tcase_add_test(tcase, refuses_other_words);
        tcase_add_loop_test(tcase, chooses, 0, G_N_ELEMENTS(choices));
        tcase_add_test(tcase, lists_what_it_has);
        tcase_add_test(tcase, refuses_formats_that_are_not_ours);
        return tcase;
}
