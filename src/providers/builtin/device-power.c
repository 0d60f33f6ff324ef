/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power resources of object 3: sources, voltages, currents, battery. */
#include "providers/builtin/device-power.h"

#include <string.h>

#include "model/limits.h"

#define AGE_USEC LW_USEC_PER_SEC

enum { SOURCES = 6, VOLTAGE = 7, CURRENT = 8, BATTERY_LEVEL = 9, BATTERY_STATUS = 20 };

static const uint16_t resources[] = { SOURCES, VOLTAGE, CURRENT, BATTERY_LEVEL, BATTERY_STATUS };

#define RESOURCES G_N_ELEMENTS(resources)

/* One number at a path. */
typedef struct Number {
        uint16_t element;
        int64_t number;
} Number;

/* One look, which the worker fills. */
typedef struct Look {
        LwDevicePower *owner; /* NULL: gone meanwhile */
        int root_fd;
        LwPower power;
} Look;

typedef struct Waiter {
        LwPath path;
        LwTableReading *reading;
        LwDevicePowerReady ready;
        void *user;
} Waiter;

struct LwDevicePower {
        LwTree *tree;
        LwWorker *worker;
        int root_fd;
        LwDevicePowerSeen seen;
        void *user;
        LwPower power;
        LwUsec taken;     /* LW_USEC_NEVER: not yet */
        GPtrArray *names; /* of char, by element */
        GArray *numbers[RESOURCES];
        Look *look;      /* under way; NULL: none */
        bool look_again; /* once it is done: somebody knows of a change since it began */
        GArray *waiters;
};

/* --- what supplies are as numbers ------------------------------------------------------------- */

static bool is_present(const LwDevicePower *self, const char *name)
{
        for (size_t i = 0; i < lw_power_count(&self->power); i++)
                if (strcmp(lw_power_at(&self->power, i)->name, name) == 0)
                        return true;
        return false;
}

/* The element of a supply: its old one, else the next; when there are too many, that of one that is
 * away. */
static uint16_t element_of(LwDevicePower *self, const char *name)
{
        for (guint i = 0; i < self->names->len; i++)
                if (strcmp(self->names->pdata[i], name) == 0)
                        return (uint16_t) i;
        for (guint i = 0; self->names->len >= 2 * LW_SUPPLIES_MAX && i < self->names->len; i++) {
                if (is_present(self, self->names->pdata[i]))
                        continue;
                g_free(self->names->pdata[i]);
                self->names->pdata[i] = g_strdup(name);
                return (uint16_t) i;
        }
        g_ptr_array_add(self->names, g_strdup(name));
        return (uint16_t) (self->names->len - 1);
}

static int compare_elements(const void *a, const void *b)
{
        return ((const Number *) a)->element - ((const Number *) b)->element;
}

static void add_number(GArray *numbers, uint16_t element, int64_t number)
{
        Number one = { element, number };

        g_array_append_val(numbers, one);
}

static void add_supply(LwDevicePower *self, const LwSupply *supply, GArray *const *numbers)
{
        uint16_t element = element_of(self, supply->name);
        int source = lw_supply_source(supply);
        int64_t number;

        if (source < 0)
                return;
        add_number(numbers[0], element, source);
        if (lw_supply_voltage(supply, &number))
                add_number(numbers[1], element, number);
        if (lw_supply_current(supply, &number))
                add_number(numbers[2], element, number);
}

static void make_numbers(LwDevicePower *self, GArray **numbers)
{
        int level;

        for (size_t i = 0; i < RESOURCES; i++)
                numbers[i] = g_array_new(FALSE, FALSE, sizeof(Number));
        for (size_t i = 0; i < lw_power_count(&self->power); i++)
                add_supply(self, lw_power_at(&self->power, i), numbers);
        if (lw_power_battery_level(&self->power, &level))
                add_number(numbers[3], 0, level);
        if (lw_power_has_battery(&self->power))
                add_number(numbers[4], 0, lw_power_battery_status(&self->power));
        for (size_t i = 0; i < RESOURCES; i++)
                g_array_sort(numbers[i], compare_elements);
}

static bool are_equal(const GArray *a, const GArray *b)
{
        for (guint i = 0; a->len == b->len && i < a->len; i++) {
                const Number *x = &g_array_index(a, Number, i), *y = &g_array_index(b, Number, i);

                if (x->element != y->element || x->number != y->number)
                        return false;
        }
        return a->len == b->len;
}

static size_t index_of(uint16_t resource)
{
        size_t i = 0;

        while (i < RESOURCES && resources[i] != resource)
                i++;
        return i;
}

bool lw_device_power_has(const LwDevicePower *self, uint16_t resource)
{
        size_t i = index_of(resource);

        if (resource == SOURCES)
                return lw_power_count(&self->power) > 0;
        return i < RESOURCES && self->numbers[i]->len > 0;
}

/* --- looking ---------------------------------------------------------------------------------- */

