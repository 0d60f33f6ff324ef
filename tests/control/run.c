/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/control. */
#include <glib.h>

#include "lib/suite.h"

TCase *test_introspection(void);
TCase *test_local(void);
TCase *test_manager(void);
TCase *test_provision(void);
TCase *test_send(void);
TCase *test_tally(void);

int main(void)
{
        static const LwTestCase cases[] = { test_tally, test_introspection, test_local,
                test_manager, test_provision, test_send };

        return lw_suite_run("control", cases, G_N_ELEMENTS(cases));
}
