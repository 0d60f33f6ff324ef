/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOscoreLink: the sequence numbers of one transport with OSCORE. */
#pragma once

#include <stdbool.h>

#include "coap/oscore-numbers.h"
#include "coap/oscore.h"
#include "io/driver.h"

/**
 * LwOscoreLink: has a range of numbers before there is a session, and more before it ends.
 *
 * Shape:  embedded; `send` is for the transport's sessions, one after the other.
 */
typedef struct LwOscoreLink {
        LwOscoreSend send;
        const LwOscore *oscore;
        LwOscoreNumbers *numbers;
        LwDriver *driver;
        void (*ready)(void *user);
        void (*broken)(void *user, const GError *reason);
        void *user;
        bool asking, ending;
        GError *reason;
} LwOscoreLink;

/**
 * Asks for the first range. `ready`, or `broken` with a reason, is called from the loop; `broken`
 * also later, when no more numbers are to be had: the transport is then to end. All of them outlive
 * the link.
 */
void lw_oscore_link_start(LwOscoreLink *self, LwDriver *driver, LwOscoreNumbers *numbers,
                const LwOscore *oscore, void (*ready)(void *user),
                void (*broken)(void *user, const GError *reason), void *user);
/** Nothing is called any more. Zeroed memory is fine. */
void lw_oscore_link_clear(LwOscoreLink *self);
