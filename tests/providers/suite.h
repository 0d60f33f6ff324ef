/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include "lib/suite.h"

TCase *test_cellular(void);
TCase *test_collection(void);
TCase *test_connectivity(void);
TCase *test_device(void);
TCase *test_device_clock(void);
TCase *test_device_power(void);
TCase *test_error_codes(void);
TCase *test_event_log(void);
TCase *test_fix(void);
TCase *test_gpsd_report(void);
TCase *test_holdings(void);
TCase *test_location(void);
TCase *test_network_errors(void);
TCase *test_objects_page(void);
TCase *test_remote_answer(void);
TCase *test_remote_brought(void);
TCase *test_remote_cache(void);
TCase *test_remote_changes(void);
TCase *test_remote_claims(void);
TCase *test_remote_deliveries(void);
TCase *test_remote_grant(void);
TCase *test_remote_labels(void);
TCase *test_remote_large(void);
TCase *test_remote_plugin(void);
TCase *test_remote_provider(void);
TCase *test_remote_registrar(void);
TCase *test_remote_rules(void);
TCase *test_remote_sleep(void);
TCase *test_rows(void);
TCase *test_security(void);
TCase *test_sensor_ids(void);
TCase *test_sensors(void);
TCase *test_server(void);
TCase *test_statistics(void);
TCase *test_stored(void);
TCase *test_table(void);
TCase *test_utilization(void);
