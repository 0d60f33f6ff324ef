/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What needs newer libraries than Debian 12 has: sentences for those who want it all the same. */
#pragma once

#define LW_RPK_PROBLEM                                                                             \
        "raw public keys need OpenSSL 3.2 or newer, which this build does not have; use x509 or "  \
        "psk"
