/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client with one server that a test plays: registration, requests, observations, the end. */
#include <string.h>

#include "client/client.h"
#include "client/suite.h"
#include "lib/fake-transport.h"
#include "model/limits.h"
#include "tree/fixture.h"

#define SECOND LW_USEC_PER_SEC

static Fixture fixture;
static LwFakeFactory *factory;
static LwClient *client;
static LwServer *server;
static LwNow now;
static unsigned operations;

static void on_operated(void *user G_GNUC_UNUSED, uint16_t ssid, LwOperation operation,
                const LwPath *path G_GNUC_UNUSED, LwStatus status G_GNUC_UNUSED)
{
        ck_assert_uint_eq(ssid, 101);
        ck_assert_int_ne(operation, LW_OPERATION_READ);
        operations++;
}

static void setup(void)
{
        static const LwClientEvents events = { .operated = on_operated };
        LwAccount *account = lw_account_new();

        now = (LwNow){ .boot = 1000 * SECOND, .real_usec = 1700000000 * (int64_t) SECOND };
        operations = 0;
        fixture_setup(&fixture);
        factory = lw_fake_factory_new();
        client = lw_client_new("dev1", fixture.tree, &factory->factory, &events, NULL, 7);
        account->ssid = 101;
        account->lifetime_seconds = 300;
        account->version = LW_VERSION_1_1;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        server = lw_client_add_server(client, account, now, NULL);
        ck_assert_ptr_nonnull(server);
}

static void teardown(void)
{
        lw_client_free(client);
        lw_fake_factory_free(factory);
        fixture_teardown(&fixture);
}

static LwFake *fake(void)
{
        return lw_fake_factory_last(factory);
}

static void run(void)
{
        for (unsigned i = 0; i < 10 && lw_client_deadline(client) <= now.boot; i++)
                lw_client_run(client, now);
        ck_assert_uint_gt(lw_client_deadline(client), now.boot);
}

/* The line of the last message that was sent. */
static void check_sent(const char *expected)
{
        g_autofree char *line = lw_message_describe(lw_fake_last(fake()));

        ck_assert_str_eq(line, expected);
}

static void check_state(const char *expected)
{
        ck_assert_str_eq(lw_server_state_name(server), expected);
}

static void answer(uint8_t code, const char *location)
{
        LwMessage response;

        lw_fake_answer(&response, lw_fake_last(fake()), code, false);
        if (location) {
                lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "rd");
                lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, location);
        }
        lw_fake_response(fake(), &response, now);
        run();
}

static void connect(void)
{
        lw_client_start(client, now);
        run();
        ck_assert_ptr_nonnull(fake());
        lw_fake_up(fake(), now);
        run();
}

static void connect_and_register(void)
{
        connect();
        answer(0x41, "5a3f");
        check_state("registered");
}

static bool request(LwMessage *message, uint8_t method, const char *path, uint16_t mid)
{
        LwPath parsed = fixture_path(path);

        lw_message_init(message, LW_MESSAGE_CON, method);
        message->mid = mid;
        message->token_length = 2;
        memcpy(message->token, "tk", 2);
        return lw_message_add_path(message, LW_OPTION_URI_PATH, &parsed);
}

START_TEST(registers_and_knows_its_place)
{
        ck_assert_int_eq(lw_client_state(client), LW_CLIENT_STARTING);
        connect();
        check_sent("CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=U ct=40 [67]");
        check_state("registering");
        ck_assert_int_eq(lw_client_state(client), LW_CLIENT_OFFLINE);
        answer(0x41, "5a3f");
        check_state("registered");
        ck_assert_str_eq(lw_server_location(server), "/rd/5a3f");
        ck_assert_int_eq(lw_client_state(client), LW_CLIENT_ONLINE);
}
END_TEST

START_TEST(a_place_is_needed)
{
        connect();
        answer(0x41, NULL);
        check_state("waiting");
        ck_assert_ptr_nonnull(strstr(lw_server_last_error(server, NULL), "no location"));
}
END_TEST

START_TEST(steps_down)
{
        connect();
        answer(0x8c, NULL);
        check_sent("CON POST /rd?ep=dev1&lt=300&lwm2m=1.0&b=U ct=40 [67]");
        answer(0x41, "x");
        check_state("registered");
}
END_TEST

