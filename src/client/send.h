/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Send operation: what a program of this host wants to be sent, to which servers, and what
 * became of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "client/client.h"
#include "client/send-result.h"
#include "model/path.h"
#include "model/values.h"

/**
 * LwSendRequest: one Send.
 *
 * Shape:  `server` 0 stands for all that take it. Either `paths`, whose values are read as each of
 *         the servers would read them, or `values`, sorted, of which each gets what it may read.
 *         `real_usec` is when those that have no time of their own were true, 0: when they are
 * read. Owns:   nothing.
 */
struct LwSendRequest {
        uint16_t server;
        const LwPath *paths;
        size_t path_count;
        const LwValues *values;
        int64_t real_usec;
};

/** LwSending: a Send that is under way: what it is called, and how many servers take it. */
typedef struct LwSending {
        uint64_t id;
        unsigned servers;
} LwSending;

/**
 * Sends, or keeps until a server can be reached; LwClientEvents.sent tells what became of it, once
 * for each server, after this has returned. `ret_sending` names it there. Source: OMA LwM2M
 * Core 1.1, Send.
 *
 * Errors: of the paths 4.00 none, too many or the root, 4.01 a closed object, 4.04 nothing there,
 * 4.05 a resource that cannot be read; of the servers 4.12 none is registered, or is to be, 4.05
 * all have muted Send or are too old for it, 5.03 too many wait for their values. With more than
 * one server it is enough that one takes it.
 */
bool lw_client_send(LwClient *self, const LwSendRequest *request, LwNow now, LwSending *ret_sending,
                GError **error);
