/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [EventLog] of the configuration. */
#include "daemon/config-event-log.h"

#include <string.h>

#include "base/quote.h"
#include "host/journal-text.h"

/* "warning" */
#define PRIORITY 4

static const char *const keys[] = { "Priority", "Units", NULL };

void lw_config_event_log_clear(LwConfigEventLog *self)
{
        g_clear_pointer(&self->units, g_strfreev);
}

static const char *take_priority(LwConfigEventLog *self, const char *value)
{
        const char *name;

        for (unsigned i = 0; (name = lw_journal_priority_name(i)) != NULL; i++) {
                if (strcmp(name, value) != 0)
                        continue;
                self->priority = i;
                return NULL;
        }
        return "not a priority, warning is used; give emerg, alert, crit, err, warning, notice, "
               "info or debug";
}

static void take_units(LwConfigEventLog *self, const char *value)
{
        g_auto(GStrv) words = g_strsplit_set(value, "; ,\t", -1);
        g_autoptr(GPtrArray) units = g_ptr_array_new();

        for (size_t i = 0; words[i] != NULL; i++)
                if (words[i][0] != '\0')
                        g_ptr_array_add(units, g_strdup(words[i]));
        g_ptr_array_add(units, NULL);
        g_strfreev(self->units);
        self->units = (GStrv) g_ptr_array_free(g_steal_pointer(&units), FALSE);
}

void lw_config_event_log_read(
                LwConfigEventLog *self, LwConfigFile *file, const LwConfigSection *section)
{
        self->priority = PRIORITY;
        take_units(self, "");
        for (guint i = 0; section != NULL && i < section->entries->len; i++) {
                const LwConfigEntry *entry = section->entries->pdata[i];
                g_autofree char *quoted = lw_quote(entry->value, strlen(entry->value));
                const char *problem = NULL;

                if (!g_strv_contains(keys, entry->key)) {
                        lw_config_file_unknown_key(file, section, entry, keys);
                        continue;
                }
                if (strcmp(entry->key, "Priority") == 0)
                        problem = take_priority(self, entry->value);
                else
                        take_units(self, entry->value);
                if (problem != NULL)
                        lw_config_file_complain(file, entry->file, entry->line, "%s=%s: %s",
                                        entry->key, quoted, problem);
        }
}
