/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTestOptions: the a{sv} of a method that asks a client for something. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "base/time.h"

/* Which keys a method takes; timeout_usec and non go with all. */
#define LW_TEST_OPTION_FORMAT 1u /* format: of the payload */
#define LW_TEST_OPTION_ACCEPT 2u /* accept: of the answer */
#define LW_TEST_OPTION_MODE 4u   /* mode: replace or update */
#define LW_TEST_OPTION_RAW 8u    /* payload, observe, options: of a raw request */

/**
 * LwTestOptions: what the keys said.
 *
 * Shape:  formats are LW_FORMAT_NONE when they were not given; `raw` holds LwTestRawOption.
 * Owns:   payload and raw: lw_test_options_clear().
 */
typedef struct LwTestOptions {
        int32_t format;
        int32_t accept;
        bool update;
        bool non;
        LwUsec timeout_usec;
        bool has_observe;
        uint32_t observe;
        GBytes *payload;
        GArray *raw;
} LwTestOptions;

/** A CoAP option as it goes over the wire. */
typedef struct LwTestRawOption {
        uint16_t number;
        GBytes *value;
} LwTestRawOption;

/** A negative errno with `error` set to InvalidArgs where something is wrong. */
int lw_test_options_read(sd_bus_message *m, unsigned allowed, LwTestOptions *ret_options,
                sd_bus_error *error);
void lw_test_options_clear(LwTestOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestOptions, lw_test_options_clear)
