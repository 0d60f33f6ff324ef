/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both ends of the bus without the agent: services that answer from memory, and a caller of them.
 *
 *   service serve NAME CACHE FIRST SERVICES   SERVICES connections, each with an instance of object
 *       26252 from FIRST on; the first has NAME, with a property Reads, how often all were asked
 *   service call NAME PATH CALLS WINDOW FILE  calls Read of NAME's instance as the agent does,
 * WINDOW at a time, and writes to FILE what one call costs in nanoseconds of CPU
 */
#include "bench/service.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bench/read-call.h"

#define PROVIDER "org.lwm2md.Provider1"

static uint32_t reads;

static int append_value(sd_bus_message *m, const char *path)
{
        return sd_bus_message_append(m, "{sv}", path, "d", 20.5);
}

/* Serving */

static int method_read(sd_bus_message *m, void *user, sd_bus_error *error)
{
        sd_bus_message *reply = NULL;
        const char *path;
        int r = sd_bus_message_new_method_return(m, &reply);

        (void) user;
        (void) error;
        reads++;
        if (r >= 0 && (r = sd_bus_message_open_container(reply, 'a', "{sv}")) >= 0)
                r = sd_bus_message_enter_container(m, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read(m, "s", &path)) > 0)
                r = append_value(reply, path);
        if (r >= 0 && (r = sd_bus_message_close_container(reply)) >= 0 &&
                        (r = sd_bus_message_append(reply, "a{s(ss)}", 0)) >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Read", "asa{sv}", "a{sv}a{s(ss)}", method_read, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Reads", "u", NULL, 0, 0),
        SD_BUS_VTABLE_END,
};

static int append_options(
                sd_bus_message *m, const char *name, const char *cache, const char *instance)
{
        char path[64];
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r < 0 || (r = sd_bus_message_append(
                                      m, "{sv}{sv}", "name", "s", name, "cache", "s", cache)) < 0)
                return r;
        if (strcmp(cache, "notify") == 0) {
                if ((r = sd_bus_message_open_container(m, 'e', "sv")) < 0 ||
                                (r = sd_bus_message_append(m, "s", "values")) < 0 ||
                                (r = sd_bus_message_open_container(m, 'v', "a{sv}")) < 0 ||
                                (r = sd_bus_message_open_container(m, 'a', "{sv}")) < 0)
                        return r;
                for (int i = 0; i < BENCH_RESOURCES; i++) {
                        snprintf(path, sizeof(path), "%s/%d", instance, i);
                        if ((r = append_value(m, path)) < 0)
                                return r;
                }
                for (int i = 0; i < 3; i++)
                        if ((r = sd_bus_message_close_container(m)) < 0)
                                return r;
        }
        return sd_bus_message_close_container(m);
}

static int append_instance(sd_bus_message *m, const char *instance)
{
        uint16_t ids[BENCH_RESOURCES];
        int r = sd_bus_message_open_container(m, 'a', "{saq}");

        for (uint16_t i = 0; i < BENCH_RESOURCES; i++)
                ids[i] = i;
        if (r < 0 || (r = sd_bus_message_open_container(m, 'e', "saq")) < 0 ||
                        (r = sd_bus_message_append(m, "s", instance)) < 0 ||
                        (r = sd_bus_message_append_array(m, 'q', ids, sizeof(ids))) < 0 ||
                        (r = sd_bus_message_close_container(m)) < 0)
                return r;
        return sd_bus_message_close_container(m);
}

static int register_instance(sd_bus *bus, const char *cache, unsigned id)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *m = NULL;
        char instance[32], name[32];
        int r = sd_bus_message_new_method_call(bus, &m, "org.lwm2md", "/org/lwm2md",
                        "org.lwm2md.ProviderManager1", "RegisterProvider");

        snprintf(instance, sizeof(instance), "/%d/%u", BENCH_OBJECT, id);
        snprintf(name, sizeof(name), "bench%u", id);
        if (r >= 0 && (r = sd_bus_message_append(m, "o", "/Service")) >= 0 &&
                        (r = append_instance(m, instance)) >= 0 &&
                        (r = append_options(m, name, cache, instance)) >= 0)
                r = sd_bus_call(bus, m, 0, &error, NULL);
        if (r < 0)
                fprintf(stderr, "service: %s: %s\n", instance, error.message);
        sd_bus_message_unref(m);
        return r;
}

