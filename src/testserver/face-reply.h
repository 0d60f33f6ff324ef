/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestCall: a method call that waits for a client's answer, and the reply to it. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/path.h"
#include "testserver/answer.h"
#include "testserver/clients.h"

typedef struct LwTestCall LwTestCall;

/** Sends the reply to `call`: what the client answered is a success here, its errors included.
 * Returns a negative errno. */
typedef int (*LwTestReply)(const LwTestCall *call, const LwTestAnswer *answer);

/**
 * LwTestCall: what a method call waits with.
 *
 * Shape:  `path` is the operation's. `asked` is what a Create wants to make, of length 0 where the
 *         client chooses.
 * Owns:   a reference to the message.
 */
struct LwTestCall {
        sd_bus_message *message;
        LwTestClient *client;
        LwPath path;
        LwPath asked;
        LwTestReply reply;
};

LwTestCall *lw_test_call_new(
                sd_bus_message *m, LwTestClient *client, const LwPath *path, LwTestReply reply);
void lw_test_call_free(LwTestCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestCall, lw_test_call_free)

/** The LwTestDone of every operation: `user` is the call, which is freed. */
void lw_test_call_done(void *user, const LwTestAnswer *answer, const GError *error);

/* The replies; a diagnostic ends each but the last. */
int lw_test_reply_status(const LwTestCall *call, const LwTestAnswer *answer);  /* "ss" */
int lw_test_reply_values(const LwTestCall *call, const LwTestAnswer *answer);  /* "sa{sv}s" */
int lw_test_reply_links(const LwTestCall *call, const LwTestAnswer *answer);   /* "sass" */
int lw_test_reply_created(const LwTestCall *call, const LwTestAnswer *answer); /* "sss" */
int lw_test_reply_raw(const LwTestCall *call, const LwTestAnswer *answer);     /* "sqay" */
