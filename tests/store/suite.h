/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_attributes(void);
TCase *test_counters(void);
TCase *test_roster(void);
TCase *test_store(void);
TCase *test_vault(void);
