/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The agent of GeoClue, which stands for a person where there is none. */
#pragma once

#include <systemd/sd-bus.h>

/** Our id at GeoClue, as a client and as an agent. */
#define LW_GEOCLUE_ID "lwm2md"
/** GCLUE_ACCURACY_LEVEL_EXACT */
#define LW_GEOCLUE_EXACT 8u

/**
 * Exports an agent that lets this process know where the host is, and nobody else. GeoClue answers
 * no client of a user for whom no agent is there: it waits for one for ever. Errors: as
 * sd_bus_add_object_vtable(). Source: org.freedesktop.GeoClue2.Agent.
 */
int lw_geoclue_agent_export(sd_bus *bus, sd_bus_slot **ret_slot);
