/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of Send: what goes out, when, in which format, and what becomes of it. Source: OMA LwM2M
 * Core 1.1 and 1.2, Send; RFC 8428. */
#include <string.h>

#include "client/scene.h"
#include "client/send.h"
#include "client/suite.h"
#include "model/limits.h"

static Scene scene;

/* How far the messages of which connection have been looked at. */
static const LwFake *looked_at;
static size_t looked;

static void setup(void)
{
        looked_at = NULL;
        scene_setup(&scene, 2);
        scene.account->send_format = LW_FORMAT_SENML_JSON;
        scene_put(&scene, "/5000/0/0", lw_value_float(20.5));
        scene_put(&scene, "/5000/0/1", lw_value_boolean(true));
        scene_put(&scene, "/5000/1/0", lw_value_float(30));
        scene_put(&scene, "/5000/0/3/0", lw_value_integer(7));
        scene_put(&scene, "/5000/0/3/5", lw_value_integer(8));
}

static void teardown(void)
{
        scene_teardown(&scene);
}

/* --- how a test asks and looks ---------------------------------------------------------------- */

static bool try_send(const char *list, uint16_t server, int64_t real_usec, GError **error)
{
        g_auto(GStrv) texts = g_strsplit(list, " ", -1);
        LwPath paths[LW_SEND_PATHS_MAX + 1];
        LwSendRequest request = { .server = server, .paths = paths, .real_usec = real_usec };
        LwSending sending;

        for (; texts[request.path_count]; request.path_count++)
                ck_assert(lw_path_parse(
                                texts[request.path_count], &paths[request.path_count], NULL));
        return lw_client_send(scene.client, &request, scene.now, &sending, error);
}

static void send(const char *list)
{
        g_autoptr(GError) error = NULL;

        ck_assert_msg(try_send(list, 0, 0, &error), "%s", error ? error->message : "");
        scene_run(&scene);
}

/* The Sends that were sent since the last look: "[...]" of each, a line; everything else is
 * "other". */
static char *posts(void)
{
        GString *text = g_string_new(NULL);

        if (looked_at != scene_fake(&scene))
                looked = 0;
        looked_at = scene_fake(&scene);
        for (; looked < lw_fake_count(looked_at); looked++) {
                const LwMessage *message = lw_fake_sent(looked_at, looked);
                const LwOption *path = lw_message_find(message, LW_OPTION_URI_PATH);

                if (!lw_message_is_request(message) || !path || path->length != 2 ||
                                memcmp(path->value, "dp", 2) != 0) {
                        g_string_append(text, "other\n");
                        continue;
                }
                ck_assert_int_eq(message->type, LW_MESSAGE_CON);
                ck_assert_int_eq(message->code, LW_METHOD_POST);
                g_string_append_printf(text, "%.*s\n", (int) message->payload_length,
                                (const char *) message->payload);
        }
        return g_string_free(text, FALSE);
}

#define check_posts(expected)                                                                      \
        do {                                                                                       \
                g_autofree char *posts_ = posts();                                                 \
                ck_assert_str_eq(posts_, expected);                                                \
        } while (0)

/* What became of Sends since the last look. */
#define check_sent(expected)                                                                       \
        do {                                                                                       \
                ck_assert_str_eq(scene.sent->str, expected);                                       \
                g_string_truncate(scene.sent, 0);                                                  \
        } while (0)

/* --- what is sent ----------------------------------------------------------------------------- */

