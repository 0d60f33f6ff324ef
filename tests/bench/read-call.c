/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bare call of Provider1.Read, as the agent makes it, and its answer. */
#include "bench/read-call.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

#include "bench/service.h"

#define TIMEOUT_USEC UINT64_C(5000000)

int bench_read_call(sd_bus *bus, const char *service, const char *instance,
                sd_bus_message_handler_t callback, void *user)
{
        sd_bus_message *m = NULL;
        char path[64];
        int r = sd_bus_message_new_method_call(
                        bus, &m, service, "/Service", "org.lwm2md.Provider1", "Read");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (int i = 0; r >= 0 && i < BENCH_RESOURCES; i++) {
                snprintf(path, sizeof(path), "%s/%d", instance, i);
                r = sd_bus_message_append_basic(m, 's', path);
        }
        if (r >= 0 && (r = sd_bus_message_close_container(m)) >= 0 &&
                        (r = sd_bus_message_append(m, "a{sv}", 3, "server", "q", 1, "operation",
                                         "s", "Read", "deadline_usec", "t", TIMEOUT_USEC)) >= 0)
                r = sd_bus_call_async(bus, NULL, m, callback, user, TIMEOUT_USEC);
        sd_bus_message_unref(m);
        return r;
}

int bench_read_answer(sd_bus_message *m, double *sum)
{
        const char *path;
        double value;
        int r;

        if (sd_bus_message_is_method_error(m, NULL))
                return -EIO;
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_read(m, "{sv}", &path, "d", &value)) > 0)
                *sum += value; /* values are taken out, as the agent does */
        return r;
}
