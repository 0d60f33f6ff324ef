/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 3, Device: this host. */
#include "providers/builtin/device.h"

#include <string.h>

#include "base/log.h"
#include "model/status.h"
#include "providers/builtin/device-actions.h"
#include "providers/builtin/device-clock.h"
#include "providers/builtin/device-errors.h"
#include "providers/builtin/device-facts.h"
#include "providers/builtin/device-power.h"
#include "providers/builtin/device-sample.h"

#define OBJECT 3
#define INSTANCE 0

enum {
        MANUFACTURER = 0,
        MODEL_NUMBER = 1,
        SERIAL_NUMBER = 2,
        FIRMWARE_VERSION = 3,
        REBOOT = 4,
        FACTORY_RESET = 5,
        POWER_SOURCES = 6,
        POWER_VOLTAGE = 7,
        POWER_CURRENT = 8,
        BATTERY_LEVEL = 9,
        MEMORY_FREE = 10,
        ERROR_CODE = 11,
        RESET_ERROR_CODE = 12,
        CURRENT_TIME = 13,
        UTC_OFFSET = 14,
        TIMEZONE = 15,
        BINDINGS = 16,
        DEVICE_TYPE = 17,
        HARDWARE_VERSION = 18,
        SOFTWARE_VERSION = 19,
        BATTERY_STATUS = 20,
        MEMORY_TOTAL = 21,
        EXTERNAL_DEVICES = 22,
};

/* What /3/0/22 links: Host Device Info, which services provide. */
#define HOST_DEVICE 10241

/* How old memory and zone may be: a server that asks for all of /3/0 a thousand times a second
 * costs one look. */
#define SAMPLE_AGE_USEC LW_USEC_PER_SEC

/* Of all memory in percent: what is left is too little, and what is enough again. */
#define MEMORY_LOW_PERCENT 3
#define MEMORY_FINE_PERCENT 5
/* Free memory is another number each time: less of a change than this is not told. */
#define MEMORY_CHANGE_PERCENT 1

#define BIT(resource) (UINT32_C(1) << (resource))

/* What has to be looked at to see it change. */
#define SAMPLED                                                                                    \
        (BIT(POWER_SOURCES) | BIT(POWER_VOLTAGE) | BIT(POWER_CURRENT) | BIT(BATTERY_LEVEL) |       \
                        BIT(MEMORY_FREE) | BIT(ERROR_CODE) | BIT(UTC_OFFSET) | BIT(TIMEZONE) |     \
                        BIT(BATTERY_STATUS))

struct LwDeviceObject {
        LwTree *tree;
        LwDriver *driver;
        LwTable *table;
        LwBus *bus;
        int root_fd;
        LwDeviceFacts *facts;
        LwDeviceSample sample;
        int64_t told_kb; /* free memory as it was told last */
        LwDevicePower *power;
        LwDeviceErrors *errors;
        uint32_t observed; /* BIT() of resources */
        LwUsec interval, next_sample;
        LwDeviceActions *actions;
        bool added; /* to the tree */
        bool rearranging;
};

/* --- Read --- */

static const LwPath *instance_path(void)
{
        static const LwPath path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

        return &path;
}

static void tell(LwDeviceObject *self, uint16_t resource)
{
        LwPath path = LW_PATH_RESOURCE(OBJECT, INSTANCE, resource);

        lw_tree_changed(self->tree, &path);
}

static void judge_memory(LwDeviceObject *self)
{
        const LwMemory *memory = &self->sample.memory;
        int percent = lw_device_errors_has(self->errors, LW_ERROR_MEMORY_LOW) ? MEMORY_FINE_PERCENT
                                                                              : MEMORY_LOW_PERCENT;

        lw_device_errors_set(self->errors, LW_ERROR_MEMORY_LOW,
                        self->sample.has_memory &&
                                        memory->available_kb < memory->total_kb / 100 * percent);
}

static void take_sample(LwDeviceObject *self, LwNow now)
{
        if (lw_device_sample_take(&self->sample, self->root_fd, SAMPLE_AGE_USEC, now))
                judge_memory(self);
}