static const struct {
        const char *paths, *payload;
} payloads[] = {
        { "/5000/0/0", "[{\"bn\":\"/5000/0/0\",\"v\":20.5}]\n" },
        { "/5000/0/3/5", "[{\"bn\":\"/5000/0/3/5\",\"v\":8}]\n" },
        { "/5000/0/3", "[{\"bn\":\"/5000/0/\",\"n\":\"3/0\",\"v\":7},{\"n\":\"3/5\",\"v\":8}]\n" },
        { "/5000/0", "[{\"bn\":\"/5000/0/\",\"n\":\"0\",\"v\":20.5},{\"n\":\"1\",\"vb\":true},"
                     "{\"n\":\"3/0\",\"v\":7},{\"n\":\"3/5\",\"v\":8}]\n" },
        { "/5000/1/0 /5000/0/0", "[{\"bn\":\"/5000/\",\"n\":\"0/0\",\"v\":20.5},"
                                 "{\"n\":\"1/0\",\"v\":30}]\n" },
        /* each once, and what cannot be read is left out */
        { "/5000/1 /5000/1/0 /5000/1", "[{\"bn\":\"/5000/1/0\",\"v\":30}]\n" },
};

START_TEST(values_go_out_under_their_whole_names)
{
        send(payloads[_i].paths);
        check_posts(payloads[_i].payload);
        check_sent("");
        scene_answer(&scene, 0x44);
        check_sent("1 101 2.04 Changed\n");
}
END_TEST

/* By hand, from RFC 8428, 6, and OMA LwM2M Core 1.2, LwM2M CBOR. */
static const struct {
        int32_t wanted;
        LwVersion version;
        int64_t real_usec;
        int32_t format;
        const char *bytes;
        size_t length;
} formats[] = {
        { LW_FORMAT_SENML_CBOR, LW_VERSION_1_1, 0, 112, "\x81\xa2\x21\x69/5000/0/0\x02\xf9\x4d\x20",
                        17 },
        { LW_FORMAT_SENML_CBOR, LW_VERSION_1_1, 1700000000000000, 112,
                        "\x81\xa3\x21\x69/5000/0/0\x22\x1a\x65\x53\xf1\x00\x02\xf9\x4d\x20", 23 },
        { LW_FORMAT_LWM2M_CBOR, LW_VERSION_1_2, 0, 11544,
                        "\xa1\x83\x19\x13\x88\x00\x00\xf9\x4d\x20", 10 },
        /* it has no time, and older servers do not know it */
        { LW_FORMAT_LWM2M_CBOR, LW_VERSION_1_2, 1700000000000000, 112,
                        "\x81\xa3\x21\x69/5000/0/0\x22\x1a\x65\x53\xf1\x00\x02\xf9\x4d\x20", 23 },
        { LW_FORMAT_LWM2M_CBOR, LW_VERSION_1_1, 0, 112, "\x81\xa2\x21\x69/5000/0/0\x02\xf9\x4d\x20",
                        17 },
};

START_TEST(the_format_is_the_accounts_where_it_can_be)
{
        const LwMessage *message;
        uint32_t format = 0;

        ((LwRegistration *) lw_server_registration(scene.server))->version = formats[_i].version;
        scene.account->send_format = formats[_i].wanted;
        ck_assert(try_send("/5000/0/0", 0, formats[_i].real_usec, NULL));
        scene_run(&scene);
        message = lw_fake_last(scene_fake(&scene));
        ck_assert(lw_message_find_uint(message, LW_OPTION_CONTENT_FORMAT, &format));
        ck_assert_int_eq((int32_t) format, formats[_i].format);
        ck_assert_uint_eq(message->payload_length, formats[_i].length);
        ck_assert_mem_eq(message->payload, formats[_i].bytes, formats[_i].length);
}
END_TEST

START_TEST(a_server_uri_with_a_path_has_dp_below_it)
{
        g_autofree char *line = NULL;

        lw_uri_clear(&scene.account->peer.uri);
        ck_assert(lw_uri_parse("coap://127.0.0.1/a/b", &scene.account->peer.uri, NULL));
        send("/5000/1/0");
        line = lw_message_describe(lw_fake_last(scene_fake(&scene)));
        ck_assert_ptr_nonnull(strstr(line, "CON POST /a/b/dp "));
}
END_TEST

