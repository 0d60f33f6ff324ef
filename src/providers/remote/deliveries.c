/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDeliveries: what a service has sent to servers. */
#include "providers/remote/deliveries.h"

typedef struct Delivery {
        uint64_t send; /* the key */
        uint64_t own;
        unsigned pending;
        bool failed;
} Delivery;

struct LwDeliveries {
        GHashTable *all; /* set of Delivery; each is a Send that waits at a server, and so bounded
                          */
};

LwDeliveries *lw_deliveries_new(void)
{
        LwDeliveries *self = g_new(LwDeliveries, 1);

        self->all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        return self;
}

void lw_deliveries_free(LwDeliveries *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->all);
        g_free(self);
}

void lw_deliveries_add(LwDeliveries *self, uint64_t send, uint64_t own, unsigned servers)
{
        Delivery *delivery = g_new(Delivery, 1);

        *delivery = (Delivery){ .send = send, .own = own, .pending = servers };
        g_hash_table_add(self->all, delivery);
}

bool lw_deliveries_take(LwDeliveries *self, uint64_t send, bool ok, uint64_t *ret_own, bool *ret_ok)
{
        Delivery *delivery = g_hash_table_lookup(self->all, &send);

        if (delivery == NULL)
                return false;
        delivery->failed |= !ok;
        if (--delivery->pending > 0)
                return false;
        *ret_own = delivery->own;
        *ret_ok = !delivery->failed;
        g_hash_table_remove(self->all, &send);
        return true;
}

void lw_deliveries_clear(LwDeliveries *self)
{
        g_hash_table_remove_all(self->all);
}
