/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign text made fit for a message. */
#include "base/quote.h"

#include <glib.h>

/* bytes: enough to recognise a path, a URI or a parser's complaint in a message */
#define SHOWN_MAX 160

char *lw_quote(const char *text, size_t length)
{
        GString *quoted = g_string_new("'");
        const char *end = text + length;

        while (text < end && quoted->len < SHOWN_MAX) {
                gunichar c = g_utf8_get_char_validated(text, end - text);

                if ((gint32) c < 0 || !g_unichar_isprint(c)) {
                        g_string_append_printf(quoted, "\\x%02x", (unsigned char) *text);
                        text++;
                        continue;
                }
                g_string_append_unichar(quoted, c);
                text = g_utf8_next_char(text);
        }
        g_string_append(quoted, text < end ? "...'" : "'");
        return g_string_free(quoted, FALSE);
}
