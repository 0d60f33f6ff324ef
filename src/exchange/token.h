/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that nobody can guess, for tokens and entity tags. */
#pragma once

#include <stdint.h>

/**
 * 64 unpredictable bits, never 0. From getrandom(2): the one system call of the core, as a token
 * that can be guessed lets anybody answer for a server (RFC 7252, 5.3.1 and 11.4).
 */
uint64_t lw_token_new(void);
