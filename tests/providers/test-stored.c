/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwStored: what servers make is on the disk before they are told so. */
#include <string.h>
#include <unistd.h>

#include "io/state.h"
#include "lib/files.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/stored.h"
#include "providers/suite.h"
#include "providers/world.h"

#define OBJECT 19

static LwWorld world;
static LwTestFiles files;
static LwWorker *worker;
static LwState *state;
static LwStored *stored;

/* How a call of the provider went. */
typedef struct Outcome {
        int status; /* 0: no answer yet; 200: it succeeded */
        LwPath created;
} Outcome;

static void start(void)
{
        lw_world_make(&world);
        worker = lw_worker_new(world.driver);
        state = lw_state_new(files.path, worker, NULL);
        ck_assert_ptr_nonnull(state);
        stored = lw_stored_new(world.tree, state, OBJECT, NULL);
        ck_assert_ptr_nonnull(stored);
}

static void end(void)
{
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
        lw_stored_free(stored);
        lw_state_free(state);
        lw_worker_free(worker);
        lw_world_clear(&world);
}

static void setup(void)
{
        lw_test_files_make(&files);
        start();
}

static void teardown(void)
{
        end();
        lw_test_files_remove(&files);
}

static void settle(void)
{
        lw_worker_drain(worker, 10 * LW_USEC_PER_SEC);
}

/* --- the verbs, as the tree has them --- */

static void on_done(void *user, LwCall *call, const GError *error)
{
        Outcome *outcome = user;

        ck_assert_int_eq(outcome->status, 0); /* once */
        outcome->status = error != NULL ? error->code : 200;
        outcome->created = lw_call_created(call);
}

static LwCall *promise(Outcome *outcome)
{
        LwRequest request = { .operation = LW_OPERATION_CREATE,
                .now = lw_driver_now(world.driver) };

        *outcome = (Outcome){};
        return lw_call_new(&request, NULL, on_done, outcome);
}

static LwProvider *provider(void)
{
        return lw_tree_object(world.tree, OBJECT)->creator;
}

static void create(uint16_t instance, bool chosen, const char *text, Outcome *outcome)
{
        g_autoptr(LwValues) values = lw_world_values(&world, text);
        LwProvider *creator = provider();

        creator->ops->create(creator, &LW_PATH_INSTANCE(OBJECT, instance), chosen, values,
                        promise(outcome));
}

static void write_single(const char *path, const char *text, Outcome *outcome)
{
        g_autoptr(LwValues) values = lw_world_values(&world, text);
        LwProvider *writer = provider();
        LwPath target;

        ck_assert(lw_path_parse(path, &target, NULL));
        writer->ops->write(writer, &target, true, values, promise(outcome));
}

static void delete (const char *text, Outcome *outcome)
{
        LwProvider *deleter = provider();
        LwPath path;

        ck_assert(lw_path_parse(text, &path, NULL));
        deleter->ops->delete (deleter, &path, promise(outcome));
}

static void make(uint16_t instance, const char *text)
{
        Outcome outcome;

        create(instance, true, text, &outcome);
        settle();
        ck_assert_int_eq(outcome.status, 200);
}

static void expect(const char *path, const char *text)
{
        lw_world_expect(&world, LW_OPERATION_READ, path, NULL,
                        text != NULL ? LW_STATUS_CONTENT : LW_STATUS_NOT_FOUND, text);
}

static char *document(void)
{
        g_autofree char *name = g_build_filename(files.path, "stored-19", NULL);
        char *text = NULL;
        size_t length;

        return g_file_get_contents(name, &text, &length, NULL) ? text : NULL;
}

/* --- */

START_TEST(the_object_is_there_without_instances)
{
        ck_assert_ptr_nonnull(lw_tree_object(world.tree, OBJECT));
        ck_assert_uint_eq(lw_tree_object(world.tree, OBJECT)->instances->len, 0);
        ck_assert_ptr_null(document());
}
END_TEST

