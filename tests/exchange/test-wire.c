/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way out: only while the connection stands, and counted only when it was taken. */
#include <check.h>
#include <glib.h>

#include "exchange/suite.h"
#include "exchange/wire.h"
#include "lib/fake-transport.h"

/* The state of the connection, and whether a message goes out. */
static const struct {
        bool is_up, closed, refuses, sent;
} states[] = {
        { true, false, false, true },
        { false, false, false, false },
        { true, true, false, false },
        { true, false, true, false },
};

START_TEST(a_message_goes_out_or_there_is_an_error)
{
        g_autoptr(LwFake) fake = lw_fake_new();
        LwWire *wire = g_new0(LwWire, 1);
        g_autoptr(GError) error = NULL;
        LwMessage message;

        fake->refuses = states[_i].refuses;
        wire->transport = &fake->transport;
        wire->is_up = states[_i].is_up;
        wire->closed = states[_i].closed;
        lw_message_init(&message, LW_MESSAGE_NON, 0x45);
        ck_assert_int_eq(lw_wire_send(wire, &message, &error), states[_i].sent);
        ck_assert_uint_eq(wire->counters.sent, states[_i].sent);
        ck_assert_uint_eq(lw_fake_count(fake), states[_i].sent);
        ck_assert_int_eq(error ? error->code : 0, states[_i].sent ? 0 : LW_STATUS_UNAVAILABLE);
        g_free(wire);
}
END_TEST

TCase *test_wire(void)
{
        TCase *tcase = tcase_create("wire");

        tcase_add_loop_test(
                        tcase, a_message_goes_out_or_there_is_an_error, 0, G_N_ELEMENTS(states));
        return tcase;
}
