/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One body that a peer sends in blocks: into a sink at the sink's pace, or joined. */
#include "exchange/upload.h"

#include <glib.h>

#include "exchange/blockwise.h"
#include "model/limits.h"

LwUpload *lw_upload_new(LwSink *sink, LwUploadDone done, void *user)
{
        LwUpload *self = g_new0(LwUpload, 1);

        self->sink = sink;
        self->joined = sink ? NULL : g_byte_array_new();
        self->done = done;
        self->user = user;
        return self;
}

void lw_upload_free(LwUpload *self)
{
        if (!self)
                return;
        if (self->sink)
                self->sink->ops->abort(self->sink);
        if (self->joined)
                g_byte_array_unref(self->joined);
        g_clear_error(&self->over_error);
        g_free(self);
}

/* Steps on a sink: append, and after the last append finish. */

static void on_step(void *user, const GError *error);

static void finish(LwUpload *self)
{
        self->is_stepping = true;
        self->is_finishing = true;
        self->sink->ops->finish(self->sink, on_step, self);
        self->is_stepping = false;
}

/** A step is over: the next one, or the answer. */
static void step_over(LwUpload *self, const GError *error)
{
        LwTicket ticket = self->ticket;

        if (!error && self->is_last && !self->is_finishing) {
                finish(self);
                if (self->is_over) {
                        self->is_over = false;
                        step_over(self, self->over_error);
                }
                return;
        }
        if (self->is_finishing)
                self->sink = NULL;
        self->ticket = 0;
        self->done(self->user, self, ticket, self->is_finishing && !error, error);
}

static void on_step(void *user, const GError *error)
{
        LwUpload *self = user;

        if (self->is_stepping) {
                self->is_over = true;
                self->over_error = error ? g_error_copy(error) : NULL;
        } else {
                step_over(self, error);
        }
}

static void append(LwUpload *self, const uint8_t *data, size_t length)
{
        self->is_stepping = true;
        self->sink->ops->append(self->sink, data, length, on_step, self);
        self->is_stepping = false;
        if (self->is_over) {
                self->is_over = false;
                step_over(self, self->over_error);
        }
}

/* Blocks */

static bool is_repeated(const LwUpload *self, uint64_t offset, const LwBlock *block, size_t length)
{
        return self->received > 0 && offset + length == self->received &&
               length == self->last_length && block->more != self->is_last;
}

static LwUploadResult take_again(LwUpload *self, LwTicket ticket, LwTicket *ret_replaced)
{
        if (self->ticket == 0)
                return LW_UPLOAD_CONTINUES;
        *ret_replaced = self->ticket;
        self->ticket = ticket;
        return LW_UPLOAD_WAITS;
}

static LwUploadResult join(LwUpload *self, const uint8_t *data, size_t length, GError **error)
{
        if (length > LW_BODY_MAX - self->joined->len) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the body is longer than %d bytes", LW_BODY_MAX);
                return LW_UPLOAD_OVERFLOW;
        }
        g_byte_array_append(self->joined, data, (unsigned) length);
        return self->is_last ? LW_UPLOAD_COMPLETE : LW_UPLOAD_CONTINUES;
}

/** Errors: 4.08. */
static bool check_order(const LwUpload *self, const LwBlock *block, uint64_t offset, GError **error)
{
        if (offset == self->received && self->ticket == 0)
                return true;
        if (offset == self->received)
                g_set_error(error, LW_ERROR, LW_STATUS_INCOMPLETE,
                                "block %u comes before the one ahead of it is acknowledged",
                                block->number);
        else
                g_set_error(error, LW_ERROR, LW_STATUS_INCOMPLETE,
                                "block %u of %u bytes is not at byte %" G_GUINT64_FORMAT,
                                block->number, block->size, self->received);
        return false;
}

LwUploadResult lw_upload_take(LwUpload *self, const LwBlock *block, const uint8_t *data,
                size_t length, LwTicket ticket, LwNow now, LwTicket *ret_replaced, GError **error)
{
        uint64_t offset = lw_block_offset(block);

        *ret_replaced = 0;
        if (!lw_block_check_length(block, length, error))
                return LW_UPLOAD_REFUSED;
        self->idle_end = lw_usec_add(now.boot, lw_usec_from_seconds(LW_TRANSFER_IDLE_SECONDS));
        if (is_repeated(self, offset, block, length))
                return take_again(self, ticket, ret_replaced);
        if (!check_order(self, block, offset, error))
                return LW_UPLOAD_REFUSED;
        self->received += length;
        self->last_length = length;
        self->is_last = !block->more;
        if (!self->sink)
                return join(self, data, length, error);
        self->ticket = ticket;
        if (length > 0)
                append(self, data, length);
        else
                step_over(self, NULL);
        return LW_UPLOAD_WAITS;
}
