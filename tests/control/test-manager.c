/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manager's properties, what it signals, and the servers' objects. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bus/authorize.h"
#include "control/manager.h"
#include "control/server.h"
#include "control/stage.h"
#include "lib/suite.h"

/* Changes */

static void check_signals(const char *expected)
{
        g_autofree char *text = NULL;

        stage_settle();
        text = stage_signals();
        ck_assert_str_eq(text, expected);
}

START_TEST(nothing_new_is_not_told)
{
        lw_manager_changed(stage.manager, stage.server);
        lw_manager_changed(stage.manager, NULL);
        check_signals("");
}
END_TEST

START_TEST(what_is_new_is_told_once_a_turn)
{
        LwPath instance = LW_PATH_INSTANCE(FIXTURE_SINGLE, 0);

        lw_tree_remove_object(stage.fixture.tree, FIXTURE_SINGLE);
        lw_tree_changed(stage.fixture.tree, &instance);
        lw_client_start(stage.client, lw_driver_now(stage.driver));
        lw_manager_changed(stage.manager, stage.server);
        lw_manager_changed(stage.manager, stage.server);
        check_signals("PropertiesChanged /org/lwm2md State Objects\n"
                      "PropertiesChanged " STAGE_SERVER_PATH " State");
}
END_TEST

START_TEST(a_lifetime_that_was_written_is_told)
{
        LwPath path = LW_PATH_RESOURCE(1, 101, 1), other = LW_PATH_RESOURCE(3, 0, 9);

        lw_server_account(stage.server)->lifetime_seconds = 600;
        lw_tree_changed(stage.fixture.tree, &other);
        check_signals("");
        lw_tree_changed(stage.fixture.tree, &path);
        check_signals("PropertiesChanged " STAGE_SERVER_PATH " Lifetime");
}
END_TEST

START_TEST(servers_come_and_go)
{
        LwServer *server = lw_client_add_server(
                        stage.client, stage_account(102), lw_driver_now(stage.driver), NULL);

        lw_manager_server_added(stage.manager, server);
        lw_manager_server_added(stage.manager, server);
        check_signals("InterfacesAdded /org/lwm2md /org/lwm2md/server/102");
        lw_manager_server_removed(stage.manager, server);
        check_signals("InterfacesRemoved /org/lwm2md /org/lwm2md/server/102");
        lw_manager_changed(stage.manager, server);
        check_signals("");
}
END_TEST

/* Operations */

START_TEST(an_operation_is_signalled)
{
        LwPath path = LW_PATH_RESOURCE(3, 0, 4);

        lw_manager_operated(stage.manager, 101, LW_OPERATION_EXECUTE, &path, LW_STATUS_CHANGED);
        check_signals("Operation /org/lwm2md 101 Execute /3/0/4 2.04 Changed");
}
END_TEST

START_TEST(an_operation_of_this_host_is_one_of_server_0)
{
        ck_assert_str_eq(stage_call("Write", "sv", "/1000/0/1", "i", 5), "ok");
        check_signals("Operation /org/lwm2md 0 Write /1000/0/1 2.04 Changed");
        ck_assert_str_eq(stage_call("Read", "s", "/1000"), "ok");
        ck_assert_str_eq(stage_call("Discover", "sa{sv}", "/1000", 0), "ok");
        check_signals("");
}
END_TEST

START_TEST(a_flood_is_cut_and_counted)
{
        LwPath path = LW_PATH_RESOURCE(3, 0, 15);
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;

        for (unsigned i = 0; i < 60; i++)
                lw_manager_operated(
                                stage.manager, 101, LW_OPERATION_WRITE, &path, LW_STATUS_CHANGED);
        for (unsigned i = 0; i < 500 && stage.signals->len < 51; i++)
                ck_assert_int_ge(sd_event_run(stage.pair.event, LW_USEC_PER_SEC / 10), 0);
        text = stage_signals();
        lines = g_strsplit(text, "\n", -1);
        ck_assert_uint_eq(g_strv_length(lines), 51);
        ck_assert_str_eq(lines[49], "Operation /org/lwm2md 101 Write /3/0/15 2.04 Changed");
        ck_assert_str_eq(lines[50], "Operation /org/lwm2md 0 left-out / 10");
}
END_TEST

/* Properties and the methods of servers */

