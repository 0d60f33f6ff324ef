/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What servers wrote, over restarts of the agent and edits of its configuration. */
#include <string.h>

#include "io/state.h"
#include "lib/fake-transport.h"
#include "lib/files.h"
#include "store/store.h"
#include "store/suite.h"

/* One life of the agent: it reads its sections, its servers write, it ends. */
typedef struct Life {
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        LwStore *store;
        LwRegistry *registry;
        LwTree *tree;
        LwFakeFactory *factory;
        LwClient *client;
} Life;

static LwTestFiles files;

static void setup(void)
{
        lw_test_files_make(&files);
}

static void teardown(void)
{
        lw_test_files_remove(&files);
}

static GBytes *load_nothing(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return NULL;
}

/* A section as the configuration gives it. */
static LwAccount *section(const char *name, uint16_t ssid, const char *hash)
{
        LwAccount *account = lw_account_new();

        account->name = g_strdup(name);
        account->ssid = ssid;
        account->hash = g_strdup(hash);
        account->origin = g_strdup("lwm2md.conf:1");
        account->uri = g_strdup("coap://127.0.0.1");
        account->lifetime_seconds = 300;
        account->default_pmax_seconds = 60;
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        return account;
}

static void account_free(void *data)
{
        lw_account_free(data);
}

static void start(Life *self)
{
        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->state = lw_state_new(files.path, self->worker, NULL);
        ck_assert_ptr_nonnull(self->state);
        self->store = lw_store_new(self->state);
        self->registry = lw_registry_new(load_nothing, NULL);
        self->tree = lw_tree_new(self->registry);
        self->factory = lw_fake_factory_new();
        self->client = lw_client_new(
                        "dev1", self->tree, &self->factory->factory, &(LwClientEvents){}, NULL, 1);
}

/* Starts with these sections, a list that NULL ends. */
static void begin(Life *self, LwAccount **sections)
{
        g_autoptr(GPtrArray) accounts = g_ptr_array_new();

        start(self);
        for (; *sections != NULL; sections++)
                g_ptr_array_add(accounts, *sections);
        lw_store_lay(self->store, accounts);
        for (guint i = 0; i < accounts->len; i++)
                ck_assert_ptr_nonnull(lw_client_add_server(self->client, accounts->pdata[i],
                                lw_driver_now(self->driver), NULL));
}

