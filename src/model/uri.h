/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUri: the address of a server; the only place that takes one apart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum LwScheme {
        LW_SCHEME_COAP,
        LW_SCHEME_COAPS,
        LW_SCHEME_COAP_TCP,
        LW_SCHEME_COAPS_TCP,
        LW_SCHEME_HTTP,
        LW_SCHEME_HTTPS,
} LwScheme;

/**
 * LwUri: "coap://host:5683/prefix?query" in its parts.
 *
 * Shape:  `host` without brackets, lower case; `port` the scheme's default if none is given;
 *         `segments` the path, percent-decoded, NULL-terminated; `query` likewise, split at "&".
 * Owns:   all of it: lw_uri_clear().
 * Source: RFC 7252, 6; RFC 8323, 8; OMA LwM2M Transport 1.1, "URI schemes".
 */
typedef struct LwUri {
        LwScheme scheme;
        char *host;
        uint16_t port;
        char **segments;
        char **query;
} LwUri;

/** Errors: 4.00 with what is wrong and what would be right. Zeroed memory on failure. */
bool lw_uri_parse(const char *text, LwUri *ret_uri, GError **error);
void lw_uri_clear(LwUri *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwUri, lw_uri_clear)

/** "coap+tcp" */
const char *lw_scheme_name(LwScheme scheme);
bool lw_scheme_is_secure(LwScheme scheme);
/** Whether it runs over a byte stream (TCP, TLS). */
bool lw_scheme_is_stream(LwScheme scheme);
/** The address in text form, "[2001:db8::1]:5683", for people. Caller frees. */
char *lw_uri_authority(const LwUri *self);
