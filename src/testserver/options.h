/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestOptions: the a{sv} of a method that asks a client for something. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"
#include "model/values.h"
#include "testserver/ask.h"
#include "testserver/file.h"
#include "testserver/option-values.h"

/* Which keys a method takes; timeout_usec, non and block_size go with all. */
#define LW_TEST_OPTION_FORMAT 1u       /* format: of the payload */
#define LW_TEST_OPTION_ACCEPT 2u       /* accept: of the answer */
#define LW_TEST_OPTION_MODE 4u         /* mode: replace or update */
#define LW_TEST_OPTION_RAW 8u          /* payload, observe, options: of a raw request */
#define LW_TEST_OPTION_SOURCE 16u      /* file: the payload, as it stands */
#define LW_TEST_OPTION_TARGET 32u      /* file: where the content of the answer goes */
#define LW_TEST_OPTION_BLOCKS 64u      /* blocks: which of the payload are sent, in their order */
#define LW_TEST_OPTION_DEPTH 128u      /* depth: of a Discover */
#define LW_TEST_OPTION_ATTRIBUTES 256u /* attributes: of an Observe */
#define LW_TEST_OPTION_UNSET 512u      /* unset: of a Write-Attributes */
#define LW_TEST_OPTION_INSTANCE 1024u  /* instance: of a Create */
#define LW_TEST_OPTION_REMOVE 2048u    /* remove: of a Write-Composite */

/**
 * LwTestOptions: what the keys said.
 *
 * Shape:  formats are LW_FORMAT_NONE when they were not given; `raw` holds LwTestRawOption,
 * `blocks` uint32_t, NULL if it was not given, `queries` char * of what goes into Uri-Query,
 * `removed` entries of LW_TYPE_NONE. `block_size` 0 and `file` NULL: not given. Owns:   all that it
 * points to: lw_test_options_clear().
 */
typedef struct LwTestOptions {
        int32_t format;
        int32_t accept;
        bool update;
        bool non;
        LwUsec timeout_usec;
        uint16_t block_size;
        bool has_observe;
        uint32_t observe;
        bool has_instance;
        uint16_t instance;
        GBytes *payload;
        GArray *raw;
        LwTestFile *file;
        GArray *blocks;
        GPtrArray *queries;
        LwValues *removed;
} LwTestOptions;

/** A negative errno with `error` set to InvalidArgs where something is wrong. */
int lw_test_options_read(sd_bus_message *m, unsigned allowed, LwTestOptions *ret_options,
                sd_bus_error *error);
void lw_test_options_clear(LwTestOptions *self);
/** How they want a request to travel; it points into them. A `file` is where the answer goes if
 * `saves`. */
LwTestWay lw_test_options_way(const LwTestOptions *self, bool saves);
/** Their queries, NULL-terminated; NULL if there are none. They stay theirs. */
char **lw_test_options_queries(const LwTestOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestOptions, lw_test_options_clear)
