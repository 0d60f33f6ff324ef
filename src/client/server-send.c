/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Send operation of LwServer: whether it may be used, and how its sender hears of the rest. */
#include "client/send.h"
#include "client/server-inside.h"

/* The server knows us, and all objects that we have unless they change without end: it may be sent
 * what is in them. */
static bool on_ready(void *user, LwVersion *ret_version)
{
        const LwServer *self = user;

        *ret_version = self->registration.version;
        return self->registration.state == LW_REGISTRATION_REGISTERED &&
               (!self->touched || self->behind) && self->later == LW_REGISTRATION_NOTHING;
}

static void on_sent(void *user, uint64_t id, const LwSendResult *result)
{
        LwServer *self = user;

        if (self->environment.sent)
                self->environment.sent(self->environment.user, self, id, result);
}

static void on_unanswered(void *user, LwNow now)
{
        lw_server_step(user, LW_REGISTRATION_ON_TRIGGER, now);
}

static bool on_keep(void *user, bool urgent)
{
        return lw_server_keep(user, urgent);
}

const LwSenderEvents lw_server_sender_events = {
        .ready = on_ready,
        .sent = on_sent,
        .unanswered = on_unanswered,
        .keep = on_keep,
};

static bool refuse(const LwServer *self, LwStatus status, const char *what, GError **error)
{
        g_set_error(error, LW_ERROR, (int) status, "server %u %s", self->account->ssid, what);
        return false;
}

/* Whether it is registered, or will be without a person's word. */
static bool is_wanted(const LwServer *self)
{
        switch (self->registration.state) {
        case LW_REGISTRATION_DISABLED:
        case LW_REGISTRATION_WAITING:
        case LW_REGISTRATION_CONNECTING:
        case LW_REGISTRATION_REGISTERING:
        case LW_REGISTRATION_REGISTERED:
        case LW_REGISTRATION_UPDATING:
        case LW_REGISTRATION_LEAVING:
        case LW_REGISTRATION_WITHDRAWING:
                return !self->registration.away;
        case LW_REGISTRATION_STOPPING:
        case LW_REGISTRATION_ENDING:
        case LW_REGISTRATION_STOPPED:
                return false;
        }
        g_assert_not_reached();
}

bool lw_server_may_send(const LwServer *self, GError **error)
{
        if (!is_wanted(self))
                return refuse(self, LW_STATUS_PRECONDITION_FAILED,
                                "is not registered; Server1.Register registers it", error);
        if (self->account->mute_send)
                return refuse(self, LW_STATUS_NOT_PERMITTED,
                                "has muted Send; it can be unmuted by writing false to its "
                                "/1/x/23",
                                error);
        if (self->registration.version < LW_VERSION_1_1)
                return refuse(self, LW_STATUS_NOT_PERMITTED,
                                "speaks LwM2M 1.0, which has no Send; use Observe", error);
        if (lw_sender_is_busy(self->sender))
                return refuse(self, LW_STATUS_UNAVAILABLE,
                                "waits for the values of too many Sends; try again", error);
        return true;
}

void lw_server_send(LwServer *self, uint64_t id, const LwSendRequest *request, LwNow now)
{
        if (request->values)
                lw_sender_put(self->sender, id, request->values, request->real_usec);
        else
                lw_sender_ask(self->sender, id, request->paths, request->path_count,
                                request->real_usec, now);
}

void lw_server_give_up(LwServer *self)
{
        lw_sender_give_up(self->sender);
}

uint64_t lw_server_last_send(const LwServer *self)
{
        return lw_sender_last_id(self->sender);
}
