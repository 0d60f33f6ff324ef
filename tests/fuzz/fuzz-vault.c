/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the document of sessions that can be resumed: what loads saves, and that loads as the
 * same. */
#include <glib.h>

#include "exchange/vault.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(LwVault) vault = lw_vault_new(), other = lw_vault_new();
        g_autoptr(GBytes) document = g_bytes_new_static(data, size);
        g_autoptr(GBytes) saved = NULL, again = NULL;
        g_autoptr(GError) error = NULL;

        if (!lw_vault_load(vault, document, &error)) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                return 0;
        }
        saved = lw_vault_save(vault);
        g_assert_true(lw_vault_load(other, saved, NULL));
        again = lw_vault_save(other);
        g_assert_true(g_bytes_equal(saved, again));
        return 0;
}
