/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a modem says, in the terms of object 4. */
#include "providers/builtin/cellular.h"

#include <math.h>
#include <string.h>

/* MMModemBand: bands of LTE and 5G are counted from these. */
#define LTE_BANDS 30u
#define LTE_BAND_MAX 71u
#define NR_BANDS 300u
#define NR_BAND_MAX 261u

/* Source: 3GPP TS 36.101, 5.5. */
static bool is_lte_tdd(uint32_t band)
{
        return band >= 33 && band <= 53;
}

/* Source: 3GPP TS 38.101-1 and 38.101-2, 5.2. */
static bool is_nr_tdd(uint32_t band)
{
        static const uint16_t bands[] = { 34, 38, 39, 40, 41, 46, 47, 48, 50, 51, 53, 54, 77, 78,
                79, 90, 96, 101, 102, 104 };

        for (size_t i = 0; i < G_N_ELEMENTS(bands); i++)
                if (bands[i] == band)
                        return true;
        return band >= 257 && band <= 261;
}

/* Whether there are bands of the kind, and all of them are TDD. */
static bool is_tdd_alone(
                const LwModem *modem, uint32_t base, uint32_t last, bool (*is_tdd)(uint32_t band))
{
        bool any = false;

        for (guint i = 0; i < modem->bands->len; i++) {
                uint32_t band = g_array_index(modem->bands, uint32_t, i);

                if (band <= base || band > base + last)
                        continue;
                if (!is_tdd(band - base))
                        return false;
                any = true;
        }
        return any;
}

LwBearer lw_cellular_bearer(const LwModem *modem)
{
        uint32_t technologies = modem->technologies;

        if (!lw_modem_is_registered(modem))
                return LW_BEARER_NONE;
        if (technologies & LW_MODEM_NR)
                return is_tdd_alone(modem, NR_BANDS, NR_BAND_MAX, is_nr_tdd) ? LW_BEARER_NR_TDD
                                                                             : LW_BEARER_NR_FDD;
        if (technologies & LW_MODEM_LTE)
                return is_tdd_alone(modem, LTE_BANDS, LTE_BAND_MAX, is_lte_tdd) ? LW_BEARER_LTE_TDD
                                                                                : LW_BEARER_LTE_FDD;
        if (technologies & LW_MODEM_NB_IOT)
                return LW_BEARER_NB_IOT;
        if (technologies & LW_MODEM_UMTS)
                return LW_BEARER_WCDMA;
        if (technologies & LW_MODEM_CDMA)
                return LW_BEARER_CDMA2000;
        if (technologies & LW_MODEM_GSM)
                return LW_BEARER_GSM;
        return LW_BEARER_NONE;
}

/* The measurements of the technology in use; NULL: none. */
static const LwModemSignal *signal_in_use(const LwModem *modem)
{
        if (modem->technologies & LW_MODEM_NR)
                return &modem->signals[LW_MODEM_SIGNAL_NR];
        if (modem->technologies & (LW_MODEM_LTE | LW_MODEM_NB_IOT))
                return &modem->signals[LW_MODEM_SIGNAL_LTE];
        if (modem->technologies & LW_MODEM_UMTS)
                return &modem->signals[LW_MODEM_SIGNAL_UMTS];
        if (modem->technologies & LW_MODEM_CDMA)
                return isfinite(modem->signals[LW_MODEM_SIGNAL_EVDO].rssi)
                                       ? &modem->signals[LW_MODEM_SIGNAL_EVDO]
                                       : &modem->signals[LW_MODEM_SIGNAL_CDMA];
        if (modem->technologies & LW_MODEM_GSM)
                return &modem->signals[LW_MODEM_SIGNAL_GSM];
        return NULL;
}

/* What is beyond any radio is not measured: ModemManager says -32768 of it. */
static bool take(double value, int64_t *ret_value)
{
        if (!isfinite(value) || value < -200 || value > 200)
                return false;
        *ret_value = (int64_t) lround(value);
        return true;
}

bool lw_cellular_strength(const LwModem *modem, int64_t *ret_dbm)
{
        const LwModemSignal *signal = signal_in_use(modem);
        bool new_radio = modem->technologies & (LW_MODEM_NR | LW_MODEM_LTE | LW_MODEM_NB_IOT);

        if (signal != NULL && take(new_radio ? signal->rsrp : signal->rscp, ret_dbm))
                return true;
        if (signal != NULL && !new_radio && take(signal->rssi, ret_dbm))
                return true;
        if (modem->quality < 0)
                return false;
        *ret_dbm = -113 + (modem->quality * 62 + 50) / 100;
        return true;
}

bool lw_cellular_quality(const LwModem *modem, int64_t *ret_db)
{
        const LwModemSignal *signal = signal_in_use(modem);

        return signal != NULL && take(signal->rsrq, ret_db);
}

bool lw_cellular_snr(const LwModem *modem, int64_t *ret_db)
{
        const LwModemSignal *signal = signal_in_use(modem);

        return signal != NULL && take(signal->snr, ret_db);
}

void lw_cellular_network(const LwModem *modem, int64_t *ret_mcc, int64_t *ret_mnc)
{
        const char *code = modem->operator_code;
        guint64 number;

        *ret_mcc = modem->place.mcc;
        *ret_mnc = modem->place.mnc;
        if (code == NULL || (strlen(code) != 5 && strlen(code) != 6) ||
                        !g_ascii_string_to_unsigned(code, 10, 0, 999999, &number, NULL))
                return;
        *ret_mnc = g_ascii_strtoll(code + 3, NULL, 10);
        *ret_mcc = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
}
