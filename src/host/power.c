/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What feeds this host: batteries, mains, USB, as the kernel's power_supply class shows them. */
#include "host/power.h"

#include <string.h>

#include "host/directory.h"
#include "io/file.h"
#include "model/limits.h"

#define CLASS "sys/class/power_supply"
#define PREFIX "POWER_SUPPLY_"

/* bytes: a uevent is smaller than two pages */
#define UEVENT_MAX 8192

/* Nothing is fed by a million volts: what is beyond is damaged, and sums of the rest fit. */
#define NUMBER_MAX INT64_C(1000000000000)

/* Percent at which a battery is low that does not say it itself. */
#define LOW_PERCENT 10

enum {
        NORMAL = 0,
        CHARGING = 1,
        CHARGED = 2,
        DAMAGED = 3,
        LOW = 4,
        NOT_INSTALLED = 5,
        UNKNOWN = 6
};

void lw_supply_clear(LwSupply *self)
{
        g_free(self->name);
        *self = (LwSupply){};
}

static void clear_element(void *data)
{
        lw_supply_clear(data);
}

/* --- one supply ------------------------------------------------------------------------------- */

LwSupplyKind lw_supply_kind(const char *word)
{
        static const struct {
                const char *word;
                LwSupplyKind kind;
        } kinds[] = {
                { "Battery", LW_SUPPLY_BATTERY },
                { "Mains", LW_SUPPLY_MAINS },
                { "UPS", LW_SUPPLY_UPS },
                { "Wireless", LW_SUPPLY_WIRELESS },
                { "BrickID", LW_SUPPLY_USB },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
                if (strcmp(word, kinds[i].word) == 0)
                        return kinds[i].kind;
        return g_str_has_prefix(word, "USB") ? LW_SUPPLY_USB : LW_SUPPLY_OTHER;
}

static LwSupplyStatus status_of(const char *word)
{
        static const char *const words[] = {
                [LW_SUPPLY_CHARGING] = "Charging",
                [LW_SUPPLY_DISCHARGING] = "Discharging",
                [LW_SUPPLY_NOT_CHARGING] = "Not charging",
                [LW_SUPPLY_FULL] = "Full",
        };

        for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
                if (words[i] != NULL && strcmp(word, words[i]) == 0)
                        return (LwSupplyStatus) i;
        return LW_SUPPLY_STATUS_UNKNOWN;
}

static bool is_one_of(const char *word, const char *const *words)
{
        for (; *words != NULL; words++)
                if (strcmp(word, *words) == 0)
                        return true;
        return false;
}

static void take_word(LwSupply *self, const char *key, const char *value)
{
        static const char *const damages[] = { "Dead", "Unspecified failure", "Over voltage",
                "Overvoltage", NULL };
        static const char *const lows[] = { "Critical", "Low", NULL };

        if (strcmp(key, "TYPE") == 0)
                self->kind = lw_supply_kind(value);
        else if (strcmp(key, "STATUS") == 0)
                self->status = status_of(value);
        else if (strcmp(key, "SCOPE") == 0)
                self->is_of_peripheral = strcmp(value, "Device") == 0;
        else if (strcmp(key, "HEALTH") == 0)
                self->is_damaged = is_one_of(value, damages);
        else if (strcmp(key, "CAPACITY_LEVEL") == 0)
                self->is_low = is_one_of(value, lows);
        else if (strcmp(key, "PRESENT") == 0)
                self->is_missing = strcmp(value, "0") == 0;
        else if (strcmp(key, "ONLINE") == 0)
                self->is_online = value[0] >= '1' && value[0] <= '9';
}

static void take_number(LwSupply *self, const char *key, const char *value)
{
        int64_t number;

        if (!g_ascii_string_to_signed(value, 10, -NUMBER_MAX, NUMBER_MAX, &number, NULL))
                return;
        if (strcmp(key, "VOLTAGE_NOW") == 0)
                self->voltage_uv = number;
        else if (strcmp(key, "CURRENT_NOW") == 0)
                self->current_ua = number;
        else if (strcmp(key, "POWER_NOW") == 0)
                self->power_uw = number;
        else if (strcmp(key, "CAPACITY") == 0 && number >= 0 && number <= 100)
                self->capacity = number;
        else if (strcmp(key, "CAPACITY_ALERT_MIN") == 0 && number >= 0 && number <= 100)
                self->alert_percent = number;
        else if (strcmp(key, "ENERGY_NOW") == 0 || strcmp(key, "CHARGE_NOW") == 0)
                self->now = MAX(number, 0);
        else if (strcmp(key, "ENERGY_FULL") == 0 || strcmp(key, "CHARGE_FULL") == 0)
                self->full = MAX(number, 0);
}

void lw_supply_parse(LwSupply *self, const char *text, size_t length)
{
        g_autofree char *copy = g_strndup(text, length);
        char *rest = copy, *line;

        self->voltage_uv = self->current_ua = self->power_uw = LW_SUPPLY_UNSAID;
        self->capacity = self->alert_percent = self->now = self->full = LW_SUPPLY_UNSAID;
        while ((line = strsep(&rest, "\n")) != NULL) {
                char *equals = strchr(line, '=');

                if (equals == NULL || !g_str_has_prefix(line, PREFIX))
                        continue;
                *equals = '\0';
                take_word(self, line + strlen(PREFIX), equals + 1);
                take_number(self, line + strlen(PREFIX), equals + 1);
        }
}

int lw_supply_source(const LwSupply *self)
{
        if (self->is_of_peripheral)
                return -1;
        switch (self->kind) {
        case LW_SUPPLY_BATTERY:
                return self->is_missing ? -1 : 1;
        case LW_SUPPLY_UPS:
                return self->is_missing ? -1 : 2;
        case LW_SUPPLY_MAINS:
                return self->is_online ? 6 : -1;
        case LW_SUPPLY_USB:
                return self->is_online ? 5 : -1;
        case LW_SUPPLY_WIRELESS:
                return self->is_online ? 0 : -1;
        case LW_SUPPLY_OTHER:
                return -1;
        }
        g_assert_not_reached();
}

static int64_t divide(int64_t number, int64_t by)
{
        return (number + (number < 0 ? -by / 2 : by / 2)) / by;
}

bool lw_supply_voltage(const LwSupply *self, int64_t *ret_mv)
{
        if (self->voltage_uv == LW_SUPPLY_UNSAID)
                return false;
        *ret_mv = divide(self->voltage_uv, 1000);
        return true;
}

bool lw_supply_current(const LwSupply *self, int64_t *ret_ma)
{
        if (self->current_ua != LW_SUPPLY_UNSAID)
                *ret_ma = divide(self->current_ua, 1000);
        else if (self->power_uw != LW_SUPPLY_UNSAID && self->voltage_uv > 0)
                *ret_ma = divide(self->power_uw * 1000, self->voltage_uv);
        else
                return false;
        return true;
}

/* Percent of one battery, or -1. */
static int64_t level_of(const LwSupply *self)
{
        if (self->capacity != LW_SUPPLY_UNSAID)
                return self->capacity;
        if (self->now == LW_SUPPLY_UNSAID || self->full == LW_SUPPLY_UNSAID || self->full == 0)
                return -1;
        return MIN(divide(self->now * 100, self->full), 100);
}

static bool is_battery_low(const LwSupply *self)
{
        int64_t alert = self->alert_percent == LW_SUPPLY_UNSAID ? 0 : self->alert_percent;
        int64_t level = level_of(self);

        return self->is_low || (level >= 0 && level <= MAX(alert, LOW_PERCENT));
}

static int status_of_battery(const LwSupply *self)
{
        if (self->is_missing)
                return NOT_INSTALLED;
        if (self->is_damaged)
                return DAMAGED;
        if (self->status == LW_SUPPLY_CHARGING)
                return CHARGING;
        if (self->status == LW_SUPPLY_FULL)
                return CHARGED;
        if (is_battery_low(self))
                return LOW;
        return self->status == LW_SUPPLY_STATUS_UNKNOWN ? UNKNOWN : NORMAL;
}

/* --- all of them ------------------------------------------------------------------------------ */

void lw_power_clear(LwPower *self)
{
        g_clear_pointer(&self->supplies, g_array_unref);
}

size_t lw_power_count(const LwPower *self)
{
        return self->supplies == NULL ? 0 : self->supplies->len;
}

const LwSupply *lw_power_at(const LwPower *self, size_t index)
{
        return &g_array_index(self->supplies, LwSupply, index);
}

bool lw_power_is_there(int root_fd)
{
        g_auto(GStrv) names = lw_directory_list(root_fd, CLASS, LW_SUPPLIES_MAX);

        return names[0] != NULL;
}

static bool read_supply(LwSupply *supply, int root_fd, const char *name)
{
        g_autofree char *path = g_build_filename(CLASS, name, "uevent", NULL);
        g_autoptr(GBytes) bytes = NULL;
        size_t length;
        const char *text;

        if (lw_file_read(root_fd, path, UEVENT_MAX, &bytes) < 0)
                return false;
        text = g_bytes_get_data(bytes, &length);
        lw_supply_parse(supply, text, length);
        if (supply->kind == LW_SUPPLY_OTHER) { /* Linux before 5.11 has the type in a file alone */
                g_autofree char *type = g_build_filename(CLASS, name, "type", NULL);
                g_autofree char *word = NULL;

                if (lw_file_read_line(root_fd, type, &word) >= 0)
                        supply->kind = lw_supply_kind(word);
        }
        supply->name = g_strdup(name);
        return !supply->is_of_peripheral && supply->kind != LW_SUPPLY_OTHER;
}

void lw_power_read(LwPower *self, int root_fd)
{
        g_auto(GStrv) names = lw_directory_list(root_fd, CLASS, LW_SUPPLIES_MAX);

        lw_power_clear(self);
        self->supplies = g_array_new(FALSE, FALSE, sizeof(LwSupply));
        g_array_set_clear_func(self->supplies, clear_element);
        for (size_t i = 0; names[i] != NULL; i++) {
                LwSupply supply = {};

                if (read_supply(&supply, root_fd, names[i]))
                        g_array_append_val(self->supplies, supply);
                else
                        lw_supply_clear(&supply);
        }
}

bool lw_power_has_battery(const LwPower *self)
{
        for (size_t i = 0; i < lw_power_count(self); i++)
                if (lw_power_at(self, i)->kind == LW_SUPPLY_BATTERY)
                        return true;
        return false;
}

bool lw_power_battery_level(const LwPower *self, int *ret_percent)
{
        int64_t now = 0, full = 0, levels = 0, count = 0;
        bool is_weighed = true;

        for (size_t i = 0; i < lw_power_count(self); i++) {
                const LwSupply *supply = lw_power_at(self, i);
                int64_t level = level_of(supply);

                if (supply->kind != LW_SUPPLY_BATTERY || supply->is_missing || level < 0)
                        continue;
                count++;
                levels += level;
                is_weighed = is_weighed && supply->now != LW_SUPPLY_UNSAID &&
                             supply->full != LW_SUPPLY_UNSAID;
                now += is_weighed ? supply->now : 0;
                full += is_weighed ? supply->full : 0;
        }
        if (count == 0)
                return false;
        if (count > 1 && is_weighed && full > 0)
                *ret_percent = (int) MIN(divide(now * 100, full), 100);
        else
                *ret_percent = (int) divide(levels, count);
        return true;
}

int lw_power_battery_status(const LwPower *self)
{
        /* by how much a person should know of it */
        static const int ranks[] = { [NOT_INSTALLED] = 0,
                [UNKNOWN] = 1,
                [CHARGED] = 2,
                [NORMAL] = 3,
                [LOW] = 4,
                [CHARGING] = 5,
                [DAMAGED] = 6 };
        int status = NOT_INSTALLED;

        for (size_t i = 0; i < lw_power_count(self); i++) {
                const LwSupply *supply = lw_power_at(self, i);
                int one = status_of_battery(supply);

                if (supply->kind == LW_SUPPLY_BATTERY && ranks[one] > ranks[status])
                        status = one;
        }
        return status;
}

bool lw_power_is_low(const LwPower *self)
{
        for (size_t i = 0; i < lw_power_count(self); i++) {
                const LwSupply *supply = lw_power_at(self, i);

                if ((supply->kind == LW_SUPPLY_BATTERY || supply->kind == LW_SUPPLY_UPS) &&
                                !supply->is_missing && is_battery_low(supply))
                        return true;
        }
        return false;
}

bool lw_power_is_cut(const LwPower *self)
{
        bool any = false;

        for (size_t i = 0; i < lw_power_count(self); i++) {
                const LwSupply *supply = lw_power_at(self, i);

                if (supply->kind == LW_SUPPLY_BATTERY || supply->kind == LW_SUPPLY_UPS)
                        continue;
                if (supply->is_online)
                        return false;
                any = true;
        }
        return any;
}

bool lw_power_is_damaged(const LwPower *self)
{
        for (size_t i = 0; i < lw_power_count(self); i++)
                if (lw_power_at(self, i)->is_damaged && !lw_power_at(self, i)->is_missing)
                        return true;
        return false;
}