START_TEST(a_refusal_is_told_in_words_and_tried_again)
{
        connect();
        answer(0x83, NULL);
        check_state("waiting");
        ck_assert_str_eq(lw_server_last_error(server, NULL), "the server answered 4.03 Forbidden");
        ck_assert(fake()->is_closed);
        now.boot = lw_client_deadline(client);
        run();
        check_state("connecting");
        ck_assert_uint_eq(factory->opened->len, 2);
}
END_TEST

START_TEST(updates_what_changed_and_only_once)
{
        connect_and_register();
        lw_server_account(server)->lifetime_seconds = 60;
        lw_server_touch(server);
        lw_server_touch(server);
        run();
        check_sent("CON POST /rd/5a3f?lt=60");
        answer(0x44, NULL);
        check_state("registered");
        lw_fake_forget(fake());
        lw_server_touch(server);
        run();
        ck_assert_uint_eq(lw_fake_count(fake()), 0);
        /* the new lifetime rules: refreshed after half of it */
        ck_assert_uint_eq(lw_client_deadline(client), now.boot + 30 * SECOND);
        now.boot += 30 * SECOND;
        run();
        check_sent("CON POST /rd/5a3f");
}
END_TEST

START_TEST(updates_when_instances_come_and_go)
{
        static const uint16_t ids[] = { 0 };

        connect_and_register();
        ck_assert(lw_tree_add_layer(fixture.tree, &LW_PATH_INSTANCE(FIXTURE_OBJECT, 5),
                        &fixture.other.provider, LW_RANK_PLUGIN, ids, 1, NULL));
        ck_assert(lw_tree_add_layer(fixture.tree, &LW_PATH_INSTANCE(FIXTURE_OBJECT, 6),
                        &fixture.other.provider, LW_RANK_PLUGIN, ids, 1, NULL));
        run();
        check_sent("CON POST /rd/5a3f ct=40 [87]");
        /* one that comes while the Update is under way goes into the next */
        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
        run();
        check_sent("CON POST /rd/5a3f ct=40 [87]");
        answer(0x44, NULL);
        check_sent("CON POST /rd/5a3f ct=40 [67]");
        answer(0x44, NULL);
        check_state("registered");
}
END_TEST

/* Somebody who changes things without end costs one Update a second. */
START_TEST(updates_are_paced)
{
        static const uint16_t ids[] = { 0 };
        LwPath path = LW_PATH_INSTANCE(FIXTURE_OBJECT, 5);
        LwUsec begin = now.boot;

        connect_and_register();
        lw_fake_forget(fake());
        for (unsigned i = 0; i < 100; i++) {
                if (i % 2 == 0)
                        ck_assert(lw_tree_add_layer(fixture.tree, &path, &fixture.other.provider,
                                        LW_RANK_PLUGIN, ids, 1, NULL));
                else
                        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
                run();
                if (lw_fake_count(fake()) <= i)
                        break;
                answer(0x44, NULL);
        }
        ck_assert_uint_eq(lw_fake_count(fake()), LW_UPDATES_MAX);
        ck_assert_uint_eq(lw_client_deadline(client), begin + SECOND);
        /* the last state is told, whatever came and went meanwhile */
        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
        ck_assert(lw_tree_add_layer(fixture.tree, &path, &fixture.other.provider, LW_RANK_PLUGIN,
                        ids, 1, NULL));
        now.boot += SECOND;
        run();
        ck_assert_uint_eq(lw_fake_count(fake()), LW_UPDATES_MAX + 1);
        answer(0x44, NULL);
        lw_tree_remove_provider(fixture.tree, &fixture.other.provider);
        run();
        ck_assert_uint_eq(lw_fake_count(fake()), LW_UPDATES_MAX + 1);
        /* rest gives all of it back */
        now.boot += LW_UPDATES_MAX * SECOND;
        run();
        ck_assert_uint_eq(lw_fake_count(fake()), LW_UPDATES_MAX + 2);
}
END_TEST

START_TEST(registers_anew_after_not_found)
{
        connect_and_register();
        lw_client_update(client, now);
        run();
        check_sent("CON POST /rd/5a3f");
        answer(0x84, NULL);
        check_sent("CON POST /rd?ep=dev1&lt=300&lwm2m=1.1&b=U ct=40 [67]");
        answer(0x41, "6b");
        ck_assert_str_eq(lw_server_location(server), "/rd/6b");
}
END_TEST

START_TEST(follows_the_address)
{
        connect_and_register();
        lw_client_moved(client, now);
        run();
        ck_assert_uint_eq(factory->opened->len, 2);
        lw_fake_up(fake(), now);
        run();
        check_sent("CON POST /rd/5a3f");
        answer(0x44, NULL);
        check_state("registered");
}
END_TEST

