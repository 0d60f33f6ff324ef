/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the log: its levels, and the lines on a stderr that is no journal. */
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "lib/suite.h"

TCase *test_log(void);

static const struct {
        const char *name;
        bool ok;
        GLogLevelFlags level;
} names[] = {
        { "error", true, G_LOG_LEVEL_CRITICAL },
        { "warning", true, G_LOG_LEVEL_WARNING },
        { "notice", true, G_LOG_LEVEL_MESSAGE },
        { "info", true, G_LOG_LEVEL_INFO },
        { "debug", true, G_LOG_LEVEL_DEBUG },
        { "", false, 0 },
        { "Debug", false, 0 },
        { "verbose", false, 0 },
};

START_TEST(knows_levels_by_name)
{
        GLogLevelFlags level = 0;

        ck_assert(lw_log_level_parse(names[_i].name, &level) == names[_i].ok);
        ck_assert(level == names[_i].level);
}
END_TEST

START_TEST(wants_what_is_as_severe_as_its_level)
{
        lw_log_set_level(G_LOG_LEVEL_MESSAGE);
        ck_assert(lw_log_wanted(G_LOG_LEVEL_CRITICAL));
        ck_assert(lw_log_wanted(G_LOG_LEVEL_WARNING));
        ck_assert(lw_log_wanted(G_LOG_LEVEL_MESSAGE));
        ck_assert(!lw_log_wanted(G_LOG_LEVEL_INFO));
        lw_log_set_level(G_LOG_LEVEL_DEBUG);
        ck_assert(lw_log_wanted(G_LOG_LEVEL_DEBUG));
}
END_TEST

START_TEST(writes_plain_lines_to_stderr)
{
        static const char expected[] = "warning: 2 objects\n"
                                       "notice: observed\n"
                                       "info: at last\n";
        int kept = dup(STDERR_FILENO);
        FILE *file = tmpfile();
        char text[512] = "";

        ck_assert_ptr_nonnull(file);
        fflush(stderr);
        ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
        lw_log_start(G_LOG_LEVEL_MESSAGE);
        lw_log(G_LOG_LEVEL_WARNING, "%d objects", 2);
        lw_log(G_LOG_LEVEL_INFO, "dropped");
        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, LW_FIELD_PATH, "/3/0", "MESSAGE",
                        "observed");
        lw_log_start(G_LOG_LEVEL_INFO); /* a second start changes the level, no more */
        lw_log(G_LOG_LEVEL_INFO, "at last");
        fflush(stderr);
        ck_assert_int_ge(dup2(kept, STDERR_FILENO), 0);
        close(kept);

        rewind(file);
        ck_assert_uint_eq(fread(text, 1, sizeof(text) - 1, file), sizeof(expected) - 1);
        ck_assert_str_eq(text, expected);
        fclose(file);
}
END_TEST

TCase *test_log(void)
{
        TCase *tcase = tcase_create("log");

        tcase_add_loop_test(tcase, knows_levels_by_name, 0, G_N_ELEMENTS(names));
        tcase_add_test(tcase, wants_what_is_as_severe_as_its_level);
        tcase_add_test(tcase, writes_plain_lines_to_stderr);
        return tcase;
}
