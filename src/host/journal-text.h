/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of the host, read as lines of text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/** LwJournalSpan: what was logged from one moment on, up to, but without, another; real time. */
typedef struct LwJournalSpan {
        int64_t from_usec;
        int64_t to_usec; /* INT64_MAX: it has not ended */
} LwJournalSpan;

/**
 * LwJournalFilter: which entries count.
 *
 * Shape:  `priority`: of syslog, 0 (emerg) to 7 (debug): these and graver ones. `units`: names of
 *         systemd units, NULL or none: all.
 */
typedef struct LwJournalFilter {
        unsigned priority;
        char **units;
} LwJournalFilter;

/** LwJournalEntry: one entry, as far as we show it. Not owned; `source` and `text` may be NULL. */
typedef struct LwJournalEntry {
        int64_t real_usec;
        unsigned priority;
        const char *source; /* the unit, else the program, else "kernel" */
        const char *text;   /* `text_length` bytes of anything */
        size_t text_length;
} LwJournalEntry;

/**
 * One entry as a line: "2026-01-02T03:04:05.678901Z warning nginx.service: text\n". What is not
 * printable UTF-8 in the text comes out as "\xNN" in quotes, as for all foreign text; caller frees.
 */
char *lw_journal_entry_print(const LwJournalEntry *entry);
/** "warning" of 4; NULL above 7. */
const char *lw_journal_priority_name(unsigned priority);

/** LwJournalText: lines of a log, the newest ones as far as there is room. Zeroed memory is empty.
 */
typedef struct LwJournalText {
        GByteArray *lines;
        int64_t last_usec; /* of the newest entry; 0: none */
        bool is_cut;       /* older ones had no room */
} LwJournalText;
void lw_journal_text_clear(LwJournalText *self);

/**
 * Reads the entries of the spans, of which the later ones come later, up to `limit` bytes of lines,
 * the newest ones. It may block for long: for the worker. `directory` is the root of the journal's
 * system, NULL: this one. 0, or a negative errno: -EACCES when there is a journal that we may not
 * read, -ENOENT when there is none.
 */
int lw_journal_read(const char *directory, const LwJournalFilter *filter,
                const LwJournalSpan *spans, size_t count, size_t limit, LwJournalText *ret_text);
/** Whether there is anything that we may read: as lw_journal_read(). */
int lw_journal_probe(const char *directory);
