/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwState: documents that are whole, whatever happens. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* unshare() */
#endif
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "io/state.h"
#include "lib/suite.h"
#include "model/status.h"

TCase *test_state(void);

typedef struct Fixture {
        char directory[64];
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        unsigned done;
        unsigned failed;
        char *reason;
} Fixture;

static void fixture_open(Fixture *self)
{
        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->state = lw_state_new(self->directory, self->worker, NULL);
        ck_assert_ptr_nonnull(self->state);
}

static void fixture_close(Fixture *self)
{
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        lw_state_free(self->state);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static void setup(Fixture *self)
{
        *self = (Fixture){ .directory = "/tmp/lwm2md-test-state-XXXXXX" };
        ck_assert_ptr_nonnull(mkdtemp(self->directory));
        fixture_open(self);
}

static void teardown(Fixture *self)
{
        g_autofree char *command = g_strdup_printf("rm -rf %s", self->directory);

        fixture_close(self);
        g_free(self->reason);
        ck_assert(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
}

static void on_saved(void *user, const GError *error)
{
        Fixture *self = user;

        self->done++;
        if (error == NULL)
                return;
        self->failed++;
        g_free(self->reason);
        self->reason = g_strdup(error->message);
        ck_assert_int_eq(error->code, LW_STATUS_FAILED);
}

static void save(Fixture *self, const char *name, unsigned version, const char *text)
{
        g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));

        lw_state_save(self->state, name, version, content, on_saved, self);
}

static void expect(Fixture *self, const char *name, unsigned version, const char *text)
{
        g_autoptr(GBytes) content = lw_state_load(self->state, name, version);

        if (text == NULL) {
                ck_assert_ptr_null(content);
                return;
        }
        ck_assert_ptr_nonnull(content);
        ck_assert_uint_eq(g_bytes_get_size(content), strlen(text));
        ck_assert_mem_eq(g_bytes_get_data(content, NULL), text, strlen(text));
}

static char *path_of(const Fixture *self, const char *name)
{
        return g_build_filename(self->directory, name, NULL);
}

static void expect_file(const Fixture *self, const char *name, const char *text)
{
        g_autofree char *path = path_of(self, name);
        g_autofree char *found = NULL;

        ck_assert(g_file_get_contents(path, &found, NULL, NULL));
        ck_assert_str_eq(found, text);
}

START_TEST(what_is_saved_is_there_in_the_next_life)
{
        Fixture self;

        setup(&self);
        expect(&self, "accounts", 1, NULL);
        save(&self, "accounts", 1, "one\ntwo\n");
        save(&self, "counters-101", 7, "");
        ck_assert(lw_state_busy(self.state));
        ck_assert_uint_eq(self.done, 0);
        fixture_close(&self);
        ck_assert_uint_eq(self.done, 2);
        ck_assert_uint_eq(self.failed, 0);
        fixture_open(&self);
        ck_assert(!lw_state_busy(self.state));
        expect(&self, "accounts", 1, "one\ntwo\n");
        expect(&self, "counters-101", 7, "");
        teardown(&self);
}
END_TEST

START_TEST(the_file_has_a_first_line_and_is_ours_alone)
{
        Fixture self;
        struct stat status;
        g_autofree char *path = NULL;
        g_autofree char *temporary = NULL;
        g_autofree char *text = NULL;

        setup(&self);
        save(&self, "accounts", 3, "content");
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        path = path_of(&self, "accounts");
        temporary = path_of(&self, "accounts.tmp");
        ck_assert(g_file_get_contents(path, &text, NULL, NULL));
        ck_assert_str_eq(text, "lwm2md accounts 3\ncontent");
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_uint_eq(status.st_mode & 07777, 0600);
        ck_assert_int_ne(access(temporary, F_OK), 0);
        teardown(&self);
}
END_TEST

START_TEST(of_those_that_wait_only_the_last_is_written)
{
        Fixture self;

        setup(&self);
        for (unsigned i = 0; i < 1000; i++) {
                g_autofree char *text = g_strdup_printf("number %u", i);

                save(&self, "accounts", 1, text);
        }
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 1000);
        ck_assert_uint_eq(self.failed, 0);
        ck_assert(!lw_state_busy(self.state));
        expect(&self, "accounts", 1, "number 999");
        teardown(&self);
}
END_TEST

