/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests as rows. */
#include "tree/asked.h"

#include <string.h>

#include "tree/suite.h"

static GByteArray *parse_payload(const char *hex)
{
        GByteArray *bytes = g_byte_array_new();

        if (hex && hex[0] == '=')
                return g_byte_array_append(
                                bytes, (const uint8_t *) hex + 1, (guint) strlen(hex + 1));
        for (; hex && *hex != '\0'; hex++) {
                uint8_t byte;

                if (*hex == ' ')
                        continue;
                byte = (uint8_t) (g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
                g_byte_array_append(bytes, &byte, 1);
                hex++;
        }
        return bytes;
}

void asked_run(LwTree *tree, const Asked *asked, FixtureAnswer *ret_answer)
{
        g_autoptr(GByteArray) payload = parse_payload(asked->hex);
        g_auto(GStrv) query = g_strsplit(asked->query ? asked->query : "", "&", -1);
        LwRequest request = fixture_request(asked->operation, asked->path);

        request.version = asked->version;
        request.accept = asked->accept == 0 ? LW_FORMAT_NONE : asked->accept;
        request.query = (const char *const *) query;
        request.query_count = g_strv_length(query);
        if (asked->hex) {
                request.format = asked->format;
                request.payload = payload->data;
                request.payload_length = payload->len;
        }
        fixture_answer_clear(ret_answer);
        lw_dispatch(tree, &request, fixture_on_answer, ret_answer);
        ck_assert_uint_eq(ret_answer->count, 1);
        ck_assert_msg(ret_answer->response.status == asked->status, "%s %s %s %s: %s (%s), not %s",
                        lw_operation_name(asked->operation), asked->path,
                        asked->query ? asked->query : "", asked->hex ? asked->hex : "",
                        lw_status_text(ret_answer->response.status),
                        ret_answer->response.diagnostic ? ret_answer->response.diagnostic : "",
                        lw_status_text(asked->status));
}

const char *asked_text(const FixtureAnswer *answer)
{
        static char text[4096];
        size_t size = answer->response.payload ? lw_blob_size(answer->response.payload) : 0;

        ck_assert_uint_lt(size, sizeof(text));
        if (size > 0)
                memcpy(text, lw_blob_data(answer->response.payload), size);
        text[size] = '\0';
        return text;
}
