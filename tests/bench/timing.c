/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How late the agent's notifications are: a hundred observations with pmin and pmax of one second,
 * begun at even distances, so that one is due every ten milliseconds. The figures are of this
 * machine in these minutes: on an idle one 99 of 100 are to come within 20 ms, none early, and none
 * is to be missing.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "bench/peer.h"
#include "bench/subject.h"

#define OBSERVATIONS 100
#define SECONDS 20
#define PERIOD_MS 1000.0
#define LATE_MS 20.0
/* Between the look at the clock from which the agent counts and its send() there is a little time,
 * which differs. */
#define EARLY_MS 1.0
#define DATAGRAM_MAX 1500

typedef struct Timing {
        BenchPeer peer;
        double last[OBSERVATIONS]; /* milliseconds; 0: not observed yet */
        double late[OBSERVATIONS * (SECONDS + 1)];
        unsigned count, early, missing;
} Timing;

static double milliseconds(const struct timespec *time)
{
        return (double) time->tv_sec * 1e3 + (double) time->tv_nsec / 1e6;
}

static double now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return milliseconds(&now);
}

/* CON GET /1/0/1?pmin=1&pmax=1 with Observe 0; the token is the number. */
static bool observe(const Timing *self, unsigned number)
{
        static const uint8_t options[] = { 0x60, 0x51, '1', 0x01, '0', 0x01, '1', 0x46, 'p', 'm',
                'i', 'n', '=', '1', 0x06, 'p', 'm', 'a', 'x', '=', '1' };
        uint8_t message[6 + sizeof(options)] = { 0x42, 0x01, 0x70, (uint8_t) number, 0x0b,
                (uint8_t) number };

        memcpy(message + 6, options, sizeof(options));
        return send(self->peer.fd, message, sizeof(message), 0) == (ssize_t) sizeof(message);
}

static void note(Timing *self, unsigned number, double at)
{
        double late = at - self->last[number] - PERIOD_MS;

        if (self->last[number] > 0 && self->count < G_N_ELEMENTS(self->late)) {
                self->late[self->count++] = late;
                self->early += late < -EARLY_MS;
                self->missing += late > PERIOD_MS / 2;
        }
        self->last[number] = at;
}

/* When the datagram reached our socket, which on loopback is when it was sent: how long we took to
 * read it does not count. */
static double time_of(struct msghdr *header)
{
        struct timespec at = {};

        for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part))
                if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS)
                        memcpy(&at, CMSG_DATA(part), sizeof(at));
        return milliseconds(&at);
}

static void take(Timing *self)
{
        uint8_t message[DATAGRAM_MAX], control[128];
        struct iovec part = { message, sizeof(message) };
        struct msghdr header = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = control,
                .msg_controllen = sizeof(control),
        };
        ssize_t length = recvmsg(self->peer.fd, &header, 0);

        if (length >= 6 && (message[0] & 0xf) == 2 && message[1] == 0x45 && message[4] == 0x0b &&
                        message[5] < OBSERVATIONS)
                note(self, message[5], time_of(&header));
}

/* Reads until `end`. */
static void listen_until(Timing *self, double end)
{
        struct pollfd fd = { .fd = self->peer.fd, .events = POLLIN };

        for (double left = end - now_ms(); left > 0; left = end - now_ms())
                if (poll(&fd, 1, (int) left + 1) > 0)
                        take(self);
}

static int compare(const void *a, const void *b)
{
        double x = *(const double *) a, y = *(const double *) b;

        return (x > y) - (x < y);
}

static bool print(Timing *self)
{
        double p99;

        for (unsigned i = 0; i < OBSERVATIONS; i++)
                self->missing += self->last[i] == 0;
        if (self->count == 0)
                return false;
        qsort(self->late, self->count, sizeof(*self->late), compare);
        p99 = self->late[self->count * 99 / 100];
        printf("%u notifications of %u observations, each due every second: p50 %.2f ms, p99 %.2f "
               "ms, "
               "max %.2f ms late\n",
                        self->count, OBSERVATIONS, self->late[self->count / 2], p99,
                        self->late[self->count - 1]);
        printf("p99 %.2f ms bar <= %.0f   %s; early %u, missing %u   %s\n", p99, LATE_MS,
                        p99 <= LATE_MS ? "ok" : "over", self->early, self->missing,
                        self->early + self->missing == 0 ? "ok" : "over");
        return p99 <= LATE_MS && self->early + self->missing == 0;
}

static bool measure(Timing *self)
{
        double begin = now_ms();
        int on = 1;

        if (setsockopt(self->peer.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
                return false;
        for (unsigned i = 0; i < OBSERVATIONS; i++) {
                if (!observe(self, i))
                        return false;
                listen_until(self, begin + (i + 1) * PERIOD_MS / OBSERVATIONS);
        }
        listen_until(self, begin + (SECONDS + 1) * PERIOD_MS);
        return print(self);
}

static bool start_agent(BenchSubject *agent, const char *directory, const char *program,
                const char *data, uint16_t port)
{
        g_autofree char *config = g_build_filename(directory, "lwm2md.conf", NULL);
        g_autofree char *log = g_build_filename(directory, "log", NULL);
        g_autofree char *text = g_strdup_printf(
                        "[Agent]\nEndpointName=bench\n\n[Server bench]\n"
                        "Uri=coap://127.0.0.1:%u\nShortServerId=1\nLifetime=86400\n",
                        port);
        const char *arguments[] = { program, "--config", config, "--state-directory", directory,
                "--data-directory", data, NULL };

        return g_file_set_contents(config, text, -1, NULL) &&
               bench_subject_start(agent, arguments, log);
}

int main(int argc, char **argv)
{
        g_autofree char *directory = g_dir_make_tmp("lwm2md-timing-XXXXXX", NULL);
        const char *remove[] = { "rm", "-rf", directory, NULL };
        BenchSubject agent = {}, remover = {};
        static Timing timing;
        bool ok;

        if (!directory || !bench_peer_open(&timing.peer))
                return EXIT_FAILURE;
        /* nobody else's bus: the agent goes on without one */
        g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", true);
        ok = start_agent(&agent, directory, argc > 1 ? argv[1] : "./lwm2md",
                             argc > 2 ? argv[2] : "data", timing.peer.port) &&
             bench_peer_await_register(&timing.peer, 5000) && measure(&timing);
        bench_subject_terminate(&agent);
        while (bench_peer_serve(&timing.peer, 200))
                ; /* its De-register */
        bench_subject_wait(&agent, 4000);
        bench_peer_close(&timing.peer);
        if (bench_subject_start(&remover, remove, "/dev/null"))
                bench_subject_wait(&remover, 4000);
        return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
