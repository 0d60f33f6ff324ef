/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows each data type of LwM2M, arrays, an executable with arguments, instances that servers make
 * and values of many megabytes, as instances of object 26250 (26250.xml): cc zoo.c -o zoo
 * $(pkg-config --cflags --libs libsystemd) */
#define _GNU_SOURCE 1 /* memfd_create */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define SERVICE "org.lwm2md.example.Zoo"
#define ANIMALS 16
#define YOUNG 4
#define NONE 65535u /* no id */
#define FILM_BYTES (10 * 1024 * 1024)
#define ALL 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13

typedef struct Animal {
        int lives, awake, film; /* film: a sealed memory file */
        char name[64], young[YOUNG][64];
        int64_t legs, born, meals;
        uint64_t population;
        double weight, weights[YOUNG]; /* of the young: -1: no such one */
        uint16_t cage[2];
        uint8_t track[256];
        size_t track_length;
} Animal;

static Animal animals[ANIMALS];
static char registration[128];

static void be_born(Animal *self)
{
        *self = (Animal){ .lives = 1, .film = -1, .legs = 4, .weight = 1.5, .awake = 1 };
        for (unsigned i = 0; i < YOUNG; i++)
                self->weights[i] = -1;
}

static void die(Animal *self)
{
        if (self->film >= 0)
                close(self->film);
        *self = (Animal){ .film = -1 };
}

/* "/26250/1/9" and "/26250/1/9/3": the animal, the resource and, if there is one, the element. */
static Animal *find(const char *path, unsigned *resource, unsigned *element)
{
        unsigned instance = ANIMALS;

        *resource = *element = NONE;
        sscanf(path, "/26250/%u/%u/%u", &instance, resource, element);
        return instance < ANIMALS && animals[instance].lives ? &animals[instance] : NULL;
}

/* Elements of the two arrays: names of the young, and their weights. */
static int has_element(const Animal *self, unsigned resource, unsigned element)
{
        if (element >= YOUNG)
                return 0;
        return resource == 9 ? self->young[element][0] != '\0'
                             : resource == 10 && self->weights[element] >= 0;
}

static void drop_element(Animal *self, unsigned resource, unsigned element)
{
        if (resource == 9)
                self->young[element][0] = '\0';
        else
                self->weights[element] = -1;
}

static int append_element(
                sd_bus_message *m, const Animal *self, unsigned resource, unsigned element)
{
        return resource == 9 ? sd_bus_message_append(m, "v", "s", self->young[element])
                             : sd_bus_message_append(m, "v", "d", self->weights[element]);
}

static int append_array(sd_bus_message *m, const Animal *self, unsigned resource)
{
        int r = sd_bus_message_open_container(m, 'v', "a{qv}");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{qv}");
        for (unsigned i = 0; r >= 0 && i < YOUNG; i++) {
                if (!has_element(self, resource, i))
                        continue;
                if ((r = sd_bus_message_open_container(m, 'e', "qv")) >= 0 &&
                                (r = sd_bus_message_append(m, "q", i)) >= 0 &&
                                (r = append_element(m, self, resource, i)) >= 0)
                        r = sd_bus_message_close_container(m);
        }
        if (r >= 0 && (r = sd_bus_message_close_container(m)) >= 0)
                r = sd_bus_message_close_container(m);
        return r;
}

