/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_arguments(void);
TCase *test_attribute_table(void);
TCase *test_audience(void);
TCase *test_dispatch(void);
TCase *test_op_attributes(void);
TCase *test_op_composite(void);
TCase *test_op_create(void);
TCase *test_op_delete(void);
TCase *test_tree(void);