static void give(void *user, const LwPath *path, LwTableReading *reading)
{
        LwDevicePower *self = user;
        const GArray *numbers = self->numbers[index_of(path->ids[2])];
        bool is_array = path->ids[2] < BATTERY_LEVEL;

        for (guint i = 0; i < numbers->len; i++) {
                const Number *one = &g_array_index(numbers, Number, i);
                LwPath resource = lw_path_prefix(path, LW_LEVEL_RESOURCE);
                LwPath at = is_array ? lw_path_child(&resource, one->element) : resource;

                if (lw_path_contains(path, &at))
                        lw_table_reading_add(reading, &at, lw_value_integer(one->number));
        }
        if (is_array && numbers->len == 0 && path->length == LW_LEVEL_RESOURCE)
                lw_table_reading_add(reading, path, lw_value_none());
}

static void answer_waiters(LwDevicePower *self, bool with_values)
{
        g_autoptr(GArray) waiters = g_steal_pointer(&self->waiters);

        self->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
        for (guint i = 0; i < waiters->len; i++) {
                const Waiter *waiter = &g_array_index(waiters, Waiter, i);

                if (with_values)
                        waiter->ready(waiter->user, &waiter->path, waiter->reading);
                lw_table_reading_release(waiter->reading, NULL);
        }
}

/* Takes what was seen; true when there are other resources than before. */
static bool take(LwDevicePower *self, LwPower *power)
{
        GArray *before[RESOURCES];
        bool had[RESOURCES], rearranged = false;

        for (size_t i = 0; i < RESOURCES; i++) {
                had[i] = lw_device_power_has(self, resources[i]);
                before[i] = self->numbers[i];
        }
        lw_power_clear(&self->power);
        self->power = *power;
        *power = (LwPower){};
        make_numbers(self, self->numbers);
        for (size_t i = 0; i < RESOURCES; i++) {
                LwPath path = LW_PATH_RESOURCE(3, 0, resources[i]);
                bool has = lw_device_power_has(self, resources[i]);

                rearranged = rearranged || has != had[i];
                if (has == had[i] && !are_equal(before[i], self->numbers[i]))
                        lw_tree_changed(self->tree, &path);
                g_array_unref(before[i]);
        }
        return rearranged;
}

static void run_look(void *data)
{
        Look *look = data;

        lw_power_read(&look->power, look->root_fd);
}

static void end_look(Look *look)
{
        lw_power_clear(&look->power);
        g_free(look);
}

static void on_looked(void *data, bool cancelled)
{
        Look *look = data;
        LwDevicePower *self = look->owner;

        if (self != NULL) {
                self->look = NULL;
                if (!cancelled) {
                        self->taken = lw_driver_now(lw_worker_driver(self->worker)).boot;
                        self->seen(self->user, take(self, &look->power));
                }
                answer_waiters(self, !cancelled);
                if (self->look_again)
                        lw_device_power_look(self);
        }
        end_look(look);
}

void lw_device_power_look(LwDevicePower *self)
{
        self->look_again = self->look != NULL;
        if (self->look != NULL)
                return;
        self->look = g_new0(Look, 1);
        *self->look = (Look){ .owner = self, .root_fd = self->root_fd };
        if (lw_worker_add(self->worker, run_look, on_looked, self->look))
                return;
        end_look(g_steal_pointer(&self->look)); /* the worker is full: what was seen last counts */
        answer_waiters(self, true);
}

/* A host without supplies is never looked at. */
static bool is_fresh(const LwDevicePower *self, LwUsec now)
{
        if (self->taken == LW_USEC_NEVER)
                return self->look == NULL;
        return now < lw_usec_add(self->taken, AGE_USEC);
}

void lw_device_power_await(LwDevicePower *self, const LwPath *path, LwTableReading *reading,
                LwDevicePowerReady ready, void *user)
{
        Waiter waiter = { *path, reading, ready, user };

        if (is_fresh(self, lw_table_reading_now(reading).boot)) {
                ready(user, path, reading);
                return;
        }
        lw_table_reading_hold(reading);
        g_array_append_val(self->waiters, waiter);
        if (self->look == NULL)
                lw_device_power_look(self);
}

void lw_device_power_read(LwDevicePower *self, const LwPath *path, LwTableReading *reading)
{
        lw_device_power_await(self, path, reading, give, self);
}

const LwPower *lw_device_power_state(const LwDevicePower *self)
{
        return &self->power;
}

LwDevicePower *lw_device_power_new(
                LwTree *tree, LwWorker *worker, int root_fd, LwDevicePowerSeen seen, void *user)
{
        LwDevicePower *self = g_new0(LwDevicePower, 1);

        self->tree = tree;
        self->worker = worker;
        self->root_fd = root_fd;
        self->seen = seen;
        self->user = user;
        self->taken = LW_USEC_NEVER;
        self->names = g_ptr_array_new_with_free_func(g_free);
        self->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
        for (size_t i = 0; i < RESOURCES; i++)
                self->numbers[i] = g_array_new(FALSE, FALSE, sizeof(Number));
        if (lw_power_is_there(root_fd))
                lw_device_power_look(self);
        return self;
}

void lw_device_power_free(LwDevicePower *self)
{
        if (self == NULL)
                return;
        if (self->look != NULL) {
                self->look->owner = NULL;
                lw_worker_cancel(self->worker, self->look);
        }
        answer_waiters(self, false);
        g_array_unref(self->waiters);
        for (size_t i = 0; i < RESOURCES; i++)
                g_array_unref(self->numbers[i]);
        g_ptr_array_unref(self->names);
        lw_power_clear(&self->power);
        g_free(self);
}
