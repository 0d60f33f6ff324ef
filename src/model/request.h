/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRequest and LwResponse: an operation of the standard without its transport. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "model/blob.h"
#include "model/path.h"
#include "model/status.h"
#include "model/values.h"

/** The operations of the interfaces Device Management and Information Reporting. */
typedef enum LwOperation {
        LW_OPERATION_READ,
        LW_OPERATION_DISCOVER,
        LW_OPERATION_WRITE,        /* Replace */
        LW_OPERATION_WRITE_UPDATE, /* Partial Update */
        LW_OPERATION_WRITE_ATTRIBUTES,
        LW_OPERATION_EXECUTE,
        LW_OPERATION_CREATE,
        LW_OPERATION_DELETE,
        LW_OPERATION_READ_COMPOSITE,
        LW_OPERATION_WRITE_COMPOSITE,
        LW_OPERATION_OBSERVE,
        LW_OPERATION_CANCEL,
        LW_OPERATION_OBSERVE_COMPOSITE,
        LW_OPERATION_CANCEL_COMPOSITE,
} LwOperation;

/** The standard's word: "Read", "Write", "Write-Attributes". Both kinds of Write are "Write". */
const char *lw_operation_name(LwOperation operation);

/* Content-Formats. Source: IANA, "CoAP Content-Formats". */
#define LW_FORMAT_NONE (-1) /* the option is absent */
#define LW_FORMAT_TEXT 0
#define LW_FORMAT_LINK 40
#define LW_FORMAT_OPAQUE 42
#define LW_FORMAT_CBOR 60
#define LW_FORMAT_SENML_JSON 110
#define LW_FORMAT_SENML_CBOR 112
#define LW_FORMAT_ETCH_JSON 320
#define LW_FORMAT_ETCH_CBOR 322
#define LW_FORMAT_TLV 11542
#define LW_FORMAT_JSON 11543
#define LW_FORMAT_LWM2M_CBOR 11544

/** LwVersion: the enabler version that a registration agreed on. */
typedef enum LwVersion {
        LW_VERSION_1_0,
        LW_VERSION_1_1,
        LW_VERSION_1_2,
} LwVersion;

/** "1.1" */
const char *lw_version_text(LwVersion version);
bool lw_version_parse(const char *text, LwVersion *ret_version);

/** The asking server that is no server: the control interface of this host. */
#define LW_SERVER_LOCAL 0

/**
 * LwRequest: one operation that somebody asks for.
 *
 * Shape:  a server's request has `payload` in `format` (LW_FORMAT_NONE without one) and wants its
 *         answer in `accept` (LW_FORMAT_NONE: our choice). A local one has `values` instead and
 *         wants values. `query` holds the Uri-Query options. A composite Read has its paths in the
 *         payload, or, when it is ours to read again, in `paths`. `unencoded`: a Read's answer is
 *         wanted as values, and `format` only says how a server wants to have them.
 * Owns:   nothing: it and all it points to are gone when the call it was given to returns.
 */
typedef struct LwRequest {
        LwOperation operation;
        uint16_t server; /* Short Server ID, or LW_SERVER_LOCAL */
        LwVersion version;
        LwPath path;
        int32_t format;
        int32_t accept;
        const uint8_t *payload;
        size_t payload_length;
        const LwValues *values;
        const LwPath *paths;
        size_t path_count;
        const char *const *query;
        size_t query_count;
        bool unencoded;
        LwNow now;
} LwRequest;

/**
 * LwResponse: its answer.
 *
 * Shape:  on success `payload` in `format` (or, for a local request, `values`), or neither;
 *         `location` (length 0: none) of what was created. On failure `diagnostic`, a sentence or
 * NULL. Owns:   all of it: lw_response_clear().
 */
typedef struct LwResponse {
        LwStatus status;
        int32_t format;
        LwBlob *payload;
        LwValues *values;
        LwPath location;
        char *diagnostic;
} LwResponse;

void lw_response_clear(LwResponse *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwResponse, lw_response_clear)

/** An answer without content: 2.04, 2.02 ... */
LwResponse lw_response_status(LwStatus status);
/** The answer to a failure, with its message as diagnostic. */
LwResponse lw_response_error(const GError *error);
