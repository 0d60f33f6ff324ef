/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzzes object description files: what parses is in order and can be asked. */
#include <math.h>

#include <glib.h>

#include "model/definition-xml.h"
#include "model/path.h"
#include "model/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const LwResourceDef *resource)
{
        const LwValue values[] = {
                lw_value_none(),
                lw_value_string("text"),
                lw_value_integer(INT64_MIN),
                lw_value_unsigned(1),
                lw_value_float(NAN),
                lw_value_boolean(true),
                lw_value_data("data", 4),
                lw_value_time(0),
                lw_value_link(3, 0),
        };

        for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
                g_autoptr(GError) error = NULL;

                if (lw_resource_def_check(resource, &values[i], &error))
                        g_assert_cmpint(values[i].type, ==, resource->type);
                else
                        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwObjectDef) def = lw_definition_xml_parse((const char *) data, size, &error);

        if (def == NULL) {
                g_assert_true(g_error_matches(error, LW_ERROR, LW_STATUS_BAD_REQUEST));
                g_assert_true(g_utf8_validate(error->message, -1, NULL));
                return 0;
        }
        g_assert_cmpint(def->id, <=, LW_ID_MAX);
        g_assert_nonnull(def->name);
        for (size_t i = 0; i < def->resource_count; i++) {
                const LwResourceDef *resource = &def->resources[i];

                g_assert_true(i == 0 || resource->id > resource[-1].id);
                g_assert_true(lw_object_def_find(def, resource->id) == resource);
                g_assert_true(!resource->has_range || resource->minimum <= resource->maximum);
                g_assert_nonnull(resource->name);
                g_assert_nonnull(resource->units);
                ask(resource);
        }
        return 0;
}
