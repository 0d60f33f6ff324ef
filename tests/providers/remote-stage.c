/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A registrar on one end of a pair; the other end plays the services and the bus. */
#include "providers/remote-stage.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "bus/authorize.h"

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

LwRemoteStage remote;

/* In the place of the real ones: who asks is bus/'s to test. */

int lw_bus_caller(struct LwBus *bus G_GNUC_UNUSED, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error G_GNUC_UNUSED)
{
        static LwCaller caller;

        caller.pid = 1;
        caller.uid = (uid_t) atoi(sd_bus_message_get_sender(m) + strlen(":1."));
        *ret_caller = &caller;
        return 1;
}

int lw_bus_authorize(struct LwBus *bus G_GNUC_UNUSED, sd_bus_message *m G_GNUC_UNUSED,
                const char *action, sd_bus_error *ret_error)
{
        ck_assert_str_eq(action, LW_ACTION_REGISTER_PROVIDER);
        if (remote.denied)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_ACCESS_DENIED, "not you");
        return 1;
}

/* The service and the bus */

static void note_read(sd_bus_message *m)
{
        GString *text = g_string_new(NULL);
        const char *path, *operation, *key;
        uint64_t deadline;
        uint16_t server;

        ck_assert_int_ge(sd_bus_message_enter_container(m, 'a', "s"), 0);
        while (sd_bus_message_read(m, "s", &path) > 0)
                g_string_append_printf(text, "%s ", path);
        ck_assert_int_ge(sd_bus_message_exit_container(m), 0);
        ck_assert_int_ge(sd_bus_message_read(m, "a{sv}", 3, &key, "q", &server, &key, "s",
                                         &operation, &key, "t", &deadline),
                        0);
        g_string_append_printf(text, "%u %s", server, operation);
        ck_assert_uint_gt(deadline, 0);
        ck_assert_uint_le(deadline, 60 * LW_USEC_PER_SEC);
        g_free(remote.asked);
        remote.asked = g_string_free(text, false);
        remote.reads++;
}

static int answer_all(sd_bus_message *m)
{
        sd_bus_message *reply = NULL;
        const char *path;

        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ck_assert_int_ge(sd_bus_message_new_method_return(m, &reply), 0);
        ck_assert_int_ge(sd_bus_message_open_container(reply, 'a', "{sv}"), 0);
        ck_assert_int_ge(sd_bus_message_enter_container(m, 'a', "s"), 0);
        while (sd_bus_message_read(m, "s", &path) > 0)
                ck_assert_int_ge(sd_bus_message_append(reply, "{sv}", path, "d", 21.5), 0);
        ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
        ck_assert_int_ge(sd_bus_message_append(reply, "a{s(ss)}", 0), 0);
        ck_assert_int_ge(sd_bus_send(NULL, reply, NULL), 0);
        sd_bus_message_unref(reply);
        return 1;
}

static void print_basic(sd_bus_message *m, char type, GString *text)
{
        union {
                uint8_t y;
                uint16_t q;
                int b;
                int64_t x;
                uint64_t t;
                double d;
                const char *s;
        } value = {};

        ck_assert_int_gt(sd_bus_message_read_basic(m, type, &value), 0);
        switch (type) {
        case 'y':
                g_string_append_printf(text, "%u", value.y);
                break;
        case 'q':
                g_string_append_printf(text, "%u", value.q);
                break;
        case 'b':
                g_string_append(text, value.b ? "true" : "false");
                break;
        case 'x':
                g_string_append_printf(text, "%" G_GINT64_FORMAT, value.x);
                break;
        case 't':
                g_string_append_printf(text, "%" G_GUINT64_FORMAT, value.t);
                break;
        case 'd':
                g_string_append_printf(text, "%g", value.d);
                break;
        case 's':
                g_string_append(text, value.s);
                break;
        default:
                g_string_append_printf(text, "<%c>", type);
        }
}