START_TEST(answers_requests_once_it_is_registered)
{
        LwMessage message;

        connect();
        request(&message, LW_METHOD_GET, "/1000/0/1", 1);
        ck_assert(lw_fake_request(fake(), &message, now));
        ck_assert_uint_eq(lw_fake_last(fake())->code, lw_status_to_code(LW_STATUS_UNAVAILABLE));
        lw_fake_forget(fake());
        teardown();
        setup();
        connect_and_register();
        request(&message, LW_METHOD_GET, "/1000/0/1", 2);
        ck_assert(lw_fake_request(fake(), &message, now));
        check_sent("ACK 2.05 ct=0 [1]");
        ck_assert_uint_eq(operations, 0);
}
END_TEST

/* Object 0 is refused before anything else is looked at. */
START_TEST(the_closed_objects_are_closed_at_every_level)
{
        static const char *const paths[] = { "/0", "/0/0", "/0/0/1", "/0/0/1/2", "/21", "/23/0" };

        connect_and_register();
        for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++)
                for (uint8_t method = LW_METHOD_GET; method <= LW_METHOD_DELETE; method++) {
                        LwMessage message;

                        request(&message, method, paths[i], (uint16_t) (100 + 10 * i + method));
                        ck_assert(lw_fake_request(fake(), &message, now));
                        ck_assert_uint_eq(lw_fake_last(fake())->code,
                                        lw_status_to_code(LW_STATUS_UNAUTHORIZED));
                }
}
END_TEST

START_TEST(a_repeated_execute_runs_once)
{
        LwMessage message;

        connect_and_register();
        request(&message, LW_METHOD_POST, "/1000/0/2", 77);
        ck_assert(lw_fake_request(fake(), &message, now));
        check_sent("ACK 2.04");
        lw_fake_forget(fake());
        ck_assert(lw_fake_request(fake(), &message, now));
        check_sent("ACK 2.04");
        ck_assert_uint_eq(fixture.one.executes, 1);
        ck_assert_uint_eq(operations, 1);
        message.mid = 78;
        ck_assert(lw_fake_request(fake(), &message, now));
        ck_assert_uint_eq(fixture.one.executes, 2);
}
END_TEST

START_TEST(a_late_provider_is_answered_separately)
{
        LwMessage message;

        connect_and_register();
        fixture.one.late = true;
        request(&message, LW_METHOD_GET, "/1000/0/1", 3);
        ck_assert(!lw_fake_request(fake(), &message, now));
        lw_fake_forget(fake());
        fixture_continue(&fixture.one);
        check_sent("CON 2.05 ct=0 [1]");
}
END_TEST

START_TEST(a_provider_may_answer_when_nobody_is_left)
{
        LwMessage message;

        connect_and_register();
        fixture.one.late = true;
        request(&message, LW_METHOD_GET, "/1000/0/1", 3);
        ck_assert(!lw_fake_request(fake(), &message, now));
        lw_client_free(client);
        client = NULL;
        fixture_continue(&fixture.one);
}
END_TEST

static void observe(const char *path, uint16_t mid, uint32_t flag)
{
        LwMessage message;

        request(&message, LW_METHOD_GET, path, mid);
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, flag);
        ck_assert(lw_fake_request(fake(), &message, now));
}

static void change(const char *path, int64_t number)
{
        LwPath changed = fixture_path(path);

        lw_values_reset(fixture.one.values);
        fixture_set(&fixture.one, path, lw_value_integer(number));
        lw_fake_forget(fake());
        lw_tree_changed(fixture.tree, &changed);
        run();
}

START_TEST(tells_what_changed)
{
        connect_and_register();
        observe("/1000/0/1", 10, 0);
        check_sent("ACK 2.05 observe=1 ct=0 [1]");
        change("/1000/0/1", 8);
        check_sent("NON 2.05 observe=2 ct=0 [1]");
        ck_assert_mem_eq(lw_fake_last(fake())->token, "tk", 2);
        ck_assert_mem_eq(lw_fake_last(fake())->payload, "8", 1);
        /* the same value again is nothing new */
        change("/1000/0/1", 8);
        ck_assert_uint_eq(lw_fake_count(fake()), 0);
        /* nor is another resource */
        change("/1000/0/0", 8);
        observe("/1000/0/1", 11, 1);
        ck_assert_uint_eq(lw_server_observation_count(server), 0);
}
END_TEST

