/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make bench: what the agent costs, against a bare libcoap program (bare.c) on the same machine in
 * the same minutes.
 *
 * Agent and bare are both clients of a server that is this process; each registers, then is asked.
 * Rounds come in pairs, one of each, first one then the other ahead; a figure is the median of the
 * pairs' ratios, so that what else the machine does falls out. Absolute figures are for the eye.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "bench/peer.h"
#include "bench/subject.h"

#define PAIRS 5
#define STARTS 10
#define WINDOW 16
#define REGISTER_MS 5000
#define END_MS 4000
#define HEX_MAX (2 * BENCH_PAYLOAD_MAX + 1)

/* A machine without DMI and device tree has no manufacturer; then it is the firmware version. */
static const BenchRequest text_requests[] = { { "/3/0/0", 0 }, { "/3/0/3", 0 } };
static const BenchRequest senml_request = { "/3/0", 112 };

static struct {
        const char *agent, *bare, *data;
        uint32_t requests;
        unsigned idle_seconds;
} options = { "./lwm2md", "tests/bench/bare", "data", 50000, 60 };

/* Everything that is written or runs, so that one place can end it. */
typedef struct Bench {
        char *directory;
        char *log;
        bool has_bus;
        BenchSubject bus, agent, bare;
        BenchPeer agent_peer, bare_peer;
        const BenchRequest *text_request;
        unsigned over;
} Bench;

static void print_figure(Bench *self, const char *what, double value, const char *unit, double bar,
                bool at_least)
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

