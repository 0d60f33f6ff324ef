/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscore: a security context of OSCORE, as an instance of object 21 describes it. */
#include "exchange/oscore.h"

#include <string.h>

#include <glib.h>

static bool bytes_equal(const LwOscoreBytes *a, const LwOscoreBytes *b)
{
        return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

bool lw_oscore_equal(const LwOscore *a, const LwOscore *b)
{
        return bytes_equal(&a->secret, &b->secret) && bytes_equal(&a->sender, &b->sender) &&
               bytes_equal(&a->recipient, &b->recipient) && bytes_equal(&a->salt, &b->salt) &&
               bytes_equal(&a->context, &b->context);
}

/* The length goes in, too: {1, 23} is another pair than {12, 3}. */
static void add(GChecksum *checksum, const LwOscoreBytes *bytes)
{
        g_checksum_update(checksum, &bytes->length, 1);
        g_checksum_update(checksum, bytes->data, bytes->length);
}

void lw_oscore_digest(const LwOscore *self, char ret_text[static LW_OSCORE_DIGEST_LENGTH])
{
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

        add(checksum, &self->secret);
        add(checksum, &self->salt);
        add(checksum, &self->context);
        add(checksum, &self->sender);
        g_strlcpy(ret_text, g_checksum_get_string(checksum), LW_OSCORE_DIGEST_LENGTH);
}

LwOscore lw_oscore_reversed(const LwOscore *self)
{
        LwOscore reversed = *self;

        reversed.sender = self->recipient;
        reversed.recipient = self->sender;
        return reversed;
}

const char *lw_oscore_bytes_parse(
                const char *text, unsigned minimum, unsigned maximum, LwOscoreBytes *ret_bytes)
{
        size_t digits = strlen(text);
        LwOscoreBytes bytes = {};

        if (digits % 2 != 0)
                return "an odd number of hexadecimal digits; two are a byte";
        if (digits / 2 < minimum)
                return "too few bytes";
        if (digits / 2 > MIN(maximum, sizeof(bytes.data)))
                return "too many bytes";
        bytes.length = (uint8_t) (digits / 2);
        for (size_t i = 0; i < digits; i++) {
                int digit = g_ascii_xdigit_value(text[i]);

                if (digit < 0) {
                        explicit_bzero(&bytes, sizeof(bytes));
                        return "not written in hexadecimal digits";
                }
                bytes.data[i / 2] = (uint8_t) (bytes.data[i / 2] << 4 | digit);
        }
        *ret_bytes = bytes;
        explicit_bzero(&bytes, sizeof(bytes));
        return NULL;
}
