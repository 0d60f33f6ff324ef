/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSetting: one key of a [Server] section that came over D-Bus, as text. */
#include "control/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/limits.h"

/* What comes as a descriptor: a file, or a memfd of whoever keeps no files. */
static const struct Passed {
        const char *key;
        size_t limit_bytes;
        bool is_hex; /* as in the file of PskKeyFile=; else base64 */
} passed[] = {
        { "PskKey", LW_PSK_KEY_MAX, true },
        { "Certificate", LW_CERTIFICATE_PASSED_MAX, false },
        { "PrivateKey", LW_PRIVATE_KEY_MAX, false },
        { "ServerCertificate", LW_CERTIFICATE_PASSED_MAX, false },
        { "PublicKey", LW_PUBLIC_KEY_MAX, false },
        { "ServerPublicKey", LW_PUBLIC_KEY_MAX, false },
};

static const struct Passed *find_passed(const char *key)
{
        for (size_t i = 0; i < G_N_ELEMENTS(passed); i++)
                if (strcmp(passed[i].key, key) == 0)
                        return &passed[i];
        return NULL;
}

static void wipe(char *text)
{
        if (text != NULL)
                explicit_bzero(text, strlen(text));
        g_free(text);
}

static void setting_free(void *data)
{
        LwSetting *self = data;

        wipe(self->text);
        g_free(self->key);
        g_free(self);
}

static int refuse(sd_bus_error *ret_error, const char *key, const char *what)
{
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS, "%s: %s", key, what);
}

/* Values */

static int read_integer(sd_bus_message *m, char type, char **ret_text)
{
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                uint32_t u;
                int64_t x;
                uint64_t t;
        } number = {};
        int r = sd_bus_message_read_basic(m, type, &number);
        int64_t integer = type == 'n' ? number.n : type == 'i' ? number.i : number.x;
        uint64_t natural = type == 'y'   ? number.y
                           : type == 'q' ? number.q
                           : type == 'u' ? number.u
                                         : number.t;

        if (r < 0)
                return r;
        *ret_text = strchr("nix", type) != NULL ? g_strdup_printf("%" PRId64, integer)
                                                : g_strdup_printf("%" PRIu64, natural);
        return 0;
}

static int read_text(sd_bus_message *m, char type, char **ret_text)
{
        char buffer[G_ASCII_DTOSTR_BUF_SIZE];
        const char *string;
        double number;
        int r, flag;

        switch (type) {
        case 's':
                r = sd_bus_message_read_basic(m, type, &string);
                if (r >= 0)
                        *ret_text = g_strdup(string);
                return r;
        case 'b':
                r = sd_bus_message_read_basic(m, type, &flag);
                if (r >= 0)
                        *ret_text = g_strdup(flag ? "yes" : "no");
                return r;
        case 'd':
                r = sd_bus_message_read_basic(m, type, &number);
                if (r >= 0)
                        *ret_text = g_strdup(g_ascii_formatd(buffer, sizeof(buffer), "%g", number));
                return r;
        default:
                return read_integer(m, type, ret_text);
        }
}

static char *make_hex(const uint8_t *bytes, size_t length)
{
        GString *hex = g_string_sized_new(2 * length + 1);

        for (size_t i = 0; i < length; i++)
                g_string_append_printf(hex, "%02x", bytes[i]);
        return g_string_free(hex, false);
}

/* A pipe could keep the loop waiting, a file and a memfd do not. */
static int read_passed(sd_bus_message *m, const struct Passed *what, char **ret_text,
                sd_bus_error *ret_error)
{
        uint8_t *bytes;
        struct stat status;
        int fd, r = sd_bus_message_read_basic(m, 'h', &fd);

        if (r < 0)
                return r;
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
                return refuse(ret_error, what->key, "the descriptor must be of a file or a memfd");
        if (status.st_size <= 0 || (uint64_t) status.st_size > what->limit_bytes)
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "%s: it must have 1 to %zu bytes", what->key, what->limit_bytes);
        bytes = g_malloc((size_t) status.st_size);
        if (pread(fd, bytes, (size_t) status.st_size, 0) != status.st_size)
                r = refuse(ret_error, what->key, "the descriptor must be readable");
        else
                *ret_text = what->is_hex ? make_hex(bytes, (size_t) status.st_size)
                                         : g_base64_encode(bytes, (size_t) status.st_size);
        explicit_bzero(bytes, (size_t) status.st_size);
        g_free(bytes);
        return r;
}

static int read_value(sd_bus_message *m, LwSetting *setting, sd_bus_error *ret_error)
{
        const struct Passed *what = find_passed(setting->key);
        const char *type;
        int r = sd_bus_message_peek_type(m, NULL, &type);

        if (r < 0)
                return r;
        if (strcmp(type, "ay") == 0 || (what != NULL && strcmp(type, "h") != 0))
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "%s: everybody who watches the bus would see a key that is passed "
                                "so; give it as a descriptor (h), or the name of its file or "
                                "credential as %sFile or %sCredential",
                                setting->key, setting->key, setting->key);
        if (strlen(type) != 1 || strchr(what != NULL ? "h" : "sbdynqiuxt", *type) == NULL)
                return refuse(ret_error, setting->key,
                                "the value must be a string, a number or a boolean");
        r = sd_bus_message_enter_container(m, 'v', type);
        if (r >= 0)
                r = what != NULL ? read_passed(m, what, &setting->text, ret_error)
                                 : read_text(m, *type, &setting->text);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        setting->secret = what != NULL;
        for (const char *c = setting->text; *c != '\0'; c++)
                if (g_ascii_iscntrl(*c))
                        return refuse(ret_error, setting->key,
                                        "the value must be one line, without control characters");
        g_strstrip(setting->text);
        return 0;
}

/* The dictionary */

static int read_setting(sd_bus_message *m, GPtrArray *settings, sd_bus_error *ret_error)
{
        LwSetting *setting = g_new0(LwSetting, 1);
        const char *key;
        int r = sd_bus_message_read(m, "s", &key);

        if (r < 0) {
                g_free(setting);
                return r;
        }
        setting->key = g_strdup(key);
        r = lw_settings_find(settings, key) != NULL
                            ? refuse(ret_error, key, "the key must come once")
                            : read_value(m, setting, ret_error);
        if (r >= 0 && *setting->text != '\0')
                g_ptr_array_add(settings, setting);
        else
                setting_free(setting);
        return r;
}

int lw_settings_read(sd_bus_message *m, GPtrArray **ret_settings, sd_bus_error *ret_error)
{
        g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(setting_free);
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_setting(m, settings, ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        *ret_settings = g_steal_pointer(&settings);
        return 0;
}

const char *lw_settings_find(const GPtrArray *settings, const char *key)
{
        for (guint i = 0; i < settings->len; i++) {
                const LwSetting *setting = g_ptr_array_index(settings, i);

                if (strcmp(setting->key, key) == 0)
                        return setting->text;
        }
        return NULL;
}
