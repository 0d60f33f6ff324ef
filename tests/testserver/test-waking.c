/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests to clients in queue mode wait until they wake, one at a time. */
#include <string.h>

#include "exchange/message.h"
#include "model/limits.h"
#include "model/status.h"
#include "testserver/operations.h"
#include "testserver/station.h"
#include "testserver/suite.h"

#define ASLEEP_SECONDS 94 /* after it was heard */
#define PATIENCE_SECONDS 600

/* How the requests ended, in their order: "/3/0/9 205 ", or "/3/0/9 failed 504 ". */
typedef struct Ends {
        Station *station;
        GString *text;
        const char *failure;
} Ends;

static Ends ends;

static void on_done(void *user, const LwTestAnswer *answer, const GError *error)
{
        LwStatus status = answer != NULL ? answer->status : lw_status_of_error(error);

        g_string_append_printf(ends.text, "%s%s %d ", (const char *) user,
                        answer == NULL ? " failed" : "", (int) status);
        if (error != NULL) {
                g_free((char *) ends.failure);
                ends.failure = g_strdup(error->message);
        }
}

static void setup(void)
{
        ends = (Ends){ .station = station_new(), .text = g_string_new(NULL) };
}

static void teardown(void)
{
        station_free(ends.station);
        g_string_free(ends.text, true);
        g_free((char *) ends.failure);
}

static bool ask(LwTestClient *client, LwOperation operation, uint16_t resource, double seconds,
                const char *name)
{
        LwTestAsk what = {
                .operation = operation,
                .path = LW_PATH_RESOURCE(3, 0, resource),
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .way = { .timeout_usec = (LwUsec) (seconds * (double) LW_USEC_PER_SEC) },
        };
        g_autoptr(GError) error = NULL;

        return lw_test_operations_start(ends.station->operations, client, &what, on_done,
                        (void *) name, ends.station->now, &error);
}

/* With content, or without: 2.04. */
static void answer(LwFake *fake, const char *text, int sequence)
{
        LwStatus status = text != NULL ? LW_STATUS_CONTENT : LW_STATUS_CHANGED;
        LwMessage message;

        lw_fake_answer(&message, lw_fake_last(fake), lw_status_to_code(status), false);
        if (sequence >= 0)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, (uint32_t) sequence);
        if (text != NULL) {
                lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, LW_FORMAT_TEXT);
                message.payload = (const uint8_t *) text;
                message.payload_length = strlen(text);
        }
        ck_assert(lw_fake_response(fake, &message, ends.station->now));
        station_wait(ends.station, 0);
}

/* An Update from there; it forgets what was sent before, and its answer. */
static void update(LwFake *fake, const LwTestClient *client)
{
        g_autofree char *path = g_strdup_printf("/rd/%s", client->id);

        ck_assert_str_eq(station_request(ends.station, fake, LW_METHOD_POST, path, NULL), "2.04");
        lw_fake_forget(fake);
        station_wait(ends.station, 0);
}

/* The last segment of the path that was sent as number `index`; "" for none. */
static const char *sent(LwFake *fake, size_t index)
{
        static char text[16];
        const LwMessage *message = lw_fake_sent(fake, index);

        text[0] = '\0';
        for (unsigned i = 0; message != NULL && i < message->option_count; i++)
                if (message->options[i].number == LW_OPTION_URI_PATH)
                        g_snprintf(text, sizeof(text), "%.*s", message->options[i].length,
                                        (const char *) message->options[i].value);
        return text;
}

START_TEST(awake_clients_are_asked_at_once)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");

        lw_fake_forget(fake);
        station_wait(ends.station, 92);
        ck_assert(ask(client, LW_OPERATION_READ, 9, 20, "a"));
        ck_assert_str_eq(sent(fake, 0), "9");
        answer(fake, "95", -1);
        ck_assert_str_eq(ends.text->str, "a 205 ");
        /* what it answered is a sign of life, too */
        station_wait(ends.station, 92);
        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_READ, 10, 20, "b"));
        ck_assert_str_eq(sent(fake, 0), "10");
}
END_TEST

START_TEST(what_sleeps_is_asked_when_it_wakes_one_by_one_in_order)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");

        station_wait(ends.station, ASLEEP_SECONDS);
        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_READ, 9, PATIENCE_SECONDS, "a"));
        ck_assert(ask(client, LW_OPERATION_EXECUTE, 4, PATIENCE_SECONDS, "b"));
        ck_assert(ask(client, LW_OPERATION_READ, 10, PATIENCE_SECONDS, "c"));
        station_wait(ends.station, 100);
        ck_assert_ptr_null(lw_fake_sent(fake, 0));

        update(fake, client);
        ck_assert_str_eq(sent(fake, 0), "9");
        ck_assert_ptr_null(lw_fake_sent(fake, 1));
        answer(fake, "95", -1);
        ck_assert_str_eq(sent(fake, 1), "4");
        ck_assert_ptr_null(lw_fake_sent(fake, 2));
        answer(fake, NULL, -1);
        ck_assert_str_eq(sent(fake, 2), "10");
        answer(fake, "7", -1);
        ck_assert_str_eq(ends.text->str, "a 205 b 204 c 205 ");
}
END_TEST

