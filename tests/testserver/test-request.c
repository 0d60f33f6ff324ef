/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/request.h"
#include "testserver/request.h"
#include "testserver/suite.h"

static const struct {
        const char *method, *path;
        bool ok;
        const char *segments, *queries; /* joined by "|" */
} requests[] = {
        { "GET", "/3/0?depth=1&x", true, "3|0", "depth=1|x" },
        { "ipatch", "/", true, "", "" },
        { "GET", "/%41%2f//b", true, "A/||b", "" },
        { "GET", "/a?", true, "a", "" },
        { "FROB", "/3", false, "", "" },
        { "GET", "3", false, "", "" },
        { "GET", "", false, "", "" },
        { "GET", "/%zz", false, "", "" },
};

static char *join(const LwMessage *message, uint16_t number)
{
        GString *joined = g_string_new(NULL);
        bool first = true;

        for (unsigned i = 0; i < message->option_count; i++) {
                const LwOption *option = &message->options[i];

                if (option->number != number)
                        continue;
                g_string_append_printf(joined, "%s%.*s", first ? "" : "|", option->length,
                                (const char *) option->value);
                first = false;
        }
        return g_string_free(joined, false);
}

START_TEST(makes_requests)
{
        g_auto(LwTestOptions) options = {
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .raw = g_array_new(false, false, sizeof(LwTestRawOption)),
        };
        g_autoptr(LwTestRequest) request =
                        lw_test_request_new(requests[_i].method, requests[_i].path, &options, NULL);
        g_autofree char *segments = NULL, *queries = NULL;

        ck_assert_int_eq(request != NULL, requests[_i].ok);
        if (request == NULL)
                return;
        segments = join(lw_test_request_message(request), LW_OPTION_URI_PATH);
        queries = join(lw_test_request_message(request), LW_OPTION_URI_QUERY);
        ck_assert_str_eq(segments, requests[_i].segments);
        ck_assert_str_eq(queries, requests[_i].queries);
}
END_TEST

TCase *test_request(void)
{
        TCase *tcase = tcase_create("request");

        tcase_add_loop_test(tcase, makes_requests, 0, G_N_ELEMENTS(requests));
        return tcase;
}
