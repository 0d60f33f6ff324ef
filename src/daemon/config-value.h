/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the configuration: numbers, yes and no, time spans. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

/** Decimal digits alone, within the bounds. */
bool lw_config_parse_number(
                const char *value, uint64_t minimum, uint64_t maximum, uint64_t *ret_number);
/** yes and no, true and false, on and off, 1 and 0, in any case. */
bool lw_config_parse_boolean(const char *value, bool *ret_boolean);
/** "2s", "1.5s", "500ms", "1min", "2": without a unit seconds. */
bool lw_config_parse_span(const char *value, LwUsec *ret_usec);

/** A telephone number as the standard has it: digits, international, without "+". */
bool lw_config_is_sms_number(const char *text);
/** What is said of one that is not. */
#define LW_CONFIG_SMS_NUMBER_PROBLEM                                                               \
        "not a telephone number; give up to 15 digits with the country code and without '+'"
