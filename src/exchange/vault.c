/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwVault: sessions of DTLS and TLS that can be resumed. */
#include "exchange/vault.h"

#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "model/limits.h"
#include "model/status.h"

/* Hexadecimal digits of SHA-256. */
#define KEY_LENGTH 64

typedef struct Session {
        char *key;
        GBytes *bytes;
        int64_t ends_seconds;
} Session;

struct LwVault {
        GPtrArray *sessions; /* of Session */
        void (*changed)(void *user);
        void *user;
};

static void session_free(void *data)
{
        Session *self = data;

        g_free(self->key);
        g_bytes_unref(self->bytes);
        g_free(self);
}

LwVault *lw_vault_new(void)
{
        LwVault *self = g_new0(LwVault, 1);

        self->sessions = g_ptr_array_new_with_free_func(session_free);
        return self;
}

void lw_vault_free(LwVault *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->sessions);
        g_free(self);
}

void lw_vault_watch(LwVault *self, void (*changed)(void *user), void *user)
{
        self->changed = changed;
        self->user = user;
}

static void tell(LwVault *self)
{
        if (self->changed != NULL)
                self->changed(self->user);
}

/* --- keys ------------------------------------------------------------------------------------- */

/* With its length, so that no two lists of parts look the same. */
static void add(GChecksum *checksum, const void *data, size_t length)
{
        uint64_t size = GUINT64_TO_BE((uint64_t) length);

        g_checksum_update(checksum, (const guchar *) &size, sizeof(size));
        if (length > 0)
                g_checksum_update(checksum, data, (gssize) length);
}

static void add_text(GChecksum *checksum, const char *text)
{
        add(checksum, text == NULL ? "" : text, text == NULL ? 0 : strlen(text) + 1);
}

static void add_bytes(GChecksum *checksum, GBytes *bytes)
{
        size_t length = 0;
        const void *data = bytes == NULL ? NULL : g_bytes_get_data(bytes, &length);

        add(checksum, data, length);
}

char *lw_vault_key(const LwPeer *peer)
{
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        const int numbers[] = { (int) peer->uri.scheme, peer->uri.port, (int) peer->security,
                (int) peer->x509.usage, (int) peer->x509.matching, (int) peer->rpk.matching };

        add(checksum, numbers, sizeof(numbers));
        add_text(checksum, peer->uri.host);
        add_text(checksum, peer->sni);
        add_text(checksum, peer->psk_identity);
        add(checksum, peer->psk_key, peer->psk_key_length);
        add_bytes(checksum, peer->x509.certificate);
        add_bytes(checksum, peer->x509.private_key);
        add_bytes(checksum, peer->x509.server);
        add_bytes(checksum, peer->x509.anchors);
        add_bytes(checksum, peer->rpk.public_key);
        add_bytes(checksum, peer->rpk.private_key);
        add_bytes(checksum, peer->rpk.server);
        add(checksum, peer->ciphers, peer->cipher_count * sizeof(peer->ciphers[0]));
        return g_strdup(g_checksum_get_string(checksum));
}

/* --- sessions --------------------------------------------------------------------------------- */

/* The place of a key, or how many there are. */
static guint find(const LwVault *self, const char *key)
{
        guint at = 0;

        while (at < self->sessions->len &&
                        strcmp(((const Session *) self->sessions->pdata[at])->key, key) != 0)
                at++;
        return at;
}

static guint find_first_to_end(const LwVault *self)
{
        guint first = 0;

        for (guint i = 1; i < self->sessions->len; i++) {
                const Session *session = self->sessions->pdata[i];

                if (session->ends_seconds <
                                ((const Session *) self->sessions->pdata[first])->ends_seconds)
                        first = i;
        }
        return first;
}

