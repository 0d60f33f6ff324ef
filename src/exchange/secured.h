/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSecured: what is known of a session's security, for whoever shows it or decides by it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/** LwSecured: zeroed memory is a session without security. Owns its strings. */
typedef struct LwSecured {
        char *cipher;  /* IANA's name; NULL: none yet */
        char *subject; /* of the peer's certificate, "CN=dev1,O=Example", or "sha256:" and the
                          digest of its raw public key; NULL: it had neither */
        char *name;    /* the Common Name of that; NULL: none */
        bool resumed;  /* the security context is an older one: registrations hold */
        bool refused;  /* trying again will not help: credentials or settings have to change */
        uint8_t alert; /* the fatal one that the peer sent; 0: none. Source: RFC 5246, 7.2 */
} LwSecured;

static inline void lw_secured_clear(LwSecured *self)
{
        g_clear_pointer(&self->cipher, g_free);
        g_clear_pointer(&self->subject, g_free);
        g_clear_pointer(&self->name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwSecured, lw_secured_clear)
