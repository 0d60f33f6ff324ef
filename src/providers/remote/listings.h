/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwListings: services that are listed before they run: the files providers.d/NAME.provider. */
#pragma once

#include <systemd/sd-bus.h>

#include "providers/remote/labels.h"
#include "providers/remote/plugins.h"

typedef struct LwListings LwListings;

/** All outlive it. */
LwListings *lw_listings_new(const LwTree *tree, LwPlugins *plugins, const LwLabels *labels);
void lw_listings_free(LwListings *self);

/** Where files are, from now on (ended by NULL, the first has the last word); copied. */
void lw_listings_set_directories(LwListings *self, const char *const *directories);
/** The connection, or NULL when it goes. */
void lw_listings_set_bus(LwListings *self, sd_bus *bus);
/** Reads the files anew: whoever registered, or whose file is as it was, stays as he is. */
void lw_listings_load(LwListings *self);
