/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error codes of object 3, and those who are asked whether something is wrong. */
#include "providers/builtin/device-errors.h"

#define ERROR_CODE 11

/* A Read that waits until somebody has looked; his until then. */
typedef struct Waiter {
        LwDeviceErrors *owner; /* NULL: gone meanwhile */
        LwPath path;
        LwTableReading *reading;
} Waiter;

struct LwDeviceErrors {
        LwTree *tree;
        LwErrorCodes codes;
        LwErrorsLook look; /* NULL: nobody is asked */
        void *user;
        GPtrArray *waiters; /* of Waiter */
};

LwDeviceErrors *lw_device_errors_new(LwTree *tree)
{
        LwDeviceErrors *self = g_new0(LwDeviceErrors, 1);

        self->tree = tree;
        self->waiters = g_ptr_array_new();
        return self;
}

void lw_device_errors_ask(LwDeviceErrors *self, LwErrorsLook look, void *user)
{
        self->look = look;
        self->user = user;
}

static void tell(LwDeviceErrors *self)
{
        lw_tree_changed(self->tree, &LW_PATH_RESOURCE(3, 0, ERROR_CODE));
}

bool lw_device_errors_has(const LwDeviceErrors *self, LwErrorCause cause)
{
        return self->codes.holds[cause];
}

void lw_device_errors_set(LwDeviceErrors *self, LwErrorCause cause, bool holds)
{
        if (lw_error_codes_set(&self->codes, cause, holds))
                tell(self);
}

static void give(const LwDeviceErrors *self, const LwPath *path, LwTableReading *reading)
{
        LwPath resource = lw_path_prefix(path, LW_LEVEL_RESOURCE);

        for (uint16_t i = 0; i < LW_ERROR_CAUSES; i++) {
                LwPath element = lw_path_child(&resource, i);
                int code = lw_error_codes_at(&self->codes, i);

                if (code >= 0 && lw_path_contains(path, &element))
                        lw_table_reading_add(reading, &element, lw_value_integer(code));
        }
}

static void answer(LwDeviceErrors *self, Waiter *waiter)
{
        give(self, &waiter->path, waiter->reading);
        lw_table_reading_release(waiter->reading, NULL);
}

static void on_looked(void *data)
{
        Waiter *waiter = data;

        if (waiter->owner != NULL) {
                g_ptr_array_remove(waiter->owner->waiters, waiter);
                answer(waiter->owner, waiter);
        }
        g_free(waiter);
}

void lw_device_errors_read(LwDeviceErrors *self, const LwPath *path, LwTableReading *reading)
{
        Waiter *waiter;

        if (self->look == NULL) {
                give(self, path, reading);
                return;
        }
        waiter = g_new(Waiter, 1);
        *waiter = (Waiter){ self, *path, reading };
        lw_table_reading_hold(reading);
        g_ptr_array_add(self->waiters, waiter);
        self->look(self->user, false, on_looked, waiter);
}

void lw_device_errors_look(LwDeviceErrors *self, bool anew)
{
        if (self->look != NULL)
                self->look(self->user, anew, NULL, NULL);
        if (anew && lw_error_codes_reset(&self->codes))
                tell(self);
}

void lw_device_errors_free(LwDeviceErrors *self)
{
        if (self == NULL)
                return;
        for (guint i = 0; i < self->waiters->len; i++) {
                Waiter *waiter = self->waiters->pdata[i];

                waiter->owner = NULL;
                answer(self, waiter);
        }
        g_ptr_array_unref(self->waiters);
        g_free(self);
}
