/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions that can be resumed: kept by what their security is made of, for a time. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "exchange/vault.h"
#include "model/status.h"

#define KEY_A "00000000000000000000000000000000000000000000000000000000000000aa"
#define KEY_B "00000000000000000000000000000000000000000000000000000000000000bb"

static void put(LwVault *vault, const char *key, const char *text, int64_t ends)
{
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

        lw_vault_put(vault, key, bytes, ends);
}

static void check_has(const LwVault *vault, const char *key, int64_t now, const char *text)
{
        g_autoptr(GBytes) bytes = lw_vault_find(vault, key, now);

        ck_assert_int_eq(bytes == NULL, text == NULL);
        if (text == NULL)
                return;
        ck_assert_uint_eq(g_bytes_get_size(bytes), strlen(text));
        ck_assert_mem_eq(g_bytes_get_data(bytes, NULL), text, strlen(text));
}

START_TEST(keeps_the_last_of_each_until_it_ends)
{
        g_autoptr(LwVault) vault = lw_vault_new();

        check_has(vault, KEY_A, 0, NULL);
        put(vault, KEY_A, "one", 100);
        put(vault, KEY_B, "two", 200);
        put(vault, KEY_A, "three", 150);
        check_has(vault, KEY_A, 149, "three");
        check_has(vault, KEY_A, 150, NULL);
        check_has(vault, KEY_B, 150, "two");
        lw_vault_drop(vault, KEY_B);
        check_has(vault, KEY_B, 0, NULL);
}
END_TEST

START_TEST(is_bounded)
{
        g_autoptr(LwVault) vault = lw_vault_new();
        g_autoptr(GBytes) large =
                        g_bytes_new_take(g_malloc0(LW_TLS_SESSION_MAX + 1), LW_TLS_SESSION_MAX + 1);
        char key[sizeof(KEY_A)];

        lw_vault_put(vault, KEY_A, large, 100);
        check_has(vault, KEY_A, 0, NULL);
        for (int i = 0; i <= LW_SERVERS_MAX; i++) {
                g_snprintf(key, sizeof(key), "%064x", i);
                put(vault, key, "x", 100 + (i + 5) % (LW_SERVERS_MAX + 1));
        }
        /* the one that ends first went, when the last one came */
        g_snprintf(key, sizeof(key), "%064x", LW_SERVERS_MAX - 4);
        check_has(vault, key, 0, NULL);
        g_snprintf(key, sizeof(key), "%064x", LW_SERVERS_MAX);
        check_has(vault, key, 0, "x");
}
END_TEST

static unsigned told;

static void on_changed(void *user G_GNUC_UNUSED)
{
        told++;
}

START_TEST(tells_of_changes)
{
        g_autoptr(LwVault) vault = lw_vault_new();

        lw_vault_watch(vault, on_changed, NULL);
        put(vault, KEY_A, "one", 100);
        ck_assert_uint_eq(told, 1);
        lw_vault_drop(vault, KEY_B);
        ck_assert_uint_eq(told, 1);
        lw_vault_drop(vault, KEY_A);
        ck_assert_uint_eq(told, 2);
}
END_TEST

START_TEST(is_saved_and_loaded)
{
        g_autoptr(LwVault) vault = lw_vault_new(), other = lw_vault_new();
        g_autoptr(GBytes) document = NULL, again = NULL;

        put(vault, KEY_A, "one", 100);
        put(vault, KEY_B, "", 200);
        document = lw_vault_save(vault);
        ck_assert(lw_vault_load(other, document, NULL));
        check_has(other, KEY_A, 99, "one");
        check_has(other, KEY_B, 199, "");
        again = lw_vault_save(other);
        ck_assert(g_bytes_equal(document, again));
}
END_TEST

#define END_100 "\0\0\0\0\0\0\0\x64"
#define BYTES(text) text, sizeof(text) - 1

