/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the file with the pre-shared keys of the test server. */
#include <glib.h>

#include "model/status.h"
#include "testserver/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwTestKeys) keys = lw_test_keys_parse((const char *) data, size, &error);
        size_t length = 0;

        if (keys == NULL) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
                return 0;
        }
        if (lw_test_keys_find(keys, data, size, &length) != NULL)
                g_assert_cmpuint(length, >, 0);
        return 0;
}