START_TEST(a_long_one_goes_in_blocks)
{
        g_autofree char *text = g_strnfill(3000, 'x');
        unsigned blocks = 0;
        uint32_t block;

        scene_put(&scene, "/5000/0/2", lw_value_string(text));
        send("/5000/0/2");
        while (lw_fake_count(scene_fake(&scene)) > 0) {
                const LwMessage *last = lw_fake_last(scene_fake(&scene));
                LwMessage response;

                ck_assert(lw_message_find_uint(last, LW_OPTION_BLOCK1, &block));
                ck_assert_uint_eq(block >> 4, blocks++);
                lw_fake_answer(&response, last, block & 8 ? 0x5f : 0x44, false);
                lw_message_add_uint(&response, LW_OPTION_BLOCK1, block);
                lw_fake_forget(scene_fake(&scene));
                lw_fake_response(scene_fake(&scene), &response, scene.now);
                scene_run(&scene);
        }
        ck_assert_uint_eq(blocks, 3);
        check_sent("1 101 2.04 Changed\n");
}
END_TEST

START_TEST(too_long_a_one_is_not_sent)
{
        g_autofree char *text = g_strnfill(40000, 'x');

        scene_put(&scene, "/5000/0/2", lw_value_string(text));
        scene_put(&scene, "/5000/1/2", lw_value_string(text));
        send("/5000");
        check_posts("");
        check_sent("1 101 too-large\n");
}
END_TEST

START_TEST(what_a_format_cannot_carry_is_told)
{
        scene_put(&scene, "/5000/0/0", lw_value_float(__builtin_nan("")));
        send("/5000/0/0");
        send("/5000/1/0");
        check_posts("[{\"bn\":\"/5000/1/0\",\"v\":30}]\n");
        check_sent("1 101 unwritable\n");
}
END_TEST

START_TEST(without_a_value_nothing_is_sent)
{
        send("/5000/1/1");
        check_posts("");
        check_sent("1 101 empty\n");
        scene.fails_with = LW_STATUS_UNAVAILABLE;
        send("/5000/1/1");
        check_posts("");
        check_sent("2 101 empty\n");
}
END_TEST

START_TEST(a_late_value_is_sent_when_it_is_there)
{
        scene.late = true;
        send("/5000/0/0");
        scene.late = false;
        send("/5000/1/0");
        check_posts("[{\"bn\":\"/5000/1/0\",\"v\":30}]\n");
        lw_call_succeed(scene.waiting);
        scene_run(&scene);
        scene_answer(&scene, 0x44);
        check_posts("[{\"bn\":\"/5000/0/0\",\"bt\":1700000000,\"v\":20.5}]\n");
        check_sent("2 101 2.04 Changed\n");
}
END_TEST

START_TEST(a_client_may_go_before_its_values_come)
{
        scene.late = true;
        send("/5000/0/0");
        lw_client_remove_server(scene.client, scene.server, scene.now);
        scene_run(&scene);
        scene_answer(&scene, 0x42);
        lw_call_succeed(scene.waiting);
        scene_run(&scene);
}
END_TEST

/* --- who takes it ----------------------------------------------------------------------------- */

static const struct {
        const char *paths;
        LwStatus status;
} refusals[] = {
        { "/5000/9", LW_STATUS_NOT_FOUND },
        { "/9", LW_STATUS_NOT_FOUND },
        { "/5000/0/0 /5000/0/9", LW_STATUS_NOT_FOUND },
        { "/5000/0/4", LW_STATUS_NOT_PERMITTED },
        { "/", LW_STATUS_BAD_REQUEST },
        { "/0/0/0", LW_STATUS_UNAUTHORIZED },
};

START_TEST(what_is_not_there_is_refused)
{
        g_autoptr(GError) error = NULL;

        ck_assert(!try_send(refusals[_i].paths, 0, 0, &error));
        ck_assert_int_eq(error->code, refusals[_i].status);
        scene_run(&scene);
        check_posts("");
}
END_TEST