static const struct {
        const char *bytes;
        size_t length;
        bool ok;
} documents[] = {
        { BYTES(""), true },
        { BYTES(KEY_A END_100 "\0\0\0\x03one"), true },
        { BYTES(KEY_A END_100 "\0\0\0\x03on"), false },
        { BYTES(KEY_A END_100 "\0\0\0\x03oneX"), false },
        { BYTES(KEY_A END_100 "\0\1\0\0"), false },
        { BYTES(KEY_A "\xff\0\0\0\0\0\0\x64\0\0\0\0"), false },
        { BYTES("x"), false },
        { BYTES("00000000000000000000000000000000000000000000000000000000000000AA" END_100
                "\0\0\0\0"),
                        false },
};

START_TEST(loads_whole_documents_alone)
{
        g_autoptr(LwVault) vault = lw_vault_new();
        g_autoptr(GBytes) document = g_bytes_new_static(documents[_i].bytes, documents[_i].length);
        g_autoptr(GBytes) saved = NULL;
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(lw_vault_load(vault, document, &error), documents[_i].ok);
        saved = lw_vault_save(vault);
        if (!documents[_i].ok) {
                ck_assert_int_eq(error->code, LW_STATUS_BAD_REQUEST);
                ck_assert_uint_eq(g_bytes_get_size(saved), 0);
        }
}
END_TEST

typedef void (*Alter)(LwPeer *peer);

static void alter_host(LwPeer *peer)
{
        peer->uri.host[0] = 'x';
}
static void alter_port(LwPeer *peer)
{
        peer->uri.port++;
}
static void alter_identity(LwPeer *peer)
{
        peer->psk_identity[0] = 'x';
}
static void alter_key(LwPeer *peer)
{
        peer->psk_key[0]++;
}
static void alter_sni(LwPeer *peer)
{
        peer->sni = g_strdup("x");
}
static void alter_ciphers(LwPeer *peer)
{
        peer->ciphers[peer->cipher_count++] = 0xc0a8;
}
static void alter_server(LwPeer *peer)
{
        peer->x509.server = g_bytes_new("x", 1);
}
static void alter_anchors(LwPeer *peer)
{
        peer->x509.anchors = g_bytes_new("x", 1);
}
static void alter_usage(LwPeer *peer)
{
        peer->x509.usage = LW_USAGE_TRUST_ANCHOR;
}

static const Alter alterations[] = { alter_host, alter_port, alter_identity, alter_key, alter_sni,
        alter_ciphers, alter_server, alter_anchors, alter_usage };

START_TEST(another_security_is_another_key)
{
        g_auto(LwPeer) a = { .security = LW_SECURITY_PSK, .psk_key_length = 1 }, b = {};
        g_autofree char *first = NULL, *second = NULL, *third = NULL;

        ck_assert(lw_uri_parse("coaps://a.example:5684", &a.uri, NULL));
        a.psk_identity = g_strdup("gateway");
        lw_peer_copy(&b, &a);
        first = lw_vault_key(&a);
        second = lw_vault_key(&b);
        ck_assert_str_eq(first, second);
        ck_assert_uint_eq(strlen(first), 64);
        alterations[_i](&b);
        third = lw_vault_key(&b);
        ck_assert_str_ne(first, third);
        ck_assert_int_eq(lw_peer_same_security(&a, &b),
                        alterations[_i] == alter_host || alterations[_i] == alter_port);
}
END_TEST

TCase *test_vault(void)
{
        TCase *tcase = tcase_create("vault");

        tcase_add_test(tcase, keeps_the_last_of_each_until_it_ends);
        tcase_add_test(tcase, is_bounded);
        tcase_add_test(tcase, tells_of_changes);
        tcase_add_test(tcase, is_saved_and_loaded);
        tcase_add_loop_test(tcase, loads_whole_documents_alone, 0, G_N_ELEMENTS(documents));
        tcase_add_loop_test(tcase, another_security_is_another_key, 0, G_N_ELEMENTS(alterations));
        return tcase;
}