START_TEST(an_instance_is_on_the_disk_before_it_is_there)
{
        Outcome outcome;

        create(5, true, "/19/5/0/0=AQI= /19/5/3=gas", &outcome);
        ck_assert_int_eq(outcome.status, 0);
        expect("/19/5", NULL);
        settle();
        ck_assert_int_eq(outcome.status, 200);
        ck_assert(lw_path_equal(&outcome.created, &LW_PATH_INSTANCE(OBJECT, 5)));
        expect("/19/5", "/19/5/0/0=AQI= /19/5/3=gas");
        lw_world_expect(&world, LW_OPERATION_DISCOVER, "/19/5", NULL, LW_STATUS_CONTENT, NULL);
}
END_TEST

START_TEST(what_is_made_outlives_the_process)
{
        Outcome outcome;

        make(5, "/19/5/0/0=AQI= /19/5/0/9=Aw== /19/5/3=gas");
        make(65534, "/19/65534/0=");
        make(2, "/19/2/0/0=AA==");
        delete ("/19/2", &outcome);
        settle();
        end();
        start();
        expect("/19/5", "/19/5/0/0=AQI= /19/5/0/9=Aw== /19/5/3=gas");
        expect("/19/2", NULL);
        ck_assert_uint_eq(lw_tree_object(world.tree, OBJECT)->instances->len, 2);
        make(2, "/19/2/0/0=AA==");
}
END_TEST

/* By the tree, as a server writes. */
START_TEST(writes_are_kept)
{
        g_auto(LwAnswer) answer = {};

        make(0, "/19/0/0/0=AQI= /19/0/0/1=Aw== /19/0/3=gas");
        g_string_truncate(world.changes, 0);
        lw_world_ask(&world, LW_OPERATION_WRITE_UPDATE, "/19/0", "/19/0/0/1=BA== /19/0/1=2",
                        &answer);
        ck_assert_int_eq(answer.status, 0);
        expect("/19/0", "/19/0/0/0=AQI= /19/0/0/1=Aw== /19/0/3=gas");
        settle();
        ck_assert_int_eq(answer.status, LW_STATUS_CHANGED);
        ck_assert_str_eq(world.changes->str, "/19/0 ");
        expect("/19/0", "/19/0/0/0=AQI= /19/0/0/1=BA== /19/0/1=2 /19/0/3=gas");
        end();
        start();
        expect("/19/0", "/19/0/0/0=AQI= /19/0/0/1=BA== /19/0/1=2 /19/0/3=gas");
}
END_TEST

START_TEST(the_same_value_is_not_saved_again)
{
        make(0, "/19/0/0/0=AQI= /19/0/3=gas");
        lw_world_expect(&world, LW_OPERATION_WRITE, "/19/0/3", "/19/0/3=gas", LW_STATUS_CHANGED,
                        NULL);
        ck_assert(!lw_state_busy(state));
}
END_TEST

START_TEST(elements_are_deleted)
{
        Outcome outcome;

        make(0, "/19/0/0/0=AQI= /19/0/0/1=Aw==");
        delete ("/19/0/0/1", &outcome);
        settle();
        ck_assert_int_eq(outcome.status, 200);
        expect("/19/0/0", "/19/0/0/0=AQI=");
        delete ("/19/0/0/1", &outcome);
        ck_assert_int_eq(outcome.status, LW_STATUS_NOT_FOUND);
        delete ("/19/0/0/0", &outcome);
        settle();
        expect("/19/0/0", "/19/0/0=");
}
END_TEST

START_TEST(a_deleted_instance_is_off_the_tree)
{
        Outcome outcome;

        make(0, "/19/0/0/0=AQI=");
        delete ("/19/0", &outcome);
        ck_assert_int_eq(outcome.status, 0);
        expect("/19/0", "/19/0/0/0=AQI=");
        settle();
        ck_assert_int_eq(outcome.status, 200);
        expect("/19/0", NULL);
        delete ("/19/0", &outcome);
        ck_assert_int_eq(outcome.status, LW_STATUS_NOT_FOUND);
}
END_TEST

