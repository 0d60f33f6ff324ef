/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/tree. */
#include <glib.h>

#include "tree/suite.h"

int main(void)
{
        static const LwTestCase cases[] = { test_arguments, test_attribute_table, test_audience,
                test_dispatch, test_op_attributes, test_op_composite, test_op_create,
                test_op_delete, test_tree };

        return lw_suite_run("tree", cases, G_N_ELEMENTS(cases));
}
