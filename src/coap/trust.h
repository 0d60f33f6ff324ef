/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTrust: by what the certificate of a server is judged. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/x509.h>

#include "exchange/x509.h"

/** LwDay: what the clock says, and whether that can be believed. */
typedef struct LwDay {
        int64_t seconds; /* since 1970 */
        bool doubtful;   /* no certificate's dates can be checked by it */
} LwDay;

/**
 * A clock is doubted while nobody has set it (`synchronized`, a file of systemd-timesyncd, is
 * absent) and it says a year before the one that this program was built in.
 */
LwDay lw_day(int64_t seconds, const char *synchronized);

/** LwVerdict: what came of it. Owns `reason`. */
typedef struct LwVerdict {
        int code;             /* X509_V_OK, or the error of OpenSSL, from which the alert is made */
        char *reason;         /* "reason; remedy", NULL with X509_V_OK */
        bool dates_unchecked; /* the clock was doubtful */
        int64_t ends_seconds; /* when the first of the certificates expires; INT64_MAX: never mind
                               */
} LwVerdict;

void lw_verdict_clear(LwVerdict *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwVerdict, lw_verdict_clear)

typedef struct LwTrust LwTrust;

/**
 * `x509` must have passed lw_x509_check(). `name` is the server's: resource 14 of object 0, else
 * the host of the URI, which may be an IP address.
 */
LwTrust *lw_trust_new(const LwX509 *x509, const char *name);
void lw_trust_free(LwTrust *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTrust, lw_trust_free)

/**
 * Judges a server's certificate; `sent` are all that it sent. NULL `leaf`: it sent none.
 * Source: OMA LwM2M Transport 1.1, 5.2.8.7; RFC 6698, 2.1; RFC 5280, 6; RFC 6125; RFC 7925, 4.4.1.
 */
void lw_trust_judge(const LwTrust *self, X509 *leaf, STACK_OF(X509) * sent, LwDay day,
                LwVerdict *ret_verdict);