START_TEST(a_server_that_cannot_take_it_is_named)
{
        g_autoptr(GError) muted = NULL, old = NULL, away = NULL;

        scene.account->mute_send = true;
        ck_assert(!try_send("/5000", 0, 0, &muted));
        ck_assert_int_eq(muted->code, LW_STATUS_NOT_PERMITTED);
        ck_assert_ptr_nonnull(strstr(muted->message, "server 101 has muted Send"));
        scene.account->mute_send = false;

        ((LwRegistration *) lw_server_registration(scene.server))->version = LW_VERSION_1_0;
        ck_assert(!try_send("/5000", 101, 0, &old));
        ck_assert_int_eq(old->code, LW_STATUS_NOT_PERMITTED);
        ck_assert_ptr_nonnull(strstr(old->message, "speaks LwM2M 1.0"));
        ((LwRegistration *) lw_server_registration(scene.server))->version = LW_VERSION_1_2;

        lw_server_deregister(scene.server, scene.now);
        ck_assert(!try_send("/5000", 0, 0, &away));
        ck_assert_int_eq(away->code, LW_STATUS_PRECONDITION_FAILED);
        scene_run(&scene);
}
END_TEST

START_TEST(too_many_wait_for_their_values)
{
        g_autoptr(GError) error = NULL;
        LwCall *calls[LW_SENDS_READING_MAX];

        scene.late = true;
        for (unsigned i = 0; i < LW_SENDS_READING_MAX; i++) {
                ck_assert(try_send("/5000/0/0", 0, 0, NULL));
                calls[i] = scene.waiting;
        }
        ck_assert(!try_send("/5000/0/0", 0, 0, &error));
        ck_assert_int_eq(error->code, LW_STATUS_UNAVAILABLE);
        for (unsigned i = 0; i < LW_SENDS_READING_MAX; i++)
                lw_call_succeed(calls[i]);
        ck_assert(try_send("/5000/0/0", 0, 0, NULL));
        lw_call_succeed(scene.waiting);
}
END_TEST

START_TEST(one_of_two_servers_is_enough)
{
        LwAccount *other = lw_account_new();

        other->ssid = 102;
        other->uri = g_strdup("coap://127.0.0.2");
        other->mute_send = true;
        ck_assert(lw_uri_parse(other->uri, &other->peer.uri, NULL));
        ck_assert_ptr_nonnull(lw_client_add_server(scene.client, other, scene.now, NULL));
        ck_assert(try_send("/5000/0/0", 0, 0, NULL));
        ck_assert(!try_send("/5000/0/0", 102, 0, NULL));
        other->mute_send = false;
        ck_assert(try_send("/5000/0/0", 102, 0, NULL)); /* it waits for its registration */
}
END_TEST

/* --- what waits ------------------------------------------------------------------------------- */

START_TEST(what_cannot_leave_waits_and_goes_in_order_with_its_time)
{
        scene_lose(&scene);
        for (unsigned i = 0; i < 3; i++) {
                scene_pass(&scene, SECOND);
                scene_put(&scene, "/5000/0/0", lw_value_float(21 + i));
                send("/5000/0/0");
        }
        scene_return(&scene);
        check_posts("other\n[{\"bn\":\"/5000/0/\",\"bt\":1700000001,\"n\":\"0\",\"v\":21},"
                    "{\"n\":\"0\",\"t\":1,\"v\":22},{\"n\":\"0\",\"t\":2,\"v\":23}]\n");
        scene_answer(&scene, 0x44);
        check_sent("1 101 2.04 Changed\n2 101 2.04 Changed\n3 101 2.04 Changed\n");
        send("/5000/0/0");
        check_posts("[{\"bn\":\"/5000/0/0\",\"v\":23}]\n");
}
END_TEST

START_TEST(one_is_under_way_at_a_time)
{
        send("/5000/0/0");
        check_posts("[{\"bn\":\"/5000/0/0\",\"v\":20.5}]\n");
        scene_pass(&scene, SECOND / 2);
        send("/5000/0/0");
        scene_pass(&scene, SECOND / 2);
        send("/5000/1/0");
        check_posts("");
}
END_TEST

