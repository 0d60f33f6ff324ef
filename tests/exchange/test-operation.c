/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to operations and back. Source of the table: OMA LwM2M Transport, "CoAP operations
 * mapping". */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/operation.h"
#include "exchange/suite.h"

#define NONE LW_FORMAT_NONE
#define NO_OBSERVE (-1)

/** A message written as a person would: "/3/0?pmin=1&gt". */
static void build(LwMessage *message, uint8_t method, const char *uri, int observe, int32_t format,
                int32_t accept)
{
        static char text[256];
        char *path = text, *query;

        g_strlcpy(text, uri, sizeof(text));
        lw_message_init(message, LW_MESSAGE_CON, method);
        query = strchr(text, '?');
        if (query)
                *query++ = '\0';
        for (char *next; path && *path == '/' && path[1] != '\0'; path = next) {
                next = strchr(path + 1, '/');
                lw_message_add(message, LW_OPTION_URI_PATH, path + 1,
                                next ? (size_t) (next - path - 1) : strlen(path + 1));
        }
        for (char *next; query; query = next) {
                next = strchr(query, '&');
                if (next)
                        *next++ = '\0';
                lw_message_add_text(message, LW_OPTION_URI_QUERY, query);
        }
        if (observe != NO_OBSERVE)
                lw_message_add_uint(message, LW_OPTION_OBSERVE, (uint32_t) observe);
        if (format != NONE)
                lw_message_add_uint(message, LW_OPTION_CONTENT_FORMAT, (uint32_t) format);
        if (accept != NONE)
                lw_message_add_uint(message, LW_OPTION_ACCEPT, (uint32_t) accept);
}

