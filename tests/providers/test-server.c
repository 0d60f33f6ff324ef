/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 1: what it shows of the accounts, what it takes, and when it answers. */
#include "lib/fake-transport.h"
#include "providers/builtin/server.h"
#include "providers/suite.h"
#include "providers/world.h"

/* How the keeper of accounts behaves. */
typedef struct Keeper {
        enum { AT_ONCE, FAILING, LATE } how;
        unsigned saves;
        void (*done)(void *data, const GError *error); /* LATE: what it owes */
        void *data;
} Keeper;

static LwWorld world;
static LwFakeFactory *factory;
static LwClient *client;
static LwServer *server;
static LwServerObject *object;
static Keeper keeper;

static void save(void *user G_GNUC_UNUSED, LwServer *saved,
                void (*done)(void *data, const GError *error), void *data)
{
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_FAILED, "disk full");

        ck_assert_ptr_eq(saved, server);
        keeper.saves++;
        switch (keeper.how) {
        case AT_ONCE:
                done(data, NULL);
                break;
        case FAILING:
                done(data, error);
                break;
        case LATE:
                ck_assert_ptr_null(keeper.done); /* one at a time */
                keeper.done = done;
                keeper.data = data;
                break;
        }
}

/* The disk is done with what it was given. */
static void finish_save(const GError *error)
{
        void (*done)(void *data, const GError *error_) = keeper.done;

        ck_assert_ptr_nonnull(done);
        keeper.done = NULL;
        done(keeper.data, error);
}

static void setup(void)
{
        static const LwClientEvents events = { .save = save };
        LwAccount *account = lw_account_new();

        keeper = (Keeper){};
        lw_world_make(&world);
        factory = lw_fake_factory_new();
        client = lw_client_new("dev1", world.tree, &factory->factory, &events, NULL, 7);
        object = lw_server_object_new(client, world.driver);
        account->name = g_strdup("a");
        account->ssid = 101;
        account->lifetime_seconds = 300;
        account->version = LW_VERSION_1_1;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        server = lw_client_add_server(client, account, lw_driver_now(world.driver), NULL);
        ck_assert_ptr_nonnull(server);
        ck_assert(lw_server_object_add(object, server, NULL));
}

static void teardown(void)
{
        lw_server_object_free(object);
        lw_client_free(client);
        lw_fake_factory_free(factory);
        lw_world_clear(&world);
}

static void expect_settings(const char *expected)
{
        lw_world_expect(&world, LW_OPERATION_READ, "/1/0", NULL, LW_STATUS_CONTENT, expected);
}

/* the last two: Mute Send, Default Notification Mode */
#define SEND "/1/0/23=0 /1/0/26=0"
#define FACTORY "/1/0/0=101 /1/0/1=300 /1/0/5=86400 /1/0/6=1 /1/0/7=U " SEND

