/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many stored values of each element go to the server: hqmax. */
#pragma once

#include <stdbool.h>

#include "client/outbox.h"
#include "client/rules.h"
#include "model/registry.h"

/**
 * Takes out of `outbox` the values that are too many: of each element of an observation for which
 * an hqmax is in force the newest hqmax stay, and none of an element without one. An observation
 * that has none in force keeps all. An element of which none stays is owed (`owed` of the
 * observation): its present value is to be told.
 * Source: OMA LwM2M Core 1.2, Maximum Historical Queue.
 */
void lw_history_trim(LwOutbox *outbox, const LwRules *rules, LwRegistry *registry);