/* clang-format off */
static const struct {
        uint8_t method;
        const char *uri;
        int observe;
        int32_t format, accept;
        int status; /* 0: an operation */
        LwOperation operation;
} table[] = {
        { LW_METHOD_GET,    "/3",            NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_READ },
        { LW_METHOD_GET,    "/3/0",          NO_OBSERVE, NONE, 112,  0, LW_OPERATION_READ },
        { LW_METHOD_GET,    "/3/0/9",        NO_OBSERVE, NONE, 0,    0, LW_OPERATION_READ },
        { LW_METHOD_GET,    "/3/0/7/1",      NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_READ },
        { LW_METHOD_GET,    "/",             NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_GET,    "/3/0/9?pmin=1", NO_OBSERVE, NONE, NONE, 400, 0 },
        { LW_METHOD_GET,    "/3",            NO_OBSERVE, NONE, 40,   0, LW_OPERATION_DISCOVER },
        { LW_METHOD_GET,    "/3/0/7",        0,          NONE, 40,   0, LW_OPERATION_DISCOVER },
        { LW_METHOD_GET,    "/3/0/7/1",      NO_OBSERVE, NONE, 40,   405, 0 },
        { LW_METHOD_GET,    "/",             NO_OBSERVE, NONE, 40,   405, 0 },
        { LW_METHOD_GET,    "/3?depth=1",    NO_OBSERVE, NONE, 40,   0, LW_OPERATION_DISCOVER },
        { LW_METHOD_GET,    "/3?pmin=1",     NO_OBSERVE, NONE, 40,   400, 0 },
        { LW_METHOD_GET,    "/3?depth=1&depth=1", NO_OBSERVE, NONE, 40, 400, 0 },
        { LW_METHOD_GET,    "/3/0/9",        0,          NONE, NONE, 0, LW_OPERATION_OBSERVE },
        { LW_METHOD_GET,    "/3/0/7/1",      0,          NONE, NONE, 0, LW_OPERATION_OBSERVE },
        { LW_METHOD_GET,    "/3/0/9?pmin=5&pmax=60", 0,  NONE, NONE, 0, LW_OPERATION_OBSERVE },
        { LW_METHOD_GET,    "/3/0/9",        1,          NONE, NONE, 0, LW_OPERATION_CANCEL },
        { LW_METHOD_GET,    "/3/0/9",        2,          NONE, NONE, 0, LW_OPERATION_READ },
        { LW_METHOD_GET,    "/",             0,          NONE, NONE, 405, 0 },
        { LW_METHOD_PUT,    "/3/0",          NO_OBSERVE, 11542, NONE, 0, LW_OPERATION_WRITE },
        { LW_METHOD_PUT,    "/3/0/14",       NO_OBSERVE, 0,    NONE, 0, LW_OPERATION_WRITE },
        { LW_METHOD_PUT,    "/3/0/7/1",      NO_OBSERVE, 0,    NONE, 0, LW_OPERATION_WRITE },
        { LW_METHOD_PUT,    "/3",            NO_OBSERVE, 112,  NONE, 405, 0 },
        { LW_METHOD_PUT,    "/",             NO_OBSERVE, 112,  NONE, 405, 0 },
        { LW_METHOD_PUT,    "/3/0/14?pmin=1", NO_OBSERVE, 0,   NONE, 400, 0 },
        { LW_METHOD_PUT,    "/3?pmin=1",     NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_WRITE_ATTRIBUTES },
        { LW_METHOD_PUT,    "/3/0/9?gt",     NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_WRITE_ATTRIBUTES },
        { LW_METHOD_PUT,    "/3/0/7/0?lt=-1", NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_WRITE_ATTRIBUTES },
        { LW_METHOD_PUT,    "/3/0/9",        NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_WRITE_ATTRIBUTES },
        { LW_METHOD_PUT,    "/?pmin=1",      NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_POST,   "/3303",         NO_OBSERVE, 11542, NONE, 0, LW_OPERATION_CREATE },
        { LW_METHOD_POST,   "/3303",         NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_CREATE },
        { LW_METHOD_POST,   "/3/0",          NO_OBSERVE, 112,  NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/4",        NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_EXECUTE },
        { LW_METHOD_POST,   "/3/0/4",        NO_OBSERVE, 0,    NONE, 0, LW_OPERATION_EXECUTE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 11542, NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 11543, NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 110,  NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 112,  NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 11544, NONE, 0, LW_OPERATION_WRITE_UPDATE },
        { LW_METHOD_POST,   "/3/0/11",       NO_OBSERVE, 42,   NONE, 415, 0 },
        { LW_METHOD_POST,   "/3/0/7/0",      NO_OBSERVE, 112,  NONE, 405, 0 },
        { LW_METHOD_POST,   "/",             NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_POST,   "/3/0/4?a=b",    NO_OBSERVE, NONE, NONE, 400, 0 },
        { LW_METHOD_POST,   "/bs",           NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_DELETE, "/3303/0",       NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_DELETE },
        { LW_METHOD_DELETE, "/3303/0/1/2",   NO_OBSERVE, NONE, NONE, 0, LW_OPERATION_DELETE },
        { LW_METHOD_DELETE, "/",             NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_DELETE, "/3303",         NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_DELETE, "/3303/0/1",     NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_FETCH,  "/",             NO_OBSERVE, 112,  112,  0, LW_OPERATION_READ_COMPOSITE },
        { LW_METHOD_FETCH,  "/",             0,          112,  112,  0, LW_OPERATION_OBSERVE_COMPOSITE },
        { LW_METHOD_FETCH,  "/?pmin=1",      0,          112,  112,  0, LW_OPERATION_OBSERVE_COMPOSITE },
        { LW_METHOD_FETCH,  "/",             1,          112,  112,  0, LW_OPERATION_CANCEL_COMPOSITE },
        { LW_METHOD_FETCH,  "/3/0",          NO_OBSERVE, 112,  112,  405, 0 },
        { LW_METHOD_IPATCH, "/",             NO_OBSERVE, 112,  NONE, 0, LW_OPERATION_WRITE_COMPOSITE },
        { LW_METHOD_IPATCH, "/3/0",          NO_OBSERVE, 112,  NONE, 405, 0 },
        { LW_METHOD_PATCH,  "/3/0",          NO_OBSERVE, 112,  NONE, 405, 0 },
        { 8,                "/3/0",          NO_OBSERVE, NONE, NONE, 405, 0 },
        { LW_METHOD_GET,    "/3/0/a",        NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_GET,    "/3/65535",      NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_GET,    "/3/00",         NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_GET,    "/3/-1",         NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_GET,    "/3/0/7/1/2",    NO_OBSERVE, NONE, NONE, 404, 0 },
        { LW_METHOD_GET,    "/.well-known/core", NO_OBSERVE, NONE, 40, 404, 0 },
};
/* clang-format on */

START_TEST(method_depth_and_formats_decide)
{
        LwOperationScratch scratch;
        g_autoptr(GError) error = NULL;
        LwRequest request = { .server = 101 };
        LwMessage message;
        bool ok;

        build(&message, table[_i].method, table[_i].uri, table[_i].observe, table[_i].format,
                        table[_i].accept);
        ok = lw_operation_parse(&message, &scratch, &request, &error);
        ck_assert_int_eq(error ? error->code : 0, table[_i].status);
        ck_assert_int_eq(ok, table[_i].status == 0);
        if (!ok)
                return;
        ck_assert_int_eq(request.operation, table[_i].operation);
        ck_assert_int_eq(request.format, table[_i].format);
        ck_assert_int_eq(request.accept, table[_i].accept);
        ck_assert_uint_eq(request.server, 101);
}
END_TEST

/* Options beyond those of a Read of /3/0/9. */
static const struct {
        uint16_t number;
        const char *value;
        size_t length;
        int times;
        int status;
} options[] = {
        { LW_OPTION_URI_HOST, "example.com", 11, 1, 0 },
        { LW_OPTION_URI_HOST, "example.com", 11, 2, 402 },
        { LW_OPTION_URI_PORT, "\x16\x33", 2, 1, 0 },
        { LW_OPTION_IF_MATCH, "", 0, 1, 402 },
        { LW_OPTION_IF_NONE_MATCH, "", 0, 1, 402 },
        { 9, "", 0, 1, 402 },
        { 35, "coap://x", 8, 1, 505 },
        { 39, "coap", 4, 1, 505 },
        { 65001, "", 0, 1, 402 },
        { 65002, "", 0, 1, 0 },
        { LW_OPTION_ETAG, "ab", 2, 2, 0 },
        { LW_OPTION_MAX_AGE, "\x3c", 1, 1, 0 },
        { LW_OPTION_BLOCK2, "\x06", 1, 1, 0 },
        { LW_OPTION_BLOCK2, "\x06", 1, 2, 402 },
        { LW_OPTION_BLOCK1, "\x06", 1, 2, 402 },
        { LW_OPTION_ACCEPT, "\x00\x00\x70", 3, 1, 402 },
        { LW_OPTION_ACCEPT, "\x70", 1, 2, 402 },
        { LW_OPTION_OBSERVE, "", 0, 2, 0 },
        { LW_OPTION_CONTENT_FORMAT, "\x70", 1, 2, 0 },
        { LW_OPTION_SIZE1, "\x70", 1, 1, 0 },
        { LW_OPTION_URI_PATH, "x", 1, 1, 404 },
        { LW_OPTION_URI_QUERY, "a\0b", 3, 1, 400 },
};

START_TEST(critical_options_must_be_known_and_single)
{
        LwOperationScratch scratch;
        g_autoptr(GError) error = NULL;
        LwRequest request = {};
        LwMessage message;

        build(&message, LW_METHOD_GET, "/3/0/9", NO_OBSERVE, NONE, NONE);
        for (int i = 0; i < options[_i].times; i++)
                lw_message_add(&message, options[_i].number, options[_i].value, options[_i].length);
        lw_operation_parse(&message, &scratch, &request, &error);
        ck_assert_int_eq(error ? error->code : 0, options[_i].status);
}
END_TEST

START_TEST(queries_and_payload_are_handed_on)
{
        LwOperationScratch scratch;
        LwRequest request = {};
        LwMessage message;

        build(&message, LW_METHOD_PUT, "/3/0/9?pmin=10&gt", NO_OBSERVE, NONE, NONE);
        ck_assert(lw_operation_parse(&message, &scratch, &request, NULL));
        ck_assert_uint_eq(request.query_count, 2);
        ck_assert_str_eq(request.query[0], "pmin=10");
        ck_assert_str_eq(request.query[1], "gt");
        build(&message, LW_METHOD_PUT, "/3/0/14", NO_OBSERVE, 0, NONE);
        message.payload = (const uint8_t *) "+01:00";
        message.payload_length = 6;
        ck_assert(lw_operation_parse(&message, &scratch, &request, NULL));
        ck_assert_uint_eq(request.payload_length, 6);
        ck_assert_ptr_eq(request.payload, message.payload);
        ck_assert_uint_eq(request.query_count, 0);
        ck_assert_uint_eq(request.path.length, 3);
        ck_assert_uint_eq(request.path.ids[2], 14);
}
END_TEST

START_TEST(a_payload_without_format_is_no_attribute)
{
        LwOperationScratch scratch;
        g_autoptr(GError) error = NULL;
        LwRequest request = {};
        LwMessage message;

        build(&message, LW_METHOD_PUT, "/3/0/14", NO_OBSERVE, NONE, NONE);
        message.payload = (const uint8_t *) "x";
        message.payload_length = 1;
        ck_assert(!lw_operation_parse(&message, &scratch, &request, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(queries_are_bounded)
{
        LwOperationScratch scratch;
        g_autoptr(GError) error = NULL;
        LwRequest request = {};
        LwMessage message;
        char query[200];

        memset(query, 'x', sizeof(query));
        build(&message, LW_METHOD_PUT, "/3/0/9", NO_OBSERVE, NONE, NONE);
        for (int i = 0; i < 3; i++)
                lw_message_add(&message, LW_OPTION_URI_QUERY, query, sizeof(query));
        ck_assert(!lw_operation_parse(&message, &scratch, &request, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(a_query_has_no_zero_byte)
{
        g_autoptr(GError) error = NULL;
        LwOperationScratch scratch;
        LwRequest request = {};
        LwMessage message;

        build(&message, LW_METHOD_PUT, "/3/0/9", NO_OBSERVE, NONE, NONE);
        lw_message_add(&message, LW_OPTION_URI_QUERY, "gt\0x", 4);
        ck_assert(!lw_operation_parse(&message, &scratch, &request, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(a_single_empty_segment_is_the_root)
{
        g_autoptr(GError) error = NULL;
        LwOperationScratch scratch;
        LwRequest request = {};
        LwMessage message;

        build(&message, LW_METHOD_FETCH, "/", NO_OBSERVE, 112, NONE);
        lw_message_add(&message, LW_OPTION_URI_PATH, NULL, 0);
        ck_assert(lw_operation_parse(&message, &scratch, &request, NULL));
        ck_assert_uint_eq(request.path.length, 0);
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "3");
        ck_assert(!lw_operation_parse(&message, &scratch, &request, &error));
        ck_assert_int_eq(error->code, LW_STATUS_NOT_FOUND);
}
END_TEST

/* What is composed is parsed as the same: every operation, depth, format and Accept. */

static const int32_t formats[] = { NONE, 0, 40, 42, 60, 110, 112, 320, 322, 11542, 11543, 11544 };
static const char *const queries[] = { "pmin=10", "gt" };
static const char *const depth_query[] = { "depth=2" };

static void check_same(const LwRequest *from)
{
        LwOperationScratch scratch;
        g_autoptr(GError) error = NULL;
        LwRequest to = {};
        LwMessage message;

        if (!lw_operation_compose(from, &message, NULL))
                return;
        ck_assert_msg(lw_operation_parse(&message, &scratch, &to, &error), "%s: %s",
                        lw_operation_name(from->operation), error ? error->message : "");
        ck_assert_int_eq(to.operation, from->operation);
        ck_assert(lw_path_equal(&to.path, &from->path));
        ck_assert_int_eq(to.format, from->format);
        ck_assert_int_eq(to.accept, from->operation == LW_OPERATION_DISCOVER ? 40 : from->accept);
        ck_assert_uint_eq(to.query_count, from->query_count);
        for (size_t i = 0; i < to.query_count; i++)
                ck_assert_str_eq(to.query[i], from->query[i]);
}

START_TEST(composed_is_parsed_as_the_same)
{
        static const LwPath paths[] = { { { 0 }, 0 }, { { 3 }, 1 }, { { 3, 0 }, 2 },
                { { 3, 0, 65534 }, 3 }, { { 65534, 65534, 65534, 65534 }, 4 } };
        LwRequest request = { .operation = (LwOperation) _i };

        for (size_t p = 0; p < G_N_ELEMENTS(paths); p++)
                for (size_t f = 0; f < G_N_ELEMENTS(formats); f++)
                        for (size_t a = 0; a < G_N_ELEMENTS(formats); a++)
                                for (size_t q = 0; q <= 2; q++) {
                                        request.path = paths[p];
                                        request.format = formats[f];
                                        request.accept = formats[a];
                                        request.query = q == 1 && _i == LW_OPERATION_DISCOVER
                                                                        ? depth_query
                                                                        : queries;
                                        request.query_count = q;
                                        if (_i == LW_OPERATION_DISCOVER && q == 2)
                                                continue;
                                        check_same(&request);
                                }
}
END_TEST

/* That each can be composed at all, and how it looks. */
static const struct {
        LwRequest request;
        const char *text;
} composed[] = {
        { { .operation = LW_OPERATION_READ,
                          .path = { { 3, 0, 9 }, 3 },
                          .format = -1,
                          .accept = 112 },
                        "CON GET /3/0/9 accept=112" },
        { { .operation = LW_OPERATION_DISCOVER, .path = { { 3 }, 1 }, .format = -1, .accept = -1 },
                        "CON GET /3 accept=40" },
        { { .operation = LW_OPERATION_WRITE,
                          .path = { { 3, 0, 14 }, 3 },
                          .format = 0,
                          .accept = -1 },
                        "CON PUT /3/0/14 ct=0" },
        { { .operation = LW_OPERATION_WRITE_UPDATE,
                          .path = { { 1, 0 }, 2 },
                          .format = 11542,
                          .accept = -1 },
                        "CON POST /1/0 ct=11542" },
        { { .operation = LW_OPERATION_WRITE_ATTRIBUTES,
                          .path = { { 3, 0, 9 }, 3 },
                          .format = -1,
                          .accept = -1,
                          .query = queries,
                          .query_count = 2 },
                        "CON PUT /3/0/9?pmin=10&gt" },
        { { .operation = LW_OPERATION_EXECUTE,
                          .path = { { 3, 0, 4 }, 3 },
                          .format = -1,
                          .accept = -1 },
                        "CON POST /3/0/4" },
        { { .operation = LW_OPERATION_CREATE,
                          .path = { { 3303 }, 1 },
                          .format = 112,
                          .accept = -1 },
                        "CON POST /3303 ct=112" },
        { { .operation = LW_OPERATION_DELETE,
                          .path = { { 3303, 1 }, 2 },
                          .format = -1,
                          .accept = -1 },
                        "CON DELETE /3303/1" },
        { { .operation = LW_OPERATION_READ_COMPOSITE, .format = 112, .accept = 110 },
                        "CON FETCH ct=112 accept=110" },
        { { .operation = LW_OPERATION_WRITE_COMPOSITE, .format = 112, .accept = -1 },
                        "CON iPATCH ct=112" },
        { { .operation = LW_OPERATION_OBSERVE,
                          .path = { { 3, 0 }, 2 },
                          .format = -1,
                          .accept = -1 },
                        "CON GET /3/0 observe=0" },
        { { .operation = LW_OPERATION_CANCEL, .path = { { 3, 0 }, 2 }, .format = -1, .accept = -1 },
                        "CON GET /3/0 observe=1" },
        { { .operation = LW_OPERATION_OBSERVE_COMPOSITE, .format = 112, .accept = 112 },
                        "CON FETCH observe=0 ct=112 accept=112" },
        { { .operation = LW_OPERATION_CANCEL_COMPOSITE, .format = 112, .accept = 112 },
                        "CON FETCH observe=1 ct=112 accept=112" },
};

START_TEST(composes_every_operation)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        LwMessage message;

        ck_assert_int_eq(composed[_i].request.operation, _i);
        ck_assert(lw_operation_compose(&composed[_i].request, &message, &error));
        text = lw_message_describe(&message);
        ck_assert_str_eq(text, composed[_i].text);
}
END_TEST

START_TEST(composes_nothing_that_does_not_fit)
{
        static const LwRequest misfits[] = {
                { .operation = LW_OPERATION_DELETE,
                                .path = { { 3 }, 1 },
                                .format = -1,
                                .accept = -1 },
                { .operation = LW_OPERATION_WRITE,
                                .path = { { 3, 0, 1 }, 3 },
                                .format = -1,
                                .accept = -1 },
                { .operation = LW_OPERATION_READ,
                                .path = { { 3, 0, 1 }, 3 },
                                .format = -1,
                                .accept = 40 },
                { .operation = LW_OPERATION_EXECUTE,
                                .path = { { 3, 0, 4 }, 3 },
                                .format = 112,
                                .accept = -1 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(misfits); i++) {
                g_autoptr(GError) error = NULL;
                LwMessage message;

                ck_assert(!lw_operation_compose(&misfits[i], &message, &error));
                ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
        }
}
END_TEST

START_TEST(answers_say_code_format_and_location)
{
        g_auto(LwResponse) content = { .status = LW_STATUS_CONTENT, .format = 112 };
        g_auto(LwResponse) created = {
                .status = LW_STATUS_CREATED, .format = NONE, .location = { { 3303, 7 }, 2 }
        };
        g_auto(LwResponse) failed = {
                .status = LW_STATUS_NOT_FOUND, .format = 112, .location = { { 3303, 7 }, 2 }
        };
        g_autofree char *one = NULL, *two = NULL, *three = NULL;
        LwMessage message;

        content.payload = lw_blob_new_copy("x", 1);
        lw_operation_answer(&content, &message);
        one = lw_message_describe(&message);
        ck_assert_str_eq(one, "ACK 2.05 ct=112");
        lw_operation_answer(&created, &message);
        two = lw_message_describe(&message);
        ck_assert_str_eq(two, "ACK 2.01 /3303/7");
        lw_operation_answer(&failed, &message);
        three = lw_message_describe(&message);
        ck_assert_str_eq(three, "ACK 4.04");
}
END_TEST

TCase *test_operation(void)
{
        TCase *tcase = tcase_create("operation");

        tcase_add_loop_test(tcase, method_depth_and_formats_decide, 0, G_N_ELEMENTS(table));
        tcase_add_loop_test(
                        tcase, critical_options_must_be_known_and_single, 0, G_N_ELEMENTS(options));
        tcase_add_test(tcase, queries_and_payload_are_handed_on);
        tcase_add_test(tcase, a_payload_without_format_is_no_attribute);
        tcase_add_test(tcase, queries_are_bounded);
        tcase_add_test(tcase, a_query_has_no_zero_byte);
        tcase_add_test(tcase, a_single_empty_segment_is_the_root);
        tcase_add_loop_test(tcase, composed_is_parsed_as_the_same, 0, G_N_ELEMENTS(composed));
        tcase_add_loop_test(tcase, composes_every_operation, 0, G_N_ELEMENTS(composed));
        tcase_add_test(tcase, composes_nothing_that_does_not_fit);
        tcase_add_test(tcase, answers_say_code_format_and_location);
        return tcase;
}
