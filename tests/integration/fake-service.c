/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in for services of the host on a private bus: fake-service NAME[=ANSWER]...
 *
 * Takes each name and prints "ready"; then prints a line for each call, "NAME MEMBER SIGNATURE",
 * and answers it with nothing, or with the error ANSWER, or, when that is "silence", not at all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-bus.h>

#define SILENCE "silence"

typedef struct Service {
        char *name;
        const char *answer; /* NULL: success */
} Service;

typedef struct Services {
        Service *all;
        int count;
} Services;

static const Service *find(const Services *self, const char *interface)
{
        for (int i = 0; i < self->count; i++)
                if (interface != NULL && strncmp(interface, self->all[i].name,
                                                         strlen(self->all[i].name)) == 0)
                        return &self->all[i];
        return NULL;
}

/* An interface begins with the name of its service, as those of systemd do. */
static int on_message(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const Service *service = find(user, sd_bus_message_get_interface(m));

        (void) ret_error;
        if (!sd_bus_message_is_method_call(m, NULL, NULL) || service == NULL)
                return 0;
        printf("%s %s %s\n", service->name, sd_bus_message_get_member(m),
                        sd_bus_message_get_signature(m, 1));
        if (service->answer == NULL)
                return sd_bus_reply_method_return(m, NULL);
        if (strcmp(service->answer, SILENCE) == 0)
                return 1;
        return sd_bus_reply_method_errorf(m, service->answer, "told to answer so");
}

static int take_names(sd_bus *bus, Services *services, char **arguments)
{
        for (int i = 0; i < services->count; i++) {
                Service *service = &services->all[i];
                char *equals = strchr(arguments[i], '=');
                int r;

                service->name = arguments[i];
                if (equals != NULL) {
                        *equals = '\0';
                        service->answer = equals + 1;
                }
                r = sd_bus_request_name(bus, service->name, 0);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int serve(sd_bus *bus)
{
        for (;;) {
                int r = sd_bus_process(bus, NULL);

                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
                if (r < 0 && r != -EINTR)
                        return r;
        }
}

int main(int argc, char **argv)
{
        Services services = { .count = argc - 1 };
        sd_bus *bus = NULL;
        int r;

        setvbuf(stdout, NULL, _IOLBF, 0);
        services.all = calloc((size_t) argc, sizeof(Service));
        r = services.all == NULL ? -ENOMEM : sd_bus_open_system(&bus);
        if (r >= 0)
                r = take_names(bus, &services, argv + 1);
        if (r >= 0)
                r = sd_bus_add_filter(bus, NULL, on_message, &services);
        if (r >= 0) {
                puts("ready");
                r = serve(bus);
        }
        fprintf(stderr, "fake-service: %s\n", strerror(-r));
        sd_bus_unref(bus);
        free(services.all);
        return EXIT_FAILURE;
}
