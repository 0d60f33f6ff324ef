/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions with OSCORE, where libcoap has none. */
#include "coap/oscore.h"

bool lw_oscore_is_built_in(void)
{
        return false;
}

coap_session_t *lw_oscore_connect(coap_context_t *context G_GNUC_UNUSED,
                const coap_address_t *local G_GNUC_UNUSED,
                const coap_address_t *remote G_GNUC_UNUSED, const LwOscore *oscore G_GNUC_UNUSED,
                LwOscoreSend *send G_GNUC_UNUSED)
{
        return NULL;
}

bool lw_oscore_serve(coap_context_t *context G_GNUC_UNUSED, const LwOscore *oscore G_GNUC_UNUSED,
                LwOscoreSend *send G_GNUC_UNUSED)
{
        return false;
}

bool lw_oscore_was_protected(LwOscoreBytes *ret_kid)
{
        *ret_kid = (LwOscoreBytes){};
        return false;
}