static void read_fact(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const char *fact = lw_device_facts_text(self->facts, path->ids[2]);

        if (fact != NULL)
                lw_table_reading_add(reading, path, lw_value_string(fact));
}

static void read_memory(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const LwMemory *memory = &self->sample.memory;

        take_sample(self, lw_table_reading_now(reading));
        if (self->sample.has_memory)
                lw_table_reading_add(reading, path,
                                lw_value_integer(path->ids[2] == MEMORY_TOTAL
                                                                 ? memory->total_kb
                                                                 : memory->available_kb));
}

static void read_zone(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const char *text;

        take_sample(self, lw_table_reading_now(reading));
        text = path->ids[2] == TIMEZONE ? self->sample.zone.name : self->sample.offset;
        if (self->sample.has_zone && text != NULL)
                lw_table_reading_add(reading, path, lw_value_string(text));
}

static void read_time(void *context G_GNUC_UNUSED, const LwPath *path, LwTableReading *reading)
{
        int64_t now_usec = lw_table_reading_now(reading).real_usec;

        lw_table_reading_add(reading, path, lw_value_time(now_usec / (int64_t) LW_USEC_PER_SEC));
}

static void read_power(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;

        lw_device_power_read(self->power, path, reading);
}

static void give_error_codes(void *user, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = user;

        lw_device_errors_read(self->errors, path, reading);
}

static void read_error_code(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;

        take_sample(self, lw_table_reading_now(reading));
        lw_device_power_await(self->power, path, reading, give_error_codes, self);
}

static size_t count_external_devices(const LwDeviceObject *self)
{
        const LwObject *object = lw_tree_object(self->tree, HOST_DEVICE);

        return object == NULL ? 0 : object->instances->len;
}

static void read_external_devices(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const LwObject *object = lw_tree_object(self->tree, HOST_DEVICE);
        LwPath resource = lw_path_prefix(path, LW_LEVEL_RESOURCE);

        for (size_t i = 0; i < count_external_devices(self); i++) {
                const LwInstance *instance = object->instances->pdata[i];
                LwPath element = lw_path_child(&resource, instance->id);

                if (lw_path_contains(path, &element))
                        lw_table_reading_add(reading, &element,
                                        lw_value_link(HOST_DEVICE, instance->id));
        }
}

/* --- Write --- */

static void *prepare_clock(void *context G_GNUC_UNUSED, const LwPath *instance G_GNUC_UNUSED,
                GError **error G_GNUC_UNUSED)
{
        return lw_clock_draft_new();
}

static void discard_clock(void *draft)
{
        lw_clock_draft_free(draft);
}

static void on_clock_set(void *user)
{
        LwDeviceObject *self = user;

        self->sample.is_taken = false;
        tell(self, UTC_OFFSET);
        tell(self, TIMEZONE);
}

static void commit_clock(
                void *context, const LwPath *instance G_GNUC_UNUSED, void *draft, LwCall *call)
{
        LwDeviceObject *self = context;

        take_sample(self, lw_call_now(call));
        lw_clock_draft_commit(draft, self->bus, self->root_fd, self->sample.zone.name, on_clock_set,
                        self, call);
}

static const LwTableWriter writer = {
        .prepare = prepare_clock,
        .discard = discard_clock,
        .commit = commit_clock,
};

/* --- Execute --- */

static void execute_reboot(void *context, const LwPath *path G_GNUC_UNUSED,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwDeviceObject *self = context;

        lw_device_actions_reboot(self->actions, call);
}

static void execute_factory_reset(void *context, const LwPath *path G_GNUC_UNUSED,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwDeviceObject *self = context;

        lw_device_actions_reset(self->actions, call);
}