/* The value of a property as text. */
static char *get(const char *path, const char *interface, const char *property)
{
        GString *text = g_string_new(NULL);
        const char *contents, *string;
        sd_bus_message *m;
        uint64_t number = 0;
        uint32_t code = 0;

        ck_assert_str_eq(stage_call_at(path, "org.freedesktop.DBus.Properties", "Get", "ss",
                                         interface, property),
                        "ok");
        m = stage_reply();
        ck_assert_int_gt(sd_bus_message_peek_type(m, NULL, &contents), 0);
        ck_assert_int_gt(sd_bus_message_enter_container(m, 'v', contents), 0);
        if (strcmp(contents, "as") == 0) {
                sd_bus_message_enter_container(m, 'a', "s");
                while (sd_bus_message_read(m, "s", &string) > 0)
                        g_string_append_printf(text, "%s ", string);
        } else if (strcmp(contents, "(us)") == 0) {
                sd_bus_message_read(m, "(us)", &code, &string);
                g_string_append_printf(text, "%u %s", code, string);
        } else if (*contents == 's') {
                sd_bus_message_read(m, "s", &string);
                g_string_append(text, string);
        } else {
                sd_bus_message_read_basic(m, *contents, &number);
                g_string_append_printf(text, "%u", (unsigned) number);
        }
        return g_string_free(text, false);
}

static const struct {
        const char *path, *interface, *property, *value;
} properties[] = {
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "Version", "1.2.3" },
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "EndpointName", "urn:x:1" },
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "State", "starting" },
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "Objects", "/1000 /1001 " },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Uri", "coap://127.0.0.1:5683" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "ShortServerId", "101" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Security", "nosec" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Binding", "U" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Lifetime", "300" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "State", "disabled" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "LastError", "0 " },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Address", "" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Location", "" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "RegisteredAtUsec", "0" },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "NextUpdateUsec", "0" },
};

START_TEST(shows_a_property)
{
        g_autofree char *value =
                        get(properties[_i].path, properties[_i].interface, properties[_i].property);

        ck_assert_str_eq(value, properties[_i].value);
}
END_TEST

START_TEST(the_object_manager_lists_the_servers)
{
        const char *path;
        bool found = false;

        ck_assert_str_eq(stage_call_at(LW_MANAGER_PATH, "org.freedesktop.DBus.ObjectManager",
                                         "GetManagedObjects", ""),
                        "ok");
        sd_bus_message_enter_container(stage_reply(), 'a', "{oa{sa{sv}}}");
        while (sd_bus_message_enter_container(stage_reply(), 'e', "oa{sa{sv}}") > 0) {
                sd_bus_message_read(stage_reply(), "o", &path);
                found = found || strcmp(path, STAGE_SERVER_PATH) == 0;
                sd_bus_message_skip(stage_reply(), "a{sa{sv}}");
                sd_bus_message_exit_container(stage_reply());
        }
        ck_assert(found);
}
END_TEST

static LwNow now(void)
{
        return lw_driver_now(stage.driver);
}

/* The server answers our Register. */
static void become_registered(void)
{
        LwMessage response;
        LwFake *fake;

        lw_client_start(stage.client, now());
        lw_client_run(stage.client, now());
        fake = lw_fake_factory_last(stage.factory);
        ck_assert_ptr_nonnull(fake);
        lw_fake_up(fake, now());
        lw_client_run(stage.client, now());
        lw_fake_answer(&response, lw_fake_last(fake), 0x41, false);
        lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "rd");
        lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "5a3f");
        lw_fake_response(fake, &response, now());
        lw_client_run(stage.client, now());
        ck_assert_str_eq(lw_server_state_name(stage.server), "registered");
}

START_TEST(a_registration_shows)
{
        g_autofree char *location = NULL;
        g_autofree char *left = NULL;
        g_autofree char *since = NULL;

        become_registered();
        lw_manager_changed(stage.manager, stage.server);
        check_signals("PropertiesChanged /org/lwm2md State\n"
                      "PropertiesChanged " STAGE_SERVER_PATH " State Address Location");
        location = get(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Location");
        left = get(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "NextUpdateUsec");
        since = get(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "RegisteredAtUsec");
        ck_assert_str_eq(location, "/rd/5a3f");
        ck_assert_int_gt(atoi(left), 0);
        ck_assert_str_ne(since, "0");
}
END_TEST

START_TEST(a_registered_server_is_disabled)
{
        become_registered();
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Disable", "u", 60),
                        "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
        ck_assert_str_eq(lw_server_state_name(stage.server), "deregistering");
}
END_TEST

START_TEST(without_registration_nothing_is_disabled)
{
        lw_client_start(stage.client, now());
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Disable", "u", 60),
                        "NotRegistered");
}
END_TEST

