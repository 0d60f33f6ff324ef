/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a grant: what comes out names a user and objects; else there is one line that says
 * why. */
#include <stdint.h>
#include <string.h>

#include "providers/remote/grant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool find_user(const char *name, uid_t *ret_uid)
{
        *ret_uid = (uid_t) strlen(name);
        return name[0] != 'x';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwGrant) grant =
                        lw_grant_parse("f", (const char *) data, size, find_user, &error);

        g_assert((grant != NULL) == (error == NULL));
        if (grant == NULL) {
                g_assert(error->message[0] != '\0');
                return 0;
        }
        g_assert(grant->ranges->len > 0);
        for (guint i = 0; i < grant->ranges->len; i++) {
                const LwGrantRange *range = &g_array_index(grant->ranges, LwGrantRange, i);

                g_assert(range->first <= range->last && range->last <= LW_ID_MAX);
                g_assert(range->path.ids[0] == range->first);
        }
        return 0;
}
