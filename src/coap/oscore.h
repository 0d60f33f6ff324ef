/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions with OSCORE, where libcoap has that: 4.3.2 and later. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <glib.h>

#include "exchange/oscore.h"

/** Bytes that it adds to a message: the option, the tag, the inner code and the payload marker.
 * Source: RFC 8613, 5.3 and 6.1. */
#define LW_OSCORE_OVERHEAD 40

/** Whether this build has it: `oscore-libcoap.c` and `oscore-none.c` are the two answers. */
bool lw_oscore_is_built_in(void);
/** What the administrator is told of a build that has it not. */
#define LW_OSCORE_NOT_BUILT_IN                                                                     \
        "OSCORE needs libcoap 4.3.2 or newer, which this build does not have; use 'psk' or "       \
        "'x509' with coaps://"

/** LwOscoreSend: which Sender Sequence Numbers a context may use. It outlives its sessions. */
typedef struct LwOscoreSend {
        uint64_t next; /* the first one that no session has taken */
        uint64_t end;  /* the first one that is not ours */
        /** From inside libcoap, every few messages: look at `next`. */
        void (*used)(void *user);
        void *user;
} LwOscoreSend;

/** A session with a server. NULL when libcoap makes none. */
coap_session_t *lw_oscore_connect(coap_context_t *context, const coap_address_t *local,
                const coap_address_t *remote, const LwOscore *oscore, LwOscoreSend *send);

/** From now on endpoints of the context take messages by this one, which is ours as it stands.
 * False: libcoap does not. */
bool lw_oscore_serve(coap_context_t *context, const LwOscore *oscore, LwOscoreSend *send);

/**
 * Whether the datagram that libcoap read last, and tells of now, was protected. libcoap hands up
 * plain messages as well. `ret_kid` gets the sender's id, if the message names it, else nothing.
 */
bool lw_oscore_was_protected(LwOscoreBytes *ret_kid);
