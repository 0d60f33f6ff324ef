/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwVaultStore: sessions of DTLS and TLS over restarts. */
#include "store/vault.h"

#include "base/secret.h"

#define DOCUMENT "dtls-sessions"
#define VERSION 1

struct LwVaultStore {
        LwState *state;
        LwVault *vault;
};

static void on_changed(void *user)
{
        LwVaultStore *self = user;
        g_autoptr(GBytes) document = lw_vault_save(self->vault);

        lw_state_save(self->state, DOCUMENT, VERSION, document, NULL, NULL);
}

LwVaultStore *lw_vault_store_new(LwState *state, LwVault *vault)
{
        LwVaultStore *self = g_new(LwVaultStore, 1);
        g_autoptr(GBytes) document = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        *self = (LwVaultStore){ state, vault };
        if (document != NULL && !lw_vault_load(vault, document, &error))
                lw_state_set_aside(state, DOCUMENT, error->message);
        if (document != NULL)
                lw_secret_wipe(document);
        lw_vault_watch(vault, on_changed, self);
        return self;
}

void lw_vault_store_free(LwVaultStore *self)
{
        if (self == NULL)
                return;
        lw_vault_watch(self->vault, NULL, NULL);
        g_free(self);
}
