/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLabelKeeper: labels that outlive a restart, and answers that wait until they do. */
#pragma once

#include <systemd/sd-bus.h>

#include "io/state.h"
#include "providers/remote/claims.h"
#include "providers/remote/labels.h"

typedef struct LwLabelKeeper LwLabelKeeper;

/** Reads from `state`, which outlives it, which ids labels had. */
LwLabelKeeper *lw_label_keeper_new(LwState *state);
/** Answers that wait are never sent. */
void lw_label_keeper_free(LwLabelKeeper *self);

const LwLabels *lw_label_keeper_labels(const LwLabelKeeper *self);

/**
 * Keeps the ids that the labels of `claims`, of the service called `name` (NULL: none), have now,
 * and sends `reply` (which it takes): at once, or when what is new is safe. 1 or a negative errno.
 */
int lw_label_keeper_reply(LwLabelKeeper *self, const char *name, const LwClaims *claims,
                sd_bus_message *reply);
