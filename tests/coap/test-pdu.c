/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages from and to libcoap's PDUs. */
#include <string.h>

#include <glib.h>

#include "coap/pdu.h"
#include "lib/suite.h"

TCase *test_pdu(void);

static coap_pdu_t *parse(const uint8_t *wire, size_t length)
{
        coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, (coap_pdu_code_t) 0, 0, 1400);

        ck_assert_int_eq(coap_pdu_parse(COAP_PROTO_UDP, wire, length, pdu), 1);
        return pdu;
}

/* Register of "dev1", as bytes. Source: RFC 7252, 3; OMA LwM2M Core 1.1, 6.2. */
static const uint8_t registration[] = { 0x41, 0x02, 0x00, 0x01, 0x4a, 0xb2, 'r', 'd', 0x11, 0x28,
        0x37, 'e', 'p', '=', 'd', 'e', 'v', '1', 0xff, '<', '/', '1', '>' };

START_TEST(reads_a_message_in_place)
{
        coap_pdu_t *pdu = parse(registration, sizeof(registration));
        LwMessage message;

        ck_assert(lw_pdu_read(pdu, &message));
        ck_assert_int_eq(message.type, LW_MESSAGE_CON);
        ck_assert_uint_eq(message.code, LW_METHOD_POST);
        ck_assert_uint_eq(message.mid, 1);
        ck_assert_uint_eq(message.token_length, 1);
        ck_assert_uint_eq(message.token[0], 0x4a);
        ck_assert_uint_eq(message.option_count, 3);
        ck_assert_uint_eq(message.options[0].number, LW_OPTION_URI_PATH);
        ck_assert_mem_eq(message.options[0].value, "rd", 2);
        ck_assert_uint_eq(message.options[1].number, LW_OPTION_CONTENT_FORMAT);
        ck_assert_uint_eq(message.options[1].length, 1);
        ck_assert_uint_eq(message.options[1].value[0], 40);
        ck_assert_uint_eq(message.options[2].number, LW_OPTION_URI_QUERY);
        ck_assert_mem_eq(message.options[2].value, "ep=dev1", 7);
        ck_assert_uint_eq(message.payload_length, 4);
        ck_assert_mem_eq(message.payload, "</1>", 4);
        coap_delete_pdu(pdu);
}
END_TEST

/* Deltas and lengths of one, two and three bytes. Source: RFC 7252, 3.1 */
static const struct {
        uint16_t number;
        uint16_t length;
} sizes[] = { { 1, 0 }, { 12, 12 }, { 13, 13 }, { 268, 268 }, { 269, 269 }, { 65000, 1034 } };

START_TEST(reads_options_of_every_size)
{
        uint8_t value[1034];
        coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, (coap_pdu_code_t) 1, 1, 1400);
        LwMessage message;

        for (size_t i = 0; i < sizeof(value); i++)
                value[i] = (uint8_t) i;
        ck_assert_uint_ne(coap_add_option(pdu, sizes[_i].number, sizes[_i].length, value), 0);
        ck_assert(lw_pdu_read(pdu, &message));
        ck_assert_uint_eq(message.option_count, 1);
        ck_assert_uint_eq(message.options[0].number, sizes[_i].number);
        ck_assert_uint_eq(message.options[0].length, sizes[_i].length);
        ck_assert_mem_eq(message.options[0].value, value, sizes[_i].length);
        ck_assert_uint_eq(message.payload_length, 0);
        ck_assert_ptr_null(message.payload);
        coap_delete_pdu(pdu);
}
END_TEST

START_TEST(reads_a_message_of_a_header_alone)
{
        static const uint8_t wire[] = { 0x40, 0x01, 0xab, 0xcd };
        coap_pdu_t *pdu = parse(wire, sizeof(wire));
        LwMessage message;

        ck_assert(lw_pdu_read(pdu, &message));
        ck_assert_uint_eq(message.mid, 0xabcd);
        ck_assert_uint_eq(message.option_count, 0);
        ck_assert_uint_eq(message.payload_length, 0);
        coap_delete_pdu(pdu);
}
END_TEST

START_TEST(writes_what_it_reads)
{
        coap_pdu_t *pdu = parse(registration, sizeof(registration));
        coap_pdu_t *written = coap_pdu_init(COAP_MESSAGE_CON, (coap_pdu_code_t) 0, 1, 1400);
        LwMessage message;
        LwMessage again;

        ck_assert(lw_pdu_read(pdu, &message));
        ck_assert_uint_eq(coap_add_token(written, message.token_length, message.token), 1);
        ck_assert(lw_pdu_fill(written, &message));
        ck_assert(lw_pdu_read(written, &again));
        ck_assert_uint_eq(again.code, message.code);
        ck_assert_uint_eq(again.option_count, message.option_count);
        for (unsigned i = 0; i < again.option_count; i++) {
                ck_assert_uint_eq(again.options[i].number, message.options[i].number);
                ck_assert_uint_eq(again.options[i].length, message.options[i].length);
                ck_assert_mem_eq(again.options[i].value, message.options[i].value,
                                again.options[i].length);
        }
        ck_assert_uint_eq(again.payload_length, message.payload_length);
        ck_assert_uint_eq(sizeof(registration), lw_message_size(&message));
        coap_delete_pdu(written);
        coap_delete_pdu(pdu);
}
END_TEST

static const struct {
        unsigned options;
        bool ok;
} counts[] = { { 0, true }, { LW_OPTIONS_MAX, true }, { LW_OPTIONS_MAX + 1, false } };

START_TEST(takes_no_more_options_than_a_message_has_room_for)
{
        uint8_t wire[128] = { 0x40, 0x01, 0x12, 0x34 };
        size_t length = 4;
        coap_pdu_t *pdu;
        LwMessage message;

        for (unsigned i = 0; i < counts[_i].options; i++) {
                wire[length++] = i == 0 ? 0xb1 : 0x01; /* Uri-Path of one letter */
                wire[length++] = 'a';
        }
        pdu = parse(wire, length);
        ck_assert_int_eq(lw_pdu_read(pdu, &message), counts[_i].ok);
        coap_delete_pdu(pdu);
}
END_TEST

TCase *test_pdu(void)
{
        TCase *tcase = tcase_create("pdu");

        tcase_add_test(tcase, reads_a_message_in_place);
        tcase_add_loop_test(tcase, reads_options_of_every_size, 0, G_N_ELEMENTS(sizes));
        tcase_add_test(tcase, reads_a_message_of_a_header_alone);
        tcase_add_test(tcase, writes_what_it_reads);
        tcase_add_loop_test(tcase, takes_no_more_options_than_a_message_has_room_for, 0,
                        G_N_ELEMENTS(counts));
        return tcase;
}
