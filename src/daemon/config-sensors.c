/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Sensors] of the configuration. */
#include "daemon/config-sensors.h"

#include <string.h>

#include "base/quote.h"
#include "daemon/config-value.h"

#define SAMPLE_USEC (10 * LW_USEC_PER_SEC)
#define SAMPLE_USEC_MIN (100 * LW_USEC_PER_MSEC)
#define SAMPLE_USEC_MAX (24 * 3600 * LW_USEC_PER_SEC)

static const char *const keys[] = { "SampleInterval", "Allow", "Deny", NULL };

void lw_config_sensors_clear(LwConfigSensors *self)
{
        g_clear_pointer(&self->allow, g_strfreev);
        g_clear_pointer(&self->deny, g_strfreev);
}

static const char *take_interval(LwConfigSensors *self, const char *value)
{
        LwUsec usec;

        if (!lw_config_parse_span(value, &usec) || usec < SAMPLE_USEC_MIN || usec > SAMPLE_USEC_MAX)
                return "not a span of time that is possible here, 10s is used; give 100ms to "
                       "1440min";
        self->sample_usec = usec;
        return NULL;
}

static void take_patterns(GStrv *where, const char *value)
{
        g_auto(GStrv) words = g_strsplit_set(value, "; ,\t", -1);
        g_autoptr(GPtrArray) patterns = g_ptr_array_new();

        for (size_t i = 0; words[i] != NULL; i++)
                if (words[i][0] != '\0')
                        g_ptr_array_add(patterns, g_strdup(words[i]));
        g_ptr_array_add(patterns, NULL);
        g_strfreev(*where);
        *where = (GStrv) g_ptr_array_free(g_steal_pointer(&patterns), FALSE);
}

static const char *take(LwConfigSensors *self, const char *key, const char *value)
{
        if (strcmp(key, "SampleInterval") == 0)
                return take_interval(self, value);
        take_patterns(strcmp(key, "Allow") == 0 ? &self->allow : &self->deny, value);
        return NULL;
}

void lw_config_sensors_read(
                LwConfigSensors *self, LwConfigFile *file, const LwConfigSection *section)
{
        self->sample_usec = SAMPLE_USEC;
        take_patterns(&self->allow, "");
        take_patterns(&self->deny, "");
        for (guint i = 0; section != NULL && i < section->entries->len; i++) {
                const LwConfigEntry *entry = section->entries->pdata[i];
                g_autofree char *quoted = lw_quote(entry->value, strlen(entry->value));
                const char *problem;

                if (!g_strv_contains(keys, entry->key)) {
                        lw_config_file_unknown_key(file, section, entry, keys);
                        continue;
                }
                problem = take(self, entry->key, entry->value);
                if (problem != NULL)
                        lw_config_file_complain(file, entry->file, entry->line, "%s=%s: %s",
                                        entry->key, quoted, problem);
        }
}
