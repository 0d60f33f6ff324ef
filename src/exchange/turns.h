/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose turn it is: requests of ours that wait, and those that are under way. */
#pragma once

#include "exchange/outgoing.h"

/** To those that wait: urgent ones before the others, in their own order. */
void lw_turns_wait(LwOutgoing *self, LwErrandItem *errand);
/** Sends the next messages of all whose turn it is. */
void lw_turns_pump(LwOutgoing *self);
/** Sends the next message of one that flies. If it cannot be sent the errand fails at the next run,
 * not under its caller's feet. */
void lw_turns_launch(LwOutgoing *self, LwErrandItem *errand);
/** Out of those that wait and fly. */
void lw_turns_land(LwOutgoing *self, LwErrandItem *errand);
