/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a modem says, in the terms of object 4. */
#include <math.h>

#include "providers/builtin/cellular.h"
#include "providers/suite.h"

#define REGISTERED 8
#define SEARCHING 7

static const struct {
        int32_t state;
        uint32_t technologies;
        uint32_t bands[2];
        LwBearer bearer;
} bearers[] = {
        { SEARCHING, LW_MODEM_LTE, {}, LW_BEARER_NONE },
        { REGISTERED, 0, {}, LW_BEARER_NONE },
        { REGISTERED, 1 << 3, {}, LW_BEARER_GSM },   /* GPRS */
        { REGISTERED, 1 << 9, {}, LW_BEARER_WCDMA }, /* HSPA+ */
        { REGISTERED, 1 << 11, {}, LW_BEARER_CDMA2000 },
        { REGISTERED, 1 << 14, {}, LW_BEARER_LTE_FDD },
        { REGISTERED, 1 << 16, {}, LW_BEARER_LTE_FDD }, /* Cat-M */
        { REGISTERED, 1 << 14, { 30 + 3, 30 + 40 }, LW_BEARER_LTE_FDD },
        { REGISTERED, 1 << 14, { 30 + 38, 30 + 40 }, LW_BEARER_LTE_TDD },
        { REGISTERED, 1 << 14, { 5, 30 + 40 }, LW_BEARER_LTE_TDD }, /* 5: a band of GSM */
        { REGISTERED, 1 << 17, {}, LW_BEARER_NB_IOT },
        { REGISTERED, 1 << 15, {}, LW_BEARER_NR_FDD },
        { REGISTERED, 1 << 15 | 1 << 14, { 300 + 78, 30 + 3 }, LW_BEARER_NR_TDD },
        { REGISTERED, 1 << 15, { 300 + 78, 300 + 1 }, LW_BEARER_NR_FDD },
};

START_TEST(technology_and_bands_make_the_bearer)
{
        g_autoptr(LwModem) modem = lw_modem_new("/m");

        modem->state = bearers[_i].state;
        modem->technologies = bearers[_i].technologies;
        for (size_t i = 0; i < 2; i++)
                if (bearers[_i].bands[i] != 0)
                        g_array_append_val(modem->bands, bearers[_i].bands[i]);
        ck_assert_int_eq(lw_cellular_bearer(modem), bearers[_i].bearer);
}
END_TEST

/* Of each technology other measurements count. rssi, rscp, rsrp; percent; what comes of it, 0:
 * nothing. */
static const struct {
        uint32_t technologies;
        LwModemSignalOf of;
        double rssi, rscp, rsrp;
        int quality;
        int64_t dbm;
} strengths[] = {
        { LW_MODEM_GSM, LW_MODEM_SIGNAL_GSM, -71, NAN, NAN, 50, -71 },
        { LW_MODEM_UMTS, LW_MODEM_SIGNAL_UMTS, -71, -80.6, NAN, 50, -81 },
        { LW_MODEM_UMTS, LW_MODEM_SIGNAL_UMTS, -71, NAN, NAN, 50, -71 },
        { LW_MODEM_LTE, LW_MODEM_SIGNAL_LTE, -60, NAN, -95, 50, -95 },
        { LW_MODEM_LTE, LW_MODEM_SIGNAL_LTE, -60, NAN, -32768, 50, -82 },
        { LW_MODEM_NB_IOT, LW_MODEM_SIGNAL_LTE, NAN, NAN, -120, -1, -120 },
        { LW_MODEM_NR, LW_MODEM_SIGNAL_NR, NAN, NAN, -101, 50, -101 },
        { LW_MODEM_CDMA, LW_MODEM_SIGNAL_CDMA, -88, NAN, NAN, 50, -88 },
        { LW_MODEM_CDMA, LW_MODEM_SIGNAL_EVDO, -77, NAN, NAN, 50, -77 },
        /* AT+CSQ 24 is 77 %, and -65 dBm */
        { LW_MODEM_LTE, LW_MODEM_SIGNAL_LTE, NAN, NAN, NAN, 77, -65 },
        { LW_MODEM_GSM, LW_MODEM_SIGNAL_GSM, NAN, NAN, NAN, 100, -51 },
        { LW_MODEM_GSM, LW_MODEM_SIGNAL_GSM, NAN, NAN, NAN, -1, 0 },
};

START_TEST(the_strength_is_that_of_the_technology)
{
        g_autoptr(LwModem) modem = lw_modem_new("/m");
        LwModemSignal *signal = &modem->signals[strengths[_i].of];
        int64_t dbm = 0;

        modem->technologies = strengths[_i].technologies;
        modem->quality = strengths[_i].quality;
        signal->rssi = strengths[_i].rssi;
        signal->rscp = strengths[_i].rscp;
        signal->rsrp = strengths[_i].rsrp;
        ck_assert_int_eq(lw_cellular_strength(modem, &dbm), strengths[_i].dbm != 0);
        ck_assert_int_eq(dbm, strengths[_i].dbm);
}
END_TEST

START_TEST(quality_and_noise)
{
        g_autoptr(LwModem) modem = lw_modem_new("/m");
        int64_t value = 0;

        modem->technologies = LW_MODEM_LTE;
        ck_assert(!lw_cellular_quality(modem, &value) && !lw_cellular_snr(modem, &value));
        modem->signals[LW_MODEM_SIGNAL_LTE].rsrq = -11.5;
        modem->signals[LW_MODEM_SIGNAL_LTE].snr = 7.4;
        ck_assert(lw_cellular_quality(modem, &value));
        ck_assert_int_eq(value, -12);
        ck_assert(lw_cellular_snr(modem, &value));
        ck_assert_int_eq(value, 7);
}
END_TEST

static const struct {
        const char *code;
        LwModemPlace place;
        int64_t mcc, mnc;
} networks[] = {
        { "26201", { -1, -1, -1, -1, -1 }, 262, 1 },
        { "310260", { 262, 1, -1, -1, -1 }, 310, 260 },
        { NULL, { 262, 1, -1, -1, -1 }, 262, 1 },
        { "oops!", { 262, 1, -1, -1, -1 }, 262, 1 },
        { NULL, { -1, -1, -1, -1, -1 }, -1, -1 },
};

START_TEST(the_network_is_the_operators)
{
        g_autoptr(LwModem) modem = lw_modem_new("/m");
        int64_t mcc, mnc;

        modem->operator_code = g_strdup(networks[_i].code);
        modem->place = networks[_i].place;
        lw_cellular_network(modem, &mcc, &mnc);
        ck_assert_int_eq(mcc, networks[_i].mcc);
        ck_assert_int_eq(mnc, networks[_i].mnc);
}
END_TEST

TCase *test_cellular(void)
{
        TCase *tcase = tcase_create("cellular");

        tcase_add_loop_test(tcase, technology_and_bands_make_the_bearer, 0, G_N_ELEMENTS(bearers));
        tcase_add_loop_test(
                        tcase, the_strength_is_that_of_the_technology, 0, G_N_ELEMENTS(strengths));
        tcase_add_test(tcase, quality_and_noise);
        tcase_add_loop_test(tcase, the_network_is_the_operators, 0, G_N_ELEMENTS(networks));
        return tcase;
}
