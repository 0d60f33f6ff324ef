/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "lib/files.h"
#include "model/status.h"
#include "testserver/operations.h"
#include "testserver/station.h"
#include "testserver/suite.h"

/* How an operation ended. */
typedef struct Result {
        unsigned calls;
        LwStatus status; /* of the answer, or of the error */
        bool failed;
        size_t values;
} Result;

static void on_done(void *user, const LwTestAnswer *answer, const GError *error)
{
        Result *result = user;

        result->calls++;
        result->failed = answer == NULL;
        result->status = answer != NULL ? answer->status : lw_status_of_error(error);
        result->values = answer != NULL && answer->values != NULL ? lw_values_count(answer->values)
                                                                  : 0;
}

static LwTestAsk ask(LwOperation operation, LwPath path)
{
        return (LwTestAsk){
                .operation = operation,
                .path = path,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .way = { .timeout_usec = LW_TEST_TIMEOUT_USEC },
        };
}

static void start(Station *station, LwTestClient *client, const LwTestAsk *what, Result *result)
{
        g_autoptr(GError) error = NULL;

        ck_assert_msg(lw_test_operations_start(station->operations, client, what, on_done, result,
                                      station->now, &error),
                        "%s", error != NULL ? error->message : "");
}

/* The client's answer to what it was sent last: a code, text/plain, perhaps Observe. */
static void answer(Station *station, LwFake *fake, LwStatus status, const char *text, int sequence)
{
        LwMessage message;

        lw_fake_answer(&message, lw_fake_last(fake), lw_status_to_code(status), false);
        if (sequence >= 0)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, (uint32_t) sequence);
        if (text != NULL) {
                lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_TEXT);
                message.payload = (const uint8_t *) text;
                message.payload_length = strlen(text);
        }
        ck_assert(lw_fake_response(fake, &message, station->now));
}

static bool has_path(const LwMessage *message, const char *wanted)
{
        g_autoptr(GString) path = g_string_new(NULL);

        for (unsigned i = 0; i < message->option_count; i++)
                if (message->options[i].number == LW_OPTION_URI_PATH)
                        g_string_append_printf(path, "/%.*s", message->options[i].length,
                                        (const char *) message->options[i].value);
        return strcmp(path->str, wanted) == 0;
}

START_TEST(reads)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_READ, LW_PATH_RESOURCE(3, 0, 9));
        Result result = {};

        start(station, client, &what, &result);
        ck_assert(has_path(lw_fake_last(fake), "/3/0/9"));
        ck_assert_uint_eq(lw_fake_last(fake)->code, LW_METHOD_GET);
        ck_assert_uint_eq(result.calls, 0);
        answer(station, fake, LW_STATUS_CONTENT, "95", -1);
        ck_assert_uint_eq(result.calls, 1);
        ck_assert_int_eq(result.status, LW_STATUS_CONTENT);
        ck_assert_uint_eq(result.values, 1);

        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_NOT_FOUND, NULL, -1);
        ck_assert(!result.failed);
        ck_assert_int_eq(result.status, LW_STATUS_NOT_FOUND);

        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_CONTENT, "soon", -1);
        ck_assert(result.failed);
        ck_assert_int_eq(result.status, LW_STATUS_FAILED);
}
END_TEST

START_TEST(gives_up_in_time)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_READ, LW_PATH_RESOURCE(3, 0, 9));
        Result result = {};

        what.way.timeout_usec = 5 * LW_USEC_PER_SEC;
        start(station, client, &what, &result);
        station_wait(station, 4.9);
        ck_assert_uint_eq(result.calls, 0);
        station_wait(station, 0.2);
        ck_assert_uint_eq(result.calls, 1);
        ck_assert_int_eq(result.status, LW_STATUS_TIMEOUT);
}
END_TEST

/* By version and by number of values: text for one, else TLV in 1.0 and SenML CBOR since. */
static const struct {
        const char *query;
        LwPath path;
        bool array;
        int32_t format;
} formats[] = {
        { "ep=dev1&lwm2m=1.0", { { 1, 0, 1 }, 3 }, false, LW_FORMAT_TEXT },
        { "ep=dev1&lwm2m=1.0", { { 1, 0 }, 2 }, false, LW_FORMAT_TLV },
        { "ep=dev1&lwm2m=1.1", { { 1, 0, 1 }, 3 }, false, LW_FORMAT_TEXT },
        { "ep=dev1&lwm2m=1.1", { { 1, 0 }, 2 }, false, LW_FORMAT_SENML_CBOR },
};