/* What a file may hold, and whether it is the document "name" of version 2. */
static const struct {
        const char *file;
        const char *content; /* NULL: refused */
} files[] = {
        { "lwm2md name 2\n", "" },
        { "lwm2md name 2\nbody", "body" },
        { "lwm2md name 2\n\nbody\n", "\nbody\n" },
        { "", NULL },
        { "lwm2md name 2", NULL },
        { "lwm2md name 3\nbody", NULL },
        { "lwm2md name 1\nbody", NULL },
        { "lwm2md name\nbody", NULL },
        { "lwm2md name \nbody", NULL },
        { "lwm2md name 2 \nbody", NULL },
        { "lwm2md name -2\nbody", NULL },
        { "lwm2md name +2\nbody", NULL },
        { "lwm2md name 99999999999999999999\nbody", NULL },
        { "lwm2md other 2\nbody", NULL },
        { "LWM2MD name 2\nbody", NULL },
        { "body", NULL },
};

START_TEST(what_is_damaged_is_set_aside)
{
        Fixture self;
        g_autofree char *path = NULL;
        g_autofree char *bad = NULL;
        g_autofree char *kept = NULL;

        setup(&self);
        path = path_of(&self, "name");
        bad = path_of(&self, "name.bad");
        ck_assert(g_file_set_contents(path, files[_i].file, -1, NULL));
        expect(&self, "name", 2, files[_i].content);
        ck_assert_int_eq(access(path, F_OK) == 0, files[_i].content != NULL);
        ck_assert_int_eq(g_file_get_contents(bad, &kept, NULL, NULL), files[_i].content == NULL);
        if (kept != NULL)
                ck_assert_str_eq(kept, files[_i].file);
        teardown(&self);
}
END_TEST

START_TEST(what_was_left_by_a_crash_is_no_hindrance)
{
        Fixture self;
        g_autofree char *temporary = NULL;

        setup(&self);
        temporary = path_of(&self, "accounts.tmp");
        ck_assert(g_file_set_contents(temporary, "half a docu", -1, NULL));
        ck_assert_int_eq(chmod(temporary, 0444), 0);
        expect(&self, "accounts", 1, NULL);
        save(&self, "accounts", 1, "whole");
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.failed, 0);
        expect(&self, "accounts", 1, "whole");
        teardown(&self);
}
END_TEST

START_TEST(who_goes_away_is_not_told)
{
        Fixture self, other = {};
        g_autoptr(GBytes) content = g_bytes_new_static("three", 5);

        setup(&self);
        save(&self, "accounts", 1, "one"); /* under way */
        save(&self, "accounts", 1, "two"); /* waits, with the third */
        lw_state_save(self.state, "accounts", 1, content, on_saved, &other);
        lw_state_forget(self.state, on_saved, &self);
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 0);
        ck_assert_uint_eq(other.done, 1);
        expect(&self, "accounts", 1, "three");
        teardown(&self);
}
END_TEST

START_TEST(a_document_is_set_aside_by_its_reader)
{
        Fixture self;

        setup(&self);
        save(&self, "accounts", 1, "one");
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        lw_state_set_aside(self.state, "accounts", "it is not three");
        expect(&self, "accounts", 1, NULL);
        expect_file(&self, "accounts.bad", "lwm2md accounts 1\none");
        teardown(&self);
}
END_TEST

START_TEST(free_forgets_what_waits)
{
        Fixture self;

        setup(&self);
        for (unsigned i = 0; i < 10; i++)
                save(&self, "accounts", 1, "text");
        lw_state_free(self.state);
        self.state = NULL;
        lw_worker_drain(self.worker, 10 * LW_USEC_PER_SEC);
        ck_assert_uint_eq(self.done, 0);
        teardown(&self);
}
END_TEST

/* Only root may; for everybody else the other row stands for both. */
static bool mount_little(const char *directory)
{
        return unshare(CLONE_NEWNS) == 0 &&
               mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
               mount("tmpfs", directory, "tmpfs", 0, "size=16k,mode=0700") == 0;
}

