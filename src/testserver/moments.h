/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of one notification, moment by moment. */
#pragma once

#include <stdint.h>

#include "model/values.h"

/** Values that were true at `real_usec`; 0: they say no time. */
typedef void (*LwTestMoment)(void *user, LwValues *values, int64_t real_usec);

/**
 * Calls `each` for every time that is in `values`, the earliest first, those without one last: a
 * client that could not reach us for a while tells in one notification what happened meanwhile.
 * Source: OMA LwM2M Core 1.1, Server object, resource 6; RFC 8428, 4.5.3.
 */
void lw_test_moments_each(const LwValues *values, LwTestMoment each, void *user);