START_TEST(chooses_a_format)
{
        g_autoptr(Station) station = station_new();
        g_autoptr(LwValues) values = lw_values_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, formats[_i].query, "</1/0>");
        LwTestAsk what = ask(LW_OPERATION_WRITE, formats[_i].path);
        LwValue value = lw_value_integer(300);
        Result result = {};
        uint32_t format;

        lw_values_add(values, &LW_PATH_RESOURCE(1, 0, 1), &value);
        what.values = values;
        start(station, client, &what, &result);
        ck_assert(lw_message_find_uint(lw_fake_last(fake), LW_OPTION_CONTENT_FORMAT, &format));
        ck_assert_int_eq((int32_t) format, formats[_i].format);
        answer(station, fake, LW_STATUS_CHANGED, NULL, -1);
        ck_assert_int_eq(result.status, LW_STATUS_CHANGED);
}
END_TEST

START_TEST(puts_the_alternate_path_first)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(
                        station, fake, "ep=dev1", "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/3/0>");
        LwTestAsk what = ask(LW_OPERATION_DISCOVER, LW_PATH_INSTANCE(3, 0));
        Result result = {};

        start(station, client, &what, &result);
        ck_assert(has_path(lw_fake_last(fake), "/lwm2m/3/0"));
}
END_TEST

static void observe(Station *station, LwFake *fake, LwTestClient *client, LwPath path)
{
        LwTestAsk what = ask(LW_OPERATION_OBSERVE, path);
        Result result = {};

        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_CONTENT, "95", 1);
        ck_assert_int_eq(result.status, LW_STATUS_CONTENT);
        ck_assert_uint_eq(result.calls, 1);
}

/* A notification for the Observe that was sent as number `index`. */
static bool notify(Station *station, LwFake *fake, size_t index, LwStatus status, const char *text,
                int sequence)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_NON, lw_status_to_code(status));
        message.mid = 7777;
        message.token_length = lw_fake_sent(fake, index)->token_length;
        memcpy(message.token, lw_fake_sent(fake, index)->token, message.token_length);
        if (sequence >= 0)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, (uint32_t) sequence);
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_TEXT);
        message.payload = (const uint8_t *) text;
        message.payload_length = strlen(text);
        return lw_fake_response(fake, &message, station->now);
}

static void count_subject(void *user, const char *subject G_GNUC_UNUSED)
{
        ++*(unsigned *) user;
}

static unsigned observed(const Station *station, const LwTestClient *client)
{
        unsigned count = 0;

        lw_test_operations_observed(station->operations, client, count_subject, &count);
        return count;
}

START_TEST(observes_until_cancelled)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk cancel = ask(LW_OPERATION_CANCEL, LW_PATH_RESOURCE(3, 0, 9));
        Result result = {};
        const LwMessage *asked;

        station_story(station);
        lw_fake_forget(fake);
        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        ck_assert_uint_eq(observed(station, client), 1);
        ck_assert(notify(station, fake, 0, LW_STATUS_CONTENT, "94", 2));
        ck_assert(notify(station, fake, 0, LW_STATUS_CONTENT, "93", 1)); /* older */
        ck_assert(notify(station, fake, 0, LW_STATUS_CONTENT, "92", 3));
        ck_assert_str_eq(station_story(station), "notified /3/0/9=94 (2), notified /3/0/9=92 (3)");
        start(station, client, &cancel, &result);
        asked = lw_fake_last(fake);
        ck_assert_mem_eq(asked->token, lw_fake_sent(fake, 0)->token, asked->token_length);
        answer(station, fake, LW_STATUS_CONTENT, "92", -1);
        ck_assert_uint_eq(result.calls, 1);
        ck_assert_uint_eq(observed(station, client), 0);
        ck_assert(!notify(station, fake, 0, LW_STATUS_CONTENT, "91", 4)); /* RST */
        ck_assert_str_eq(station_story(station), "");
}
END_TEST

