/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transports to servers, whatever carries them. */
#include "coap/client-transport.h"

#include "coap/certificates.h"
#include "coap/client-datagram.h"
#include "coap/client-stream.h"
#include "coap/oscore.h"
#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "coap/targets.h"
#include "model/status.h"

typedef struct Factory {
        LwTransportFactory factory;
        LwClientShared shared;
        LwTransportFactory *datagrams, *streams;
} Factory;

/* What this build can speak. The sentence goes to the administrator. */
static bool can_speak(const LwPeer *peer, GError **error)
{
        LwScheme scheme = peer->uri.scheme;
        bool secure = lw_scheme_is_secure(scheme);
        const char *name = lw_scheme_name(scheme);
        const char *security = lw_peer_security_name(peer);

        if (scheme == LW_SCHEME_HTTP || scheme == LW_SCHEME_HTTPS)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s://' is not spoken with servers; coaps://, coaps+tcp://, "
                                "coap:// and coap+tcp:// are",
                                name);
        else if (!secure && peer->security != LW_SECURITY_NOSEC)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s:// has no security, so '%s' cannot be used with it; "
                                "'nosec' can",
                                name, security);
        else if (secure && peer->security == LW_SECURITY_NOSEC)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s:// needs 'psk' or 'x509'; 'nosec' is for %s://", name,
                                lw_scheme_is_stream(scheme) ? "coap+tcp" : "coap");
        else if (peer->security == LW_SECURITY_RPK && !lw_rpk_is_built_in())
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST, LW_RPK_NOT_BUILT_IN);
        else if (peer->security == LW_SECURITY_RPK)
                return lw_rpk_check(&peer->rpk, error);
        else if (peer->security == LW_SECURITY_X509)
                return lw_x509_check(&peer->x509, error);
        else if (peer->security == LW_SECURITY_PSK &&
                        (peer->psk_identity == NULL || peer->psk_key_length == 0))
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'psk' needs an identity and a key");
        else
                return true;
        return false;
}

static bool can_use_oscore(const Factory *self, const LwPeer *peer, GError **error)
{
        if (!lw_oscore_is_set(&peer->oscore))
                return true;
        if (!lw_oscore_is_built_in())
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST, LW_OSCORE_NOT_BUILT_IN);
        else if (peer->uri.scheme != LW_SCHEME_COAP)
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'oscore' is for coap://, and not for %s://",
                                lw_scheme_name(peer->uri.scheme));
        else if (self->shared.numbers == NULL)
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'oscore' needs a state directory, to keep its sequence numbers");
        else
                return true;
        return false;
}

static LwTransport *client_open(LwTransportFactory *factory, const LwPeer *peer, GError **error)
{
        Factory *self = (Factory *) factory;
        LwTransportFactory *kind;

        if (!can_speak(peer, error) || !can_use_oscore(self, peer, error))
                return NULL;
        kind = lw_scheme_is_stream(peer->uri.scheme) ? self->streams : self->datagrams;
        return kind->open(kind, peer, error);
}

LwTransportFactory *lw_client_transport_factory_new(LwDriver *driver, LwWorker *worker)
{
        Factory *self = g_new0(Factory, 1);

        self->factory.open = client_open;
        self->shared.driver = driver;
        self->shared.worker = worker;
        self->shared.silent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        self->datagrams = lw_client_datagram_factory_new(&self->shared);
        self->streams = lw_client_stream_factory_new(&self->shared);
        return &self->factory;
}

void lw_client_transport_factory_use_vault(LwTransportFactory *factory, LwVault *vault)
{
        ((Factory *) factory)->shared.vault = vault;
}

void lw_client_transport_factory_use_numbers(LwTransportFactory *factory, LwOscoreNumbers *numbers)
{
        ((Factory *) factory)->shared.numbers = numbers;
}

void lw_client_transport_factory_clock_stepped(LwTransportFactory *factory)
{
        const Factory *self = (Factory *) factory;

        lw_client_datagram_clock_stepped(self->datagrams);
        lw_client_stream_clock_stepped(self->streams);
}

void lw_client_transport_factory_free(LwTransportFactory *factory)
{
        Factory *self = (Factory *) factory;

        if (self == NULL)
                return;
        lw_client_datagram_factory_free(self->datagrams);
        lw_client_stream_factory_free(self->streams);
        g_hash_table_destroy(self->shared.silent);
        g_free(self);
}