START_TEST(the_next_goes_when_the_last_is_answered)
{
        send("/5000/0/0");
        send("/5000/1/0");
        scene_answer(&scene, 0x84);
        check_sent("1 101 4.04 Not Found\n");
        check_posts("[{\"bn\":\"/5000/0/0\",\"v\":20.5}]\n"
                    "[{\"bn\":\"/5000/1/0\",\"bt\":1700000000,\"v\":30}]\n");
        scene_answer(&scene, 0x80);
        check_sent("2 101 4.00 Bad Request\n");
}
END_TEST

START_TEST(a_stated_time_stays_what_it_is)
{
        scene_lose(&scene);
        ck_assert(try_send("/5000/0/0", 0, 1600000000500000, NULL));
        scene_pass(&scene, SECOND);
        scene_return(&scene);
        check_posts("other\n[{\"bn\":\"/5000/0/0\",\"bt\":1600000000.5,\"v\":20.5}]\n");
}
END_TEST

START_TEST(values_that_are_brought_are_those_that_are_sent)
{
        static const LwPath seen = LW_PATH_RESOURCE(5000, 0, 0);
        static const LwPath gone = LW_PATH_RESOURCE(5000, 7, 0);
        g_autoptr(LwValues) values = lw_values_new();
        LwSendRequest request = { .values = values };
        LwValue first = lw_value_float(1), second = lw_value_float(2);
        LwSending sending;

        lw_values_add(values, &seen, &first);
        lw_values_set_time(values, 0, 1600000000000000);
        lw_values_add(values, &seen, &second);
        lw_values_set_time(values, 1, 1600000010000000);
        lw_values_add(values, &gone, &second);
        ck_assert(lw_client_send(scene.client, &request, scene.now, &sending, NULL));
        scene_run(&scene);
        check_posts("[{\"bn\":\"/5000/0/\",\"bt\":1600000000,\"n\":\"0\",\"v\":1},"
                    "{\"n\":\"0\",\"t\":10,\"v\":2}]\n");
}
END_TEST

START_TEST(what_is_gone_meanwhile_is_left_out)
{
        scene_lose(&scene);
        send("/5000");
        send("/5000/1/0");
        lw_tree_remove_layer(scene.tree, &LW_PATH_INSTANCE(5000, 1), &scene.provider);
        scene_return(&scene);
        check_posts("other\n[{\"bn\":\"/5000/0/\",\"bt\":1700000000,\"n\":\"0\",\"v\":20.5},"
                    "{\"n\":\"1\",\"vb\":true},{\"n\":\"3/0\",\"v\":7},{\"n\":\"3/5\",\"v\":8}]\n");
        scene_answer(&scene, 0x44);
        check_sent("1 101 2.04 Changed\n2 101 empty\n");
}
END_TEST

START_TEST(a_server_that_mutes_gets_nothing_more)
{
        scene_lose(&scene);
        send("/5000/0/0");
        scene.account->mute_send = true;
        scene_return(&scene);
        check_posts("other\n");
        check_sent("1 101 muted\n");
}
END_TEST

START_TEST(a_server_that_is_too_old_gets_nothing)
{
        scene_lose(&scene);
        send("/5000/0/0");
        ((LwRegistration *) lw_server_registration(scene.server))->version = LW_VERSION_1_0;
        scene_return(&scene);
        check_posts("other\n");
        check_sent("1 101 unsupported\n");
}
END_TEST

START_TEST(nothing_is_sent_before_an_update_told_what_is_new)
{
        uint16_t id = 0;

        ck_assert(lw_tree_add_layer(scene.tree, &LW_PATH_INSTANCE(5000, 2), &scene.provider,
                        LW_RANK_PLUGIN, &id, 1, NULL));
        scene_put(&scene, "/5000/2/0", lw_value_float(40));
        send("/5000/2/0");
        check_posts("other\n");
        scene_answer(&scene, 0x44);
        check_posts("[{\"bn\":\"/5000/2/0\",\"bt\":1700000000,\"v\":40}]\n");
}
END_TEST

