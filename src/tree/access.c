/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this server do this operation on this path? */
#include "tree/access.h"

#include "model/status.h"

/* Security, OSCORE and COSE: keys. Source: OMA LwM2M Core 1.2, Access Control; OMA test case 221.
 */
static const uint16_t closed[] = { 0, 21, 23 };

bool lw_access_is_closed(uint16_t object)
{
        for (size_t i = 0; i < G_N_ELEMENTS(closed); i++)
                if (closed[i] == object)
                        return true;
        return false;
}

bool lw_access_check(uint16_t server, LwOperation operation, const LwPath *path, GError **error)
{
        if (path->length >= LW_LEVEL_OBJECT && lw_access_is_closed(path->ids[0])) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAUTHORIZED,
                                "object %u holds credentials and is closed to %s by %s",
                                path->ids[0], lw_operation_name(operation),
                                server == LW_SERVER_LOCAL ? "programs of this host" : "servers");
                return false;
        }
        return true;
}
