/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that libcoap gets from us. */
#include "coap/clock.h"

#include <stdint.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"

/*
 * libcoap's clock. It keeps all its time on CLOCK_REALTIME, and so a clock that is set stops its
 * repetitions or fires them all at once. It calls these through its PLT, where a definition in the
 * executable wins. They must stay visible, and this object linked: lw_coap_check_clock() sees to
 * that.
 */
#define FOR_LIBCOAP __attribute__((visibility("default")))

static unsigned clock_reads;
static bool clock_is_ours;

static uint64_t read_clock_usec(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (uint64_t) now.tv_sec * LW_USEC_PER_SEC + (uint64_t) now.tv_nsec / 1000;
}

FOR_LIBCOAP void coap_ticks(coap_tick_t *ticks)
{
        clock_reads++;
        *ticks = read_clock_usec(CLOCK_BOOTTIME) / (LW_USEC_PER_SEC / COAP_TICKS_PER_SECOND);
}

FOR_LIBCOAP uint64_t coap_ticks_to_rt_us(coap_tick_t ticks)
{
        return ticks * (LW_USEC_PER_SEC / COAP_TICKS_PER_SECOND) + read_clock_usec(CLOCK_REALTIME) -
               read_clock_usec(CLOCK_BOOTTIME);
}

FOR_LIBCOAP coap_tick_t coap_ticks_from_rt_us(uint64_t real_usec)
{
        return (real_usec + read_clock_usec(CLOCK_BOOTTIME) - read_clock_usec(CLOCK_REALTIME)) /
               (LW_USEC_PER_SEC / COAP_TICKS_PER_SECOND);
}

FOR_LIBCOAP coap_time_t coap_ticks_to_rt(coap_tick_t ticks)
{
        return (coap_time_t) (coap_ticks_to_rt_us(ticks) / LW_USEC_PER_SEC);
}

bool lw_coap_clock_is_ours(void)
{
        return clock_is_ours;
}

void lw_coap_check_clock(coap_context_t *context)
{
        static bool checked;
        unsigned before = clock_reads;

        if (checked)
                return;
        checked = true;
        coap_io_process(context, COAP_IO_NO_WAIT);
        clock_is_ours = clock_reads != before;
        if (!clock_is_ours)
                lw_log(G_LOG_LEVEL_WARNING, "libcoap reads the real-time clock, not ours: when "
                                            "that clock is set, "
                                            "messages are repeated too late or all at once; link "
                                            "with the shared "
                                            "libcoap, without -Bsymbolic");
}
