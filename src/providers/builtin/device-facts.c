/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of object 3 stays as long as the agent runs: names, numbers and versions of this host. */
#include "providers/builtin/device-facts.h"

#include <string.h>

#include "bus/hostname1.h"
#include "host/machine.h"
#include "host/os.h"

enum {
        MANUFACTURER = 0,
        MODEL_NUMBER = 1,
        SERIAL_NUMBER = 2,
        FIRMWARE_VERSION = 3,
        BINDINGS = 16,
        DEVICE_TYPE = 17,
        HARDWARE_VERSION = 18,
        SOFTWARE_VERSION = 19,
        RESOURCES = 20
};

struct LwDeviceFacts {
        char *texts[RESOURCES]; /* by resource; NULL: not known */
        LwBus *bus;
        void (*learnt)(void *user);
        void *user;
};

LwDeviceFacts *lw_device_facts_new(int root_fd, const char *credentials)
{
        LwDeviceFacts *self = g_new0(LwDeviceFacts, 1);
        g_auto(LwMachine) machine = {};
        g_auto(LwOs) os = {};

        lw_machine_read(&machine, root_fd, credentials);
        lw_os_read(&os, root_fd);
        self->texts[MANUFACTURER] = g_steal_pointer(&machine.vendor);
        self->texts[MODEL_NUMBER] = g_steal_pointer(&machine.model);
        self->texts[SERIAL_NUMBER] = g_steal_pointer(&machine.serial);
        self->texts[HARDWARE_VERSION] = g_steal_pointer(&machine.hardware);
        self->texts[DEVICE_TYPE] = g_steal_pointer(&machine.kind);
        self->texts[FIRMWARE_VERSION] = lw_os_firmware(&os);
        self->texts[SOFTWARE_VERSION] = lw_os_software(&os);
        self->texts[BINDINGS] = g_strdup("UT");
        return self;
}

void lw_device_facts_free(LwDeviceFacts *self)
{
        if (self == NULL)
                return;
        for (size_t i = 0; i < RESOURCES; i++)
                g_free(self->texts[i]);
        g_free(self);
}

const char *lw_device_facts_text(const LwDeviceFacts *self, uint16_t resource)
{
        return resource < RESOURCES ? self->texts[resource] : NULL;
}

/* --- what hostnamed adds --- */

static bool learn(LwDeviceFacts *self, uint16_t resource, const char *text)
{
        if (self->texts[resource] != NULL || text == NULL)
                return false;
        self->texts[resource] = lw_machine_fact(text, strlen(text));
        return self->texts[resource] != NULL;
}

static void on_hostname1(void *user, const LwHostname1 *facts)
{
        LwDeviceFacts *self = user;
        bool any = learn(self, MANUFACTURER, facts->vendor);

        any = learn(self, MODEL_NUMBER, facts->model) || any;
        any = learn(self, SERIAL_NUMBER, facts->serial) || any;
        if (any)
                self->learnt(self->user);
}

static void on_attach(void *user, sd_bus *bus G_GNUC_UNUSED)
{
        LwDeviceFacts *self = user;
        bool maker = self->texts[MANUFACTURER] == NULL || self->texts[MODEL_NUMBER] == NULL;
        bool serial = self->texts[SERIAL_NUMBER] == NULL;

        if (maker || serial)
                lw_hostname1_ask(self->bus, maker, serial, on_hostname1, self);
}

static void on_detach(void *user G_GNUC_UNUSED, sd_bus *bus G_GNUC_UNUSED)
{
}

void lw_device_facts_use_bus(
                LwDeviceFacts *self, LwBus *bus, void (*learnt)(void *user), void *user)
{
        static const LwBusUser bus_user = { on_attach, on_detach };

        self->bus = bus;
        self->learnt = learnt;
        self->user = user;
        lw_bus_add_user(bus, &bus_user, self);
}