START_TEST(what_is_not_answered_is_sent_three_times)
{
        send("/5000/0/0");
        for (unsigned i = 0; i < 3; i++) {
                g_autofree char *heard = posts();

                ck_assert_ptr_nonnull(strstr(heard, "/5000/0/0"));
                check_sent("");
                scene_pass(&scene, 200 * SECOND); /* then an Update asks for the server */
                ck_assert_ptr_nonnull(lw_fake_last(scene_fake(&scene)));
                scene_answer(&scene, 0x44);
        }
        check_sent("1 101 timeout\n");
        send("/5000/1/0");
        check_posts("other\n[{\"bn\":\"/5000/1/0\",\"v\":30}]\n");
}
END_TEST

START_TEST(a_connection_that_is_lost_does_not_count)
{
        for (unsigned i = 0; i < 5; i++) {
                if (i == 0)
                        send("/5000/0/0");
                scene_lose(&scene);
                scene_return(&scene);
        }
        check_sent("");
        scene_answer(&scene, 0x44);
        check_sent("1 101 2.04 Changed\n");
}
END_TEST

START_TEST(the_oldest_are_dropped_when_there_is_no_room)
{
        unsigned lines = 0;

        scene_lose(&scene);
        for (unsigned i = 0; i < LW_SENDS_MAX + 2; i++)
                send("/5000/0/0");
        check_sent("1 101 dropped\n2 101 dropped\n");
        scene_return(&scene);
        for (unsigned i = 0; i < 100; i++) {
                g_autofree char *heard = posts();

                if (strlen(heard) == 0)
                        break;
                scene_answer(&scene, 0x44);
        }
        for (const char *c = scene.sent->str; *c; c++)
                lines += *c == '\n';
        ck_assert_uint_eq(lines, LW_SENDS_MAX);
}
END_TEST

START_TEST(a_removed_server_drops_what_waits)
{
        scene_lose(&scene);
        send("/5000/0/0");
        lw_client_remove_server(scene.client, scene.server, scene.now);
        lw_client_run(scene.client, scene.now);
        check_sent("1 101 dropped\n");
}
END_TEST

START_TEST(a_disabled_server_gets_it_later)
{
        send("/5000/1/0");
        scene_answer(&scene, 0x44);
        lw_fake_forget(scene_fake(&scene));
        lw_server_disable(scene.server, 60, scene.now);
        scene_answer(&scene, 0x42);
        lw_fake_forget(scene_fake(&scene));
        send("/5000/0/0");
        check_posts("");
        scene_pass(&scene, 61 * SECOND);
        lw_fake_up(scene_fake(&scene), scene.now);
        scene_run(&scene);
        scene_answer(&scene, 0x41);
        check_posts("other\n[{\"bn\":\"/5000/0/0\",\"bt\":1700000000,\"v\":20.5}]\n");
}
END_TEST

/* --- over restarts ---------------------------------------------------------------------------- */

static void restart(void)
{
        g_autoptr(GBytes) session = lw_server_save_session(scene.server, scene.now);

        ck_assert_uint_gt(g_bytes_get_size(session), 0);
        scene_teardown(&scene);
        scene_resume(&scene, 2, session);
        scene.account->send_format = LW_FORMAT_SENML_JSON;
}

START_TEST(what_waits_outlives_a_crash)
{
        scene_lose(&scene);
        send("/5000/0/0");
        scene_put(&scene, "/5000/0/0", lw_value_float(1));
        send("/5000/0/0");
        restart();
        scene_answer(&scene, 0x44);
        check_posts("other\n[{\"bn\":\"/5000/0/\",\"bt\":1700000000,\"n\":\"0\",\"v\":20.5},"
                    "{\"n\":\"0\",\"v\":1}]\n");
        scene_answer(&scene, 0x44);
        check_sent("1 101 2.04 Changed\n2 101 2.04 Changed\n");
        send("/5000");
        scene_answer(&scene, 0x44);
        check_sent("3 101 empty\n"); /* ids go on; there are no values in this life */
}
END_TEST

