/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServerSettings: what a server can write into its account, from draft to account and back. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/account.h"
#include "model/value.h"

/**
 * LwServerSettings: new values of some resources of one instance of /1.
 *
 * Shape:  `fields` says which of them it has; the others mean nothing.
 * Owns:   the text: lw_server_settings_clear().
 * Source: OMA LwM2M Core 1.2, "LwM2M Object: LwM2M Server".
 */
typedef struct LwServerSettings {
        unsigned fields;
        uint32_t lifetime_seconds;
        uint32_t pmin_seconds;
        uint32_t pmax_seconds;
        uint32_t disable_timeout_seconds;
        bool storing;
        char *binding;
        bool mute_send;
        bool confirmable_notifications;
} LwServerSettings;

void lw_server_settings_clear(LwServerSettings *self);

/** Puts them into the account and keeps what was there; done twice, all is as before. */
void lw_server_settings_swap(LwServerSettings *self, LwAccount *account);
/** Drops those that the account has already. */
void lw_server_settings_drop_same(LwServerSettings *self, const LwAccount *account);

/** What the account has for a resource of /1; LW_TYPE_NONE: nothing. The text is the account's. */
LwValue lw_server_setting(const LwAccount *account, uint16_t resource);

/*
 * One for each resource that can be written, for LwTableRow.write: `settings` is an
 * LwServerSettings, or begins with one. Without a value the setting becomes what holds when the
 * resource is not instantiated; a mandatory one stays. Errors: 4.00 outside what is possible.
 */
bool lw_server_write_lifetime(void *settings, const LwValue *value, GError **error);
bool lw_server_write_pmin(void *settings, const LwValue *value, GError **error);
bool lw_server_write_pmax(void *settings, const LwValue *value, GError **error);
bool lw_server_write_disable_timeout(void *settings, const LwValue *value, GError **error);
bool lw_server_write_storing(void *settings, const LwValue *value, GError **error);
bool lw_server_write_binding(void *settings, const LwValue *value, GError **error);
bool lw_server_write_mute_send(void *settings, const LwValue *value, GError **error);
bool lw_server_write_notification_mode(void *settings, const LwValue *value, GError **error);
