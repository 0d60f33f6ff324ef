/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pre-shared key of a [Server] section. */
#include "daemon/config-psk.h"

#include <string.h>

#include "daemon/config-bytes.h"
#include "model/limits.h"

#define IDENTITY "PskIdentity"
#define KEY_FILE "PskKeyFile"
#define KEY_CREDENTIAL "PskKeyCredential"
#define KEY "PskKey"

static const LwConfigBytes source = { KEY_FILE, KEY_CREDENTIAL, KEY, "the key", LW_KEY_FILE_MAX,
        true };

const char *const lw_config_psk_keys[] = { IDENTITY, KEY_FILE, KEY_CREDENTIAL, KEY, NULL };

bool lw_config_psk_is_secret(const char *key)
{
        return strcmp(key, IDENTITY) == 0 || strcmp(key, KEY) == 0;
}

/* --- keys ------------------------------------------------------------------------------------- */

char *lw_config_parse_key(const char *text, size_t length, LwPeer *peer)
{
        while (length > 0 && g_ascii_isspace(text[length - 1]))
                length--;
        while (length > 0 && g_ascii_isspace(text[0])) {
                text++;
                length--;
        }
        for (size_t i = 0; i < length; i++)
                if (!g_ascii_isxdigit(text[i]))
                        return g_strdup("the key is not written in hexadecimal digits; 'openssl "
                                        "rand -hex 16' makes one that is");
        if (length == 0)
                return g_strdup("there is no key in it; 'openssl rand -hex 16' makes one");
        if (length % 2 != 0)
                return g_strdup("the key has an odd number of hexadecimal digits; two are a byte");
        if (length / 2 > LW_PSK_KEY_MAX)
                return g_strdup_printf("the key has more than %d bytes; choose a shorter one",
                                LW_PSK_KEY_MAX);
        peer->psk_key_length = length / 2;
        for (size_t i = 0; i < peer->psk_key_length; i++)
                peer->psk_key[i] = (uint8_t) (g_ascii_xdigit_value(text[2 * i]) << 4 |
                                              g_ascii_xdigit_value(text[2 * i + 1]));
        return NULL;
}

/* --- the section ------------------------------------------------------------------------------ */

/* The key that an entry gives, into the peer. */
static bool take_key(LwConfigFile *file, const LwConfigEntry *entry, LwPeer *peer)
{
        bool is_text = strcmp(entry->key, KEY) == 0;
        g_autoptr(GBytes) bytes = is_text ? NULL : lw_config_bytes_read(file, entry, &source);
        const char *text = entry->value;
        size_t length = strlen(text);
        char *problem;

        if (!is_text && bytes == NULL)
                return false;
        if (!is_text)
                text = g_bytes_get_data(bytes, &length);
        problem = lw_config_parse_key(text == NULL ? "" : text, length, peer);
        if (problem != NULL)
                lw_config_bytes_complain(file, entry, !is_text, problem);
        return problem == NULL;
}

bool lw_config_psk(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        LwPeer *peer = &account->peer;
        const LwConfigEntry *identity = lw_config_section_entry(section, IDENTITY);
        bool clash = false;
        const LwConfigEntry *key = lw_config_bytes_find(file, section, &source, &clash);

        if (key == NULL && !clash)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=psk and no key; add " KEY_FILE
                                "= with the file that holds it",
                                section->name);
        if (identity == NULL)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=psk and no " IDENTITY "; add " IDENTITY
                                "= with the name that the server has for the key",
                                section->name);
        if (identity == NULL || key == NULL)
                return false;
        if (strlen(identity->value) > LW_PSK_IDENTITY_MAX) {
                lw_config_bytes_complain(file, identity, false,
                                g_strdup_printf("it has more than %d bytes; choose a shorter one",
                                                LW_PSK_IDENTITY_MAX));
                return false;
        }
        peer->psk_identity = g_strdup(identity->value);
        return take_key(file, key, peer);
}
