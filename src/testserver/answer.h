/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestAnswer: what a client answered. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/path.h"
#include "model/registry.h"
#include "model/status.h"
#include "model/values.h"

/**
 * LwTestAnswer: an answer, an error of the client's included.
 *
 * Shape:  `format` is LW_FORMAT_NONE without content; `values` is what the content says, NULL if
 *         there is none, or it is link format; `message` is the answer itself.
 * Owns:   values: lw_test_answer_clear(). The message is gone with the call that brought it.
 */
typedef struct LwTestAnswer {
        LwStatus status;
        int32_t format;
        const LwMessage *message;
        LwValues *values;
} LwTestAnswer;

/** The answer without a look at its content. */
LwTestAnswer lw_test_answer(const LwMessage *message);
/** Reads its content, the answer to a request for `path`. Errors: 5.00 it cannot be read. */
bool lw_test_answer_read(
                LwTestAnswer *self, const LwPath *path, LwRegistry *registry, GError **error);
/**
 * What the client says of an error, printable and at most LW_DIAGNOSTIC_MAX bytes of it; empty
 * where it says nothing. Caller frees. Source: RFC 7252, 5.5.2.
 */
char *lw_test_answer_diagnostic(const LwTestAnswer *self);
/**
 * Where the answer says that something was created, "/3303/7", without the client's `prefix`;
 * empty where it does not. Caller frees.
 */
char *lw_test_answer_location(const LwTestAnswer *self, char *const *prefix);
void lw_test_answer_clear(LwTestAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestAnswer, lw_test_answer_clear)
