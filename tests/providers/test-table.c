/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A provider made of rows: Reads at once and late, Writes in two steps, Executes. */
#include <string.h>

#include "providers/builtin/table.h"
#include "providers/suite.h"
#include "providers/world.h"

/* On object 1, for its writable resources: 1 is an integer, 2 and 3 are optional ones, 7 a string.
 */
typedef struct Subject {
        LwTableReading *held[2];
        GString *log; /* what was called */
        bool fails;   /* prepare */
} Subject;

static void read_now(void *context G_GNUC_UNUSED, const LwPath *path, LwTableReading *reading)
{
        lw_table_reading_add(reading, path, lw_value_integer(path->ids[2] * 10));
}

static void read_late(void *context, const LwPath *path, LwTableReading *reading)
{
        Subject *self = context;

        lw_table_reading_hold(reading);
        self->held[path->ids[2] - 2] = reading;
}

static void read_nothing(void *context G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED,
                LwTableReading *reading G_GNUC_UNUSED)
{
}

static bool write_number(void *draft, const LwValue *value, GError **error)
{
        Subject *self = draft;

        if (value == NULL) {
                g_string_append(self->log, "keep ");
                return true;
        }
        g_string_append_printf(self->log, "write %d ", (int) value->integer);
        if (value->integer != 13)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "thirteen");
        return false;
}

static bool write_text(void *draft, const LwValue *value, GError **error G_GNUC_UNUSED)
{
        Subject *self = draft;

        g_string_append_printf(self->log, "write %s ", value == NULL ? "nothing" : value->text);
        return true;
}

static void execute(void *context, const LwPath *path, const char *arguments, LwCall *call)
{
        Subject *self = context;

        g_string_append_printf(self->log, "execute %u '%s' ", path->ids[2], arguments);
        lw_call_succeed(call);
}

static void *prepare(void *context, const LwPath *instance, GError **error)
{
        Subject *self = context;

        ck_assert_uint_eq(instance->length, LW_LEVEL_INSTANCE);
        if (!self->fails)
                return self;
        g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE, "not now");
        return NULL;
}

static void discard(void *draft)
{
        Subject *self = draft;

        g_string_append(self->log, "discard ");
}

static void commit(void *context G_GNUC_UNUSED, const LwPath *instance, void *draft, LwCall *call)
{
        Subject *self = draft;

        g_string_append_printf(self->log, "commit %u ", instance->ids[1]);
        lw_call_succeed(call);
}

/* clang-format off */
static const LwTableRow rows[] = {
        { 0, .read = read_now                            },
        { 1, .read = read_now,     .write = write_number },
        { 2, .read = read_late,    .write = write_number },
        { 3, .read = read_late                           },
        { 4, .execute = execute                          },
        { 5, .read = read_nothing                        },
        { 6, .read = read_nothing                        },
        { 7, .read = read_nothing, .write = write_text   },
        { 8, .execute = NULL                              },
};
/* clang-format on */
static const LwTableWriter writer = { prepare, discard, commit };

static LwWorld world;
static Subject subject;
static LwTable *table;

static void setup_with(const LwTableWriter *with)
{
        uint16_t ids[G_N_ELEMENTS(rows)];

        lw_world_make(&world);
        subject = (Subject){ .log = g_string_new(NULL) };
        table = lw_table_new(rows, G_N_ELEMENTS(rows), with, &subject);
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                ids[i] = rows[i].id;
        ck_assert(lw_tree_add_layer(world.tree, &LW_PATH_INSTANCE(1, 4), lw_table_provider(table),
                        LW_RANK_BUILTIN, ids, G_N_ELEMENTS(ids), NULL));
}

static void setup(void)
{
        setup_with(&writer);
}

static void teardown(void)
{
        lw_tree_remove_provider(world.tree, lw_table_provider(table));
        lw_table_free(table);
        g_string_free(subject.log, true);
        lw_world_clear(&world);
}

START_TEST(a_row_answers_at_once)
{
        lw_world_expect(&world, LW_OPERATION_READ, "/1/4/1", NULL, LW_STATUS_CONTENT, "/1/4/1=10");
        lw_world_expect(&world, LW_OPERATION_READ, "/1/4/5", NULL, LW_STATUS_NOT_FOUND, NULL);
}
END_TEST

START_TEST(a_read_waits_for_the_last_row)
{
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, LW_OPERATION_READ, "/1/4", NULL, &answer);
        ck_assert_int_eq(answer.status, 0);
        lw_table_reading_add(subject.held[1], &LW_PATH_RESOURCE(1, 4, 3), lw_value_integer(33));
        lw_table_reading_release(subject.held[1], NULL);
        ck_assert_int_eq(answer.status, 0);
        lw_table_reading_add(subject.held[0], &LW_PATH_RESOURCE(1, 4, 2), lw_value_integer(22));
        lw_table_reading_release(subject.held[0], NULL);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        ck_assert_str_eq(answer.text, "/1/4/0=0 /1/4/1=10 /1/4/2=22 /1/4/3=33");
}
END_TEST

