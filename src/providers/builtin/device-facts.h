/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of object 3 stays as long as the agent runs: names, numbers and versions of this host. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bus/connection.h"

/**
 * LwDeviceFacts: texts of /3/0, read once; what the firmware told nobody else may come from
 * hostnamed, later.
 */
typedef struct LwDeviceFacts LwDeviceFacts;

/** `root_fd` stands for "/"; `credentials` is a directory, NULL: none. */
LwDeviceFacts *lw_device_facts_new(int root_fd, const char *credentials);
/** Free the bus before: it may still owe an answer. */
void lw_device_facts_free(LwDeviceFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceFacts, lw_device_facts_free)

/** The text of a resource; NULL: not known, or no fact. */
const char *lw_device_facts_text(const LwDeviceFacts *self, uint16_t resource);

/** Asks hostnamed for what is missing, whenever there is a bus; `learnt`: there is more now. */
void lw_device_facts_use_bus(
                LwDeviceFacts *self, LwBus *bus, void (*learnt)(void *user), void *user);
