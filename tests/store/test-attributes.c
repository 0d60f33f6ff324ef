/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes over restarts of the agent. */
#include "base/log.h"
#include "io/state.h"
#include "lib/fake-transport.h"
#include "lib/files.h"
#include "store/attributes.h"
#include "store/suite.h"

/* One life of the agent. */
typedef struct Life {
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        LwRegistry *registry;
        LwTree *tree;
        LwAttributeKeeper *keeper;
} Life;

static LwTestFiles files;
static const LwPath level = { { 3, 0, 9 }, 3 };

static void setup(void)
{
        lw_test_files_make(&files);
}

static void teardown(void)
{
        lw_test_files_remove(&files);
}

static void begin(Life *self)
{
        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->state = lw_state_new(files.path, self->worker, NULL);
        ck_assert_ptr_nonnull(self->state);
        self->registry = lw_registry_new(NULL, NULL);
        self->tree = lw_tree_new(self->registry);
        self->keeper = lw_attribute_keeper_new(self->state, self->tree);
}

static void end(Life *self)
{
        lw_worker_drain(self->worker, LW_USEC_PER_SEC);
        lw_attribute_keeper_free(self->keeper);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_state_free(self->state);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void note_saved(void *data, const GError *error)
{
        ck_assert_ptr_null(error);
        *(bool *) data = true;
}

static void set(Life *self, uint16_t server, uint32_t pmin)
{
        LwAttributes attributes = { .set = LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_PMIN), .pmin = pmin };
        bool saved = false;

        ck_assert(lw_attribute_table_set(
                        lw_tree_attributes(self->tree), server, &level, &attributes, NULL));
        lw_tree_save_attributes(self->tree, note_saved, &saved);
        lw_worker_drain(self->worker, LW_USEC_PER_SEC);
        ck_assert(saved);
}

static uint32_t pmin_of(const Life *self, uint16_t server)
{
        const LwAttributes *attributes =
                        lw_attribute_table_find(lw_tree_attributes(self->tree), server, &level);

        return attributes ? attributes->pmin : 0;
}

START_TEST(what_a_server_set_is_there_after_a_restart)
{
        Life life;

        begin(&life);
        ck_assert_uint_eq(pmin_of(&life, 101), 0);
        set(&life, 101, 7);
        set(&life, 102, 8);
        end(&life);
        begin(&life);
        ck_assert_uint_eq(pmin_of(&life, 101), 7);
        ck_assert_uint_eq(pmin_of(&life, 102), 8);
        end(&life);
}
END_TEST

START_TEST(a_damaged_document_is_no_end)
{
        g_autoptr(GBytes) bytes = g_bytes_new_static("attributes 1\nnonsense\n", 22);
        Life life;

        begin(&life);
        lw_state_save(life.state, "attributes", 1, bytes, NULL, NULL);
        end(&life);
        begin(&life);
        ck_assert_uint_eq(pmin_of(&life, 101), 0);
        set(&life, 101, 9);
        end(&life);
        begin(&life);
        ck_assert_uint_eq(pmin_of(&life, 101), 9);
        end(&life);
}
END_TEST

START_TEST(goes_with_the_account)
{
        LwFakeFactory *factory = lw_fake_factory_new();
        LwAccount *account = lw_account_new();
        LwClient *client;
        Life life;

        begin(&life);
        set(&life, 101, 7);
        set(&life, 102, 8);
        client = lw_client_new("dev1", life.tree, &factory->factory, &(LwClientEvents){}, NULL, 1);
        account->name = g_strdup("one");
        account->ssid = 101;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        ck_assert_ptr_nonnull(
                        lw_client_add_server(client, account, lw_driver_now(life.driver), NULL));
        lw_attribute_keeper_prune(life.keeper, client);
        ck_assert_uint_eq(pmin_of(&life, 101), 7);
        ck_assert_uint_eq(pmin_of(&life, 102), 0);
        lw_client_free(client);
        lw_fake_factory_free(factory);
        end(&life);
        begin(&life);
        ck_assert_uint_eq(pmin_of(&life, 101), 7);
        ck_assert_uint_eq(pmin_of(&life, 102), 0);
        end(&life);
}
END_TEST

TCase *test_attributes(void)
{
        TCase *tcase = tcase_create("attributes");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, what_a_server_set_is_there_after_a_restart);
        tcase_add_test(tcase, a_damaged_document_is_no_end);
        tcase_add_test(tcase, goes_with_the_account);
        return tcase;
}
