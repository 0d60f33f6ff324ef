/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OSCORE context of a [Server] section. */
#include "daemon/config-oscore.h"

#include <string.h>

#include "coap/oscore.h"
#include "daemon/config-bytes.h"
#include "model/limits.h"

#define SECRET_FILE "OscoreMasterSecretFile"
#define SECRET_CREDENTIAL "OscoreMasterSecretCredential"
#define SENDER "OscoreSenderId"
#define RECIPIENT "OscoreRecipientId"
#define SALT "OscoreMasterSalt"
#define CONTEXT "OscoreIdContext"

const char *const lw_config_oscore_keys[] = { SECRET_FILE, SECRET_CREDENTIAL, SENDER, RECIPIENT,
        SALT, CONTEXT, NULL };

static const LwConfigBytes source = { SECRET_FILE, SECRET_CREDENTIAL, NULL, "the Master Secret",
        LW_KEY_FILE_MAX, true };

/* The Master Secret, in hexadecimal digits with white space around them. */
static bool take_secret(LwConfigFile *file, const LwConfigSection *section, LwOscore *oscore)
{
        bool clash = false;
        const LwConfigEntry *entry = lw_config_bytes_find(file, section, &source, &clash);
        g_autoptr(GBytes) bytes = entry == NULL ? NULL : lw_config_bytes_read(file, entry, &source);
        char text[LW_KEY_FILE_MAX + 1];
        const char *problem;

        if (entry == NULL && !clash)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=oscore and no Master Secret; add " SECRET_FILE
                                "= with the file that holds it",
                                section->name);
        if (bytes == NULL)
                return false;
        g_strlcpy(text, g_bytes_get_size(bytes) == 0 ? "" : g_bytes_get_data(bytes, NULL),
                        MIN(g_bytes_get_size(bytes) + 1, sizeof(text)));
        problem = lw_oscore_bytes_parse(g_strstrip(text), LW_OSCORE_SECRET_MIN,
                        LW_OSCORE_SECRET_MAX, &oscore->secret);
        explicit_bzero(text, sizeof(text));
        if (problem != NULL)
                lw_config_bytes_complain(file, entry, true,
                                g_strdup_printf("%s; a Master Secret has %d to %d bytes, and "
                                                "'openssl rand -hex 16' makes one",
                                                problem, LW_OSCORE_SECRET_MIN,
                                                LW_OSCORE_SECRET_MAX));
        return problem == NULL;
}

/* `wanted`: it has to be there, be it empty. */
static bool take_bytes(LwConfigFile *file, const LwConfigSection *section, const char *key,
                bool wanted, unsigned maximum, LwOscoreBytes *ret_bytes)
{
        const LwConfigEntry *entry = lw_config_section_entry(section, key);
        const char *problem;

        if (entry == NULL && wanted)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=oscore and no %s; add it, in hexadecimal "
                                "digits, as the server has it",
                                section->name, key);
        if (entry == NULL)
                return !wanted;
        problem = lw_oscore_bytes_parse(entry->value, 0, maximum, ret_bytes);
        if (problem != NULL)
                lw_config_bytes_complain(file, entry, true,
                                g_strdup_printf("%s; give at most %u bytes in hexadecimal digits",
                                                problem, maximum));
        return problem == NULL;
}

static bool check_ids(LwConfigFile *file, const LwConfigSection *section, const LwOscore *oscore)
{
        if (oscore->sender.length != oscore->recipient.length ||
                        memcmp(oscore->sender.data, oscore->recipient.data,
                                        oscore->sender.length) != 0)
                return true;
        lw_config_bytes_complain(file, lw_config_section_entry(section, RECIPIENT), true,
                        g_strdup(SENDER "= is the same; client and server must have different "
                                        "ids"));
        return false;
}

bool lw_config_oscore(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        LwOscore *oscore = &account->peer.oscore;
        const LwConfigEntry *uri = lw_config_section_entry(section, "Uri");
        bool ok;

        if (!lw_oscore_is_built_in()) {
                lw_config_bytes_complain(file, lw_config_section_entry(section, "Security"), true,
                                g_strdup(LW_OSCORE_NOT_BUILT_IN));
                return false;
        }
        if (account->peer.uri.scheme != LW_SCHEME_COAP) {
                lw_config_bytes_complain(
                                file, uri, true, g_strdup("OSCORE is for coap://; write that"));
                return false;
        }
        ok = take_bytes(file, section, SENDER, true, LW_OSCORE_ID_MAX, &oscore->sender);
        ok = take_bytes(file, section, RECIPIENT, true, LW_OSCORE_ID_MAX, &oscore->recipient) && ok;
        ok = take_bytes(file, section, SALT, false, LW_OSCORE_SECRET_MAX, &oscore->salt) && ok;
        ok = take_bytes(file, section, CONTEXT, false, LW_OSCORE_SECRET_MAX, &oscore->context) &&
             ok;
        return ok && check_ids(file, section, oscore) && take_secret(file, section, oscore);
}
