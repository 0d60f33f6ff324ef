/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwJournal: the agent's story, one line per event. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "client/client.h"

/**
 * LwJournal: remembers of each server what was told last, and tells what is new.
 *
 * Values, keys and identities never stand in a line; what a peer says stands in quotes.
 */
typedef struct LwJournal LwJournal;

LwJournal *lw_journal_new(void);
void lw_journal_free(LwJournal *self);

/** The server's state may be another one. */
void lw_journal_server(LwJournal *self, LwServer *server, LwNow now);
/** The server is about to go. */
void lw_journal_forget(LwJournal *self, const LwServer *server);
void lw_journal_operation(
                uint16_t server, LwOperation operation, const LwPath *path, LwStatus status);

/** A Send is over at a server. One line when a server begins to refuse them, and not for each. */
void lw_journal_sent(LwJournal *self, uint64_t id, uint16_t server, const LwSendResult *result);

/** One line about the whole agent, for `systemctl status`. Caller frees. */
char *lw_journal_summary(const LwClient *client);
