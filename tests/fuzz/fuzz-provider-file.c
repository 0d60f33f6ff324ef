/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the file of a service that sleeps: what comes out can be started and has
 * instances. */
#include <stdint.h>
#include <string.h>

#include "providers/remote/provider-file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool find_user(const char *name, uid_t *ret_uid)
{
        *ret_uid = (uid_t) strlen(name);
        return name[0] != 'x';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(GError) error = NULL;
        g_auto(LwOffer) offer = {};
        bool ok = lw_provider_file_parse("f", (const char *) data, size, find_user, &offer, &error);

        g_assert(ok == (error == NULL));
        if (!ok)
                return 0;
        g_assert(sd_bus_service_name_is_valid(offer.activation.service));
        g_assert(sd_bus_object_path_is_valid(offer.path));
        g_assert(lw_claims_count(offer.claims) > 0);
        return 0;
}
