/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAccount: what objects 0 and 1 hold of one server. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/peer.h"
#include "model/request.h"

/**
 * LwAccount: one server of ours: the instance of Security and the instance of Server that belong
 * together.
 *
 * Shape:  periods in the standard's seconds; UINT32_MAX stands for "not instantiated" where it says
 * so. Owns:   all of it: lw_account_free().
 */
typedef struct LwAccount {
        char *name;   /* of its section, for people */
        char *uri;    /* as it was written */
        char *origin; /* "FILE:LINE" of its section, for messages */
        char *hash;   /* of its section: a changed one overrules what servers wrote */
        LwPeer peer;
        uint16_t ssid;                    /* /1/x/0 */
        uint16_t instance;                /* of objects 0 and 1 */
        LwVersion version;                /* the highest to offer */
        uint32_t lifetime_seconds;        /* /1/x/1 */
        uint32_t default_pmin_seconds;    /* /1/x/2, UINT32_MAX: none */
        uint32_t default_pmax_seconds;    /* /1/x/3, UINT32_MAX: none */
        uint32_t disable_timeout_seconds; /* /1/x/5 */
        bool storing;                     /* /1/x/6 */
        bool mute_send;                   /* /1/x/23 */
        bool confirmable_notifications;   /* /1/x/26 */
        char *binding;                    /* /1/x/7 */
        char *sms_number;                 /* of this host, NULL: none */
        bool queue_mode;                  /* the server holds requests back while we are asleep */
        LwUsec awake_usec;                /* then: after the last message */
        int32_t send_format;              /* of what goes out by Send */
        bool diagnostics;                 /* a plugin's error text may reach this server */
} LwAccount;

LwAccount *lw_account_new(void);
void lw_account_free(LwAccount *self);
LwAccount *lw_account_copy(const LwAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwAccount, lw_account_free)

/** Same server, same settings: a reload need not touch it. Names and origins do not count. */
bool lw_account_equal(const LwAccount *a, const LwAccount *b);

/** Binding letters as /1/x/7 has them: U, T, S, N, M, H, each once; Q for 1.0. Errors: 4.00. */
bool lw_binding_check(const char *text, GError **error);
