/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStore: which part of the core is saved when. */
#include "store/store.h"

#include <string.h>

#include "base/log.h"
#include "model/path.h"

#define DOCUMENT "accounts"
#define VERSION 1

#define KEY_HASH "Hash"
#define KEY_INSTANCE "Instance"

/* What stands for a period that is not instantiated. */
#define NONE "none"

/* Words of DefaultNotificationMode=. */
#define CONFIRMABLE "confirmable"
#define NON_CONFIRMABLE "non-confirmable"

struct LwStore {
        LwState *state;
        GKeyFile *stored;   /* what was loaded, or saved last: a group for each account */
        GPtrArray *factory; /* of LwAccount, as the configuration has them */
};

/* A setting that servers write, as text and back. */
typedef struct Setting {
        const char *key;
        char *(*print)(const LwAccount *account);
        bool (*parse)(LwAccount *account, const char *text);
} Setting;

/* --- settings as text --- */

static char *print_seconds(uint32_t seconds)
{
        return seconds == UINT32_MAX ? g_strdup(NONE) : g_strdup_printf("%u", seconds);
}

static bool parse_seconds(const char *text, uint32_t minimum, uint32_t *ret_seconds)
{
        guint64 seconds;

        if (!g_ascii_string_to_unsigned(text, 10, minimum, UINT32_MAX - 1, &seconds, NULL))
                return false;
        *ret_seconds = (uint32_t) seconds;
        return true;
}

static bool parse_period(const char *text, uint32_t *ret_seconds)
{
        if (strcmp(text, NONE) != 0)
                return parse_seconds(text, 0, ret_seconds);
        *ret_seconds = UINT32_MAX;
        return true;
}

static char *print_lifetime(const LwAccount *account)
{
        return print_seconds(account->lifetime_seconds);
}

static bool parse_lifetime(LwAccount *account, const char *text)
{
        return parse_seconds(text, 1, &account->lifetime_seconds);
}

static char *print_pmin(const LwAccount *account)
{
        return print_seconds(account->default_pmin_seconds);
}

static bool parse_pmin(LwAccount *account, const char *text)
{
        return parse_period(text, &account->default_pmin_seconds);
}

static char *print_pmax(const LwAccount *account)
{
        return print_seconds(account->default_pmax_seconds);
}

static bool parse_pmax(LwAccount *account, const char *text)
{
        return parse_period(text, &account->default_pmax_seconds);
}

static char *print_disable_timeout(const LwAccount *account)
{
        return print_seconds(account->disable_timeout_seconds);
}

static bool parse_disable_timeout(LwAccount *account, const char *text)
{
        return parse_seconds(text, 0, &account->disable_timeout_seconds);
}

static char *print_flag(bool flag)
{
        return g_strdup(flag ? "yes" : "no");
}

static bool parse_flag(const char *text, bool *ret_flag)
{
        if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
                return false;
        *ret_flag = strcmp(text, "yes") == 0;
        return true;
}

static char *print_storing(const LwAccount *account)
{
        return print_flag(account->storing);
}

static bool parse_storing(LwAccount *account, const char *text)
{
        return parse_flag(text, &account->storing);
}

static char *print_mute_send(const LwAccount *account)
{
        return print_flag(account->mute_send);
}

static bool parse_mute_send(LwAccount *account, const char *text)
{
        return parse_flag(text, &account->mute_send);
}

static char *print_notification_mode(const LwAccount *account)
{
        return g_strdup(account->confirmable_notifications ? CONFIRMABLE : NON_CONFIRMABLE);
}

static bool parse_notification_mode(LwAccount *account, const char *text)
{
        if (strcmp(text, CONFIRMABLE) != 0 && strcmp(text, NON_CONFIRMABLE) != 0)
                return false;
        account->confirmable_notifications = strcmp(text, CONFIRMABLE) == 0;
        return true;
}

static char *print_binding(const LwAccount *account)
{
        return g_strdup(account->binding);
}

static bool parse_binding(LwAccount *account, const char *text)
{
        if (!lw_binding_check(text, NULL))
                return false;
        g_free(account->binding);
        account->binding = g_strdup(text);
        return true;
}

/* The keys are those of the configuration. */
static const Setting settings[] = {
        { "Lifetime", print_lifetime, parse_lifetime },
        { "DefaultMinimumPeriod", print_pmin, parse_pmin },
        { "DefaultMaximumPeriod", print_pmax, parse_pmax },
        { "DisableTimeout", print_disable_timeout, parse_disable_timeout },
        { "NotificationStoring", print_storing, parse_storing },
        { "Binding", print_binding, parse_binding },
        { "MuteSend", print_mute_send, parse_mute_send },
        { "DefaultNotificationMode", print_notification_mode, parse_notification_mode },
};

/* --- the document --- */

static void account_free(void *data)
{
        lw_account_free(data);
}

LwStore *lw_store_new(LwState *state)
{
        LwStore *self = g_new(LwStore, 1);
        g_autoptr(GBytes) bytes = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        *self = (LwStore){ state, g_key_file_new(), g_ptr_array_new_with_free_func(account_free) };
        if (bytes != NULL && g_bytes_get_size(bytes) > 0 &&
                        !g_key_file_load_from_bytes(self->stored, bytes, G_KEY_FILE_NONE, &error))
                lw_log(G_LOG_LEVEL_WARNING,
                                "the stored accounts cannot be read (%s), starting from the "
                                "configuration",
                                error->message);
        return self;
}

void lw_store_free(LwStore *self)
{
        if (self == NULL)
                return;
        g_key_file_unref(self->stored);
        g_ptr_array_unref(self->factory);
        g_free(self);
}

