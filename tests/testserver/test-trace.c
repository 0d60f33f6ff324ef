/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "lib/coap-wire.h"
#include "lib/files.h"
#include "testserver/suite.h"
#include "testserver/trace.h"

static GBytes *load(void *user G_GNUC_UNUSED, uint16_t object)
{
        return object == 3 ? lw_test_source_file("data/objects/3.xml") : NULL;
}

/* Messages in their order, each with its line. Source: RFC 7252, 3; OMA LwM2M, TLV format. */
static const struct {
        bool outgoing;
        const char *hex;
        const char *line;
} lines[] = {
        { false, "41 02 00 01 4a b2 72 64 11 28 37 65 70 3d 64 65 76 31 ff 3c 2f 33 2f 30 3e",
                        "<- CON POST /rd?ep=dev1 application/link-format '</3/0>'" },
        { true, "61 41 00 01 4a 82 72 64 04 35 61 33 66", "-> ACK 2.01 Created /rd/5a3f" },
        { true, "41 01 00 02 4b b1 33 01 30 01 30", "-> CON GET /3/0/0" },
        { false, "61 45 00 02 4b c0 ff 44 65 62 69 61 6e",
                        "<- ACK 2.05 Content text/plain 'Debian'" },
        { true, "42 01 7d 34 21 22 60 51 33 01 30 01 39 61 70",
                        "-> CON GET /3/0/9 observe 0 accept application/senml+cbor" },
        { false, "52 45 12 34 21 22 61 0c 61 70 ff 81 a2 00 66 2f 33 2f 30 2f 39 02 18 5f",
                        "<- NON 2.05 Content observe 12 application/senml+cbor /3/0/9='95'" },
        /* TLV has its path from the request */
        { true, "41 01 00 03 4c b1 33 01 30 62 2d 16",
                        "-> CON GET /3/0 accept application/vnd.oma.lwm2m+tlv" },
        { false, "61 45 00 03 4c c2 2d 16 ff c1 09 5f",
                        "<- ACK 2.05 Content application/vnd.oma.lwm2m+tlv /3/0/9='95'" },
        { true, "41 03 00 03 02 b1 35 01 30 01 30 11 2a d1 02 0e ff 00 01 02",
                        "-> CON PUT /5/0/0 block1 0+ of 1024 application/octet-stream 3 bytes" },
        { false, "61 84 00 04 4d ff 6e 6f", "<- ACK 4.04 Not Found 'no'" },
        { false, "41 01 00 05 4e b3 1b 5b 31", "<- CON GET /\\x1b[1" },
        { true, "40 01 00 06", "-> CON GET /" },
        /* composite: paths, then values, then one that is removed */
        { true, "41 05 00 07 4f c1 70 ff 82 a1 00 62 2f 31 a1 00 66 2f 33 2f 30 2f 39",
                        "-> CON FETCH / application/senml+cbor /1 /3/0/9" },
        { false, "61 45 00 07 4f c1 70 ff 81 a2 00 66 2f 33 2f 30 2f 39 02 18 5f",
                        "<- ACK 2.05 Content application/senml+cbor /3/0/9='95'" },
        { true, "40 07 00 08 c2 01 42 ff 81 a2 00 6a 2f 32 2f 30 2f 32 2f 31 32 37 02 f6",
                        "-> CON iPATCH / application/senml-etch+cbor /2/0/2/127" },
};

START_TEST(shows_each_message)
{
        g_autoptr(LwRegistry) registry = lw_registry_new(load, NULL);
        g_autoptr(LwTrace) trace = lw_trace_new(registry);

        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_autofree char *line = NULL;
                uint8_t data[256];
                size_t length = 0;
                LwMessage message;

                for (const char *hex = lines[i].hex; *hex != '\0'; hex += hex[2] == ' ' ? 3 : 2)
                        data[length++] = (uint8_t) (g_ascii_xdigit_value(hex[0]) << 4 |
                                                    g_ascii_xdigit_value(hex[1]));
                ck_assert(lw_coap_wire_decode(data, length, &message));
                line = lw_trace_describe(trace, lines[i].outgoing, &message);
                ck_assert_str_eq(line, lines[i].line);
        }
}
END_TEST

TCase *test_trace(void)
{
        TCase *tcase = tcase_create("trace");

        tcase_add_test(tcase, shows_each_message);
        return tcase;
}
