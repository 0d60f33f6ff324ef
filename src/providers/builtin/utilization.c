/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUtilization: how much of a link's speed is used, from its counters at two moments. */
#include "providers/builtin/utilization.h"

#include <glib.h>

/* Below it, one packet more or less makes the difference. */
#define SPAN_MIN_USEC LW_USEC_PER_SEC

static void begin(LwUtilization *self, const LwSurvey *survey, const LwLink *link)
{
        self->link = link->index;
        self->since = survey->taken;
        self->rx_bytes = link->counters.rx_bytes;
        self->tx_bytes = link->counters.tx_bytes;
}

int lw_utilization_take(LwUtilization *self, const LwSurvey *survey, uint32_t index)
{
        const LwLink *link = survey->links == NULL ? NULL : lw_links_find(survey->links, index);
        uint64_t speed_kbit = lw_survey_speed_kbit(survey, index);
        uint64_t bytes;
        LwUsec span;

        if (link == NULL || !link->has_counters || speed_kbit == 0) {
                self->link = 0;
                return -1;
        }
        if (self->link != index || link->counters.rx_bytes < self->rx_bytes ||
                        link->counters.tx_bytes < self->tx_bytes || survey->taken < self->since) {
                begin(self, survey, link);
                self->percent = -1;
                return -1;
        }
        span = survey->taken - self->since;
        if (span < SPAN_MIN_USEC)
                return self->percent;
        bytes = MAX(link->counters.rx_bytes - self->rx_bytes,
                        link->counters.tx_bytes - self->tx_bytes);
        /* bytes * 8 bits * 1000 ms/s in kbit/s of the speed */
        self->percent = (int) CLAMP(
                        (double) bytes * 8000 / (double) span / (double) speed_kbit * 100 + 0.5, 0,
                        100);
        begin(self, survey, link);
        return self->percent;
}