START_TEST(shows_the_account)
{
        expect_settings(FACTORY);
        /* what is not set is not there */
        lw_world_expect(&world, LW_OPERATION_READ, "/1/0/2", NULL, LW_STATUS_NOT_FOUND, NULL);
        lw_world_expect(&world, LW_OPERATION_DISCOVER, "/1/0", NULL, LW_STATUS_CONTENT,
                        "</1/0>,</1/0/0>,</1/0/1>,</1/0/4>,</1/0/5>,</1/0/6>,</1/0/7>,</1/0/8>,"
                        "</1/0/23>,</1/0/26>");
        lw_world_expect(&world, LW_OPERATION_READ, "/1/0/4", NULL, LW_STATUS_NOT_PERMITTED, NULL);
        lw_world_expect(&world, LW_OPERATION_READ, "/1/1", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

static const struct {
        LwOperation operation;
        const char *path, *values;
        LwStatus status;
        const char *after;
} writes[] = {
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=60", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=60 /1/0/5=86400 /1/0/6=1 /1/0/7=U " SEND },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=4294967294", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=4294967294 /1/0/5=86400 /1/0/6=1 /1/0/7=U " SEND },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=0", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=-1", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=4294967295", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=9223372036854775807", LW_STATUS_BAD_REQUEST,
                        FACTORY },
        /* a Write makes the optional ones */
        { LW_OPERATION_WRITE, "/1/0/2", "/1/0/2=0", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/2=0 /1/0/5=86400 /1/0/6=1 /1/0/7=U " SEND },
        { LW_OPERATION_WRITE_UPDATE, "/1/0", "/1/0/2=5 /1/0/3=60", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/2=5 /1/0/3=60 /1/0/5=86400 /1/0/6=1 "
                        "/1/0/7=U " SEND },
        { LW_OPERATION_WRITE, "/1/0/3", "/1/0/3=-5", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/5", "/1/0/5=0", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/5=0 /1/0/6=1 /1/0/7=U " SEND },
        { LW_OPERATION_WRITE, "/1/0/6", "/1/0/6=0", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/5=86400 /1/0/6=0 /1/0/7=U " SEND },
        { LW_OPERATION_WRITE, "/1/0/7", "/1/0/7=UT", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/5=86400 /1/0/6=1 /1/0/7=UT " SEND },
        { LW_OPERATION_WRITE, "/1/0/7", "/1/0/7=X", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/7", "/1/0/7=UQ", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/23", "/1/0/23=1", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/5=86400 /1/0/6=1 /1/0/7=U /1/0/23=1 "
                        "/1/0/26=0" },
        { LW_OPERATION_WRITE, "/1/0/26", "/1/0/26=1", LW_STATUS_CHANGED,
                        "/1/0/0=101 /1/0/1=300 /1/0/5=86400 /1/0/6=1 /1/0/7=U /1/0/23=0 "
                        "/1/0/26=1" },
        { LW_OPERATION_WRITE, "/1/0/26", "/1/0/26=2", LW_STATUS_BAD_REQUEST, FACTORY },
        /* one bad value, and nothing is taken */
        { LW_OPERATION_WRITE_UPDATE, "/1/0", "/1/0/1=60 /1/0/7=X", LW_STATUS_BAD_REQUEST, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/0", "/1/0/0=5", LW_STATUS_NOT_PERMITTED, FACTORY },
        { LW_OPERATION_WRITE, "/1/0/8", "/1/0/1=5", LW_STATUS_NOT_PERMITTED, FACTORY },
};

START_TEST(takes_what_a_server_may_write)
{
        bool ok = writes[_i].status == LW_STATUS_CHANGED;

        lw_world_expect(&world, writes[_i].operation, writes[_i].path, writes[_i].values,
                        writes[_i].status, NULL);
        expect_settings(writes[_i].after);
        ck_assert_uint_eq(keeper.saves, ok ? 1 : 0);
}
END_TEST

START_TEST(a_replace_takes_the_optional_ones_away)
{
        lw_world_expect(&world, LW_OPERATION_WRITE_UPDATE, "/1/0",
                        "/1/0/2=5 /1/0/3=60 /1/0/5=7 /1/0/6=0 /1/0/26=1", LW_STATUS_CHANGED, NULL);
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/0", "/1/0/1=60 /1/0/6=1 /1/0/7=U",
                        LW_STATUS_CHANGED, NULL);
        /* without Mute Send a server is muted */
        expect_settings("/1/0/0=101 /1/0/1=60 /1/0/5=86400 /1/0/6=1 /1/0/7=U /1/0/23=1 /1/0/26=0");
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/0", "/1/0/1=70", LW_STATUS_BAD_REQUEST,
                        NULL);
}
END_TEST

START_TEST(the_same_value_is_not_saved_again)
{
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=300", LW_STATUS_CHANGED, "");
        ck_assert_uint_eq(keeper.saves, 0);
}
END_TEST

START_TEST(what_cannot_be_kept_is_not_taken)
{
        keeper.how = FAILING;
        lw_world_expect(&world, LW_OPERATION_WRITE_UPDATE, "/1/0", "/1/0/1=60 /1/0/7=UT",
                        LW_STATUS_FAILED, "the new settings cannot be kept: disk full");
        expect_settings(FACTORY);
}
END_TEST

START_TEST(the_answer_waits_for_the_disk)
{
        g_auto(LwAnswer) first = {}, second = {}, third = {};
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_FAILED, "disk full");

        keeper.how = LATE;
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=60", &first);
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=70", &second);
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=80", &third);
        ck_assert_int_eq(first.status, 0);
        finish_save(NULL);
        ck_assert_int_eq(first.status, LW_STATUS_CHANGED);
        ck_assert_int_eq(second.status, 0);
        finish_save(error); /* the second leaves what the first wrote */
        ck_assert_int_eq(second.status, LW_STATUS_FAILED);
        finish_save(error);
        ck_assert_int_eq(third.status, LW_STATUS_FAILED);
        expect_settings("/1/0/0=101 /1/0/1=60 /1/0/5=86400 /1/0/6=1 /1/0/7=U " SEND);
}
END_TEST

