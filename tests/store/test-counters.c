/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters over restarts of the agent, and how rarely they are written. */
#include <sys/stat.h>

#include "io/state.h"
#include "lib/fake-transport.h"
#include "lib/files.h"
#include "store/counters.h"
#include "store/suite.h"

static LwTestFiles files;
static LwDriver *driver;
static LwWorker *worker;
static LwState *state;
static LwRegistry *registry;
static LwTree *tree;
static LwFakeFactory *factory;
static LwClient *client;
static LwServer *server;
static LwCounterStore *store;
static LwNow now;

static GBytes *load_nothing(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return NULL;
}

static LwServer *add(const char *name, uint16_t ssid)
{
        LwAccount *account = lw_account_new();
        LwServer *added;

        account->name = g_strdup(name);
        account->ssid = ssid;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        added = lw_client_add_server(client, account, now, NULL);
        ck_assert_ptr_nonnull(added);
        lw_counter_store_added(store, added);
        return added;
}

static void begin(void)
{
        driver = lw_driver_new();
        worker = lw_worker_new(driver);
        state = lw_state_new(files.path, worker, NULL);
        store = lw_counter_store_new(state);
        registry = lw_registry_new(load_nothing, NULL);
        tree = lw_tree_new(registry);
        factory = lw_fake_factory_new();
        client = lw_client_new("dev1", tree, &factory->factory, &(LwClientEvents){}, NULL, 1);
        server = add("one", 101);
}

static void end(void)
{
        lw_worker_drain(worker, LW_USEC_PER_SEC);
        lw_client_free(client);
        lw_counter_store_free(store);
        lw_tree_free(tree);
        lw_registry_free(registry);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_fake_factory_free(factory);
        lw_driver_free(driver);
}

static void setup(void)
{
        lw_test_files_make(&files);
        now = (LwNow){ .boot = 1000 * LW_USEC_PER_SEC, .real_usec = INT64_C(1794700800000000) };
        begin();
}

static void teardown(void)
{
        end();
        lw_test_files_remove(&files);
}

static void move(LwServer *whose, uint64_t bytes)
{
        LwCounters counters = *lw_server_counters(whose, now);

        counters.total.bytes_sent += bytes;
        counters.this_month.bytes_sent += bytes;
        lw_server_set_counters(whose, &counters);
}

static uint64_t moved(LwServer *whose)
{
        return lw_server_counters(whose, now)->total.bytes_sent;
}

START_TEST(goes_on_after_a_restart)
{
        move(server, 500);
        lw_counter_store_save(store, client, now);
        end();
        begin();
        ck_assert_uint_eq(moved(server), 500);
        ck_assert_uint_eq(lw_server_counters(server, now)->this_month.bytes_sent, 500);
}
END_TEST

START_TEST(belongs_to_the_name)
{
        LwServer *again;

        move(server, 500);
        lw_counter_store_removed(store, server, now);
        lw_client_remove_server(client, server, now);
        again = add("one", 102);
        ck_assert_uint_eq(moved(again), 500);
        ck_assert_uint_eq(moved(add("two", 103)), 0);
}
END_TEST

START_TEST(is_dropped_when_the_name_is_gone)
{
        move(server, 500);
        lw_counter_store_removed(store, server, now);
        lw_client_remove_server(client, server, now);
        lw_counter_store_save(store, client, now);
        ck_assert_uint_eq(moved(add("one", 102)), 0);
}
END_TEST

START_TEST(is_written_once_an_hour_at_most)
{
        lw_counter_store_run(store, client, now);
        move(server, 500);
        now.boot += 3599 * LW_USEC_PER_SEC;
        lw_counter_store_run(store, client, now);
        ck_assert(!lw_state_busy(state));
        now.boot += LW_USEC_PER_SEC;
        lw_counter_store_run(store, client, now);
        ck_assert(lw_state_busy(state));
        lw_worker_drain(worker, LW_USEC_PER_SEC);
        move(server, 1);
        now.boot += 3599 * LW_USEC_PER_SEC;
        lw_counter_store_run(store, client, now);
        ck_assert(!lw_state_busy(state));
}
END_TEST

START_TEST(is_not_written_without_traffic)
{
        move(server, 500);
        lw_counter_store_save(store, client, now);
        lw_worker_drain(worker, LW_USEC_PER_SEC);
        lw_counter_store_save(store, client, now);
        ck_assert(!lw_state_busy(state));
}
END_TEST

START_TEST(a_damaged_number_is_0)
{
        end();
        lw_test_files_put(&files, "counters",
                        "lwm2md counters 1\n[one]\nMonth=-7\nBytesSent=many\nBytesReceived=7\n");
        begin();
        ck_assert_uint_eq(moved(server), 0);
        ck_assert_uint_eq(lw_server_counters(server, now)->total.bytes_received, 7);
}
END_TEST

TCase *test_counters(void)
{
        TCase *tcase = tcase_create("counters");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, goes_on_after_a_restart);
        tcase_add_test(tcase, belongs_to_the_name);
        tcase_add_test(tcase, is_dropped_when_the_name_is_gone);
        tcase_add_test(tcase, is_written_once_an_hour_at_most);
        tcase_add_test(tcase, is_not_written_without_traffic);
        tcase_add_test(tcase, a_damaged_number_is_0);
        return tcase;
}
