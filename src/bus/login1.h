/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What we ask of systemd-logind: reboot. */
#pragma once

#include <glib.h>

#include "bus/connection.h"

/** `error` NULL: logind took it. Else a sentence with what is wrong and what would help. */
typedef void (*LwLogin1Done)(void *user, const GError *error);

/**
 * Reboots the host, without asking a person. `done` comes once, perhaps before this returns.
 * Errors: 5.00 refused (polkit, an inhibitor), 5.03 no bus, no logind, no answer.
 */
void lw_login1_reboot(LwBus *bus, LwLogin1Done done, void *user);
