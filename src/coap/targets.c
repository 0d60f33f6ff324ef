/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTargets: the addresses of a server in the order to try them, and where to leave from. */
#include "coap/targets.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "coap/address.h"
#include "model/status.h"

void lw_targets_init(
                LwTargets *self, LwClientShared *shared, const LwPeer *peer, LwTransport *transport)
{
        *self = (LwTargets){ .shared = shared, .peer = peer, .transport = transport };
}

static void call_ready(void *user)
{
        LwTargets *self = user;

        self->ready(self->user);
}

static void tell_stage(LwTargets *self, LwTransportStage stage)
{
        self->transport->events->stage(self->transport->user, stage);
}

/* The owner may close the transport from here: nothing may follow. */
static void tell_down(LwTargets *self, const char *reason)
{
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "cannot resolve '%s': %s", self->peer->uri.host, reason);

        self->transport->events->down(
                        self->transport->user, error, lw_driver_now(self->shared->driver));
}

/* An address that stayed silent last time is tried last. */
static void rotate(LwTargets *self, const coap_address_t *silent)
{
        coap_address_t turned[LW_ADDRESSES_MAX];
        size_t first = 0;

        while (first < self->count && !lw_address_equal(&self->all[first], silent))
                first++;
        if (first == self->count)
                return;
        for (size_t i = 0; i < self->count; i++)
                turned[i] = self->all[(first + 1 + i) % self->count];
        memcpy(self->all, turned, self->count * sizeof(coap_address_t));
}

static void on_resolved(
                void *user, const coap_address_t *addresses, size_t count, const char *reason)
{
        LwTargets *self = user;
        const coap_address_t *silent;

        self->resolve = NULL;
        if (count == 0) {
                tell_down(self, reason);
                return;
        }
        memcpy(self->all, addresses, count * sizeof(coap_address_t));
        self->count = count;
        silent = g_hash_table_lookup(self->shared->silent, self->peer->uri.host);
        if (silent != NULL)
                rotate(self, silent);
        lw_driver_defer(self->shared->driver, call_ready, self);
        tell_stage(self, LW_TRANSPORT_CONNECTING);
}

static void refuse(void *user)
{
        tell_down(user, "too much else waits");
}

void lw_targets_find(LwTargets *self, void (*ready)(void *user), void *user)
{
        const LwUri *uri = &self->peer->uri;

        self->ready = ready;
        self->user = user;
        if (lw_address_parse(uri->host, uri->port, &self->all[0])) {
                self->count = 1;
                lw_driver_defer(self->shared->driver, call_ready, self);
                tell_stage(self, LW_TRANSPORT_CONNECTING);
                return;
        }
        self->resolve = lw_resolve_start(
                        self->shared->worker, uri->host, uri->port, on_resolved, self);
        if (self->resolve == NULL)
                lw_driver_defer(self->shared->driver, refuse, self);
        tell_stage(self, LW_TRANSPORT_RESOLVING);
}

void lw_targets_clear(LwTargets *self)
{
        lw_driver_forget(self->shared->driver, call_ready, self);
        lw_driver_forget(self->shared->driver, refuse, self);
        if (self->resolve != NULL)
                lw_resolve_cancel(self->resolve);
        self->resolve = NULL;
}

coap_address_t *lw_targets_next(LwTargets *self)
{
        coap_address_t *remote;

        if (self->next == self->count)
                return NULL;
        remote = &self->all[self->next++];
        /* A link-local address means something on a link only. */
        if (self->peer->interface != NULL && remote->addr.sa.sa_family == AF_INET6 &&
                        IN6_IS_ADDR_LINKLOCAL(&remote->addr.sin6.sin6_addr) &&
                        remote->addr.sin6.sin6_scope_id == 0)
                remote->addr.sin6.sin6_scope_id = if_nametoindex(self->peer->interface);
        return remote;
}

bool lw_targets_is_last(const LwTargets *self)
{
        return self->next == self->count;
}

bool lw_targets_source(const LwTargets *self, const coap_address_t *remote,
                coap_address_t *ret_local, bool *ret_any, GError **error)
{
        const LwPeer *peer = self->peer;
        int family = remote->addr.sa.sa_family;
        const char *kind = family == AF_INET ? "IPv4" : "IPv6";

        *ret_any = false;
        if (peer->local_address != NULL) {
                if (lw_address_parse(peer->local_address, peer->local_port, ret_local) &&
                                ret_local->addr.sa.sa_family == family)
                        return true;
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the local address '%s' is not an %s address, as the server's is",
                                peer->local_address, kind);
                return false;
        }
        if (peer->interface != NULL) {
                if (lw_address_of_interface(peer->interface, remote, peer->local_port, ret_local))
                        return true;
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the interface '%s' has no %s address now", peer->interface, kind);
                return false;
        }
        lw_address_any(family, peer->local_port, ret_local);
        *ret_any = peer->local_port == 0;
        return true;
}

void lw_targets_remember(LwTargets *self, bool heard, const coap_address_t *last)
{
        GHashTable *silent = self->shared->silent;
        const char *host = self->peer->uri.host;

        if (heard) {
                g_hash_table_remove(silent, host);
                return;
        }
        if (last == NULL || self->count < 2)
                return;
        if (g_hash_table_size(silent) >= LW_SERVERS_MAX)
                g_hash_table_remove_all(silent);
        g_hash_table_insert(silent, g_strdup(host), g_memdup2(last, sizeof(*last)));
}
