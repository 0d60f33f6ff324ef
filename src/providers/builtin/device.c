/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 3, Device: this host. */
#include "providers/builtin/device.h"

#include <string.h>

#include "base/log.h"
#include "bus/hostname1.h"
#include "bus/login1.h"
#include "host/machine.h"
#include "host/os.h"
#include "host/zone.h"
#include "model/status.h"

#define OBJECT 3
#define INSTANCE 0

enum {
        MANUFACTURER = 0,
        MODEL_NUMBER = 1,
        SERIAL_NUMBER = 2,
        FIRMWARE_VERSION = 3,
        REBOOT = 4,
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
        MEMORY_TOTAL = 21,
        FACTS = 22
};

/* How old memory and zone may be: a server that asks for all of /3/0 a thousand times a second
 * costs one look. */
#define SAMPLE_AGE_USEC LW_USEC_PER_SEC

/* What may be other than a moment ago. */
typedef struct Sample {
        LwUsec taken; /* LW_USEC_NEVER: not yet */
        bool has_memory, has_zone;
        LwMemory memory;
        LwZone zone;
        char offset[LW_ZONE_OFFSET_TEXT_MAX];
} Sample;

struct LwDeviceObject {
        LwTree *tree;
        LwDriver *driver;
        LwTable *table;
        LwBus *bus;
        int root_fd;
        char *facts[FACTS]; /* by resource; NULL: not known */
        Sample sample;
        bool rebooting;
};

/* --- Read --- */

static const LwPath *instance_path(void)
{
        static const LwPath path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

        return &path;
}

static void take_sample(LwDeviceObject *self, LwNow now)
{
        Sample *sample = &self->sample;

        if (sample->taken != LW_USEC_NEVER && now.boot >= sample->taken &&
                        now.boot - sample->taken < SAMPLE_AGE_USEC)
                return;
        lw_zone_clear(&sample->zone);
        sample->taken = now.boot;
        sample->has_memory = lw_memory_read(self->root_fd, &sample->memory) >= 0;
        sample->has_zone = lw_zone_read(self->root_fd, now.real_usec / (int64_t) LW_USEC_PER_SEC,
                                           &sample->zone) >= 0;
        lw_zone_print_offset(sample->zone.offset_seconds, sample->offset);
}

