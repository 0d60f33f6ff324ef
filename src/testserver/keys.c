/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose pre-shared keys, and whose raw public ones, the test server knows. */
#include "testserver/keys.h"

#include <string.h>

#include "coap/certificates.h"
#include "coap/raw-keys.h"
#include "coap/rpk.h"
#include "model/limits.h"
#include "model/status.h"

/* What stands in the place of an identity before a raw public key. */
#define RAW "rpk"

typedef struct Key {
        char *identity;
        char *endpoint; /* NULL: any */
        size_t length;
        uint8_t bytes[LW_PSK_KEY_MAX];
        bool is_oscore; /* then the key is in a context */
        bool is_raw;    /* then the identity is all that is known of it */
} Key;

struct LwTestKeys {
        GHashTable *keys;   /* identity to Key */
        GPtrArray *oscores; /* of LwOscore */
};

static void key_free(void *data)
{
        Key *self = data;

        g_free(self->identity);
        g_free(self->endpoint);
        explicit_bzero(self, sizeof(*self));
        g_free(self);
}

static bool fill(Key *self, const char *hex)
{
        size_t digits = strlen(hex);

        if (digits == 0 || digits % 2 != 0 || digits / 2 > LW_PSK_KEY_MAX)
                return false;
        self->length = digits / 2;
        for (size_t i = 0; i < digits; i++)
                if (!g_ascii_isxdigit(hex[i]))
                        return false;
        for (size_t i = 0; i < self->length; i++)
                self->bytes[i] = (uint8_t) (g_ascii_xdigit_value(hex[2 * i]) << 4 |
                                            g_ascii_xdigit_value(hex[2 * i + 1]));
        return true;
}

/* NULL, or what is wrong. What is shown of the client's id is its name. */
static const char *fill_oscore(LwOscore *self, char **parts, const char *secret)
{
        unsigned count = g_strv_length(parts);
        const struct {
                const char *text;
                unsigned minimum, maximum;
                LwOscoreBytes *bytes;
        } wanted[] = {
                { secret, LW_OSCORE_SECRET_MIN, LW_OSCORE_SECRET_MAX, &self->secret },
                { count > 0 ? parts[0] : "", 0, LW_OSCORE_ID_MAX, &self->recipient },
                { count > 1 ? parts[1] : "", 0, LW_OSCORE_ID_MAX, &self->sender },
                { count > 2 ? parts[2] : "", 0, LW_OSCORE_SECRET_MAX, &self->salt },
                { count > 3 ? parts[3] : "", 0, LW_OSCORE_SECRET_MAX, &self->context },
        };

        if (count < 2 || count > 4)
                return "an OSCORE identity is oscore:CLIENT:SERVER, then perhaps :SALT and "
                       ":CONTEXT";
        for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
                if (lw_oscore_bytes_parse(wanted[i].text, wanted[i].minimum, wanted[i].maximum,
                                    wanted[i].bytes) != NULL)
                        return "a Master Secret has 16 to 64 bytes, an id at most 7, all in "
                               "hexadecimal digits, of which two are a byte";
        return strcmp(parts[0], parts[1]) == 0 ? "client and server must have different ids" : NULL;
}

static void oscore_free(void *data)
{
        explicit_bzero(data, sizeof(LwOscore));
        g_free(data);
}

static const char *take_oscore(LwTestKeys *self, Key *key, const char *text, const char *secret)
{
        g_auto(GStrv) parts = g_strsplit(text, ":", -1);
        LwOscore *oscore = g_new0(LwOscore, 1);

        g_free(key->identity);
        key->identity = g_strconcat("oscore:", parts[0], NULL); /* as a listener says it */
        key->is_oscore = true;
        g_ptr_array_add(self->oscores, oscore);
        return fill_oscore(oscore, parts, secret);
}

/* NULL, or what is wrong. */
static const char *take_raw(LwTestKeys *self, const char *text, const char *endpoint)
{
        size_t length;
        guchar *der = g_base64_decode(text, &length);
        g_autoptr(GBytes) bytes = g_bytes_new_take(der, length);
        g_autoptr(EVP_PKEY) public = lw_public_key_parse(bytes, NULL);
        Key *key;

        if (!lw_rpk_is_built_in())
                return LW_RPK_NOT_BUILT_IN;
        if (public == NULL)
                return "a raw public key is its SubjectPublicKeyInfo, DER in base64: the lines "
                       "that 'openssl pkey -pubout' writes, without the first and the last, as one";
        key = g_new0(Key, 1);
        key->identity = lw_raw_key_identity(public);
        key->endpoint = g_strdup(endpoint);
        key->is_raw = true;
        if (g_hash_table_contains(self->keys, key->identity)) {
                key_free(key);
                return "the raw public key is there already";
        }
        g_hash_table_insert(self->keys, key->identity, key);
        return NULL;
}

