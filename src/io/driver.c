/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDriver: the sd-event loop, with one timer for whoever has deadlines. */
#include "io/driver.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

/* How late a deadline may be seen: a notification's punctuality, and what lets wake-ups fall
 * together. */
#define ACCURACY_URGENT_USEC (5 * LW_USEC_PER_MSEC)
#define ACCURACY_USEC (250 * LW_USEC_PER_MSEC)

typedef struct Client {
        const LwDriverClient *client; /* NULL: removed while we walked over the clients */
        void *user;
} Client;

typedef struct Call {
        LwDriverCall call; /* NULL: taken back */
        void *user;
} Call;

struct LwDriver {
        sd_event *event;
        sd_event_source *timer;
        sd_event_source *deferred;
        sd_event_source *clock;
        int clock_fd;
        Call stepped;
        GArray *clients;
        bool walking;
        GArray *calls;   /* wait for the next turn */
        GArray *running; /* are being called in this one */
        LwUsec armed;    /* what the timer waits for; LW_USEC_NEVER: it is off */
        LwUsec accuracy;
};

static LwUsec read_clock(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (LwUsec) now.tv_sec * LW_USEC_PER_SEC + (LwUsec) now.tv_nsec / 1000;
}

LwNow lw_driver_now(LwDriver *self)
{
        uint64_t boot;
        uint64_t real;

        if (sd_event_now(self->event, CLOCK_BOOTTIME, &boot) < 0)
                boot = read_clock(CLOCK_BOOTTIME);
        if (sd_event_now(self->event, CLOCK_REALTIME, &real) < 0)
                real = read_clock(CLOCK_REALTIME);
        return (LwNow){ boot, (int64_t) real };
}

static int arm(LwDriver *self, LwUsec deadline, LwUsec accuracy)
{
        int r;

        if (deadline == self->armed && (accuracy == self->accuracy || deadline == LW_USEC_NEVER))
                return 0;
        self->armed = deadline;
        self->accuracy = accuracy;
        r = sd_event_source_set_time(self->timer, deadline);
        if (r < 0 || deadline == LW_USEC_NEVER)
                return r;
        return sd_event_source_set_time_accuracy(self->timer, accuracy);
}

static int arm_for_earliest(LwDriver *self)
{
        LwUsec earliest = LW_USEC_NEVER;
        bool urgent = false;

        for (guint i = 0; i < self->clients->len; i++) {
                const Client *client = &g_array_index(self->clients, Client, i);
                LwUsec deadline;

                if (client->client == NULL)
                        continue;
                deadline = client->client->deadline(client->user);
                if (deadline == LW_USEC_NEVER)
                        continue;
                earliest = lw_usec_min(earliest, deadline);
                urgent = urgent ||
                         (client->client->urgent != NULL && client->client->urgent(client->user));
        }
        return arm(self, earliest, urgent ? ACCURACY_URGENT_USEC : ACCURACY_USEC);
}

/* A loop that cannot arm its timer would sleep through everything: it ends, and systemd starts it
 * anew. */
static int end_on_failure(LwDriver *self, int r)
{
        if (r >= 0)
                return 0;
        lw_driver_exit(self, r);
        return 0;
}

/* Before the loop sleeps. (A post source would do, too, at the cost of a turn of the loop after
 * each event.) */
static int on_prepare(sd_event_source *source, void *user)
{
        LwDriver *self = user;

        (void) source;
        return end_on_failure(self, arm_for_earliest(self));
}

static void drop_removed(LwDriver *self)
{
        for (guint i = self->clients->len; i > 0; i--)
                if (g_array_index(self->clients, Client, i - 1).client == NULL)
                        g_array_remove_index(self->clients, i - 1);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
        LwDriver *self = user;
        LwNow now = lw_driver_now(self);

        (void) source;
        (void) usec;
        end_on_failure(self, arm(self, LW_USEC_NEVER, ACCURACY_USEC));
        self->walking = true;
        for (guint i = 0; i < self->clients->len; i++) {
                Client client = g_array_index(self->clients, Client, i);

                if (client.client != NULL && client.client->deadline(client.user) <= now.boot)
                        client.client->run(client.user, now);
        }
        self->walking = false;
        drop_removed(self);
        return 0;
}

static int on_deferred(sd_event_source *source, void *user)
{
        LwDriver *self = user;
        GArray *calls = self->calls;

        (void) source;
        /* What these calls defer in their turn goes into the other array, and waits for the next
         * turn. */
        self->calls = self->running;
        self->running = calls;
        for (guint i = 0; i < calls->len; i++) {
                Call call = g_array_index(calls, Call, i);

                if (call.call != NULL)
                        call.call(call.user);
        }
        g_array_set_size(calls, 0);
        return 0;
}

