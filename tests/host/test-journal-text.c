/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of the journal as lines. */
#include <errno.h>
#include <string.h>

#include "host/journal-text.h"
#include "host/suite.h"
#include "lib/files.h"

static const struct {
        unsigned priority;
        const char *source, *text;
        const char *line;
} entries[] = {
        { 4, "nginx.service", "upstream is away",
                        "2026-01-02T03:04:05.250000Z warning nginx.service: upstream is away\n" },
        { 6, "kernel", "", "2026-01-02T03:04:05.250000Z info kernel: \n" },
        { 9, NULL, NULL, "2026-01-02T03:04:05.250000Z - -: \n" },
        { 3, "a", "gr\xc3\xbc\xc3\x9f", "2026-01-02T03:04:05.250000Z err a: gr\xc3\xbc\xc3\x9f\n" },
        /* an entry is one line, whatever is in it */
        { 3, "a", "one\ntwo", "2026-01-02T03:04:05.250000Z err a: 'one\\x0atwo'\n" },
        { 3, "a", "\xff", "2026-01-02T03:04:05.250000Z err a: '\\xff'\n" },
        { 3, "a\nb", "x", "2026-01-02T03:04:05.250000Z err 'a\\x0ab': x\n" },
};

START_TEST(an_entry_is_one_line)
{
        LwJournalEntry entry = { 1767323045250000, entries[_i].priority, entries[_i].source,
                entries[_i].text, entries[_i].text != NULL ? strlen(entries[_i].text) : 0 };
        g_autofree char *line = lw_journal_entry_print(&entry);

        ck_assert_str_eq(line, entries[_i].line);
}
END_TEST

START_TEST(priorities_have_the_words_of_syslog)
{
        ck_assert_str_eq(lw_journal_priority_name(0), "emerg");
        ck_assert_str_eq(lw_journal_priority_name(7), "debug");
        ck_assert_ptr_null(lw_journal_priority_name(8));
}
END_TEST

START_TEST(a_system_without_a_journal_has_nothing_to_read)
{
        LwJournalFilter filter = { 7, NULL };
        LwJournalSpan span = { 1, INT64_MAX };
        LwJournalText text = {};
        LwTestFiles files;

        lw_test_files_make(&files);
        ck_assert_int_lt(lw_journal_probe(files.path), 0);
        ck_assert_int_lt(lw_journal_read(files.path, &filter, &span, 1, 1000, &text), 0);
        ck_assert_ptr_null(text.lines);
        lw_test_files_remove(&files);
}
END_TEST

TCase *test_journal_text(void)
{
        TCase *tcase = tcase_create("journal-text");

        tcase_add_loop_test(tcase, an_entry_is_one_line, 0, G_N_ELEMENTS(entries));
        tcase_add_test(tcase, priorities_have_the_words_of_syslog);
        tcase_add_test(tcase, a_system_without_a_journal_has_nothing_to_read);
        return tcase;
}
