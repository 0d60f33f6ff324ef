/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/daemon. */
#include <glib.h>

#include "daemon/suite.h"

int main(void)
{
        static const LwTestCase cases[] = {
                test_config,
        };

        return lw_suite_run("daemon", cases, G_N_ELEMENTS(cases));
}