START_TEST(stops_when_the_server_refuses)
{
        connect_and_register();
        observe("/1000/0/1", 10, 0);
        change("/1000/0/1", 8);
        lw_fake_reset(fake(), lw_fake_last(fake())->mid, now);
        ck_assert_uint_eq(lw_server_observation_count(server), 0);
        change("/1000/0/1", 9);
        ck_assert_uint_eq(lw_fake_count(fake()), 0);
}
END_TEST

START_TEST(ends_an_observation_whose_target_is_gone)
{
        LwPath path = LW_PATH_INSTANCE(FIXTURE_OBJECT, 0);

        connect_and_register();
        observe("/1000/0/1", 10, 0);
        lw_fake_forget(fake());
        lw_tree_remove_layer(fixture.tree, &path, &fixture.one.provider);
        run();
        ck_assert_uint_eq(lw_server_observation_count(server), 0);
        ck_assert_uint_eq(lw_fake_sent(fake(), lw_fake_count(fake()) - 1)->code,
                        lw_status_to_code(LW_STATUS_NOT_FOUND));
        ck_assert_ptr_null(lw_message_find(lw_fake_last(fake()), LW_OPTION_OBSERVE));
}
END_TEST

START_TEST(a_new_registration_ends_all_observations)
{
        connect_and_register();
        observe("/1000/0/1", 10, 0);
        lw_client_update(client, now);
        run();
        answer(0x84, NULL);
        ck_assert_uint_eq(lw_server_observation_count(server), 0);
}
END_TEST

START_TEST(leaves_politely)
{
        connect_and_register();
        lw_client_stop(client, now);
        check_sent("CON DELETE /rd/5a3f");
        ck_assert(!lw_client_is_stopped(client));
        answer(0x42, NULL);
        ck_assert(lw_client_is_stopped(client));
        ck_assert_int_eq(lw_client_state(client), LW_CLIENT_STOPPING);
}
END_TEST

/* The Register is answered after the agent was told to end: then it takes its leave. */
START_TEST(leaves_when_the_answer_to_its_register_comes)
{
        connect();
        lw_client_stop(client, now);
        run();
        check_state("deregistering");
        ck_assert(!lw_client_is_stopped(client));
        answer(0x41, "5a3f");
        check_sent("CON DELETE /rd/5a3f");
        answer(0x42, NULL);
        ck_assert(lw_client_is_stopped(client));
}
END_TEST

/* The answer to an Update that was under way is not taken for that to the De-register. */
START_TEST(an_update_that_is_answered_late_ends_nothing)
{
        LwMessage late;

        connect_and_register();
        lw_server_update(server, now);
        run();
        lw_fake_answer(&late, lw_fake_last(fake()), 0x44, false);
        lw_client_stop(client, now);
        run();
        check_sent("CON DELETE /rd/5a3f");
        lw_fake_response(fake(), &late, now);
        run();
        ck_assert(!lw_client_is_stopped(client));
        answer(0x42, NULL);
        ck_assert(lw_client_is_stopped(client));
}
END_TEST

START_TEST(registers_anew_when_somebody_wishes)
{
        connect_and_register();
        lw_server_register(server, now);
        run();
        check_state("registering");
        answer(0x41, "77");
        check_state("registered");
        ck_assert_str_eq(lw_server_location(server), "/rd/77");
}
END_TEST

START_TEST(is_away_until_somebody_wishes_it_back)
{
        connect_and_register();
        lw_server_deregister(server, now);
        run();
        check_sent("CON DELETE /rd/5a3f");
        answer(0x42, NULL);
        check_state("disabled");
        lw_client_update(client, now);
        run();
        now.boot += 1000000 * SECOND;
        run();
        check_state("disabled");
        lw_server_register(server, now);
        run();
        check_state("connecting");
}
END_TEST

typedef struct Seen {
        unsigned count;
        LwObservationView last;
} Seen;

static void see(void *data, const LwObservationView *view)
{
        Seen *seen = data;

        seen->count++;
        seen->last = *view;
}

static size_t list(Seen *seen, size_t offset, size_t limit)
{
        *seen = (Seen){};
        return lw_server_list_observations(server, offset, limit, see, seen);
}

