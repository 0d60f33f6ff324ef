/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes what object 0 may hold of raw public keys: ours, the private key, the server's; and judges
 * a server that shows the same. The first byte is the matching type. */
#include <string.h>

#include <glib.h>

#include "coap/certificates.h"
#include "coap/raw-keys.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const LwRpk *rpk, GBytes *bytes)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(EVP_PKEY) key = lw_public_key_parse(bytes, &error);
        g_autofree char *fingerprint = NULL;
        g_auto(LwVerdict) verdict = {};

        if (key == NULL) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                return;
        }
        fingerprint = lw_raw_key_fingerprint(key);
        g_assert_true(strlen(fingerprint) == 64 || fingerprint[0] == '\0');
        lw_rpk_judge(rpk, key, &verdict);
        g_assert_true((verdict.code == X509_V_OK) == (verdict.reason == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) bytes = NULL, digest = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(LwRpk) rpk = {};

        if (size < 1)
                return 0;
        bytes = g_bytes_new_static(data + 1, size - 1);
        rpk = (LwRpk){ .private_key = g_bytes_ref(bytes),
                .server = g_bytes_ref(bytes),
                .matching = data[0] & 3 };
        if (data[0] & 4)
                rpk.public_key = g_bytes_ref(bytes);
        digest = lw_raw_key_digest(bytes, rpk.matching);
        if (!lw_rpk_check(&rpk, &error))
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
        check_key(&rpk, bytes);
        return 0;
}
