/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a service answers to Provider1.Read: values of what it was asked for, and what it could not
 * say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/path.h"
#include "model/registry.h"
#include "model/values.h"

/** How it went with one path. */
typedef enum LwAnswerOutcome {
        LW_ANSWER_ABSENT, /* not in the answer: it has no value */
        LW_ANSWER_VALUE,
        LW_ANSWER_FAILED, /* the service says that it cannot tell */
        LW_ANSWER_BAD,    /* the service's mistake: another type, out of range */
} LwAnswerOutcome;

/** LwAnswerPart: one path that was asked for, and how it went. */
typedef struct LwAnswerPart {
        LwPath path;
        LwAnswerOutcome outcome;
} LwAnswerPart;

/** A mistake of the service; `path` NULL: of the answer as a whole. */
typedef void (*LwAnswerMistake)(void *user, const LwPath *path, const char *what);

/** An opaque value comes through a pipe, whose descriptor is gone after the call. Errors: it
 * cannot.
 */
typedef bool (*LwAnswerPipe)(void *user, const LwPath *path, int fd, GError **error);

/** What whoever reads an answer wants to be told. */
typedef struct LwAnswerEvents {
        LwAnswerMistake mistake;
        LwAnswerPipe pipe; /* NULL: pipes are mistakes */
} LwAnswerEvents;

/**
 * Reads (a{sv} values, a{s(ss)} failed). `parts` are what was asked for, by ascending path; their
 * outcome is set. Good values go to `values`; one bad value takes none of the others away. The
 * first of `failed` is `*ret_failure`, in the service's words; it stays untouched if there is none.
 * Keys that were not asked for are left out, as mistakes.
 * Errors: false when it is no such answer at all.
 */
bool lw_answer_read(sd_bus_message *reply, LwRegistry *registry, LwAnswerPart *parts, size_t count,
                const LwAnswerEvents *events, void *user, LwValues *values, GError **ret_failure);
