/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes what object 0 may hold of certificates: our own, the private key, the server's; and judges
 * a server that shows the same. The first byte is usage and matching type. */
#include <string.h>

#include <glib.h>

#include "coap/certificates.h"
#include "coap/server-name.h"
#include "coap/trust.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_texts(const X509 *certificate)
{
        g_autofree char *subject = lw_certificate_subject(certificate);
        g_autofree char *name = lw_certificate_common_name(certificate);
        g_autofree char *names = lw_server_name_list(certificate);

        g_assert_true(g_utf8_validate(subject, -1, NULL));
        g_assert_true(g_utf8_validate(names, -1, NULL));
        if (name != NULL)
                g_assert_true(g_utf8_validate(name, -1, NULL));
}

static void judge(const LwX509 *x509, const LwChain *chain)
{
        g_autoptr(LwTrust) trust = lw_trust_new(x509, "lwm2m.example");
        STACK_OF(X509) *sent = sk_X509_new_null();
        g_auto(LwVerdict) verdict = {};

        for (guint i = 0; i < chain->len; i++) {
                check_texts(chain->pdata[i]);
                sk_X509_push(sent, chain->pdata[i]);
        }
        lw_trust_judge(trust, chain->pdata[0], sent, (LwDay){ 1700000000, false }, &verdict);
        g_assert_true((verdict.code == X509_V_OK) == (verdict.reason == NULL));
        if (verdict.reason != NULL)
                g_assert_true(g_utf8_validate(verdict.reason, -1, NULL));
        sk_X509_free(sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GError) error = NULL, second = NULL;
        g_autoptr(GPtrArray) chain = NULL;
        g_auto(LwX509) x509 = {};
        g_autofree char *warning = NULL;
        EVP_PKEY *key;

        if (size < 1)
                return 0;
        bytes = g_bytes_new_static(data + 1, size - 1);
        x509 = (LwX509){ .certificate = g_bytes_ref(bytes),
                .private_key = g_bytes_ref(bytes),
                .server = g_bytes_ref(bytes),
                .anchors = g_bytes_new_static("", 0),
                .usage = data[0] & 3,
                .matching = data[0] >> 2 & 3 };
        key = lw_private_key_parse(bytes, &error);
        if (key == NULL)
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
        EVP_PKEY_free(key);
        if (!lw_x509_check(&x509, &second))
                g_assert_true(g_utf8_validate(second->message, -1, NULL));
        chain = lw_chain_parse(bytes, NULL);
        if (chain == NULL)
                return 0;
        warning = lw_x509_warning(&x509, 1700000000);
        judge(&x509, chain);
        return 0;
}
