/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/host. */
#include <glib.h>

#include "host/suite.h"

int main(void)
{
        static const LwTestCase cases[] = {
                test_addresses,
                test_alarms,
                test_bearer,
                test_channel,
                test_chip,
                test_devices,
                test_journal_text,
                test_machine,
                test_network,
                test_nl80211,
                test_os,
                test_power,
                test_rtnetlink,
                test_survey,
                test_zone,
                test_zone_rule,
        };

        return lw_suite_run("host", cases, G_N_ELEMENTS(cases));
}
