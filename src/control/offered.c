/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects that are offered, without those that are closed: "/3303". */
#include "control/offered.h"

#include <stdbool.h>

#include "tree/access.h"

/* The path of the object at `index`; false for one that is closed. */
static bool path_at(const LwTree *tree, size_t index, char ret_text[LW_PATH_TEXT_MAX])
{
        uint16_t id = lw_tree_object_at(tree, index)->id;
        LwPath path = LW_PATH_OBJECT(id);

        lw_path_print(&path, ret_text);
        return !lw_access_is_closed(id);
}

int lw_offered_append(sd_bus_message *reply, const LwTree *tree)
{
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; i < lw_tree_object_count(tree) && r >= 0; i++) {
                char text[LW_PATH_TEXT_MAX];

                if (path_at(tree, i, text))
                        r = sd_bus_message_append(reply, "s", text);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

void lw_offered_print(GString *text, const LwTree *tree)
{
        for (size_t i = 0; i < lw_tree_object_count(tree); i++) {
                char path[LW_PATH_TEXT_MAX];

                if (path_at(tree, i, path))
                        g_string_append(text, path);
        }
}
