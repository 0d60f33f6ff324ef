/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section [Network] of the configuration. */
#include "daemon/config-network.h"

#include <string.h>

#include "base/quote.h"

/* dBm: where a WLAN falls back to its slowest rates, and where modems show no bar or one */
#define LOW_WLAN_DBM (-80)
#define LOW_CELLULAR_DBM (-110)
#define LOW_DBM_MIN (-140)
#define LOW_DBM_MAX (-20)

static const char *const keys[] = { "LowSignalWlan", "LowSignalCellular", NULL };

static bool parse(const char *text, int *ret_dbm)
{
        int64_t number;

        if (strcmp(text, "never") == 0) {
                *ret_dbm = LW_SIGNAL_NEVER_LOW;
                return true;
        }
        if (!g_ascii_string_to_signed(text, 10, LOW_DBM_MIN, LOW_DBM_MAX, &number, NULL))
                return false;
        *ret_dbm = (int) number;
        return true;
}

static const char *take(LwConfigNetwork *self, const char *key, const char *value)
{
        bool is_wlan = strcmp(key, "LowSignalWlan") == 0;

        if (parse(value, is_wlan ? &self->limits.wlan_dbm : &self->limits.cellular_dbm))
                return NULL;
        return is_wlan ? "not a signal strength, -80 is used; give -140 to -20 (dBm), or never"
                       : "not a signal strength, -110 is used; give -140 to -20 (dBm), or never";
}

void lw_config_network_read(
                LwConfigNetwork *self, LwConfigFile *file, const LwConfigSection *section)
{
        self->limits = (LwSignalLimits){ LOW_WLAN_DBM, LOW_CELLULAR_DBM };
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
