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
#include "providers/builtin/device-links.h"
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
        LwDeviceSample *sample;
        LwDeviceLinks *links;
        LwDevicePower *power;
        LwDeviceErrors *errors;
        uint32_t observed; /* BIT() of resources */
        LwUsec interval, next_sample;
        LwDeviceActions *actions;
        bool added; /* to the tree */
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

static void read_fact(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const char *fact = lw_device_facts_text(self->facts, path->ids[2]);

        if (fact != NULL)
                lw_table_reading_add(reading, path, lw_value_string(fact));
}

static void read_sample(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;

        lw_device_sample_read(self->sample, path, reading);
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

        lw_device_sample_take(self->sample, lw_table_reading_now(reading));
        lw_device_power_await(self->power, path, reading, give_error_codes, self);
}

static void read_links(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;

        lw_device_links_read(self->links, path, reading);
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

        lw_device_sample_forget(self->sample);
        tell(self, UTC_OFFSET);
        tell(self, TIMEZONE);
}

static void commit_clock(
                void *context, const LwPath *instance G_GNUC_UNUSED, void *draft, LwCall *call)
{
        LwDeviceObject *self = context;

        lw_device_sample_take(self->sample, lw_call_now(call));
        lw_clock_draft_commit(draft, self->bus, self->root_fd, lw_device_sample_zone(self->sample),
                        on_clock_set, self, call);
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

        lw_device_sample_forget(self->sample);
        lw_device_errors_set(self->errors, LW_ERROR_MEMORY_LOW, false);
        lw_device_sample_take(self->sample, lw_call_now(call));
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
        { MEMORY_FREE,      .read    = read_sample                                       },
        { ERROR_CODE,       .read    = read_error_code                                   },
        { RESET_ERROR_CODE, .execute = execute_reset_error                               },
        { CURRENT_TIME,     .read    = read_time, .write = lw_clock_draft_time           },
        { UTC_OFFSET,       .read    = read_sample, .write = lw_clock_draft_offset       },
        { TIMEZONE,         .read    = read_sample, .write = lw_clock_draft_zone         },
        { BINDINGS,         .read    = read_fact                                         },
        { DEVICE_TYPE,      .read    = read_fact                                         },
        { HARDWARE_VERSION, .read    = read_fact                                         },
        { SOFTWARE_VERSION, .read    = read_fact                                         },
        { BATTERY_STATUS,   .read    = read_power                                        },
        { MEMORY_TOTAL,     .read    = read_sample                                       },
        { EXTERNAL_DEVICES, .read    = read_links                                        },
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
        if (row->read == read_sample)
                return lw_device_sample_has(self->sample, row->id);
        if (row->read == read_power)
                return lw_device_power_has(self->power, row->id);
        if (row->read == read_links)
                return lw_device_links_count(self->links) > 0;
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

static void look_around(LwDeviceObject *self, LwNow now)
{
        lw_device_sample_look(self->sample, now);
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
        self->sample = lw_device_sample_new(
                        self->tree, self->errors, self->root_fd, lw_driver_now(self->driver));
        self->links = lw_device_links_new(self->tree, self->driver, rearrange, self);
        self->power = lw_device_power_new(
                        self->tree, sources->worker, self->root_fd, on_power_seen, self);
        lw_driver_add(self->driver, &driver_client, self);
        return self;
}

void lw_device_object_free(LwDeviceObject *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        lw_device_links_free(self->links);
        lw_device_actions_free(self->actions);
        lw_device_power_free(self->power);
        lw_device_errors_free(self->errors);
        lw_tree_remove_provider(self->tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        lw_device_facts_free(self->facts);
        lw_device_sample_free(self->sample);
        g_free(self);
}

void lw_device_object_use_bus(LwDeviceObject *self, LwBus *bus)
{
        self->bus = bus;
        lw_device_actions_use_bus(self->actions, bus);
        lw_device_facts_use_bus(self->facts, bus, rearrange, self);
}
