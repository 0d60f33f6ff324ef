/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What feeds this host: batteries, mains, USB, as the kernel's power_supply class shows them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/** A number that the kernel does not say. */
#define LW_SUPPLY_UNSAID INT64_MIN

typedef enum LwSupplyKind {
        LW_SUPPLY_OTHER,
        LW_SUPPLY_BATTERY,
        LW_SUPPLY_MAINS,
        LW_SUPPLY_UPS,
        LW_SUPPLY_USB,
        LW_SUPPLY_WIRELESS,
} LwSupplyKind;

typedef enum LwSupplyStatus {
        LW_SUPPLY_STATUS_UNKNOWN,
        LW_SUPPLY_CHARGING,
        LW_SUPPLY_DISCHARGING,
        LW_SUPPLY_NOT_CHARGING,
        LW_SUPPLY_FULL,
} LwSupplyStatus;

/**
 * LwSupply: one power supply.
 *
 * Shape:  numbers in the kernel's micro-units, LW_SUPPLY_UNSAID where it says none. `capacity` is
 *         in percent. `now` and `full` are energy, or charge where it knows that alone.
 * Owns:   `name`: lw_supply_clear().
 * Source: Documentation/ABI/testing/sysfs-class-power of Linux.
 */
typedef struct LwSupply {
        char *name; /* "BAT0" */
        LwSupplyKind kind;
        LwSupplyStatus status;
        bool is_of_peripheral; /* it feeds a mouse or the like, not this host */
        bool is_missing;       /* a battery that is not in its bay */
        bool is_online;
        bool is_damaged;
        bool is_low; /* by the battery's own word */
        int64_t voltage_uv, current_ua, power_uw;
        int64_t capacity, alert_percent;
        int64_t now, full;
} LwSupply;

void lw_supply_clear(LwSupply *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwSupply, lw_supply_clear)

/** "Battery", "Mains", "USB_PD" ...: what the file "type" has. */
LwSupplyKind lw_supply_kind(const char *word);
/**
 * Takes what the file "uevent" of a supply says, "POWER_SUPPLY_STATUS=Charging" and the like, a
 * line each. Lines that are damaged are skipped. Without a type the kind is OTHER.
 */
void lw_supply_parse(LwSupply *self, const char *text, size_t length);

/** As the standard counts sources, /3/0/6: 1 internal battery, 2 external battery (UPS), 5 USB, 6
 * mains, 0 DC (wireless charging); -1: it does not feed this host at the moment. */
int lw_supply_source(const LwSupply *self);
/** Millivolts and milliamperes; false when the kernel does not say. A current that it does not give
 * comes of power and voltage. */
bool lw_supply_voltage(const LwSupply *self, int64_t *ret_mv);
bool lw_supply_current(const LwSupply *self, int64_t *ret_ma);

/**
 * LwPower: all supplies of this host, in the order of their names; none that feeds only a
 * peripheral.
 *
 * Owns:   the array: lw_power_clear().
 */
typedef struct LwPower {
        GArray *supplies; /* of LwSupply; NULL: none */
} LwPower;

void lw_power_clear(LwPower *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwPower, lw_power_clear)

size_t lw_power_count(const LwPower *self);
const LwSupply *lw_power_at(const LwPower *self, size_t index);

/** Whether there are any: a look at the directory, which asks no hardware. */
bool lw_power_is_there(int root_fd);
/** Reads sys/class/power_supply, at most LW_SUPPLIES_MAX of it. A battery may take its time. */
void lw_power_read(LwPower *self, int root_fd);

bool lw_power_has_battery(const LwPower *self);
/** Percent over all internal batteries, by what each holds when it is full; false: not known. */
bool lw_power_battery_level(const LwPower *self, int *ret_percent);
/** /3/0/20: 0 normal, 1 charging, 2 charged, 3 damaged, 4 low, 5 not installed, 6 unknown; the most
 * telling of several batteries. Only with a battery. */
int lw_power_battery_status(const LwPower *self);
/** A battery says that it is low, or has no more than it warns at, or than 10 percent. */
bool lw_power_is_low(const LwPower *self);
/** There is mains or USB to be fed from, and nothing of it is there. */
bool lw_power_is_cut(const LwPower *self);
bool lw_power_is_damaged(const LwPower *self);