static double median(double *values, size_t count)
{
        qsort(values, count, sizeof(*values), compare_doubles);
        return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double seconds_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static char *write_file(const Bench *self, const char *name, const char *format, ...)
                G_GNUC_PRINTF(3, 4);
static char *write_file(const Bench *self, const char *name, const char *format, ...)
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

/* A bus of our own, so that the agent has what it has in the field and nobody else is troubled. */
static bool start_bus(Bench *self)
{
        g_autofree char *socket = g_build_filename(self->directory, "bus", NULL);
        g_autofree char *address = g_strdup_printf("unix:path=%s", socket);
        g_autofree char *config = write_file(self, "bus.conf",
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
        return access(socket, F_OK) == 0;
}

static bool start_agent(Bench *self, BenchSubject *agent, const BenchPeer *peer)
{
        g_autofree char *config = write_file(self, "lwm2md.conf",
                        "[Agent]\nEndpointName=bench\n\n"
                        "[Server bench]\nUri=coap://127.0.0.1:%u\nShortServerId=1\n"
                        "Lifetime=86400\nSecurity=nosec\n",
                        peer->port);
        const char *arguments[] = { options.agent, "--config", config, "--state-directory",
                self->directory, "--data-directory", options.data, NULL };

        return config && bench_subject_start(agent, arguments, self->log);
}

static bool end_agent(BenchSubject *agent, BenchPeer *peer)
{
        bench_subject_terminate(agent);
        while (bench_peer_serve(peer, 200))
                ; /* its De-register */
        return bench_subject_wait(agent, END_MS);
}

static char *to_hex(const BenchAnswer *answer)
{
        GString *text = g_string_sized_new(HEX_MAX);

        for (size_t i = 0; i < answer->length; i++)
                g_string_append_printf(text, "%02x", answer->payload[i]);
        return g_string_free(text, FALSE);
}

/* The bare program gets the very bytes that the agent answers with. */
static bool start_bare(Bench *self)
{
        BenchAnswer text, senml;
        g_autofree char *port = g_strdup_printf("%u", self->bare_peer.port);
        g_autofree char *text_hex = NULL, *senml_hex = NULL, *senml_format = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(text_requests) && !self->text_request; i++)
                if (bench_peer_get(&self->agent_peer, &text_requests[i], &text))
                        self->text_request = &text_requests[i];
        if (!self->text_request || !bench_peer_get(&self->agent_peer, &senml_request, &senml))
                return false;
        text_hex = to_hex(&text);
        senml_hex = to_hex(&senml);
        senml_format = g_strdup_printf("%u", senml.format);
        printf("answers: %s %zu bytes, %s %zu bytes\n", self->text_request->path, text.length,
                        senml_request.path, senml.length);

        const char *arguments[] = { options.bare, port, self->text_request->path, "0", text_hex,
                senml_request.path, senml_format, senml_hex, NULL };

        return bench_subject_start(&self->bare, arguments, self->log) &&
               bench_peer_await_register(&self->bare_peer, REGISTER_MS);
}

/* What one round tells: seconds and CPU nanoseconds for each request. */
typedef struct Round {
        double seconds, cpu_nsec;
} Round;

static bool run_round(BenchPeer *peer, const BenchSubject *subject, const BenchRequest *request,
                uint32_t window, Round *ret_round)
{
        uint32_t count = window == 1 ? options.requests / 4 : options.requests;
        uint64_t cpu = bench_subject_cpu_nsec(subject);
        double begin = seconds_now();

        if (!bench_peer_load(peer, request, count, window))
                return false;
        ret_round->seconds = (seconds_now() - begin) / count;
        ret_round->cpu_nsec = (double) (bench_subject_cpu_nsec(subject) - cpu) / count;
        return true;
}

typedef struct Ratios {
        double throughput, cpu;
} Ratios;

static bool run_pairs(Bench *self, const BenchRequest *request, uint32_t window, Ratios *ret_ratios)
{
        double throughput[PAIRS], cpu[PAIRS], agent_cpu[PAIRS], bare_cpu[PAIRS], rate[PAIRS];
        Round agent, bare;

        for (size_t i = 0; i <= PAIRS; i++) { /* the first pair warms up and is overwritten */
                size_t pair = i % PAIRS;
                bool agent_first = i % 2;

                for (int half = 0; half < 2; half++) {
                        bool is_agent = agent_first == (half == 0);

                        if (!run_round(is_agent ? &self->agent_peer : &self->bare_peer,
                                            is_agent ? &self->agent : &self->bare, request, window,
                                            is_agent ? &agent : &bare))
                                return false;
                }
                throughput[pair] = bare.seconds / agent.seconds;
                cpu[pair] = agent.cpu_nsec / bare.cpu_nsec;
                agent_cpu[pair] = agent.cpu_nsec / 1e3;
                bare_cpu[pair] = bare.cpu_nsec / 1e3;
                rate[pair] = 1e-3 / agent.seconds;
        }
        *ret_ratios = (Ratios){ median(throughput, PAIRS), median(cpu, PAIRS) };
        printf("%-8s %2u in flight: agent %.0f thousand/s, %.2f us of CPU; bare %.2f us of CPU\n",
                        request->path, window, median(rate, PAIRS), median(agent_cpu, PAIRS),
                        median(bare_cpu, PAIRS));
        return true;
}

static bool measure_requests(Bench *self)
{
        Ratios text, alone, senml;

        if (!run_pairs(self, self->text_request, WINDOW, &text) ||
                        !run_pairs(self, self->text_request, 1, &alone) ||
                        !run_pairs(self, &senml_request, WINDOW, &senml)) {
                fprintf(stderr, "bench: a request was lost or not answered by 2.05\n");
                return false;
        }
        print_figure(self, "text throughput, agent/bare", text.throughput, "", 0.85, true);
        print_figure(self, "text CPU of a request, agent/bare", text.cpu, "", 1.2, false);
        print_figure(self, "/3/0 SenML CBOR CPU of a request, agent/bare", senml.cpu, "", 2.0,
                        false);
        printf("%-44s %9.2f      no bar\n", "text one in flight, throughput agent/bare",
                        alone.throughput);
        return true;
}

static void measure_idle(Bench *self)
{
        uint64_t sleeps;

        if (!options.idle_seconds)
                return;
        sleep(2); /* until what the load left to do is done */
        sleeps = bench_subject_sleeps(&self->agent);
        sleep(options.idle_seconds);
        sleeps = bench_subject_sleeps(&self->agent) - sleeps;
        print_figure(self, "wake-ups of an idle minute",
                        60.0 * (double) sleeps / options.idle_seconds, "", 1, false);
}

static bool measure_starts(Bench *self)
{
        double milliseconds[STARTS];

        for (int i = -1; i < STARTS; i++) { /* the first one warms up */
                BenchSubject agent = {};
                BenchPeer peer;
                bool registered;
                double begin;

                if (!bench_peer_open(&peer))
                        return false;
                begin = seconds_now();
                registered = start_agent(self, &agent, &peer) &&
                             bench_peer_await_register(&peer, REGISTER_MS);
                if (i >= 0)
                        milliseconds[i] = (seconds_now() - begin) * 1e3;
                registered = end_agent(&agent, &peer) && registered;
                bench_peer_close(&peer);
                if (!registered) {
                        fprintf(stderr, "bench: the agent did not register and end by itself\n");
                        return false;
                }
        }
        print_figure(self, "exec to Register, warm", median(milliseconds, STARTS), "ms", 15, false);
        return true;
}

static bool measure(Bench *self)
{
        self->has_bus = start_bus(self);
        if (!self->has_bus)
                fprintf(stderr, "bench: no dbus-daemon, measuring without a bus\n");
        if (!bench_peer_open(&self->agent_peer) || !bench_peer_open(&self->bare_peer) ||
                        !start_agent(self, &self->agent, &self->agent_peer) ||
                        !bench_peer_await_register(&self->agent_peer, REGISTER_MS)) {
                fprintf(stderr, "bench: the agent did not register, see %s\n", self->log);
                return false;
        }
        sleep(1);
        print_figure(self, "private memory, one NoSec server and a bus",
                        (double) bench_subject_private_kib(&self->agent) / 1024, "MiB", 2.0, false);
        if (!start_bare(self)) {
                fprintf(stderr, "bench: the agent or %s does not answer, see %s\n", options.bare,
                                self->log);
                return false;
        }
        if (!measure_requests(self))
                return false;
        print_figure(self, "private memory after the load",
                        (double) bench_subject_private_kib(&self->agent) / 1024, "MiB", 2.0, false);
        measure_idle(self);
        end_agent(&self->agent, &self->agent_peer);
        return measure_starts(self);
}

static void clean_up(Bench *self, bool keep_log)
{
        BenchSubject *all[] = { &self->agent, &self->bare, &self->bus };
        const char *arguments[] = { "rm", "-rf", self->directory, NULL };
        BenchSubject remover = {};

        for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                bench_subject_terminate(all[i]);
                bench_subject_wait(all[i], END_MS);
        }
        if (!keep_log && bench_subject_start(&remover, arguments, "/dev/null"))
                bench_subject_wait(&remover, END_MS);
        g_free(self->log);
        g_free(self->directory);
}

