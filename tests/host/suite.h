/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_addresses(void);
TCase *test_alarms(void);
TCase *test_bearer(void);
TCase *test_channel(void);
TCase *test_chip(void);
TCase *test_devices(void);
TCase *test_journal_text(void);
TCase *test_machine(void);
TCase *test_network(void);
TCase *test_nl80211(void);
TCase *test_os(void);
TCase *test_power(void);
TCase *test_rtnetlink(void);
TCase *test_survey(void);
TCase *test_zone(void);
TCase *test_zone_rule(void);
