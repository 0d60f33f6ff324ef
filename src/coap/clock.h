/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that libcoap gets from us. */
#pragma once

#include <stdbool.h>

#include <coap3/coap.h>

/** With the first context: lets libcoap look at its clock, sees whether it came to us, and warns if
 * it did not. */
void lw_coap_check_clock(coap_context_t *context);

/**
 * Whether libcoap takes its time from us (CLOCK_BOOTTIME), as found when the first context was
 * made. If it does not, a real-time clock that is set stops or hurries all repetitions.
 */
bool lw_coap_clock_is_ours(void);
