/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/bus. */
#include <glib.h>

#include "lib/suite.h"

TCase *test_authorize(void);
TCase *test_call(void);
TCase *test_caller(void);
TCase *test_connection(void);
TCase *test_error(void);
TCase *test_geoclue2(void);
TCase *test_modem(void);
TCase *test_services(void);
TCase *test_variant(void);

int main(void)
{
        static const LwTestCase cases[] = { test_error, test_variant, test_caller, test_authorize,
                test_connection, test_call, test_services, test_modem, test_geoclue2 };

        return lw_suite_run("bus", cases, G_N_ELEMENTS(cases));
}