/* Containers as {...}, dictionary entries as key=value, variants as their content. */
static void print_all(sd_bus_message *m, const char *between, GString *text)
{
        const char *contents;
        bool is_first = true;
        char type;

        while (sd_bus_message_peek_type(m, &type, &contents) > 0) {
                if (!is_first)
                        g_string_append(text, between);
                is_first = false;
                if (contents == NULL) {
                        print_basic(m, type, text);
                        continue;
                }
                ck_assert_int_gt(sd_bus_message_enter_container(m, type, contents), 0);
                g_string_append(text, type == 'a' ? "{" : "");
                print_all(m, type == 'e' ? "=" : " ", text);
                g_string_append(text, type == 'a' ? "}" : "");
                ck_assert_int_ge(sd_bus_message_exit_container(m), 0);
        }
}

char *lw_remote_stage_print(sd_bus_message *m)
{
        g_autoptr(GRegex) deadline = g_regex_new(" deadline_usec=[0-9]+", 0, 0, NULL);
        g_autoptr(GString) text = g_string_new(NULL);

        print_all(m, " ", text);
        return g_regex_replace_literal(deadline, text->str, -1, 0, "", 0, NULL);
}

static int note_change(sd_bus_message *m)
{
        g_autofree char *arguments = lw_remote_stage_print(m);

        g_free(remote.asked);
        remote.asked = g_strdup_printf("%s %s", sd_bus_message_get_member(m), arguments);
        remote.changes++;
        g_queue_push_tail(&remote.waiting, sd_bus_message_ref(m));
        return 1;
}

/* What starts services, and says whose names are. */
static int on_start(sd_bus_message *m, const char *reply_types)
{
        const char *name;

        ck_assert_int_ge(sd_bus_message_read(m, "s", &name), 0);
        g_free(remote.started);
        remote.started = g_strdup(name);
        remote.starts++;
        if (remote.start_error != NULL)
                return sd_bus_reply_method_errorf(m, remote.start_error, "it is broken");
        return *reply_types == 'o' ? sd_bus_reply_method_return(m, "o", "/job")
                                   : sd_bus_reply_method_return(m, "u", 1);
}

static int on_bus_call(sd_bus_message *m)
{
        if (sd_bus_message_is_method_call(m, DBUS_SERVICE, "GetNameOwner"))
                return remote.name_owner != NULL
                                       ? sd_bus_reply_method_return(m, "s", remote.name_owner)
                                       : sd_bus_reply_method_errorf(
                                                         m, SD_BUS_ERROR_NAME_HAS_NO_OWNER, "no");
        if (sd_bus_message_is_method_call(m, DBUS_SERVICE, "GetConnectionUnixUser"))
                return sd_bus_reply_method_return(m, "u", remote.owner_uid);
        if (sd_bus_message_is_method_call(m, DBUS_SERVICE, "StartServiceByName"))
                return on_start(m, "u");
        if (sd_bus_message_is_method_call(m, NULL, "StartUnit"))
                return on_start(m, "o");
        return 0;
}

static int on_message(
                sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        if (sd_bus_message_is_method_call(m, DBUS_SERVICE, "NameHasOwner"))
                return sd_bus_reply_method_return(m, "b", (int) !remote.is_gone);
        if (sd_bus_message_is_method_call(m, "org.freedesktop.systemd1.Manager", "GetUnitByPID"))
                return remote.unit != NULL
                                       ? sd_bus_reply_method_return(m, "o", remote.unit)
                                       : sd_bus_reply_method_errorf(m,
                                                         "org.freedesktop.systemd1.NoUnitForPID",
                                                         "none");
        if (!sd_bus_message_is_method_call(m, "org.lwm2md.Provider1", NULL))
                return on_bus_call(m);
        if (!sd_bus_message_is_method_call(m, NULL, "Read"))
                return note_change(m);
        note_read(m);
        if (remote.answers)
                return answer_all(m);
        g_queue_push_tail(&remote.waiting, sd_bus_message_ref(m));
        return 1;
}