static int append_track(sd_bus_message *m, const Animal *self)
{
        int r = sd_bus_message_open_container(m, 'v', "ay");

        if (r >= 0)
                r = sd_bus_message_append_array(m, 'y', self->track, self->track_length);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Each type as the bus has it. */
static int append_value(sd_bus_message *m, const Animal *self, unsigned resource)
{
        switch (resource) {
        case 0:
                return sd_bus_message_append(m, "v", "s", self->name);
        case 1:
                return sd_bus_message_append(m, "v", "x", self->legs);
        case 2:
                return sd_bus_message_append(m, "v", "t", self->population);
        case 3:
                return sd_bus_message_append(m, "v", "d", self->weight);
        case 4:
                return sd_bus_message_append(m, "v", "b", self->awake);
        case 5:
                return append_track(m, self);
        case 6:
                return sd_bus_message_append(m, "v", "x", self->born);
        case 7:
                return sd_bus_message_append(m, "v", "(qq)", self->cage[0], self->cage[1]);
        case 8:
                return sd_bus_message_append(m, "v", "s", "</26250/0>");
        case 9:
        case 10:
                return append_array(m, self, resource);
        case 11:
                return sd_bus_message_append(m, "v", "h", self->film);
        default:
                return sd_bus_message_append(m, "v", "x", self->meals);
        }
}

/* Read(as paths, a{sv} context) -> (a{sv} values, a{s(ss)} failed); what has no value is left out.
 */
static int method_read(sd_bus_message *m, void *user, sd_bus_error *error)
{
        sd_bus_message *reply = NULL;
        unsigned resource, element;
        const char *path;
        int r = sd_bus_message_new_method_return(m, &reply);

        (void) user;
        (void) error;
        if (r >= 0 && (r = sd_bus_message_open_container(reply, 'a', "{sv}")) >= 0)
                r = sd_bus_message_enter_container(m, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read(m, "s", &path)) > 0) {
                const Animal *animal = find(path, &resource, &element);

                if (animal == NULL || (resource == 11 && animal->film < 0) ||
                                (element != NONE && !has_element(animal, resource, element)))
                        continue;
                if ((r = sd_bus_message_open_container(reply, 'e', "sv")) >= 0 &&
                                (r = sd_bus_message_append(reply, "s", path)) >= 0 &&
                                (r = element != NONE ? append_element(reply, animal, resource,
                                                                       element)
                                                     : append_value(reply, animal, resource)) >= 0)
                        r = sd_bus_message_close_container(reply);
        }
        if (r >= 0 && (r = sd_bus_message_close_container(reply)) >= 0 &&
                        (r = sd_bus_message_append(reply, "a{s(ss)}", 0)) >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int take_text(sd_bus_message *m, char *text, size_t size)
{
        const char *value;
        int r = sd_bus_message_read(m, "v", "s", &value);

        if (r >= 0)
                snprintf(text, size, "%s", value);
        return r;
}

static int take_element(sd_bus_message *m, Animal *self, unsigned resource, unsigned element)
{
        if (element >= YOUNG)
                return -EINVAL;
        return resource == 9 ? take_text(m, self->young[element], sizeof(self->young[element]))
                             : sd_bus_message_read(m, "v", "d", &self->weights[element]);
}

/* An array comes whole: it is replaced, or what is not named stays. */
static int take_array(sd_bus_message *m, Animal *self, unsigned resource, int is_replaced)
{
        uint16_t id;
        int r = sd_bus_message_enter_container(m, 'v', "a{qv}");

        for (unsigned i = 0; is_replaced && i < YOUNG; i++)
                drop_element(self, resource, i);
        if (r >= 0)
                r = sd_bus_message_enter_container(m, 'a', "{qv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "qv")) > 0) {
                if ((r = sd_bus_message_read(m, "q", &id)) >= 0 &&
                                (r = take_element(m, self, resource, id)) >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0 && (r = sd_bus_message_exit_container(m)) >= 0)
                r = sd_bus_message_exit_container(m);
        return r;
}

/* A memory file of our own: `data`, or frames of film. It is sealed, as the agent wants it: nobody
 * can change it any more. */
static int make_film(const void *data, size_t length)
{
        int fd = memfd_create("film", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        uint8_t frame[4096];

        for (size_t at = 0; fd >= 0 && at < length; at += sizeof(frame)) {
                size_t count = length - at < sizeof(frame) ? length - at : sizeof(frame);

                if (data != NULL)
                        memcpy(frame, (const uint8_t *) data + at, count);
                else
                        memset(frame, (int) (at / sizeof(frame)), count);
                if (write(fd, frame, count) != (ssize_t) count) {
                        close(fd);
                        return -1;
                }
        }
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        return fd;
}

/* A large value is a sealed memory file, a short one is bytes. */
static int take_film(sd_bus_message *m, Animal *self)
{
        const char *contents;
        const void *data;
        size_t length;
        int r = sd_bus_message_peek_type(m, NULL, &contents), fd;

        if (r < 0)
                return r;
        if (strcmp(contents, "h") == 0) {
                if ((r = sd_bus_message_read(m, "v", "h", &fd)) < 0)
                        return r;
                self->film = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        } else {
                if ((r = sd_bus_message_enter_container(m, 'v', "ay")) < 0 ||
                                (r = sd_bus_message_read_array(m, 'y', &data, &length)) < 0)
                        return r;
                self->film = make_film(data, length);
                r = sd_bus_message_exit_container(m);
        }
        return self->film < 0 ? -EIO : r;
}

static int take_track(sd_bus_message *m, Animal *self)
{
        const void *data;
        size_t length;
        int r = sd_bus_message_enter_container(m, 'v', "ay");

        if (r < 0 || (r = sd_bus_message_read_array(m, 'y', &data, &length)) < 0)
                return r;
        if (length > sizeof(self->track))
                return -EINVAL;
        memcpy(self->track, data, length);
        self->track_length = length;
        return sd_bus_message_exit_container(m);
}

static int take_value(sd_bus_message *m, Animal *self, unsigned resource, int is_replaced)
{
        switch (resource) {
        case 0:
                return take_text(m, self->name, sizeof(self->name));
        case 1:
                return sd_bus_message_read(m, "v", "x", &self->legs);
        case 2:
                return sd_bus_message_read(m, "v", "t", &self->population);
        case 3:
                return sd_bus_message_read(m, "v", "d", &self->weight);
        case 4:
                return sd_bus_message_read(m, "v", "b", &self->awake);
        case 5:
                return take_track(m, self);
        case 6:
                return sd_bus_message_read(m, "v", "x", &self->born);
        case 7:
                return sd_bus_message_read(m, "v", "(qq)", &self->cage[0], &self->cage[1]);
        case 9:
        case 10:
                return take_array(m, self, resource, is_replaced);
        case 11:
                return take_film(m, self);
        default:
                return -EINVAL;
        }
}

static int take_values(sd_bus_message *m, Animal *made, int is_replaced)
{
        unsigned resource, element;
        const char *path;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                Animal *animal;

                if ((r = sd_bus_message_read(m, "s", &path)) < 0)
                        return r;
                animal = find(path, &resource, &element);
                if (made != NULL)
                        animal = made;
                if (animal == NULL || (element != NONE && !has_element(animal, resource, element)))
                        return -ENOENT;
                r = element != NONE ? take_element(m, animal, resource, element)
                                    : take_value(m, animal, resource, is_replaced);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* The elements that the context names go; one that is not there is no harm. */
static int take_removed(sd_bus_message *m)
{
        unsigned resource, element;
        const char *key;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                if ((r = sd_bus_message_read(m, "s", &key)) < 0)
                        return r;
                if (strcmp(key, "removed") != 0) {
                        r = sd_bus_message_skip(m, "v");
                } else if ((r = sd_bus_message_enter_container(m, 'v', "as")) >= 0 &&
                                (r = sd_bus_message_enter_container(m, 'a', "s")) >= 0) {
                        while ((r = sd_bus_message_read(m, "s", &key)) > 0) {
                                Animal *animal = find(key, &resource, &element);

                                if (animal != NULL && has_element(animal, resource, element))
                                        drop_element(animal, resource, element);
                        }
                        if (r >= 0 && (r = sd_bus_message_exit_container(m)) >= 0)
                                r = sd_bus_message_exit_container(m);
                }
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r;
}

static int refuse(sd_bus_error *error, const char *what)
{
        return sd_bus_error_set(error, "org.lwm2md.Error.BadRequest", what);
}

static int refuse_values(sd_bus_error *error, int r)
{
        if (r == -ENOENT)
                return sd_bus_error_set(error, "org.lwm2md.Error.NotFound",
                                "there is no such animal, or young one");
        return refuse(error, "this zoo cannot keep that");
}

/* Write(s mode, a{sv} values, a{sv} context) */
static int method_write(sd_bus_message *m, void *user, sd_bus_error *error)
{
        Animal before[ANIMALS];
        const char *mode;
        int r = sd_bus_message_read(m, "s", &mode);

        (void) user;
        memcpy(before, animals, sizeof(animals));
        if (r >= 0)
                r = take_values(m, NULL, strcmp(mode, "replace") == 0);
        if (r >= 0)
                r = take_removed(m);
        for (int i = 0; i < ANIMALS; i++) { /* the films that are not shown any more */
                int unused = r >= 0 ? before[i].film : animals[i].film;

                if (before[i].film != animals[i].film && unused >= 0)
                        close(unused);
        }
        if (r >= 0)
                return sd_bus_reply_method_return(m, "");
        memcpy(animals, before, sizeof(animals)); /* all or nothing */
        return refuse_values(error, r);
}

/* Execute(s path, a{ys} arguments, a{sv} context): feed it; argument 1 says how often. */
static int method_execute(sd_bus_message *m, void *user, sd_bus_error *error)
{
        unsigned resource, element, times = 1;
        const char *path, *text;
        uint8_t number;
        Animal *animal;
        int r = sd_bus_message_read(m, "s", &path);

        (void) user;
        if (r < 0 || (r = sd_bus_message_enter_container(m, 'a', "{ys}")) < 0)
                return r;
        while ((r = sd_bus_message_read(m, "{ys}", &number, &text)) > 0)
                if (number == 1)
                        times = (unsigned) strtoul(text, NULL, 10);
        animal = find(path, &resource, &element);
        if (r < 0 || animal == NULL || times == 0)
                return refuse(error, "argument 1 is how often: 1, 2, ...");
        animal->meals += times;
        return sd_bus_reply_method_return(m, "");
}

/* Create(s path, a{sv} values, a{sv} context) -> s instance */
static int method_create(sd_bus_message *m, void *user, sd_bus_error *error)
{
        unsigned instance = ANIMALS;
        const char *path;
        int r = sd_bus_message_read(m, "s", &path);

        if (r >= 0)
                sscanf(path, "/26250/%u", &instance);
        if (instance >= ANIMALS || animals[instance].lives)
                return refuse(error, "there is no free cage of that number: 0 to 15");
        be_born(&animals[instance]);
        r = take_values(m, &animals[instance], 1);
        if (r >= 0) /* all that an animal has, not only what the server gave */
                r = sd_bus_call_method_async(user, NULL, "org.lwm2md", registration,
                                "org.lwm2md.Registration1", "AddInstances", NULL, NULL, "a{saq}", 1,
                                path, 14, ALL);
        if (r >= 0)
                return sd_bus_reply_method_return(m, "s", path);
        die(&animals[instance]);
        return refuse_values(error, r);
}

/* Delete(s path, a{sv} context) */
static int method_delete(sd_bus_message *m, void *user, sd_bus_error *error)
{
        unsigned resource, element;
        const char *path;
        Animal *animal;
        int r = sd_bus_message_read(m, "s", &path);

        (void) user;
        if (r < 0)
                return r;
        animal = find(path, &resource, &element);
        if (animal == NULL || (resource != NONE && !has_element(animal, resource, element)))
                return refuse_values(error, -ENOENT);
        if (resource != NONE)
                drop_element(animal, resource, element);
        else
                die(animal);
        return sd_bus_reply_method_return(m, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Read", "asa{sv}", "a{sv}a{s(ss)}", method_read, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Write", "sa{sv}a{sv}", "", method_write, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Execute", "sa{ys}a{sv}", "", method_execute, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Create", "sa{sv}a{sv}", "s", method_create, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Delete", "sa{sv}", "", method_delete, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static int register_provider(sd_bus *bus)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *path;
        int r = sd_bus_call_method(bus, "org.lwm2md", "/org/lwm2md", "org.lwm2md.ProviderManager1",
                        "RegisterProvider", &error, &reply, "oa{saq}a{sv}", "/Zoo", 2, "/26250", 0,
                        "/26250/0", 14, ALL, 1, "name", "s", "zoo");

        if (r < 0)
                fprintf(stderr, "lwm2md: %s\n", error.message);
        else if ((r = sd_bus_message_read(reply, "o", &path)) >= 0)
                snprintf(registration, sizeof(registration), "%s", path);
        sd_bus_message_unref(reply);
        sd_bus_error_free(&error);
        return r;
}

int main(void)
{
        sd_bus *bus = NULL;
        int r;

        be_born(&animals[0]);
        snprintf(animals[0].name, sizeof(animals[0].name), "Ida");
        animals[0].film = make_film(NULL, FILM_BYTES);
        if (sd_bus_open_system(&bus) < 0 ||
                        sd_bus_add_object_vtable(bus, NULL, "/Zoo", "org.lwm2md.Provider1", vtable,
                                        bus) < 0 ||
                        register_provider(bus) < 0 || sd_bus_request_name(bus, SERVICE, 0) < 0)
                return EXIT_FAILURE;
        do {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        } while (r >= 0 || r == -EINTR);
        return EXIT_FAILURE; /* the bus has gone: be started anew */
}
