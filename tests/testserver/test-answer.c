/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/limits.h"
#include "testserver/answer.h"
#include "testserver/suite.h"

/* What clients say of an error, and how it is shown. Source: RFC 7252, 5.5.2. */
static const struct {
        LwStatus status;
        const char *payload;
        size_t length;
        const char *text;
} diagnostics[] = {
        { LW_STATUS_NOT_FOUND, "", 0, "" },
        { LW_STATUS_NOT_FOUND, "no such thing", 13, "no such thing" },
        { LW_STATUS_BAD_REQUEST,
                        "gr\xc3\xb6\xc3\x9f"
                        "er",
                        8,
                        "gr\xc3\xb6\xc3\x9f"
                        "er" },
        { LW_STATUS_BAD_REQUEST, "a\0b", 3, "'a\\x00b'" },
        { LW_STATUS_BAD_REQUEST, "\xff\xfe", 2, "'\\xff\\xfe'" },
        { LW_STATUS_CONTENT, "95", 2, "" },
};

static LwTestAnswer make(LwMessage *message, LwStatus status, const char *payload, size_t length)
{
        lw_message_init(message, LW_MESSAGE_ACK, lw_status_to_code(status));
        message->payload = (const uint8_t *) payload;
        message->payload_length = length;
        return lw_test_answer(message);
}

START_TEST(shows_what_the_client_says)
{
        LwMessage message;
        LwTestAnswer answer = make(&message, diagnostics[_i].status, diagnostics[_i].payload,
                        diagnostics[_i].length);
        g_autofree char *text = lw_test_answer_diagnostic(&answer);

        ck_assert_str_eq(text, diagnostics[_i].text);
}
END_TEST

/* The cut falls into a character of two bytes. */
START_TEST(cuts_what_is_long)
{
        g_autofree char *long_text = g_strnfill(LW_DIAGNOSTIC_MAX + 9, 'x');
        LwMessage message;
        LwTestAnswer answer;
        g_autofree char *text = NULL;

        if (_i == 1)
                memcpy(long_text + LW_DIAGNOSTIC_MAX - 1, "\xc3\xb6", 2);
        answer = make(&message, LW_STATUS_FAILED, long_text, LW_DIAGNOSTIC_MAX + 9);
        text = lw_test_answer_diagnostic(&answer);
        ck_assert_uint_eq(strlen(text), LW_DIAGNOSTIC_MAX - (size_t) _i);
        ck_assert_uint_eq(strspn(text, "x"), strlen(text));
}
END_TEST

static const struct {
        const char *segments, *prefix; /* joined by a space */
        const char *location;
} locations[] = {
        { "", "", "" },
        { "3303 7", "", "/3303/7" },
        { "lwm2m 3303 7", "lwm2m", "/3303/7" },
        { "3303 7", "lwm2m", "/3303/7" },
        { "a b 3303 7", "a b", "/3303/7" },
        { "a 3303", "a b", "/a/3303" },
        { "rd a/b", "", "/rd/a%2Fb" },
};

START_TEST(shows_where_something_was_created)
{
        g_auto(GStrv) segments = g_strsplit(locations[_i].segments, " ", -1);
        g_auto(GStrv) prefix = g_strsplit(locations[_i].prefix, " ", -1);
        LwMessage message;
        LwTestAnswer answer = make(&message, LW_STATUS_CREATED, NULL, 0);
        g_autofree char *location = NULL;

        lw_message_add_text(&message, LW_OPTION_ETAG, "x");
        for (char **segment = segments; *segment != NULL; segment++)
                lw_message_add_text(&message, LW_OPTION_LOCATION_PATH, *segment);
        lw_message_add_uint(&message, LW_OPTION_MAX_AGE, 60);
        location = lw_test_answer_location(&answer, prefix);
        ck_assert_str_eq(location, locations[_i].location);
}
END_TEST

TCase *test_answer(void)
{
        TCase *tcase = tcase_create("answer");

        tcase_add_loop_test(tcase, shows_what_the_client_says, 0, G_N_ELEMENTS(diagnostics));
        tcase_add_loop_test(tcase, cuts_what_is_long, 0, 2);
        tcase_add_loop_test(tcase, shows_where_something_was_created, 0, G_N_ELEMENTS(locations));
        return tcase;
}
