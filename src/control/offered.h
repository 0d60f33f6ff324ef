/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects that are offered, without those that are closed: "/3303". */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "tree/tree.h"

/** Appends them as `as`. Returns 0 or a negative errno. */
int lw_offered_append(sd_bus_message *reply, const LwTree *tree);
/** Appends them as one text, the same for the same objects. */
void lw_offered_print(GString *text, const LwTree *tree);
