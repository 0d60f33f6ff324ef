/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test cases of this folder. */
#pragma once

#include <check.h>

TCase *test_answer(void);
TCase *test_blockwise(void);
TCase *test_bodies(void);
TCase *test_coap_wire(void);
TCase *test_dedup(void);
TCase *test_errand(void);
TCase *test_exchange(void);
TCase *test_incoming(void);
TCase *test_kept(void);
TCase *test_key(void);
TCase *test_message(void);
TCase *test_operation(void);
TCase *test_oscore(void);
TCase *test_outgoing(void);
TCase *test_peer(void);
TCase *test_snapshot(void);
TCase *test_token(void);
TCase *test_unconfirmed(void);
TCase *test_upload(void);
TCase *test_vault(void);
TCase *test_wire(void);
TCase *test_x509(void);
