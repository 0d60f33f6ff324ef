/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSetting: one key of a [Server] section that came over D-Bus, as text. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

/** LwSetting: "Lifetime", "300". Owned by its array. */
typedef struct LwSetting {
        char *key;
        char *text;  /* one line, not empty */
        bool secret; /* to be shown to nobody */
} LwSetting;

/**
 * Reads a{sv} into a new array of LwSetting. A value is what a person types: s, any integer, b or
 * d; a descriptor (h) only for the keys and certificates themselves, whose bytes become hexadecimal
 * digits (PskKey) or base64. Empty strings are
 * left out, as in a file.
 *
 * Returns 0 or a negative errno with `ret_error`, InvalidArgs, which names the key: another type, a
 * text of more than a line, a key of its own as bytes (everybody who watches the bus would see
 * them), a descriptor that is no file or memfd, or has no bytes or too many.
 */
int lw_settings_read(sd_bus_message *m, GPtrArray **ret_settings, sd_bus_error *ret_error);

/** The text of a key, or NULL. */
const char *lw_settings_find(const GPtrArray *settings, const char *key);
