/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make bench: what a value costs that a service on the bus has.
 *
 * A Read of an instance with 16 resources through the agent, against what cannot be spared: a bare
 * CoAP request and a bare call of the same method, by a program that does these two and nothing
 * else (bare.c). Rounds come interleaved; a figure is the median of their ratios. Both are measured
 * apart, too, for the eye: they are cheaper so, as a program that has 16 of one kind to do at once
 * does not go to sleep between them. Calls are counted by the service.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#include "bench/service.h"
#include "bench/stage.h"

#define PAIRS 5
#define WINDOW 16
#define INSTANCES 1000
#define SERVICES 64
#define CALL_MS 60000
#define SENML_CBOR 112

#define ASKED "org.lwm2md.bench.Asked"
#define CACHED "org.lwm2md.bench.Cached"
#define MANY "org.lwm2md.bench.Many"

/* By the instances that the services have. */
static const BenchRequest asked = { "/26252/0", SENML_CBOR };
static const BenchRequest cached = { "/26252/1", SENML_CBOR };

typedef struct Bench {
        BenchStage stage;
        const char *service;
        uint32_t requests;
        char *data; /* the objects, and ours */
        sd_bus *bus;
        BenchSubject agent, bare, both, asked, cached, many;
        BenchPeer agent_peer, bare_peer, both_peer;
} Bench;

/* The definition of our object */

static bool write_definition(const char *file)
{
        GString *text = g_string_new(
                        "<LWM2M><Object ObjectType=\"MODefinition\"><Name>Bench</Name>");
        bool ok;

        g_string_append_printf(text,
                        "<ObjectID>%d</ObjectID><LWM2MVersion>1.0</LWM2MVersion>"
                        "<ObjectVersion>1.0</ObjectVersion><MultipleInstances>Multiple"
                        "</MultipleInstances><Mandatory>Optional</Mandatory><Resources>",
                        BENCH_OBJECT);
        for (int i = 0; i < BENCH_RESOURCES; i++)
                g_string_append_printf(text,
                                "<Item ID=\"%d\"><Name>Value %d</Name><Operations>R</Operations>"
                                "<MultipleInstances>Single</MultipleInstances>"
                                "<Mandatory>Optional</Mandatory><Type>Float</Type></Item>",
                                i, i);
        g_string_append(text, "</Resources></Object></LWM2M>");
        ok = g_file_set_contents(file, text->str, -1, NULL);
        g_string_free(text, TRUE);
        return ok;
}

static bool make_data(Bench *self)
{
        g_autofree char *objects = g_build_filename(self->stage.data, "objects", NULL);
        g_autofree char *name = g_strdup_printf("objects/%d.xml", BENCH_OBJECT);
        g_autofree char *file = NULL;
        BenchSubject copier = {};

        self->data = g_build_filename(self->stage.directory, "data", NULL);
        file = g_build_filename(self->data, name, NULL);

        const char *arguments[] = { "cp", "-r", objects, self->data, NULL };

        return g_mkdir_with_parents(self->data, 0700) == 0 &&
               bench_subject_start(&copier, arguments, self->stage.log) &&
               bench_subject_wait(&copier, BENCH_END_MS) && write_definition(file);
}

/* Services */

static bool await_name(Bench *self, const char *name)
{
        for (int i = 0; i < BENCH_REGISTER_MS; i++) {
                if (sd_bus_get_name_creds(self->bus, name, 0, NULL) >= 0)
                        return true;
                bench_peer_serve(&self->agent_peer, 1); /* its Update */
        }
        return false;
}

/* Waits until it has its name: then all of it is registered. */
static bool start_service(Bench *self, BenchSubject *service, const char *name, const char *cache,
                unsigned first, unsigned count)
{
        g_autofree char *first_text = g_strdup_printf("%u", first);
        g_autofree char *count_text = g_strdup_printf("%u", count);
        const char *arguments[] = { self->service, "serve", name, cache, first_text, count_text,
                NULL };

        return bench_subject_start(service, arguments, self->stage.log) && await_name(self, name);
}

