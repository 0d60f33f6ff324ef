/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: one datagram; what it says is read by all that reads messages, written, and read
 * again as the same. */
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "exchange/kept.h"
#include "exchange/key.h"
#include "exchange/message.h"
#include "exchange/operation.h"
#include "lib/coap-wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const LwMessage *one, const LwMessage *other)
{
        g_assert_cmpuint(one->type, ==, other->type);
        g_assert_cmpuint(one->code, ==, other->code);
        g_assert_cmpmem(one->token, one->token_length, other->token, other->token_length);
        g_assert_cmpuint(one->option_count, ==, other->option_count);
        for (unsigned i = 0; i < one->option_count; i++) {
                g_assert_cmpuint(one->options[i].number, ==, other->options[i].number);
                g_assert_cmpmem(one->options[i].value, one->options[i].length,
                                other->options[i].value, other->options[i].length);
        }
        g_assert_cmpmem(one->payload, one->payload_length, other->payload, other->payload_length);
}

static void check_block(const LwMessage *message, uint16_t number)
{
        LwMessage again;
        LwBlock block, same;

        if (!lw_message_find_block(message, number, &block, NULL))
                return;
        lw_message_init(&again, LW_MESSAGE_CON, 1);
        g_assert_true(lw_message_add_block(&again, number, &block));
        g_assert_true(lw_message_find_block(&again, number, &same, NULL));
        g_assert_cmpuint(block.number, ==, same.number);
        g_assert_cmpuint(block.more, ==, same.more);
        g_assert_cmpuint(block.size, ==, same.size);
}

/** What is read as an operation is written as one that is read the same. */
static void check_operation(const LwMessage *message)
{
        LwOperationScratch scratch, scratch_again;
        LwRequest request = {}, again = {};
        g_autoptr(GError) error = NULL;
        LwMessage composed;

        if (!lw_operation_parse(message, &scratch, &request, &error)) {
                g_assert_nonnull(error);
                return;
        }
        if (!lw_operation_compose(&request, &composed, NULL))
                return; /* an Accept of links that Observe made meaningless, and the like */
        g_assert_true(lw_operation_parse(&composed, &scratch_again, &again, NULL));
        g_assert_cmpint(request.operation, ==, again.operation);
        g_assert_true(lw_path_equal(&request.path, &again.path));
        g_assert_cmpuint(request.query_count, ==, again.query_count);
        for (size_t i = 0; i < request.query_count; i++)
                g_assert_cmpstr(request.query[i], ==, again.query[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        uint8_t bytes[LW_MESSAGE_MAX];
        LwMessage message, again;
        g_autoptr(LwKept) kept = NULL;
        g_autofree char *text = NULL;
        size_t length;

        if (size > sizeof(bytes) || !lw_coap_wire_decode(data, size, &message))
                return 0;
        kept = lw_kept_new(&message);
        lw_kept_message(kept, &again);
        check_same(&message, &again);
        lw_message_copy_head(&again, &message);
        again.payload = message.payload;
        again.payload_length = message.payload_length;
        check_same(&message, &again);
        length = lw_coap_wire_encode(&message, bytes, sizeof(bytes));
        g_assert_cmpuint(length, >, 0);
        g_assert_cmpuint(length, <=, size);
        g_assert_true(lw_coap_wire_decode(bytes, length, &again));
        check_same(&message, &again);
        text = lw_message_describe(&message);
        g_assert_true(g_str_is_ascii(text));
        check_block(&message, LW_OPTION_BLOCK1);
        check_block(&message, LW_OPTION_BLOCK2);
        g_assert_cmpuint(lw_key_of(&message).whole, ==, lw_key_of(&again).whole);
        check_operation(&message);
        return 0;
}
