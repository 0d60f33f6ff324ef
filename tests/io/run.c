/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/io. */
#include <glib.h>

#include "lib/suite.h"

TCase *test_driver(void);
TCase *test_file(void);
TCase *test_state(void);
TCase *test_worker(void);

int main(void)
{
        static const LwTestCase cases[] = { test_driver, test_worker, test_file, test_state };

        return lw_suite_run("io", cases, G_N_ELEMENTS(cases));
}
