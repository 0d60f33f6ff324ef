/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStatus: the outcome of an operation, and the GError domain made of it. */
#include "model/status.h"

G_DEFINE_QUARK(lw - error - quark, lw_error)

/* Source: RFC 7252, 12.1.2; RFC 7959, 2.9; RFC 8132, 4 */
const char *lw_status_text(LwStatus status)
{
        char text[16];

        switch (status) {
        case LW_STATUS_CREATED:
                return "2.01 Created";
        case LW_STATUS_DELETED:
                return "2.02 Deleted";
        case LW_STATUS_VALID:
                return "2.03 Valid";
        case LW_STATUS_CHANGED:
                return "2.04 Changed";
        case LW_STATUS_CONTENT:
                return "2.05 Content";
        case LW_STATUS_CONTINUE:
                return "2.31 Continue";
        case LW_STATUS_BAD_REQUEST:
                return "4.00 Bad Request";
        case LW_STATUS_UNAUTHORIZED:
                return "4.01 Unauthorized";
        case LW_STATUS_BAD_OPTION:
                return "4.02 Bad Option";
        case LW_STATUS_FORBIDDEN:
                return "4.03 Forbidden";
        case LW_STATUS_NOT_FOUND:
                return "4.04 Not Found";
        case LW_STATUS_NOT_PERMITTED:
                return "4.05 Method Not Allowed";
        case LW_STATUS_NOT_ACCEPTABLE:
                return "4.06 Not Acceptable";
        case LW_STATUS_INCOMPLETE:
                return "4.08 Request Entity Incomplete";
        case LW_STATUS_CONFLICT:
                return "4.09 Conflict";
        case LW_STATUS_PRECONDITION_FAILED:
                return "4.12 Precondition Failed";
        case LW_STATUS_TOO_LARGE:
                return "4.13 Request Entity Too Large";
        case LW_STATUS_UNSUPPORTED_FORMAT:
                return "4.15 Unsupported Content-Format";
        case LW_STATUS_FAILED:
                return "5.00 Internal Server Error";
        case LW_STATUS_NOT_IMPLEMENTED:
                return "5.01 Not Implemented";
        case LW_STATUS_UNAVAILABLE:
                return "5.03 Service Unavailable";
        case LW_STATUS_TIMEOUT:
                return "5.04 Gateway Timeout";
        case LW_STATUS_PROXYING:
                return "5.05 Proxying Not Supported";
        }
        /* a code byte has 256 values, so what is interned stays little */
        g_snprintf(text, sizeof(text), "%u.%02u", (unsigned) status / 100, (unsigned) status % 100);
        return g_intern_string(text);
}

LwStatus lw_status_of_error(const GError *error)
{
        return error != NULL && error->domain == LW_ERROR ? (LwStatus) error->code
                                                          : LW_STATUS_FAILED;
}
