/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that a service reports by itself: a{sv} from its paths to values of the tree's types. */
#include "providers/remote/report.h"

#include <math.h>
#include <string.h>

#include "base/quote.h"
#include "bus/error.h"
#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"

/* No text and no JSON can say that a number is none or without bound: one such value would take all
 * others of its instance away. */
static bool check_finite(const LwResourceDef *def, const LwValue *value, GError **error)
{
        if (value->type != LW_TYPE_FLOAT || isfinite(value->number))
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "resource %u (%s) must be a finite number; without one it has no value",
                        def->id, def->name);
        return false;
}

bool lw_report_read_value(sd_bus_message *m, LwRegistry *registry, const LwPath *path,
                LwValues *values, GError **error)
{
        const LwResourceDef *def = lw_registry_resource(registry, path->ids[0], path->ids[2]);
        size_t first = lw_values_count(values);

        if (def == NULL || !(def->operations & LW_READABLE)) {
                g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                "resource %u cannot be read and so has no value", path->ids[2]);
                return false;
        }
        if (!lw_variant_read(m, path, def, LW_VARIANT_STRICT, values, error))
                return false;
        for (size_t i = first; i < lw_values_count(values); i++) {
                const LwValue *value = &lw_values_at(values, i)->value;

                if (value->type != LW_TYPE_NONE &&
                                (!check_finite(def, value, error) ||
                                                !lw_resource_def_check(def, value, error)))
                        return false;
        }
        return true;
}

int lw_report_refuse(const char *key, const GError *error, sd_bus_error *ret_error)
{
        g_autofree char *quoted = lw_quote(key, strlen(key));

        return sd_bus_error_setf(ret_error, lw_bus_error_name(lw_status_of_error(error)), "%s: %s",
                        quoted, error->message);
}

static bool read_entry(sd_bus_message *m, const char *key, LwRegistry *registry,
                const LwClaims *claims, LwValues *values, GError **error)
{
        LwPath path;

        if (!lw_claims_place(claims, key, &path, error))
                return false;
        if (lw_values_count(values) >= LW_ENTRIES_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "one message carries at most %u values", LW_ENTRIES_MAX);
                return false;
        }
        return lw_report_read_value(m, registry, &path, values, error);
}

int lw_report_read(sd_bus_message *m, LwRegistry *registry, const LwClaims *claims,
                LwValues *values, sd_bus_error *ret_error)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                g_autoptr(GError) error = NULL;
                const char *key;

                r = sd_bus_message_read(m, "s", &key);
                if (r < 0)
                        return r;
                if (!read_entry(m, key, registry, claims, values, &error))
                        return lw_report_refuse(key, error, ret_error);
                r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}
