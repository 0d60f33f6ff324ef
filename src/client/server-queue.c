/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queue mode of LwServer: when we count as asleep.
 *
 * The server holds back its requests while we sleep, and we sleep when nothing went either way for
 * a while. The socket stays open meanwhile: a host on a mains supply saves nothing by closing it,
 * and a request that comes all the same is answered, as other clients do that have not closed
 * theirs. Whatever we send wakes us: an Update, a notification, a Send.
 * Source: OMA LwM2M Core 1.1, 6.5, Queue Mode.
 */
#include "client/server-inside.h"

LwUsec lw_server_sleep_at(const LwServer *self)
{
        if (!self->account->queue_mode || !lw_server_exchange(self) ||
                        self->registration.state != LW_REGISTRATION_REGISTERED)
                return LW_USEC_NEVER;
        return lw_usec_add(lw_exchange_active(lw_server_exchange(self)), self->account->awake_usec);
}

void lw_server_stir(LwServer *self, LwNow now)
{
        bool asleep = lw_server_sleep_at(self) <= now.boot;

        if (asleep == self->asleep)
                return;
        self->asleep = asleep;
        if (self->environment.changed)
                self->environment.changed(self->environment.user, self);
}
