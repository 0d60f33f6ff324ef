/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes the documents of sessions: what loads saves, and that loads as the same. */
#include <glib.h>

#include "client/session.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GBytes *load_nothing(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return NULL;
}

static bool load(LwTree *tree, const LwAccount *account, GBytes *document, GBytes **ret_saved)
{
        static const LwSenderEvents events = {};
        g_autoptr(LwObserver) observer = lw_observer_new(tree, account, NULL, NULL);
        g_autoptr(LwSender) sender = lw_sender_new(tree, account, &events, NULL);
        LwNow now = { .boot = 1000 * LW_USEC_PER_SEC, .real_usec = 1700000000000000 };
        g_auto(LwSession) session = {};
        g_autoptr(GError) error = NULL;

        if (!lw_session_load(&session, observer, sender, document, now, &error)) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                g_assert_cmpuint(lw_observer_count(observer), ==, 0);
                g_assert_cmpuint(lw_observer_waiting(observer), ==, 0);
                g_assert_cmpuint(lw_sender_waiting(sender), ==, 0);
                return false;
        }
        *ret_saved = lw_session_save(&session, observer, sender);
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(LwRegistry) registry = lw_registry_new(load_nothing, NULL);
        g_autoptr(LwTree) tree = lw_tree_new(registry);
        g_autoptr(LwAccount) account = lw_account_new();
        g_autoptr(GBytes) document = g_bytes_new_static(data, size);
        g_autoptr(GBytes) saved = NULL, again = NULL;

        if (!load(tree, account, document, &saved))
                return 0;
        g_assert_true(load(tree, account, saved, &again));
        /* numbers leap at each load, by as many digits as they like: only those differ */
        g_assert_cmpuint(g_bytes_get_size(again), <=, g_bytes_get_size(saved) + size);
        return 0;
}
