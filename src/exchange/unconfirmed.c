/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which token the last Non-confirmable messages of ours had. */
#include "exchange/unconfirmed.h"

#include <string.h>

void lw_unconfirmed_add(LwUnconfirmed *self, const LwMessage *message, uint16_t mid)
{
        struct LwUnconfirmedEntry *entry = &self->entries[self->next];

        self->next = (self->next + 1) % LW_UNCONFIRMED_MAX;
        entry->used = true;
        entry->mid = mid;
        entry->token_length = message->token_length;
        memcpy(entry->token, message->token, message->token_length);
}

bool lw_unconfirmed_take(LwUnconfirmed *self, uint16_t mid, uint8_t ret_token[static LW_TOKEN_MAX],
                size_t *ret_token_length)
{
        /* the newest first, should an id have come round */
        for (unsigned i = 1; i <= LW_UNCONFIRMED_MAX; i++) {
                struct LwUnconfirmedEntry *entry =
                                &self->entries[(self->next + LW_UNCONFIRMED_MAX - i) %
                                                LW_UNCONFIRMED_MAX];

                if (!entry->used || entry->mid != mid)
                        continue;
                entry->used = false;
                memcpy(ret_token, entry->token, entry->token_length);
                *ret_token_length = entry->token_length;
                return true;
        }
        return false;
}