START_TEST(a_server_is_registered_with_anew)
{
        become_registered();
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Register", ""),
                        "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
        ck_assert_str_eq(lw_server_state_name(stage.server), "registering");
}
END_TEST

START_TEST(a_server_is_left_alone)
{
        become_registered();
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Deregister", ""),
                        "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_MANAGE_SERVERS);
        ck_assert_str_eq(lw_server_state_name(stage.server), "deregistering");
}
END_TEST

START_TEST(counters_are_shown)
{
        LwCounters counters = { .total = { 1, 2, 3, 4 }, .this_month.bytes_sent = 5 };
        const char *key;
        uint64_t number;
        GString *text = g_string_new(NULL);

        lw_server_set_counters(stage.server, &counters);
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, "org.freedesktop.DBus.Properties", "Get",
                                         "ss", LW_SERVER_INTERFACE, "Counters"),
                        "ok");
        ck_assert_int_gt(sd_bus_message_enter_container(stage_reply(), 'v', "a{st}"), 0);
        ck_assert_int_gt(sd_bus_message_enter_container(stage_reply(), 'a', "{st}"), 0);
        while (sd_bus_message_read(stage_reply(), "{st}", &key, &number) > 0)
                g_string_append_printf(text, "%s=%" PRIu64 " ", key, number);
        /* the month is that of 1970, and so it is over */
        ck_assert_str_eq(text->str,
                        "messages_sent=1 messages_received=2 bytes_sent=3 bytes_received=4 "
                        "month_bytes_sent=0 month_bytes_received=0 last_month_bytes_sent=0 "
                        "last_month_bytes_received=0 ");
        g_string_free(text, true);
}
END_TEST

/* An Observe of the server's. */
static void observe(const char *path, uint16_t mid)
{
        LwFake *fake = lw_fake_factory_last(stage.factory);
        LwPath parsed = fixture_path(path);
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_GET);
        message.mid = mid;
        message.token_length = 2;
        memcpy(message.token, &mid, 2);
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, 0);
        lw_message_add_path(&message, LW_OPTION_URI_PATH, &parsed);
        ck_assert(lw_fake_request(fake, &message, now()));
}

/* Path, attributes and what was sent of each, in one line. */
static char *list_observations(unsigned offset, unsigned limit)
{
        GString *text = g_string_new(NULL);
        const char *path;
        sd_bus_message *m;

        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "ListObservations",
                                         "uu", offset, limit),
                        "ok");
        m = stage_reply();
        ck_assert_int_gt(sd_bus_message_enter_container(m, 'a', "(sa{sv})"), 0);
        while (sd_bus_message_enter_container(m, 'r', "sa{sv}") > 0) {
                const char *key, *contents, *value;
                uint64_t sent = 0;
                uint32_t sequence = 0;

                sd_bus_message_read(m, "s", &path);
                g_string_append_printf(text, "%s", path);
                ck_assert_int_gt(sd_bus_message_enter_container(m, 'a', "{sv}"), 0);
                while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
                        sd_bus_message_read(m, "s", &key);
                        g_string_append_printf(text, " %s", key);
                        sd_bus_message_peek_type(m, NULL, &contents);
                        if (strcmp(contents, "a{sv}") == 0) {
                                sd_bus_message_enter_container(m, 'v', "a{sv}");
                                sd_bus_message_enter_container(m, 'a', "{sv}");
                                while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
                                        sd_bus_message_read(m, "s", &value);
                                        g_string_append_printf(text, ":%s", value);
                                        sd_bus_message_skip(m, "v");
                                        sd_bus_message_exit_container(m);
                                }
                                sd_bus_message_exit_container(m);
                                sd_bus_message_exit_container(m);
                        } else if (strcmp(contents, "a{st}") == 0) {
                                sd_bus_message_enter_container(m, 'v', "a{st}");
                                sd_bus_message_enter_container(m, 'a', "{st}");
                                while (sd_bus_message_read(m, "{st}", &value, &sent) > 0)
                                        g_string_append_printf(text, ":%s", value);
                                sd_bus_message_exit_container(m);
                                sd_bus_message_exit_container(m);
                        } else if (strcmp(contents, "t") == 0) {
                                sd_bus_message_read(m, "v", "t", &sent);
                                ck_assert_uint_gt(sent, 0);
                        } else {
                                sd_bus_message_read(m, "v", "u", &sequence);
                                g_string_append_printf(text, "=%u", sequence);
                        }
                        sd_bus_message_exit_container(m);
                }
                sd_bus_message_exit_container(m);
                sd_bus_message_exit_container(m);
                g_string_append_c(text, '\n');
        }
        return g_string_free(text, false);
}

