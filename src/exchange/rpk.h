/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRpk: the raw public keys that a session with a server goes by, as bytes. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "exchange/x509.h"

/**
 * LwRpk: what resources 3, 4, 5 and 13 of object 0 say when the mode is that of raw public keys.
 *
 * Shape:  public keys are SubjectPublicKeyInfo, DER or PEM; the private key is PKCS#8 or SEC 1, DER
 *         or PEM. NULL `public_key`: the one that belongs to the private key.
 * Owns:   references: lw_rpk_clear().
 * Source: RFC 7250; OMA LwM2M Transport 1.1, 5.2.8.2.
 */
typedef struct LwRpk {
        GBytes *public_key;  /* ours */
        GBytes *private_key; /* a secret */
        GBytes *server;      /* the server's public key, or its digest */
        LwMatchingType matching;
} LwRpk;

void lw_rpk_clear(LwRpk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwRpk, lw_rpk_clear)
/** Into uninitialised memory. */
void lw_rpk_copy(LwRpk *self, const LwRpk *from);
bool lw_rpk_equal(const LwRpk *a, const LwRpk *b);
