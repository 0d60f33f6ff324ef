/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pre-shared key of a [Server] section, and what Security= and Uri= say together. */
#include "daemon/config-psk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "model/limits.h"

#define IDENTITY "PskIdentity"
#define KEY_FILE "PskKeyFile"
#define KEY_CREDENTIAL "PskKeyCredential"
#define KEY "PskKey"

/* What gives a key; one section has one of them. */
static const char *const sources[] = { KEY_FILE, KEY_CREDENTIAL, KEY };

/* "Key='value': problem", at the key's place; `problem` is freed. Values of secrets are not shown.
 */
static void complain(LwConfigFile *file, const LwConfigEntry *entry, char *problem)
{
        bool secret = strcmp(entry->key, IDENTITY) == 0 || strcmp(entry->key, KEY) == 0;
        g_autofree char *quoted =
                        secret ? g_strdup("...") : lw_quote(entry->value, strlen(entry->value));

        lw_config_file_complain(
                        file, entry->file, entry->line, "%s=%s: %s", entry->key, quoted, problem);
        g_free(problem);
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

/* Into `text`, one byte more than there may be; its length, or a negative errno. */
static ssize_t read_file(const char *path, char *text, size_t room, mode_t *ret_mode)
{
        /* O_NONBLOCK: a FIFO in the place of a file must not hang us. */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat status;
        size_t length = 0;
        ssize_t n = 1;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                n = -errno;
        else if (!S_ISREG(status.st_mode))
                n = -EINVAL;
        while (n > 0 && length < room) {
                n = read(fd, text + length, room - length);
                length += (size_t) MAX(n, 0);
                if (n < 0)
                        n = -errno;
        }
        close(fd);
        if (n < 0)
                return n;
        *ret_mode = status.st_mode;
        return (ssize_t) length;
}

static char *read_key(const char *path, LwPeer *peer, mode_t *ret_mode)
{
        char text[LW_KEY_FILE_MAX + 1];
        ssize_t length = read_file(path, text, sizeof(text), ret_mode);
        char *problem;

        if (length < 0)
                return g_strdup_printf("the key cannot be read (%s); check that the file is there, "
                                       "and that the agent may read it: 0640, root:_lwm2md",
                                g_strerror((int) -length));
        problem = (size_t) length < sizeof(text)
                                  ? lw_config_parse_key(text, (size_t) length, peer)
                                  : g_strdup_printf("the file has more than %d bytes; it should "
                                                    "hold the key in hexadecimal digits alone",
                                                    LW_KEY_FILE_MAX);
        explicit_bzero(text, sizeof(text));
        return problem;
}

static char *take_file(LwConfigFile *file, const LwConfigEntry *entry, LwPeer *peer)
{
        mode_t mode = 0;
        char *problem;

        if (!g_path_is_absolute(entry->value))
                return g_strdup("not the path of a file; begin it with '/'");
        problem = read_key(entry->value, peer, &mode);
        if (problem == NULL && (mode & S_IRWXO) != 0)
                complain(file, entry,
                                g_strdup("everybody on this host may use the file; 'chmod o=' it"));
        return problem;
}

static char *take_credential(const LwConfigEntry *entry, LwPeer *peer)
{
        const char *directory = g_getenv("CREDENTIALS_DIRECTORY");
        g_autofree char *path = NULL;
        mode_t mode;

        if (strchr(entry->value, '/') != NULL || entry->value[0] == '.')
                return g_strdup("not the name of a credential; it has no '/', and no '.' first");
        if (directory == NULL)
                return g_strdup("systemd passes no credentials; add LoadCredential= to the unit, "
                                "as systemd.exec(5) says");
        path = g_build_filename(directory, entry->value, NULL);
        return read_key(path, peer, &mode);
}

static char *take_key(LwConfigFile *file, const LwConfigEntry *entry, LwPeer *peer)
{
        if (strcmp(entry->key, KEY_FILE) == 0)
                return take_file(file, entry, peer);
        if (strcmp(entry->key, KEY_CREDENTIAL) == 0)
                return take_credential(entry, peer);
        return lw_config_parse_key(entry->value, strlen(entry->value), peer);
}

/* --- the section ------------------------------------------------------------------------------ */

/* The entry that gives the key; NULL, when there is none or more than one. */
static const LwConfigEntry *find_source(LwConfigFile *file, const LwConfigSection *section)
{
        const LwConfigEntry *found = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
                const LwConfigEntry *entry = lw_config_section_entry(section, sources[i]);

                if (entry != NULL && found != NULL) {
                        lw_config_file_complain(file, entry->file, entry->line,
                                        "%s= and %s= both give the key; keep one of them",
                                        found->key, entry->key);
                        return NULL;
                }
                if (entry != NULL)
                        found = entry;
        }
        if (found == NULL)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=psk and no key; add " KEY_FILE
                                "= with the file that holds it",
                                section->name);
        return found;
}

static bool take_psk(LwConfigFile *file, const LwConfigSection *section, LwPeer *peer)
{
        const LwConfigEntry *identity = lw_config_section_entry(section, IDENTITY);
        const LwConfigEntry *source = find_source(file, section);
        char *problem;

        if (identity == NULL)
                lw_config_file_complain(file, section->file, section->line,
                                "[%s] has Security=psk and no " IDENTITY "; add " IDENTITY
                                "= with the name that the server has for the key",
                                section->name);
        if (identity == NULL || source == NULL)
                return false;
        if (strlen(identity->value) > LW_PSK_IDENTITY_MAX) {
                complain(file, identity,
                                g_strdup_printf("it has more than %d bytes; choose a shorter one",
                                                LW_PSK_IDENTITY_MAX));
                return false;
        }
        peer->psk_identity = g_strdup(identity->value);
        problem = take_key(file, source, peer);
        if (problem != NULL)
                complain(file, source, problem);
        return problem == NULL;
}

/* A key that is not used is a mistake: whoever wrote it believes that something is encrypted. */
static bool has_stray_key(LwConfigFile *file, const LwConfigSection *section)
{
        static const char *const keys[] = { IDENTITY, KEY_FILE, KEY_CREDENTIAL, KEY };
        bool found = false;

        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
                const LwConfigEntry *entry = lw_config_section_entry(section, keys[i]);

                if (entry == NULL)
                        continue;
                complain(file, entry,
                                g_strdup("it belongs to Security=psk; add that, or remove it"));
                found = true;
        }
        return found;
}

bool lw_config_psk(LwConfigFile *file, const LwConfigSection *section, LwAccount *account)
{
        LwPeer *peer = &account->peer;
        bool is_psk = peer->security == LW_SECURITY_PSK;
        bool is_secure = lw_scheme_is_secure(peer->uri.scheme);
        const char *scheme = lw_scheme_name(peer->uri.scheme);
        const LwConfigEntry *entry = lw_config_section_entry(section, is_psk ? "Security" : "Uri");

        if (!is_psk && has_stray_key(file, section))
                return false;
        if (is_psk && !is_secure)
                complain(file, entry,
                                g_strdup_printf("%s:// encrypts nothing; write Uri=%s://HOST",
                                                scheme,
                                                lw_scheme_is_stream(peer->uri.scheme) ? "coaps+tcp"
                                                                                      : "coaps"));
        else if (!is_psk && is_secure)
                complain(file, entry,
                                g_strdup_printf("%s:// needs a key; add Security=psk, " IDENTITY
                                                "= and " KEY_FILE "=",
                                                scheme));
        else
                return !is_psk || take_psk(file, section, peer);
        return false;
}
