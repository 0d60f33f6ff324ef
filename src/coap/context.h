/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcoap's contexts, without what a plain one does not need. */
#pragma once

#include <stdbool.h>

#include <coap3/coap.h>

/** A context of libcoap's; one that is not `secure` can have no DTLS, and costs less. NULL: libcoap
 * makes none. */
coap_context_t *lw_coap_new_context(bool secure);
