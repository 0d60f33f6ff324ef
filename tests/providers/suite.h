/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_device(void);
TCase *test_rows(void);
TCase *test_security(void);
TCase *test_server(void);
TCase *test_table(void);
