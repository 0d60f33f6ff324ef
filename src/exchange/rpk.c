/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRpk: the raw public keys that a session with a server goes by, as bytes. */
#include "exchange/rpk.h"

void lw_rpk_clear(LwRpk *self)
{
        g_clear_pointer(&self->public_key, g_bytes_unref);
        g_clear_pointer(&self->private_key, g_bytes_unref);
        g_clear_pointer(&self->server, g_bytes_unref);
}

static GBytes *share(GBytes *bytes)
{
        return bytes == NULL ? NULL : g_bytes_ref(bytes);
}

void lw_rpk_copy(LwRpk *self, const LwRpk *from)
{
        *self = (LwRpk){
                .public_key = share(from->public_key),
                .private_key = share(from->private_key),
                .server = share(from->server),
                .matching = from->matching,
        };
}

static bool same(GBytes *a, GBytes *b)
{
        return a == b || (a != NULL && b != NULL && g_bytes_equal(a, b));
}

bool lw_rpk_equal(const LwRpk *a, const LwRpk *b)
{
        return a->matching == b->matching && same(a->public_key, b->public_key) &&
               same(a->private_key, b->private_key) && same(a->server, b->server);
}