/* What is still wrong comes back with the next look. */
static void execute_reset_error(void *context, const LwPath *path G_GNUC_UNUSED,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwDeviceObject *self = context;

        self->sample.is_taken = false;
        lw_device_errors_set(self->errors, LW_ERROR_MEMORY_LOW, false);
        take_sample(self, lw_call_now(call));
        lw_device_errors_look(self->errors, true);
        if (lw_power_count(lw_device_power_state(self->power)) > 0)
                lw_device_power_look(self->power);
        lw_call_succeed(call);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { MANUFACTURER,     .read    = read_fact                                         },
        { MODEL_NUMBER,     .read    = read_fact                                         },
        { SERIAL_NUMBER,    .read    = read_fact                                         },
        { FIRMWARE_VERSION, .read    = read_fact                                         },
        { REBOOT,           .execute = execute_reboot                                    },
        { FACTORY_RESET,    .execute = execute_factory_reset                             },
        { POWER_SOURCES,    .read    = read_power                                        },
        { POWER_VOLTAGE,    .read    = read_power                                        },
        { POWER_CURRENT,    .read    = read_power                                        },
        { BATTERY_LEVEL,    .read    = read_power                                        },
        { MEMORY_FREE,      .read    = read_memory                                       },
        { ERROR_CODE,       .read    = read_error_code                                   },
        { RESET_ERROR_CODE, .execute = execute_reset_error                               },
        { CURRENT_TIME,     .read    = read_time, .write = lw_clock_draft_time           },
        { UTC_OFFSET,       .read    = read_zone, .write = lw_clock_draft_offset         },
        { TIMEZONE,         .read    = read_zone, .write = lw_clock_draft_zone           },
        { BINDINGS,         .read    = read_fact                                         },
        { DEVICE_TYPE,      .read    = read_fact                                         },
        { HARDWARE_VERSION, .read    = read_fact                                         },
        { SOFTWARE_VERSION, .read    = read_fact                                         },
        { BATTERY_STATUS,   .read    = read_power                                        },
        { MEMORY_TOTAL,     .read    = read_memory                                       },
        { EXTERNAL_DEVICES, .read    = read_external_devices                             },
};
/* clang-format on */

const LwTableRow *lw_device_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

static bool is_present(const LwDeviceObject *self, const LwTableRow *row)
{
        if (row->read == read_fact)
                return lw_device_facts_text(self->facts, row->id) != NULL;
        if (row->read == read_memory)
                return self->sample.has_memory;
        if (row->read == read_power)
                return lw_device_power_has(self->power, row->id);
        if (row->read == read_external_devices)
                return count_external_devices(self) > 0;
        if (row->id == TIMEZONE)
                return self->sample.has_zone && self->sample.zone.name != NULL;
        if (row->id == UTC_OFFSET)
                return self->sample.has_zone;
        return true;
}

bool lw_device_object_add(LwDeviceObject *self, GError **error)
{
        uint16_t resources[G_N_ELEMENTS(rows)];
        size_t count = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
                if (is_present(self, &rows[i]))
                        resources[count++] = rows[i].id;
        self->added = lw_tree_add_layer(self->tree, instance_path(), lw_table_provider(self->table),
                        LW_RANK_BUILTIN, resources, count, error);
        return self->added;
}

/* --- what changes --- */

/* The layer with other resources takes the place of the one that is there; the tree tells the
 * news. */
static void rearrange(void *user)
{
        LwDeviceObject *self = user;
        g_autoptr(GError) error = NULL;

        self->rearranging = false;
        if (self->added && !lw_device_object_add(self, &error))
                lw_log(G_LOG_LEVEL_WARNING, "what this host has in /3/0 cannot be shown: %s",
                                error->message);
}

static void on_power_seen(void *user, bool rearranged)
{
        LwDeviceObject *self = user;
        const LwPower *power = lw_device_power_state(self->power);

        lw_device_errors_set(self->errors, LW_ERROR_BATTERY_LOW, lw_power_is_low(power));
        lw_device_errors_set(self->errors, LW_ERROR_POWER_CUT, lw_power_is_cut(power));
        lw_device_errors_set(self->errors, LW_ERROR_BATTERY_DAMAGED, lw_power_is_damaged(power));
        if (rearranged)
                rearrange(self);
}

static bool is_another_memory(const LwDeviceObject *self)
{
        const LwMemory *memory = &self->sample.memory;

        return self->sample.has_memory && ABS(memory->available_kb - self->told_kb) * 100 >=
                                                          memory->total_kb * MEMORY_CHANGE_PERCENT;
}