static int make_sources(LwDriver *self)
{
        int r = sd_event_new(&self->event);

        if (r < 0)
                return r;
        r = sd_event_add_time(self->event, &self->timer, CLOCK_BOOTTIME, LW_USEC_NEVER,
                        ACCURACY_USEC, on_timer, self);
        if (r < 0)
                return r;
        /* always on, as only then it is prepared */
        r = sd_event_source_set_enabled(self->timer, SD_EVENT_ON);
        if (r < 0)
                return r;
        r = sd_event_source_set_prepare(self->timer, on_prepare);
        if (r < 0)
                return r;
        return sd_event_add_defer(self->event, &self->deferred, on_deferred, self);
}

LwDriver *lw_driver_new(void)
{
        LwDriver *self = g_new0(LwDriver, 1);
        int r;

        self->clock_fd = -1;
        self->armed = LW_USEC_NEVER;
        self->clients = g_array_new(FALSE, FALSE, sizeof(Client));
        self->calls = g_array_new(FALSE, FALSE, sizeof(Call));
        self->running = g_array_new(FALSE, FALSE, sizeof(Call));
        r = make_sources(self);
        if (r < 0) {
                lw_driver_free(self);
                errno = -r;
                return NULL;
        }
        return self;
}

void lw_driver_free(LwDriver *self)
{
        if (self == NULL)
                return;
        sd_event_source_disable_unref(self->clock);
        if (self->clock_fd >= 0)
                close(self->clock_fd);
        sd_event_source_disable_unref(self->deferred);
        sd_event_source_disable_unref(self->timer);
        sd_event_unref(self->event);
        g_array_free(self->clients, TRUE);
        g_array_free(self->calls, TRUE);
        g_array_free(self->running, TRUE);
        g_free(self);
}

sd_event *lw_driver_event(const LwDriver *self)
{
        return self->event;
}

/* A turn of the loop that does nothing else, at whose end the timer is armed. */
static void take_a_turn(LwDriver *self)
{
        end_on_failure(self, sd_event_source_set_enabled(self->deferred, SD_EVENT_ONESHOT));
}

void lw_driver_add(LwDriver *self, const LwDriverClient *client, void *user)
{
        Client added = { client, user };

        g_array_append_val(self->clients, added);
        take_a_turn(self);
}

void lw_driver_remove(LwDriver *self, const LwDriverClient *client, void *user)
{
        for (guint i = 0; i < self->clients->len; i++) {
                Client *known = &g_array_index(self->clients, Client, i);

                if (known->client != client || known->user != user)
                        continue;
                known->client = NULL;
                break;
        }
        if (!self->walking)
                drop_removed(self);
}

void lw_driver_defer(LwDriver *self, LwDriverCall call, void *user)
{
        Call deferred = { call, user };

        g_array_append_val(self->calls, deferred);
        take_a_turn(self);
}

static void forget_in(GArray *calls, LwDriverCall call, void *user)
{
        for (guint i = 0; i < calls->len; i++) {
                Call *deferred = &g_array_index(calls, Call, i);

                if (deferred->call == call && deferred->user == user)
                        deferred->call = NULL;
        }
}

void lw_driver_forget(LwDriver *self, LwDriverCall call, void *user)
{
        forget_in(self->calls, call, user);
        forget_in(self->running, call, user);
}

static int arm_clock(int fd)
{
        /* As far away as the kernel allows: only the step matters. */
        const struct itimerspec never = { .it_value.tv_sec = G_MAXINT32 };

        return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0
                               ? -errno
                               : 0;
}

static int on_clock(sd_event_source *source, int fd, uint32_t events, void *user)
{
        LwDriver *self = user;
        uint64_t count;
        int r;

        (void) source;
        (void) events;
        if (read(fd, &count, sizeof(count)) >= 0 || errno != ECANCELED)
                return 0;
        r = arm_clock(fd);
        if (r < 0)
                return r;
        self->stepped.call(self->stepped.user);
        return 0;
}

int lw_driver_watch_clock(LwDriver *self, LwDriverCall stepped, void *user)
{
        int r;

        self->stepped = (Call){ stepped, user };
        if (self->clock != NULL)
                return 0;
        self->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
        if (self->clock_fd < 0)
                return -errno;
        r = arm_clock(self->clock_fd);
        if (r < 0)
                return r;
        return sd_event_add_io(self->event, &self->clock, self->clock_fd, EPOLLIN, on_clock, self);
}

int lw_driver_run(LwDriver *self)
{
        int r = sd_event_set_watchdog(self->event, true);

        if (r < 0)
                return r;
        return sd_event_loop(self->event);
}

void lw_driver_exit(LwDriver *self, int code)
{
        sd_event_exit(self->event, code);
}
