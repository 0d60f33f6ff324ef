/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStatus: the outcome of an operation, and the GError domain made of it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/** LwStatus: a CoAP response code as people write it, 404 is 4.04. */
typedef enum LwStatus {
        LW_STATUS_CREATED = 201,
        LW_STATUS_DELETED = 202,
        LW_STATUS_VALID = 203,
        LW_STATUS_CHANGED = 204,
        LW_STATUS_CONTENT = 205,
        LW_STATUS_CONTINUE = 231,
        LW_STATUS_BAD_REQUEST = 400,
        LW_STATUS_UNAUTHORIZED = 401,
        LW_STATUS_BAD_OPTION = 402,
        LW_STATUS_FORBIDDEN = 403,
        LW_STATUS_NOT_FOUND = 404,
        LW_STATUS_NOT_PERMITTED = 405,
        LW_STATUS_NOT_ACCEPTABLE = 406,
        LW_STATUS_INCOMPLETE = 408,
        LW_STATUS_CONFLICT = 409,
        LW_STATUS_PRECONDITION_FAILED = 412,
        LW_STATUS_TOO_LARGE = 413,
        LW_STATUS_UNSUPPORTED_FORMAT = 415,
        LW_STATUS_FAILED = 500,
        LW_STATUS_NOT_IMPLEMENTED = 501,
        LW_STATUS_UNAVAILABLE = 503,
        LW_STATUS_TIMEOUT = 504,
        LW_STATUS_PROXYING = 505,
} LwStatus;

/** The domain of every GError that can become a response: its code *is* an LwStatus. */
#define LW_ERROR lw_error_quark()
GQuark lw_error_quark(void);

static inline bool lw_status_is_success(LwStatus status)
{
        return status >= 200 && status < 300;
}

/** The code byte of a CoAP message, 4.04 is 0x84. Source: RFC 7252, 3. */
static inline uint8_t lw_status_to_code(LwStatus status)
{
        return (uint8_t) (((unsigned) status / 100) << 5 | (unsigned) status % 100);
}

/** The reverse; codes that have no name here come out as their number all the same. */
static inline LwStatus lw_status_from_code(uint8_t code)
{
        return (LwStatus) ((code >> 5) * 100 + (code & 0x1f));
}

/** "4.04 Not Found"; for a number without a name "4.17". Static or interned. */
const char *lw_status_text(LwStatus status);

/** The status to answer for `error`: its code in our domain, else 5.00. */
LwStatus lw_status_of_error(const GError *error);
