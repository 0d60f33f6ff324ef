/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscore: a security context of OSCORE, as an instance of object 21 describes it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/limits.h"

/** LwOscoreBytes: some bytes, each of any value. */
typedef struct LwOscoreBytes {
        uint8_t length;
        uint8_t data[LW_OSCORE_SECRET_MAX];
} LwOscoreBytes;

/**
 * LwOscore: what both ends know beforehand.
 *
 * Shape:  zeroed memory is none; a secret has at least 16 bytes, an id at most LW_OSCORE_ID_MAX,
 *         and the two differ. AES-CCM-16-64-128 and HKDF with SHA-256, which everybody has.
 * Source: RFC 8613, 3.1 and 3.2; OMA LwM2M Core 1.1, object 21.
 */
typedef struct LwOscore {
        LwOscoreBytes secret;    /* /21/x/0, Master Secret */
        LwOscoreBytes sender;    /* /21/x/1, of what we send */
        LwOscoreBytes recipient; /* /21/x/2, of what we receive */
        LwOscoreBytes salt;      /* /21/x/5, Master Salt */
        LwOscoreBytes context;   /* /21/x/6, ID Context; empty: none */
} LwOscore;

/** A name for the context by which nobody learns anything of it; with its NUL. */
#define LW_OSCORE_DIGEST_LENGTH 65

static inline bool lw_oscore_is_set(const LwOscore *self)
{
        return self->secret.length > 0;
}

bool lw_oscore_equal(const LwOscore *a, const LwOscore *b);
/** The same for the same context. */
void lw_oscore_digest(const LwOscore *self, char ret_text[static LW_OSCORE_DIGEST_LENGTH]);
/** The same context, seen from the other end. */
LwOscore lw_oscore_reversed(const LwOscore *self);

/**
 * What one reads in a file or an option: hexadecimal digits, two a byte, `minimum` to `maximum`
 * bytes. NULL, or what is wrong with them, which does not tell what they are.
 */
const char *lw_oscore_bytes_parse(
                const char *text, unsigned minimum, unsigned maximum, LwOscoreBytes *ret_bytes);
