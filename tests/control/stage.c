/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A manager on one end of a pair, with a client, a server and the fixture's tree behind it. */
#include "control/stage.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <check.h>

#include "bus/authorize.h"
#include "control/settings.h"

LwStage stage;

static sd_bus_message *reply;
static char *outcome;
static unsigned ended;

/* In the place of the real one: who asks is bus/'s to test. */
int lw_bus_authorize(
                struct LwBus *bus, sd_bus_message *m, const char *action, sd_bus_error *ret_error)
{
        (void) bus;
        (void) m;
        g_free(stage.action);
        stage.action = g_strdup(action);
        if (stage.denied)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_ACCESS_DENIED, "not you");
        return 1;
}

/* In the place of the daemon */

static void end(LwManagerDone done, void *data)
{
        g_autoptr(GError) error = NULL;

        if (stage.fails_with != 0)
                g_set_error(&error, LW_ERROR, (int) stage.fails_with, "it does not");
        stage.done = done;
        stage.data = data;
        if (!stage.waits)
                done(data, 102, error);
}

static void on_reload(void *user, LwManagerRefused refused, void *data)
{
        (void) user;
        stage.reloads++;
        refused(data, "a.conf", 7, "wrong; right");
        refused(data, "b.conf", 0, "cannot be read");
}

static void on_add_server(void *user, const GPtrArray *settings, LwManagerDone done, void *data)
{
        GString *text = g_string_new(NULL);

        (void) user;
        for (guint i = 0; i < settings->len; i++) {
                const LwSetting *setting = g_ptr_array_index(settings, i);

                g_string_append_printf(text, "%s%s=%s ", setting->secret ? "!" : "", setting->key,
                                setting->text);
        }
        g_free(stage.settings);
        stage.settings = g_string_free(text, false);
        end(done, data);
}

static void on_remove_server(void *user, LwServer *server, LwManagerDone done, void *data)
{
        (void) user;
        ck_assert_ptr_eq(server, stage.server);
        stage.removals++;
        end(done, data);
}

static const LwManagerOps manager_ops = {
        .reload = on_reload,
        .add_server = on_add_server,
        .remove_server = on_remove_server,
};

/* Signals */

static void print_signal(sd_bus_message *m, GString *text)
{
        const char *interface, *server_operation, *path, *status;
        uint16_t server;
        uint64_t id;

        if (sd_bus_message_is_signal(m, NULL, "PropertiesChanged")) {
                sd_bus_message_read(m, "s", &interface);
                sd_bus_message_enter_container(m, 'a', "{sv}");
                while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
                        sd_bus_message_read(m, "s", &path);
                        sd_bus_message_skip(m, "v");
                        sd_bus_message_exit_container(m);
                        g_string_append_printf(text, " %s", path);
                }
        } else if (sd_bus_message_is_signal(m, NULL, "Operation")) {
                sd_bus_message_read(m, "qsss", &server, &server_operation, &path, &status);
                g_string_append_printf(
                                text, " %u %s %s %s", server, server_operation, path, status);
        } else if (sd_bus_message_is_signal(m, NULL, "Sent")) {
                sd_bus_message_read(m, "tqs", &id, &server, &status);
                g_string_append_printf(text, " %" PRIu64 " %u %s", id, server, status);
        } else {
                sd_bus_message_read(m, "o", &path);
                g_string_append_printf(text, " %s", path);
        }
}

static int on_message(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        GString *text;
        uint8_t type;

        (void) user;
        (void) ret_error;
        sd_bus_message_get_type(m, &type);
        if (type != SD_BUS_MESSAGE_SIGNAL)
                return 0;
        text = g_string_new(sd_bus_message_get_member(m));
        g_string_append_printf(text, " %s", sd_bus_message_get_path(m));
        print_signal(m, text);
        g_ptr_array_add(stage.signals, g_string_free(text, false));
        return 0;
}

char *stage_signals(void)
{
        char *text;

        g_ptr_array_add(stage.signals, NULL);
        text = g_strjoinv("\n", (char **) stage.signals->pdata);
        g_ptr_array_set_size(stage.signals, 0);
        return text;
}

