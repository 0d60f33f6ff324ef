/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMistakes: what a service does wrong, told to the journal once. */
#include "providers/remote/mistakes.h"

#include "base/log.h"

struct LwMistakes {
        GHashTable *told; /* paths as text, "" for what has none */
};

LwMistakes *lw_mistakes_new(void)
{
        LwMistakes *self = g_new0(LwMistakes, 1);

        self->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return self;
}

void lw_mistakes_free(LwMistakes *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->told);
        g_free(self);
}

void lw_mistakes_tell(LwMistakes *self, const char *title, const LwPath *path, const char *what)
{
        char text[LW_PATH_TEXT_MAX] = "";

        if (path != NULL)
                lw_path_print(path, text);
        if (!g_hash_table_add(self->told, g_strdup(text)))
                return;
        if (path != NULL)
                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_WARNING, LW_FIELD_PATH, text, "MESSAGE",
                                "%s answers %s wrongly: %s; leaving the value out, and saying "
                                "this once",
                                title, text, what);
        else
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s, and saying this once", title, what);
}

void lw_mistakes_forget(LwMistakes *self)
{
        g_hash_table_remove_all(self->told);
}
