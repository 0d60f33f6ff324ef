/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other end of a transport, as plain data. */
#include "exchange/peer.h"

#include <string.h>

#include <glib.h>

/* Of so many blocks one time may be spent on repeating some. */
#define BLOCKS_PER_TIME 16

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

const char *lw_peer_security_name(const LwPeer *self)
{
        return lw_oscore_is_set(&self->oscore) ? "oscore" : lw_security_name(self->security);
}

void lw_peer_clear(LwPeer *self)
{
        lw_uri_clear(&self->uri);
        g_free(self->psk_identity);
        lw_x509_clear(&self->x509);
        lw_rpk_clear(&self->rpk);
        g_free(self->sni);
        g_free(self->local_address);
        g_free(self->interface);
        explicit_bzero(self, sizeof(*self));
}

bool lw_peer_same_security(const LwPeer *a, const LwPeer *b)
{
        return a->security == b->security && g_strcmp0(a->psk_identity, b->psk_identity) == 0 &&
               a->psk_key_length == b->psk_key_length &&
               memcmp(a->psk_key, b->psk_key, a->psk_key_length) == 0 &&
               lw_x509_equal(&a->x509, &b->x509) && lw_rpk_equal(&a->rpk, &b->rpk) &&
               lw_oscore_equal(&a->oscore, &b->oscore) && g_strcmp0(a->sni, b->sni) == 0 &&
               a->cipher_count == b->cipher_count &&
               memcmp(a->ciphers, b->ciphers, a->cipher_count * sizeof(a->ciphers[0])) == 0;
}

void lw_peer_copy(LwPeer *self, const LwPeer *from)
{
        *self = *from;
        self->uri.host = g_strdup(from->uri.host);
        self->uri.segments = g_strdupv(from->uri.segments);
        self->uri.query = g_strdupv(from->uri.query);
        self->psk_identity = g_strdup(from->psk_identity);
        lw_x509_copy(&self->x509, &from->x509);
        lw_rpk_copy(&self->rpk, &from->rpk);
        self->sni = g_strdup(from->sni);
        self->local_address = g_strdup(from->local_address);
        self->interface = g_strdup(from->interface);
}

LwUsec lw_peer_answer_time(const LwPeer *self, uint64_t body_bytes)
{
        LwUsec ack = self->ack_timeout_usec > 0 ? self->ack_timeout_usec : 2 * LW_USEC_PER_SEC;
        unsigned repeats = self->max_retransmit > 0 ? self->max_retransmit - 1u : 4;
        unsigned factor = self->ack_random_permille > 0 ? self->ack_random_permille : 1500;
        LwUsec once = ack * ((2u << MIN(repeats, 16)) - 1) * factor / 1000 + 10 * LW_USEC_PER_SEC;

        return once * (1 + body_bytes / (BLOCKS_PER_TIME * LW_BLOCK_SIZE));
}
