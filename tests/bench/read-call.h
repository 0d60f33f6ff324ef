/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bare call of Provider1.Read, as the agent makes it, and its answer. */
#pragma once

#include <systemd/sd-bus.h>

/** Asks the service for all resources of the instance. */
int bench_read_call(sd_bus *bus, const char *service, const char *instance,
                sd_bus_message_handler_t callback, void *user);
/** Adds up the values of the answer; an error if it is one. */
int bench_read_answer(sd_bus_message *m, double *sum);
