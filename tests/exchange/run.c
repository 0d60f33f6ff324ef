/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/exchange. */
#include <glib.h>

#include "exchange/suite.h"
#include "lib/suite.h"

int main(void)
{
        static const LwTestCase cases[] = { test_message, test_peer, test_oscore, test_operation,
                test_coap_wire, test_kept, test_key, test_token, test_unconfirmed, test_blockwise,
                test_bodies, test_dedup, test_snapshot, test_upload, test_errand, test_incoming,
                test_answer, test_vault, test_wire, test_x509, test_outgoing, test_exchange };

        return lw_suite_run("exchange", cases, G_N_ELEMENTS(cases));
}