START_TEST(replaces_an_observation_of_the_same_path)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");

        lw_fake_forget(fake);
        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        ck_assert_uint_eq(observed(station, client), 1);
        ck_assert(!notify(station, fake, 0, LW_STATUS_CONTENT, "94", 2));
        ck_assert(notify(station, fake, 1, LW_STATUS_CONTENT, "94", 2));
}
END_TEST

START_TEST(hears_the_client_end_an_observation)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");

        lw_fake_forget(fake);
        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        station_story(station);
        ck_assert(notify(station, fake, 0, LW_STATUS_NOT_FOUND, "gone", -1));
        ck_assert_str_eq(station_story(station), "ended /3/0/9 404");
        ck_assert_uint_eq(observed(station, client), 0);
}
END_TEST

START_TEST(observes_nothing_that_was_refused)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_OBSERVE, LW_PATH_RESOURCE(3, 0, 99));
        Result result = {};

        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_NOT_FOUND, NULL, -1);
        ck_assert_int_eq(result.status, LW_STATUS_NOT_FOUND);
        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_CONTENT, "x", -1); /* a Read, no more */
        ck_assert_uint_eq(observed(station, client), 0);
}
END_TEST

START_TEST(drops_what_an_update_does_not_list)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</1/0>,</3/0>");
        g_autofree char *place = g_strconcat("/rd/", client->id, NULL);

        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        observe(station, fake, client, LW_PATH_RESOURCE(1, 5, 1));
        station_story(station);
        station_request(station, fake, LW_METHOD_POST, place, "</1/5>");
        ck_assert_str_eq(station_story(station), "updated dev1, ended /3/0/9 404");
        ck_assert_uint_eq(observed(station, client), 1);
}
END_TEST

START_TEST(observes_anew_from_another_address)
{
        g_autoptr(Station) station = station_new();
        LwFake *first = station_connect(station), *second = station_connect(station);
        LwTestClient *client = station_register(station, first, "ep=dev1", "</3/0>");
        g_autofree char *place = g_strconcat("/rd/", client->id, NULL);
        uint32_t number;

        lw_fake_forget(first);
        observe(station, first, client, LW_PATH_RESOURCE(3, 0, 9));
        station_request(station, second, LW_METHOD_POST, place, NULL);
        /* the answer to the Update went out first */
        ck_assert_uint_eq(lw_fake_last(second)->code, lw_status_to_code(LW_STATUS_CHANGED));
        station_wait(station, 0);
        ck_assert(has_path(lw_fake_last(second), "/3/0/9"));
        ck_assert(lw_message_find_uint(lw_fake_last(second), LW_OPTION_OBSERVE, &number));
        ck_assert_uint_eq(number, 0);
        answer(station, second, LW_STATUS_CONTENT, "95", 1);
        ck_assert_uint_eq(observed(station, client), 1);
        ck_assert(!notify(station, first, 0, LW_STATUS_CONTENT, "94", 2));
}
END_TEST

START_TEST(fails_when_the_client_goes)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_READ, LW_PATH_RESOURCE(3, 0, 9));
        Result result = {}, waiting = {};

        observe(station, fake, client, LW_PATH_RESOURCE(3, 0, 9));
        start(station, client, &what, &result);
        start(station, client, &what, &waiting);
        lw_test_clients_forget(station->clients, "dev1");
        ck_assert_uint_eq(result.calls, 1);
        ck_assert_int_eq(result.status, LW_STATUS_UNAVAILABLE);
        ck_assert_uint_eq(waiting.calls, 1);
}
END_TEST

START_TEST(refuses_what_does_not_go_together)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_READ, LW_PATH_ROOT);
        g_autoptr(GError) error = NULL;
        Result result = {};

        ck_assert(!lw_test_operations_start(station->operations, client, &what, on_done, &result,
                        station->now, &error));
        ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_BAD_REQUEST);
        ck_assert_uint_eq(result.calls, 0);
}
END_TEST

/* Observe-Composite, and what belongs to an observation */

static LwValues *two_paths(void)
{
        LwValues *paths = lw_values_new();
        LwValue none = lw_value_none();

        lw_values_add(paths, &LW_PATH_RESOURCE(3, 0, 9), &none);
        lw_values_add(paths, &LW_PATH_RESOURCE(1, 0, 1), &none);
        return paths;
}

/* An answer in SenML JSON to what was sent as number `index`; a notification if it is `separate`.
 */
