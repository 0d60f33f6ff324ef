/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAnnouncement: what a server is told of us, and the messages that tell it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/account.h"
#include "exchange/message.h"
#include "model/blob.h"
#include "tree/tree.h"

/**
 * LwAnnouncement: the parameters of Register that an Update can change.
 *
 * Owns:   its members: lw_announcement_clear(). Zeroed memory is an empty one.
 * Source: OMA LwM2M Core 1.1, Register and Update.
 */
typedef struct LwAnnouncement {
        uint32_t lifetime_seconds;
        char *binding;
        LwVersion version;
        LwBlob *links; /* the object list */
} LwAnnouncement;

void lw_announcement_clear(LwAnnouncement *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwAnnouncement, lw_announcement_clear)

/** What is true now; overwrites what `self` had. */
void lw_announcement_make(LwAnnouncement *self, const LwAccount *account, const LwTree *tree,
                LwVersion version);
void lw_announcement_move(LwAnnouncement *self, LwAnnouncement *from);
bool lw_announcement_equal(const LwAnnouncement *a, const LwAnnouncement *b);

/** Where the query strings of a message lie. */
typedef struct LwAnnouncementText {
        char endpoint[LW_ENDPOINT_MAX + 4];
        char lifetime[16], version[16], binding[16], sms[64];
} LwAnnouncementText;

/** POST /rd with all parameters; the links are its body. The message points into account and text.
 */
void lw_announcement_register(const LwAnnouncement *self, const LwAccount *account,
                const char *endpoint, LwAnnouncementText *text, LwMessage *ret_message);
/** POST to the location with what is other than `known`. The body: the links if they are, else
 * NULL. */
LwBlob *lw_announcement_update(const LwAnnouncement *self, const LwAnnouncement *known,
                const char *const *location, LwAnnouncementText *text, LwMessage *ret_message);
/** DELETE of the location. */
void lw_announcement_deregister(const char *const *location, LwMessage *ret_message);
