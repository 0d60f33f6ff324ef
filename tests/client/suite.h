/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_account(void);
TCase *test_agenda(void);
TCase *test_announcement(void);
TCase *test_client(void);
TCase *test_condition(void);
TCase *test_counters(void);
TCase *test_observer(void);
TCase *test_observer_hints(void);
TCase *test_observer_rules(void);
TCase *test_outbox(void);
TCase *test_send(void);
TCase *test_send_queue(void);
TCase *test_server_queue(void);
TCase *test_session(void);
TCase *test_storing(void);
TCase *test_registration(void);
TCase *test_watches(void);
