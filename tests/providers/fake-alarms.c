/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the kernel that a test changes itself: linked instead of host/alarms. */
#include "providers/fake-alarms.h"

#include <string.h>

#include <check.h>
#include <glib.h>

#include "host/alarms.h"

#define ALARMS_MAX 16

struct LwAlarms {
        void (*told)(void *user, void *key);
        void *user;
        struct {
                char *path;
                void *key;
        } alarms[ALARMS_MAX];
        size_t count;
};

static struct LwAlarms *alarms; /* there are no two */

LwAlarms *lw_alarms_new(LwDriver *driver G_GNUC_UNUSED, int root_fd G_GNUC_UNUSED,
                void (*told)(void *user, void *key), void *user)
{
        ck_assert_ptr_null(alarms);
        alarms = g_new0(LwAlarms, 1);
        alarms->told = told;
        alarms->user = user;
        return alarms;
}

void lw_alarms_free(LwAlarms *self)
{
        for (size_t i = 0; self != NULL && i < self->count; i++)
                g_free(self->alarms[i].path);
        g_free(self);
        alarms = NULL;
}

bool lw_alarms_watch(LwAlarms *self, const char *path, void *key)
{
        ck_assert_uint_lt(self->count, ALARMS_MAX);
        self->alarms[self->count].path = g_strdup(path);
        self->alarms[self->count++].key = key;
        return true;
}

void lw_alarms_drop(LwAlarms *self, const void *key)
{
        for (size_t i = self->count; i-- > 0;)
                if (self->alarms[i].key == key) {
                        g_free(self->alarms[i].path);
                        self->alarms[i] = self->alarms[--self->count];
                }
}

static void *key_of(const char *path)
{
        for (size_t i = 0; alarms != NULL && i < alarms->count; i++)
                if (strcmp(alarms->alarms[i].path, path) == 0)
                        return alarms->alarms[i].key;
        return NULL;
}

bool lw_fake_alarms_has(const char *path)
{
        return key_of(path) != NULL;
}

void lw_fake_alarms_ring(const char *path)
{
        void *key = key_of(path);

        ck_assert_ptr_nonnull(key);
        alarms->told(alarms->user, key);
}
