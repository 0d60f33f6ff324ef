/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions that can be resumed, over restarts. */
#include <string.h>
#include <sys/stat.h>

#include "io/driver.h"
#include "io/state.h"
#include "io/worker.h"
#include "lib/files.h"
#include "store/suite.h"
#include "store/vault.h"

#define KEY "00000000000000000000000000000000000000000000000000000000000000aa"

static LwTestFiles files;
static LwDriver *driver;
static LwWorker *worker;
static LwState *state;
static LwVault *vault;
static LwVaultStore *store;

static void begin(void)
{
        driver = lw_driver_new();
        worker = lw_worker_new(driver);
        state = lw_state_new(files.path, worker, NULL);
        vault = lw_vault_new();
        store = lw_vault_store_new(state, vault);
}

static void end(void)
{
        lw_worker_drain(worker, LW_USEC_PER_SEC);
        lw_vault_store_free(store);
        lw_vault_free(vault);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_driver_free(driver);
}

static void setup(void)
{
        lw_test_files_make(&files);
        begin();
}

static void teardown(void)
{
        end();
        lw_test_files_remove(&files);
}

START_TEST(sessions_outlive_a_restart)
{
        g_autoptr(GBytes) session = g_bytes_new("session", 7), found = NULL;
        g_autofree char *path = g_build_filename(files.path, "dtls-sessions", NULL);
        struct stat status;

        lw_vault_put(vault, KEY, session, 100);
        end();
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_uint_eq(status.st_mode & 0777, 0600);
        begin();
        found = lw_vault_find(vault, KEY, 99);
        ck_assert_ptr_nonnull(found);
        ck_assert(g_bytes_equal(found, session));
}
END_TEST

START_TEST(what_is_dropped_does_not_come_back)
{
        g_autoptr(GBytes) session = g_bytes_new("session", 7);

        lw_vault_put(vault, KEY, session, 100);
        lw_vault_drop(vault, KEY);
        end();
        begin();
        ck_assert_ptr_null(lw_vault_find(vault, KEY, 0));
}
END_TEST

START_TEST(a_damaged_document_is_set_aside)
{
        g_autofree char *bad = g_build_filename(files.path, "dtls-sessions.bad", NULL);

        end();
        lw_test_files_put(&files, "dtls-sessions", "lwm2md dtls-sessions 1\ngarbage");
        begin();
        ck_assert_ptr_null(lw_vault_find(vault, KEY, 0));
        ck_assert(g_file_test(bad, G_FILE_TEST_EXISTS));
}
END_TEST

TCase *test_vault(void)
{
        TCase *tcase = tcase_create("vault");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, sessions_outlive_a_restart);
        tcase_add_test(tcase, what_is_dropped_does_not_come_back);
        tcase_add_test(tcase, a_damaged_document_is_set_aside);
        return tcase;
}
