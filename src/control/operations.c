/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOperationSignal: tells the bus of operations, so many a second. */
#include "control/operations.h"

#include <stdbool.h>

#include "control/manager.h"
#include "control/tally.h"

struct LwOperationSignal {
        LwDriver *driver;
        sd_bus *bus; /* NULL: none */
        LwTally tally;
};

static void emit(LwOperationSignal *self, uint16_t server, const char *name, const char *path,
                const char *status)
{
        sd_bus_emit_signal(self->bus, LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "Operation", "qsss",
                        server, name, path, status);
}

static bool is_signalled(LwOperation operation)
{
        return operation != LW_OPERATION_READ && operation != LW_OPERATION_DISCOVER &&
               operation != LW_OPERATION_READ_COMPOSITE;
}

void lw_operation_signal_emit(LwOperationSignal *self, uint16_t server, LwOperation operation,
                const LwPath *path, LwStatus status)
{
        char text[LW_PATH_TEXT_MAX];

        if (self->bus == NULL || !is_signalled(operation) ||
                        !lw_tally_take(&self->tally, lw_driver_now(self->driver)))
                return;
        lw_path_print(path, text);
        emit(self, server, lw_operation_name(operation), text, lw_status_text(status));
}

static LwUsec signal_deadline(void *user)
{
        const LwOperationSignal *self = user;

        return lw_tally_deadline(&self->tally);
}

static void signal_run(void *user, LwNow now G_GNUC_UNUSED)
{
        LwOperationSignal *self = user;
        char text[16];

        g_snprintf(text, sizeof(text), "%u", lw_tally_settle(&self->tally));
        if (self->bus != NULL)
                emit(self, LW_SERVER_LOCAL, "left-out", "/", text);
}

static const LwDriverClient driver_client = { .deadline = signal_deadline, .run = signal_run };

void lw_operation_signal_set_bus(LwOperationSignal *self, sd_bus *bus)
{
        self->bus = bus;
        self->tally = (LwTally){};
}

LwOperationSignal *lw_operation_signal_new(LwDriver *driver)
{
        LwOperationSignal *self = g_new0(LwOperationSignal, 1);

        self->driver = driver;
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_operation_signal_free(LwOperationSignal *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        g_free(self);
}
