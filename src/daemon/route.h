/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which address of ours the system would use towards a peer. */
#pragma once

#include <stdbool.h>

/**
 * Whether a connection from `local` to `remote` (both "192.0.2.1:5683" or "[2001:db8::1]:5683")
 * could be made again just so: `fixed`: the address is still ours; else it is the one that the
 * system would choose today. Asks the kernel without sending anything; true when it cannot tell.
 */
bool lw_route_is_current(const char *local, const char *remote, bool fixed);