void lw_remote_stage_reply(const char *path, const char *types, ...)
{
        sd_bus_message *m = g_queue_pop_head(&remote.waiting), *reply = NULL;
        va_list arguments;

        ck_assert_ptr_nonnull(m);
        ck_assert_int_ge(sd_bus_message_new_method_return(m, &reply), 0);
        ck_assert_int_ge(sd_bus_message_open_container(reply, 'a', "{sv}"), 0);
        ck_assert_int_ge(sd_bus_message_open_container(reply, 'e', "sv"), 0);
        ck_assert_int_ge(sd_bus_message_append(reply, "s", path), 0);
        va_start(arguments, types);
        ck_assert_int_ge(sd_bus_message_appendv(reply, types, arguments), 0);
        va_end(arguments);
        ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
        ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
        ck_assert_int_ge(sd_bus_message_append(reply, "a{s(ss)}", 0), 0);
        ck_assert_int_ge(sd_bus_send(NULL, reply, NULL), 0);
        sd_bus_message_unref(reply);
        sd_bus_message_unref(m);
        lw_remote_stage_settle();
}

void lw_remote_stage_answer(const char *types, ...)
{
        sd_bus_message *m = g_queue_pop_head(&remote.waiting), *reply = NULL;
        va_list arguments;

        ck_assert_ptr_nonnull(m);
        ck_assert_int_ge(sd_bus_message_new_method_return(m, &reply), 0);
        va_start(arguments, types);
        if (*types != '\0')
                ck_assert_int_ge(sd_bus_message_appendv(reply, types, arguments), 0);
        va_end(arguments);
        ck_assert_int_ge(sd_bus_send(NULL, reply, NULL), 0);
        sd_bus_message_unref(reply);
        sd_bus_message_unref(m);
        lw_remote_stage_settle();
}

void lw_remote_stage_fail(const char *error_name)
{
        sd_bus_message *m = g_queue_pop_head(&remote.waiting);

        ck_assert_ptr_nonnull(m);
        ck_assert_int_ge(sd_bus_reply_method_errorf(m, error_name, "told to"), 0);
        sd_bus_message_unref(m);
        lw_remote_stage_settle();
}

static void tell_owner(const char *name, const char *old_owner, const char *new_owner)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_signal(remote.pair.theirs, &m, DBUS_PATH, DBUS_SERVICE,
                                         "NameOwnerChanged"),
                        0);
        ck_assert_int_ge(sd_bus_message_set_sender(m, DBUS_SERVICE), 0);
        ck_assert_int_ge(sd_bus_message_append(m, "sss", name, old_owner, new_owner), 0);
        ck_assert_int_ge(sd_bus_send(NULL, m, NULL), 0);
        sd_bus_message_unref(m);
        lw_remote_stage_settle();
}

void lw_remote_stage_drop(const char *name)
{
        tell_owner(name, name, "");
}

void lw_remote_stage_own(const char *name, const char *owner)
{
        tell_owner(name, "", owner);
}

void lw_remote_stage_settle(void)
{
        lw_pair_settle(&remote.pair);
}

/* Calls */

static bool ended;

static int on_end(
                sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);

        ended = true;
        if (error != NULL) {
                remote.error = g_strdup(strrchr(error->name, '.') + 1);
                remote.message = g_strdup(error->message);
        } else {
                remote.result = sd_bus_message_ref(m);
        }
        return 0;
}

static void forget_result(void)
{
        g_clear_pointer(&remote.error, g_free);
        g_clear_pointer(&remote.message, g_free);
        g_clear_pointer(&remote.result, sd_bus_message_unref);
}

const char *lw_remote_stage_send(const char *sender, sd_bus_message *m)
{
        forget_result();
        ended = false;
        ck_assert_int_ge(sd_bus_message_set_sender(m, sender), 0);
        ck_assert_int_ge(sd_bus_call_async(remote.pair.theirs, NULL, m, on_end, NULL, 0), 0);
        sd_bus_message_unref(m);
        lw_pair_run(&remote.pair, &ended);
        lw_remote_stage_settle();
        return remote.error != NULL ? remote.error : "";
}

