/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The argument list of Execute. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/**
 * Checks `arglist = arg *( "," arg )`, `arg = DIGIT [ "=" "'" *CHAR "'" ]`, each digit at most
 * once; empty is no arguments. CHAR is printable ASCII without space, quotes and backslash.
 * Errors: 4.00 with the place. Source: OMA LwM2M Core 1.2, Execute.
 */
bool lw_arguments_check(const char *text, size_t length, GError **error);

/** The value of argument `digit` (0 to 9) in a checked list, "" for one without a value; NULL: not
 * given. Caller frees. */
char *lw_arguments_get(const char *text, unsigned digit);