START_TEST(its_observations_are_listed)
{
        LwMessage observe;
        Seen seen;

        connect_and_register();
        ck_assert_uint_eq(list(&seen, 0, 10), 0);
        for (uint16_t i = 0; i < 3; i++) {
                request(&observe, LW_METHOD_GET, "/1000/0/1", (uint16_t) (100 + i));
                observe.token[0] = (uint8_t) i;
                lw_message_add_uint(&observe, LW_OPTION_OBSERVE, 0);
                lw_fake_request(fake(), &observe, now);
        }
        ck_assert_uint_eq(list(&seen, 0, 10), 3);
        ck_assert_uint_eq(seen.count, 3);
        ck_assert_uint_eq(list(&seen, 1, 1), 1);
        ck_assert_uint_eq(list(&seen, 2, 10), 1);
        ck_assert_uint_eq(list(&seen, 3, 10), 0);
        list(&seen, 0, 1);
        ck_assert_int_eq(seen.last.sent_real_usec, now.real_usec);
        ck_assert_uint_eq(seen.last.sequence, 1);
        ck_assert_int_eq(seen.last.format, LW_FORMAT_TEXT);
        ck_assert_ptr_nonnull(seen.last.payload);
}
END_TEST

START_TEST(leaves_though_the_server_is_silent)
{
        connect_and_register();
        lw_client_stop(client, now);
        now.boot = lw_client_deadline(client);
        lw_client_run(client, now);
        run();
        ck_assert(lw_client_is_stopped(client));
        ck_assert_uint_lt(now.boot, 1002 * SECOND);
}
END_TEST

START_TEST(a_removed_server_deregisters_and_is_forgotten)
{
        connect_and_register();
        lw_client_remove_server(client, server, now);
        ck_assert_uint_eq(lw_client_server_count(client), 0);
        check_sent("CON DELETE /rd/5a3f");
        answer(0x42, NULL);
        ck_assert(fake()->is_closed);
        ck_assert_int_eq(lw_client_state(client), LW_CLIENT_UNCONFIGURED);
}
END_TEST

START_TEST(a_short_id_is_given_once)
{
        g_autoptr(GError) error = NULL;
        LwAccount *account = lw_account_new();

        account->ssid = 101;
        ck_assert_ptr_null(lw_client_add_server(client, account, now, &error));
        ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(a_transport_that_cannot_be_made_is_tried_again)
{
        factory->fails_with = LW_STATUS_BAD_REQUEST;
        lw_client_start(client, now);
        run();
        check_state("waiting");
        factory->fails_with = 0;
        now.boot = lw_client_deadline(client);
        ck_assert_uint_le(now.boot, 1005 * SECOND);
        run();
        check_state("connecting");
}
END_TEST

TCase *test_client(void)
{
        TCase *tcase = tcase_create("client");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, registers_and_knows_its_place);
        tcase_add_test(tcase, a_place_is_needed);
        tcase_add_test(tcase, steps_down);
        tcase_add_test(tcase, a_refusal_is_told_in_words_and_tried_again);
        tcase_add_test(tcase, updates_what_changed_and_only_once);
        tcase_add_test(tcase, updates_when_instances_come_and_go);
        tcase_add_test(tcase, updates_are_paced);
        tcase_add_test(tcase, registers_anew_after_not_found);
        tcase_add_test(tcase, follows_the_address);
        tcase_add_test(tcase, answers_requests_once_it_is_registered);
        tcase_add_test(tcase, the_closed_objects_are_closed_at_every_level);
        tcase_add_test(tcase, a_repeated_execute_runs_once);
        tcase_add_test(tcase, a_late_provider_is_answered_separately);
        tcase_add_test(tcase, a_provider_may_answer_when_nobody_is_left);
        tcase_add_test(tcase, tells_what_changed);
        tcase_add_test(tcase, stops_when_the_server_refuses);
        tcase_add_test(tcase, ends_an_observation_whose_target_is_gone);
        tcase_add_test(tcase, a_new_registration_ends_all_observations);
        tcase_add_test(tcase, leaves_politely);
        tcase_add_test(tcase, leaves_when_the_answer_to_its_register_comes);
        tcase_add_test(tcase, an_update_that_is_answered_late_ends_nothing);
        tcase_add_test(tcase, registers_anew_when_somebody_wishes);
        tcase_add_test(tcase, is_away_until_somebody_wishes_it_back);
        tcase_add_test(tcase, its_observations_are_listed);
        tcase_add_test(tcase, leaves_though_the_server_is_silent);
        tcase_add_test(tcase, a_removed_server_deregisters_and_is_forgotten);
        tcase_add_test(tcase, a_short_id_is_given_once);
        tcase_add_test(tcase, a_transport_that_cannot_be_made_is_tried_again);
        return tcase;
}
