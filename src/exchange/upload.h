/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwUpload: one body that a peer sends in blocks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/time.h"
#include "exchange/exchange.h"

typedef struct LwUpload LwUpload;

/**
 * How a step on a sink went, for the request that waits for it; the step may be over before it is
 * asked for. `finished`: the body is whole and the sink is done with it. The callee may free the
 * upload.
 */
typedef void (*LwUploadDone)(
                void *user, LwUpload *upload, LwTicket ticket, bool finished, const GError *error);

/**
 * LwUpload: one body that comes in blocks, in order, each acknowledged before the next.
 *
 * It goes into a sink, or is joined up to LW_BODY_MAX.
 * Source: RFC 7959, 2.3 to 2.5.
 */
struct LwUpload {
        uint64_t place; /* method, path, query and Accept: where it goes */
        uint64_t key;   /* the same with the Request-Tag: which body it is (RFC 9175, 3.2) */
        uint64_t class; /* its Content-Format, which stays */
        LwUsec idle_end;
        LwTicket ticket; /* the request that waits for the step under way; 0: none does */
        LwSink *sink;    /* NULL: joined */
        GByteArray *joined;
        uint64_t received;  /* bytes taken, those of the step under way among them */
        size_t last_length; /* of the block taken last */
        bool is_last;       /* that block ended the body */
        bool is_stepping;   /* inside a call of the sink */
        bool is_over;       /* the step ended inside that call */
        bool is_finishing;  /* the step under way is the sink's finish */
        GError *over_error; /* ... and how */
        LwUploadDone done;
        void *user;
};

/** `sink` NULL: joined. Takes over the sink. */
LwUpload *lw_upload_new(LwSink *sink, LwUploadDone done, void *user);
/** Aborts the sink unless it is done. */
void lw_upload_free(LwUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwUpload, lw_upload_free)

/** What came of a block. */
typedef enum LwUploadResult {
        LW_UPLOAD_REFUSED,  /* see the error; the upload goes on with the block that it waits for */
        LW_UPLOAD_OVERFLOW, /* it is longer than can be joined; the upload is of no more use */
        LW_UPLOAD_WAITS,    /* `done` will say, or has said */
        LW_UPLOAD_CONTINUES, /* 2.31 */
        LW_UPLOAD_COMPLETE,  /* `joined` has all */
} LwUploadResult;

/**
 * Takes one block. One that was taken last is not taken twice; if its step is still under way,
 * `ticket` waits in place of the former one, which goes into `ret_replaced` (else 0). With
 * LW_UPLOAD_WAITS the upload may be gone. Errors: 4.00, 4.08, 4.13.
 */
LwUploadResult lw_upload_take(LwUpload *self, const LwBlock *block, const uint8_t *data,
                size_t length, LwTicket ticket, LwNow now, LwTicket *ret_replaced, GError **error);
