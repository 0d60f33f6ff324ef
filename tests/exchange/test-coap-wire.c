/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests' own codec against bytes that were written by hand after RFC 7252, 3, and RFC
 * 7959, 2.2. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "lib/coap-wire.h"

/* clang-format off */
static const struct {
        const char *hex;
        const char *text;
        uint16_t mid;
        const char *token;
} vectors[] = {
        /* Register, ep=dev1, lt=300, lwm2m=1.1, b=U, </1/0>,</3/0> */
        { "4102 0001 4a b27264 1128 3765703d64657631 066c743d333030 096c776d326d3d312e31 03623d55 ff"
          "3c2f312f303e2c3c2f332f303e", "CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=U ct=40 [13]", 1, "4a" },
        /* its 2.01 with Location-Path rd, 5a3f */
        { "6141 0001 4a 827264 0435613366", "ACK 2.01 /rd/5a3f", 1, "4a" },
        /* Bootstrap-Request ep=dev1, pct=112 */
        { "4102 0004 05 b26273 4765703d64657631 077063743d313132", "CON POST /bs?ep=dev1&pct=112", 4, "05" },
        /* Observe /3/0/9, Accept 112 */
        { "4201 7d34 2122 60 5133 0130 0139 6170", "CON GET /3/0/9 observe=0 accept=112", 0x7d34, "2122" },
        /* NON notification, sequence 12, SenML CBOR /3/0/9 = 95 */
        { "5245 1234 2122 610c 6170 ff 81a200662f332f302f3902185f", "NON 2.05 observe=12 ct=112 [13]", 0x1234, "2122" },
        /* RST to it */
        { "7000 1234", "RST empty", 0x1234, "" },
        /* Write-Attributes /3/0/9: pmin=10, unset gt */
        { "4103 0002 01 b133 0130 0139 47706d696e3d3130 026774", "CON PUT /3/0/9?pmin=10&gt", 2, "01" },
        /* Read-Composite /3/0/0, Content-Format and Accept 112 */
        { "4105 0005 06 c170 5170 ff 81a100662f332f302f30", "CON FETCH ct=112 accept=112 [10]", 5, "06" },
        /* PUT /5/0/0, first block of 1024 with more, without its payload */
        { "4103 0003 02 b135 0130 0130 112a d1020e", "CON PUT /5/0/0 ct=42 block1=0/1/1024", 3, "02" },
        /* Block1 alone: block 17, the last, of 1024 */
        { "4003 0003 d20e0116", "CON PUT block1=17/0/1024", 3, "" },
};
/* clang-format on */

static GByteArray *from_hex(const char *hex)
{
        GByteArray *bytes = g_byte_array_new();

        for (; *hex; hex++) {
                uint8_t byte;

                if (*hex == ' ')
                        continue;
                byte = (uint8_t) (g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
                g_byte_array_append(bytes, &byte, 1);
                hex++;
        }
        return bytes;
}

START_TEST(vectors_both_ways)
{
        g_autoptr(GByteArray) bytes = from_hex(vectors[_i].hex);
        g_autoptr(GByteArray) token = from_hex(vectors[_i].token);
        g_autofree char *text = NULL;
        uint8_t again[LW_MESSAGE_MAX];
        LwMessage message;

        ck_assert(lw_coap_wire_decode(bytes->data, bytes->len, &message));
        ck_assert_uint_eq(lw_message_size(&message), bytes->len);
        text = lw_message_describe(&message);
        ck_assert_str_eq(text, vectors[_i].text);
        ck_assert_uint_eq(message.mid, vectors[_i].mid);
        ck_assert_uint_eq(message.token_length, token->len);
        if (token->len > 0)
                ck_assert_mem_eq(message.token, token->data, token->len);
        ck_assert_uint_eq(lw_coap_wire_encode(&message, again, sizeof(again)), bytes->len);
        ck_assert_mem_eq(again, bytes->data, bytes->len);
        ck_assert_uint_eq(lw_coap_wire_encode(&message, again, bytes->len - 1), 0);
}
END_TEST

static const char *const malformed[] = {
        "", "40 01 00",                   /* three bytes */
        "80 01 00 01",                    /* version 2 */
        "49 01 00 01 010203040506070809", /* a token of nine bytes */
        "41 01 00 01",                    /* its token is missing */
        "40 00 00 01 b133",               /* an empty message with an option */
        "40 01 00 01 ff",                 /* a marker, and no payload */
        "40 01 00 01 f0",                 /* the reserved delta */
        "40 01 00 01 0f",                 /* the reserved length */
        "40 01 00 01 b3 3132",            /* an option that is cut off */
        "40 01 00 01 d1",                 /* an extended delta that is cut off */
        "40 01 00 01 e0ffff e0ffff",      /* a number above 65535 */
};

START_TEST(refuses_what_is_no_message)
{
        g_autoptr(GByteArray) bytes = from_hex(malformed[_i]);
        LwMessage message;

        ck_assert(!lw_coap_wire_decode(bytes->data, bytes->len, &message));
}
END_TEST

TCase *test_coap_wire(void)
{
        TCase *tcase = tcase_create("coap-wire");

        tcase_add_loop_test(tcase, vectors_both_ways, 0, G_N_ELEMENTS(vectors));
        tcase_add_loop_test(tcase, refuses_what_is_no_message, 0, G_N_ELEMENTS(malformed));
        return tcase;
}
