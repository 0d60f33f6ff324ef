/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree with the product's own definitions, and requests to it as a server or this host makes
 * them. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "io/driver.h"
#include "io/worker.h"
#include "model/registry.h"
#include "tree/dispatch.h"
#include "tree/tree.h"

/** An object without a definition; 8 and those from 20000 to 20999 are others. */
#define LW_WORLD_UNDEFINED 9999

/** The object of the examples: each data type, arrays, an executable. */
#define LW_WORLD_EXAMPLE 26250

/** LwWorld: what a provider lives in. */
typedef struct LwWorld {
        LwDriver *driver;
        LwWorker *worker;
        LwRegistry *registry;
        LwTree *tree;
        GString *changes; /* what the tree told: "/3/0 /3/0/2 " */
} LwWorld;

void lw_world_make(LwWorld *self);
void lw_world_clear(LwWorld *self);

/** The definition of an object of ours, from data/objects. */
LwObjectDef *lw_world_definition(uint16_t object);

/** LwAnswer: how one request went. `status` 0: no answer yet. */
typedef struct LwAnswer {
        LwStatus status;
        char *text; /* the values that were read, "/3/0/0=Dell /3/0/11/0=0"; the links; the
                       diagnostic */
} LwAnswer;

void lw_answer_clear(LwAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwAnswer, lw_answer_clear)

/** Asks as this host itself; `answer` stays until it comes. Values are said like the text of an
 * answer. */
void lw_world_ask(LwWorld *self, LwOperation operation, const char *path, const char *text,
                LwAnswer *answer);
/** The same, and the answer must be this status and text (NULL: any). */
void lw_world_expect(LwWorld *self, LwOperation operation, const char *path, const char *text,
                LwStatus status, const char *answer);
/**
 * "/1/0/1=60 /19/0/0/1=AQI= /19/0/0=" as values of the types that the definitions have: an array,
 * or instance, with nothing behind the sign is empty; an element without a sign is to be removed.
 */
LwValues *lw_world_values(LwWorld *self, const char *text);
/** The reverse, appended. */
void lw_world_print(const LwValues *values, GString *text);
/** What takes the answer of a dispatch; `user` is the LwAnswer. */
void lw_world_on_answer(void *user, LwResponse *response);
/** Turns the loop once, without waiting. */
void lw_world_turn(LwWorld *self);
/** Runs what the worker has, and delivers it. */
void lw_world_work(LwWorld *self);