static void end(Life *self)
{
        lw_worker_drain(self->worker, LW_USEC_PER_SEC);
        lw_client_free(self->client);
        lw_fake_factory_free(self->factory);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_store_free(self->store);
        lw_state_free(self->state);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static LwAccount *account(const Life *self, uint16_t ssid)
{
        LwServer *server = lw_client_server(self->client, ssid);

        ck_assert_ptr_nonnull(server);
        return lw_server_account(server);
}

static void note_saved(void *user, const GError *error)
{
        bool *saved = user;

        ck_assert_ptr_null(error);
        *saved = true;
}

static void save(Life *self)
{
        bool saved = false;

        lw_store_save(self->store, self->client, note_saved, &saved);
        lw_worker_drain(self->worker, LW_USEC_PER_SEC);
        ck_assert(saved);
}

#define SECTIONS(...) ((LwAccount *[]){ __VA_ARGS__, NULL })

/* A life in which server 101 writes everything that it can. */
static void live_and_write(void)
{
        Life life;
        LwAccount *a;

        begin(&life, SECTIONS(section("a", 101, "h1"), section("b", 102, "h2")));
        a = account(&life, 101);
        ck_assert_uint_eq(a->lifetime_seconds, 300);
        a->lifetime_seconds = 600;
        a->default_pmin_seconds = 5;
        a->default_pmax_seconds = UINT32_MAX; /* taken away */
        a->disable_timeout_seconds = 7;
        a->storing = false;
        a->mute_send = true;
        a->confirmable_notifications = true;
        g_free(a->binding);
        a->binding = g_strdup("UT");
        save(&life);
        end(&life);
}

START_TEST(what_a_server_wrote_survives_a_restart)
{
        Life life;
        const LwAccount *a;

        live_and_write();
        begin(&life, SECTIONS(section("a", 101, "h1"), section("b", 102, "h2")));
        a = account(&life, 101);
        ck_assert_uint_eq(a->lifetime_seconds, 600);
        ck_assert_uint_eq(a->default_pmin_seconds, 5);
        ck_assert_uint_eq(a->default_pmax_seconds, UINT32_MAX);
        ck_assert_uint_eq(a->disable_timeout_seconds, 7);
        ck_assert(!a->storing && a->mute_send && a->confirmable_notifications);
        ck_assert_str_eq(a->binding, "UT");
        ck_assert_uint_eq(account(&life, 102)->lifetime_seconds, 300);
        end(&life);
        /* and one more, though nothing was written in between */
        begin(&life, SECTIONS(section("a", 101, "h1")));
        ck_assert_uint_eq(account(&life, 101)->lifetime_seconds, 600);
        end(&life);
}
END_TEST

START_TEST(an_edited_section_wins_over_everything)
{
        Life life;
        const LwAccount *a;

        live_and_write();
        begin(&life, SECTIONS(section("a", 101, "h1 edited"), section("b", 102, "h2")));
        a = account(&life, 101);
        ck_assert_uint_eq(a->lifetime_seconds, 300);
        ck_assert_uint_eq(a->default_pmin_seconds, UINT32_MAX);
        ck_assert_uint_eq(a->default_pmax_seconds, 60);
        ck_assert(a->storing && !a->mute_send && !a->confirmable_notifications);
        ck_assert_str_eq(a->binding, "U");
        end(&life);
        /* edited back: what was dropped stays dropped */
        begin(&life, SECTIONS(section("a", 101, "h1"), section("b", 102, "h2")));
        ck_assert_uint_eq(account(&life, 101)->lifetime_seconds, 300);
        end(&life);
}
END_TEST

static const struct {
        const char *document;  /* NULL: there is none */
        uint16_t instances[4]; /* of a, b, c and d */
} instances[] = {
        { NULL, { 0, 1, 2, 3 } },
        /* ids stay with their names, the lowest that are left are for the others */
        { "[b]\nHash=h\nInstance=1\n[d]\nHash=h\nInstance=0\n", { 2, 1, 3, 0 } },
        { "[a]\nHash=other\nInstance=7\n", { 7, 0, 1, 2 } },
        { "[gone]\nHash=h\nInstance=0\n", { 0, 1, 2, 3 } },
        /* what cannot be: one id twice, one that is none */
        { "[a]\nInstance=5\n[b]\nInstance=5\n[c]\nInstance=65535\n", { 5, 0, 1, 2 } },
};

START_TEST(an_instance_stays_with_its_name)
{
        static const char *const names[] = { "a", "b", "c", "d" };
        g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(account_free);
        g_autofree char *file = g_strconcat("lwm2md accounts 1\n", instances[_i].document, NULL);
        Life life;

        if (instances[_i].document != NULL)
                lw_test_files_put(&files, "accounts", file);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
                g_ptr_array_add(accounts, section(names[i], (uint16_t) (101 + i), "h"));
        start(&life);
        lw_store_lay(life.store, accounts);
        for (guint i = 0; i < accounts->len; i++)
                ck_assert_uint_eq(((LwAccount *) accounts->pdata[i])->instance,
                                instances[_i].instances[i]);
        end(&life);
}
END_TEST

static const char *const damaged[] = {
        "lwm2md accounts 1\n[a]\nHash=h1\nInstance=0\nLifetime=0\n",
        "lwm2md accounts 1\n[a]\nHash=h1\nInstance=0\nLifetime=many\n",
        "lwm2md accounts 1\n[a]\nHash=h1\nInstance=70000\nLifetime=-3\nBinding=\n",
        "lwm2md accounts 1\n[a]\nHash=h1\nInstance=zero\nNotificationStoring=2\nBinding=X\n",
        "lwm2md accounts 1\n[a]\nHash=h1\nInstance=0\nMuteSend=1\nDefaultNotificationMode=1\n",
        "lwm2md accounts 1\nno key file\n",
        "lwm2md accounts 1\n",
        "lwm2md accounts 2\n[a]\nHash=h1\nInstance=0\nLifetime=600\n",
        "",
};

START_TEST(what_is_damaged_counts_as_not_written)
{
        Life life;
        const LwAccount *a;

        lw_test_files_put(&files, "accounts", damaged[_i]);
        begin(&life, SECTIONS(section("a", 101, "h1")));
        a = account(&life, 101);
        ck_assert_uint_eq(a->lifetime_seconds, 300);
        ck_assert_uint_eq(a->instance, 0);
        ck_assert(a->storing && !a->mute_send && !a->confirmable_notifications);
        ck_assert_str_eq(a->binding, "U");
        end(&life);
}
END_TEST

START_TEST(nothing_is_written_when_nothing_is_new)
{
        g_autofree char *path = g_build_filename(files.path, "accounts", NULL);
        g_autofree char *first = NULL, *second = NULL;
        Life life;

        begin(&life, SECTIONS(section("a", 101, "h1")));
        lw_worker_drain(life.worker, LW_USEC_PER_SEC);
        ck_assert(g_file_get_contents(path, &first, NULL, NULL));
        end(&life);
        begin(&life, SECTIONS(section("a", 101, "h1")));
        ck_assert(!lw_state_busy(life.state));
        end(&life);
        ck_assert(g_file_get_contents(path, &second, NULL, NULL));
        ck_assert_str_eq(first, second);
        ck_assert_ptr_null(strstr(first, "Lifetime")); /* only what differs from the section */
}
END_TEST

TCase *test_store(void)
{
        TCase *tcase = tcase_create("store");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_a_server_wrote_survives_a_restart);
        tcase_add_test(tcase, an_edited_section_wins_over_everything);
        tcase_add_loop_test(tcase, an_instance_stays_with_its_name, 0, G_N_ELEMENTS(instances));
        tcase_add_loop_test(tcase, what_is_damaged_counts_as_not_written, 0, G_N_ELEMENTS(damaged));
        tcase_add_test(tcase, nothing_is_written_when_nothing_is_new);
        return tcase;
}
