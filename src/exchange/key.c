/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a request asks for, as a number. */
#include "exchange/key.h"

#include <string.h>

#include "exchange/exchange.h"

#define SEED UINT64_C(0xcbf29ce484222325)
#define PRIME UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t hash, uint64_t word)
{
        hash = (hash ^ word) * PRIME;
        return hash ^ hash >> 29;
}

uint64_t lw_key_hash(uint64_t seed, const uint8_t *data, size_t length)
{
        uint64_t hash = mix(seed, length);
        uint64_t word;

        for (; length >= sizeof(word); data += sizeof(word), length -= sizeof(word)) {
                memcpy(&word, data, sizeof(word));
                hash = mix(hash, word);
        }
        word = 0;
        if (length > 0)
                memcpy(&word, data, length);
        return mix(hash, word);
}

LwKey lw_key_of(const LwMessage *request)
{
        uint64_t hash = mix(SEED, request->code);

        for (unsigned i = 0; i < request->option_count; i++) {
                const LwOption *option = &request->options[i];

                if (option->number == LW_OPTION_URI_PATH || option->number == LW_OPTION_URI_QUERY ||
                                option->number == LW_OPTION_ACCEPT)
                        hash = lw_key_hash(
                                        mix(hash, option->number), option->value, option->length);
        }
        return (LwKey){
                .bare = hash,
                .whole = request->payload_length == 0 ? hash
                                                      : lw_key_hash(hash, request->payload,
                                                                        request->payload_length),
        };
}

uint64_t lw_exchange_key(const LwMessage *request)
{
        return lw_key_of(request).whole;
}