static void read_fact(void *context, const LwPath *path, LwTableReading *reading)
{
        LwDeviceObject *self = context;
        const char *fact = self->facts[path->ids[2]];

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

/* One element, 0: "no error". Nothing on this host raises another one. */
static void read_error_code(
                void *context G_GNUC_UNUSED, const LwPath *path, LwTableReading *reading)
{
        LwPath element = lw_path_child(&(LwPath){ { OBJECT, INSTANCE, ERROR_CODE }, 3 }, 0);

        if (lw_path_contains(path, &element))
                lw_table_reading_add(reading, &element, lw_value_integer(0));
}

/* --- Execute --- */

static void on_reboot(void *user G_GNUC_UNUSED, const GError *error)
{
        if (error != NULL)
                lw_log(G_LOG_LEVEL_WARNING,
                                "the reboot that a server asked for does not happen: %s",
                                error->message);
}

static void reboot(void *user)
{
        LwDeviceObject *self = user;

        self->rebooting = false;
        lw_log(G_LOG_LEVEL_MESSAGE, "rebooting, as /3/0/4 was executed");
        lw_login1_reboot(self->bus, on_reboot, NULL);
}

/* The answer goes first: after the reboot there is nobody to give it. */
static void execute_reboot(void *context, const LwPath *path G_GNUC_UNUSED,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwDeviceObject *self = context;

        if (self->bus == NULL || lw_bus_connection(self->bus) == NULL) {
                lw_call_fail_status(call, LW_STATUS_UNAVAILABLE,
                                "there is no system bus to ask systemd-logind for a reboot");
                return;
        }
        if (!self->rebooting)
                lw_driver_defer(self->driver, reboot, self);
        self->rebooting = true;
        lw_call_succeed(call);
}

/* There is nothing to clear while nothing raises errors; what the standard asks for is the state we
 * are in. */
static void execute_reset_error(void *context G_GNUC_UNUSED, const LwPath *path G_GNUC_UNUSED,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        lw_call_succeed(call);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { MANUFACTURER,     .read    = read_fact           },
        { MODEL_NUMBER,     .read    = read_fact           },
        { SERIAL_NUMBER,    .read    = read_fact           },
        { FIRMWARE_VERSION, .read    = read_fact           },
        { REBOOT,           .execute = execute_reboot      },
        { MEMORY_FREE,      .read    = read_memory         },
        { ERROR_CODE,       .read    = read_error_code     },
        { RESET_ERROR_CODE, .execute = execute_reset_error },
        { CURRENT_TIME,     .read    = read_time           },
        { UTC_OFFSET,       .read    = read_zone           },
        { TIMEZONE,         .read    = read_zone           },
        { BINDINGS,         .read    = read_fact           },
        { DEVICE_TYPE,      .read    = read_fact           },
        { HARDWARE_VERSION, .read    = read_fact           },
        { SOFTWARE_VERSION, .read    = read_fact           },
        { MEMORY_TOTAL,     .read    = read_memory         },
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
                return self->facts[row->id] != NULL;
        if (row->read == read_memory)
                return self->sample.has_memory;
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
        return lw_tree_add_layer(self->tree, instance_path(), lw_table_provider(self->table),
                        LW_RANK_BUILTIN, resources, count, error);
}

static void read_facts(LwDeviceObject *self, const char *credentials)
{
        g_auto(LwMachine) machine = {};
        g_auto(LwOs) os = {};

        lw_machine_read(&machine, self->root_fd, credentials);
        lw_os_read(&os, self->root_fd);
        self->facts[MANUFACTURER] = g_steal_pointer(&machine.vendor);
        self->facts[MODEL_NUMBER] = g_steal_pointer(&machine.model);
        self->facts[SERIAL_NUMBER] = g_steal_pointer(&machine.serial);
        self->facts[HARDWARE_VERSION] = g_steal_pointer(&machine.hardware);
        self->facts[DEVICE_TYPE] = g_steal_pointer(&machine.kind);
        self->facts[FIRMWARE_VERSION] = lw_os_firmware(&os);
        self->facts[SOFTWARE_VERSION] = lw_os_software(&os);
        self->facts[BINDINGS] = g_strdup("U");
}

LwDeviceObject *lw_device_object_new(
                LwTree *tree, LwDriver *driver, int root_fd, const char *credentials)
{
        LwDeviceObject *self = g_new0(LwDeviceObject, 1);

        self->tree = tree;
        self->driver = driver;
        self->root_fd = root_fd;
        self->sample.taken = LW_USEC_NEVER;
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), NULL, self);
        read_facts(self, credentials);
        take_sample(self, lw_driver_now(driver));
        return self;
}

void lw_device_object_free(LwDeviceObject *self)
{
        if (self == NULL)
                return;
        lw_driver_forget(self->driver, reboot, self);
        lw_tree_remove_provider(self->tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        for (size_t i = 0; i < FACTS; i++)
                g_free(self->facts[i]);
        lw_zone_clear(&self->sample.zone);
        g_free(self);
}

/* --- what hostnamed adds --- */

static bool learn(LwDeviceObject *self, uint16_t resource, const char *text)
{
        char *fact;

        if (self->facts[resource] != NULL || text == NULL)
                return false;
        fact = lw_machine_fact(text, strlen(text));
        self->facts[resource] = fact;
        return fact != NULL;
}

static void on_hostname1(void *user, const LwHostname1 *facts)
{
        LwDeviceObject *self = user;
        g_autoptr(GError) error = NULL;
        bool any = learn(self, MANUFACTURER, facts->vendor);

        any = learn(self, MODEL_NUMBER, facts->model) || any;
        any = learn(self, SERIAL_NUMBER, facts->serial) || any;
        /* The layer with more resources takes the place of the one that is there; the tree tells
         * the news. */
        if (any && !lw_device_object_add(self, &error))
                lw_log(G_LOG_LEVEL_WARNING, "what hostnamed says of this host cannot be shown: %s",
                                error->message);
}

static void on_attach(void *user, sd_bus *bus G_GNUC_UNUSED)
{
        LwDeviceObject *self = user;

        bool maker = self->facts[MANUFACTURER] == NULL || self->facts[MODEL_NUMBER] == NULL;
        bool serial = self->facts[SERIAL_NUMBER] == NULL;

        if (maker || serial)
                lw_hostname1_ask(self->bus, maker, serial, on_hostname1, self);
}

static void on_detach(void *user G_GNUC_UNUSED, sd_bus *bus G_GNUC_UNUSED)
{
}

void lw_device_object_use_bus(LwDeviceObject *self, LwBus *bus)
{
        static const LwBusUser bus_user = { on_attach, on_detach };

        self->bus = bus;
        lw_bus_add_user(bus, &bus_user, self);
}
