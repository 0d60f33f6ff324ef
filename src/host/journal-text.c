/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of the host, read as lines of text. */
#include "host/journal-text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-journal.h>

#include "base/quote.h"
#include "base/time.h"

/* bytes: of the message of one entry */
#define TEXT_MAX 2048

static const char *const priorities[] = { "emerg", "alert", "crit", "err", "warning", "notice",
        "info", "debug" };

const char *lw_journal_priority_name(unsigned priority)
{
        return priority < G_N_ELEMENTS(priorities) ? priorities[priority] : NULL;
}

static bool is_plain(const char *text, size_t length)
{
        if (!g_utf8_validate(text, (gssize) length, NULL))
                return false;
        for (const char *c = text; c < text + length; c = g_utf8_next_char(c))
                if (!g_unichar_isprint(g_utf8_get_char(c)))
                        return false;
        return true;
}

static char *make_plain(const char *text, size_t length)
{
        return is_plain(text, length) ? g_strndup(text, length) : lw_quote(text, length);
}

char *lw_journal_entry_print(const LwJournalEntry *entry)
{
        g_autoptr(GDateTime) time =
                        g_date_time_new_from_unix_utc(entry->real_usec / (int64_t) LW_USEC_PER_SEC);
        g_autofree char *when = time == NULL ? NULL : g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
        const char *priority = lw_journal_priority_name(entry->priority);
        const char *name = entry->source != NULL ? entry->source : "-";
        g_autofree char *source = make_plain(name, strlen(name));
        g_autofree char *text = make_plain(entry->text != NULL ? entry->text : "",
                        entry->text != NULL ? MIN(entry->text_length, TEXT_MAX) : 0);

        return g_strdup_printf("%s.%06dZ %s %s: %s\n", when != NULL ? when : "-",
                        (int) (entry->real_usec % (int64_t) LW_USEC_PER_SEC),
                        priority != NULL ? priority : "-", source, text);
}

void lw_journal_text_clear(LwJournalText *self)
{
        g_clear_pointer(&self->lines, g_byte_array_unref);
        *self = (LwJournalText){};
}

/* --- the journal --- */

/* Opening succeeds with nothing to read, too: whether there are entries says more. */
static int open_journal(const char *directory, sd_journal **ret_journal)
{
        sd_journal *journal = NULL;
        int r = directory == NULL ? sd_journal_open(&journal,
                                                    SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM)
                                  : sd_journal_open_directory(
                                                    &journal, directory, SD_JOURNAL_OS_ROOT);

        if (r < 0)
                return r;
        r = sd_journal_seek_tail(journal);
        if (r >= 0)
                r = sd_journal_previous(journal);
        if (r > 0) {
                *ret_journal = journal;
                return 0;
        }
        sd_journal_close(journal);
        if (r < 0)
                return r;
        if (directory == NULL && access("/var/log/journal", F_OK) < 0 &&
                        access("/run/log/journal", F_OK) < 0)
                return -ENOENT;
        return -EACCES;
}

int lw_journal_probe(const char *directory)
{
        sd_journal *journal;
        int r = open_journal(directory, &journal);

        if (r >= 0)
                sd_journal_close(journal);
        return r;
}

/* (priority 0 or 1 or ...) and (unit a or b or ...) */
static int add_matches(sd_journal *journal, const LwJournalFilter *filter)
{
        int r = 0;

        for (unsigned i = 0; r >= 0 && i <= filter->priority && i < G_N_ELEMENTS(priorities); i++) {
                g_autofree char *match = g_strdup_printf("PRIORITY=%u", i);

                r = sd_journal_add_match(journal, match, 0);
        }
        if (r >= 0 && filter->units != NULL && filter->units[0] != NULL)
                r = sd_journal_add_conjunction(journal);
        for (size_t i = 0; r >= 0 && filter->units != NULL && filter->units[i] != NULL; i++) {
                g_autofree char *match = g_strdup_printf("_SYSTEMD_UNIT=%s", filter->units[i]);

                r = sd_journal_add_match(journal, match, 0);
        }
        return r;
}

/* The value of a field as text; NULL: it is not there. */
static char *read_field(sd_journal *journal, const char *field)
{
        const char *data;
        size_t length, skipped = strlen(field) + 1;

        if (sd_journal_get_data(journal, field, (const void **) &data, &length) < 0 ||
                        length < skipped)
                return NULL;
        return g_strndup(data + skipped, length - skipped);
}

static char *print_current(sd_journal *journal, uint64_t real_usec)
{
        g_autofree char *text = read_field(journal, "MESSAGE");
        g_autofree char *priority = read_field(journal, "PRIORITY");
        g_autofree char *source = read_field(journal, "_SYSTEMD_UNIT");
        LwJournalEntry entry = { .real_usec = (int64_t) real_usec };

        if (source == NULL)
                source = read_field(journal, "SYSLOG_IDENTIFIER");
        entry.priority = priority != NULL ? (unsigned) g_ascii_strtoull(priority, NULL, 10) : 6;
        entry.source = source;
        entry.text = text;
        entry.text_length = text != NULL ? strlen(text) : 0;
        return lw_journal_entry_print(&entry);
}

/* Backwards from the end of the span: `lines` gets the newest first. False: there is no room for
 * more. */
static int read_span(sd_journal *journal, const LwJournalSpan *span, GPtrArray *lines, size_t *left,
                LwJournalText *text)
{
        int r = span->to_usec == INT64_MAX
                                ? sd_journal_seek_tail(journal)
                                : sd_journal_seek_realtime_usec(journal, (uint64_t) span->to_usec);

        while (r >= 0 && (r = sd_journal_previous(journal)) > 0) {
                g_autofree char *line = NULL;
                uint64_t when;

                r = sd_journal_get_realtime_usec(journal, &when);
                if (r < 0)
                        break;
                if ((int64_t) when >= span->to_usec)
                        continue;
                if ((int64_t) when < span->from_usec)
                        return 0;
                line = print_current(journal, when);
                if (strlen(line) > *left) {
                        text->is_cut = true;
                        return 0;
                }
                *left -= strlen(line);
                text->last_usec = MAX(text->last_usec, (int64_t) when);
                g_ptr_array_add(lines, g_steal_pointer(&line));
        }
        return r;
}

int lw_journal_read(const char *directory, const LwJournalFilter *filter,
                const LwJournalSpan *spans, size_t count, size_t limit, LwJournalText *ret_text)
{
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        LwJournalText text = {};
        sd_journal *journal;
        int r = open_journal(directory, &journal);

        if (r < 0)
                return r;
        r = add_matches(journal, filter);
        for (size_t i = count; r >= 0 && i-- > 0 && !text.is_cut;)
                r = read_span(journal, &spans[i], lines, &limit, &text);
        sd_journal_close(journal);
        if (r < 0)
                return r;
        text.lines = g_byte_array_new();
        for (guint i = lines->len; i-- > 0;)
                g_byte_array_append(text.lines, lines->pdata[i], (guint) strlen(lines->pdata[i]));
        *ret_text = text;
        return 0;
}
