/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 20, Event Log: what the journal of this host has. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "host/journal-text.h"
#include "io/driver.h"
#include "io/state.h"
#include "io/worker.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwEventLogObject: the one instance of /20, whose data collection is what was logged between Start
 * and Stop; it begins with the first run of the agent. The journal has the data: only the moments
 * are kept, over restarts. LogData is lines of text, the newest LW_EVENT_LOG_MAX bytes of them.
 *
 * Where the journal cannot be read there is no object, and one line of the journal says so. Source:
 * OMA LwM2M, "LwM2M Object: Event Log" 2.1.
 */
typedef struct LwEventLogObject LwEventLogObject;

/** LwEventLogParts: what it uses; all of them outlive it. */
typedef struct LwEventLogParts {
        LwTree *tree;
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        const char *directory;  /* as of lw_journal_read() */
        LwJournalFilter filter; /* copied */
} LwEventLogParts;

/** Asks the worker whether the journal can be read; the instance appears when it can. */
LwEventLogObject *lw_event_log_object_new(const LwEventLogParts *parts);
/** Takes the instance off the tree; what waits is answered with nothing. */
void lw_event_log_object_free(LwEventLogObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwEventLogObject, lw_event_log_object_free)

/** Its rows, for the test that holds them against the definition. */
const LwTableRow *lw_event_log_object_rows(size_t *ret_count);
