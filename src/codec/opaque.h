/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of an OPAQUE value, wherever they lie. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/bytes.h"
#include "model/value.h"

/** How many there are. Errors: 4.06 beyond LW_BODY_MAX, as what is larger does not travel in a
 * document. */
bool lw_opaque_size(const LwValue *value, size_t *ret_size, GError **error);

/** Appends them. Errors: as lw_opaque_size(), and 5.00 from an unreadable blob. */
bool lw_opaque_write(LwWriter *writer, const LwValue *value, GError **error);
