/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What LwServer takes over a restart: its registration, observations, stored notifications. */
#include <string.h>

#include "client/server-inside.h"
#include "client/session.h"

/* With whom a session is: another address, or another name of ours, is another registration. */
static char *session_name(const LwServer *self)
{
        return g_strdup_printf("%s %s", self->environment.endpoint, self->account->uri);
}

GBytes *lw_server_save_session(const LwServer *self, LwNow now)
{
        const LwRegistration *registration = &self->registration;
        bool registered = registration->registered && self->location;
        LwUsec left = LW_USEC_NEVER;
        g_autofree char *name = NULL;
        LwSession session;

        if (!registered && lw_sender_waiting(self->sender) == 0 &&
                        !lw_observer_rests(self->observer))
                return g_bytes_new(NULL, 0);
        if (registration->expires != LW_USEC_NEVER)
                left = registration->expires > now.boot ? registration->expires - now.boot : 0;
        name = session_name(self);
        session = (LwSession){
                .server = name,
                .location = registered ? self->location : NULL,
                .version = registration->version,
                .lifetime_seconds = registration->lifetime_seconds,
                .expires_real_usec = INT64_MAX,
                .registered_real_usec = registration->registered_real_usec,
        };
        if (registered && left < INT64_MAX / 2)
                session.expires_real_usec = now.real_usec + (int64_t) left;
        return lw_session_save(&session, self->observer, self->sender);
}

/* The registration goes on where it was: the Update after the next connection tells whether the
 * server agrees. */
static void resume(LwServer *self, LwSession *session, LwNow now)
{
        LwRegistration *registration = &self->registration;

        registration->registered = true;
        registration->version = session->version;
        registration->lifetime_seconds = session->lifetime_seconds;
        registration->registered_real_usec = session->registered_real_usec;
        registration->expires = LW_USEC_NEVER;
        if (session->expires_real_usec != INT64_MAX)
                registration->expires = lw_usec_add(
                                now.boot, (LwUsec) (session->expires_real_usec - now.real_usec));
        lw_server_set_location(self, g_steal_pointer(&session->location));
}

bool lw_server_load_session(LwServer *self, GBytes *document, LwNow now, GError **error)
{
        g_autofree char *name = session_name(self);
        g_auto(LwSession) session = {};
        bool same;

        if (g_bytes_get_size(document) == 0)
                return true;
        if (!lw_session_load(&session, self->observer, self->sender, document, now, error))
                return false;
        same = strcmp(session.server, name) == 0;
        if (same && session.location && session.expires_real_usec > now.real_usec &&
                        session.version <= self->account->version)
                resume(self, &session, now);
        else if (same)
                lw_observer_renew(self->observer);
        else
                lw_observer_clear(self->observer);
        if (!same)
                lw_sender_clear(self->sender);
        return true;
}

void lw_server_kept(LwServer *self, LwNow now)
{
        lw_observer_kept(self->observer, now);
        lw_sender_kept(self->sender);
}
