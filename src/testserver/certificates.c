/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestCertificates: the certificates that the test server can show. */
#include "testserver/certificates.h"

#include <fcntl.h>
#include <string.h>

#include "base/secret.h"
#include "coap/certificates.h"
#include "io/file.h"
#include "model/limits.h"
#include "model/status.h"

#define DEFAULT_NAME "server"

struct LwTestCertificates {
        char *directory;
        LwX509 shown;
};

static GBytes *read_one(const char *directory, const char *name, const char *suffix, size_t limit,
                GError **error)
{
        g_autofree char *file = g_strconcat(name, suffix, NULL);
        g_autofree char *path = g_build_filename(directory, file, NULL);
        GBytes *bytes = NULL;
        int r = lw_file_read(AT_FDCWD, path, limit, &bytes);

        if (r >= 0)
                return bytes;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s: %s", path, g_strerror(-r));
        return NULL;
}

static void keep_secret(LwX509 *x509, GBytes *key)
{
        size_t length;
        const void *data = g_bytes_get_data(key, &length);

        x509->private_key = lw_secret_new(data, length);
        lw_secret_wipe(key);
        g_bytes_unref(key);
}

bool lw_test_certificates_choose(LwTestCertificates *self, const char *name, GError **error)
{
        const char *chosen = name[0] == '\0' ? DEFAULT_NAME : name;
        g_auto(LwX509) x509 = {};
        GBytes *key;

        if (strchr(chosen, '/') != NULL || chosen[0] == '.') {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' is not a name in the directory of certificates", chosen);
                return false;
        }
        x509.certificate = read_one(self->directory, chosen, ".pem", LW_CERTIFICATE_MAX, error);
        if (x509.certificate == NULL)
                return false;
        key = read_one(self->directory, chosen, ".key", LW_PRIVATE_KEY_MAX, error);
        if (key == NULL)
                return false;
        keep_secret(&x509, key);
        x509.anchors = read_one(self->directory, "ca", ".pem", LW_TRUST_ANCHORS_MAX, error);
        if (x509.anchors == NULL)
                return false;
        if (!lw_x509_check(&x509, error)) {
                g_prefix_error(error, "%s/%s.pem: ", self->directory, chosen);
                return false;
        }
        lw_x509_clear(&self->shown);
        self->shown = x509;
        x509 = (LwX509){};
        return true;
}

LwTestCertificates *lw_test_certificates_new(const char *directory, GError **error)
{
        g_autoptr(LwTestCertificates) self = g_new0(LwTestCertificates, 1);

        self->directory = g_strdup(directory);
        return lw_test_certificates_choose(self, "", error) ? g_steal_pointer(&self) : NULL;
}

void lw_test_certificates_free(LwTestCertificates *self)
{
        if (self == NULL)
                return;
        lw_x509_clear(&self->shown);
        g_free(self->directory);
        g_free(self);
}

const LwX509 *lw_test_certificates_shown(const LwTestCertificates *self)
{
        return &self->shown;
}
