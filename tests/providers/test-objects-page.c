/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page lwm2md-objects(7), held against the definitions and the rows: it names each resource of
 * the objects in it, and says "Never:" of those that are not ours to serve, and of no others. */
#include <string.h>

#include "lib/files.h"
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
        const LwTableRow *(*rows)(
                        size_t *ret_count); /* NULL: what can be read and written is kept */
} objects[] = {
        { 1, lw_server_object_rows },
        { 3, lw_device_object_rows },
        { 4, lw_connectivity_object_rows },
        { 6, lw_location_object_rows },
        { 7, lw_statistics_object_rows },
        { 16, NULL },
        { 19, NULL },
        { 20, lw_event_log_object_rows },
};

static bool is_served(size_t i, const LwResourceDef *resource)
{
        unsigned stored = LW_READABLE | LW_WRITABLE;
        size_t count;
        const LwTableRow *rows;

        if (objects[i].rows == NULL)
                return (resource->operations & stored) == stored;
        rows = objects[i].rows(&count);
        return lw_table_row(rows, count, resource->id) != NULL;
}

static char **read_page(void)
{
        g_autoptr(GBytes) bytes = lw_test_source_file("data/man/lwm2md-objects.7");
        size_t length;
        const char *data = g_bytes_get_data(bytes, &length);
        g_autofree char *text = g_strndup(data, length);

        return g_strsplit(text, "\n", -1);
}

/* The line behind the heading of a section, NULL: there is none. */
static char **find_object(char **lines, const LwObjectDef *def)
{
        g_autofree char *heading = g_strdup_printf(".Ss %u %s", def->id, def->name);

        for (; *lines != NULL; lines++)
                if (strcmp(*lines, heading) == 0)
                        return lines + 1;
        return NULL;
}

/* The line behind the next resource of the section, NULL: there are no more. */
static char **next_resource(char **lines, unsigned *ret_id, char **ret_name)
{
        for (; *lines != NULL && !g_str_has_prefix(*lines, ".El"); lines++) {
                char *end;

                if (!g_str_has_prefix(*lines, ".It "))
                        continue;
                *ret_id = (unsigned) g_ascii_strtoull(*lines + strlen(".It "), &end, 10);
                *ret_name = end + 1;
                return lines + 1;
        }
        return NULL;
}

START_TEST(the_page_has_each_resource)
{
        g_autoptr(LwObjectDef) def = lw_world_definition(objects[_i].object);
        g_auto(GStrv) page = read_page();
        char **lines = find_object(page, def);
        char *name = NULL;
        size_t count = 0;
        unsigned id = 0;

        ck_assert_msg(lines != NULL, "object %u has no section", def->id);
        while ((lines = next_resource(lines, &id, &name)) != NULL) {
                const LwResourceDef *resource;

                ck_assert_msg(count < def->resource_count, "/%u/x/%u is not defined", def->id, id);
                resource = &def->resources[count++];
                ck_assert_msg(resource->id == id, "/%u/x/%u is missing, or %u is none", def->id,
                                resource->id, id);
                ck_assert_str_eq(name, resource->name);
                ck_assert_msg(g_str_has_prefix(*lines, "Never:") != is_served(_i, resource),
                                "/%u/x/%u: \"Never:\" is for what we do not serve", def->id, id);
        }
        ck_assert_msg(count == def->resource_count, "object %u: some are missing", def->id);
}
END_TEST

TCase *test_objects_page(void)
{
        TCase *tcase = tcase_create("objects-page");

        tcase_add_loop_test(tcase, the_page_has_each_resource, 0, G_N_ELEMENTS(objects));
        return tcase;
}
