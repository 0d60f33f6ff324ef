/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestRawKeys: the raw public keys that the test server can show. */
#include "testserver/raw-keys.h"

#include <fcntl.h>
#include <string.h>

#include "base/secret.h"
#include "coap/certificates.h"
#include "coap/rpk.h"
#include "io/file.h"
#include "model/limits.h"
#include "model/status.h"

#define DEFAULT_NAME "server"

struct LwTestRawKeys {
        char *directory;
        GBytes *shown;
};

/* As a secret that is wiped. */
static GBytes *read_key(const char *path, GError **error)
{
        GBytes *bytes = NULL, *secret;
        size_t length;
        const void *data;
        int r = lw_file_read(AT_FDCWD, path, LW_PRIVATE_KEY_MAX, &bytes);

        if (r < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s: %s", path, g_strerror(-r));
                return NULL;
        }
        data = g_bytes_get_data(bytes, &length);
        secret = lw_secret_new(data, length);
        lw_secret_wipe(bytes);
        g_bytes_unref(bytes);
        return secret;
}

bool lw_test_raw_keys_choose(LwTestRawKeys *self, const char *name, GError **error)
{
        const char *chosen = name[0] == '\0' ? DEFAULT_NAME : name;
        g_autofree char *file = g_strconcat(chosen, ".key", NULL);
        g_autofree char *path = g_build_filename(self->directory, file, NULL);
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(EVP_PKEY) key = NULL;

        if (strchr(chosen, '/') != NULL || chosen[0] == '.') {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "'%s' is not a name in the directory of raw keys", chosen);
                return false;
        }
        bytes = read_key(path, error);
        if (bytes == NULL)
                return false;
        key = lw_private_key_parse(bytes, error);
        if (key == NULL) {
                g_prefix_error(error, "%s: ", path);
                return false;
        }
        g_clear_pointer(&self->shown, g_bytes_unref);
        self->shown = g_steal_pointer(&bytes);
        return true;
}

LwTestRawKeys *lw_test_raw_keys_new(const char *directory, GError **error)
{
        g_autoptr(LwTestRawKeys) self = g_new0(LwTestRawKeys, 1);

        self->directory = g_strdup(directory);
        if (!lw_rpk_is_built_in()) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST, LW_RPK_NOT_BUILT_IN);
                return NULL;
        }
        return lw_test_raw_keys_choose(self, "", error) ? g_steal_pointer(&self) : NULL;
}

void lw_test_raw_keys_free(LwTestRawKeys *self)
{
        if (self == NULL)
                return;
        g_clear_pointer(&self->shown, g_bytes_unref);
        g_free(self->directory);
        g_free(self);
}

GBytes *lw_test_raw_keys_shown(const LwTestRawKeys *self)
{
        return self->shown;
}
