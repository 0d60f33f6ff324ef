/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwServers: which servers there are. */
#include "daemon/servers.h"

#include <string.h>

#include "base/log.h"
#include "control/settings.h"
#include "daemon/config-server.h"
#include "model/limits.h"
#include "model/status.h"

/* Where a server comes from that no file has. */
#define ORIGIN "AddServer"

#define KEY_NAME "Name"

struct LwServers {
        LwClient *client;
        LwStore *store;
        LwAttributeKeeper *attributes;
        LwRoster *roster;
        LwJournal *journal;
        LwDriver *driver;
        char *sms_number; /* of [Agent]; NULL: none */
};

/* A change that is being saved. */
typedef struct Change {
        LwServers *servers;
        LwAccount *account; /* to be added; NULL: to be removed */
        uint16_t ssid;
        LwManagerDone done;
        void *data;
} Change;

LwServers *lw_servers_new(LwClient *client, LwStore *store, LwAttributeKeeper *attributes,
                LwRoster *roster, LwJournal *journal, LwDriver *driver)
{
        LwServers *self = g_new0(LwServers, 1);

        *self = (LwServers){ client, store, attributes, roster, journal, driver, NULL };
        return self;
}

void lw_servers_free(LwServers *self)
{
        if (self == NULL)
                return;
        g_free(self->sms_number);
        g_free(self);
}

static LwNow now_of(LwServers *self)
{
        return lw_driver_now(self->driver);
}

/* --- accounts that were added ----------------------------------------------------------------- */

static void take_key(void *data, const char *key, const char *value)
{
        lw_config_section_set(data, ORIGIN, 0, key, value);
}

/* NULL, and what is wrong in `file`. */
static LwAccount *account_of(
                LwServers *self, LwConfigFile *file, LwConfigSection *section, const char *name)
{
        LwAccount *account = lw_config_server(file, section, name);

        if (account != NULL && account->sms_number == NULL)
                account->sms_number = g_strdup(self->sms_number);
        return account;
}

static const LwAccount *clash_of(const GPtrArray *accounts, const LwAccount *account)
{
        for (guint i = 0; i < accounts->len; i++) {
                const LwAccount *other = accounts->pdata[i];

                if (other->ssid == account->ssid || strcmp(other->name, account->name) == 0)
                        return other;
        }
        return NULL;
}

static void append_added(LwServers *self, const char *name, GPtrArray *accounts)
{
        g_autoptr(LwConfigFile) file = lw_config_file_new();
        g_autofree char *title = g_strconcat("Server ", name, NULL);
        LwConfigSection *section = lw_config_file_make_section(file, ORIGIN, title);
        g_autoptr(LwAccount) account = NULL;
        const LwAccount *other;

        lw_roster_each(self->roster, name, take_key, section);
        account = account_of(self, file, section, name);
        for (guint i = 0; i < file->problems->len; i++) {
                const LwConfigProblem *problem = file->problems->pdata[i];

                lw_log(G_LOG_LEVEL_WARNING, "[Server %s], added over D-Bus: %s", name,
                                problem->text);
        }
        if (account == NULL)
                return;
        other = clash_of(accounts, account);
        if (other != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "[Server %s], added over D-Bus, is left out: [Server %s] at %s has "
                                "its name or its short id %u",
                                name, other->name, other->origin, account->ssid);
        else
                g_ptr_array_add(accounts, g_steal_pointer(&account));
}

/* --- tombstones ------------------------------------------------------------------------------- */

static LwAccount *find_account(const GPtrArray *accounts, const char *name)
{
        for (guint i = 0; i < accounts->len; i++) {
                LwAccount *account = accounts->pdata[i];

                if (strcmp(account->name, name) == 0)
                        return account;
        }
        return NULL;
}

static bool is_refused(const LwConfig *config, const char *name)
{
        return g_ptr_array_find_with_equal_func(config->refused, name, g_str_equal, NULL);
}