static void keep(LwVault *self, const char *key, GBytes *bytes, int64_t ends_seconds)
{
        guint at = find(self, key);
        Session *session = g_new0(Session, 1);

        if (at < self->sessions->len)
                g_ptr_array_remove_index(self->sessions, at);
        else if (self->sessions->len >= LW_SERVERS_MAX)
                g_ptr_array_remove_index(self->sessions, find_first_to_end(self));
        session->key = g_strdup(key);
        session->bytes = g_bytes_ref(bytes);
        session->ends_seconds = ends_seconds;
        g_ptr_array_add(self->sessions, session);
}

void lw_vault_put(LwVault *self, const char *key, GBytes *session, int64_t ends_seconds)
{
        if (g_bytes_get_size(session) > LW_TLS_SESSION_MAX)
                return;
        keep(self, key, session, ends_seconds);
        tell(self);
}

GBytes *lw_vault_find(const LwVault *self, const char *key, int64_t now_seconds)
{
        guint at = find(self, key);
        const Session *session;

        if (at == self->sessions->len)
                return NULL;
        session = self->sessions->pdata[at];
        return session->ends_seconds > now_seconds ? g_bytes_ref(session->bytes) : NULL;
}

void lw_vault_drop(LwVault *self, const char *key)
{
        guint at = find(self, key);

        if (at == self->sessions->len)
                return;
        g_ptr_array_remove_index(self->sessions, at);
        tell(self);
}

/* --- the document: of each its key, its end, its length and itself ---------------------------- */

GBytes *lw_vault_save(const LwVault *self)
{
        g_auto(LwWriter) writer = {};
        size_t size = 0;
        GBytes *document;

        /* at once, as what a growing writer leaves behind would not be wiped */
        for (guint i = 0; i < self->sessions->len; i++) {
                const Session *session = self->sessions->pdata[i];

                size += KEY_LENGTH + 8 + 4 + g_bytes_get_size(session->bytes);
        }
        lw_writer_grow(&writer, size);
        for (guint i = 0; i < self->sessions->len; i++) {
                const Session *session = self->sessions->pdata[i];
                size_t length;
                const void *data = g_bytes_get_data(session->bytes, &length);

                lw_writer_put(&writer, session->key, KEY_LENGTH);
                lw_writer_uint(&writer, (uint64_t) session->ends_seconds, 8);
                lw_writer_uint(&writer, length, 4);
                lw_writer_put(&writer, data, length);
        }
        document = lw_secret_new(writer.data, writer.length);
        explicit_bzero(writer.data, writer.length);
        return document;
}

static bool is_key(const uint8_t *text)
{
        for (size_t i = 0; i < KEY_LENGTH; i++)
                if (!g_ascii_isxdigit(text[i]) || g_ascii_isupper(text[i]))
                        return false;
        return true;
}

static bool load_one(LwVault *self, LwReader *reader)
{
        const uint8_t *key, *data;
        uint64_t ends, length;
        g_autoptr(GBytes) bytes = NULL;
        g_autofree char *text = NULL;

        if (!lw_reader_take(reader, KEY_LENGTH, &key) || !is_key(key) ||
                        !lw_reader_uint(reader, 8, &ends) || ends > INT64_MAX ||
                        !lw_reader_uint(reader, 4, &length) || length > LW_TLS_SESSION_MAX ||
                        !lw_reader_take(reader, length, &data))
                return false;
        text = g_strndup((const char *) key, KEY_LENGTH);
        bytes = lw_secret_new(data, length);
        keep(self, text, bytes, (int64_t) ends);
        return true;
}

bool lw_vault_load(LwVault *self, GBytes *document, GError **error)
{
        g_autoptr(LwVault) loaded = lw_vault_new();
        size_t length;
        const void *data = g_bytes_get_data(document, &length);
        LwReader reader = lw_reader(data, length);

        while (reader.left > 0) {
                if (load_one(loaded, &reader))
                        continue;
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "it holds something that is no session");
                return false;
        }
        for (guint i = 0; i < loaded->sessions->len; i++) {
                const Session *session = loaded->sessions->pdata[i];

                keep(self, session->key, session->bytes, session->ends_seconds);
        }
        return true;
}