START_TEST(it_is_asked_where_it_woke)
{
        LwFake *there = station_connect(ends.station);
        LwFake *here = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, there, "ep=dev1&lwm2m=1.0&b=UQ", "</3/0>");

        station_wait(ends.station, ASLEEP_SECONDS);
        lw_fake_forget(there);
        ck_assert(ask(client, LW_OPERATION_READ, 9, PATIENCE_SECONDS, "a"));
        update(here, client);
        ck_assert_ptr_null(lw_fake_sent(there, 0));
        ck_assert_str_eq(sent(here, 0), "9");
        answer(here, "95", -1);
        ck_assert_str_eq(ends.text->str, "a 205 ");
}
END_TEST

START_TEST(who_does_not_answer_sleeps_and_the_rest_waits)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");

        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_READ, 9, 5, "a"));
        ck_assert(ask(client, LW_OPERATION_READ, 10, PATIENCE_SECONDS, "b"));
        station_wait(ends.station, 6);
        station_wait(ends.station, 0);
        ck_assert_str_eq(ends.text->str, "a failed 504 ");
        ck_assert_ptr_null(lw_fake_sent(fake, 1));
        update(fake, client);
        ck_assert_str_eq(sent(fake, 0), "10");
}
END_TEST

START_TEST(patience_ends)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");

        station_wait(ends.station, ASLEEP_SECONDS);
        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_READ, 9, 20, "a"));
        station_wait(ends.station, 19.9);
        ck_assert_str_eq(ends.text->str, "");
        station_wait(ends.station, 0.2);
        ck_assert_str_eq(ends.text->str, "a failed 504 ");
        ck_assert_ptr_nonnull(strstr(ends.failure, "'dev1' sleeps"));
        update(fake, client);
        ck_assert_ptr_null(lw_fake_sent(fake, 0));
}
END_TEST

START_TEST(so_many_wait_and_no_more)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");

        station_wait(ends.station, ASLEEP_SECONDS);
        for (unsigned i = 0; i < LW_REQUESTS_HELD_MAX; i++)
                ck_assert(ask(client, LW_OPERATION_READ, 9, PATIENCE_SECONDS, ""));
        ck_assert(!ask(client, LW_OPERATION_READ, 9, PATIENCE_SECONDS, ""));
        ck_assert(lw_test_clients_forget(ends.station->clients, "dev1"));
        ck_assert_ptr_nonnull(strstr(ends.failure, "not registered any more"));
}
END_TEST

START_TEST(an_observation_is_made_and_ended_over_its_sleep)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client =
                        station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");
        LwMessage observe;

        station_wait(ends.station, ASLEEP_SECONDS);
        ck_assert(ask(client, LW_OPERATION_OBSERVE, 9, PATIENCE_SECONDS, "observe"));
        update(fake, client);
        observe = *lw_fake_last(fake);
        answer(fake, "95", 1);
        station_wait(ends.station, ASLEEP_SECONDS);
        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_CANCEL, 9, PATIENCE_SECONDS, "cancel"));
        ck_assert_ptr_null(lw_fake_sent(fake, 0));
        update(fake, client);
        ck_assert_uint_eq(lw_fake_last(fake)->token_length, observe.token_length);
        ck_assert_mem_eq(lw_fake_last(fake)->token, observe.token, observe.token_length);
        answer(fake, "96", -1);
        ck_assert_str_eq(ends.text->str, "observe 205 cancel 205 ");
}
END_TEST

START_TEST(nobody_waits_where_that_is_off)
{
        LwFake *fake = station_connect(ends.station);
        LwTestClient *client;

        lw_test_clients_set_awake(ends.station->clients, 0);
        client = station_register(ends.station, fake, "ep=dev1&lwm2m=1.1&Q", "</3/0>");
        station_wait(ends.station, ASLEEP_SECONDS);
        lw_fake_forget(fake);
        ck_assert(ask(client, LW_OPERATION_READ, 9, 20, ""));
        ck_assert_str_eq(sent(fake, 0), "9");
}
END_TEST

TCase *test_waking(void)
{
        TCase *tcase = tcase_create("waking");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, awake_clients_are_asked_at_once);
        tcase_add_test(tcase, what_sleeps_is_asked_when_it_wakes_one_by_one_in_order);
        tcase_add_test(tcase, it_is_asked_where_it_woke);
        tcase_add_test(tcase, who_does_not_answer_sleeps_and_the_rest_waits);
        tcase_add_test(tcase, patience_ends);
        tcase_add_test(tcase, so_many_wait_and_no_more);
        tcase_add_test(tcase, an_observation_is_made_and_ended_over_its_sleep);
        tcase_add_test(tcase, nobody_waits_where_that_is_off);
        return tcase;
}
