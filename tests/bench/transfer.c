/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make bench: 50 MB by blocks of 1024 bytes onto tmpfs, up (Block1) and down (Block2), over coap
 * and coaps: the agent's transport and block engine (transfer-subject.c) against libcoap's block
 * mode 1 (transfer-peer.c) in the same minutes, both with the same peer. A figure is the median of
 * the pairs' ratios; memory is private and dirty, from the first MB on.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "bench/subject.h"

#define PAIRS 7
#define BYTES 52428800
#define GROWTH_KIB 256
#define RATE_LEAST 0.9
#define SAMPLE_USEC 20000

static const char *bin = "tests/bench";
static const char *directory = "/dev/shm";

/* A program of ours, its output and its input. */
typedef struct Process {
        BenchSubject subject;
        FILE *out;
        int in;
} Process;

static bool start(Process *self, const char *program, const char *role, const char *scheme,
                const char *port, const char *file)
{
        g_autofree char *path = g_build_filename(bin, program, NULL);
        g_autofree char *bytes = g_strdup_printf("%d", BYTES);
        char *arguments[] = { path, (char *) role, (char *) scheme, (char *) port, bytes,
                (char *) file, NULL };
        GPid pid;
        int out;

        if (!g_spawn_async_with_pipes(NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                            &pid, &self->in, &out, NULL, NULL))
                return false;
        self->subject.pid = pid;
        self->out = fdopen(out, "r");
        return true;
}

static void end(Process *self)
{
        close(self->in);
        kill(self->subject.pid, SIGKILL);
        waitpid(self->subject.pid, NULL, 0);
        fclose(self->out);
}

/* The word behind `key`, in the next line. */
static bool read_word(Process *self, const char *key, char word[static 64])
{
        char line[128];

        return fgets(line, sizeof(line), self->out) != NULL &&
               strncmp(line, key, strlen(key)) == 0 && sscanf(line, "%*s %63s", word) == 1;
}

/* Watches the memory of `self` until `other` has something to say: by how much it grew, in KiB. */
static uint64_t watch(const Process *self, const Process *other, const char *file)
{
        uint64_t first = 0, most = 0;
        GPollFD said = { .fd = fileno(other->out), .events = G_IO_IN | G_IO_HUP };

        while (g_poll(&said, 1, SAMPLE_USEC / 1000) == 0) {
                uint64_t now = bench_subject_private_kib(&self->subject);
                struct stat status;

                if (first == 0 && (stat(file, &status) < 0 || status.st_size < 1 << 20))
                        continue;
                first = first == 0 ? now : first;
                most = MAX(most, now);
        }
        most = MAX(most, bench_subject_private_kib(&self->subject));
        return first == 0 || most < first ? 0 : most - first;
}

/* MB in a second of time, and in one of the CPU; KiB. */
typedef struct Result {
        double rate, cpu_rate;
        uint64_t growth;
} Result;

/* One transfer. False: it failed. */
static bool transfer(const char *program, const char *role, const char *scheme, Result *ret_result)
{
        bool takes = strcmp(role, "take") == 0;
        g_autofree char *file = g_strdup_printf("%s/lwm2md-bench-%d", directory, (int) getpid());
        Process subject = { .in = -1 }, peer = { .in = -1 };
        char word[64] = "0";
        struct stat status;
        bool ok;

        if (takes)
                ok = start(&subject, program, role, scheme, "0", file) &&
                     read_word(&subject, "port", word) &&
                     start(&peer, "transfer-peer", "give", scheme, word, "/dev/null");
        else
                ok = start(&peer, "transfer-peer", "serve", scheme, "0", "/dev/null") &&
                     read_word(&peer, "port", word) &&
                     start(&subject, program, role, scheme, word, file);
        if (ok) {
                ret_result->growth = watch(&subject, takes ? &peer : &subject, file);
                ok = read_word(takes ? &peer : &subject, "seconds", word) && strtod(word, NULL) > 0;
                ret_result->rate = BYTES / 1e6 / strtod(word, NULL);
                ret_result->cpu_rate =
                                BYTES * 1e3 / (double) bench_subject_cpu_nsec(&subject.subject);
        }
        ok = ok && stat(file, &status) == 0 && status.st_size == BYTES;
        if (subject.out != NULL)
                end(&subject);
        if (peer.out != NULL)
                end(&peer);
        unlink(file);
        return ok;
}

static int compare_doubles(const void *a, const void *b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

static double median(double *values)
{
        qsort(values, PAIRS, sizeof(*values), compare_doubles);
        return values[PAIRS / 2];
}

/* Pairs of both, first one then the other ahead. How many figures are over. */
static unsigned compare(const char *what, const char *role, const char *scheme)
{
        double rates[PAIRS], cpu_rates[PAIRS], rate, cpu_rate;
        Result ours = {}, bare = {};
        uint64_t most = 0;

        for (unsigned i = 0; i < PAIRS; i++) {
                for (unsigned j = 0; j < 2; j++) {
                        bool is_ours = (i + j) % 2 == 0;

                        if (!transfer(is_ours ? "transfer-subject" : "transfer-peer", role, scheme,
                                            is_ours ? &ours : &bare)) {
                                printf("%-44s failed\n", what);
                                return 1;
                        }
                }
                rates[i] = ours.rate / bare.rate;
                cpu_rates[i] = ours.cpu_rate / bare.cpu_rate;
                most = MAX(most, ours.growth);
        }
        rate = median(rates);
        cpu_rate = median(cpu_rates);
        printf("%-26s rate against bare %9.2f      bar >= %6.2f   %s  (by CPU time %.2f; last: "
               "%.0f "
               "and %.0f MB/s)\n",
                        what, rate, RATE_LEAST, rate >= RATE_LEAST ? "ok" : "over", cpu_rate,
                        ours.rate, bare.rate);
        printf("%-26s private memory  + %9.0f KiB  bar <= %6d   %s\n", what, (double) most,
                        GROWTH_KIB, most <= GROWTH_KIB ? "ok" : "over");
        fflush(stdout);
        return (rate < RATE_LEAST) + (most > GROWTH_KIB);
}

int main(int argc, char **argv)
{
        unsigned over = 0;

        if (argc > 1)
                bin = argv[1];
        over += compare("50 MB up (Block1), coap", "take", "coap");
        over += compare("50 MB down (Block2), coap", "fetch", "coap");
        over += compare("50 MB up (Block1), coaps", "take", "coaps");
        over += compare("50 MB down (Block2), coaps", "fetch", "coaps");
        return over == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