/* A section that is as it was when it was removed stays away; every other ends its tombstone. */
static void heed_tombstones(LwServers *self, LwConfig *config)
{
        g_auto(GStrv) names = lw_roster_buried(self->roster);

        for (size_t i = 0; names[i] != NULL; i++) {
                g_autofree char *hash = lw_roster_tombstone(self->roster, names[i]);
                LwAccount *account = find_account(config->accounts, names[i]);

                if (account != NULL && g_strcmp0(account->hash, hash) == 0) {
                        lw_log(G_LOG_LEVEL_MESSAGE,
                                        "[Server %s] at %s is left out, as it was removed over "
                                        "D-Bus; edit it and it counts again",
                                        account->name, account->origin);
                        g_ptr_array_remove(config->accounts, account);
                        continue;
                }
                if (is_refused(config, names[i]))
                        continue; /* what it says now is not known */
                if (account != NULL)
                        lw_log(G_LOG_LEVEL_MESSAGE,
                                        "[Server %s] counts again: %s was edited since it was "
                                        "removed over D-Bus",
                                        account->name, account->origin);
                lw_roster_raise(self->roster, names[i]);
        }
        lw_roster_save(self->roster);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void take_accounts(LwServers *self, GPtrArray *accounts)
{
        while (accounts->len > 0) {
                LwAccount *account = g_ptr_array_steal_index(accounts, 0);
                g_autofree char *origin = g_strdup(account->origin);
                g_autoptr(GError) error = NULL;

                if (!lw_client_add_server(self->client, account, now_of(self), &error))
                        lw_log(G_LOG_LEVEL_WARNING, "%s: %s", origin, error->message);
        }
}

void lw_servers_follow(LwServers *self, LwConfig *config)
{
        g_auto(GStrv) added = lw_roster_added(self->roster);

        g_free(self->sms_number);
        self->sms_number = g_strdup(config->sms_number);
        heed_tombstones(self, config);
        for (size_t i = 0; added[i] != NULL; i++)
                append_added(self, added[i], config->accounts);
        lw_store_lay(self->store, config->accounts);
        for (size_t i = lw_client_server_count(self->client); i-- > 0;) {
                LwServer *server = lw_client_server_at(self->client, i);
                const LwAccount *old = lw_server_account(server);
                LwAccount *new = find_account(config->accounts, old->name);

                if (new &&g_strcmp0(old->hash, new->hash) == 0 &&
                                lw_peer_same_security(&old->peer, &new->peer)) {
                        g_ptr_array_remove(config->accounts, new);
                } else if (new || !is_refused(config, old->name)) {
                        lw_journal_forget(self->journal, server);
                        lw_client_remove_server(self->client, server, now_of(self));
                }
        }
        take_accounts(self, config->accounts);
        lw_attribute_keeper_prune(self->attributes, self->client);
}

/* --- AddServer -------------------------------------------------------------------------------- */

/* A section of the settings; its name is "Name", or made of the short id. */
static LwConfigSection *section_of(
                LwConfigFile *file, const GPtrArray *settings, char **ret_name, GError **error)
{
        const char *given = lw_settings_find(settings, KEY_NAME);
        const char *ssid = lw_settings_find(settings, "ShortServerId");
        g_autofree char *name =
                        given ? g_strdup(given) : g_strdup_printf("server-%s", ssid ? ssid : "");
        g_autofree char *title = g_strconcat("Server ", name, NULL);
        const char *problem = lw_config_name_problem(name);
        LwConfigSection *section = lw_config_file_make_section(file, ORIGIN, title);

        if (problem) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, KEY_NAME ": %s", problem);
                return NULL;
        }
        for (guint i = 0; i < settings->len; i++) {
                const LwSetting *setting = settings->pdata[i];

                if (strcmp(setting->key, KEY_NAME) == 0)
                        continue;
                if (!lw_config_server_has_key(setting->key)) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "'%s' is not a key of a server; lwm2md.conf(5) lists them",
                                        setting->key);
                        return NULL;
                }
                lw_config_section_set(section, ORIGIN, 0, setting->key, setting->text);
        }
        *ret_name = g_steal_pointer(&name);
        return section;
}

static LwAccount *parse_settings(LwServers *self, const GPtrArray *settings, GError **error)
{
        g_autoptr(LwConfigFile) file = lw_config_file_new();
        g_autofree char *name = NULL;
        LwConfigSection *section = section_of(file, settings, &name, error);
        g_autoptr(LwAccount) account = NULL;

        if (!section)
                return NULL;
        account = account_of(self, file, section, name);
        if (file->problems->len > 0) {
                const LwConfigProblem *problem = file->problems->pdata[0];

                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s", problem->text);
                return NULL;
        }
        return g_steal_pointer(&account);
}