START_TEST(what_waits_outlives_the_registration)
{
        scene_lose(&scene);
        send("/5000/0/0");
        lw_registration_forget((LwRegistration *) lw_server_registration(scene.server));
        restart();
        scene_answer(&scene, 0x41);
        check_posts("other\n[{\"bn\":\"/5000/0/0\",\"bt\":1700000000,\"v\":20.5}]\n");
}
END_TEST

START_TEST(what_was_answered_does_not_come_again)
{
        g_autoptr(GBytes) session = NULL;
        g_autofree char *text = NULL;

        scene_lose(&scene);
        send("/5000/0/0");
        scene_return(&scene);
        scene_answer(&scene, 0x44);
        session = lw_server_save_session(scene.server, scene.now);
        text = g_strndup(g_bytes_get_data(session, NULL), g_bytes_get_size(session));
        ck_assert_ptr_null(strstr(text, "send"));
}
END_TEST

TCase *test_send(void)
{
        TCase *tcase = tcase_create("send");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(
                        tcase, values_go_out_under_their_whole_names, 0, G_N_ELEMENTS(payloads));
        tcase_add_loop_test(tcase, the_format_is_the_accounts_where_it_can_be, 0,
                        G_N_ELEMENTS(formats));
        tcase_add_test(tcase, a_server_uri_with_a_path_has_dp_below_it);
        tcase_add_test(tcase, a_long_one_goes_in_blocks);
        tcase_add_test(tcase, too_long_a_one_is_not_sent);
        tcase_add_test(tcase, what_a_format_cannot_carry_is_told);
        tcase_add_test(tcase, without_a_value_nothing_is_sent);
        tcase_add_test(tcase, a_late_value_is_sent_when_it_is_there);
        tcase_add_test(tcase, a_client_may_go_before_its_values_come);
        tcase_add_loop_test(tcase, what_is_not_there_is_refused, 0, G_N_ELEMENTS(refusals));
        tcase_add_test(tcase, a_server_that_cannot_take_it_is_named);
        tcase_add_test(tcase, too_many_wait_for_their_values);
        tcase_add_test(tcase, one_of_two_servers_is_enough);
        tcase_add_test(tcase, what_cannot_leave_waits_and_goes_in_order_with_its_time);
        tcase_add_test(tcase, one_is_under_way_at_a_time);
        tcase_add_test(tcase, the_next_goes_when_the_last_is_answered);
        tcase_add_test(tcase, a_stated_time_stays_what_it_is);
        tcase_add_test(tcase, values_that_are_brought_are_those_that_are_sent);
        tcase_add_test(tcase, what_is_gone_meanwhile_is_left_out);
        tcase_add_test(tcase, a_server_that_mutes_gets_nothing_more);
        tcase_add_test(tcase, a_server_that_is_too_old_gets_nothing);
        tcase_add_test(tcase, nothing_is_sent_before_an_update_told_what_is_new);
        tcase_add_test(tcase, what_is_not_answered_is_sent_three_times);
        tcase_add_test(tcase, a_connection_that_is_lost_does_not_count);
        tcase_add_test(tcase, the_oldest_are_dropped_when_there_is_no_room);
        tcase_add_test(tcase, a_removed_server_drops_what_waits);
        tcase_add_test(tcase, a_disabled_server_gets_it_later);
        tcase_add_test(tcase, what_waits_outlives_a_crash);
        tcase_add_test(tcase, what_waits_outlives_the_registration);
        tcase_add_test(tcase, what_was_answered_does_not_come_again);
        return tcase;
}
