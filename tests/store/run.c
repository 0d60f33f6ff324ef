/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/store. */
#include <glib.h>

#include "store/suite.h"

int main(void)
{
        static const LwTestCase cases[] = {
                test_attributes,
                test_store,
                test_counters,
                test_roster,
                test_vault,
        };

        return lw_suite_run("store", cases, G_N_ELEMENTS(cases));
}
