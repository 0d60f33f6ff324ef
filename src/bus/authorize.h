/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAuthorizer: may this caller do that: uid, then group, then polkit. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>

#include "bus/caller.h"

/* The actions, as dbus/org.lwm2md.policy describes them to polkit. */
#define LW_ACTION_READ "org.lwm2md.read"
#define LW_ACTION_UPDATE "org.lwm2md.update"
#define LW_ACTION_SEND "org.lwm2md.send"
#define LW_ACTION_WRITE "org.lwm2md.write"
#define LW_ACTION_EXECUTE "org.lwm2md.execute"
#define LW_ACTION_FACTORY_RESET "org.lwm2md.factory-reset"
#define LW_ACTION_MANAGE_SERVERS "org.lwm2md.manage-servers"
#define LW_ACTION_REGISTER_PROVIDER "org.lwm2md.register-provider"

/** Members of this group may read, update and send without being asked. */
#define LW_PEOPLE_GROUP "lwm2md"
#define LW_NO_GROUP ((gid_t) -1)

/** What uid and groups say; the rest is polkit's. */
typedef enum LwVerdict {
        LW_VERDICT_ALLOWED,
        LW_VERDICT_ASK_POLKIT,
} LwVerdict;

/**
 * Uid 0 and `own_uid` may do all; members of `people` (LW_NO_GROUP: there is no such group) what
 * their group may; polkit decides for everybody else.
 */
LwVerdict lw_verdict(const LwCaller *caller, const char *action, uid_t own_uid, gid_t people);

/** LwAuthorizer: callers and the questions that polkit has not answered yet. One on each LwBus. */
typedef struct LwAuthorizer LwAuthorizer;

/** Looks the group up, which may block: call it at start. */
LwAuthorizer *lw_authorizer_new(void);
void lw_authorizer_free(LwAuthorizer *self);
void lw_authorizer_attach(LwAuthorizer *self, sd_bus *bus);
void lw_authorizer_detach(LwAuthorizer *self);

/**
 * May the sender of `m` do `action`? For the first lines of a method handler, before anything is
 * read:
 *
 *         int r = lw_bus_authorize(self->bus, m, LW_ACTION_READ, ret_error);
 *         if (r <= 0)
 *                 return r < 0 ? r : 1;
 *
 * Returns 1: yes. 0: the bus or polkit is being asked. `m` is then kept, and put back on the
 * connection's read queue when the answer is there (sd_bus_enqueue_for_read), so that it is
 * dispatched like a new one and the handler runs again; nothing of the first run is kept, and an
 * object that went meanwhile is answered by sd-bus. Calls that were read behind it may so overtake
 * it. Negative, with `ret_error` set: AccessDenied, InteractiveAuthorizationRequired (polkit would
 * ask a person, but the message does not allow it), LimitExceeded.
 */
int lw_authorizer_check(
                LwAuthorizer *self, sd_bus_message *m, const char *action, sd_bus_error *ret_error);

/** Who sent `m`, with the outcomes of lw_callers_find(). */
int lw_authorizer_caller(LwAuthorizer *self, sd_bus_message *m, const LwCaller **ret_caller,
                sd_bus_error *ret_error);