static bool count_reads(Bench *self, const char *name, uint32_t *ret_reads)
{
        return sd_bus_get_property_trivial(self->bus, name, "/Service", "org.lwm2md.Provider1",
                               "Reads", NULL, 'u', ret_reads) >= 0;
}

/* CPU of one request, and how often the service was asked for all of them */
static bool load(Bench *self, BenchPeer *peer, const BenchSubject *subject,
                const BenchRequest *request, double *ret_nsec)
{
        uint64_t cpu = bench_subject_cpu_nsec(subject);

        if (!bench_peer_load(peer, request, self->requests, WINDOW))
                return false;
        *ret_nsec = (double) (bench_subject_cpu_nsec(subject) - cpu) / self->requests;
        return true;
}

static bool call_bare(Bench *self, double *ret_nsec)
{
        g_autofree char *file = g_build_filename(self->stage.directory, "call", NULL);
        g_autofree char *calls = g_strdup_printf("%u", self->requests);
        g_autofree char *window = g_strdup_printf("%d", WINDOW);
        g_autofree char *text = NULL;
        const char *arguments[] = { self->service, "call", ASKED, asked.path, calls, window, file,
                NULL };
        BenchSubject caller = {};

        if (!bench_subject_start(&caller, arguments, self->stage.log) ||
                        !bench_subject_wait(&caller, CALL_MS) ||
                        !g_file_get_contents(file, &text, NULL, NULL))
                return false;
        *ret_nsec = g_ascii_strtod(text, NULL);
        return true;
}

static bool fail(const char *what)
{
        fprintf(stderr, "bench: %s\n", what);
        return false;
}

typedef struct Round {
        double agent, both, request, call; /* nanoseconds of CPU */
} Round;

/* All four, in an order that turns. */
static bool run_round(Bench *self, size_t number, Round *ret_round)
{
        bool ok = true;

        for (size_t part = 0; ok && part < 4; part++) {
                switch ((number + part) % 4) {
                case 0:
                        ok = load(self, &self->agent_peer, &self->agent, &asked, &ret_round->agent);
                        break;
                case 1:
                        ok = load(self, &self->both_peer, &self->both, &asked, &ret_round->both);
                        break;
                case 2:
                        ok = load(self, &self->bare_peer, &self->bare, &asked, &ret_round->request);
                        break;
                default:
                        ok = call_bare(self, &ret_round->call);
                        break;
                }
        }
        return ok;
}

static bool measure_asked(Bench *self)
{
        double ratio[PAIRS], apart[PAIRS], agent[PAIRS], both[PAIRS], request[PAIRS], call[PAIRS];

        for (size_t i = 0; i <= PAIRS; i++) { /* the first warms up and is overwritten */
                Round round = {};

                if (!run_round(self, i, &round))
                        return fail("a request was lost or not answered by 2.05");
                ratio[i % PAIRS] = round.agent / round.both;
                apart[i % PAIRS] = round.agent / (round.request + round.call);
                agent[i % PAIRS] = round.agent / 1e3;
                both[i % PAIRS] = round.both / 1e3;
                request[i % PAIRS] = round.request / 1e3;
                call[i % PAIRS] = round.call / 1e3;
        }
        printf("%s %u in flight: agent %.1f us of CPU; bare call and request %.1f us; apart: "
               "request %.1f us, call %.1f us\n",
                        asked.path, WINDOW, bench_median(agent, PAIRS), bench_median(both, PAIRS),
                        bench_median(request, PAIRS), bench_median(call, PAIRS));
        bench_stage_figure(&self->stage, "plugin Read of 16 resources, CPU agent/bare",
                        bench_median(ratio, PAIRS), "", 1.5, false);
        printf("%-44s %9.2f      no bar\n", "against both measured apart",
                        bench_median(apart, PAIRS));
        return true;
}

