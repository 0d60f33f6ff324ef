/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/client. */
#include <glib.h>

#include "client/suite.h"

int main(void)
{
        static const LwTestCase cases[] = { test_account, test_agenda, test_announcement,
                test_client, test_condition, test_counters, test_observer, test_observer_hints,
                test_server_queue, test_observer_rules, test_outbox, test_registration, test_send,
                test_send_queue, test_session, test_storing, test_watches };

        return lw_suite_run("client", cases, G_N_ELEMENTS(cases));
}
