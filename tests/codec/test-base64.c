/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64, and the text of object links. */
#include <string.h>

#include <check.h>

#include "codec/base64.h"
#include "codec/objlnk.h"
#include "lib/suite.h"

TCase *test_base64(void);

/* RFC 4648, 10, and the two letters that differ. */
/* clang-format off */
static const struct { const char *data, *text, *padded; } pairs[] = {
        { "",                 "",         ""         },
        { "f",                "Zg",       "Zg=="     },
        { "fo",               "Zm8",      "Zm8="     },
        { "foo",              "Zm9v",     "Zm9v"     },
        { "foob",             "Zm9vYg",   "Zm9vYg==" },
        { "fooba",            "Zm9vYmE",  "Zm9vYmE=" },
        { "foobar",           "Zm9vYmFy", "Zm9vYmFy" },
        { "\xfb\xef\xbe\xff", "----_w",   "++++/w==" },
};

static const struct { const char *text; bool ok; const char *data; } texts[] = {
        { "Zg==",     true,  "f"   },
        { "Zm8=",     true,  "fo"  },
        { "++//",     true,  "\xfb\xef\xff" },
        { "Z",        false, NULL  },
        { "Zm9vZ",    false, NULL  },
        { "Zg=",      false, NULL  },
        { "Z===",     false, NULL  },
        { "=",        false, NULL  },
        { "Zg==Zg==", false, NULL  },
        { "Z g",      false, NULL  },
        { "Zm9\n",    false, NULL  },
};
/* clang-format on */

static void check_text(const LwWriter *written, const char *text, size_t index)
{
        g_auto(LwWriter) data = {};
        size_t length = strlen(pairs[index].data);

        ck_assert_uint_eq(written->length, strlen(text));
        ck_assert_int_eq(strncmp((const char *) written->data, text, written->length), 0);
        ck_assert(lw_base64_read(&data, text, strlen(text)));
        ck_assert_uint_eq(data.length, length);
        ck_assert_int_eq(memcmp(data.data, pairs[index].data, length), 0);
}

START_TEST(writes_and_reads)
{
        g_auto(LwWriter) text = {}, padded = {};
        size_t length = strlen(pairs[_i].data);

        lw_base64url_write(&text, (const uint8_t *) pairs[_i].data, length);
        check_text(&text, pairs[_i].text, (size_t) _i);
        lw_base64_write(&padded, (const uint8_t *) pairs[_i].data, length);
        check_text(&padded, pairs[_i].padded, (size_t) _i);
}
END_TEST

START_TEST(reads_what_peers_send)
{
        g_auto(LwWriter) data = {};

        ck_assert_int_eq(lw_base64_read(&data, texts[_i].text, strlen(texts[_i].text)),
                        texts[_i].ok);
        if (texts[_i].ok) {
                ck_assert_uint_eq(data.length, strlen(texts[_i].data));
                ck_assert_mem_eq(data.data, texts[_i].data, data.length);
        } else {
                ck_assert_uint_eq(data.length, 0);
        }
}
END_TEST

START_TEST(prints_links)
{
        char text[LW_OBJLNK_TEXT_MAX];

        ck_assert_uint_eq(lw_objlnk_print((LwObjlnk){ 66, 0 }, text), 4);
        ck_assert_str_eq(text, "66:0");
        ck_assert_uint_eq(lw_objlnk_print((LwObjlnk){ 65535, 65535 }, text), 11);
        ck_assert_str_eq(text, "65535:65535");
}
END_TEST

TCase *test_base64(void)
{
        TCase *tcase = tcase_create("base64");

        tcase_add_loop_test(tcase, writes_and_reads, 0, G_N_ELEMENTS(pairs));
        tcase_add_loop_test(tcase, reads_what_peers_send, 0, G_N_ELEMENTS(texts));
        tcase_add_test(tcase, prints_links);
        return tcase;
}
