/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the kernel that a test changes itself: linked instead of host/alarms. */
#pragma once

#include <stdbool.h>

/** Whether the file, below the root, is watched. */
bool lw_fake_alarms_has(const char *path);
/** The kernel tells of it. */
void lw_fake_alarms_ring(const char *path);
