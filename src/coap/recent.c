/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Non-confirmable messages of ours that a RST may still name. */
#include "coap/recent.h"

#include <stdlib.h>

#include <glib.h>

void lw_coap_recent_add(LwCoapRecent *self, LwTransport *transport, uint16_t mid)
{
        unsigned place = self->next++ % LW_COAP_RECENT_MAX;

        self->all[place].transport = transport;
        self->all[place].mid = mid;
}

void lw_coap_recent_forget(LwCoapRecent *self, const LwTransport *transport)
{
        for (unsigned i = 0; i < LW_COAP_RECENT_MAX; i++)
                if (self->all[i].transport == transport)
                        self->all[i].transport = NULL;
}

void lw_coap_recent_reset(LwCoapRecent *self, uint16_t mid, LwNow now)
{
        for (unsigned i = 0; i < LW_COAP_RECENT_MAX; i++) {
                LwTransport *transport = self->all[i].transport;

                if (transport == NULL || self->all[i].mid != mid)
                        continue;
                self->all[i].transport = NULL;
                transport->events->reset(transport->user, mid, now);
                return;
        }
}

bool lw_coap_parse_reset(const char *line, uint16_t *ret_mid)
{
        static const char prefix[] = "got RST for mid=0x";
        unsigned long mid;
        char *end;

        if (!g_str_has_prefix(line, prefix) || !g_ascii_isxdigit(line[sizeof(prefix) - 1]))
                return false;
        mid = strtoul(line + sizeof(prefix) - 1, &end, 16);
        if (mid > UINT16_MAX || (*end != '\0' && *end != '\n'))
                return false;
        *ret_mid = (uint16_t) mid;
        return true;
}