/* Life */

LwAccount *stage_account(uint16_t ssid)
{
        LwAccount *account = lw_account_new();

        account->ssid = ssid;
        account->instance = ssid;
        account->lifetime_seconds = 300;
        account->uri = g_strdup("coap://127.0.0.1:5683");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        return account;
}

void stage_setup(void)
{
        static const LwClientEvents events = {};

        memset(&stage, 0, sizeof(stage));
        ended = 0;
        fixture_setup(&stage.fixture);
        stage.factory = lw_fake_factory_new();
        stage.driver = lw_driver_new();
        stage.client = lw_client_new(
                        "urn:x:1", stage.fixture.tree, &stage.factory->factory, &events, NULL, 7);
        stage.server = lw_client_add_server(
                        stage.client, stage_account(101), lw_driver_now(stage.driver), NULL);
        ck_assert_ptr_nonnull(stage.server);
        stage.signals = g_ptr_array_new_with_free_func(g_free);
        lw_pair_init(&stage.pair, lw_driver_event(stage.driver));
        ck_assert_int_ge(sd_bus_add_filter(stage.pair.theirs, NULL, on_message, NULL), 0);
        stage.manager = lw_manager_new(
                        stage.client, NULL, stage.driver, "1.2.3", &manager_ops, NULL);
        lw_manager_bus_user.attach(stage.manager, stage.pair.ours);
        stage_settle();
}

void stage_teardown(void)
{
        g_clear_pointer(&reply, sd_bus_message_unref);
        g_clear_pointer(&outcome, g_free);
        lw_manager_free(stage.manager);
        lw_pair_clear(&stage.pair);
        lw_client_free(stage.client);
        lw_driver_free(stage.driver);
        lw_fake_factory_free(stage.factory);
        fixture_teardown(&stage.fixture);
        g_ptr_array_unref(stage.signals);
        g_free(stage.action);
        g_free(stage.settings);
}

void stage_settle(void)
{
        lw_pair_settle(&stage.pair);
}

/* Calls */

static int on_end(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);
        const char *dot = error != NULL ? strrchr(error->name, '.') : NULL;

        (void) user;
        (void) ret_error;
        ended++;
        g_free(outcome);
        outcome = g_strdup(dot != NULL ? dot + 1 : "ok");
        g_clear_pointer(&reply, sd_bus_message_unref);
        if (error == NULL)
                reply = sd_bus_message_ref(m);
        return 0;
}

static void begin(const char *path, const char *interface, const char *member, const char *types,
                va_list arguments)
{
        sd_bus_message *m = NULL;
        int r = sd_bus_message_new_method_call(
                        stage.pair.theirs, &m, "org.lwm2md", path, interface, member);

        ck_assert_int_ge(r, 0);
        if (*types != '\0')
                ck_assert_int_ge(sd_bus_message_appendv(m, types, arguments), 0);
        ck_assert_int_ge(sd_bus_call_async(stage.pair.theirs, NULL, m, on_end, NULL, 0), 0);
        sd_bus_message_unref(m);
        stage_settle();
}

void stage_begin(const char *member, const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        begin(LW_MANAGER_PATH, LW_MANAGER_INTERFACE, member, types, arguments);
        va_end(arguments);
}

const char *stage_call(const char *member, const char *types, ...)
{
        unsigned before = ended;
        va_list arguments;

        va_start(arguments, types);
        begin(LW_MANAGER_PATH, LW_MANAGER_INTERFACE, member, types, arguments);
        va_end(arguments);
        ck_assert_msg(ended == before + 1, "%s was not answered", member);
        return outcome;
}

const char *stage_call_at(
                const char *path, const char *interface, const char *member, const char *types, ...)
{
        unsigned before = ended;
        va_list arguments;

        va_start(arguments, types);
        begin(path, interface, member, types, arguments);
        va_end(arguments);
        ck_assert_msg(ended == before + 1, "%s was not answered", member);
        return outcome;
}

sd_bus_message *stage_reply(void)
{
        return reply;
}

unsigned stage_ended(void)
{
        return ended;
}
