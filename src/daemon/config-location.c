/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Location] of the configuration. */
#include "daemon/config-location.h"

#include <string.h>

#include "base/quote.h"
#include "daemon/config-value.h"

#define MAX_AGE_USEC (300 * LW_USEC_PER_SEC)
#define MAX_AGE_USEC_MIN LW_USEC_PER_SEC
#define MAX_AGE_USEC_MAX (24 * 3600 * LW_USEC_PER_SEC)

static const char *const keys[] = { "Source", "MaxAge", NULL };

static const char *take_source(LwConfigLocation *self, const char *value)
{
        static const struct {
                const char *word;
                LwLocationSource source;
        } words[] = {
                { "none", LW_LOCATION_NONE },
                { "auto", LW_LOCATION_AUTO },
                { "geoclue", LW_LOCATION_GEOCLUE },
                { "gpsd", LW_LOCATION_GPSD },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
                if (strcmp(words[i].word, value) != 0)
                        continue;
                self->source = words[i].source;
                return NULL;
        }
        return "not a source, none is used; give none, auto, geoclue or gpsd";
}

static const char *take_age(LwConfigLocation *self, const char *value)
{
        LwUsec usec;

        if (!lw_config_parse_span(value, &usec) || usec < MAX_AGE_USEC_MIN ||
                        usec > MAX_AGE_USEC_MAX)
                return "not a span of time that is possible here, 5min is used; give 1s to 1440min";
        self->max_age_usec = usec;
        return NULL;
}

void lw_config_location_read(
                LwConfigLocation *self, LwConfigFile *file, const LwConfigSection *section)
{
        *self = (LwConfigLocation){ LW_LOCATION_NONE, MAX_AGE_USEC };
        for (guint i = 0; section != NULL && i < section->entries->len; i++) {
                const LwConfigEntry *entry = section->entries->pdata[i];
                g_autofree char *quoted = lw_quote(entry->value, strlen(entry->value));
                const char *problem;

                if (!g_strv_contains(keys, entry->key)) {
                        lw_config_file_unknown_key(file, section, entry, keys);
                        continue;
                }
                problem = strcmp(entry->key, "Source") == 0 ? take_source(self, entry->value)
                                                            : take_age(self, entry->value);
                if (problem != NULL)
                        lw_config_file_complain(file, entry->file, entry->line, "%s=%s: %s",
                                        entry->key, quoted, problem);
        }
}
