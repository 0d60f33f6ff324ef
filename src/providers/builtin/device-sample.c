/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of object 3 may be other than a moment ago: memory and time zone. */
#include "providers/builtin/device-sample.h"

#include <string.h>

#include "host/os.h"
#include "host/zone.h"

enum { MEMORY_FREE = 10, UTC_OFFSET = 14, TIMEZONE = 15, MEMORY_TOTAL = 21 };

#define AGE_USEC LW_USEC_PER_SEC

/* Of all memory in percent: what is left is too little, and what is enough again. */
#define MEMORY_LOW_PERCENT 3
#define MEMORY_FINE_PERCENT 5
/* Free memory is another number each time: less of a change than this is not told. */
#define MEMORY_CHANGE_PERCENT 1

struct LwDeviceSample {
        LwTree *tree;
        LwDeviceErrors *errors;
        int root_fd;
        LwUsec taken; /* with `is_taken` */
        bool is_taken, has_memory, has_zone;
        LwMemory memory;
        LwZone zone;
        char offset[LW_ZONE_OFFSET_TEXT_MAX];
        int64_t told_kb; /* free memory as it was told last */
};

LwDeviceSample *lw_device_sample_new(LwTree *tree, LwDeviceErrors *errors, int root_fd, LwNow now)
{
        LwDeviceSample *self = g_new0(LwDeviceSample, 1);

        self->tree = tree;
        self->errors = errors;
        self->root_fd = root_fd;
        lw_device_sample_take(self, now);
        self->told_kb = self->memory.available_kb;
        return self;
}

void lw_device_sample_free(LwDeviceSample *self)
{
        if (self == NULL)
                return;
        lw_zone_clear(&self->zone);
        g_free(self);
}

bool lw_device_sample_has(const LwDeviceSample *self, uint16_t resource)
{
        if (resource == TIMEZONE)
                return self->has_zone && self->zone.name != NULL;
        return resource == UTC_OFFSET ? self->has_zone : self->has_memory;
}

const char *lw_device_sample_zone(const LwDeviceSample *self)
{
        return self->zone.name;
}

static void judge_memory(const LwDeviceSample *self)
{
        int percent = lw_device_errors_has(self->errors, LW_ERROR_MEMORY_LOW) ? MEMORY_FINE_PERCENT
                                                                              : MEMORY_LOW_PERCENT;

        lw_device_errors_set(self->errors, LW_ERROR_MEMORY_LOW,
                        self->has_memory && self->memory.available_kb <
                                                            self->memory.total_kb / 100 * percent);
}

void lw_device_sample_take(LwDeviceSample *self, LwNow now)
{
        int64_t now_seconds = now.real_usec / (int64_t) LW_USEC_PER_SEC;

        if (self->is_taken && now.boot >= self->taken && now.boot - self->taken < AGE_USEC)
                return;
        lw_zone_clear(&self->zone);
        self->memory = (LwMemory){};
        self->is_taken = true;
        self->taken = now.boot;
        self->has_memory = lw_memory_read(self->root_fd, &self->memory) >= 0;
        self->has_zone = lw_zone_read(self->root_fd, now_seconds, &self->zone) >= 0;
        lw_zone_print_offset(self->zone.offset_seconds, self->offset);
        judge_memory(self);
}

void lw_device_sample_forget(LwDeviceSample *self)
{
        self->is_taken = false;
}

static LwValue value_of(const LwDeviceSample *self, uint16_t resource)
{
        switch (resource) {
        case MEMORY_FREE:
                return lw_value_integer(self->memory.available_kb);
        case MEMORY_TOTAL:
                return lw_value_integer(self->memory.total_kb);
        case TIMEZONE:
                return lw_value_string(self->zone.name);
        default:
                return lw_value_string(self->offset);
        }
}

void lw_device_sample_read(LwDeviceSample *self, const LwPath *path, LwTableReading *reading)
{
        lw_device_sample_take(self, lw_table_reading_now(reading));
        if (lw_device_sample_has(self, path->ids[2]))
                lw_table_reading_add(reading, path, value_of(self, path->ids[2]));
}

/* --- what changes --- */

static bool is_another_memory(const LwDeviceSample *self)
{
        return self->has_memory && ABS(self->memory.available_kb - self->told_kb) * 100 >=
                                                   self->memory.total_kb * MEMORY_CHANGE_PERCENT;
}

static void tell(const LwDeviceSample *self, uint16_t resource)
{
        lw_tree_changed(self->tree, &LW_PATH_RESOURCE(3, 0, resource));
}

void lw_device_sample_look(LwDeviceSample *self, LwNow now)
{
        g_autofree char *zone = g_strdup(self->zone.name);
        g_autofree char *offset = g_strdup(self->offset);

        self->is_taken = false;
        lw_device_sample_take(self, now);
        if (is_another_memory(self)) {
                self->told_kb = self->memory.available_kb;
                tell(self, MEMORY_FREE);
        }
        if (strcmp(offset, self->offset) != 0)
                tell(self, UTC_OFFSET);
        if (g_strcmp0(zone, self->zone.name) != 0)
                tell(self, TIMEZONE);
}
