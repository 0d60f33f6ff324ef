/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwErrorCodes: what is wrong with this host, as the elements of /3/0/11. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What can be wrong; several may be told by one code. */
typedef enum LwErrorCause {
        LW_ERROR_BATTERY_LOW,
        LW_ERROR_POWER_CUT,
        LW_ERROR_SIGNAL_LOW,
        LW_ERROR_MEMORY_LOW,
        LW_ERROR_CONNECTIVITY,
        LW_ERROR_BATTERY_DAMAGED,
        LW_ERROR_SENSOR_FAULT,
        LW_ERROR_LOCATION,
} LwErrorCause;

#define LW_ERROR_CAUSES 8

/**
 * LwErrorCodes: the codes of all causes that hold.
 *
 * Shape:  a code takes the lowest free element and keeps it while one of its causes holds. Without
 *         any there is element 0 with code 0, "no error". A plain value; zeroes are a start.
 * Source: OMA LwM2M Core 1.2, "LwM2M Object: Device", Error Code and Reset Error Code.
 */
typedef struct LwErrorCodes {
        bool holds[LW_ERROR_CAUSES];
        uint8_t elements[LW_ERROR_CAUSES]; /* codes by element; 0: free */
} LwErrorCodes;

/** True when what a Read gives is other than before. */
bool lw_error_codes_set(LwErrorCodes *self, LwErrorCause cause, bool holds);
/** Clears all, then counts from element 0 those whose cause still holds. True as above. */
bool lw_error_codes_reset(LwErrorCodes *self);
/** The code of an element; -1: there is none of that number. */
int lw_error_codes_at(const LwErrorCodes *self, uint16_t element);
