/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservation: one observation. */
#include "client/observation.h"

#include <string.h>

#include "exchange/exchange.h"

#define CONFIRM_USEC (24 * 3600 * LW_USEC_PER_SEC)
#define SEQUENCE_MASK 0xffffffu

LwObservation *lw_observation_new(const LwMessage *message, const LwRequest *request)
{
        LwObservation *self = g_new0(LwObservation, 1);

        self->path = request->path;
        memcpy(self->token, message->token, message->token_length);
        self->token_length = message->token_length;
        self->version = request->version;
        self->format = request->accept;
        self->key = lw_exchange_key(message);
        self->confirmed = request->now.boot;
        self->sent_real_usec = request->now.real_usec;
        return self;
}

void lw_observation_free(LwObservation *self)
{
        if (!self)
                return;
        lw_blob_unref(self->last);
        g_free(self);
}

bool lw_observation_has_token(const LwObservation *self, const uint8_t *token, size_t length)
{
        return self->token_length == length && memcmp(self->token, token, length) == 0;
}

static bool same(const LwBlob *a, const LwBlob *b)
{
        uint64_t size = lw_blob_size(a);

        if (a == b)
                return true;
        if (size != lw_blob_size(b) || !lw_blob_data(a) || !lw_blob_data(b))
                return false;
        return memcmp(lw_blob_data(a), lw_blob_data(b), size) == 0;
}

bool lw_observation_take(LwObservation *self, LwBlob *payload)
{
        if (self->last && same(self->last, payload))
                return false;
        lw_blob_unref(self->last);
        self->last = lw_blob_ref(payload);
        return true;
}

uint32_t lw_observation_next(LwObservation *self)
{
        return self->sequence = (self->sequence + 1) & SEQUENCE_MASK;
}

bool lw_observation_confirm(LwObservation *self, LwNow now)
{
        if (now.boot < lw_usec_add(self->confirmed, CONFIRM_USEC))
                return false;
        self->confirmed = now.boot;
        return true;
}
