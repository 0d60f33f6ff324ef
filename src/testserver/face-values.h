/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client's methods take and give: values to write, links, requests as they stand. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "exchange/message.h"
#include "model/path.h"
#include "model/registry.h"
#include "model/values.h"
#include "testserver/options.h"

/**
 * Reads the variant of a Write to `path`: for a resource or resource instance a value as a person
 * types it; for an instance an a{sv}, resource ids ("7") or paths to values. Where there is no
 * definition the type is that of the variant; ranges are not checked, as that is what a client
 * does. Errors: 4.00, with what would be right.
 */
bool lw_test_read_values(sd_bus_message *m, const LwPath *path, LwRegistry *registry,
                LwValues *values, GError **error);

/** A link-format document, cut into its links, NULL-terminated: "</3/0/6>;dim=2". Caller frees. */
char **lw_test_split_links(const char *text, size_t length);

/** LwTestRequest: a message made from words, and all that its options point to. */
typedef struct LwTestRequest LwTestRequest;

/**
 * `method` is GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH; `path` "/3/0?pmin=10",
 * percent-encoded, each segment and each part of the query an option of its own, whatever it is.
 * Errors: 4.00.
 */
LwTestRequest *lw_test_request_new(
                const char *method, const char *path, const LwTestOptions *options, GError **error);
void lw_test_request_free(LwTestRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwTestRequest, lw_test_request_free)
const LwMessage *lw_test_request_message(const LwTestRequest *self);