/* NULL, or what is wrong. */
static const char *take_line(LwTestKeys *self, const char *line)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        g_auto(GStrv) pieces = g_strsplit_set(line, " \t\r", -1);
        Key *key;

        for (char **piece = pieces; *piece != NULL; piece++)
                if (**piece != '\0')
                        g_ptr_array_add(words, *piece);
        if (words->len == 0 || line[0] == '#')
                return NULL;
        if (words->len < 2 || words->len > 3)
                return "a line is IDENTITY KEY, or IDENTITY KEY ENDPOINT";
        if (strcmp(words->pdata[0], RAW) == 0)
                return take_raw(self, words->pdata[1], words->len == 3 ? words->pdata[2] : NULL);
        if (strlen(words->pdata[0]) > LW_PSK_IDENTITY_MAX)
                return "the identity has more than 128 bytes";
        if (g_hash_table_contains(self->keys, words->pdata[0]))
                return "the identity has a key already";
        key = g_new0(Key, 1);
        key->identity = g_strdup(words->pdata[0]);
        key->endpoint = words->len == 3 ? g_strdup(words->pdata[2]) : NULL;
        if (g_str_has_prefix(key->identity, "oscore:")) {
                const char *problem = take_oscore(
                                self, key, (const char *) words->pdata[0] + 7, words->pdata[1]);

                g_hash_table_replace(self->keys, key->identity, key);
                return problem;
        }
        g_hash_table_insert(self->keys, key->identity, key);
        return fill(key, words->pdata[1])
                               ? NULL
                               : "the key must be 2 to 128 hexadecimal digits, of which two are "
                                 "a byte";
}

LwTestKeys *lw_test_keys_parse(const char *text, size_t length, GError **error)
{
        g_autoptr(LwTestKeys) self = g_new0(LwTestKeys, 1);
        const char *end = text + length;
        unsigned number = 0;

        self->keys = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, key_free);
        self->oscores = g_ptr_array_new_with_free_func(oscore_free);
        for (const char *at = text; at < end; number++) {
                const char *stop = memchr(at, '\n', (size_t) (end - at));
                size_t size = (size_t) ((stop == NULL ? end : stop) - at);
                g_autofree char *line = g_strndup(at, size);
                const char *problem = strlen(line) == size && g_utf8_validate(line, -1, NULL)
                                                      ? take_line(self, line)
                                                      : "the line is not UTF-8 text";

                explicit_bzero(line, size);
                if (problem != NULL) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "line %u: %s",
                                        number + 1, problem);
                        return NULL;
                }
                at += size + 1;
        }
        return g_steal_pointer(&self);
}

void lw_test_keys_free(LwTestKeys *self)
{
        if (self == NULL)
                return;
        g_hash_table_destroy(self->keys);
        g_ptr_array_unref(self->oscores);
        g_free(self);
}

const uint8_t *lw_test_keys_find(const LwTestKeys *self, const uint8_t *identity,
                size_t identity_length, size_t *ret_length)
{
        g_autofree char *name = g_strndup((const char *) identity, identity_length);
        const Key *key = g_hash_table_lookup(self->keys, name);

        if (key == NULL || key->is_oscore || key->is_raw || strlen(name) != identity_length)
                return NULL;
        *ret_length = key->length;
        return key->bytes;
}

bool lw_test_keys_has_raw(const LwTestKeys *self, const char *identity)
{
        const Key *key = g_hash_table_lookup(self->keys, identity);

        return key != NULL && key->is_raw;
}

bool lw_test_keys_allow(const LwTestKeys *self, const char *identity, const char *endpoint)
{
        const Key *key = g_hash_table_lookup(self->keys, identity);

        return key != NULL && (key->endpoint == NULL || strcmp(key->endpoint, endpoint) == 0);
}

size_t lw_test_keys_oscore_count(const LwTestKeys *self)
{
        return self->oscores->len;
}

const LwOscore *lw_test_keys_oscore(const LwTestKeys *self, size_t index)
{
        return self->oscores->pdata[index];
}
