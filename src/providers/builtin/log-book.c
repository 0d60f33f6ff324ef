/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLogBook: which spans of the journal object 20 collects, and its class. */
#include "providers/builtin/log-book.h"

#include <string.h>

#define GROUP "EventLog"

#define CLASS_MAX 255

LwLogBook lw_log_book(void)
{
        return (LwLogBook){ .class = LW_LOG_CLASS_SYSTEM };
}

bool lw_log_book_is_running(const LwLogBook *self)
{
        return self->count > 0 && self->spans[self->count - 1].to_usec == INT64_MAX;
}

void lw_log_book_begin(LwLogBook *self, int64_t now_usec)
{
        if (self->count == LW_EVENT_LOG_SPANS_MAX) {
                memmove(self->spans, self->spans + 1, sizeof(self->spans) - sizeof(*self->spans));
                self->count--;
        }
        self->spans[self->count++] = (LwJournalSpan){ now_usec, INT64_MAX };
}

void lw_log_book_end(LwLogBook *self, int64_t now_usec)
{
        LwJournalSpan *last;

        if (!lw_log_book_is_running(self))
                return;
        last = &self->spans[self->count - 1];
        last->to_usec = MAX(now_usec, last->from_usec);
}

GBytes *lw_log_book_print(const LwLogBook *self)
{
        g_autoptr(GKeyFile) document = g_key_file_new();
        size_t length;
        char *text;

        g_key_file_set_int64(document, GROUP, "Class", self->class);
        for (size_t i = 0; i < self->count; i++) {
                g_autofree char *from = g_strdup_printf("From%zu", i);
                g_autofree char *to = g_strdup_printf("To%zu", i);

                g_key_file_set_int64(document, GROUP, from, self->spans[i].from_usec);
                g_key_file_set_int64(document, GROUP, to, self->spans[i].to_usec);
        }
        text = g_key_file_to_data(document, &length, NULL);
        return g_bytes_new_take(text, length);
}

static void take(LwLogBook *self, GKeyFile *document)
{
        int64_t class = g_key_file_get_int64(document, GROUP, "Class", NULL);

        *self = lw_log_book();
        if (class >= 0 && class <= CLASS_MAX)
                self->class = class;
        for (size_t i = 0; i < LW_EVENT_LOG_SPANS_MAX; i++) {
                g_autofree char *from = g_strdup_printf("From%zu", i);
                g_autofree char *to = g_strdup_printf("To%zu", i);
                LwJournalSpan span = { g_key_file_get_int64(document, GROUP, from, NULL),
                        g_key_file_get_int64(document, GROUP, to, NULL) };

                if (span.from_usec <= 0 || span.to_usec < span.from_usec)
                        return;
                self->spans[self->count++] = span;
        }
}

bool lw_log_book_parse(LwLogBook *self, GBytes *bytes, GError **error)
{
        g_autoptr(GKeyFile) document = g_key_file_new();

        if (!g_key_file_load_from_bytes(document, bytes, G_KEY_FILE_NONE, error))
                return false;
        take(self, document);
        return true;
}
