/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the tests of src/codec. */
#include "lib/suite.h"

TCase *test_base64(void);
TCase *test_cbor(void);
TCase *test_format(void);
TCase *test_json(void);
TCase *test_link(void);
TCase *test_lwm2m_cbor(void);
TCase *test_lwm2m_json(void);
TCase *test_plain(void);
TCase *test_senml(void);
TCase *test_tlv(void);
TCase *test_types(void);
TCase *test_vectors(void);

int main(void)
{
        static const LwTestCase cases[] = {
                test_base64,
                test_cbor,
                test_format,
                test_json,
                test_link,
                test_lwm2m_cbor,
                test_lwm2m_json,
                test_plain,
                test_senml,
                test_tlv,
                test_types,
                test_vectors,
        };

        return lw_suite_run("codec", cases, sizeof(cases) / sizeof(cases[0]));
}