static bool answer_pack(
                Station *station, LwFake *fake, size_t index, bool separate, const char *pack)
{
        LwMessage message;

        lw_fake_answer(&message, lw_fake_sent(fake, index), 0x45, separate);
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, separate ? 8 : 7);
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_SENML_JSON);
        message.payload = (const uint8_t *) pack;
        message.payload_length = strlen(pack);
        return lw_fake_response(fake, &message, station->now);
}

static size_t last_sent(const LwFake *fake)
{
        return lw_fake_count(fake) - 1;
}

START_TEST(observes_several_paths_as_one)
{
        static const char pack[] = "[{\"n\":\"/3/0/9\",\"v\":95},{\"n\":\"/1/0/1\",\"v\":60}]";
        g_autoptr(Station) station = station_new();
        g_autoptr(LwValues) paths = two_paths();
        LwFake *fake = station_connect(station);
        LwTestClient *client =
                        station_register(station, fake, "ep=dev1&lwm2m=1.2", "</1/0>,</3/0>");
        LwTestAsk what = ask(LW_OPERATION_OBSERVE_COMPOSITE, LW_PATH_ROOT);
        Result result = {};

        what.paths = paths;
        lw_fake_forget(fake);
        start(station, client, &what, &result);
        ck_assert(answer_pack(station, fake, 0, false, pack));
        ck_assert_uint_eq(result.values, 2);
        ck_assert_uint_eq(observed(station, client), 1);
        station_story(station);
        ck_assert(answer_pack(station, fake, 0, true, pack));
        ck_assert_str_eq(station_story(station), "notified /3/0/9 /1/0/1=95 (8)");

        what.operation = LW_OPERATION_CANCEL_COMPOSITE;
        start(station, client, &what, &result);
        ck_assert_uint_eq(lw_fake_last(fake)->code, LW_METHOD_FETCH);
        ck_assert_mem_eq(lw_fake_last(fake)->token, lw_fake_sent(fake, 0)->token, 8);
        ck_assert_uint_eq(lw_fake_last(fake)->payload_length,
                        lw_fake_sent(fake, 0)->payload_length); /* the paths, again */
        ck_assert_uint_eq(observed(station, client), 0);
}
END_TEST

START_TEST(a_cancel_is_the_request_of_its_observe)
{
        char *queries[] = { (char[]){ "pmin=10" }, NULL };
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1&lwm2m=1.2", "</3/0>");
        LwTestAsk what = ask(LW_OPERATION_OBSERVE, LW_PATH_RESOURCE(3, 0, 9));
        LwTestAsk cancel = ask(LW_OPERATION_CANCEL, LW_PATH_RESOURCE(3, 0, 9));
        Result result = {};
        uint32_t number;

        what.queries = queries;
        what.accept = LW_FORMAT_SENML_JSON;
        start(station, client, &what, &result);
        ck_assert(answer_pack(
                        station, fake, last_sent(fake), false, "[{\"n\":\"/3/0/9\",\"v\":95}]"));
        ck_assert_uint_eq(observed(station, client), 1);
        start(station, client, &cancel, &result);
        ck_assert(lw_message_find(lw_fake_last(fake), LW_OPTION_URI_QUERY) != NULL);
        ck_assert(lw_message_find_uint(lw_fake_last(fake), LW_OPTION_ACCEPT, &number));
        ck_assert_uint_eq(number, LW_FORMAT_SENML_JSON);
        ck_assert(lw_message_find_uint(lw_fake_last(fake), LW_OPTION_OBSERVE, &number));
        ck_assert_uint_eq(number, 1);
}
END_TEST