static bool parse_options(int argc, char **argv)
{
        static const struct option known[] = {
                { "agent", required_argument, NULL, 'a' },
                { "bare", required_argument, NULL, 'b' },
                { "data", required_argument, NULL, 'd' },
                { "requests", required_argument, NULL, 'r' },
                { "idle", required_argument, NULL, 'i' },
                {},
        };
        int letter;

        while ((letter = getopt_long(argc, argv, "", known, NULL)) >= 0) {
                if (letter == 'a')
                        options.agent = optarg;
                else if (letter == 'b')
                        options.bare = optarg;
                else if (letter == 'd')
                        options.data = optarg;
                else if (letter == 'r')
                        options.requests = (uint32_t) strtoul(optarg, NULL, 10);
                else if (letter == 'i')
                        options.idle_seconds = (unsigned) strtoul(optarg, NULL, 10);
                else
                        return false;
        }
        return optind == argc && options.requests >= 1000;
}

int main(int argc, char **argv)
{
        Bench bench = {};
        bool ok;

        if (!parse_options(argc, argv)) {
                fprintf(stderr, "usage: bench [--agent FILE] [--bare FILE] [--data DIR]"
                                " [--requests 1000...] [--idle SECONDS]\n");
                return EXIT_FAILURE;
        }
        bench.directory = g_dir_make_tmp("lwm2md-bench-XXXXXX", NULL);
        if (!bench.directory)
                return EXIT_FAILURE;
        bench.log = g_build_filename(bench.directory, "log", NULL);
        ok = measure(&bench);
        clean_up(&bench, !ok);
        if (ok)
                printf("%u over its bar\n", bench.over);
        return ok && !bench.over ? EXIT_SUCCESS : EXIT_FAILURE;
}
