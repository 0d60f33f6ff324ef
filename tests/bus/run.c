/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/bus. */
#include <glib.h>

#include "lib/suite.h"

TCase *test_error(void);
TCase *test_variant(void);

int main(void)
{
        static const LwTestCase cases[] = { test_error, test_variant };

        return lw_suite_run("bus", cases, G_N_ELEMENTS(cases));
}
