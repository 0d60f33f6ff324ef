/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwResolve: names to addresses, in the worker, and the order to try them. */
#include "coap/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <glib.h>

#include "coap/address.h"

struct LwResolve {
        LwWorker *worker;
        LwResolveDone done;
        void *user;
        uint16_t port;
        char *host;
        /* What the job found. */
        char *reason;
        size_t count;
        coap_address_t addresses[LW_ADDRESSES_MAX];
};

static void resolve_free(LwResolve *self)
{
        g_free(self->host);
        g_free(self->reason);
        g_free(self);
}

static bool is_known(const LwResolve *self, const coap_address_t *address)
{
        for (size_t i = 0; i < self->count; i++)
                if (lw_address_equal(&self->addresses[i], address))
                        return true;
        return false;
}

static void keep(LwResolve *self, const struct addrinfo *item)
{
        coap_address_t *address = &self->addresses[self->count];

        if (self->count == LW_ADDRESSES_MAX || item->ai_addrlen > sizeof(address->addr) ||
                        (item->ai_family != AF_INET && item->ai_family != AF_INET6))
                return;
        coap_address_init(address);
        memcpy(&address->addr, item->ai_addr, item->ai_addrlen);
        address->size = item->ai_addrlen;
        coap_address_set_port(address, self->port);
        if (!is_known(self, address))
                self->count++;
}

static void resolve_run(void *data)
{
        LwResolve *self = data;
        /* SOCK_DGRAM: each address once, not once for each kind of socket. */
        const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
        struct addrinfo *found = NULL;
        int r = getaddrinfo(self->host, NULL, &hints, &found);

        if (r != 0) {
                self->reason = g_strdup(r == EAI_SYSTEM ? g_strerror(errno) : gai_strerror(r));
                return;
        }
        for (const struct addrinfo *item = found; item != NULL; item = item->ai_next)
                keep(self, item);
        freeaddrinfo(found);
        if (self->count == 0)
                self->reason = g_strdup("it has neither an IPv4 nor an IPv6 address");
        lw_resolve_order(self->addresses, self->count);
}

static void resolve_done(void *data, bool cancelled)
{
        LwResolve *self = data;

        if (!cancelled)
                self->done(self->user, self->addresses, self->count, self->reason);
        resolve_free(self);
}

LwResolve *lw_resolve_start(
                LwWorker *worker, const char *host, uint16_t port, LwResolveDone done, void *user)
{
        LwResolve *self = g_new0(LwResolve, 1);

        self->worker = worker;
        self->host = g_strdup(host);
        self->port = port;
        self->done = done;
        self->user = user;
        if (!lw_worker_add_slow(worker, resolve_run, resolve_done, self)) {
                resolve_free(self);
                return NULL;
        }
        return self;
}

void lw_resolve_cancel(LwResolve *self)
{
        lw_worker_cancel(self->worker, self);
}

void lw_resolve_order(coap_address_t *addresses, size_t count)
{
        for (size_t place = 1; place < count; place++) {
                int before = addresses[place - 1].addr.sa.sa_family;
                size_t next = place;
                coap_address_t moved;

                while (next < count && addresses[next].addr.sa.sa_family == before)
                        next++;
                if (next == count)
                        return;
                moved = addresses[next];
                memmove(&addresses[place + 1], &addresses[place],
                                (next - place) * sizeof(coap_address_t));
                addresses[place] = moved;
        }
}
