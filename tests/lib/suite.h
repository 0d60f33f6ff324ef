/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every test program is: the test cases of one folder, run one after the other. */
#pragma once

#include <stddef.h>

#include <check.h>

/** A test file gives its cases: `TCase *test_path(void)` in test-path.c. */
typedef TCase *(*LwTestCase)(void);

/** Runs them (CK_FORK and CK_RUN_CASE as check has them); the exit status of main. */
int lw_suite_run(const char *folder, const LwTestCase *cases, size_t count);
