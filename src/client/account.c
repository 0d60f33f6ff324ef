/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAccount: what objects 0 and 1 hold of one server. */
#include "client/account.h"

#include <string.h>

#include "model/status.h"

/* Source: OMA LwM2M Core 1.1, Server object, resources 1 and 5. */
#define DEFAULT_LIFETIME_SECONDS 86400
#define DEFAULT_DISABLE_TIMEOUT_SECONDS 86400
/* MAX_TRANSMIT_WAIT. Source: RFC 7252, 4.8.2; OMA LwM2M Core 1.1, 6.5 */
#define DEFAULT_AWAKE_USEC (93 * LW_USEC_PER_SEC)

LwAccount *lw_account_new(void)
{
        LwAccount *self = g_new0(LwAccount, 1);

        self->peer.security = LW_SECURITY_NOSEC;
        self->peer.x509.usage = LW_USAGE_DOMAIN_ISSUED; /* /0/x/15, when it is not instantiated */
        self->version = LW_VERSION_1_2;
        self->lifetime_seconds = DEFAULT_LIFETIME_SECONDS;
        self->default_pmin_seconds = UINT32_MAX;
        self->default_pmax_seconds = UINT32_MAX;
        self->disable_timeout_seconds = DEFAULT_DISABLE_TIMEOUT_SECONDS;
        self->storing = true;
        self->awake_usec = DEFAULT_AWAKE_USEC;
        self->binding = g_strdup("U");
        self->send_format = LW_FORMAT_SENML_CBOR;
        return self;
}

void lw_account_free(LwAccount *self)
{
        if (!self)
                return;
        g_free(self->name);
        g_free(self->uri);
        g_free(self->origin);
        g_free(self->hash);
        lw_peer_clear(&self->peer);
        g_free(self->binding);
        g_free(self->sms_number);
        g_free(self);
}

LwAccount *lw_account_copy(const LwAccount *self)
{
        LwAccount *copy = g_memdup2(self, sizeof(*self));

        copy->name = g_strdup(self->name);
        copy->uri = g_strdup(self->uri);
        copy->origin = g_strdup(self->origin);
        copy->hash = g_strdup(self->hash);
        lw_peer_copy(&copy->peer, &self->peer);
        copy->binding = g_strdup(self->binding);
        copy->sms_number = g_strdup(self->sms_number);
        return copy;
}

static bool peer_equal(const LwPeer *a, const LwPeer *b)
{
        return lw_peer_same_security(a, b) && g_strcmp0(a->local_address, b->local_address) == 0 &&
               g_strcmp0(a->interface, b->interface) == 0 && a->local_port == b->local_port &&
               a->ack_timeout_usec == b->ack_timeout_usec &&
               a->ack_random_permille == b->ack_random_permille &&
               a->max_retransmit == b->max_retransmit && a->nstart == b->nstart &&
               a->mtu_bytes == b->mtu_bytes;
}

bool lw_account_equal(const LwAccount *a, const LwAccount *b)
{
        return g_strcmp0(a->uri, b->uri) == 0 && peer_equal(&a->peer, &b->peer) &&
               a->ssid == b->ssid && a->version == b->version &&
               a->lifetime_seconds == b->lifetime_seconds &&
               a->default_pmin_seconds == b->default_pmin_seconds &&
               a->default_pmax_seconds == b->default_pmax_seconds &&
               a->disable_timeout_seconds == b->disable_timeout_seconds &&
               a->storing == b->storing && a->mute_send == b->mute_send &&
               a->confirmable_notifications == b->confirmable_notifications &&
               g_strcmp0(a->binding, b->binding) == 0 &&
               g_strcmp0(a->sms_number, b->sms_number) == 0 && a->queue_mode == b->queue_mode &&
               a->awake_usec == b->awake_usec && a->send_format == b->send_format &&
               a->diagnostics == b->diagnostics;
}

bool lw_binding_check(const char *text, GError **error)
{
        static const char letters[] = "UTSNMHQ";
        unsigned seen = 0;

        for (const char *c = text; *c; c++) {
                const char *letter = strchr(letters, *c);

                if (!letter || seen & 1u << (letter - letters)) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "'%s' is not a binding: use letters of U, T, S, N, M and "
                                        "H, "
                                        "each once",
                                        text);
                        return false;
                }
                seen |= 1u << (letter - letters);
        }
        if (seen == 0 || seen == 1u << (strlen(letters) - 1)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "a binding names a transport, such as U");
                return false;
        }
        return true;
}