START_TEST(an_observation_follows_its_client_with_all_it_has)
{
        char *queries[] = { (char[]){ "pmin=10" }, NULL };
        g_autoptr(Station) station = station_new();
        g_autoptr(LwValues) paths = two_paths();
        LwFake *first = station_connect(station), *second = station_connect(station);
        LwTestClient *client =
                        station_register(station, first, "ep=dev1&lwm2m=1.2", "</1/0>,</3/0>");
        g_autofree char *place = g_strconcat("/rd/", client->id, NULL);
        LwTestAsk what = ask(LW_OPERATION_OBSERVE_COMPOSITE, LW_PATH_ROOT);
        Result result = {};

        what.paths = paths;
        what.queries = queries;
        start(station, client, &what, &result);
        ck_assert(answer_pack(
                        station, first, last_sent(first), false, "[{\"n\":\"/3/0/9\",\"v\":95}]"));
        station_request(station, second, LW_METHOD_POST, place, NULL);
        station_wait(station, 0);
        ck_assert_uint_eq(lw_fake_last(second)->code, LW_METHOD_FETCH);
        ck_assert(lw_message_find(lw_fake_last(second), LW_OPTION_URI_QUERY) != NULL);
        ck_assert_uint_eq(lw_fake_last(second)->payload_length,
                        lw_fake_sent(first, last_sent(first))->payload_length);
        /* it stays as long as one of its paths is listed */
        ck_assert(answer_pack(station, second, last_sent(second), false,
                        "[{\"n\":\"/3/0/9\",\"v\":95}]"));
        station_story(station);
        station_request(station, second, LW_METHOD_POST, place, "</3/0>");
        ck_assert_uint_eq(observed(station, client), 1);
        station_request(station, second, LW_METHOD_POST, place, "</4/0>");
        ck_assert_str_eq(station_story(station),
                        "updated dev1, updated dev1, ended /3/0/9 /1/0/1 404");
}
END_TEST

/* Blocks and files */

static void answer_block1(Station *station, LwFake *fake, LwStatus status)
{
        LwMessage message;
        LwBlock block;

        lw_fake_answer(&message, lw_fake_last(fake), lw_status_to_code(status), false);
        ck_assert(lw_message_find_block(lw_fake_last(fake), LW_OPTION_BLOCK1, &block, NULL));
        lw_message_add_block(&message, LW_OPTION_BLOCK1, &block);
        ck_assert(lw_fake_response(fake, &message, station->now));
}

static void take_progress(void *user, const LwTestProgress *progress)
{
        ck_assert_str_eq(progress->name, "Write");
        ck_assert_str_eq(progress->subject, "/5/0/0");
        *(LwTestProgress *) user = *progress;
}

START_TEST(shows_how_far_it_is)
{
        static const uint8_t bytes[100];
        g_autoptr(LwBlob) content = lw_blob_new_copy(bytes, sizeof(bytes));
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</5/0>");
        LwTestAsk what = ask(LW_OPERATION_WRITE, LW_PATH_RESOURCE(5, 0, 0));
        LwTestProgress progress = {};
        Result result = {};

        what.content = content;
        what.way.block_size = 64;
        start(station, client, &what, &result);
        answer_block1(station, fake, LW_STATUS_CONTINUE);
        lw_test_operations_progress(station->operations, client, take_progress, &progress);
        ck_assert_uint_eq(progress.sent, 64);
        ck_assert_uint_eq(progress.size, 100);
        answer_block1(station, fake, LW_STATUS_CHANGED);
        ck_assert_int_eq(result.status, LW_STATUS_CHANGED);
}
END_TEST

/* How the client answers each block, and what comes of it. */
static const struct {
        LwStatus answers[4];
        size_t sent;
        LwStatus status;
} disorders[] = {
        { { LW_STATUS_CONTINUE, LW_STATUS_INCOMPLETE }, 2, LW_STATUS_INCOMPLETE },
        { { LW_STATUS_CONTINUE, LW_STATUS_CONTINUE, LW_STATUS_CONTINUE }, 3, LW_STATUS_CONTINUE },
        { { LW_STATUS_TOO_LARGE }, 1, LW_STATUS_TOO_LARGE },
};

START_TEST(sends_blocks_in_disorder_until_one_is_refused)
{
        static const uint32_t numbers[] = { 0, 2, 1 };
        static const uint8_t bytes[100];
        g_autoptr(LwBlob) content = lw_blob_new_copy(bytes, sizeof(bytes));
        g_autoptr(GArray) order = g_array_new(false, false, sizeof(uint32_t));
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</5/0>");
        LwTestAsk what = ask(LW_OPERATION_WRITE, LW_PATH_RESOURCE(5, 0, 0));
        Result result = {};

        g_array_append_vals(order, numbers, G_N_ELEMENTS(numbers));
        what.content = content;
        what.way.block_size = 32;
        what.way.order = order;
        lw_fake_forget(fake);
        start(station, client, &what, &result);
        for (size_t i = 0; i < disorders[_i].sent; i++) {
                LwBlock block;

                ck_assert_uint_eq(result.calls, 0);
                ck_assert_uint_eq(lw_fake_count(fake), i + 1);
                ck_assert(lw_message_find_block(
                                lw_fake_last(fake), LW_OPTION_BLOCK1, &block, NULL));
                ck_assert_uint_eq(block.number, numbers[i]);
                answer_block1(station, fake, disorders[_i].answers[i]);
        }
        ck_assert_uint_eq(result.calls, 1);
        ck_assert_int_eq(result.status, disorders[_i].status);
        ck_assert_uint_eq(lw_fake_count(fake), disorders[_i].sent);
}
END_TEST