static void look_around(LwDeviceObject *self, LwNow now)
{
        g_autofree char *zone = g_strdup(self->sample.zone.name);
        g_autofree char *offset = g_strdup(self->sample.offset);

        self->sample.is_taken = false;
        take_sample(self, now);
        if (is_another_memory(self)) {
                self->told_kb = self->sample.memory.available_kb;
                tell(self, MEMORY_FREE);
        }
        if (strcmp(offset, self->sample.offset) != 0)
                tell(self, UTC_OFFSET);
        if (g_strcmp0(zone, self->sample.zone.name) != 0)
                tell(self, TIMEZONE);
        if (lw_power_count(lw_device_power_state(self->power)) > 0)
                lw_device_power_look(self->power);
        if ((self->observed & BIT(ERROR_CODE)) != 0)
                lw_device_errors_look(self->errors, false);
}

static LwUsec deadline(void *user)
{
        const LwDeviceObject *self = user;

        return (self->observed & SAMPLED) != 0 ? self->next_sample : LW_USEC_NEVER;
}

static void run(void *user, LwNow now)
{
        LwDeviceObject *self = user;

        self->next_sample = lw_usec_add(now.boot, self->interval);
        look_around(self, now);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

static void observe(void *context, const LwPath *added, size_t added_count, const LwPath *dropped,
                size_t dropped_count)
{
        LwDeviceObject *self = context;
        bool was_sampled = (self->observed & SAMPLED) != 0;

        for (size_t i = 0; i < added_count; i++)
                self->observed |= BIT(added[i].ids[2]);
        for (size_t i = 0; i < dropped_count; i++)
                self->observed &= ~BIT(dropped[i].ids[2]);
        if (!was_sampled)
                self->next_sample = lw_usec_add(lw_driver_now(self->driver).boot, self->interval);
}

static void ignore_change(void *user G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED)
{
}

static void on_restructured(void *user, const LwPath *path, bool added G_GNUC_UNUSED)
{
        LwDeviceObject *self = user;

        if (path->ids[0] != HOST_DEVICE || self->rearranging)
                return;
        self->rearranging = true;
        lw_driver_defer(self->driver, rearrange, self);
}

static const LwTreeListener listener = {
        .changed = ignore_change,
        .restructured = on_restructured,
};

void lw_device_object_power_changed(LwDeviceObject *self)
{
        lw_device_power_look(self->power);
}

void lw_device_object_ask(LwDeviceObject *self, LwErrorsLook look, void *user)
{
        lw_device_errors_ask(self->errors, look, user);
}

void lw_device_object_set_error(LwDeviceObject *self, LwErrorCause cause, bool holds)
{
        lw_device_errors_set(self->errors, cause, holds);
}

/* --- life --- */

LwDeviceObject *lw_device_object_new(const LwDeviceSources *sources)
{
        LwDeviceObject *self = g_new0(LwDeviceObject, 1);

        self->tree = sources->tree;
        self->driver = lw_worker_driver(sources->worker);
        self->root_fd = sources->root_fd;
        self->interval = sources->sample_usec;
        self->actions = lw_device_actions_new(self->driver);
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), &writer, self);
        lw_table_watch(self->table, observe);
        self->facts = lw_device_facts_new(self->root_fd, sources->credentials);
        self->errors = lw_device_errors_new(self->tree);
        take_sample(self, lw_driver_now(self->driver));
        self->told_kb = self->sample.memory.available_kb;
        self->power = lw_device_power_new(
                        self->tree, sources->worker, self->root_fd, on_power_seen, self);
        lw_tree_add_listener(self->tree, &listener, self);
        lw_driver_add(self->driver, &driver_client, self);
        return self;
}

void lw_device_object_free(LwDeviceObject *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        lw_tree_remove_listener(self->tree, &listener, self);
        lw_driver_forget(self->driver, rearrange, self);
        lw_device_actions_free(self->actions);
        lw_device_power_free(self->power);
        lw_device_errors_free(self->errors);
        lw_tree_remove_provider(self->tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        lw_device_facts_free(self->facts);
        lw_device_sample_clear(&self->sample);
        g_free(self);
}

void lw_device_object_use_bus(LwDeviceObject *self, LwBus *bus)
{
        self->bus = bus;
        lw_device_actions_use_bus(self->actions, bus);
        lw_device_facts_use_bus(self->facts, bus, rearrange, self);
}
