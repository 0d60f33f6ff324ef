/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/model. */
#include "lib/suite.h"

TCase *test_attributes(void);
TCase *test_blob(void);
TCase *test_definition_xml(void);
TCase *test_number(void);
TCase *test_objects(void);
TCase *test_path(void);
TCase *test_range(void);
TCase *test_registry(void);
TCase *test_request(void);
TCase *test_status(void);
TCase *test_uri(void);
TCase *test_value(void);
TCase *test_values(void);

int main(void)
{
        static const LwTestCase cases[] = {
                test_attributes,
                test_blob,
                test_definition_xml,
                test_number,
                test_objects,
                test_path,
                test_range,
                test_registry,
                test_request,
                test_status,
                test_uri,
                test_value,
                test_values,
        };

        return lw_suite_run("model", cases, sizeof(cases) / sizeof(cases[0]));
}
