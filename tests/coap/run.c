/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tests of src/coap. */
#include <glib.h>

#include "lib/suite.h"

TCase *test_address(void);
TCase *test_certificates(void);
TCase *test_ciphers(void);
TCase *test_client_transport(void);
TCase *test_clock(void);
TCase *test_credentials(void);
TCase *test_frame(void);
TCase *test_handshake(void);
TCase *test_listener(void);
TCase *test_oscore(void);
TCase *test_oscore_numbers(void);
TCase *test_pdu(void);
TCase *test_raw_keys(void);
TCase *test_recent(void);
TCase *test_resolve(void);
TCase *test_server_name(void);
TCase *test_stream(void);
TCase *test_trust(void);

int main(void)
{
        static const LwTestCase cases[] = { test_address, test_pdu, test_resolve, test_clock,
                test_recent, test_listener, test_client_transport, test_credentials, test_frame,
                test_stream, test_oscore, test_oscore_numbers, test_certificates, test_ciphers,
                test_server_name, test_trust, test_handshake, test_raw_keys };

        return lw_suite_run("coap", cases, G_N_ELEMENTS(cases));
}
