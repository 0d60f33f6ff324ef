/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAlarms: files of sysfs of which the kernel tells that they are other than before. */
#include "host/alarms.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib.h>

#include "model/limits.h"

typedef struct Alarm {
        LwAlarms *owner;
        void *key;
        int fd;
        sd_event_source *source;
} Alarm;

struct LwAlarms {
        LwDriver *driver;
        int root_fd;
        void (*told)(void *user, void *key);
        void *user;
        GPtrArray *alarms; /* of Alarm */
};

static void alarm_free(void *data)
{
        Alarm *self = data;

        sd_event_source_disable_unref(self->source);
        close(self->fd);
        g_free(self);
}

LwAlarms *lw_alarms_new(
                LwDriver *driver, int root_fd, void (*told)(void *user, void *key), void *user)
{
        LwAlarms *self = g_new0(LwAlarms, 1);

        self->driver = driver;
        self->root_fd = root_fd;
        self->told = told;
        self->user = user;
        self->alarms = g_ptr_array_new_with_free_func(alarm_free);
        return self;
}

void lw_alarms_free(LwAlarms *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->alarms);
        g_free(self);
}

static int on_alarm(sd_event_source *source G_GNUC_UNUSED, int fd G_GNUC_UNUSED,
                uint32_t events G_GNUC_UNUSED, void *user)
{
        const Alarm *alarm = user;

        alarm->owner->told(alarm->owner->user, alarm->key);
        return 0;
}

/* Edges: without them a file would be due until it is read. */
bool lw_alarms_watch_fd(LwAlarms *self, int fd, void *key)
{
        Alarm *alarm = g_new0(Alarm, 1);

        *alarm = (Alarm){ .owner = self, .key = key, .fd = fd };
        if (self->alarms->len >= LW_ALARMS_MAX ||
                        sd_event_add_io(lw_driver_event(self->driver), &alarm->source, fd,
                                        EPOLLPRI | EPOLLET, on_alarm, alarm) < 0) {
                alarm_free(alarm);
                return false;
        }
        g_ptr_array_add(self->alarms, alarm);
        return true;
}

bool lw_alarms_watch(LwAlarms *self, const char *path, void *key)
{
        int fd = openat(self->root_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

        return fd >= 0 && lw_alarms_watch_fd(self, fd, key);
}

void lw_alarms_drop(LwAlarms *self, const void *key)
{
        for (guint i = self->alarms->len; i-- > 0;)
                if (((const Alarm *) self->alarms->pdata[i])->key == key)
                        g_ptr_array_remove_index_fast(self->alarms, i);
}

size_t lw_alarms_count(const LwAlarms *self)
{
        return self->alarms->len;
}
