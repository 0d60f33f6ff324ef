/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tree with one object of every kind of resource, and a provider that can be told how to behave.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/registry.h"
#include "model/values.h"
#include "tree/dispatch.h"
#include "tree/tree.h"

/*
 * Object 1000 (several instances), version 2.1:
 *   0 R string, mandatory · 1 RW integer 0..100, mandatory · 2 E · 3 R integers · 4 RW strings
 *   5 W opaque · 6 RW object link · 7 R string · 8 R opaque
 * Object 1001 (one instance): 0 R string.
 */
#define FIXTURE_OBJECT 1000
#define FIXTURE_SINGLE 1001

/** A provider that keeps values, and answers at once, late, or with a failure. */
typedef struct FixtureProvider {
        LwProvider provider;
        LwValues *values;
        bool late;       /* keep the call in `waiting` */
        LwStatus status; /* 0: succeed; else fail with it */
        LwCall *waiting;
        bool refuses;     /* in prepare(), which only fixture_preparing_ops have */
        LwTree *tree;     /* where it puts what it creates */
        uint16_t instead; /* creates this instance in place of a proposed one, unless it is 0 */
        unsigned reads, writes, executes, creates, deletes, prepares;
        size_t paths; /* of the last read */
        bool replaced;
        bool chosen;   /* of the last create */
        LwPath target; /* of the last write, create or delete */
        char *arguments;
} FixtureProvider;

/** For a provider that is to have prepare(), too. */
extern const LwProviderOps fixture_preparing_ops;
/** For one that can write, but not prepare. */
extern const LwProviderOps fixture_writing_ops;

typedef struct Fixture {
        LwRegistry *registry;
        LwTree *tree;
        FixtureProvider one, other;
} Fixture;

/** A tree with /1000/0 (resources 0 to 6 by `one`) and /1001/0 (by `one`). */
void fixture_setup(Fixture *self);
void fixture_teardown(Fixture *self);
/** Lets a waiting read or write of `provider` go on. */
void fixture_continue(FixtureProvider *provider);
void fixture_set(FixtureProvider *provider, const char *path, LwValue value);

/** What came back from a dispatch. */
typedef struct FixtureAnswer {
        unsigned count;
        LwResponse response;
} FixtureAnswer;
void fixture_on_answer(void *user, LwResponse *response);
void fixture_answer_clear(FixtureAnswer *self);

/** A request of server 101 in 1.1, without payload. */
LwRequest fixture_request(LwOperation operation, const char *path);
LwPath fixture_path(const char *text);
