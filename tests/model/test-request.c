/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of requests and responses. */
#include "lib/suite.h"
#include "model/request.h"

TCase *test_request(void);

static const struct {
        LwOperation operation;
        const char *name;
} operations[] = {
        { LW_OPERATION_READ, "Read" },
        { LW_OPERATION_DISCOVER, "Discover" },
        { LW_OPERATION_WRITE, "Write" },
        { LW_OPERATION_WRITE_UPDATE, "Write" },
        { LW_OPERATION_WRITE_ATTRIBUTES, "Write-Attributes" },
        { LW_OPERATION_EXECUTE, "Execute" },
        { LW_OPERATION_CREATE, "Create" },
        { LW_OPERATION_DELETE, "Delete" },
        { LW_OPERATION_READ_COMPOSITE, "Read-Composite" },
        { LW_OPERATION_WRITE_COMPOSITE, "Write-Composite" },
        { LW_OPERATION_OBSERVE, "Observe" },
        { LW_OPERATION_CANCEL, "Cancel Observation" },
        { LW_OPERATION_OBSERVE_COMPOSITE, "Observe-Composite" },
        { LW_OPERATION_CANCEL_COMPOSITE, "Cancel Observation-Composite" },
};

START_TEST(names_operations)
{
        ck_assert_str_eq(lw_operation_name(operations[_i].operation), operations[_i].name);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        LwVersion version;
} versions[] = {
        { "1.0", true, LW_VERSION_1_0 },
        { "1.1", true, LW_VERSION_1_1 },
        { "1.2", true, LW_VERSION_1_2 },
        { "1.3", false, LW_VERSION_1_0 },
        { "1.1.1", false, LW_VERSION_1_0 },
        { "1", false, LW_VERSION_1_0 },
        { "", false, LW_VERSION_1_0 },
};

START_TEST(knows_versions)
{
        LwVersion version = LW_VERSION_1_0;

        ck_assert(lw_version_parse(versions[_i].text, &version) == versions[_i].ok);
        ck_assert_int_eq(version, versions[_i].version);
        if (versions[_i].ok)
                ck_assert_str_eq(lw_version_text(version), versions[_i].text);
}
END_TEST

START_TEST(answers_with_a_status_alone)
{
        g_auto(LwResponse) response = lw_response_status(LW_STATUS_CHANGED);

        ck_assert_int_eq(response.status, LW_STATUS_CHANGED);
        ck_assert_int_eq(response.format, LW_FORMAT_NONE);
        ck_assert_ptr_null(response.payload);
        ck_assert_ptr_null(response.values);
        ck_assert_ptr_null(response.diagnostic);
        ck_assert_uint_eq(response.location.length, 0);
}
END_TEST

START_TEST(answers_an_error_with_its_message)
{
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_NOT_FOUND, "no /9");
        LwResponse response = lw_response_error(error);

        ck_assert_int_eq(response.status, LW_STATUS_NOT_FOUND);
        ck_assert_int_eq(response.format, LW_FORMAT_NONE);
        ck_assert_str_eq(response.diagnostic, "no /9");
        lw_response_clear(&response);
        ck_assert_ptr_null(response.diagnostic);
}
END_TEST

START_TEST(owns_what_it_carries)
{
        LwResponse response = lw_response_status(LW_STATUS_CONTENT);

        response.payload = lw_blob_new_copy("a", 1);
        response.values = lw_values_new();
        lw_response_clear(&response);
        ck_assert_ptr_null(response.payload);
        ck_assert_ptr_null(response.values);
        lw_response_clear(&response);
}
END_TEST

TCase *test_request(void)
{
        TCase *tcase = tcase_create("request");

        tcase_add_loop_test(tcase, names_operations, 0, G_N_ELEMENTS(operations));
        tcase_add_loop_test(tcase, knows_versions, 0, G_N_ELEMENTS(versions));
        tcase_add_test(tcase, answers_with_a_status_alone);
        tcase_add_test(tcase, answers_an_error_with_its_message);
        tcase_add_test(tcase, owns_what_it_carries);
        return tcase;
}