static const LwAccount *factory_of(const LwStore *self, const char *name)
{
        for (guint i = 0; i < self->factory->len; i++) {
                const LwAccount *account = self->factory->pdata[i];

                if (g_strcmp0(account->name, name) == 0)
                        return account;
        }
        return NULL;
}

void lw_store_add(LwStore *self, const LwAccount *account)
{
        for (guint i = self->factory->len; i-- > 0;)
                if (g_strcmp0(((const LwAccount *) self->factory->pdata[i])->name, account->name) ==
                                0)
                        g_ptr_array_remove_index(self->factory, i);
        g_ptr_array_add(self->factory, lw_account_copy(account));
}

/* Notes what of an account is other than its section says. */
static void put_account(const LwStore *self, GKeyFile *document, const LwAccount *account)
{
        const LwAccount *factory = factory_of(self, account->name);

        g_key_file_set_string(document, account->name, KEY_HASH, account->hash);
        g_key_file_set_integer(document, account->name, KEY_INSTANCE, account->instance);
        for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
                g_autofree char *ours = settings[i].print(account);
                g_autofree char *theirs = factory == NULL ? NULL : settings[i].print(factory);

                if (g_strcmp0(ours, theirs) != 0)
                        g_key_file_set_string(document, account->name, settings[i].key, ours);
        }
}

static GBytes *bytes_of(GKeyFile *document)
{
        gsize length;
        char *text = g_key_file_to_data(document, &length, NULL);

        return g_bytes_new_take(text, length);
}

static void save(LwStore *self, GKeyFile *document, LwStateDone done, void *user)
{
        g_autoptr(GBytes) bytes = bytes_of(document);

        g_key_file_unref(self->stored);
        self->stored = g_key_file_ref(document);
        lw_state_save(self->state, DOCUMENT, VERSION, bytes, done, user);
}

void lw_store_save(LwStore *self, const LwClient *client, LwStateDone done, void *user)
{
        g_autoptr(GKeyFile) document = g_key_file_new();

        for (size_t i = 0; i < lw_client_server_count(client); i++)
                put_account(self, document, lw_server_account(lw_client_server_at(client, i)));
        save(self, document, done, user);
}

/* --- over the configuration --- */

static bool is_unchanged(const LwStore *self, const LwAccount *account)
{
        g_autofree char *hash = g_key_file_get_string(self->stored, account->name, KEY_HASH, NULL);

        return g_strcmp0(hash, account->hash) == 0;
}

/* What the server wrote wins over a section that is the same as then. */
static void lay_setting(const LwStore *self, LwAccount *account, const Setting *setting)
{
        g_autofree char *stored =
                        g_key_file_get_string(self->stored, account->name, setting->key, NULL);
        g_autofree char *configured = setting->print(account);

        if (stored == NULL)
                return;
        if (!setting->parse(account, stored))
                lw_log(G_LOG_LEVEL_WARNING, "[Server %s]: the stored %s is damaged, using %s of %s",
                                account->name, setting->key, configured, account->origin);
        else
                lw_log(G_LOG_LEVEL_INFO, "[Server %s]: %s is %s, as its server wrote; %s says %s",
                                account->name, setting->key, stored, account->origin, configured);
}

/* An edited section wins over what the server wrote. */
static void reset_setting(const LwStore *self, const LwAccount *account, const Setting *setting)
{
        g_autofree char *stored =
                        g_key_file_get_string(self->stored, account->name, setting->key, NULL);
        g_autofree char *configured = setting->print(account);

        if (stored != NULL)
                lw_log(G_LOG_LEVEL_INFO,
                                "[Server %s]: %s is %s, as %s was edited; its server had written "
                                "%s",
                                account->name, setting->key, configured, account->origin, stored);
}

static bool stored_instance(const LwStore *self, const LwAccount *account, uint16_t *ret_instance)
{
        g_autoptr(GError) error = NULL;
        int number = g_key_file_get_integer(self->stored, account->name, KEY_INSTANCE, &error);

        if (error != NULL || number < 0 || number > LW_ID_MAX)
                return false;
        *ret_instance = (uint16_t) number;
        return true;
}

/* Ids that are stored stay; the others get the lowest that are free. */
static void assign_instances(const LwStore *self, GPtrArray *accounts)
{
        g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
        g_autoptr(GPtrArray) fresh = g_ptr_array_new();
        uint16_t next = 0;

        for (guint i = 0; i < accounts->len; i++) {
                LwAccount *account = accounts->pdata[i];
                uint16_t instance;

                if (stored_instance(self, account, &instance) &&
                                g_hash_table_add(taken, GUINT_TO_POINTER(instance)))
                        account->instance = instance;
                else
                        g_ptr_array_add(fresh, account);
        }
        for (guint i = 0; i < fresh->len; i++) {
                LwAccount *account = fresh->pdata[i];

                while (g_hash_table_contains(taken, GUINT_TO_POINTER(next)))
                        next++;
                account->instance = next++;
        }
}

void lw_store_lay(LwStore *self, GPtrArray *accounts)
{
        g_autoptr(GKeyFile) document = g_key_file_new();
        g_autoptr(GBytes) before = bytes_of(self->stored), after = NULL;

        assign_instances(self, accounts);
        g_ptr_array_set_size(self->factory, 0);
        for (guint i = 0; i < accounts->len; i++) {
                LwAccount *account = accounts->pdata[i];

                g_ptr_array_add(self->factory, lw_account_copy(account));
                for (size_t k = 0; k < G_N_ELEMENTS(settings); k++) {
                        if (is_unchanged(self, account))
                                lay_setting(self, account, &settings[k]);
                        else
                                reset_setting(self, account, &settings[k]);
                }
                put_account(self, document, account);
        }
        after = bytes_of(document);
        if (!g_bytes_equal(before, after))
                save(self, document, NULL, NULL);
}
