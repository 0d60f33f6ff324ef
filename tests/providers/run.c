/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/providers. */
#include <glib.h>

#include "providers/suite.h"

int main(void)
{
        static const LwTestCase cases[] = {
                test_device,
                test_rows,
                test_security,
                test_server,
                test_table,
        };

        return lw_suite_run("providers", cases, G_N_ELEMENTS(cases));
}
