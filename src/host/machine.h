/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine that we run on: who made it, what it is, its serial number. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <systemd/sd-id128.h>

/**
 * LwMachine: what the firmware says of the hardware.
 *
 * Shape:  NULL where it says nothing, or only what a vendor forgot to fill in.
 * Owns:   its strings: lw_machine_clear().
 */
typedef struct LwMachine {
        char *vendor;
        char *model;
        char *serial;
        char *hardware; /* version of the product, else of its board */
        char *kind;     /* "laptop", "rack mount chassis", "IoT gateway" */
} LwMachine;

void lw_machine_clear(LwMachine *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwMachine, lw_machine_clear)

/**
 * Asks, in this order: the service's credentials below `credentials` (dmi.product_serial,
 * dmi.board_serial, dmi.chassis_serial; NULL: none), sys/class/dmi/id, proc/device-tree. The serial
 * numbers of DMI are root's alone, hence the credentials.
 */
void lw_machine_read(LwMachine *self, int root_fd, const char *credentials);

/**
 * The fact in a firmware's string of `length` bytes: its text up to a NUL or line feed, without
 * white space around it. NULL when it is empty, not UTF-8, has control characters or is a known
 * filler as "To be filled by O.E.M.", "Default string" or "00000000".
 */
char *lw_machine_fact(const char *data, size_t length);

/** A kind of enclosure in words; NULL for "other", "unknown" and numbers without a name. Source:
 * SMBIOS 3.7, 7.4.1. */
const char *lw_machine_kind(unsigned chassis_type);

/**
 * The endpoint name of a host that was given none: "urn:uuid:..." from the application-specific
 * machine id. 0, or a negative errno: the host has no machine id, or none yet.
 * Source: RFC 9562; machine-id(5).
 */
int lw_machine_endpoint(char **ret_endpoint);
/** The name that belongs to an application-specific machine id. Caller frees. */
char *lw_machine_endpoint_of(sd_id128_t id);