static bool limit_files(const char *directory)
{
        const struct rlimit limit = { 8192, 8192 };

        (void) directory;
        signal(SIGXFSZ, SIG_IGN);
        return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

static const struct {
        bool (*prepare)(const char *directory);
        const char *reason;
} shortages[] = {
        { limit_files, "/accounts: File too large" },
        { mount_little, "/accounts: No space left on device" },
};

/* Runs in a child of its own, as each shortage stays. */
static int write_with_shortage(Fixture *self, unsigned shortage)
{
        g_autofree char *large = g_strnfill(100000, 'x');

        if (!shortages[shortage].prepare(self->directory))
                return 0; /* this kernel does not let us */
        fixture_open(self);
        save(self, "accounts", 1, "small");
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        if (self->done != 1 || self->failed != 0)
                return 2;
        save(self, "accounts", 1, large);
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        if (self->done != 2 || self->failed != 1 ||
                        !g_str_has_suffix(self->reason, shortages[shortage].reason))
                return 3;
        expect(self, "accounts", 1, "small");
        save(self, "accounts", 1, "again");
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        expect(self, "accounts", 1, "again");
        fixture_close(self);
        g_free(self->reason);
        return 0;
}

START_TEST(a_full_disk_is_told_and_costs_nothing_that_was_there)
{
        Fixture self;
        int status;
        pid_t child;

        setup(&self);
        fixture_close(&self);
        child = fork();
        if (child == 0)
                _exit(write_with_shortage(&self, (unsigned) _i));
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 0);
        fixture_open(&self);
        teardown(&self);
}
END_TEST

/* Writes documents of one letter, one after the other, until somebody ends us. */
static void write_for_ever(Fixture *self)
{
        fixture_open(self);
        for (unsigned i = 0;; i++) {
                size_t length = 1000 + i % 7 * 9000;
                g_autofree char *text = g_strnfill(length, (char) ('a' + i % 26));

                save(self, "accounts", 1, text);
                lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        }
}

START_TEST(kill_leaves_the_old_or_the_new)
{
        Fixture self;

        setup(&self);
        save(&self, "accounts", 1, "a");
        fixture_close(&self);
        for (unsigned round = 0; round < 20; round++) {
                g_autoptr(GBytes) content = NULL;
                const char *text;
                size_t length;
                pid_t child = fork();

                if (child == 0)
                        write_for_ever(&self);
                g_usleep(3000 + round * 1700);
                kill(child, SIGKILL);
                ck_assert_int_eq(waitpid(child, NULL, 0), child);
                fixture_open(&self);
                content = lw_state_load(self.state, "accounts", 1);
                ck_assert_ptr_nonnull(content);
                text = g_bytes_get_data(content, &length);
                ck_assert(length == 1 || length % 9000 == 1000);
                for (size_t i = 1; i < length; i++)
                        ck_assert_int_eq(text[i], text[0]);
                fixture_close(&self);
        }
        fixture_open(&self);
        teardown(&self);
}
END_TEST

START_TEST(says_why_a_directory_cannot_be_used)
{
        LwDriver *driver = lw_driver_new();
        LwWorker *worker = lw_worker_new(driver);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_state_new("/proc/self/status", worker, &error));
        ck_assert_int_eq(error->code, LW_STATUS_FAILED);
        ck_assert_str_eq(error->message,
                        "cannot use '/proc/self/status' as the state directory: Not a directory");
        lw_worker_free(worker);
        lw_driver_free(driver);
}
END_TEST

START_TEST(makes_a_directory_that_only_we_may_enter)
{
        Fixture self;
        struct stat status;
        g_autofree char *inner = NULL;
        LwState *state;

        setup(&self);
        inner = path_of(&self, "a/b");
        state = lw_state_new(inner, self.worker, NULL);
        ck_assert_ptr_nonnull(state);
        ck_assert_int_eq(stat(inner, &status), 0);
        ck_assert_uint_eq(status.st_mode & 07777, 0700);
        lw_state_free(state);
        teardown(&self);
}
END_TEST

TCase *test_state(void)
{
        TCase *tcase = tcase_create("state");

        tcase_add_test(tcase, what_is_saved_is_there_in_the_next_life);
        tcase_add_test(tcase, the_file_has_a_first_line_and_is_ours_alone);
        tcase_add_test(tcase, of_those_that_wait_only_the_last_is_written);
        tcase_add_loop_test(tcase, what_is_damaged_is_set_aside, 0, G_N_ELEMENTS(files));
        tcase_add_test(tcase, what_was_left_by_a_crash_is_no_hindrance);
        tcase_add_test(tcase, who_goes_away_is_not_told);
        tcase_add_test(tcase, a_document_is_set_aside_by_its_reader);
        tcase_add_test(tcase, free_forgets_what_waits);
        tcase_add_loop_test(tcase, a_full_disk_is_told_and_costs_nothing_that_was_there, 0,
                        G_N_ELEMENTS(shortages));
        tcase_add_test(tcase, kill_leaves_the_old_or_the_new);
        tcase_add_test(tcase, says_why_a_directory_cannot_be_used);
        tcase_add_test(tcase, makes_a_directory_that_only_we_may_enter);
        return tcase;
}
