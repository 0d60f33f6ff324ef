/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwWatch: what servers observe of a service, told to it once a turn of the loop. */
#include "providers/remote/watch.h"

#include <stdbool.h>

#include "base/log.h"

struct LwWatch {
        LwDriver *driver;
        LwAsker *asker;
        GHashTable *all; /* path as text to Watched */
        GPtrArray *news; /* of Watched: those that changed in this turn */
        bool is_due;     /* to be told in this turn */
        bool is_over;    /* freed while it was due */
};

/* One path. */
typedef struct Watched {
        const char *path; /* the key */
        unsigned observers;
        bool is_told, is_news;
} Watched;

LwWatch *lw_watch_new(LwDriver *driver, LwAsker *asker)
{
        LwWatch *self = g_new0(LwWatch, 1);

        self->driver = driver;
        self->asker = asker;
        self->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        self->news = g_ptr_array_new();
        return self;
}

void lw_watch_free(LwWatch *self)
{
        if (self == NULL)
                return;
        g_clear_pointer(&self->all, g_hash_table_unref);
        g_clear_pointer(&self->news, g_ptr_array_unref);
        self->is_over = true;
        if (!self->is_due)
                g_free(self);
}

static void tell(const LwWatch *self, char **added, char **dropped)
{
        sd_bus_message *m = NULL;
        int r;

        if (lw_asker_bus(self->asker) == NULL)
                return; /* the next service is told all */
        r = lw_asker_message(self->asker, "Observe", &m);
        if (r >= 0 && (r = sd_bus_message_append_strv(m, added)) >= 0 &&
                        (r = sd_bus_message_append_strv(m, dropped)) >= 0)
                r = lw_asker_tell(self->asker, m);
        if (r < 0)
                lw_log(G_LOG_LEVEL_DEBUG, "%s: Observe cannot be sent: %s",
                                lw_asker_title(self->asker), g_strerror(-r));
        sd_bus_message_unref(m);
}

static void tell_news(LwWatch *self)
{
        g_autoptr(GPtrArray) added = g_ptr_array_new();
        g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < self->news->len; i++) {
                Watched *watched = self->news->pdata[i];

                if (watched->observers > 0 && !watched->is_told)
                        g_ptr_array_add(added, (void *) watched->path);
                if (watched->observers == 0 && watched->is_told)
                        g_ptr_array_add(dropped, g_strdup(watched->path));
                watched->is_told = watched->observers > 0;
                watched->is_news = false;
                if (watched->observers == 0)
                        g_hash_table_remove(self->all, watched->path);
        }
        g_ptr_array_set_size(self->news, 0);
        if (added->len == 0 && dropped->len == 0)
                return;
        g_ptr_array_add(added, NULL);
        g_ptr_array_add(dropped, NULL);
        tell(self, (char **) added->pdata, (char **) dropped->pdata);
}

static void on_turn(void *user)
{
        LwWatch *self = user;

        self->is_due = false;
        if (self->is_over)
                g_free(self);
        else
                tell_news(self);
}

static void note(LwWatch *self, Watched *watched)
{
        if (!watched->is_news)
                g_ptr_array_add(self->news, watched);
        watched->is_news = true;
        if (self->is_due)
                return;
        self->is_due = true;
        lw_driver_defer(self->driver, on_turn, self);
}

static Watched *find(LwWatch *self, const LwPath *path)
{
        char text[LW_PATH_TEXT_MAX];
        Watched *watched;
        char *key;

        lw_path_print(path, text);
        watched = g_hash_table_lookup(self->all, text);
        if (watched == NULL) {
                watched = g_new0(Watched, 1);
                watched->path = key = g_strdup(text);
                g_hash_table_insert(self->all, key, watched);
        }
        return watched;
}

void lw_watch_add(LwWatch *self, const LwPath *path)
{
        Watched *watched = find(self, path);

        watched->observers++;
        note(self, watched);
}

void lw_watch_drop(LwWatch *self, const LwPath *path)
{
        Watched *watched = find(self, path);

        if (watched->observers > 0)
                watched->observers--;
        note(self, watched);
}

void lw_watch_each(const LwWatch *self, LwWatchEach each, void *data)
{
        GHashTableIter iter;
        void *path, *value;

        g_hash_table_iter_init(&iter, self->all);
        while (g_hash_table_iter_next(&iter, &path, &value))
                if (((const Watched *) value)->observers > 0)
                        each(data, path);
}

void lw_watch_restart(LwWatch *self)
{
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, self->all);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                ((Watched *) value)->is_told = false;
                note(self, value);
        }
}
