/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLogBook: which spans of the journal object 20 collects, and its class. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "host/journal-text.h"
#include "model/limits.h"

/**
 * LwLogBook: what of the Event Log is kept over restarts.
 *
 * Shape:  spans by time; the last one has not ended while the log runs. A plain value; begin with
 *         lw_log_book().
 */
typedef struct LwLogBook {
        int64_t class; /* LogClass */
        LwJournalSpan spans[LW_EVENT_LOG_SPANS_MAX];
        size_t count;
} LwLogBook;

/** LogClass "system". */
#define LW_LOG_CLASS_SYSTEM 1

/** Nothing is collected; of the class "system". */
LwLogBook lw_log_book(void);

bool lw_log_book_is_running(const LwLogBook *self);
/** A span begins; of too many the oldest makes room. */
void lw_log_book_begin(LwLogBook *self, int64_t now_usec);
/** The span that has not ended ends. */
void lw_log_book_end(LwLogBook *self, int64_t now_usec);
/** As a document, and back; what is damaged ends the list. False: it is no document. */
GBytes *lw_log_book_print(const LwLogBook *self);
bool lw_log_book_parse(LwLogBook *self, GBytes *document, GError **error);