START_TEST(a_block_of_ones_own_is_one_message)
{
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</3/0>");
        LwBlock wanted = { .number = 3, .size = 64 };
        LwTestRaw raw = { .way = { .timeout_usec = LW_TEST_TIMEOUT_USEC } };
        Result result = {};
        LwMessage head, message;

        lw_message_init(&head, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_block(&head, LW_OPTION_BLOCK2, &wanted);
        raw.head = &head;
        ck_assert(lw_test_operations_send(
                        station->operations, client, &raw, on_done, &result, station->now, NULL));
        lw_fake_answer(&message, lw_fake_last(fake), 0x45, false);
        wanted.more = true;
        lw_message_add_block(&message, LW_OPTION_BLOCK2, &wanted);
        lw_fake_forget(fake);
        lw_fake_response(fake, &message, station->now);
        ck_assert_uint_eq(result.calls, 1);
        ck_assert(!result.failed);
        ck_assert_uint_eq(lw_fake_count(fake), 0);
}
END_TEST

START_TEST(an_answer_goes_into_a_file)
{
        g_auto(LwTestFiles) files = {};
        g_autofree char *path = NULL, *content = NULL;
        g_autoptr(LwTestFile) file = NULL;
        g_autoptr(Station) station = station_new();
        LwFake *fake = station_connect(station);
        LwTestClient *client = station_register(station, fake, "ep=dev1", "</5/0>");
        LwTestAsk what = ask(LW_OPERATION_READ, LW_PATH_RESOURCE(5, 0, 0));
        Result result = {};

        lw_test_files_make(&files);
        path = g_strconcat(files.path, "/image", NULL);
        file = lw_test_file_create(path, NULL);
        what.way.save = file;
        start(station, client, &what, &result);
        answer(station, fake, LW_STATUS_CONTENT, "what it is", -1);
        ck_assert_uint_eq(result.calls, 1);
        ck_assert(!result.failed);
        ck_assert_uint_eq(result.values, 0);
        ck_assert(g_file_get_contents(path, &content, NULL, NULL));
        ck_assert_str_eq(content, "what it is");
}
END_TEST

TCase *test_operations(void)
{
        TCase *tcase = tcase_create("operations");

        tcase_add_test(tcase, reads);
        tcase_add_test(tcase, gives_up_in_time);
        tcase_add_loop_test(tcase, chooses_a_format, 0, G_N_ELEMENTS(formats));
        tcase_add_test(tcase, puts_the_alternate_path_first);
        tcase_add_test(tcase, observes_until_cancelled);
        tcase_add_test(tcase, replaces_an_observation_of_the_same_path);
        tcase_add_test(tcase, hears_the_client_end_an_observation);
        tcase_add_test(tcase, observes_nothing_that_was_refused);
        tcase_add_test(tcase, drops_what_an_update_does_not_list);
        tcase_add_test(tcase, observes_anew_from_another_address);
        tcase_add_test(tcase, fails_when_the_client_goes);
        tcase_add_test(tcase, refuses_what_does_not_go_together);
        tcase_add_test(tcase, observes_several_paths_as_one);
        tcase_add_test(tcase, a_cancel_is_the_request_of_its_observe);
        tcase_add_test(tcase, an_observation_follows_its_client_with_all_it_has);
        tcase_add_test(tcase, shows_how_far_it_is);
        tcase_add_loop_test(tcase, sends_blocks_in_disorder_until_one_is_refused, 0,
                        G_N_ELEMENTS(disorders));
        tcase_add_test(tcase, a_block_of_ones_own_is_one_message);
        tcase_add_test(tcase, an_answer_goes_into_a_file);
        return tcase;
}
