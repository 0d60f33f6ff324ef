/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcoap's contexts, without what a plain one does not need. */
#include "coap/context.h"

#define FOR_LIBCOAP __attribute__((visibility("default")))

static bool making_plain;

/*
 * libcoap gives each context all of DTLS, which is the larger part of it, whether it will be used
 * or not, unless it finds that there is none. It asks through its PLT, where a definition in the
 * executable wins, as for its clock; if that does not, a plain context is as large as the others.
 */
static int answer(void)
{
        return !making_plain && coap_get_tls_library_version()->type != COAP_TLS_LIBRARY_NOTLS;
}

FOR_LIBCOAP int coap_dtls_is_supported(void)
{
        return answer();
}

FOR_LIBCOAP int coap_tls_is_supported(void)
{
        return answer();
}

coap_context_t *lw_coap_new_context(bool secure)
{
        coap_context_t *context;

        making_plain = !secure;
        context = coap_new_context(NULL);
        making_plain = false;
        return context;
}
