/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/base. */
#include "lib/suite.h"

TCase *test_bytes(void);
TCase *test_log(void);
TCase *test_quote(void);
TCase *test_secret(void);
TCase *test_time(void);

int main(void)
{
        static const LwTestCase cases[] = { test_bytes, test_log, test_quote, test_secret,
                test_time };

        return lw_suite_run("base", cases, sizeof(cases) / sizeof(cases[0]));
}
