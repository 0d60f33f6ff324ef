/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/providers. */
#include <glib.h>

#include "providers/suite.h"

int main(void)
{
        static const LwTestCase cases[] = {
                test_cellular,
                test_collection,
                test_connectivity,
                test_device,
                test_device_clock,
                test_device_power,
                test_error_codes,
                test_event_log,
                test_fix,
                test_gpsd_report,
                test_holdings,
                test_location,
                test_network_errors,
                test_objects_page,
                test_remote_answer,
                test_remote_brought,
                test_remote_cache,
                test_remote_changes,
                test_remote_claims,
                test_remote_deliveries,
                test_remote_grant,
                test_remote_labels,
                test_remote_large,
                test_remote_plugin,
                test_remote_provider,
                test_remote_registrar,
                test_remote_rules,
                test_remote_sleep,
                test_rows,
                test_security,
                test_sensor_ids,
                test_sensors,
                test_server,
                test_statistics,
                test_stored,
                test_table,
                test_utilization,
        };

        return lw_suite_run("providers", cases, G_N_ELEMENTS(cases));
}
