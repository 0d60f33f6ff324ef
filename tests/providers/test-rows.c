/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of the built-in objects, held against the definitions of their objects. */
#include "providers/builtin/connectivity.h"
#include "providers/builtin/device.h"
#include "providers/builtin/event-log.h"
#include "providers/builtin/location.h"
#include "providers/builtin/server.h"
#include "providers/builtin/statistics.h"
#include "providers/suite.h"
#include "providers/world.h"

static const struct {
        uint16_t object;
        const LwTableRow *(*rows)(size_t *ret_count);
} objects[] = {
        { 1, lw_server_object_rows },
        { 3, lw_device_object_rows },
        { 4, lw_connectivity_object_rows },
        { 6, lw_location_object_rows },
        { 7, lw_statistics_object_rows },
        { 20, lw_event_log_object_rows },
};

START_TEST(rows_do_what_the_definition_allows)
{
        g_autoptr(LwObjectDef) def = lw_world_definition(objects[_i].object);
        size_t count;
        const LwTableRow *rows = objects[_i].rows(&count);

        ck_assert_uint_gt(count, 0);
        for (size_t i = 0; i < count; i++) {
                const LwResourceDef *resource = lw_object_def_find(def, rows[i].id);

                ck_assert_msg(resource != NULL, "/%u/x/%u is not defined", def->id, rows[i].id);
                ck_assert_msg(i == 0 || rows[i - 1].id < rows[i].id, "%u is not in order",
                                rows[i].id);
                /* What can be read is read, what can be executed executed; writing may be refused.
                 */
                ck_assert_msg((rows[i].read != NULL) == !!(resource->operations & LW_READABLE),
                                "/%u/x/%u: read", def->id, rows[i].id);
                ck_assert_msg((rows[i].execute != NULL) == !!(resource->operations & LW_EXECUTABLE),
                                "/%u/x/%u: execute", def->id, rows[i].id);
                ck_assert_msg(rows[i].write == NULL || (resource->operations & LW_WRITABLE),
                                "/%u/x/%u: write", def->id, rows[i].id);
                ck_assert_msg(rows[i].write == NULL || !resource->multiple,
                                "/%u/x/%u: only single values are written", def->id, rows[i].id);
        }
}
END_TEST

START_TEST(what_is_mandatory_has_a_row)
{
        g_autoptr(LwObjectDef) def = lw_world_definition(objects[_i].object);
        size_t count;
        const LwTableRow *rows = objects[_i].rows(&count);

        for (size_t i = 0; i < def->resource_count; i++)
                ck_assert_msg(!def->resources[i].mandatory ||
                                                lw_table_row(rows, count, def->resources[i].id) !=
                                                                NULL,
                                "/%u/x/%u is mandatory", def->id, def->resources[i].id);
}
END_TEST

TCase *test_rows(void)
{
        TCase *tcase = tcase_create("rows");

        tcase_add_loop_test(tcase, rows_do_what_the_definition_allows, 0, G_N_ELEMENTS(objects));
        tcase_add_loop_test(tcase, what_is_mandatory_has_a_row, 0, G_N_ELEMENTS(objects));
        return tcase;
}
