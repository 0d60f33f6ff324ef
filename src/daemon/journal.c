/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwJournal: the agent's story, one line per event. */
#include "daemon/journal.h"

#include <inttypes.h>

#include "base/log.h"

struct LwJournal {
        GHashTable *told;     /* LwServer to LwRegistrationState */
        GHashTable *refusals; /* short id to what became of the last Send, if that was no success */
};

/* The fields that every line about a server has. */
typedef struct Fields {
        char ssid[8];
        const char *name;
        const char *uri;
} Fields;

LwJournal *lw_journal_new(void)
{
        LwJournal *self = g_new0(LwJournal, 1);

        self->told = g_hash_table_new(NULL, NULL);
        self->refusals = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        return self;
}

void lw_journal_free(LwJournal *self)
{
        if (!self)
                return;
        g_hash_table_unref(self->told);
        g_hash_table_unref(self->refusals);
        g_free(self);
}

void lw_journal_forget(LwJournal *self, const LwServer *server)
{
        g_hash_table_remove(self->told, server);
}

static void tell_registered(LwServer *server, const Fields *fields)
{
        const LwRegistration *registration = lw_server_registration(server);
        g_autofree char *address = lw_server_address(server, LW_TRANSPORT_REMOTE);

        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID,
                        LW_MESSAGE_REGISTERED, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                        "registered at %s (%s, %s) as \"%s\", LwM2M %s, for %" PRIu32 " s",
                        fields->name, fields->uri, address ? address : "address unknown",
                        lw_server_location(server), lw_version_text(registration->version),
                        registration->lifetime_seconds);
}

static void tell_waiting(LwServer *server, const Fields *fields, LwNow now)
{
        LwUsec due = lw_registration_deadline(lw_server_registration(server));
        LwUsec delay = due > now.boot ? due - now.boot : 0;

        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_WARNING, LW_FIELD_MESSAGE_ID,
                        LW_MESSAGE_REGISTRATION_FAILED, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                        "not registered at %s (%s): %s; trying again in %.1f s", fields->name,
                        fields->uri, lw_server_last_error(server, NULL),
                        (double) delay / (double) LW_USEC_PER_SEC);
}

static void tell_gone(LwServer *server, const Fields *fields)
{
        const LwRegistration *registration = lw_server_registration(server);

        if (registration->away)
                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID,
                                LW_MESSAGE_DEREGISTERED, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                                "away from %s, until somebody calls Register or the agent starts "
                                "anew",
                                fields->name);
        else if (registration->state == LW_REGISTRATION_DISABLED)
                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID,
                                LW_MESSAGE_DEREGISTERED, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                                "de-registered from %s, disabled for %" PRIu32 " s", fields->name,
                                registration->disable_seconds);
        else
                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_MESSAGE_ID,
                                LW_MESSAGE_DEREGISTERED, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                                "de-registered from %s", fields->name);
}

static void tell_progress(const Fields *fields, const char *what, GLogLevelFlags level)
{
        g_log_structured(LW_LOG_DOMAIN, level, LW_FIELD_SERVER, fields->ssid, "MESSAGE",
                        "%s %s (%s)", what, fields->name, fields->uri);
}

static void tell(LwServer *server, LwRegistrationState before, const Fields *fields, LwNow now)
{
        switch (lw_server_registration(server)->state) {
        case LW_REGISTRATION_REGISTERED:
                if (before == LW_REGISTRATION_UPDATING)
                        tell_progress(fields, "updated the registration at", G_LOG_LEVEL_DEBUG);
                else
                        tell_registered(server, fields);
                break;
        case LW_REGISTRATION_WAITING:
                tell_waiting(server, fields, now);
                break;
        case LW_REGISTRATION_DISABLED:
                tell_gone(server, fields);
                break;
        case LW_REGISTRATION_STOPPED:
                if (before == LW_REGISTRATION_STOPPING)
                        tell_gone(server, fields);
                break;
        case LW_REGISTRATION_CONNECTING:
                tell_progress(fields, "connecting to", G_LOG_LEVEL_INFO);
                break;
        case LW_REGISTRATION_REGISTERING:
                if (before == LW_REGISTRATION_UPDATING || before == LW_REGISTRATION_REGISTERED)
                        tell_progress(fields, "registering anew at", G_LOG_LEVEL_MESSAGE);
                break;
        case LW_REGISTRATION_UPDATING:
        case LW_REGISTRATION_LEAVING:
        case LW_REGISTRATION_WITHDRAWING:
        case LW_REGISTRATION_STOPPING:
        case LW_REGISTRATION_ENDING:
                break;
        }
}