START_TEST(an_instance_that_is_taken_is_refused_or_another_one)
{
        LwProvider other = *provider();
        Outcome outcome;

        make(0, "/19/0/0/0=AQI=");
        ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(OBJECT, 1), &other,
                        LW_RANK_PLUGIN, NULL, 0, NULL));
        create(0, true, "/19/0/0/0=AA==", &outcome);
        ck_assert_int_eq(outcome.status, LW_STATUS_BAD_REQUEST);
        create(1, true, "/19/1/0/0=AA==", &outcome);
        ck_assert_int_eq(outcome.status, LW_STATUS_BAD_REQUEST);
        create(0, false, "/19/0/0/0=AA==", &outcome);
        settle();
        ck_assert_int_eq(outcome.status, 200);
        ck_assert(lw_path_equal(&outcome.created, &LW_PATH_INSTANCE(OBJECT, 2)));
        expect("/19/2", "/19/2/0/0=AA==");
        expect("/19/0", "/19/0/0/0=AQI=");
        lw_tree_remove_provider(world.tree, &other);
}
END_TEST

START_TEST(an_instance_that_is_taken_meanwhile_is_taken_back)
{
        LwProvider other = *provider();
        Outcome outcome;

        create(1, true, "/19/1/0/0=AQI=", &outcome);
        ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(OBJECT, 1), &other,
                        LW_RANK_PLUGIN, NULL, 0, NULL));
        settle();
        ck_assert_int_eq(outcome.status, LW_STATUS_BAD_REQUEST);
        lw_tree_remove_provider(world.tree, &other);
        end();
        start();
        expect("/19/1", NULL);
}
END_TEST

START_TEST(changes_wait_for_each_other)
{
        Outcome first, second, third, fourth, fifth;

        create(0, false, "/19/0/0/0=AQI=", &first);
        create(0, false, "/19/0/0/0=Aw==", &second);
        write_single("/19/0/1", "/19/0/1=7", &third);
        delete ("/19/0", &fourth);
        write_single("/19/0/1", "/19/0/1=8", &fifth);
        settle();
        ck_assert_int_eq(first.status, 200);
        ck_assert_int_eq(second.status, 200);
        ck_assert_uint_eq(second.created.ids[1], 1);
        ck_assert_int_eq(third.status, 200);
        ck_assert_int_eq(fourth.status, 200);
        ck_assert_int_eq(fifth.status, LW_STATUS_NOT_FOUND);
        expect("/19", "/19/1/0/0=Aw==");
}
END_TEST

START_TEST(not_too_many_changes_wait)
{
        Outcome outcomes[LW_STORED_CHANGES_MAX + 2];

        for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++)
                create((uint16_t) i, true, "/19/0/0/0=AQI=", &outcomes[i]);
        ck_assert_int_eq(outcomes[LW_STORED_CHANGES_MAX + 1].status, LW_STATUS_UNAVAILABLE);
        settle();
        for (unsigned i = 0; i <= LW_STORED_CHANGES_MAX; i++)
                ck_assert_int_eq(outcomes[i].status, 200);
}
END_TEST

START_TEST(what_cannot_be_kept_is_not_done)
{
        g_auto(LwAnswer) answer = {};
        g_autofree char *name = g_build_filename(files.path, "stored-19", NULL);
        Outcome created, deleted;

        make(0, "/19/0/0/0=AQI=");
        ck_assert_int_eq(unlink(name), 0);
        ck_assert_int_eq(rmdir(files.path), 0); /* nothing can be written there any more */
        create(1, true, "/19/1/0/0=AQI=", &created);
        delete ("/19/0", &deleted);
        lw_world_ask(&world, LW_OPERATION_WRITE, "/19/0/1", "/19/0/1=7", &answer);
        settle();
        ck_assert_int_eq(created.status, LW_STATUS_FAILED);
        ck_assert_int_eq(deleted.status, LW_STATUS_FAILED);
        ck_assert_int_eq(answer.status, LW_STATUS_FAILED);
        ck_assert(g_str_has_prefix(answer.text, "the change cannot be kept: "));
        expect("/19", "/19/0/0/0=AQI=");
        lw_stored_free(g_steal_pointer(&stored));
        lw_state_free(state);
        state = lw_state_new(files.path, worker, NULL); /* there is a directory again */
}
END_TEST