/* Calls of the service, for each request */
static bool measure_calls(Bench *self, const char *what, const char *name,
                const BenchRequest *request, double bar)
{
        uint32_t before, after;
        double nsec;

        if (!count_reads(self, name, &before) ||
                        !load(self, &self->agent_peer, &self->agent, request, &nsec) ||
                        !count_reads(self, name, &after))
                return fail("a request was lost, or a service has gone");
        bench_stage_figure(&self->stage, what, (double) (after - before) / self->requests, "", bar,
                        false);
        if (bar == 0)
                printf("%-44s %9.2f us   no bar\n", "CPU of that", nsec / 1e3);
        return true;
}

/* Many instances, many services */

static int append_instances(sd_bus_message *m)
{
        char path[32];
        int r = sd_bus_message_open_container(m, 'a', "{saq}");

        for (unsigned i = 0; r >= 0 && i < INSTANCES; i++) {
                snprintf(path, sizeof(path), "/3303/%u", i);
                r = sd_bus_message_append(m, "{saq}", path, 4, 5601, 5602, 5700, 5701);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static bool measure_registration(Bench *self)
{
        double milliseconds[PAIRS];

        for (size_t i = 0; i < PAIRS; i++) {
                sd_bus_message *m = NULL, *reply = NULL;
                const char *registration;
                double begin = bench_seconds();
                int r = sd_bus_message_new_method_call(self->bus, &m, "org.lwm2md", "/org/lwm2md",
                                "org.lwm2md.ProviderManager1", "RegisterProvider");

                if (r >= 0 && (r = sd_bus_message_append(m, "o", "/Instances")) >= 0 &&
                                (r = append_instances(m)) >= 0 &&
                                (r = sd_bus_message_append(m, "a{sv}", 0)) >= 0)
                        r = sd_bus_call(self->bus, m, 0, NULL, &reply);
                milliseconds[i] = (bench_seconds() - begin) * 1e3;
                if (r >= 0 && (r = sd_bus_message_read(reply, "o", &registration)) >= 0)
                        r = sd_bus_call_method(self->bus, "org.lwm2md", registration,
                                        "org.lwm2md.Registration1", "Unregister", NULL, NULL, "");
                sd_bus_message_unref(m);
                sd_bus_message_unref(reply);
                if (r < 0)
                        return fail("1000 instances could not be registered");
                while (bench_peer_serve(&self->agent_peer, 50))
                        ; /* its Updates */
        }
        bench_stage_figure(&self->stage, "1000 instances registered",
                        bench_median(milliseconds, PAIRS), "ms", 200, false);
        return true;
}

/* The instances of all of them, by one request of this host. */
static bool measure_services(Bench *self)
{
        g_autofree char *path = g_strdup_printf("/%d", BENCH_OBJECT);
        uint32_t before, after;
        double begin;
        int r;

        if (!start_service(self, &self->many, MANY, "none", 100, SERVICES - 2) ||
                        !count_reads(self, MANY, &before))
                return fail("64 services could not be registered");
        begin = bench_seconds();
        r = sd_bus_call_method(self->bus, "org.lwm2md", "/org/lwm2md", "org.lwm2md.Manager1",
                        "Read", NULL, NULL, "s", path);
        printf("%-44s %9.2f ms   no bar\n", "a Read that concerns 64 services",
                        (bench_seconds() - begin) * 1e3);
        if (r < 0 || !count_reads(self, MANY, &after))
                return fail("64 services could not be read at once");
        bench_stage_figure(&self->stage, "calls of each of them",
                        (double) (after - before) / (SERVICES - 2), "", 1, false);
        return true;
}

/* All of it */

static bool start(Bench *self)
{
        BenchAnswer answer;

        if (!bench_stage_start_bus(&self->stage))
                return fail("dbus-daemon cannot be started");
        if (!make_data(self) || !bench_peer_open(&self->agent_peer) ||
                        !bench_peer_open(&self->bare_peer) || !bench_peer_open(&self->both_peer) ||
                        !bench_stage_start_agent(&self->stage, &self->agent, &self->agent_peer,
                                        self->data) ||
                        !bench_peer_await_register(&self->agent_peer, BENCH_REGISTER_MS))
                return fail("the agent did not register");
        if (sd_bus_open_system(&self->bus) < 0 || !await_name(self, "org.lwm2md") ||
                        !start_service(self, &self->asked, ASKED, "none", 0, 1) ||
                        !start_service(self, &self->cached, CACHED, "notify", 1, 1))
                return fail("the services did not register");
        while (bench_peer_serve(&self->agent_peer, 200))
                ; /* its Update */
        if (!bench_peer_get(&self->agent_peer, &asked, &answer))
                return fail("the agent does not answer");
        printf("answers: %s %zu bytes\n", asked.path, answer.length);

        const BenchBareAnswer bare = { asked.path, &answer };

        return (bench_stage_start_bare(
                                &self->stage, &self->bare, &self->bare_peer, NULL, &bare, 1) &&
                               bench_stage_start_bare(&self->stage, &self->both, &self->both_peer,
                                               ASKED, &bare, 1)) ||
               fail("the bare program did not register");
}

static bool measure(Bench *self)
{
        return start(self) && measure_asked(self) &&
               measure_calls(self, "calls for each such Read", ASKED, &asked, 1) &&
               measure_calls(self, "calls for a Read of reported values", CACHED, &cached, 0) &&
               measure_registration(self) && measure_services(self);
}

static void clean_up(Bench *self, bool keep_log)
{
        BenchSubject *all[] = { &self->asked, &self->cached, &self->many, &self->bare, &self->both,
                &self->agent };

        sd_bus_flush_close_unref(self->bus);
        for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                bench_subject_terminate(all[i]);
                bench_subject_wait(all[i], BENCH_END_MS);
        }
        if (keep_log)
                fprintf(stderr, "bench: see %s\n", self->stage.log);
        bench_stage_close(&self->stage, keep_log);
        g_free(self->data);
}

static bool parse_options(Bench *self, int argc, char **argv)
{
        static const struct option known[] = {
                { "agent", required_argument, NULL, 'a' },
                { "bare", required_argument, NULL, 'b' },
                { "data", required_argument, NULL, 'd' },
                { "service", required_argument, NULL, 's' },
                { "requests", required_argument, NULL, 'r' },
                {},
        };
        int letter;

        while ((letter = getopt_long(argc, argv, "", known, NULL)) >= 0) {
                if (letter == 'a')
                        self->stage.agent = optarg;
                else if (letter == 'b')
                        self->stage.bare = optarg;
                else if (letter == 'd')
                        self->stage.data = optarg;
                else if (letter == 's')
                        self->service = optarg;
                else if (letter == 'r')
                        self->requests = (uint32_t) strtoul(optarg, NULL, 10);
                else
                        return false;
        }
        return optind == argc && self->requests >= 1000;
}

int main(int argc, char **argv)
{
        Bench bench = {
                .stage = { .agent = "./lwm2md", .bare = "tests/bench/bare", .data = "data" },
                .service = "tests/bench/service",
                .requests = 20000
        };
        bool ok;

        if (!parse_options(&bench, argc, argv)) {
                fprintf(stderr, "usage: plugin [--agent FILE] [--bare FILE] [--data DIR]"
                                " [--service FILE] [--requests 1000...]\n");
                return EXIT_FAILURE;
        }
        if (!bench_stage_open(&bench.stage))
                return EXIT_FAILURE;
        ok = measure(&bench);
        clean_up(&bench, !ok);
        if (ok)
                printf("%u over its bar\n", bench.stage.over);
        return ok && !bench.stage.over ? EXIT_SUCCESS : EXIT_FAILURE;
}
