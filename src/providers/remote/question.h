/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwQuestion: one call of org.lwm2md.Provider1, from the request to its end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "model/values.h"
#include "providers/remote/answer.h"
#include "providers/remote/pipes.h"
#include "tree/call.h"

/** The methods of Provider1 that a request leads to; all but Read change something. */
typedef enum LwQuestionVerb {
        LW_QUESTION_READ,
        LW_QUESTION_WRITE,
        LW_QUESTION_EXECUTE,
        LW_QUESTION_CREATE,
        LW_QUESTION_DELETE,
} LwQuestionVerb;

/**
 * LwQuestion: what is asked, and what is needed when the answer comes.
 *
 * Shape:  a Read has `parts`, `count` of them by ascending path, and in `known` what needs not be
 *         asked (of a Write the elements that go, of a Create its values); the others have `target`
 * and `arguments`, a sealed message with all but the context. `chosen`: a Create of exactly this
 * instance. `pipes` (NULL: none) are what a Read's answer has and is not here yet. Owns:   all but
 * `call`, which whoever ends the question finishes.
 */
typedef struct LwQuestion {
        LwQuestionVerb verb;
        LwCall *call;
        LwAnswerPart *parts;
        size_t count;
        LwValues *known;
        LwPath target;
        bool chosen;
        sd_bus_message *arguments;
        LwPipes *pipes;
        uint64_t reports; /* the provider's, when it was asked */

        /* the asker's */
        LwUsec deadline;
        sd_bus_slot *slot;
        void *asker;
        GList link;
} LwQuestion;

/** A Read of `paths`, in any order. */
LwQuestion *lw_question_new_read(LwCall *call, const LwPath *paths, size_t count);
/** Any other: without arguments yet. */
LwQuestion *lw_question_new(LwQuestionVerb verb, LwCall *call, const LwPath *target);
/** `call` is not touched. */
void lw_question_free(LwQuestion *self);

/** "Read", "Write" ... */
const char *lw_question_member(const LwQuestion *self);

/** Begins the arguments: a message on `bus` to append to. NULL: the bus cannot any more. */
sd_bus_message *lw_question_begin(LwQuestion *self, sd_bus *bus);
/** All has been appended. Negative errno. */
int lw_question_seal(LwQuestion *self);

/** Appends the arguments and, with the time that is left, the context. Negative errno. */
int lw_question_append(LwQuestion *self, sd_bus_message *m, LwUsec left_usec);
