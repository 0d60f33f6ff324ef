/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestCertificates: the certificates that the test server can show. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "exchange/x509.h"

/**
 * LwTestCertificates: a directory with pairs NAME.pem and NAME.key, of which "server" is shown as
 * long as no other was chosen, and ca.pem, the authorities whose clients are taken.
 *
 * Owns: what it has read, and wipes it.
 */
typedef struct LwTestCertificates LwTestCertificates;

/** Errors: 4.00, with the file: there is no server.pem, or the pair or ca.pem cannot be used. */
LwTestCertificates *lw_test_certificates_new(const char *directory, GError **error);
void lw_test_certificates_free(LwTestCertificates *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestCertificates, lw_test_certificates_free)

/** From now on shows the pair of that name; "": "server". Errors: 4.00; nothing is changed. */
bool lw_test_certificates_choose(LwTestCertificates *self, const char *name, GError **error);
/** What is shown; it stays until the next choice. */
const LwX509 *lw_test_certificates_shown(const LwTestCertificates *self);
