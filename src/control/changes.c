/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwChanges: which properties of an object are other than when they were told last. */
#include "control/changes.h"

void lw_changes_init(LwChanges *self, const LwWatchedProperty *watched, size_t count)
{
        g_assert(count <= LW_WATCHED_MAX);
        *self = (LwChanges){ .watched = watched, .count = count };
}

void lw_changes_clear(LwChanges *self)
{
        for (size_t i = 0; i < self->count; i++)
                g_clear_pointer(&self->told[i], g_free);
}

size_t lw_changes_take(
                LwChanges *self, const void *object, const char *ret_names[LW_WATCHED_MAX + 1])
{
        g_autoptr(GString) text = g_string_new(NULL);
        size_t changed = 0;

        for (size_t i = 0; i < self->count; i++) {
                g_string_truncate(text, 0);
                self->watched[i].print(object, text);
                if (g_strcmp0(self->told[i], text->str) == 0)
                        continue;
                g_free(self->told[i]);
                self->told[i] = g_strdup(text->str);
                ret_names[changed++] = self->watched[i].name;
        }
        ret_names[changed] = NULL;
        return changed;
}