static int add_service(sd_event *event, const char *name, const char *cache, unsigned id)
{
        sd_bus *bus = NULL;
        int r;

        if ((r = sd_bus_open_system(&bus)) < 0 || (r = sd_bus_attach_event(bus, event, 0)) < 0 ||
                        (r = sd_bus_add_object_vtable(
                                         bus, NULL, "/Service", PROVIDER, vtable, &reads)) < 0 ||
                        (r = register_instance(bus, cache, id)) < 0)
                return r;
        return name != NULL ? sd_bus_request_name(bus, name, 0) : 0;
}

static int serve(sd_event *event, const char *name, const char *cache, unsigned first,
                unsigned count)
{
        int r = 0;

        for (unsigned i = count; r >= 0 && i-- > 0;) /* who has the name is ready last */
                r = add_service(event, i == 0 ? name : NULL, cache, first + i);
        return r < 0 ? r : sd_event_loop(event);
}

/* Calling */

typedef struct Caller {
        sd_bus *bus;
        sd_event *event;
        const char *name, *instance;
        unsigned left, open;
        double sum;
} Caller;

static int on_answer(sd_bus_message *m, void *user, sd_bus_error *error);

static int call(Caller *self)
{
        int r = bench_read_call(self->bus, self->name, self->instance, on_answer, self);

        if (r >= 0) {
                self->left--;
                self->open++;
        }
        return r;
}

static int on_answer(sd_bus_message *m, void *user, sd_bus_error *error)
{
        Caller *self = user;

        (void) error;
        self->open--;
        if (bench_read_answer(m, &self->sum) < 0)
                return sd_event_exit(self->event, EXIT_FAILURE);
        if (self->left > 0)
                return call(self);
        return self->open == 0 ? sd_event_exit(self->event, EXIT_SUCCESS) : 0;
}

static bool make_calls(Caller *self, unsigned count, unsigned window)
{
        self->left = count;
        for (unsigned i = 0; i < window && self->left > 0; i++)
                if (call(self) < 0)
                        return false;
        return sd_event_loop(self->event) == EXIT_SUCCESS;
}

static double cpu_nsec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

static bool measure_calls(const char *name, const char *instance, unsigned count, unsigned window,
                const char *file)
{
        Caller self = { .name = name, .instance = instance };
        FILE *stream = fopen(file, "we");
        bool ok = false;

        for (int round = 0; round < 2; round++) { /* the first, a short one, warms up */
                unsigned calls = round == 0 ? count / 10 : count;
                double begin;

                if (sd_event_new(&self.event) < 0 || sd_bus_open_system(&self.bus) < 0 ||
                                sd_bus_attach_event(self.bus, self.event, 0) < 0)
                        return false;
                begin = cpu_nsec();
                ok = make_calls(&self, calls, window);
                if (round == 1 && stream != NULL)
                        fprintf(stream, "%f\n", (cpu_nsec() - begin) / calls);
                sd_bus_flush_close_unref(self.bus);
                sd_event_unref(self.event);
        }
        return stream != NULL && fclose(stream) == 0 && ok && self.sum > 0;
}

int main(int argc, char **argv)
{
        sd_event *event = NULL;

        if (argc == 6 && strcmp(argv[1], "serve") == 0)
                return sd_event_default(&event) >= 0 && serve(event, argv[2], argv[3],
                                                                        (unsigned) atoi(argv[4]),
                                                                        (unsigned) atoi(argv[5])) >=
                                                                        0
                                       ? EXIT_SUCCESS
                                       : EXIT_FAILURE;
        if (argc == 7 && strcmp(argv[1], "call") == 0)
                return measure_calls(argv[2], argv[3], (unsigned) atoi(argv[4]),
                                       (unsigned) atoi(argv[5]), argv[6])
                                       ? EXIT_SUCCESS
                                       : EXIT_FAILURE;
        fprintf(stderr, "usage: service serve NAME CACHE FIRST SERVICES\n"
                        "       service call NAME INSTANCE CALLS WINDOW FILE\n");
        return EXIT_FAILURE;
}
