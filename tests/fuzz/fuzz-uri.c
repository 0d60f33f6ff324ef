/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes server addresses: what parses can be written again and says the same. */
#include <string.h>

#include <glib.h>

#include "model/limits.h"
#include "model/status.h"
#include "model/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void append_parts(GString *text, char **parts, char first, char separator)
{
        for (size_t i = 0; parts[i] != NULL; i++) {
                g_string_append_c(text, i == 0 ? first : separator);
                for (const char *at = parts[i]; *at != '\0'; at++)
                        if (g_ascii_isalnum(*at))
                                g_string_append_c(text, *at);
                        else
                                g_string_append_printf(text, "%%%02X", (unsigned char) *at);
        }
}

static void write_and_parse(const LwUri *uri)
{
        g_autofree char *authority = lw_uri_authority(uri);
        g_autoptr(GString) text = g_string_new(lw_scheme_name(uri->scheme));
        g_auto(LwUri) again = {};

        g_string_append_printf(text, "://%s", authority);
        append_parts(text, uri->segments, '/', '/');
        append_parts(text, uri->query, '?', '&');
        /* escapes are three times as long as what they stand for */
        if (text->len > LW_URI_MAX)
                return;
        g_assert_true(lw_uri_parse(text->str, &again, NULL));
        g_assert_cmpint(again.scheme, ==, uri->scheme);
        g_assert_cmpstr(again.host, ==, uri->host);
        g_assert_cmpint(again.port, ==, uri->port);
        g_assert_true(g_strv_equal(
                        (const char *const *) again.segments, (const char *const *) uri->segments));
        g_assert_true(g_strv_equal(
                        (const char *const *) again.query, (const char *const *) uri->query));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *) data, size);
        g_autoptr(GError) error = NULL;
        g_auto(LwUri) uri = {};

        if (lw_uri_parse(text, &uri, &error)) {
                g_assert_cmpint(uri.port, >, 0);
                write_and_parse(&uri);
        } else {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
                g_assert_null(uri.host);
        }
        return 0;
}
