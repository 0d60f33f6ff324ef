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
        g_free(self->local_address);
        g_free(self->interface);
        memset(self, 0, sizeof(*self));
}

void lw_peer_copy(LwPeer *self, const LwPeer *from)
{
        *self = *from;
        self->uri.host = g_strdup(from->uri.host);
        self->uri.segments = g_strdupv(from->uri.segments);
        self->uri.query = g_strdupv(from->uri.query);
        self->local_address = g_strdup(from->local_address);
        self->interface = g_strdup(from->interface);
}