/* The client refuses a short id that is taken; here it is refused before anything is saved. */
static bool check_place(LwServers *self, const LwAccount *account, GError **error)
{
        size_t count = lw_client_server_count(self->client);

        for (size_t i = 0; i < count; i++) {
                const LwAccount *other = lw_server_account(lw_client_server_at(self->client, i));

                if (other->ssid != account->ssid && strcmp(other->name, account->name) != 0)
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_PRECONDITION_FAILED,
                                "'%s' has the short id %u already; give another ShortServerId and "
                                "Name",
                                other->name, other->ssid);
                return false;
        }
        if (lw_roster_has(self->roster, account->name)) {
                g_set_error(error, LW_ERROR, LW_STATUS_PRECONDITION_FAILED,
                                "a server '%s' was added already; give another Name",
                                account->name);
                return false;
        }
        if (count >= LW_SERVERS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "there are %u servers already; remove one", LW_SERVERS_MAX);
                return false;
        }
        return true;
}

static void change_end(Change *change, const GError *error)
{
        change->done(change->data, change->ssid, error);
        lw_account_free(change->account);
        g_free(change);
}

static void on_added(void *user, const GError *error)
{
        Change *change = user;
        LwServers *self = change->servers;
        g_autofree char *name = g_strdup(change->account->name);
        g_autoptr(GError) problem = NULL;

        if (error) {
                change_end(change, error);
                return;
        }
        lw_log(G_LOG_LEVEL_MESSAGE, "[Server %s] was added over D-Bus", name);
        lw_store_add(self->store, change->account);
        if (lw_client_add_server(self->client, g_steal_pointer(&change->account), now_of(self),
                            &problem))
                lw_store_save(self->store, self->client, NULL, NULL);
        else
                lw_roster_drop(self->roster, name, NULL, NULL);
        change_end(change, problem);
}

void lw_servers_add(LwServers *self, const GPtrArray *settings, LwManagerDone done, void *data)
{
        g_autoptr(GPtrArray) pairs = g_ptr_array_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(LwAccount) account = parse_settings(self, settings, &error);
        Change *change;

        if (!account || !check_place(self, account, &error)) {
                done(data, 0, error);
                return;
        }
        for (guint i = 0; i < settings->len; i++) {
                const LwSetting *setting = settings->pdata[i];

                if (strcmp(setting->key, KEY_NAME) == 0)
                        continue;
                g_ptr_array_add(pairs, setting->key);
                g_ptr_array_add(pairs, setting->text);
        }
        g_ptr_array_add(pairs, NULL);
        change = g_new0(Change, 1);
        *change = (Change){ self, account, account->ssid, done, data };
        lw_roster_add(self->roster, account->name, (const char *const *) pairs->pdata, on_added,
                        change);
        (void) g_steal_pointer(&account);
}

/* --- RemoveServer ----------------------------------------------------------------------------- */

static void on_removed(void *user, const GError *error)
{
        Change *change = user;
        LwServers *self = change->servers;
        LwServer *server = lw_client_server(self->client, change->ssid);

        if (!error && server) {
                lw_log(G_LOG_LEVEL_MESSAGE, "[Server %s] was removed over D-Bus",
                                lw_server_account(server)->name);
                lw_journal_forget(self->journal, server);
                lw_client_remove_server(self->client, server, now_of(self));
                lw_store_save(self->store, self->client, NULL, NULL);
                lw_attribute_keeper_prune(self->attributes, self->client);
        }
        change_end(change, error);
}

void lw_servers_remove(LwServers *self, LwServer *server, LwManagerDone done, void *data)
{
        const LwAccount *account = lw_server_account(server);
        Change *change = g_new0(Change, 1);

        *change = (Change){ self, NULL, account->ssid, done, data };
        if (lw_roster_has(self->roster, account->name))
                lw_roster_drop(self->roster, account->name, on_removed, change);
        else
                lw_roster_bury(self->roster, account->name, account->hash, on_removed, change);
}
