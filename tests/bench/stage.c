/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchStage: what a bench of the agent needs. */
#include "bench/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BARE_ANSWERS_MAX 8

void bench_stage_figure(BenchStage *self, const char *what, double value, const char *unit,
                double bar, bool at_least)
{
        bool ok = at_least ? value >= bar : value <= bar;

        printf("%-44s %9.2f %-4s bar %s %6.2f   %s\n", what, value, unit,
                        at_least ? ">=" : "<=", bar, ok ? "ok" : "over");
        fflush(stdout);
        self->over += !ok;
}

static int compare_doubles(const void *a, const void *b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
        qsort(values, count, sizeof(*values), compare_doubles);
        return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

double bench_seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

char *bench_stage_write(const BenchStage *self, const char *name, const char *format, ...)
{
        char *path = g_build_filename(self->directory, name, NULL);
        g_autofree char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        if (!g_file_set_contents(path, text, -1, NULL))
                g_clear_pointer(&path, g_free);
        return path;
}

bool bench_stage_start_bus(BenchStage *self)
{
        g_autofree char *socket = g_build_filename(self->directory, "bus", NULL);
        g_autofree char *address = g_strdup_printf("unix:path=%s", socket);
        g_autofree char *config = bench_stage_write(self, "bus.conf",
                        "<busconfig><type>session</type><listen>%s</listen><auth>EXTERNAL</auth>"
                        "<policy context='default'><allow own='*'/><allow send_destination='*'/>"
                        "<allow receive_sender='*'/></policy></busconfig>",
                        address);
        g_autofree char *option = g_strdup_printf("--config-file=%s", config);
        const char *arguments[] = { "dbus-daemon", option, "--nofork", "--nopidfile", NULL };

        if (!config || !bench_subject_start(&self->bus, arguments, self->log))
                return false;
        for (int i = 0; i < 2000 && access(socket, F_OK) < 0; i++)
                usleep(1000);
        g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, true);
        self->has_bus = access(socket, F_OK) == 0;
        return self->has_bus;
}

bool bench_stage_start_agent(
                BenchStage *self, BenchSubject *agent, const BenchPeer *peer, const char *data)
{
        g_autofree char *config = bench_stage_write(self, "lwm2md.conf",
                        "[Agent]\nEndpointName=bench\n\n"
                        "[Server bench]\nUri=coap://127.0.0.1:%u\nShortServerId=1\n"
                        "Lifetime=86400\nSecurity=nosec\n",
                        peer->port);
        const char *arguments[] = { self->agent, "--config", config, "--state-directory",
                self->directory, "--data-directory", data, NULL };

        return config && bench_subject_start(agent, arguments, self->log);
}

bool bench_stage_end_agent(BenchSubject *agent, BenchPeer *peer)
{
        bench_subject_terminate(agent);
        while (bench_peer_serve(peer, 200))
                ; /* its De-register */
        return bench_subject_wait(agent, BENCH_END_MS);
}

static char *to_hex(const BenchAnswer *answer)
{
        GString *text = g_string_sized_new(2 * answer->length + 1);

        for (size_t i = 0; i < answer->length; i++)
                g_string_append_printf(text, "%02x", answer->payload[i]);
        return g_string_free(text, FALSE);
}

bool bench_stage_start_bare(BenchStage *self, BenchSubject *bare, BenchPeer *peer,
                const char *service, const BenchBareAnswer *answers, size_t count)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

        g_ptr_array_add(words, g_strdup(self->bare));
        g_ptr_array_add(words, g_strdup_printf("%u", peer->port));
        if (service)
                g_ptr_array_add(words, g_strdup(service));
        for (size_t i = 0; i < count && i < BARE_ANSWERS_MAX; i++) {
                g_ptr_array_add(words, g_strdup(answers[i].path));
                g_ptr_array_add(words, g_strdup_printf("%u", answers[i].answer->format));
                g_ptr_array_add(words, to_hex(answers[i].answer));
        }
        g_ptr_array_add(words, NULL);
        return bench_subject_start(bare, (const char *const *) words->pdata, self->log) &&
               bench_peer_await_register(peer, BENCH_REGISTER_MS);
}

bool bench_stage_open(BenchStage *self)
{
        self->directory = g_dir_make_tmp("lwm2md-bench-XXXXXX", NULL);
        if (!self->directory)
                return false;
        self->log = g_build_filename(self->directory, "log", NULL);
        return true;
}

void bench_stage_close(BenchStage *self, bool keep_log)
{
        const char *arguments[] = { "rm", "-rf", self->directory, NULL };
        BenchSubject remover = {};

        bench_subject_terminate(&self->bus);
        bench_subject_wait(&self->bus, BENCH_END_MS);
        if (!keep_log && bench_subject_start(&remover, arguments, "/dev/null"))
                bench_subject_wait(&remover, BENCH_END_MS);
        g_free(self->log);
        g_free(self->directory);
}
