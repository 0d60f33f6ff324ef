/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/testserver. */
#include <glib.h>

#include "testserver/suite.h"

int main(void)
{
        static const LwTestCase cases[] = { test_object_list, test_parameters, test_peers,
                test_clients, test_rd, test_file, test_keys, test_moments, test_blocks, test_ask,
                test_answer, test_operations, test_trace, test_attributes, test_options,
                test_request, test_face_values, test_dp, test_waking };

        return lw_suite_run("testserver", cases, G_N_ELEMENTS(cases));
}