const char *lw_remote_stage_call(const char *sender, const char *path, const char *interface,
                const char *member, const char *types, ...)
{
        sd_bus_message *m = NULL;
        va_list arguments;

        ck_assert_int_ge(sd_bus_message_new_method_call(remote.pair.theirs, &m, "org.lwm2md", path,
                                         interface, member),
                        0);
        va_start(arguments, types);
        if (*types != '\0')
                ck_assert_int_ge(sd_bus_message_appendv(m, types, arguments), 0);
        va_end(arguments);
        return lw_remote_stage_send(sender, m);
}

const char *lw_remote_stage_register(const char *sender, const char *key, const char *name)
{
        if (name == NULL)
                return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 2, 5700,
                                5701, 0);
        return lw_remote_stage_call(sender, LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                        "RegisterProvider", "oa{saq}a{sv}", "/Service", 1, key, 2, 5700, 5701, 1,
                        "name", "s", name);
}

char *lw_remote_stage_registered(void)
{
        const char *registration, *label, *path;
        GString *text = g_string_new(NULL);

        ck_assert_msg(remote.result != NULL, "%s: %s", remote.error, remote.message);
        ck_assert_int_ge(sd_bus_message_read(remote.result, "o", &registration), 0);
        g_string_append(text, registration);
        ck_assert_int_ge(sd_bus_message_enter_container(remote.result, 'a', "{ss}"), 0);
        while (sd_bus_message_read(remote.result, "{ss}", &label, &path) > 0)
                g_string_append_printf(text, " %s=%s", label, path);
        return g_string_free(text, false);
}

/* Life */

static void on_changed(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED)
{
}

static void on_restructured(void *user G_GNUC_UNUSED, const LwPath *path, bool added)
{
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        g_string_append_printf(remote.structure, "%c%s ", added ? '+' : '-', text);
}

static const LwTreeListener listener = {
        .changed = on_changed,
        .restructured = on_restructured,
};

static void start(void)
{
        remote.registrar = lw_registrar_new(remote.client, NULL, remote.world.driver, remote.state);
        lw_registrar_bus_user.attach(remote.registrar, remote.pair.ours);
        lw_remote_stage_settle();
}

void lw_remote_stage_setup(void)
{
        static const LwClientEvents events = {};
        g_autofree char *directory = NULL;

        memset(&remote, 0, sizeof(remote));
        g_queue_init(&remote.waiting);
        remote.structure = g_string_new(NULL);
        lw_world_make(&remote.world);
        lw_tree_add_listener(remote.world.tree, &listener, NULL);
        lw_test_files_make(&remote.files);
        directory = g_build_filename(remote.files.path, "state", NULL);
        remote.worker = lw_worker_new(remote.world.driver);
        remote.state = lw_state_new(directory, remote.worker, NULL);
        ck_assert_ptr_nonnull(remote.state);
        remote.factory = lw_fake_factory_new();
        remote.client = lw_client_new(
                        "urn:x:1", remote.world.tree, &remote.factory->factory, &events, NULL, 7);
        lw_pair_init(&remote.pair, lw_driver_event(remote.world.driver));
        ck_assert_int_ge(sd_bus_add_filter(remote.pair.theirs, NULL, on_message, NULL), 0);
        start();
}

void lw_remote_stage_restart(void)
{
        lw_registrar_free(remote.registrar);
        lw_remote_stage_settle();
        start();
}

void lw_remote_stage_teardown(void)
{
        sd_bus_message *m;

        forget_result();
        while ((m = g_queue_pop_head(&remote.waiting)) != NULL)
                sd_bus_message_unref(m);
        lw_registrar_free(remote.registrar);
        lw_pair_clear(&remote.pair);
        lw_client_free(remote.client);
        lw_fake_factory_free(remote.factory);
        lw_worker_drain(remote.worker, LW_USEC_PER_SEC);
        lw_state_free(remote.state);
        lw_worker_free(remote.worker);
        lw_world_clear(&remote.world);
        lw_test_files_remove(&remote.files);
        g_string_free(remote.structure, true);
        g_free(remote.asked);
        g_free(remote.started);
}
