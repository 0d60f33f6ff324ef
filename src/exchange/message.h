/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMessage: one CoAP message as plain data, options in order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/limits.h"
#include "model/path.h"
#include "model/status.h"

typedef enum LwMessageType {
        LW_MESSAGE_CON,
        LW_MESSAGE_NON,
        LW_MESSAGE_ACK,
        LW_MESSAGE_RST,
} LwMessageType;

/* Method codes. Source: RFC 7252, 12.1.1; RFC 8132. */
#define LW_METHOD_GET 1
#define LW_METHOD_POST 2
#define LW_METHOD_PUT 3
#define LW_METHOD_DELETE 4
#define LW_METHOD_FETCH 5
#define LW_METHOD_PATCH 6
#define LW_METHOD_IPATCH 7

/* Option numbers. Source: RFC 7252, RFC 7641, RFC 7959. */
#define LW_OPTION_IF_MATCH 1
#define LW_OPTION_URI_HOST 3
#define LW_OPTION_ETAG 4
#define LW_OPTION_IF_NONE_MATCH 5
#define LW_OPTION_OBSERVE 6
#define LW_OPTION_URI_PORT 7
#define LW_OPTION_LOCATION_PATH 8
#define LW_OPTION_OSCORE 9
#define LW_OPTION_URI_PATH 11
#define LW_OPTION_CONTENT_FORMAT 12
#define LW_OPTION_MAX_AGE 14
#define LW_OPTION_URI_QUERY 15
#define LW_OPTION_ACCEPT 17
#define LW_OPTION_LOCATION_QUERY 20
#define LW_OPTION_BLOCK2 23
#define LW_OPTION_BLOCK1 27
#define LW_OPTION_SIZE2 28
#define LW_OPTION_SIZE1 60
#define LW_OPTION_ECHO 252

typedef struct LwOption {
        uint16_t number;
        uint16_t length;
        const uint8_t *value;
} LwOption;

/**
 * LwMessage: one CoAP message.
 *
 * Shape:  options by ascending number. `mid` is the transport's business when sending.
 * Owns:   nothing that `value` and `payload` point to, but for the few bytes of
 * lw_message_add_uint(), which lie in `scratch` (so do not copy a message by value:
 * lw_message_copy_head()). lw_message_init() is all that is needed; nothing is to be cleared.
 */
typedef struct LwMessage {
        LwMessageType type;
        uint8_t code;
        uint8_t token_length;
        uint8_t option_count;
        uint8_t scratch_used;
        uint16_t mid;
        uint8_t token[LW_TOKEN_MAX];
        const uint8_t *payload;
        size_t payload_length;
        uint8_t scratch[64];
        LwOption options[LW_OPTIONS_MAX];
} LwMessage;

/** An empty message of this type and code. Touches the head alone, so that it costs nothing. */
void lw_message_init(LwMessage *self, LwMessageType type, uint8_t code);
/** Everything but the payload, scratch repaired. */
void lw_message_copy_head(LwMessage *self, const LwMessage *from);

/**
 * Adds an option at its place (behind those of the same number). The bytes stay the caller's.
 * False when the message is full.
 */
bool lw_message_add(LwMessage *self, uint16_t number, const void *value, size_t length);
bool lw_message_add_text(LwMessage *self, uint16_t number, const char *text);
/** An integer in its shortest form, 0 as no bytes. */
bool lw_message_add_uint(LwMessage *self, uint16_t number, uint32_t value);
/** Uri-Path options of a path of ours; the digits lie in scratch. */
bool lw_message_add_path(LwMessage *self, uint16_t number, const LwPath *path);
void lw_message_remove(LwMessage *self, uint16_t number);

/** The first option of that number, or NULL. */
const LwOption *lw_message_find(const LwMessage *self, uint16_t number);
/** Its value as an integer; false when it is absent or longer than 4 bytes. */
bool lw_message_find_uint(const LwMessage *self, uint16_t number, uint32_t *ret_value);

static inline bool lw_message_is_request(const LwMessage *self)
{
        return self->code >= 1 && self->code < 32;
}

/**
 * LwBlock: the value of a Block1 or Block2 option.
 * Source: RFC 7959, 2.2. `size` is in bytes, 16 to 1024.
 */
typedef struct LwBlock {
        uint32_t number;
        bool more;
        uint16_t size;
} LwBlock;

/** False when the option is absent. Errors: 4.02 for a bad length or the reserved size. */
bool lw_message_find_block(
                const LwMessage *self, uint16_t number, LwBlock *ret_block, GError **error);
bool lw_message_add_block(LwMessage *self, uint16_t number, const LwBlock *block);

/** How many bytes it is on UDP, token and payload with it. Source: RFC 7252, 3. */
size_t lw_message_size(const LwMessage *self);

/** "CON POST /rd?ep=x ct=40 [57]" or "ACK 2.05 ct=112 [57]": one line for people; caller frees. */
char *lw_message_describe(const LwMessage *self);
