/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the objects say of themselves on the bus is what dbus/ says of them, and dbus/ explains it
 * all. */
#include <string.h>

#include "control/server.h"
#include "control/stage.h"
#include "lib/contract.h"
#include "lib/suite.h"

/* Both sides */

static const struct {
        const char *path;
        const char *interface;
} objects[] = {
        { LW_MANAGER_PATH, LW_MANAGER_INTERFACE },
        { STAGE_SERVER_PATH, LW_SERVER_INTERFACE },
};

START_TEST(the_object_is_as_its_contract_says)
{
        const char *text;

        ck_assert_str_eq(stage_call_at(objects[_i].path, "org.freedesktop.DBus.Introspectable",
                                         "Introspect", ""),
                        "ok");
        ck_assert_int_gt(sd_bus_message_read(stage_reply(), "s", &text), 0);
        lw_contract_check_shown(objects[_i].interface, text);
}
END_TEST

START_TEST(the_contract_explains_every_part)
{
        lw_contract_check_explained(objects[_i].interface);
}
END_TEST

/* The words of a closed list are those that the code says, no more and no fewer */

static const char *manager_state(int i)
{
        return i <= LW_CLIENT_STOPPING ? lw_client_state_name((LwClientState) i) : NULL;
}

static const char *server_state(int i)
{
        static const char *const others[] = { "resolving", "asleep", NULL };

        return i <= LW_REGISTRATION_STOPPED ? lw_registration_state_name((LwRegistrationState) i)
                                            : others[i - LW_REGISTRATION_STOPPED - 1];
}

static const char *security(int i)
{
        const LwPeer oscore = { .security = LW_SECURITY_NOSEC, .oscore.secret.length = 16 };

        if (i <= LW_SECURITY_NOSEC)
                return lw_security_name((LwSecurity) i);
        return i == LW_SECURITY_NOSEC + 1 ? lw_peer_security_name(&oscore) : NULL;
}

/* Reads and Discovers are never signalled. */
static const char *operation(int i)
{
        if (i > LW_OPERATION_CANCEL_COMPOSITE + 1)
                return NULL;
        if (i > LW_OPERATION_CANCEL_COMPOSITE || i == LW_OPERATION_READ ||
                        i == LW_OPERATION_DISCOVER || i == LW_OPERATION_READ_COMPOSITE)
                return "left-out";
        return lw_operation_name((LwOperation) i);
}

static const char *outcome(int i)
{
        i += LW_SEND_ANSWERED + 1; /* which has no word: it is the server's code */
        return i <= LW_SEND_UNWRITABLE ? lw_send_outcome_name((LwSendOutcome) i) : NULL;
}

static const struct {
        const char *interface;
        const char *member;
        const char *(*word)(int i); /* NULL behind the last */
} closed_lists[] = {
        { LW_MANAGER_INTERFACE, "property State s read", manager_state },
        { LW_SERVER_INTERFACE, "property State s read", server_state },
        { LW_SERVER_INTERFACE, "property Security s read", security },
        { LW_MANAGER_INTERFACE, "signal Operation :q:server :s:operation", operation },
        { LW_MANAGER_INTERFACE, "signal Sent :t:id :q:server :s:status", outcome },
};

START_TEST(a_closed_list_has_the_words_of_the_code)
{
        g_autofree char *text = lw_contract_read(closed_lists[_i].interface);
        g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        unsigned listed = 0;
        const char *word;
        LwContract document;

        lw_contract_parse(&document, closed_lists[_i].interface, text);
        for (int i = 0; (word = closed_lists[_i].word(i)) != NULL; i++)
                g_hash_table_add(said, g_strdup_printf("%s %s", closed_lists[_i].member, word));
        for (guint i = 0; i < document.words->len; i++) {
                const char *line = g_ptr_array_index(document.words, i);

                if (!g_str_has_prefix(line, closed_lists[_i].member))
                        continue;
                listed++;
                ck_assert_msg(g_hash_table_contains(said, line), "nobody says '%s'", line);
        }
        ck_assert_uint_eq(listed, g_hash_table_size(said));
        lw_contract_clear(&document);
}
END_TEST

TCase *test_introspection(void);
TCase *test_introspection(void)
{
        TCase *tcase = tcase_create("introspection");

        tcase_add_checked_fixture(tcase, stage_setup, stage_teardown);
        tcase_add_loop_test(tcase, the_object_is_as_its_contract_says, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, the_contract_explains_every_part, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, a_closed_list_has_the_words_of_the_code, 0,
                        G_N_ELEMENTS(closed_lists));
        return tcase;
}
