/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ModemManager tells of modems. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "bus/connection.h"

/* Bits of `technologies`. Source: ModemManager, MMModemAccessTechnology. */
#define LW_MODEM_GSM 0x1eu       /* GSM, GSM compact, GPRS, EDGE */
#define LW_MODEM_UMTS 0x3e0u     /* UMTS, HSDPA, HSUPA, HSPA, HSPA+ */
#define LW_MODEM_CDMA 0x3c00u    /* 1xRTT, EV-DO 0, A, B */
#define LW_MODEM_LTE 0x14000u    /* LTE, LTE Cat-M */
#define LW_MODEM_NR 0x8000u      /* 5G NR */
#define LW_MODEM_NB_IOT 0x20000u /* LTE NB-IoT */

/** LwModemBearer: one packet connection of a modem. Owns its text; `link` and `apn` may be NULL. */
typedef struct LwModemBearer {
        char *path;
        bool is_connected;
        char *link; /* the name of its network interface */
        char *apn;
} LwModemBearer;

/** LwModemSignal: what is measured of one technology; NAN: not known. dBm, dB, dB. */
typedef struct LwModemSignal {
        double rssi, rscp, rsrp, rsrq, snr;
} LwModemSignal;

/** The technologies that have measurements of their own. */
typedef enum LwModemSignalOf {
        LW_MODEM_SIGNAL_GSM,
        LW_MODEM_SIGNAL_UMTS,
        LW_MODEM_SIGNAL_CDMA,
        LW_MODEM_SIGNAL_EVDO,
        LW_MODEM_SIGNAL_LTE,
        LW_MODEM_SIGNAL_NR,
} LwModemSignalOf;
#define LW_MODEM_SIGNALS 6

/** LwModemPlace: the cell that serves us; -1: not known. Source: "MCC,MNC,LAC,CI,TAC". */
typedef struct LwModemPlace {
        int64_t mcc, mnc, lac, cell, tac;
} LwModemPlace;

/**
 * LwModem: one modem, as ModemManager has it.
 *
 * Shape:  `quality` in percent, -1: not known. `bands` of uint32_t, MMModemBand. `operator_code` is
 *         MCC and MNC, "26201", or NULL. `sms_sent` and `sms_received` count since we follow it;
 *         `has_messages`: it can tell of short messages at all.
 */
typedef struct LwModem {
        char *path;
        int32_t state; /* MMModemState */
        uint32_t technologies;
        int quality;
        GArray *bands;
        char *operator_code;
        GPtrArray *bearers;   /* of LwModemBearer */
        bool has_new_bearers; /* the list came, and nobody has asked for them */
        LwModemSignal signals[LW_MODEM_SIGNALS];
        LwModemPlace place;
        bool has_messages;
        uint64_t sms_sent, sms_received;
} LwModem;

LwModem *lw_modem_new(const char *path);
void lw_modem_free(LwModem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwModem, lw_modem_free)

/** Whether it is registered with a network, connected or not. */
bool lw_modem_is_registered(const LwModem *self);

/** Takes properties, an a{sv}, of one of a modem's interfaces. Those that we do not know, or of
 * another type than they should have, are passed over. Errors: negative, the message is no a{sv}.
 */
int lw_modem_read(LwModem *self, const char *interface, sd_bus_message *m);
/** Takes properties of one of its bearers; the same. */
int lw_modem_bearer_read(LwModemBearer *self, sd_bus_message *m);
/** Takes the answer of GetLocation, an a{uv}: what is known by its source. */
int lw_modem_read_location(LwModem *self, sd_bus_message *m);
/** "262,01,84CD,2B9305,0": numbers of LAC, cell and TAC in hexadecimal. False when it is none. */
bool lw_modem_place_parse(const char *text, LwModemPlace *ret_place);

/** LwModemManager: follows ModemManager as long as there is a bus. */
typedef struct LwModemManager LwModemManager;

/** `changed`: something of a modem is other than before, or one came or went. */
LwModemManager *lw_modem_manager_new(LwBus *bus, void (*changed)(void *user), void *user);
/** Free the bus before, as it owes answers. */
void lw_modem_manager_free(LwModemManager *self);

/** Of LwModem, by their paths; theirs and valid until the next turn of the loop. */
const GPtrArray *lw_modem_manager_modems(const LwModemManager *self);

typedef void (*LwModemLocated)(void *user);
/**
 * Asks for the cell of a modem of ours, which changes without anybody being told; `done` comes
 * once, when `place` is as good as it gets, perhaps at once.
 */
void lw_modem_manager_locate(
                LwModemManager *self, const LwModem *modem, LwModemLocated done, void *user);
