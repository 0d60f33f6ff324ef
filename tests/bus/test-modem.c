/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwModem: what becomes of ModemManager's properties. */
#include <math.h>

#include "bus/modemmanager1.h"
#include "lib/bus-pair.h"
#include "lib/suite.h"

#define MODEM "org.freedesktop.ModemManager1.Modem"

static LwPair pair;
static LwModem *modem;

static void setup(void)
{
        lw_pair_init(&pair, NULL);
        modem = lw_modem_new("/org/freedesktop/ModemManager1/Modem/0");
}

static void teardown(void)
{
        lw_modem_free(modem);
        lw_pair_clear(&pair);
}

static sd_bus_message *message(void)
{
        sd_bus_message *m = NULL;

        ck_assert_int_ge(sd_bus_message_new_method_call(pair.ours, &m, "a.b", "/", "a.b", "C"), 0);
        return m;
}

static void rewind_message(sd_bus_message *m)
{
        ck_assert_int_ge(sd_bus_message_seal(m, 1, 0), 0);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
}

static void read_and_drop(sd_bus_message *m, const char *interface)
{
        rewind_message(m);
        ck_assert_int_ge(lw_modem_read(modem, interface, m), 0);
        sd_bus_message_unref(m);
}

START_TEST(the_main_interface)
{
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 7, "State", "i", 11,
                                         "AccessTechnologies", "u", 1 << 14, "SignalQuality",
                                         "(ub)", 77, 1, "CurrentBands", "au", 2, 33, 37, "Bearers",
                                         "ao", 2, "/B/1", "/B/2", "Model", "s", "EC25",
                                         "OwnNumbers", "as", 1, "491511"),
                        0);
        read_and_drop(m, MODEM);
        ck_assert_int_eq(modem->state, 11);
        ck_assert(lw_modem_is_registered(modem));
        ck_assert_uint_eq(modem->technologies, LW_MODEM_LTE & 0x4000);
        ck_assert_int_eq(modem->quality, 77);
        ck_assert_uint_eq(modem->bands->len, 2);
        ck_assert_uint_eq(g_array_index(modem->bands, uint32_t, 1), 37);
        ck_assert_uint_eq(modem->bearers->len, 2);
        ck_assert(modem->has_new_bearers);
        ck_assert(!modem->has_messages);
}
END_TEST

/* A property that has another type than it should is passed over, and what follows is read. */
START_TEST(odd_types_are_passed_over)
{
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 7, "State", "s", "11", "SignalQuality",
                                         "u", 5, "Bearers", "as", 1, "/B/1", "CurrentBands", "ai",
                                         1, 5, "AccessTechnologies", "t", (uint64_t) 1,
                                         "SignalQuality", "(ub)", 101, 1, "State", "i", 8),
                        0);
        read_and_drop(m, MODEM);
        ck_assert_int_eq(modem->state, 8);
        ck_assert_int_eq(modem->quality, -1);
        ck_assert_uint_eq(modem->bearers->len, 0);
        ck_assert_uint_eq(modem->technologies, 0);
}
END_TEST

START_TEST(the_other_interfaces)
{
        sd_bus_message *m = message();

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "OperatorCode", "s", "26201"), 0);
        read_and_drop(m, MODEM ".Modem3gpp");
        ck_assert_str_eq(modem->operator_code, "26201");
        m = message();
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 3, "Lte", "a{sv}", 4, "rssi", "d", -60.0,
                                         "rsrp", "d", -90.5, "rsrq", "d", -11.0, "snr", "d", 7.25,
                                         "Gsm", "a{sv}", 0, "Rate", "u", 10),
                        0);
        read_and_drop(m, MODEM ".Signal");
        ck_assert_double_eq(modem->signals[LW_MODEM_SIGNAL_LTE].rsrp, -90.5);
        ck_assert_double_eq(modem->signals[LW_MODEM_SIGNAL_LTE].snr, 7.25);
        ck_assert(isnan(modem->signals[LW_MODEM_SIGNAL_LTE].rscp));
        ck_assert(isnan(modem->signals[LW_MODEM_SIGNAL_GSM].rssi));
        m = message();
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "Location", "a{uv}", 2, 4, "s",
                                         "$GPGGA", 1, "s", "262,01,84CD,2B9305,0"),
                        0);
        read_and_drop(m, MODEM ".Location");
        ck_assert_int_eq(modem->place.cell, 0x2b9305);
        m = message();
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 0), 0);
        read_and_drop(m, MODEM ".Messaging");
        ck_assert(modem->has_messages);
}
END_TEST

START_TEST(bearers_keep_what_is_known_of_them)
{
        sd_bus_message *m = message();
        LwModemBearer *bearer;

        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "Bearers", "ao", 1, "/B/1"), 0);
        read_and_drop(m, MODEM);
        bearer = modem->bearers->pdata[0];
        m = message();
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 4, "Connected", "b", 1, "Interface", "s",
                                         "wwan0", "Properties", "a{sv}", 2, "apn", "s", "internet",
                                         "ip-type", "u", 4, "Suspended", "b", 0),
                        0);
        rewind_message(m);
        ck_assert_int_ge(lw_modem_bearer_read(bearer, m), 0);
        sd_bus_message_unref(m);
        ck_assert(bearer->is_connected);
        m = message();
        ck_assert_int_ge(sd_bus_message_append(m, "a{sv}", 1, "Bearers", "ao", 2, "/B/2", "/B/1"),
                        0);
        read_and_drop(m, MODEM);
        bearer = modem->bearers->pdata[1];
        ck_assert_str_eq(bearer->path, "/B/1");
        ck_assert_str_eq(bearer->link, "wwan0");
        ck_assert_str_eq(bearer->apn, "internet");
        ck_assert_ptr_null(((LwModemBearer *) modem->bearers->pdata[0])->link);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        LwModemPlace place;
} places[] = {
        { "262,01,84CD,2B9305,0", true, { 262, 1, 0x84cd, 0x2b9305, 0 } },
        { "310,260,FFFE,8400D1,A1B2", true, { 310, 260, -1, 0x8400d1, 0xa1b2 } },
        { "262,01,0,0,0", true, { 262, 1, -1, -1, 0 } },
        { "262,01,84CD,2B9305", true, { 262, 1, 0x84cd, 0x2b9305, -1 } },
        { "262,01,xyz,-1,0", true, { 262, 1, -1, -1, 0 } },
        { "262,01", false, {} },
        { "", false, {} },
        { "1262,01,1,1,1", false, {} },
        { "abc,01,1,1,1", false, {} },
};

START_TEST(the_place_of_the_cell)
{
        LwModemPlace place = {};

        ck_assert_int_eq(lw_modem_place_parse(places[_i].text, &place), places[_i].ok);
        ck_assert_mem_eq(&place, &places[_i].place, sizeof(place));
}
END_TEST

TCase *test_modem(void);

TCase *test_modem(void)
{
        TCase *tcase = tcase_create("modem");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, the_main_interface);
        tcase_add_test(tcase, odd_types_are_passed_over);
        tcase_add_test(tcase, the_other_interfaces);
        tcase_add_test(tcase, bearers_keep_what_is_known_of_them);
        tcase_add_loop_test(tcase, the_place_of_the_cell, 0, G_N_ELEMENTS(places));
        return tcase;
}
