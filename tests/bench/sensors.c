/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What sensors cost: a host that is a tree of files with 500 of them, 10 at each of 50 chips.
 *
 * Bars: found and put on the tree within 100 ms; all instances of the object read within 20 ms,
 * measured by the worker; with nobody observing no wake-up and no measurement in 2 s.
 */
#define _GNU_SOURCE 1 /* nftw */
#include "providers/builtin/sensors.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "io/state.h"
#include "tree/dispatch.h"

#define CHIPS 50
#define CHANNELS 10
#define ROUNDS 5

#define SCAN_MSEC 100
#define READ_MSEC 20
#define IDLE_USEC (2 * LW_USEC_PER_SEC)

typedef struct Bench {
        char directory[64];
        const char *data;
        int root_fd;
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        LwRegistry *registry;
        LwTree *tree;
        LwSensors *sensors;
        size_t values; /* of the last answer */
        LwStatus status;
} Bench;

static double msec_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void put(const Bench *self, const char *place, const char *file, const char *text)
{
        g_autofree char *directory = g_build_filename(self->directory, place, NULL);
        g_autofree char *path = g_build_filename(directory, file, NULL);

        if (g_mkdir_with_parents(directory, 0755) < 0 || !g_file_set_contents(path, text, -1, NULL))
                g_error("%s cannot be written", path);
}

/* As a driver leaves it: values, limits, labels, and what else lies about. */
static void put_chip(const Bench *self, unsigned chip)
{
        g_autofree char *place =
                        g_strdup_printf("sys/devices/platform/chip.%u/hwmon/hwmon%u", chip, chip);
        g_autofree char *link =
                        g_strdup_printf("%s/sys/class/hwmon/hwmon%u", self->directory, chip);
        g_autofree char *target =
                        g_strdup_printf("../../devices/platform/chip.%u/hwmon/hwmon%u", chip, chip);

        put(self, place, "name", "bench\n");
        for (unsigned i = 1; i <= CHANNELS; i++) {
                static const char *const files[] = { "input", "label", "max", "crit", "alarm" };

                for (size_t k = 0; k < G_N_ELEMENTS(files); k++) {
                        g_autofree char *file = g_strdup_printf("temp%u_%s", i, files[k]);

                        put(self, place, file, "41000\n");
                }
        }
        if (symlink(target, link) < 0)
                g_error("%s cannot be made", link);
}

static GBytes *load(void *user, uint16_t object)
{
        g_autofree char *path = g_strdup_printf("%s/objects/%u.xml", (const char *) user, object);
        char *text;
        gsize length;

        return g_file_get_contents(path, &text, &length, NULL) ? g_bytes_new_take(text, length)
                                                               : NULL;
}

static bool offers(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return true;
}

static void ignore_fault(void *user G_GNUC_UNUSED, bool any G_GNUC_UNUSED)
{
}

static void start(Bench *self)
{
        g_autofree char *state = g_build_filename(self->directory, "state", NULL);

        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->state = lw_state_new(state, self->worker, NULL);
        self->registry = lw_registry_new(load, (void *) self->data);
        self->tree = lw_tree_new(self->registry);
}

static double find_sensors(Bench *self)
{
        LwSensorsSources sources = { .tree = self->tree,
                .worker = self->worker,
                .state = self->state,
                .root_fd = self->root_fd,
                .sample_usec = LW_USEC_PER_SEC,
                .offers = offers,
                .faulted = ignore_fault };
        double begin = msec_now();

        self->sensors = lw_sensors_new(&sources);
        return msec_now() - begin;
}

static void on_answer(void *user, LwResponse *response)
{
        Bench *self = user;

        self->status = response->status;
        self->values = response->values != NULL ? lw_values_count(response->values) : 0;
}

static double read_all(Bench *self)
{
        LwRequest request = { .operation = LW_OPERATION_READ,
                .server = LW_SERVER_LOCAL,
                .version = LW_VERSION_1_2,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .path = { { 3303 }, LW_LEVEL_OBJECT },
                .now = lw_driver_now(self->driver) };
        double begin = msec_now();

        self->status = 0;
        lw_dispatch(self->tree, &request, on_answer, self);
        while (self->status == 0)
                sd_event_run(lw_driver_event(self->driver), UINT64_MAX);
        return msec_now() - begin;
}

/* Turns of the loop that something woke. */
static unsigned count_idle(Bench *self)
{
        double end = msec_now() + (double) IDLE_USEC / 1e3;
        unsigned turns = 0;

        for (double left = end - msec_now(); left > 0; left = end - msec_now())
                turns += sd_event_run(lw_driver_event(self->driver), (LwUsec) (left * 1e3) + 1) > 0;
        return turns;
}

static int remove_one(const char *path, const struct stat *status G_GNUC_UNUSED,
                int type G_GNUC_UNUSED, struct FTW *where G_GNUC_UNUSED)
{
        return remove(path);
}

static void stop(Bench *self)
{
        lw_sensors_free(self->sensors);
        lw_worker_drain(self->worker, LW_USEC_PER_SEC);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_state_free(self->state);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

static bool judge(const char *what, double figure, double bar, const char *unit)
{
        printf("sensors: %-44s %8.1f %s (bar %.0f)%s\n", what, figure, unit, bar,
                        figure <= bar ? "" : "  MISSED");
        return figure <= bar;
}

int main(int argc, char *argv[])
{
        Bench bench = { .data = argc > 1 ? argv[1] : "data" };
        double scan = 1e9, read = 1e9;
        unsigned turns;
        bool ok;

        g_strlcpy(bench.directory, "/tmp/lwm2md-bench-XXXXXX", sizeof(bench.directory));
        if (mkdtemp(bench.directory) == NULL)
                g_error("no directory in /tmp");
        bench.root_fd = open(bench.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        put(&bench, "sys/class/hwmon", ".keep", "");
        for (unsigned i = 0; i < CHIPS; i++)
                put_chip(&bench, i);
        for (unsigned i = 0; i < ROUNDS; i++) {
                start(&bench);
                scan = MIN(scan, find_sensors(&bench));
                if (lw_sensors_count(bench.sensors) != CHIPS * CHANNELS)
                        g_error("%zu sensors were found", lw_sensors_count(bench.sensors));
                read = MIN(read, read_all(&bench));
                if (bench.status != LW_STATUS_CONTENT || bench.values < CHIPS * CHANNELS)
                        g_error("%zu values were read", bench.values);
                if (i < ROUNDS - 1)
                        stop(&bench);
        }
        lw_worker_drain(bench.worker, LW_USEC_PER_SEC);
        while (sd_event_run(lw_driver_event(bench.driver), 10 * LW_USEC_PER_MSEC) > 0)
                continue; /* what is left of the start */
        turns = count_idle(&bench);
        stop(&bench);
        nftw(bench.directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        ok = judge("500 found and put on the tree", scan, SCAN_MSEC, "ms");
        ok = judge("500 instances read, all measured", read, READ_MSEC, "ms") && ok;
        ok = judge("wake-ups in 2 s, nobody observes", turns, 0, "  ") && ok;
        return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