START_TEST(observations_are_listed)
{
        g_autofree char *all = NULL, *second = NULL, *none = NULL;

        become_registered();
        observe("/1000/0/1", 1);
        observe("/1000/0", 2);
        all = list_observations(0, 0);
        ck_assert_str_eq(stage.action, LW_ACTION_READ);
        ck_assert_str_eq(all, "/1000/0 attributes value:/1000/0/0:/1000/0/1:/1000/0/3 "
                              "sent_usec "
                              "sequence=1\n"
                              "/1000/0/1 attributes value:/1000/0/1 sent_usec sequence=1\n");
        second = list_observations(1, 1);
        ck_assert_str_eq(second, strchr(all, '\n') + 1);
        none = list_observations(2, 5);
        ck_assert_str_eq(none, "");
}
END_TEST

/* A notification of more than 128 bytes: numbers are known, of a text there is a digest. */
START_TEST(a_long_observation_is_listed_by_what_is_known)
{
        g_autofree char *text = g_strnfill(200, 'x'), *all = NULL;

        become_registered();
        lw_values_reset(stage.fixture.one.values);
        fixture_set(&stage.fixture.one, "/1000/0/0", lw_value_string(text));
        fixture_set(&stage.fixture.one, "/1000/0/1", lw_value_integer(7));
        observe("/1000/0", 1);
        all = list_observations(0, 0);
        ck_assert_str_eq(all, "/1000/0 attributes value:/1000/0/1 digests:/1000/0/0 "
                              "sent_usec sequence=1\n");
}
END_TEST

START_TEST(an_update_is_asked_for)
{
        ck_assert_str_eq(stage_call("Update", ""), "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_UPDATE);
        g_clear_pointer(&stage.action, g_free);
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Update", ""), "ok");
        ck_assert_str_eq(stage.action, LW_ACTION_UPDATE);
}
END_TEST

START_TEST(is_there_again_after_the_bus_came_back)
{
        lw_manager_bus_user.detach(stage.manager, stage.pair.ours);
        ck_assert_str_eq(stage_call("Read", "s", "/1000"), "UnknownObject");
        lw_manager_changed(stage.manager, stage.server);
        lw_manager_bus_user.attach(stage.manager, stage.pair.ours);
        ck_assert_str_eq(stage_call("Read", "s", "/1000"), "ok");
        ck_assert_str_eq(stage_call_at(STAGE_SERVER_PATH, LW_SERVER_INTERFACE, "Update", ""), "ok");
}
END_TEST

TCase *test_manager(void);
TCase *test_manager(void)
{
        TCase *tcase = tcase_create("manager");

        tcase_add_checked_fixture(tcase, stage_setup, stage_teardown);
        tcase_add_test(tcase, nothing_new_is_not_told);
        tcase_add_test(tcase, what_is_new_is_told_once_a_turn);
        tcase_add_test(tcase, a_lifetime_that_was_written_is_told);
        tcase_add_test(tcase, servers_come_and_go);
        tcase_add_test(tcase, an_operation_is_signalled);
        tcase_add_test(tcase, an_operation_of_this_host_is_one_of_server_0);
        tcase_add_test(tcase, a_flood_is_cut_and_counted);
        tcase_add_loop_test(tcase, shows_a_property, 0, G_N_ELEMENTS(properties));
        tcase_add_test(tcase, the_object_manager_lists_the_servers);
        tcase_add_test(tcase, a_registration_shows);
        tcase_add_test(tcase, a_registered_server_is_disabled);
        tcase_add_test(tcase, without_registration_nothing_is_disabled);
        tcase_add_test(tcase, a_server_is_registered_with_anew);
        tcase_add_test(tcase, a_server_is_left_alone);
        tcase_add_test(tcase, counters_are_shown);
        tcase_add_test(tcase, observations_are_listed);
        tcase_add_test(tcase, a_long_observation_is_listed_by_what_is_known);
        tcase_add_test(tcase, an_update_is_asked_for);
        tcase_add_test(tcase, is_there_again_after_the_bus_came_back);
        return tcase;
}
