/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request to a client that is under way, or an observation. */
#include "testserver/errand.h"

#include "model/limits.h"
#include "model/status.h"

LwTestErrand *lw_test_errand_new(GPtrArray *all, LwTestClient *client, const char *name,
                char *subject, LwTestDone done, void *user)
{
        LwTestErrand *self = g_new0(LwTestErrand, 1);

        self->all = all;
        self->client = client;
        self->peer = client->peer;
        self->name = name;
        self->subject = subject;
        self->done = done;
        self->user = user;
        lw_test_peer_hold(self->peer);
        g_ptr_array_add(all, self);
        return self;
}

void lw_test_errand_free(LwTestErrand *self)
{
        if (self == NULL)
                return;
        g_ptr_array_remove_fast(self->all, self);
        if (self->id != 0)
                lw_exchange_drop(self->peer->exchange, self->id);
        lw_test_peer_release(self->peer);
        lw_test_blocks_free(self->blocks);
        lw_test_held_free(self->held);
        lw_test_file_unref(self->save);
        lw_test_ask_clear(&self->kept);
        g_free(self->subject);
        g_free(self);
}

void lw_test_errand_answer(LwTestErrand *self, const LwTestAnswer *answer, const GError *error)
{
        LwTestDone done = self->done;

        self->done = NULL;
        if (done != NULL)
                done(self->user, answer, error);
}

void lw_test_errand_fail(LwTestErrand *self, const GError *error)
{
        LwTestDone done = self->done;
        void *user = self->user;

        lw_test_errand_free(self);
        if (done != NULL)
                done(user, NULL, error);
}

void lw_test_errand_gone(LwTestErrand *self)
{
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "'%s' is not registered any more", self->client->endpoint);

        lw_test_errand_fail(self, error);
}

/* Out */

void lw_test_errand_hold(LwTestErrand *self, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwNow now)
{
        self->size = body != NULL ? lw_blob_size(body) : 0;
        self->held = lw_test_held_new(head, body, way, flags, now);
}

LwTestHeld *lw_test_errand_unhold(LwTestErrand *self, LwNow now)
{
        LwTestHeld *held = g_steal_pointer(&self->held);

        lw_test_peer_hold(self->client->peer);
        lw_test_peer_release(self->peer);
        self->peer = self->client->peer;
        held->way.timeout_usec = held->deadline > now.boot ? held->deadline - now.boot : 0;
        return held;
}

static bool on_content(
                void *user, uint64_t offset, const uint8_t *data, size_t length, GError **error)
{
        const LwTestErrand *self = user;

        return lw_test_file_put(self->save, offset, data, length, error);
}

bool lw_test_errand_send_block(LwTestErrand *self, LwNow now, GError **error)
{
        g_autoptr(LwBlob) block = NULL;
        LwMessage message;

        if (!lw_test_blocks_next(self->blocks, &message, &block, error))
                return false;
        self->id = lw_exchange_request(self->peer->exchange, &message, block,
                        self->kept.way.timeout_usec, LW_EXCHANGE_SINGLE, self->on_response, self,
                        now, error);
        return self->id != 0;
}

static bool begin_blocks(LwTestErrand *self, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwNow now, GError **error)
{
        if (body == NULL) {
                g_set_error_literal(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the option blocks needs content to be cut");
                return false;
        }
        self->kept.way.timeout_usec = way->timeout_usec;
        self->blocks = lw_test_blocks_new(head, body,
                        way->block_size != 0 ? way->block_size : LW_BLOCK_SIZE, way->order, error);
        return self->blocks != NULL && lw_test_errand_send_block(self, now, error);
}

bool lw_test_errand_send(LwTestErrand *self, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwExchangeDone on_response, LwNow now,
                GError **error)
{
        LwExchangeHow how = {
                .block_size = way->block_size,
                .answer_max = way->save != NULL ? LW_ANSWER_FILE_MAX : LW_ANSWER_MAX,
                .take = way->save != NULL ? on_content : NULL,
        };
        bool sent;

        self->on_response = on_response;
        self->save = lw_test_file_ref(way->save);
        self->size = body != NULL ? lw_blob_size(body) : 0;
        if (way->non)
                flags |= LW_EXCHANGE_NON;
        if (way->order != NULL) {
                sent = begin_blocks(self, head, body, way, now, error);
        } else {
                self->id = lw_exchange_request_how(self->peer->exchange, head, body, &how,
                                way->timeout_usec, flags, on_response, self, now, error);
                sent = self->id != 0;
        }
        if (!sent)
                lw_test_errand_free(self);
        return sent;
}
