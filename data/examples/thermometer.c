/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows servers the processor's temperature as an instance of object 3303: thermometer [FILE with
 * millidegrees] cc thermometer.c -o thermometer $(pkg-config --cflags --libs libsystemd) */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define PERIOD_USEC 2000000

static const char *file = "/sys/class/thermal/thermal_zone0/temp";
static char value_path[64], registration[128];

static double measure(void)
{
        FILE *stream = fopen(file, "re");
        int millidegrees = 40000 + rand() % 10000; /* where there is no sensor */

        if (stream != NULL) {
                if (fscanf(stream, "%d", &millidegrees) != 1)
                        fprintf(stderr, "%s has no number\n", file);
                fclose(stream);
        }
        return millidegrees / 1000.0;
}

static int append_value(sd_bus_message *m, const char *path)
{
        if (strcmp(path, value_path) == 0)
                return sd_bus_message_append(m, "{sv}", path, "d", measure());
        return sd_bus_message_append(m, "{sv}", path, "s", "Cel");
}

/* Read(as paths, a{sv} context) -> (a{sv} values, a{s(ss)} failed) */
static int method_read(sd_bus_message *m, void *user, sd_bus_error *error)
{
        sd_bus_message *reply = NULL;
        const char *path;
        int r = sd_bus_message_new_method_return(m, &reply);

        (void) user;
        (void) error;
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
        SD_BUS_VTABLE_END,
};

/* The agent was restarted, or we were too slow: end, and be started anew. */
static int on_updated(sd_bus_message *m, void *user, sd_bus_error *error)
{
        (void) error;
        if (sd_bus_message_is_method_error(m, NULL))
                sd_event_exit(user, EXIT_FAILURE);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
        sd_bus_call_method_async(user, NULL, "org.lwm2md", registration, "org.lwm2md.Registration1",
                        "Update", on_updated, sd_event_source_get_event(source), "a{sv}asa{sv}", 1,
                        value_path, "d", measure(), 0, 0);
        sd_event_source_set_time(source, usec + PERIOD_USEC);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int register_provider(sd_bus *bus)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *path, *label, *instance;
        int r = sd_bus_call_method(bus, "org.lwm2md", "/org/lwm2md", "org.lwm2md.ProviderManager1",
                        "RegisterProvider", &error, &reply, "oa{saq}a{sv}", "/Thermometer", 1,
                        "/3303/*cpu", 2, 5700, 5701, 2, "name", "s", "thermometer", "cache", "s",
                        "notify");

        if (r < 0)
                fprintf(stderr, "lwm2md: %s\n", error.message);
        else if ((r = sd_bus_message_read(reply, "oa{ss}", &path, 1, &label, &instance)) >= 0) {
                snprintf(registration, sizeof(registration), "%s", path);
                snprintf(value_path, sizeof(value_path), "%s/5700", instance);
        }
        sd_bus_message_unref(reply);
        sd_bus_error_free(&error);
        return r;
}

int main(int argc, char **argv)
{
        sd_event *event = NULL;
        sd_bus *bus = NULL;

        if (argc > 1)
                file = argv[1];
        if (sd_event_default(&event) < 0 || sd_bus_default_system(&bus) < 0 ||
                        sd_bus_attach_event(bus, event, 0) < 0 ||
                        sd_bus_add_object_vtable(bus, NULL, "/Thermometer", "org.lwm2md.Provider1",
                                        vtable, NULL) < 0 ||
                        register_provider(bus) < 0 ||
                        sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, PERIOD_USEC, 0,
                                        on_timer, bus) < 0)
                return EXIT_FAILURE;
        return sd_event_loop(event) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
