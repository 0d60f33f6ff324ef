/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and certificates: files and systemd credentials that a [Server] section names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "daemon/config-file.h"

/** LwConfigBytes: a thing that a file or a credential holds. `file` and `credential` are keys, of
 * which `credential` may be NULL; `text` is another that gives it itself, in base64 as a rule, or
 * NULL. */
typedef struct LwConfigBytes {
        const char *file;
        const char *credential;
        const char *text;
        const char *what; /* "the key" */
        size_t limit_bytes;
        bool secret; /* it is for nobody else */
} LwConfigBytes;

/**
 * The entry that gives it; NULL: none does, or more than one, which is then a problem of `file` and
 * sets `ret_clash`.
 */
const LwConfigEntry *lw_config_bytes_find(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, bool *ret_clash);
/**
 * Reads what the entry names, as a secret that is wiped. NULL: it cannot be, and why is a problem
 * of `file`. A secret that others may read is told, and taken. Not for the `text` key. Caller
 * unrefs.
 */
GBytes *lw_config_bytes_read(
                LwConfigFile *file, const LwConfigEntry *entry, const LwConfigBytes *self);
/** Reads what one of the keys gives, if one is there; the `text` key in base64. False: it cannot be
 * had. */
bool lw_config_bytes_take(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, GBytes **ret_bytes);
/** Likewise, and one must be there: that `mode`, of Security=, needs it. */
bool lw_config_bytes_require(LwConfigFile *file, const LwConfigSection *section,
                const LwConfigBytes *self, const char *mode, GBytes **ret_bytes);
/** "Key='value': problem" at the place of the key; takes `problem`. `shown`: the value is no
 * secret. */
void lw_config_bytes_complain(
                LwConfigFile *file, const LwConfigEntry *entry, bool shown, char *problem);
