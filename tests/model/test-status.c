/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of statuses. */
#include <string.h>

#include "lib/suite.h"
#include "model/status.h"

TCase *test_status(void);

/* Source: RFC 7252, 12.1.2; RFC 7959, 6 */
static const struct {
        LwStatus status;
        uint8_t code;
        const char *text;
} statuses[] = {
        { LW_STATUS_CREATED, 0x41, "2.01 Created" },
        { LW_STATUS_DELETED, 0x42, "2.02 Deleted" },
        { LW_STATUS_VALID, 0x43, "2.03 Valid" },
        { LW_STATUS_CHANGED, 0x44, "2.04 Changed" },
        { LW_STATUS_CONTENT, 0x45, "2.05 Content" },
        { LW_STATUS_CONTINUE, 0x5f, "2.31 Continue" },
        { LW_STATUS_BAD_REQUEST, 0x80, "4.00 Bad Request" },
        { LW_STATUS_UNAUTHORIZED, 0x81, "4.01 Unauthorized" },
        { LW_STATUS_BAD_OPTION, 0x82, "4.02 Bad Option" },
        { LW_STATUS_FORBIDDEN, 0x83, "4.03 Forbidden" },
        { LW_STATUS_NOT_FOUND, 0x84, "4.04 Not Found" },
        { LW_STATUS_NOT_PERMITTED, 0x85, "4.05 Method Not Allowed" },
        { LW_STATUS_NOT_ACCEPTABLE, 0x86, "4.06 Not Acceptable" },
        { LW_STATUS_INCOMPLETE, 0x88, "4.08 Request Entity Incomplete" },
        { LW_STATUS_CONFLICT, 0x89, "4.09 Conflict" },
        { LW_STATUS_PRECONDITION_FAILED, 0x8c, "4.12 Precondition Failed" },
        { LW_STATUS_TOO_LARGE, 0x8d, "4.13 Request Entity Too Large" },
        { LW_STATUS_UNSUPPORTED_FORMAT, 0x8f, "4.15 Unsupported Content-Format" },
        { LW_STATUS_FAILED, 0xa0, "5.00 Internal Server Error" },
        { LW_STATUS_NOT_IMPLEMENTED, 0xa1, "5.01 Not Implemented" },
        { LW_STATUS_UNAVAILABLE, 0xa3, "5.03 Service Unavailable" },
        { LW_STATUS_TIMEOUT, 0xa4, "5.04 Gateway Timeout" },
        { LW_STATUS_PROXYING, 0xa5, "5.05 Proxying Not Supported" },
        { (LwStatus) 417, 0x91, "4.17" },
        { (LwStatus) 0, 0x00, "0.00" },
        { (LwStatus) 731, 0xff, "7.31" },
};

START_TEST(is_a_code_and_a_text)
{
        LwStatus status = statuses[_i].status;

        ck_assert_uint_eq(lw_status_to_code(status), statuses[_i].code);
        ck_assert_int_eq(lw_status_from_code(statuses[_i].code), status);
        ck_assert_str_eq(lw_status_text(status), statuses[_i].text);
        ck_assert(lw_status_is_success(status) == (statuses[_i].text[0] == '2'));
}
END_TEST

START_TEST(comes_from_errors_of_our_domain)
{
        g_autoptr(GError) ours = g_error_new(LW_ERROR, LW_STATUS_NOT_FOUND, "no");
        g_autoptr(GError) other = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOENT, "no");

        ck_assert_int_eq(lw_status_of_error(ours), LW_STATUS_NOT_FOUND);
        ck_assert_int_eq(lw_status_of_error(other), LW_STATUS_FAILED);
        ck_assert_int_eq(lw_status_of_error(NULL), LW_STATUS_FAILED);
}
END_TEST

TCase *test_status(void)
{
        TCase *tcase = tcase_create("status");

        tcase_add_loop_test(tcase, is_a_code_and_a_text, 0, G_N_ELEMENTS(statuses));
        tcase_add_test(tcase, comes_from_errors_of_our_domain);
        return tcase;
}
