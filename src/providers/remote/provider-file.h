/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service that is listed before it runs: providers.d/NAME.provider, from text to LwOffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "providers/remote/grant.h"
#include "providers/remote/offer.h"

/**
 * From a file's text: [Provider] Service= Path= Start= User=, and [Instance 3303/0] Resources= for
 * each instance. Errors: 4.00 with what is wrong.
 */
bool lw_provider_file_parse(const char *name, const char *text, size_t length,
                LwGrantUser find_user, LwOffer *ret_offer, GError **error);
