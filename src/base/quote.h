/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign text made fit for a message. */
#pragma once

#include <stddef.h>

/**
 * `length` bytes from outside in single quotes, cut where they grow long; what is not printable
 * UTF-8 comes out as \xNN, so that the message is valid UTF-8 and one line. Caller frees.
 */
char *lw_quote(const char *text, size_t length);
