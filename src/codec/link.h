/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoRE link format, for Register, Update and Discover. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/bytes.h"

/** Appends "</3/0>" (and a comma before it if the writer is not empty). */
void lw_link_write(LwWriter *writer, const char *target);
/** Appends ";name=value" to the last link; `value` NULL: the bare name. */
void lw_link_write_token(LwWriter *writer, const char *name, const char *value);
void lw_link_write_number(LwWriter *writer, const char *name, uint64_t value);
/** Appends ";name="value"" with quotes and backslashes escaped. */
void lw_link_write_quoted(LwWriter *writer, const char *name, const char *value);

/**
 * LwLinkHandler: told of each link in turn.
 *
 * `target` is what stands in <>, percent-decoded, without trailing slash ("/" for the root).
 * `names` and `values` hold `count` attributes, values unquoted, NULL for a bare name. Gone after
 * the call. Returns false, with an error set, to stop.
 */
typedef bool (*LwLinkHandler)(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error);

/**
 * Reads a document; tolerates white space after commas, a trailing comma, relative targets (a slash
 * is put before them), quoted and unquoted values alike, "</0/1/>".
 * Errors: 4.00 where it is not link format, 4.13 beyond LW_LINKS_MAX, the handler's own.
 * Source: RFC 6690; OMA LwM2M Transport 1.1, Register.
 */
bool lw_link_parse(
                const char *text, size_t length, LwLinkHandler handler, void *user, GError **error);
