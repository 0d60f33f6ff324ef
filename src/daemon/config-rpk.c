/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw public keys of a [Server] section. */
#include "daemon/config-rpk.h"

#include "coap/raw-keys.h"
#include "daemon/config-bytes.h"
#include "daemon/config-x509.h"
#include "model/limits.h"

#define MODE "rpk"

static const LwConfigBytes public_key = { "PublicKeyFile", "PublicKeyCredential", "PublicKey",
        "the public key", LW_PUBLIC_KEY_MAX, false };
static const LwConfigBytes private_key = { "PrivateKeyFile", "PrivateKeyCredential", "PrivateKey",
        "the private key", LW_PRIVATE_KEY_MAX, true };
static const LwConfigBytes server = { "ServerPublicKeyFile", "ServerPublicKeyCredential",
        "ServerPublicKey", "the server's public key", LW_PUBLIC_KEY_MAX, false };

const char *const lw_config_rpk_keys[] = { "PublicKey", "ServerPublicKey", "PublicKeyFile",
        "PublicKeyCredential", "ServerPublicKeyFile", "ServerPublicKeyCredential", NULL };

/* A digest is compared: the file may hold it as text, or the key that it is made of. */
static void make_digest(LwRpk *rpk)
{
        GBytes *digest;

        if (rpk->matching == LW_MATCHING_EXACT)
                return;
        digest = lw_config_parse_digest(rpk->server, lw_matching_type_length(rpk->matching));
        if (digest == NULL)
                digest = lw_raw_key_digest(rpk->server, rpk->matching);
        if (digest == NULL)
                return;
        g_bytes_unref(rpk->server);
        rpk->server = digest;
}

bool lw_config_rpk(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        LwRpk *rpk = &account->peer.rpk;
        g_autoptr(GError) error = NULL;
        bool ok = lw_config_bytes_require(file, section, &private_key, MODE, &rpk->private_key);

        ok = lw_config_bytes_require(file, section, &server, MODE, &rpk->server) && ok;
        ok = lw_config_bytes_take(file, section, &public_key, &rpk->public_key) && ok;
        if (!ok)
                return false;
        make_digest(rpk);
        if (lw_rpk_check(rpk, &error))
                return true;
        lw_config_file_complain(file, section->file, section->line, "[%s]: %s", section->name,
                        error->message);
        return false;
}
