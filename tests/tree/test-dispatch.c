/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations on a tree: their answers and, above all, their refusals. */
#include <string.h>

#include "model/limits.h"
#include "tree/dispatch.h"
#include "tree/fixture.h"
#include "tree/suite.h"

static Fixture fixture;

static void setup(void)
{
        fixture_setup(&fixture);
}

static void teardown(void)
{
        fixture_teardown(&fixture);
}

static LwStatus run(LwRequest request, FixtureAnswer *answer)
{
        fixture_answer_clear(answer);
        lw_dispatch(fixture.tree, &request, fixture_on_answer, answer);
        ck_assert_uint_eq(answer->count, 1);
        return answer->response.status;
}

static const char *text_of(const FixtureAnswer *answer)
{
        static char text[4096];
        size_t size = lw_blob_size(answer->response.payload);

        ck_assert_uint_lt(size, sizeof(text));
        memcpy(text, lw_blob_data(answer->response.payload), size);
        text[size] = '\0';
        return text;
}

/* The order of checks and codes: OMA LwM2M Core 1.1, Device Management, response codes. */
static const struct {
        LwOperation operation;
        const char *path;
        int32_t format, accept;
        const char *payload;
        LwStatus status;
} answers[] = {
        { LW_OPERATION_READ, "/", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_READ, "/0", -1, -1, NULL, LW_STATUS_UNAUTHORIZED },
        { LW_OPERATION_READ, "/0/0/0", -1, -1, NULL, LW_STATUS_UNAUTHORIZED },
        { LW_OPERATION_DISCOVER, "/0", -1, 40, NULL, LW_STATUS_UNAUTHORIZED },
        { LW_OPERATION_WRITE, "/21/0", 0, -1, "1", LW_STATUS_UNAUTHORIZED },
        { LW_OPERATION_READ, "/999", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/1", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/0/9", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/0/7", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/0/6", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/0/3/1", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        { LW_OPERATION_READ, "/1000/0/0/0", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_READ, "/1000/0/2", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_READ, "/1000/0/5", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_READ, "/1000/0/0", -1, 9999, NULL, LW_STATUS_NOT_ACCEPTABLE },
        { LW_OPERATION_READ, "/1000/0", -1, 0, NULL, LW_STATUS_NOT_ACCEPTABLE },
        { LW_OPERATION_READ, "/1000/0/0", -1, 0, NULL, LW_STATUS_CONTENT },
        { LW_OPERATION_READ, "/1000/0/4", -1, -1, NULL, LW_STATUS_CONTENT },
        { LW_OPERATION_READ, "/1000", -1, 11542, NULL, LW_STATUS_CONTENT },
        { LW_OPERATION_DISCOVER, "/1000/0/3/0", -1, 40, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_WRITE, "/1000", 11542, -1, "", LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_WRITE, "/1000/0/0", 0, -1, "x", LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_WRITE, "/1000/0/1", 0, -1, "8", LW_STATUS_CHANGED },
        { LW_OPERATION_WRITE, "/1000/0/1", 0, -1, "101", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0/1", 0, -1, "eight", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0/1", 0, -1, "", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0/1", -1, -1, "8", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0/1", 9999, -1, "8", LW_STATUS_UNSUPPORTED_FORMAT },
        { LW_OPERATION_WRITE, "/1000/0", 0, -1, "8", LW_STATUS_UNSUPPORTED_FORMAT },
        { LW_OPERATION_WRITE, "/1000/0/6", 0, -1, "1000:0", LW_STATUS_CHANGED },
        { LW_OPERATION_WRITE, "/1000/0/6", 0, -1, "1000:65535", LW_STATUS_CHANGED },
        { LW_OPERATION_WRITE, "/1000/0/6", 0, -1, "65535:65535", LW_STATUS_CHANGED },
        { LW_OPERATION_WRITE, "/1000/0/6", 0, -1, "1000:9", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0/6", 0, -1, "77:0", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE_UPDATE, "/1000/0/1", 11542, -1, "\xc1\x01\x08",
                        LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_WRITE_UPDATE, "/1000/0", 11542, -1, "\xc1\x01\x08", LW_STATUS_CHANGED },
        { LW_OPERATION_WRITE_UPDATE, "/1000/0", 11542, -1, "", LW_STATUS_CHANGED },
        /* the mandatory, writable resource 1 is missing */
        { LW_OPERATION_WRITE, "/1000/0", 11542, -1, "", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_WRITE, "/1000/0", 11542, -1, "\xc1\x01\x08", LW_STATUS_CHANGED },
        /* one that cannot be written spoils the whole */
        { LW_OPERATION_WRITE_UPDATE, "/1000/0", 11542, -1, "\xc1\x01\x08\xc1\x02\x41",
                        LW_STATUS_NOT_PERMITTED },
        /* resource 20 does not exist: an optional one of somebody's newer version */
        { LW_OPERATION_WRITE_UPDATE, "/1000/0", 11542, -1, "\xc1\x01\x08\xc1\x14\x41",
                        LW_STATUS_CHANGED },
        { LW_OPERATION_EXECUTE, "/1000/0/2", -1, -1, NULL, LW_STATUS_CHANGED },
        { LW_OPERATION_EXECUTE, "/1000/0/2", 0, -1, "0='a',5", LW_STATUS_CHANGED },
        { LW_OPERATION_EXECUTE, "/1000/0/2", 0, -1, "0=a", LW_STATUS_BAD_REQUEST },
        { LW_OPERATION_EXECUTE, "/1000/0/2", 42, -1, "0", LW_STATUS_UNSUPPORTED_FORMAT },
        { LW_OPERATION_EXECUTE, "/1000/0/0", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_EXECUTE, "/1000/0", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_DELETE, "/1000/0", -1, -1, NULL, LW_STATUS_DELETED },
        { LW_OPERATION_DELETE, "/1000", -1, -1, NULL, LW_STATUS_NOT_PERMITTED },
        { LW_OPERATION_DELETE, "/1000/3", -1, -1, NULL, LW_STATUS_NOT_FOUND },
        /* nobody makes instances of it */
        { LW_OPERATION_CREATE, "/1000", 11542, -1, "", LW_STATUS_NOT_PERMITTED },
};

START_TEST(answers_with_the_specified_code)
{
        FixtureAnswer answer = {};
        LwRequest request = fixture_request(answers[_i].operation, answers[_i].path);
        LwStatus status;

        request.format = answers[_i].format;
        request.accept = answers[_i].accept;
        request.payload = (const uint8_t *) answers[_i].payload;
        request.payload_length = answers[_i].payload ? strlen(answers[_i].payload) : 0;
        status = run(request, &answer);
        ck_assert_msg(status == answers[_i].status, "%s %s: %s (%s), not %s",
                        lw_operation_name(request.operation), answers[_i].path,
                        lw_status_text(status),
                        answer.response.diagnostic ? answer.response.diagnostic : "",
                        lw_status_text(answers[_i].status));
        /* a refusal says why, and leaves everything as it was */
        if (status >= 400) {
                ck_assert_ptr_nonnull(answer.response.diagnostic);
                ck_assert_uint_eq(
                                fixture.one.writes + fixture.one.executes + fixture.one.deletes, 0);
        }
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(reads_one_value_as_text)
{
        FixtureAnswer answer = {};

        ck_assert_int_eq(run(fixture_request(LW_OPERATION_READ, "/1000/0/1"), &answer),
                        LW_STATUS_CONTENT);
        ck_assert_int_eq(answer.response.format, LW_FORMAT_TEXT);
        ck_assert_str_eq(text_of(&answer), "7");
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(asks_each_provider_once)
{
        static const uint16_t upper[] = { 0, 7 };
        LwRequest request = fixture_request(LW_OPERATION_READ, "/1000/0");
        LwPath instance = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        FixtureAnswer answer = {};

        request.server = LW_SERVER_LOCAL;
        ck_assert(lw_tree_add_layer(fixture.tree, &instance, &fixture.other.provider,
                        LW_RANK_PLUGIN, upper, 2, NULL));
        fixture_set(&fixture.other, "/1000/0/0", lw_value_string("covers"));
        fixture_set(&fixture.other, "/1000/0/7", lw_value_string("adds"));
        ck_assert_int_eq(run(request, &answer), LW_STATUS_CONTENT);
        ck_assert_uint_eq(fixture.one.reads, 1);
        ck_assert_uint_eq(fixture.other.reads, 1);
        ck_assert_uint_eq(fixture.other.paths, 2);
        ck_assert_uint_eq(lw_values_count(answer.response.values), 5);
        ck_assert_str_eq(lw_values_at(answer.response.values, 0)->value.text, "covers");
        ck_assert_str_eq(lw_values_at(answer.response.values, 4)->value.text, "adds");
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(a_failing_provider_takes_only_its_own_values_away)
{
        static const uint16_t upper[] = { 7 };
        LwPath instance = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        FixtureAnswer answer = {};

        ck_assert(lw_tree_add_layer(fixture.tree, &instance, &fixture.other.provider,
                        LW_RANK_PLUGIN, upper, 1, NULL));
        fixture.other.status = LW_STATUS_UNAVAILABLE;
        ck_assert_int_eq(run(fixture_request(LW_OPERATION_READ, "/1000/0"), &answer),
                        LW_STATUS_CONTENT);
        ck_assert_int_eq(run(fixture_request(LW_OPERATION_READ, "/1000/0/7"), &answer),
                        LW_STATUS_UNAVAILABLE);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(answers_when_a_late_provider_does)
{
        LwRequest request = fixture_request(LW_OPERATION_READ, "/1000/0/1");
        FixtureAnswer answer = {};

        fixture.one.late = true;
        lw_dispatch(fixture.tree, &request, fixture_on_answer, &answer);
        ck_assert_uint_eq(answer.count, 0);
        fixture_continue(&fixture.one);
        ck_assert_uint_eq(answer.count, 1);
        ck_assert_int_eq(answer.response.status, LW_STATUS_CONTENT);
        ck_assert_str_eq(text_of(&answer), "7");
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(refuses_to_split_a_write)
{
        static const uint16_t upper[] = { 4 };
        LwRequest request = fixture_request(LW_OPERATION_WRITE_UPDATE, "/1000/0");
        LwPath instance = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        FixtureAnswer answer = {};

        ck_assert(lw_tree_add_layer(fixture.tree, &instance, &fixture.other.provider,
                        LW_RANK_PLUGIN, upper, 1, NULL));
        request.format = LW_FORMAT_TLV;
        request.payload = (const uint8_t *) "\xc1\x01\x08\x83\x04\x41\x00\x61";
        request.payload_length = 8;
        ck_assert_int_eq(run(request, &answer), LW_STATUS_NOT_PERMITTED);
        ck_assert_uint_eq(fixture.one.writes, 0);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(a_large_opaque_value_goes_out_as_it_lies)
{
        static const uint16_t upper[] = { 8 };
        LwPath instance = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);
        g_autofree uint8_t *bytes = g_malloc0(4 * LW_BODY_MAX);
        g_autoptr(LwBlob) blob = lw_blob_new_copy(bytes, 4 * LW_BODY_MAX);
        LwRequest request = fixture_request(LW_OPERATION_READ, "/1000/0/8");
        FixtureAnswer answer = {};

        ck_assert(lw_tree_add_layer(fixture.tree, &instance, &fixture.other.provider,
                        LW_RANK_PLUGIN, upper, 1, NULL));
        fixture_set(&fixture.other, "/1000/0/8", lw_value_blob(blob));
        ck_assert_int_eq(run(request, &answer), LW_STATUS_CONTENT);
        ck_assert_int_eq(answer.response.format, LW_FORMAT_OPAQUE);
        ck_assert_ptr_eq(answer.response.payload, blob);
        /* no other format has room for it */
        request.accept = LW_FORMAT_TLV;
        ck_assert_int_eq(run(request, &answer), LW_STATUS_NOT_ACCEPTABLE);
        fixture_answer_clear(&answer);
}
END_TEST

static const struct {
        const char *path;
        const char *query;
        LwVersion version;
        const char *links;
} discoveries[] = {
        { "/1000", NULL, LW_VERSION_1_1,
                        "</1000>;ver=2.1,</1000/0>,</1000/0/0>,</1000/0/1>,</1000/0/2>,"
                        "</1000/0/3>;dim=2,</1000/0/5>" },
        { "/1000/0", NULL, LW_VERSION_1_1,
                        "</1000/0>,</1000/0/0>,</1000/0/1>,</1000/0/2>,</1000/0/3>;dim=2,"
                        "</1000/0/5>" },
        { "/1000/0/3", NULL, LW_VERSION_1_1, "</1000/0/3>;dim=2,</1000/0/3/0>,</1000/0/3/5>" },
        { "/1000/0/3", NULL, LW_VERSION_1_0, "</1000/0/3>;dim=2" },
        { "/1000/0/2", NULL, LW_VERSION_1_1, "</1000/0/2>" },
        { "/1000", "depth=0", LW_VERSION_1_2, "</1000>;ver=2.1" },
        { "/1000", "depth=1", LW_VERSION_1_2, "</1000>;ver=2.1,</1000/0>" },
        { "/1000/0", "depth=2", LW_VERSION_1_2,
                        "</1000/0>,</1000/0/0>,</1000/0/1>,</1000/0/2>,</1000/0/3>;dim=2,"
                        "</1000/0/3/0>,</1000/0/3/5>,</1000/0/5>" },
        { "/1001", NULL, LW_VERSION_1_1, "</1001>,</1001/0>,</1001/0/0>" },
};

START_TEST(discovers_what_is_instantiated)
{
        LwRequest request = fixture_request(LW_OPERATION_DISCOVER, discoveries[_i].path);
        FixtureAnswer answer = {};

        request.version = discoveries[_i].version;
        request.query = &discoveries[_i].query;
        request.query_count = discoveries[_i].query ? 1 : 0;
        ck_assert_int_eq(run(request, &answer), LW_STATUS_CONTENT);
        ck_assert_int_eq(answer.response.format, LW_FORMAT_LINK);
        ck_assert_str_eq(text_of(&answer), discoveries[_i].links);
        fixture_answer_clear(&answer);
}
END_TEST

START_TEST(hands_arguments_on)
{
        LwRequest request = fixture_request(LW_OPERATION_EXECUTE, "/1000/0/2");
        FixtureAnswer answer = {};

        request.payload = (const uint8_t *) "5='x'";
        request.payload_length = 5;
        ck_assert_int_eq(run(request, &answer), LW_STATUS_CHANGED);
        ck_assert_str_eq(fixture.one.arguments, "5='x'");
        fixture_answer_clear(&answer);
}
END_TEST

TCase *test_dispatch(void)
{
        TCase *tcase = tcase_create("dispatch");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, answers_with_the_specified_code, 0, G_N_ELEMENTS(answers));
        tcase_add_test(tcase, reads_one_value_as_text);
        tcase_add_test(tcase, asks_each_provider_once);
        tcase_add_test(tcase, a_failing_provider_takes_only_its_own_values_away);
        tcase_add_test(tcase, answers_when_a_late_provider_does);
        tcase_add_test(tcase, refuses_to_split_a_write);
        tcase_add_test(tcase, a_large_opaque_value_goes_out_as_it_lies);
        tcase_add_loop_test(tcase, discovers_what_is_instantiated, 0, G_N_ELEMENTS(discoveries));
        tcase_add_test(tcase, hands_arguments_on);
        return tcase;
}
