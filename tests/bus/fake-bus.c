/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a pair as a bus with callers and a polkit on it. */
#include "bus/fake-bus.h"

#include <stdlib.h>

#include <check.h>

#define DBUS_SERVICE "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

static int reply_credentials(LwFakeBus *self, sd_bus_message *m)
{
        sd_bus_message *reply = NULL;
        const char *name;
        uint32_t uid;
        int r;

        self->credentials_asked++;
        if (self->hold_credentials)
                return 1;
        ck_assert_int_ge(sd_bus_message_read(m, "s", &name), 0);
        uid = (uint32_t) atoi(name + 3);
        if (uid == 99)
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_NAME_HAS_NO_OWNER, "gone");
        ck_assert_int_ge(sd_bus_message_new_method_return(m, &reply), 0);
        r = sd_bus_message_append(reply, "a{sv}", 4, "ProcessID", "u", 4711u, "UnixUserID", "u",
                        uid, "LinuxSecurityLabel", "ay", 1, 'x', "UnixGroupIDs", "au", 2, 50u,
                        100 + uid);
        ck_assert_int_ge(r, 0);
        r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int reply_authorization(LwFakeBus *self, sd_bus_message *m)
{
        const char *kind, *key, *name, *action;
        int r = sd_bus_message_read(m, "(sa{sv})s", &kind, 1, &key, "s", &name, &action);

        ck_assert_int_ge(r, 0);
        ck_assert_str_eq(kind, "system-bus-name");
        ck_assert_str_eq(key, "name");
        self->polkit_asked++;
        g_free(self->polkit_subject);
        self->polkit_subject = g_strdup(name);
        g_free(self->polkit_action);
        self->polkit_action = g_strdup(action);
        ck_assert_int_ge(sd_bus_message_skip(m, "a{ss}"), 0);
        ck_assert_int_ge(sd_bus_message_read(m, "u", &self->polkit_flags), 0);
        if (self->polkit_error != NULL)
                return sd_bus_reply_method_errorf(m, self->polkit_error, "no");
        return sd_bus_reply_method_return(
                        m, "(bba{ss})", (int) self->authorized, (int) self->challenge, 0);
}

static int on_message(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwFakeBus *self = user;

        (void) ret_error;
        if (sd_bus_message_is_method_call(m, DBUS_SERVICE, "GetConnectionCredentials"))
                return reply_credentials(self, m);
        if (sd_bus_message_is_method_call(
                            m, "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization"))
                return reply_authorization(self, m);
        return 0;
}

void lw_fake_bus_init(LwFakeBus *self)
{
        *self = (LwFakeBus){};
        lw_pair_init(&self->pair, NULL);
        ck_assert_int_ge(sd_bus_add_filter(self->pair.theirs, NULL, on_message, self), 0);
}

void lw_fake_bus_clear(LwFakeBus *self)
{
        lw_pair_clear(&self->pair);
        g_free(self->polkit_subject);
        g_free(self->polkit_action);
        g_free(self->error_name);
        g_free(self->error_message);
}

static int on_answer(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(m);
        LwFakeBus *self = user;

        (void) ret_error;
        self->answers++;
        g_free(self->error_name);
        g_free(self->error_message);
        self->error_name = g_strdup(error != NULL ? error->name : NULL);
        self->error_message = g_strdup(error != NULL ? error->message : NULL);
        return 0;
}

void lw_fake_bus_call(LwFakeBus *self, const char *sender, bool interactive)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(self->pair.theirs, &m, "org.lwm2md",
                                         "/test", "org.example.Test", "Do"),
                        0);
        if (sender != NULL)
                ck_assert_int_ge(sd_bus_message_set_sender(m, sender), 0);
        ck_assert_int_ge(sd_bus_message_set_allow_interactive_authorization(m, interactive), 0);
        ck_assert_int_ge(sd_bus_call_async(self->pair.theirs, NULL, m, on_answer, self, 0), 0);
        sd_bus_message_unref(m);
}

void lw_fake_bus_drop_name(LwFakeBus *self, const char *name)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_signal(self->pair.theirs, &m, DBUS_PATH, DBUS_SERVICE,
                                         "NameOwnerChanged"),
                        0);
        ck_assert_int_ge(sd_bus_message_set_sender(m, DBUS_SERVICE), 0);
        ck_assert_int_ge(sd_bus_message_append(m, "sss", name, name, ""), 0);
        ck_assert_int_ge(sd_bus_send(NULL, m, NULL), 0);
        sd_bus_message_unref(m);
        lw_pair_settle(&self->pair);
}
