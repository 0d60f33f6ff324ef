/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the test cases of one folder. */
#include "lib/suite.h"

#include <stdlib.h>

/* s: a test that takes so long hangs. check's own 4 s are too few for a busy machine with
 * sanitizers; no test's verdict depends on how long it takes. */
#define HANGS_AFTER "60"

int lw_suite_run(const char *folder, const LwTestCase *cases, size_t count)
{
        Suite *suite = suite_create(folder);
        SRunner *runner;
        int failed;

        setenv("CK_DEFAULT_TIMEOUT", HANGS_AFTER, 0);
        for (size_t i = 0; i < count; i++)
                suite_add_tcase(suite, cases[i]());
        runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
