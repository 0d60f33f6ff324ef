/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two ends of a D-Bus connection without a bus, on one event loop. */
#include "lib/bus-pair.h"

#include <sys/socket.h>

#include <check.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>

#define PATIENCE_USEC 5000000
#define QUIET_USEC 20000

void lw_pair_init(LwPair *self, sd_event *event)
{
        sd_id128_t id = SD_ID128_MAKE(
                        6c, 77, 6d, 32, 6d, 64, 2d, 74, 65, 73, 74, 2d, 62, 75, 73, 00);
        int ends[2];

        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
                        0);
        self->event = sd_event_ref(event);
        if (event == NULL)
                ck_assert_int_ge(sd_event_new(&self->event), 0);
        ck_assert_int_ge(sd_bus_new(&self->ours), 0);
        ck_assert_int_ge(sd_bus_set_fd(self->ours, ends[0], ends[0]), 0);
        ck_assert_int_ge(sd_bus_set_server(self->ours, true, id), 0);
        ck_assert_int_ge(sd_bus_set_anonymous(self->ours, true), 0);
        ck_assert_int_ge(sd_bus_start(self->ours), 0);
        ck_assert_int_ge(sd_bus_new(&self->theirs), 0);
        ck_assert_int_ge(sd_bus_set_fd(self->theirs, ends[1], ends[1]), 0);
        ck_assert_int_ge(sd_bus_set_anonymous(self->theirs, true), 0);
        ck_assert_int_ge(sd_bus_start(self->theirs), 0);
        ck_assert_int_ge(sd_bus_attach_event(self->ours, self->event, 0), 0);
        ck_assert_int_ge(sd_bus_attach_event(self->theirs, self->event, 0), 0);
}

void lw_pair_clear(LwPair *self)
{
        sd_bus_close_unref(self->theirs);
        sd_bus_close_unref(self->ours);
        sd_event_unref(self->event);
}

void lw_pair_run(LwPair *self, const bool *done)
{
        uint64_t begin = 0, now = 0;

        sd_event_now(self->event, CLOCK_MONOTONIC, &begin);
        while (!*done) {
                ck_assert_int_ge(sd_event_run(self->event, PATIENCE_USEC), 0);
                sd_event_now(self->event, CLOCK_MONOTONIC, &now);
                ck_assert_msg(now - begin < PATIENCE_USEC || *done, "nothing came");
        }
}

void lw_pair_settle(LwPair *self)
{
        while (sd_event_run(self->event, QUIET_USEC) > 0)
                continue;
}
