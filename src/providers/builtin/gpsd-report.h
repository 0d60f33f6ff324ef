/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gpsd reports, line by line. It stands here and not among the parsers of host/, as it is
 * JSON, which the codecs read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "providers/builtin/fix.h"

/**
 * The fix in one report, {"class":"TPV","mode":3,"lat":...}. False: it is another report, there is
 * no fix in it, or it is none. Source: gpsd_json(5).
 */
bool lw_gpsd_report_parse(const char *line, size_t length, LwFix *ret_fix);
