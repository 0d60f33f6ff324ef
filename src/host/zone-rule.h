/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule of a time zone in words: when its clocks change, year after year. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/**
 * What a rule, "CET-1CEST,M3.5.0,M10.5.0/3", says of one moment: seconds east of UTC.
 *
 * Errors: false when it is no such rule, or has summer time and the moment lies before 1970 or
 * after 9999. Source: POSIX.1-2017, 8.3, "TZ", with names in <> and, by RFC 8536, hours from -167
 * to 167.
 */
bool lw_zone_rule_offset(const char *text, int64_t unix_seconds, int32_t *ret_seconds);
