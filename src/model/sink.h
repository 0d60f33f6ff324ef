/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSink: a large value to fill, from front to end: append, then finish or abort. */
#pragma once

#include <stdint.h>

#include <glib.h>

/**
 * Says how a step went: `error` is NULL, or its code is the response (the callee copies it).
 * Called once for each step, perhaps before the step returns.
 */
typedef void (*LwSinkDone)(void *user, const GError *error);

/**
 * LwSink: where a body that is too large for memory goes.
 *
 * One step at a time: the next one comes after `done`, which is how a slow disk slows its sender.
 * `finish` says that all has come, and ends the sink; so does `abort`. After one of them the caller
 * does not touch it again. An abort may come while a step is under way; then `done` is not called.
 */
typedef struct LwSink LwSink;

typedef struct LwSinkOps {
        /** `data` is the caller's and gone after the call. */
        void (*append)(LwSink *self, const uint8_t *data, size_t length, LwSinkDone done,
                        void *user);
        void (*finish)(LwSink *self, LwSinkDone done, void *user);
        void (*abort)(LwSink *self);
} LwSinkOps;

struct LwSink {
        const LwSinkOps *ops;
};