void lw_journal_server(LwJournal *self, LwServer *server, LwNow now)
{
        const LwAccount *account = lw_server_account(server);
        LwRegistrationState state = lw_server_registration(server)->state;
        LwRegistrationState before = LW_REGISTRATION_STOPPED;
        Fields fields = { .name = account->name, .uri = account->uri };
        void *value;

        if (g_hash_table_lookup_extended(self->told, server, NULL, &value))
                before = GPOINTER_TO_UINT(value);
        if (state == before)
                return;
        g_hash_table_insert(self->told, server, GUINT_TO_POINTER(state));
        g_snprintf(fields.ssid, sizeof(fields.ssid), "%u", account->ssid);
        tell(server, before, &fields, now);
}

void lw_journal_operation(
                uint16_t server, LwOperation operation, const LwPath *path, LwStatus status)
{
        bool quiet = operation == LW_OPERATION_OBSERVE || operation == LW_OPERATION_CANCEL ||
                     operation == LW_OPERATION_OBSERVE_COMPOSITE ||
                     operation == LW_OPERATION_CANCEL_COMPOSITE;
        char text[LW_PATH_TEXT_MAX], ssid[8];

        lw_path_print(path, text);
        g_snprintf(ssid, sizeof(ssid), "%u", server);
        g_log_structured(LW_LOG_DOMAIN, quiet ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_MESSAGE,
                        LW_FIELD_MESSAGE_ID, LW_MESSAGE_OPERATION, LW_FIELD_SERVER, ssid,
                        LW_FIELD_OPERATION, lw_operation_name(operation), LW_FIELD_PATH, text,
                        LW_FIELD_STATUS, lw_status_text(status), "MESSAGE", "server %s: %s %s: %s",
                        ssid, lw_operation_name(operation), text, lw_status_text(status));
}

void lw_journal_sent(LwJournal *self, uint64_t id, uint16_t server, const LwSendResult *result)
{
        const char *status = lw_send_result_text(result);
        void *key = GUINT_TO_POINTER(server);
        bool ok = lw_send_result_is_success(result);
        bool same = g_strcmp0(g_hash_table_lookup(self->refusals, key), status) == 0;
        char ssid[8];

        if (ok)
                g_hash_table_remove(self->refusals, key);
        else
                g_hash_table_insert(self->refusals, key, g_strdup(status));
        g_snprintf(ssid, sizeof(ssid), "%u", server);
        g_log_structured(LW_LOG_DOMAIN, ok || same ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_MESSAGE,
                        LW_FIELD_MESSAGE_ID, LW_MESSAGE_SEND, LW_FIELD_SERVER, ssid,
                        LW_FIELD_OPERATION, "Send", LW_FIELD_STATUS, status, "MESSAGE",
                        "server %s: Send %" PRIu64 ": %s", ssid, id, status);
}

char *lw_journal_summary(const LwClient *client)
{
        size_t count = lw_client_server_count(client), registered = 0;
        LwServer *first = count > 0 ? lw_client_server_at(client, 0) : NULL;

        for (size_t i = 0; i < count; i++)
                registered += lw_server_registration(lw_client_server_at(client, i))->registered;
        switch (lw_client_state(client)) {
        case LW_CLIENT_STARTING:
                return g_strdup("starting");
        case LW_CLIENT_UNCONFIGURED:
                return g_strdup("no server configured: write a [Server NAME] section into "
                                "/etc/lwm2md/lwm2md.conf");
        case LW_CLIENT_BOOTSTRAPPING:
                return g_strdup("bootstrapping");
        case LW_CLIENT_ONLINE:
        case LW_CLIENT_DEGRADED:
        case LW_CLIENT_OFFLINE:
                break;
        case LW_CLIENT_STOPPING:
                return g_strdup("de-registering");
        }
        if (count > 1)
                return g_strdup_printf("registered at %zu of %zu servers", registered, count);
        if (registered > 0)
                return g_strdup_printf("registered at %s (%s)", lw_server_account(first)->name,
                                lw_server_account(first)->uri);
        return g_strdup_printf("%s: %s (%s)%s%s", lw_server_state_name(first),
                        lw_server_account(first)->name, lw_server_account(first)->uri,
                        *lw_server_last_error(first, NULL) ? ": " : "",
                        lw_server_last_error(first, NULL));
}
