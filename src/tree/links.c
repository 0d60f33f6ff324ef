/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object list of Register and Update. */
#include "codec/format.h"
#include "codec/link.h"
#include "tree/access.h"
#include "tree/tree.h"

static void write_object_links(const LwObject *object, LwWriter *writer)
{
        char text[LW_PATH_TEXT_MAX], version[8];
        bool show_version = object->def->major != 1 || object->def->minor != 0;
        LwPath path = LW_PATH_OBJECT(object->id);

        if (show_version || object->instances->len == 0) {
                lw_path_print(&path, text);
                lw_link_write(writer, text);
        }
        if (show_version) {
                g_snprintf(version, sizeof(version), "%u.%u", object->def->major,
                                object->def->minor);
                lw_link_write_token(writer, "ver", version);
        }
        for (unsigned i = 0; i < object->instances->len; i++) {
                const LwInstance *instance = object->instances->pdata[i];

                path = LW_PATH_INSTANCE(object->id, instance->id);
                lw_path_print(&path, text);
                lw_link_write(writer, text);
        }
}

void lw_tree_write_links(const LwTree *self, LwWriter *writer)
{
        g_autoptr(GString) formats = g_string_new(NULL);

        for (const int32_t *format = lw_formats_listed; *format != LW_FORMAT_NONE; format++)
                g_string_append_printf(formats, "%s%d", formats->len > 0 ? " " : "", *format);
        lw_link_write(writer, "/");
        lw_link_write_quoted(writer, "ct", formats->str);
        for (size_t i = 0; i < lw_tree_object_count(self); i++) {
                const LwObject *object = lw_tree_object_at(self, i);

                if (!lw_access_is_closed(object->id))
                        write_object_links(object, writer);
        }
}
