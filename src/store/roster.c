/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRoster: the servers that were added and removed over D-Bus. */
#include "store/roster.h"

#include <string.h>

#include "base/log.h"

#define DOCUMENT "servers"
#define VERSION 1

/* Groups: "added NAME" with the keys of its section, "removed NAME" with the hash of its. */
#define ADDED "added "
#define REMOVED "removed "
#define KEY_HASH "Hash"

struct LwRoster {
        LwState *state;
        GKeyFile *document;
        bool unsaved;
};

/* One change that is being saved. */
typedef struct Change {
        LwRoster *roster;
        char *group;
        GKeyFile *before; /* what the group was; without it: it was not there */
        LwStateDone done;
        void *user;
} Change;

LwRoster *lw_roster_new(LwState *state)
{
        LwRoster *self = g_new0(LwRoster, 1);
        g_autoptr(GBytes) bytes = lw_state_load(state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        self->state = state;
        self->document = g_key_file_new();
        if (bytes != NULL && g_bytes_get_size(bytes) > 0 &&
                        !g_key_file_load_from_bytes(self->document, bytes, G_KEY_FILE_NONE, &error))
                lw_log(G_LOG_LEVEL_WARNING,
                                "the servers that were added or removed over D-Bus cannot be read "
                                "(%s); the configuration alone counts",
                                error->message);
        return self;
}

void lw_roster_free(LwRoster *self)
{
        if (self == NULL)
                return;
        g_key_file_unref(self->document);
        g_free(self);
}

/* What is there */

static char **names_of(const LwRoster *self, const char *kind)
{
        g_auto(GStrv) groups = g_key_file_get_groups(self->document, NULL);
        g_autoptr(GStrvBuilder) names = g_strv_builder_new();

        for (size_t i = 0; groups[i] != NULL; i++)
                if (g_str_has_prefix(groups[i], kind))
                        g_strv_builder_add(names, groups[i] + strlen(kind));
        return g_strv_builder_end(names);
}

char **lw_roster_added(const LwRoster *self)
{
        return names_of(self, ADDED);
}

char **lw_roster_buried(const LwRoster *self)
{
        return names_of(self, REMOVED);
}

bool lw_roster_has(const LwRoster *self, const char *name)
{
        g_autofree char *group = g_strconcat(ADDED, name, NULL);

        return g_key_file_has_group(self->document, group);
}

static void copy_group(GKeyFile *to, GKeyFile *from, const char *group)
{
        g_auto(GStrv) keys = g_key_file_get_keys(from, group, NULL, NULL);

        for (size_t i = 0; keys != NULL && keys[i] != NULL; i++) {
                g_autofree char *value = g_key_file_get_value(from, group, keys[i], NULL);

                g_key_file_set_value(to, group, keys[i], value);
        }
}

void lw_roster_each(const LwRoster *self, const char *name,
                void (*each)(void *data, const char *key, const char *value), void *data)
{
        g_autofree char *group = g_strconcat(ADDED, name, NULL);
        g_auto(GStrv) keys = g_key_file_get_keys(self->document, group, NULL, NULL);

        for (size_t i = 0; keys != NULL && keys[i] != NULL; i++) {
                g_autofree char *value =
                                g_key_file_get_string(self->document, group, keys[i], NULL);

                if (value != NULL)
                        each(data, keys[i], value);
        }
}

char *lw_roster_tombstone(const LwRoster *self, const char *name)
{
        g_autofree char *group = g_strconcat(REMOVED, name, NULL);

        return g_key_file_get_string(self->document, group, KEY_HASH, NULL);
}

/* Changes */

static Change *begin(
                LwRoster *self, const char *kind, const char *name, LwStateDone done, void *user)
{
        Change *change = g_new0(Change, 1);

        *change = (Change){
                .roster = self,
                .group = g_strconcat(kind, name, NULL),
                .done = done,
                .user = user,
        };
        if (g_key_file_has_group(self->document, change->group)) {
                change->before = g_key_file_new();
                copy_group(change->before, self->document, change->group);
        }
        g_key_file_remove_group(self->document, change->group, NULL);
        return change;
}

static void take_back(Change *change)
{
        g_key_file_remove_group(change->roster->document, change->group, NULL);
        if (change->before != NULL)
                copy_group(change->roster->document, change->before, change->group);
}

static void on_saved(void *user, const GError *error)
{
        Change *change = user;

        if (error != NULL)
                take_back(change);
        if (change->done != NULL)
                change->done(change->user, error);
        g_clear_pointer(&change->before, g_key_file_unref);
        g_free(change->group);
        g_free(change);
}

static void save(LwRoster *self, LwStateDone done, void *user)
{
        gsize length;
        char *text = g_key_file_to_data(self->document, &length, NULL);
        g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);

        self->unsaved = false;
        lw_state_save(self->state, DOCUMENT, VERSION, bytes, done, user);
}

void lw_roster_add(LwRoster *self, const char *name, const char *const *pairs, LwStateDone done,
                void *user)
{
        Change *change = begin(self, ADDED, name, done, user);

        for (; pairs[0] != NULL; pairs += 2)
                g_key_file_set_string(self->document, change->group, pairs[0], pairs[1]);
        save(self, on_saved, change);
}

void lw_roster_drop(LwRoster *self, const char *name, LwStateDone done, void *user)
{
        save(self, on_saved, begin(self, ADDED, name, done, user));
}

void lw_roster_bury(
                LwRoster *self, const char *name, const char *hash, LwStateDone done, void *user)
{
        Change *change = begin(self, REMOVED, name, done, user);

        g_key_file_set_string(self->document, change->group, KEY_HASH, hash);
        save(self, on_saved, change);
}

void lw_roster_raise(LwRoster *self, const char *name)
{
        g_autofree char *group = g_strconcat(REMOVED, name, NULL);

        self->unsaved |= g_key_file_remove_group(self->document, group, NULL);
}

void lw_roster_save(LwRoster *self)
{
        if (self->unsaved)
                save(self, NULL, NULL);
}
