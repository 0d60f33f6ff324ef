/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What LwServer shows of itself. */
#include "client/server-inside.h"

LwAccount *lw_server_account(LwServer *self)
{
        return self->account;
}

const LwRegistration *lw_server_registration(const LwServer *self)
{
        return &self->registration;
}

const char *lw_server_state_name(const LwServer *self)
{
        if (self->registration.state == LW_REGISTRATION_CONNECTING && self->resolving)
                return "resolving";
        if (self->asleep && self->registration.state == LW_REGISTRATION_REGISTERED)
                return "asleep";
        return lw_registration_state_name(self->registration.state);
}

const char *lw_server_last_error(const LwServer *self, LwStatus *ret_status)
{
        if (ret_status)
                *ret_status = self->last_status;
        return self->last_error ? self->last_error : "";
}

const char *lw_server_location(const LwServer *self)
{
        return self->location_text ? self->location_text : "";
}

void lw_server_secured(const LwServer *self, LwSecured *ret_secured)
{
        if (lw_server_exchange(self))
                lw_exchange_secured(lw_server_exchange(self), ret_secured);
        else
                *ret_secured = (LwSecured){};
}

uint8_t lw_server_alert(const LwServer *self)
{
        return self->alert;
}

char *lw_server_address(const LwServer *self, LwTransportEnd end)
{
        return lw_server_exchange(self) ? lw_exchange_address(lw_server_exchange(self), end) : NULL;
}

size_t lw_server_observation_count(const LwServer *self)
{
        return lw_observer_count(self->observer);
}

size_t lw_server_list_observations(const LwServer *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        return lw_observer_list(self->observer, offset, limit, each, data);
}

const LwCounters *lw_server_counters(LwServer *self, LwNow now)
{
        lw_server_count(self, now);
        return &self->counters;
}

void lw_server_set_counters(LwServer *self, const LwCounters *counters)
{
        LwTraffic seen = self->counters.seen;

        self->counters = *counters;
        self->counters.seen = seen;
}
