/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_answer(void);
TCase *test_ask(void);
TCase *test_attributes(void);
TCase *test_blocks(void);
TCase *test_clients(void);
TCase *test_dp(void);
TCase *test_waking(void);
TCase *test_face_values(void);
TCase *test_file(void);
TCase *test_keys(void);
TCase *test_moments(void);
TCase *test_object_list(void);
TCase *test_operations(void);
TCase *test_options(void);
TCase *test_parameters(void);
TCase *test_peers(void);
TCase *test_rd(void);
TCase *test_request(void);
TCase *test_trace(void);