START_TEST(a_server_that_goes_fails_its_writes)
{
        g_auto(LwAnswer) first = {}, second = {};

        keeper.how = LATE;
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=60", &first);
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=70", &second);
        lw_server_object_remove(object, server);
        ck_assert_int_eq(first.status, LW_STATUS_UNAVAILABLE);
        ck_assert_int_eq(second.status, LW_STATUS_UNAVAILABLE);
        lw_world_expect(&world, LW_OPERATION_READ, "/1/0", NULL, LW_STATUS_NOT_FOUND, NULL);
        finish_save(NULL); /* comes all the same */
}
END_TEST

START_TEST(the_disk_may_be_later_than_the_end)
{
        g_auto(LwAnswer) answer = {};

        keeper.how = LATE;
        lw_world_ask(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=60", &answer);
        lw_server_object_free(g_steal_pointer(&object));
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        finish_save(NULL);
}
END_TEST

/* --- Execute --- */

static void run_client(void)
{
        for (unsigned i = 0; i < 10; i++) {
                lw_world_turn(&world);
                lw_client_run(client, lw_driver_now(world.driver));
        }
}

static void connect_and_register(void)
{
        LwNow now = lw_driver_now(world.driver);
        LwMessage response;

        lw_client_start(client, now);
        run_client();
        lw_fake_up(lw_fake_factory_last(factory), now);
        run_client();
        lw_fake_answer(&response, lw_fake_last(lw_fake_factory_last(factory)), 0x41, false);
        lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "rd");
        lw_fake_response(lw_fake_factory_last(factory), &response, now);
        run_client();
        ck_assert_str_eq(lw_server_state_name(server), "registered");
}

static const struct {
        const char *path, *arguments;
        LwStatus status;
        const char *state; /* of the server, one turn of the loop later */
} executes[] = {
        { "/1/0/8", NULL, LW_STATUS_CHANGED, "updating" },
        { "/1/0/8", "0='U'", LW_STATUS_CHANGED, "updating" },
        { "/1/0/8", "1='x'", LW_STATUS_CHANGED, "updating" },
        { "/1/0/8", "0='T'", LW_STATUS_BAD_REQUEST, "registered" },
        { "/1/0/8", "0", LW_STATUS_BAD_REQUEST, "registered" },
        { "/1/0/4", NULL, LW_STATUS_CHANGED, "deregistering" },
        { "/1/0/1", NULL, LW_STATUS_NOT_PERMITTED, "registered" },
};

START_TEST(executes_answer_before_they_act)
{
        connect_and_register();
        lw_world_expect(&world, LW_OPERATION_EXECUTE, executes[_i].path, executes[_i].arguments,
                        executes[_i].status, NULL);
        ck_assert_str_eq(lw_server_state_name(server), "registered");
        run_client();
        ck_assert_str_eq(lw_server_state_name(server), executes[_i].state);
}
END_TEST

START_TEST(a_written_lifetime_is_told_to_the_server)
{
        connect_and_register();
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/0/1", "/1/0/1=60", LW_STATUS_CHANGED, NULL);
        run_client();
        ck_assert_str_eq(lw_server_state_name(server), "updating");
}
END_TEST

START_TEST(an_execute_may_be_the_last_thing)
{
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/1/0/8", NULL, LW_STATUS_CHANGED, NULL);
        lw_server_object_free(g_steal_pointer(&object));
        lw_world_turn(&world);
}
END_TEST

TCase *test_server(void)
{
        TCase *tcase = tcase_create("server");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, shows_the_account);
        tcase_add_loop_test(tcase, takes_what_a_server_may_write, 0, G_N_ELEMENTS(writes));
        tcase_add_test(tcase, a_replace_takes_the_optional_ones_away);
        tcase_add_test(tcase, the_same_value_is_not_saved_again);
        tcase_add_test(tcase, what_cannot_be_kept_is_not_taken);
        tcase_add_test(tcase, the_answer_waits_for_the_disk);
        tcase_add_test(tcase, a_server_that_goes_fails_its_writes);
        tcase_add_test(tcase, the_disk_may_be_later_than_the_end);
        tcase_add_loop_test(tcase, executes_answer_before_they_act, 0, G_N_ELEMENTS(executes));
        tcase_add_test(tcase, a_written_lifetime_is_told_to_the_server);
        tcase_add_test(tcase, an_execute_may_be_the_last_thing);
        return tcase;
}
