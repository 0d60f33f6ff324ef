/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of options, each from a variant that has been entered; `signature` is its content's.
 */
#pragma once

#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "testserver/file.h"

/** A CoAP option as it goes over the wire. */
typedef struct LwTestRawOption {
        uint16_t number;
        GBytes *value;
} LwTestRawOption;

/** InvalidArgs: "`key` wants `right`". */
int lw_test_wrong_type(sd_bus_error *error, const char *key, const char *right);

/** A number of any width. Returns 1, 0 for what is no number from 0 on, or a negative errno. */
int lw_test_read_number(sd_bus_message *m, const char *signature, uint64_t *ret_number);

/* These return 0, or a negative errno, with `error` set where something is wrong. */

/** A word as "tlv", or a number, as text or as it is. */
int lw_test_read_format(
                sd_bus_message *m, const char *signature, int32_t *ret_format, sd_bus_error *error);
/** Text or bytes. */
int lw_test_read_bytes(
                sd_bus_message *m, const char *signature, GBytes **ret_bytes, sd_bus_error *error);
/** Numbers and values; adds to `options`, which holds LwTestRawOption. */
int lw_test_read_raw_options(
                sd_bus_message *m, const char *signature, GArray *options, sd_bus_error *error);

/** lw_test_file_open() or lw_test_file_create(). */
typedef LwTestFile *(*LwTestFileOpen)(const char *path, GError **error);

/** A path, which `open_path` opens, or a descriptor. */
int lw_test_read_file(sd_bus_message *m, const char *signature, LwTestFileOpen open_path,
                LwTestFile **ret_file, sd_bus_error *error);
