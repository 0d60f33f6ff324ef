/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscoreLink: the sequence numbers of one transport with OSCORE. */
#include "coap/oscore-link.h"

#include "model/status.h"

/* With fewer numbers than these, more are asked for. */
#define FEW (LW_OSCORE_RANGE / 2)
/* With fewer than these it is over: as many may go before the loop has its turn. */
#define NONE (LW_OSCORE_RANGE / 8)

static void tell_broken(void *user)
{
        LwOscoreLink *self = user;

        self->broken(self->user, self->reason);
}

/* We are inside libcoap, mostly: so later. */
static void end(LwOscoreLink *self)
{
        if (self->ending)
                return;
        self->ending = true;
        if (self->reason == NULL)
                self->reason = g_error_new_literal(LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "the OSCORE sequence numbers that were written down are used up "
                                "before more of them could be");
        lw_driver_defer(self->driver, tell_broken, self);
}

static void tell_ready(void *user)
{
        LwOscoreLink *self = user;

        self->ready(self->user);
}

static void on_first(void *user, uint64_t first, const GError *error)
{
        LwOscoreLink *self = user;

        self->asking = false;
        if (error != NULL) {
                self->reason = g_error_copy(error);
                end(self);
                return;
        }
        self->send.next = first;
        self->send.end = first + LW_OSCORE_RANGE;
        lw_driver_defer(self->driver, tell_ready, self);
}

/* A range that does not follow ours is of no use: another transport of the context was between,
 * which ends soon. What is left is used, and the next transport has a range of its own. */
static void on_more(void *user, uint64_t first, const GError *error)
{
        LwOscoreLink *self = user;

        self->asking = false;
        if (error == NULL && first == self->send.end)
                self->send.end += LW_OSCORE_RANGE;
        else if (error != NULL && self->reason == NULL)
                self->reason = g_error_copy(error);
}

static void on_used(void *user)
{
        LwOscoreLink *self = user;
        uint64_t left = self->send.end > self->send.next ? self->send.end - self->send.next : 0;

        if (left < NONE)
                end(self);
        else if (left < FEW && !self->asking && self->reason == NULL) {
                self->asking = true;
                lw_oscore_numbers_reserve(self->numbers, self->oscore, on_more, self);
        }
}

void lw_oscore_link_start(LwOscoreLink *self, LwDriver *driver, LwOscoreNumbers *numbers,
                const LwOscore *oscore, void (*ready)(void *user),
                void (*broken)(void *user, const GError *reason), void *user)
{
        *self = (LwOscoreLink){
                .send = { .used = on_used, .user = self },
                .oscore = oscore,
                .numbers = numbers,
                .driver = driver,
                .ready = ready,
                .broken = broken,
                .user = user,
                .asking = true,
        };
        lw_oscore_numbers_reserve(numbers, oscore, on_first, self);
}

void lw_oscore_link_clear(LwOscoreLink *self)
{
        if (self->driver == NULL)
                return;
        lw_oscore_numbers_forget(self->numbers, self);
        lw_driver_forget(self->driver, tell_ready, self);
        lw_driver_forget(self->driver, tell_broken, self);
        g_clear_error(&self->reason);
}