START_TEST(the_disk_may_be_later_than_the_end)
{
        Outcome first, second;

        create(0, true, "/19/0/0/0=AQI=", &first);
        create(1, true, "/19/1/0/0=AQI=", &second);
        lw_stored_free(g_steal_pointer(&stored));
        ck_assert_int_eq(first.status, LW_STATUS_UNAVAILABLE);
        ck_assert_int_eq(second.status, LW_STATUS_UNAVAILABLE);
        settle();
        end();
        start();
        expect("/19", "/19/0/0/0=AQI="); /* was being written, but nobody was told so */
}
END_TEST

static const char *const damaged[] = {
        "lwm2md stored-19 2\n",
        "lwm2md stored-19 1\ngarbage",
        "lwm2md stored-16 1\n",
        "",
};

START_TEST(a_damaged_document_is_set_aside)
{
        g_autofree char *bad = g_build_filename(files.path, "stored-19.bad", NULL);
        g_autofree char *text = NULL;

        lw_stored_free(g_steal_pointer(&stored));
        lw_test_files_put(&files, "stored-19", damaged[_i]);
        stored = lw_stored_new(world.tree, state, OBJECT, NULL);
        ck_assert_ptr_nonnull(stored);
        ck_assert_ptr_null(document());
        ck_assert(g_file_get_contents(bad, &text, NULL, NULL));
        ck_assert_str_eq(text, damaged[_i]);
        make(0, "/19/0/0/0=AQI=");
        expect("/19", "/19/0/0/0=AQI=");
}
END_TEST

/* Of Portfolio what is data is stored; authentication data is nobody's here. */
START_TEST(what_is_executed_or_measured_is_left_out)
{
        LwStored *portfolio = lw_stored_new(world.tree, state, 16, NULL);
        g_autoptr(LwValues) values = lw_world_values(&world, "/16/0/0/0=host /16/0/3=1");
        LwProvider *creator = lw_tree_object(world.tree, 16)->creator;
        Outcome outcome;

        creator->ops->create(creator, &LW_PATH_INSTANCE(16, 0), true, values, promise(&outcome));
        settle();
        ck_assert_int_eq(outcome.status, 200);
        lw_world_expect(&world, LW_OPERATION_DISCOVER, "/16/0", NULL, LW_STATUS_CONTENT,
                        "</16/0>,</16/0/0>;dim=1");
        expect("/16/0", "/16/0/0/0=host");
        lw_stored_free(portfolio);
}
END_TEST

START_TEST(an_object_without_a_definition_is_not_offered)
{
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(lw_stored_new(world.tree, state, LW_WORLD_UNDEFINED, &error));
        ck_assert_int_eq(error->code, LW_STATUS_NOT_FOUND);
}
END_TEST

TCase *test_stored(void)
{
        TCase *tcase = tcase_create("stored");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, the_object_is_there_without_instances);
        tcase_add_test(tcase, an_instance_is_on_the_disk_before_it_is_there);
        tcase_add_test(tcase, what_is_made_outlives_the_process);
        tcase_add_test(tcase, writes_are_kept);
        tcase_add_test(tcase, the_same_value_is_not_saved_again);
        tcase_add_test(tcase, elements_are_deleted);
        tcase_add_test(tcase, a_deleted_instance_is_off_the_tree);
        tcase_add_test(tcase, an_instance_that_is_taken_is_refused_or_another_one);
        tcase_add_test(tcase, an_instance_that_is_taken_meanwhile_is_taken_back);
        tcase_add_test(tcase, changes_wait_for_each_other);
        tcase_add_test(tcase, not_too_many_changes_wait);
        tcase_add_test(tcase, what_cannot_be_kept_is_not_done);
        tcase_add_test(tcase, the_disk_may_be_later_than_the_end);
        tcase_add_loop_test(tcase, a_damaged_document_is_set_aside, 0, G_N_ELEMENTS(damaged));
        tcase_add_test(tcase, what_is_executed_or_measured_is_left_out);
        tcase_add_test(tcase, an_object_without_a_definition_is_not_offered);
        return tcase;
}
