/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of Provider1.Read: good values, bad ones among them, failures, keys that nobody asked
 * for. */
#include <math.h>
#include <string.h>

#include "lib/bus-pair.h"
#include "lib/suite.h"
#include "model/status.h"
#include "providers/remote/answer.h"
#include "providers/suite.h"
#include "providers/world.h"

static LwWorld world;
static LwPair pair;
static sd_bus_message *reply;
static GString *mistakes;

static void setup(void)
{
        lw_world_make(&world);
        lw_pair_init(&pair, NULL);
        mistakes = g_string_new(NULL);
        ck_assert_int_ge(sd_bus_message_new_signal(pair.ours, &reply, "/", "a.b", "C"), 0);
}

static void teardown(void)
{
        sd_bus_message_unref(reply);
        lw_pair_clear(&pair);
        lw_world_clear(&world);
        g_string_free(mistakes, true);
}

static void on_mistake(void *user, const LwPath *path, const char *what)
{
        char text[LW_PATH_TEXT_MAX] = "-";

        ck_assert_ptr_eq(user, &world);
        ck_assert_ptr_nonnull(what);
        if (path != NULL)
                lw_path_print(path, text);
        g_string_append_printf(mistakes, "%s ", text);
}

static const LwAnswerEvents events = { .mistake = on_mistake };

/* What the values are, and how each path went, in letters: A V F B. */
typedef struct Outcome {
        char values[256];
        char letters[8];
        char failure[64];
} Outcome;

/* Asks for /3303/0/5601, 5700, 5701 and /3/0/7; `reply` is the answer. */
static bool take(Outcome *ret_outcome)
{
        LwAnswerPart parts[] = {
                { .path = LW_PATH_RESOURCE(3, 0, 7) },
                { .path = LW_PATH_RESOURCE(3303, 0, 5601) },
                { .path = LW_PATH_RESOURCE(3303, 0, 5700) },
                { .path = LW_PATH_RESOURCE(3303, 0, 5701) },
        };
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GError) failure = NULL;
        bool ok;

        ck_assert_int_ge(sd_bus_message_seal(reply, 1, 0), 0);
        ok = lw_answer_read(reply, world.registry, parts, G_N_ELEMENTS(parts), &events, &world,
                        values, &failure);
        memset(ret_outcome, 0, sizeof(*ret_outcome));
        lw_values_sort(values);
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                char path[LW_PATH_TEXT_MAX];

                lw_path_print(&entry->path, path);
                g_string_append_printf(text, "%s=", path);
                if (entry->value.type != LW_TYPE_NONE)
                        ck_assert(lw_value_print(&entry->value, text, NULL));
                g_string_append_c(text, ' ');
        }
        g_strlcpy(ret_outcome->values, text->str, sizeof(ret_outcome->values));
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
                ret_outcome->letters[i] = "AVFB"[parts[i].outcome];
        if (failure != NULL)
                g_snprintf(ret_outcome->failure, sizeof(ret_outcome->failure), "%d %s",
                                failure->code, failure->message);
        return ok;
}

static void expect(const char *values, const char *letters, const char *said)
{
        Outcome outcome;

        ck_assert(take(&outcome));
        ck_assert_str_eq(outcome.values, values);
        ck_assert_str_eq(outcome.letters, letters);
        ck_assert_str_eq(mistakes->str, said);
}

static void append(const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        ck_assert_int_ge(sd_bus_message_appendv(reply, types, arguments), 0);
        va_end(arguments);
}

START_TEST(values_come_with_their_types)
{
        append("a{sv}a{s(ss)}", 3, "/3303/0/5701", "s", "Cel", "/3303/0/5700", "d", 21.5, "/3/0/7",
                        "a{qv}", 2, 0, "i", 3800, 1, "x", (int64_t) 5000, 0);
        expect("/3/0/7/0=3800 /3/0/7/1=5000 /3303/0/5700=21.5 /3303/0/5701=Cel ", "VAVV", "");
}
END_TEST

START_TEST(an_empty_answer_has_no_values)
{
        append("a{sv}a{s(ss)}", 0, 0);
        expect("", "AAAA", "");
}
END_TEST

START_TEST(a_float_is_finite)
{
        append("a{sv}a{s(ss)}", 3, "/3303/0/5601", "d", (double) NAN, "/3303/0/5700", "d",
                        (double) -INFINITY, "/3303/0/5701", "s", "Cel", 0);
        expect("/3303/0/5701=Cel ", "ABBV", "/3303/0/5601 /3303/0/5700 ");
}
END_TEST

/* Wherever the bad one stands, the others are there: sd-bus cannot go on in the middle. */
START_TEST(a_bad_value_takes_no_other_along)
{
        append("a{sv}a{s(ss)}", 4, "/3303/0/5601", "d", 1.0, "/3303/0/5700", "s", "warm", "/3/0/7",
                        "a{qv}", 2, 0, "i", 3800, 1, "s", "much", "/3303/0/5701", "s", "Cel", 1,
                        "/nonsense", "com.example.X", "x");
        expect("/3303/0/5601=1 /3303/0/5701=Cel ", "BVBV", "/3303/0/5700 /3/0/7 - ");
}
END_TEST

START_TEST(what_was_not_asked_for_is_left_out)
{
        append("a{sv}a{s(ss)}", 5, "/3/0/9", "x", (int64_t) 9, "/3/0/7/0", "x", (int64_t) 9, "",
                        "s", "", "/3303/0/5700", "d", 1.0, "/3303/0/5700", "d", 2.0, 0);
        expect("/3303/0/5700=1 ", "AAVA", "- - - - ");
}
END_TEST

START_TEST(failures_are_kept_apart)
{
        Outcome outcome;

        append("a{sv}a{s(ss)}", 1, "/3303/0/5700", "d", 1.0, 3, "/3303/0/5700", "com.example.X",
                        "too late", "/3303/0/5701", "org.lwm2md.Error.Unavailable", "unplugged",
                        "/3/0/7", "com.example.Broken", "broken");
        ck_assert(take(&outcome));
        ck_assert_str_eq(outcome.letters, "FAVF");
        ck_assert_str_eq(outcome.failure, "503 unplugged");
        ck_assert_str_eq(mistakes->str, "- "); /* a path is either well or not */
}
END_TEST

static const char *const signatures[] = { "a{sv}", "a{sv}a{ss}", "s", "" };

START_TEST(another_signature_is_no_answer)
{
        Outcome outcome;

        if (strcmp(signatures[_i], "a{sv}a{ss}") == 0)
                append(signatures[_i], 0, 0);
        else if (strcmp(signatures[_i], "s") == 0)
                append("s", "values");
        else if (*signatures[_i] != '\0')
                append(signatures[_i], 0);
        ck_assert(!take(&outcome));
        ck_assert_str_eq(mistakes->str, "- ");
}
END_TEST

TCase *test_remote_answer(void)
{
        TCase *tcase = tcase_create("remote-answer");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, values_come_with_their_types);
        tcase_add_test(tcase, an_empty_answer_has_no_values);
        tcase_add_test(tcase, a_float_is_finite);
        tcase_add_test(tcase, a_bad_value_takes_no_other_along);
        tcase_add_test(tcase, what_was_not_asked_for_is_left_out);
        tcase_add_test(tcase, failures_are_kept_apart);
        tcase_add_loop_test(tcase, another_signature_is_no_answer, 0, G_N_ELEMENTS(signatures));
        return tcase;
}