START_TEST(the_first_failure_is_the_answer)
{
        g_autoptr(GError) first = g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE, "asleep");
        g_autoptr(GError) second = g_error_new(LW_ERROR, LW_STATUS_FAILED, "broken");
        g_auto(LwAnswer) answer = {};

        lw_world_ask(&world, LW_OPERATION_READ, "/1/4/3", NULL, &answer);
        lw_table_reading_release(subject.held[1], first);
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        lw_answer_clear(&answer);
        lw_world_ask(&world, LW_OPERATION_READ, "/1/4/3", NULL, &answer);
        lw_table_reading_hold(subject.held[1]);
        lw_table_reading_release(subject.held[1], first);
        lw_table_reading_release(subject.held[1], second);
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
}
END_TEST

static const struct {
        LwOperation operation;
        const char *path, *text;
        LwStatus status;
        const char *log;
} writes[] = {
        { LW_OPERATION_WRITE, "/1/4/1", "/1/4/1=5", LW_STATUS_CHANGED, "write 5 commit 4 " },
        { LW_OPERATION_WRITE_UPDATE, "/1/4", "/1/4/1=5 /1/4/7=U", LW_STATUS_CHANGED,
                        "write 5 write U commit 4 " },
        /* one that is refused: nothing is done */
        { LW_OPERATION_WRITE_UPDATE, "/1/4", "/1/4/7=U /1/4/1=13", LW_STATUS_BAD_REQUEST,
                        "write U write 13 discard " },
        /* one without a way to write it */
        { LW_OPERATION_WRITE_UPDATE, "/1/4", "/1/4/1=5 /1/4/3=6", LW_STATUS_NOT_PERMITTED,
                        "write 5 discard " },
        { LW_OPERATION_WRITE, "/1/4/3", "/1/4/3=6", LW_STATUS_NOT_PERMITTED, "discard " },
};

START_TEST(a_write_is_whole_or_not_at_all)
{
        lw_world_expect(&world, writes[_i].operation, writes[_i].path, writes[_i].text,
                        writes[_i].status, NULL);
        ck_assert_str_eq(subject.log->str, writes[_i].log);
}
END_TEST

static void note_success(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        bool *done = user;

        ck_assert_ptr_null(error);
        *done = true;
}

/* Replace of the whole: as the dispatcher asks for it once it has checked what is mandatory. */
START_TEST(a_replace_takes_away_what_it_does_not_name)
{
        LwProvider *provider = lw_table_provider(table);
        g_autoptr(LwValues) values = lw_values_new();
        LwRequest request = { .operation = LW_OPERATION_WRITE };
        LwValue text = lw_value_string("U");
        LwPath path = LW_PATH_INSTANCE(1, 4), binding = LW_PATH_RESOURCE(1, 4, 7);
        bool done = false;

        lw_values_add(values, &binding, &text);
        provider->ops->write(provider, &path, true, values,
                        lw_call_new(&request, NULL, note_success, &done));
        ck_assert(done);
        ck_assert_str_eq(subject.log->str, "write U keep keep commit 4 ");
}
END_TEST

START_TEST(what_cannot_be_prepared_is_not_written)
{
        subject.fails = true;
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/4/1", "/1/4/1=5", LW_STATUS_UNAVAILABLE,
                        "not now");
        ck_assert_str_eq(subject.log->str, "");
}
END_TEST

START_TEST(a_table_without_a_writer_takes_nothing)
{
        teardown();
        setup_with(NULL);
        lw_world_expect(&world, LW_OPERATION_WRITE, "/1/4/1", "/1/4/1=5", LW_STATUS_NOT_PERMITTED,
                        NULL);
}
END_TEST

START_TEST(executes_with_arguments)
{
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/1/4/4", "0='U'", LW_STATUS_CHANGED, "");
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/1/4/4", NULL, LW_STATUS_CHANGED, "");
        ck_assert_str_eq(subject.log->str, "execute 4 '0='U'' execute 4 '' ");
        lw_world_expect(&world, LW_OPERATION_EXECUTE, "/1/4/8", NULL, LW_STATUS_NOT_PERMITTED,
                        NULL);
}
END_TEST

TCase *test_table(void)
{
        TCase *tcase = tcase_create("table");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_row_answers_at_once);
        tcase_add_test(tcase, a_read_waits_for_the_last_row);
        tcase_add_test(tcase, the_first_failure_is_the_answer);
        tcase_add_loop_test(tcase, a_write_is_whole_or_not_at_all, 0, G_N_ELEMENTS(writes));
        tcase_add_test(tcase, a_replace_takes_away_what_it_does_not_name);
        tcase_add_test(tcase, what_cannot_be_prepared_is_not_written);
        tcase_add_test(tcase, a_table_without_a_writer_takes_nothing);
        tcase_add_test(tcase, executes_with_arguments);
        return tcase;
}
