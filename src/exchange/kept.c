/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that outlives the one it was made of. */
#include "exchange/kept.h"

#include <string.h>

#include <glib.h>

struct LwKept {
        size_t payload_length;
        const uint8_t *payload;
        LwMessageType type;
        uint8_t code;
        uint8_t token_length;
        uint8_t option_count;
        uint8_t token[LW_TOKEN_MAX];
        LwOption options[]; /* and behind them the bytes that they and `payload` point to */
};

static uint8_t *put(uint8_t *place, const void *bytes, size_t length)
{
        if (length > 0)
                memcpy(place, bytes, length);
        return place + length;
}

LwKept *lw_kept_new(const LwMessage *message)
{
        size_t size = sizeof(LwKept) + message->option_count * sizeof(LwOption);
        size_t bytes = message->payload_length;
        uint8_t *place;
        LwKept *self;

        for (unsigned i = 0; i < message->option_count; i++)
                bytes += message->options[i].length;
        self = g_malloc(size + bytes);
        place = (uint8_t *) self + size;
        self->type = message->type;
        self->code = message->code;
        self->token_length = message->token_length;
        memcpy(self->token, message->token, message->token_length);
        self->option_count = message->option_count;
        for (unsigned i = 0; i < message->option_count; i++) {
                self->options[i] = message->options[i];
                self->options[i].value = place;
                place = put(place, message->options[i].value, message->options[i].length);
        }
        self->payload = place;
        self->payload_length = message->payload_length;
        put(place, message->payload, message->payload_length);
        return self;
}

void lw_kept_free(LwKept *self)
{
        g_free(self);
}

void lw_kept_message(const LwKept *self, LwMessage *ret_message)
{
        lw_message_init(ret_message, self->type, self->code);
        ret_message->token_length = self->token_length;
        memcpy(ret_message->token, self->token, self->token_length);
        ret_message->option_count = self->option_count;
        memcpy(ret_message->options, self->options, self->option_count * sizeof(LwOption));
        ret_message->payload = self->payload;
        ret_message->payload_length = self->payload_length;
}
