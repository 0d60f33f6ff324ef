/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The agent of GeoClue, which stands for a person where there is none. */
#include "bus/geoclue-agent.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

static int on_authorize(
                sd_bus_message *m, void *user G_GNUC_UNUSED, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const char *id;
        uint32_t level;
        bool is_ours;
        int r = sd_bus_message_read(m, "su", &id, &level);

        if (r < 0)
                return r;
        is_ours = strcmp(id, LW_GEOCLUE_ID) == 0;
        return sd_bus_reply_method_return(m, "bu", is_ours, is_ours ? level : 0);
}

static int get_accuracy(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user G_GNUC_UNUSED,
                sd_bus_error *ret_error G_GNUC_UNUSED)
{
        return sd_bus_message_append(reply, "u", LW_GEOCLUE_EXACT);
}

/* clang-format off */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("AuthorizeApp",
                        SD_BUS_ARGS("s", desktop_id, "u", req_accuracy_level),
                        SD_BUS_RESULT("b", authorized, "u", allowed_accuracy_level),
                        on_authorize, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("MaxAccuracyLevel", "u", get_accuracy, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};
/* clang-format on */

int lw_geoclue_agent_export(sd_bus *bus, sd_bus_slot **ret_slot)
{
        return sd_bus_add_object_vtable(bus, ret_slot, "/org/freedesktop/GeoClue2/Agent",
                        "org.freedesktop.GeoClue2.Agent", vtable, NULL);
}
