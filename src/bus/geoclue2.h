/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwGeoClue: a client of GeoClue, which knows where this host is. */
#pragma once

#include <stdint.h>

#include <systemd/sd-bus.h>

#include "bus/connection.h"

/** LwGeoClueLocation: a place as GeoClue has it. Metres, metres a second, degrees; NAN: not known.
 */
typedef struct LwGeoClueLocation {
        double latitude, longitude, accuracy, altitude, speed, heading;
        int64_t real_usec; /* 0: not known */
} LwGeoClueLocation;

/** Reads the properties of a location, an a{sv}. Errors: negative, the message is no such. */
int lw_geoclue_read(sd_bus_message *m, LwGeoClueLocation *ret_location);

/**
 * LwGeoClue: one client of GeoClue's, by the desktop id "lwm2md", and its own agent; geoclue.conf
 * must allow it, as no person is asked: a section [lwm2md] with allowed=true, system=true and
 * users=, and lwm2md in whitelist= of [agent].
 */
typedef struct LwGeoClue LwGeoClue;

typedef void (*LwGeoClueLocated)(void *user, const LwGeoClueLocation *location);

LwGeoClue *lw_geoclue_new(LwBus *bus, LwGeoClueLocated located, void *user);
/** Free the bus before, as it owes answers. */
void lw_geoclue_free(LwGeoClue *self);

void lw_geoclue_start(LwGeoClue *self);
void lw_geoclue_stop(LwGeoClue *self);
