/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a transport, as plain data. */
#include "exchange/peer.h"

#include <string.h>

#include <glib.h>

const char *lw_security_name(LwSecurity security)
{
        switch (security) {
        case LW_SECURITY_PSK:
                return "psk";
        case LW_SECURITY_RPK:
                return "rpk";
        case LW_SECURITY_X509:
                return "x509";
        case LW_SECURITY_NOSEC:
                return "nosec";
        }
        return "unknown";
}

void lw_peer_clear(LwPeer *self)
{
        lw_uri_clear(&self->uri);
        g_free(self->psk_identity);
        g_free(self->local_address);
        g_free(self->interface);
        explicit_bzero(self, sizeof(*self));
}

bool lw_peer_same_security(const LwPeer *a, const LwPeer *b)
{
        return a->security == b->security && g_strcmp0(a->psk_identity, b->psk_identity) == 0 &&
               a->psk_key_length == b->psk_key_length &&
               memcmp(a->psk_key, b->psk_key, a->psk_key_length) == 0;
}

void lw_peer_copy(LwPeer *self, const LwPeer *from)
{
        *self = *from;
        self->uri.host = g_strdup(from->uri.host);
        self->uri.segments = g_strdupv(from->uri.segments);
        self->uri.query = g_strdupv(from->uri.query);
        self->psk_identity = g_strdup(from->psk_identity);
        self->local_address = g_strdup(from->local_address);
        self->interface = g_strdup(from->interface);
}
