/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServerSettings: what a server can write into its account. */
#include "providers/builtin/server-settings.h"

#include <string.h>

#include "model/status.h"

/* What holds when a resource is not instantiated. Source: OMA LwM2M Core 1.2, Server object, 5, 23
 * and 26. */
#define DISABLE_TIMEOUT_SECONDS 86400
#define MUTE_SEND true
#define CONFIRMABLE_NOTIFICATIONS false

enum {
        LIFETIME = 1u << 0,
        PMIN = 1u << 1,
        PMAX = 1u << 2,
        DISABLE_TIMEOUT = 1u << 3,
        STORING = 1u << 4,
        BINDING = 1u << 5,
        MUTE = 1u << 6,
        MODE = 1u << 7,
};

void lw_server_settings_clear(LwServerSettings *self)
{
        g_clear_pointer(&self->binding, g_free);
}

/* --- from the account ------------------------------------------------------------------------- */

static LwValue period(uint32_t seconds)
{
        return seconds == UINT32_MAX ? lw_value_none() : lw_value_integer(seconds);
}

LwValue lw_server_setting(const LwAccount *account, uint16_t resource)
{
        switch (resource) {
        case 0:
                return lw_value_integer(account->ssid);
        case 1:
                return lw_value_integer(account->lifetime_seconds);
        case 2:
                return period(account->default_pmin_seconds);
        case 3:
                return period(account->default_pmax_seconds);
        case 5:
                return lw_value_integer(account->disable_timeout_seconds);
        case 6:
                return lw_value_boolean(account->storing);
        case 7:
                return lw_value_string(account->binding);
        case 23:
                return lw_value_boolean(account->mute_send);
        case 26:
                return lw_value_integer(account->confirmable_notifications);
        }
        return lw_value_none();
}

/* --- into the draft --------------------------------------------------------------------------- */

static bool take_seconds(const LwValue *value, const char *what, uint32_t minimum,
                uint32_t *ret_seconds, GError **error)
{
        /* UINT32_MAX is how an account says "none". */
        if (value->integer < minimum || value->integer >= UINT32_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s is %" G_GINT64_FORMAT " s; it can be %u to %u", what,
                                value->integer, minimum, UINT32_MAX - 1);
                return false;
        }
        *ret_seconds = (uint32_t) value->integer;
        return true;
}

bool lw_server_write_lifetime(void *settings, const LwValue *value, GError **error)
{
        LwServerSettings *self = settings;

        if (value == NULL)
                return true;
        self->fields |= LIFETIME;
        return take_seconds(value, "Lifetime", 1, &self->lifetime_seconds, error);
}

bool lw_server_write_pmin(void *settings, const LwValue *value, GError **error)
{
        LwServerSettings *self = settings;

        self->fields |= PMIN;
        self->pmin_seconds = UINT32_MAX;
        return value == NULL ||
               take_seconds(value, "Default Minimum Period", 0, &self->pmin_seconds, error);
}

bool lw_server_write_pmax(void *settings, const LwValue *value, GError **error)
{
        LwServerSettings *self = settings;

        self->fields |= PMAX;
        self->pmax_seconds = UINT32_MAX;
        return value == NULL ||
               take_seconds(value, "Default Maximum Period", 0, &self->pmax_seconds, error);
}

bool lw_server_write_disable_timeout(void *settings, const LwValue *value, GError **error)
{
        LwServerSettings *self = settings;

        self->fields |= DISABLE_TIMEOUT;
        self->disable_timeout_seconds = DISABLE_TIMEOUT_SECONDS;
        return value == NULL ||
               take_seconds(value, "Disable Timeout", 0, &self->disable_timeout_seconds, error);
}

bool lw_server_write_storing(void *settings, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        LwServerSettings *self = settings;

        if (value == NULL)
                return true;
        self->fields |= STORING;
        self->storing = value->boolean;
        return true;
}

bool lw_server_write_binding(void *settings, const LwValue *value, GError **error)
{
        LwServerSettings *self = settings;

        if (value == NULL)
                return true;
        if (!lw_binding_check(value->text, error))
                return false;
        if (strchr(value->text, 'Q') != NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' asks for queue mode, which is for this host to choose; write "
                                "it without the Q",
                                value->text);
                return false;
        }
        self->fields |= BINDING;
        g_free(self->binding);
        self->binding = g_strdup(value->text);
        return true;
}

bool lw_server_write_mute_send(void *settings, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        LwServerSettings *self = settings;

        self->fields |= MUTE;
        self->mute_send = value ? value->boolean : MUTE_SEND;
        return true;
}

/* The definition's range has seen to it that it is 0 or 1. */
bool lw_server_write_notification_mode(
                void *settings, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        LwServerSettings *self = settings;

        self->fields |= MODE;
        self->confirmable_notifications = value ? value->integer == 1 : CONFIRMABLE_NOTIFICATIONS;
        return true;
}

/* --- into the account ------------------------------------------------------------------------- */

#define SWAP(a, b)                                                                                 \
        do {                                                                                       \
                __typeof__(a) kept = (a);                                                          \
                (a) = (b);                                                                         \
                (b) = kept;                                                                        \
        } while (0)

void lw_server_settings_swap(LwServerSettings *self, LwAccount *account)
{
        if (self->fields & LIFETIME)
                SWAP(account->lifetime_seconds, self->lifetime_seconds);
        if (self->fields & PMIN)
                SWAP(account->default_pmin_seconds, self->pmin_seconds);
        if (self->fields & PMAX)
                SWAP(account->default_pmax_seconds, self->pmax_seconds);
        if (self->fields & DISABLE_TIMEOUT)
                SWAP(account->disable_timeout_seconds, self->disable_timeout_seconds);
        if (self->fields & STORING)
                SWAP(account->storing, self->storing);
        if (self->fields & BINDING)
                SWAP(account->binding, self->binding);
        if (self->fields & MUTE)
                SWAP(account->mute_send, self->mute_send);
        if (self->fields & MODE)
                SWAP(account->confirmable_notifications, self->confirmable_notifications);
}

static unsigned same(const LwServerSettings *self, const LwAccount *account)
{
        unsigned fields = 0;

        if (self->lifetime_seconds == account->lifetime_seconds)
                fields |= LIFETIME;
        if (self->pmin_seconds == account->default_pmin_seconds)
                fields |= PMIN;
        if (self->pmax_seconds == account->default_pmax_seconds)
                fields |= PMAX;
        if (self->disable_timeout_seconds == account->disable_timeout_seconds)
                fields |= DISABLE_TIMEOUT;
        if (self->storing == account->storing)
                fields |= STORING;
        if (g_strcmp0(self->binding, account->binding) == 0)
                fields |= BINDING;
        if (self->mute_send == account->mute_send)
                fields |= MUTE;
        if (self->confirmable_notifications == account->confirmable_notifications)
                fields |= MODE;
        return fields;
}

void lw_server_settings_drop_same(LwServerSettings *self, const LwAccount *account)
{
        self->fields &= ~same(self, account);
}
