/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistration: the state machine of Register, Update, De-register and their retries. */
#include "client/registration.h"

#include <glib.h>

#include "base/log.h"

/* Retries: min(5 s * 2^n, 15 min), drawn evenly from the whole of it (full jitter). */
#define ROUND_FAILURES 5 /* tries of one round. Source: OMA LwM2M Core 1.1, /1/x/17 */
#define RETRY_FIRST_USEC (5 * LW_USEC_PER_SEC)
#define RETRY_LONGEST_USEC (900 * LW_USEC_PER_SEC)
#define RETRY_SHORTEST_USEC (100 * LW_USEC_PER_MSEC)
/* A transport that says neither up nor down. Longer than any resolver (30 s) or handshake (31 s)
 * takes. */
#define CONNECT_USEC (75 * LW_USEC_PER_SEC)
/* The end is near: nobody wants to wait for more than 3 s, one such span for the answer to a
 * Register that is under way, one for the De-register. */
#define STOP_USEC (1500 * LW_USEC_PER_MSEC)
#define LEAVE_USEC (10 * LW_USEC_PER_SEC)
/* MAX_TRANSMIT_WAIT. Source: RFC 7252, 4.8.2 */
#define TRANSMIT_WAIT_SECONDS 93u

#define STATE(name) LW_REGISTRATION_##name
#define ON(name) LW_REGISTRATION_ON_##name
#define DO(name) LW_REGISTRATION_##name

/* clang-format off */
static const struct Transition {
        LwRegistrationState from;
        LwRegistrationEvent on;
        LwRegistrationState to;
        LwRegistrationAction action;
} transitions[] = {
        { STATE(STOPPED),     ON(START),       STATE(CONNECTING),  DO(OPEN) },

        { STATE(DISABLED),    ON(DEADLINE),    STATE(CONNECTING),  DO(OPEN) },
        { STATE(DISABLED),    ON(TRIGGER),     STATE(CONNECTING),  DO(OPEN) },
        { STATE(DISABLED),    ON(REGISTER),    STATE(CONNECTING),  DO(OPEN) },
        { STATE(DISABLED),    ON(DEREGISTER),  STATE(DISABLED),    DO(NOTHING) },
        { STATE(DISABLED),    ON(STOP),        STATE(STOPPED),     DO(CLOSE) },

        { STATE(WAITING),     ON(DEADLINE),    STATE(CONNECTING),  DO(OPEN) },
        { STATE(WAITING),     ON(TRIGGER),     STATE(CONNECTING),  DO(OPEN) },
        { STATE(WAITING),     ON(MOVED),       STATE(CONNECTING),  DO(OPEN) },
        { STATE(WAITING),     ON(REGISTER),    STATE(CONNECTING),  DO(OPEN) },
        { STATE(WAITING),     ON(DEREGISTER),  STATE(DISABLED),    DO(CLOSE) },
        { STATE(WAITING),     ON(STOP),        STATE(STOPPED),     DO(CLOSE) },

        { STATE(CONNECTING),  ON(UP),          STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(CONNECTING),  ON(RESUMED),     STATE(UPDATING),    DO(SEND_UPDATE) },
        { STATE(CONNECTING),  ON(DOWN),        STATE(WAITING),     DO(CLOSE) },
        { STATE(CONNECTING),  ON(DEADLINE),    STATE(WAITING),     DO(CLOSE) },
        { STATE(CONNECTING),  ON(MOVED),       STATE(CONNECTING),  DO(OPEN) },
        { STATE(CONNECTING),  ON(REGISTER),    STATE(CONNECTING),  DO(NOTHING) },
        { STATE(CONNECTING),  ON(DEREGISTER),  STATE(DISABLED),    DO(CLOSE) },
        { STATE(CONNECTING),  ON(STOP),        STATE(STOPPED),     DO(CLOSE) },

        { STATE(REGISTERING), ON(ACCEPTED),    STATE(REGISTERED),  DO(NOTHING) },
        { STATE(REGISTERING), ON(OLDER),       STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(REGISTERING), ON(REFUSED),     STATE(WAITING),     DO(CLOSE) },
        { STATE(REGISTERING), ON(SILENT),      STATE(WAITING),     DO(CLOSE) },
        { STATE(REGISTERING), ON(DOWN),        STATE(WAITING),     DO(CLOSE) },
        { STATE(REGISTERING), ON(MOVED),       STATE(CONNECTING),  DO(OPEN) },
        { STATE(REGISTERING), ON(DEREGISTER),  STATE(WITHDRAWING), DO(NOTHING) },
        { STATE(REGISTERING), ON(STOP),        STATE(ENDING),      DO(NOTHING) },

        { STATE(REGISTERED),  ON(DEADLINE),    STATE(UPDATING),    DO(SEND_UPDATE) },
        { STATE(REGISTERED),  ON(CHANGED),     STATE(UPDATING),    DO(SEND_UPDATE) },
        { STATE(REGISTERED),  ON(TRIGGER),     STATE(UPDATING),    DO(SEND_UPDATE) },
        { STATE(REGISTERED),  ON(DOWN),        STATE(WAITING),     DO(CLOSE) },
        { STATE(REGISTERED),  ON(MOVED),       STATE(CONNECTING),  DO(OPEN) },
        { STATE(REGISTERED),  ON(REGISTER),    STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(REGISTERED),  ON(DEREGISTER),  STATE(LEAVING),     DO(SEND_DEREGISTER) },
        { STATE(REGISTERED),  ON(DISABLE),     STATE(LEAVING),     DO(SEND_DEREGISTER) },
        { STATE(REGISTERED),  ON(STOP),        STATE(STOPPING),    DO(SEND_DEREGISTER) },

        { STATE(UPDATING),    ON(ACCEPTED),    STATE(REGISTERED),  DO(NOTHING) },
        { STATE(UPDATING),    ON(REFUSED),     STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(UPDATING),    ON(OLDER),       STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(UPDATING),    ON(SILENT),      STATE(CONNECTING),  DO(OPEN) },
        { STATE(UPDATING),    ON(DOWN),        STATE(WAITING),     DO(CLOSE) },
        { STATE(UPDATING),    ON(MOVED),       STATE(CONNECTING),  DO(OPEN) },
        { STATE(UPDATING),    ON(REGISTER),    STATE(REGISTERING), DO(SEND_REGISTER) },
        { STATE(UPDATING),    ON(DEREGISTER),  STATE(LEAVING),     DO(SEND_DEREGISTER) },
        { STATE(UPDATING),    ON(DISABLE),     STATE(LEAVING),     DO(SEND_DEREGISTER) },
        { STATE(UPDATING),    ON(STOP),        STATE(STOPPING),    DO(SEND_DEREGISTER) },

        /* the answer to a De-register does not matter */
        { STATE(LEAVING),     ON(ACCEPTED),    STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(REFUSED),     STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(OLDER),       STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(SILENT),      STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(DOWN),        STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(DEADLINE),    STATE(DISABLED),    DO(CLOSE) },
        { STATE(LEAVING),     ON(REGISTER),    STATE(CONNECTING),  DO(OPEN) },
        { STATE(LEAVING),     ON(DEREGISTER),  STATE(LEAVING),     DO(NOTHING) },
        { STATE(LEAVING),     ON(STOP),        STATE(STOPPING),    DO(NOTHING) },

        /* whether the server takes the Register is not known yet, nor where it will stand */
        { STATE(WITHDRAWING), ON(ACCEPTED),    STATE(LEAVING),     DO(SEND_DEREGISTER) },
        { STATE(WITHDRAWING), ON(REFUSED),     STATE(DISABLED),    DO(CLOSE) },
        { STATE(WITHDRAWING), ON(OLDER),       STATE(DISABLED),    DO(CLOSE) },
        { STATE(WITHDRAWING), ON(SILENT),      STATE(DISABLED),    DO(CLOSE) },
        { STATE(WITHDRAWING), ON(DOWN),        STATE(DISABLED),    DO(CLOSE) },
        { STATE(WITHDRAWING), ON(REGISTER),    STATE(REGISTERING), DO(NOTHING) },
        { STATE(WITHDRAWING), ON(STOP),        STATE(ENDING),      DO(NOTHING) },

        { STATE(ENDING),      ON(ACCEPTED),    STATE(STOPPING),    DO(SEND_DEREGISTER) },
        { STATE(ENDING),      ON(REFUSED),     STATE(STOPPED),     DO(CLOSE) },
        { STATE(ENDING),      ON(OLDER),       STATE(STOPPED),     DO(CLOSE) },
        { STATE(ENDING),      ON(SILENT),      STATE(STOPPED),     DO(CLOSE) },
        { STATE(ENDING),      ON(DOWN),        STATE(STOPPED),     DO(CLOSE) },
        { STATE(ENDING),      ON(DEADLINE),    STATE(STOPPED),     DO(CLOSE) },

        { STATE(STOPPING),    ON(ACCEPTED),    STATE(STOPPED),     DO(CLOSE) },
        { STATE(STOPPING),    ON(REFUSED),     STATE(STOPPED),     DO(CLOSE) },
        { STATE(STOPPING),    ON(OLDER),       STATE(STOPPED),     DO(CLOSE) },
        { STATE(STOPPING),    ON(SILENT),      STATE(STOPPED),     DO(CLOSE) },
        { STATE(STOPPING),    ON(DOWN),        STATE(STOPPED),     DO(CLOSE) },
        { STATE(STOPPING),    ON(DEADLINE),    STATE(STOPPED),     DO(CLOSE) },
};
/* clang-format on */

const char *lw_registration_state_name(LwRegistrationState state)
{
        switch (state) {
        case LW_REGISTRATION_DISABLED:
                return "disabled";
        case LW_REGISTRATION_WAITING:
                return "waiting";
        case LW_REGISTRATION_CONNECTING:
                return "connecting";
        case LW_REGISTRATION_REGISTERING:
                return "registering";
        case LW_REGISTRATION_REGISTERED:
                return "registered";
        case LW_REGISTRATION_UPDATING:
                return "updating";
        case LW_REGISTRATION_LEAVING:
        case LW_REGISTRATION_WITHDRAWING:
        case LW_REGISTRATION_STOPPING:
        case LW_REGISTRATION_ENDING:
                return "deregistering";
        case LW_REGISTRATION_STOPPED:
                return "disabled";
        }
        g_assert_not_reached();
}

/* Xorshift: the jitter only has to differ from host to host. Source: G. Marsaglia, "Xorshift RNGs".
 */
static uint32_t draw(LwRegistration *self)
{
        uint32_t x = self->random;

        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return self->random = x;
}

static LwUsec retry_delay(LwRegistration *self)
{
        unsigned doublings = MIN(self->failures > 0 ? self->failures - 1 : 0, 16);
        LwUsec longest = MIN(RETRY_FIRST_USEC << doublings, RETRY_LONGEST_USEC);

        return MAX(draw(self) % longest, RETRY_SHORTEST_USEC);
}

/*
 * When to refresh: early enough for one whole round of retransmissions, half-way when the lifetime
 * is too short for that. Lifetime 0 is for ever. Source: practice of several clients.
 */
static LwUsec refresh_at(const LwRegistration *self)
{
        uint32_t lifetime = self->lifetime_seconds;

        if (lifetime == 0)
                return LW_USEC_NEVER;
        if (lifetime < 2 * TRANSMIT_WAIT_SECONDS)
                return lw_usec_add(self->sent, lw_usec_from_seconds(lifetime) / 2);
        return lw_usec_add(self->sent, lw_usec_from_seconds(lifetime - TRANSMIT_WAIT_SECONDS));
}

static LwUsec deadline_of(LwRegistration *self, LwRegistrationState state, LwNow now)
{
        switch (state) {
        case LW_REGISTRATION_DISABLED:
                if (self->away)
                        return LW_USEC_NEVER;
                return lw_usec_add(now.boot, lw_usec_from_seconds(self->disable_seconds));
        case LW_REGISTRATION_WAITING:
                return lw_usec_add(now.boot, retry_delay(self));
        case LW_REGISTRATION_CONNECTING:
                return lw_usec_add(now.boot, CONNECT_USEC);
        case LW_REGISTRATION_REGISTERED:
                return refresh_at(self);
        case LW_REGISTRATION_LEAVING:
                return lw_usec_add(now.boot, LEAVE_USEC);
        case LW_REGISTRATION_STOPPING:
        case LW_REGISTRATION_ENDING:
                return lw_usec_add(now.boot, STOP_USEC);
        case LW_REGISTRATION_REGISTERING:
        case LW_REGISTRATION_WITHDRAWING:
        case LW_REGISTRATION_UPDATING: /* the exchange has the deadline of what was sent */
        case LW_REGISTRATION_STOPPED:
                return LW_USEC_NEVER;
        }
        g_assert_not_reached();
}

/* The one place that changes the state. */
static void enter(LwRegistration *self, LwRegistrationState state, LwRegistrationEvent cause,
                LwNow now)
{
        lw_log(G_LOG_LEVEL_DEBUG, "registration: %s -> %s (event %d)",
                        lw_registration_state_name(self->state), lw_registration_state_name(state),
                        (int) cause);
        self->state = state;
        self->deadline = deadline_of(self, state, now);
}

/* Events whose meaning depends on more than the state, and ones that are only noted. */
static LwRegistrationEvent refine(LwRegistration *self, LwRegistrationEvent event, LwNow now)
{
        bool under_way = self->state == LW_REGISTRATION_REGISTERING ||
                         self->state == LW_REGISTRATION_UPDATING;

        if (event == LW_REGISTRATION_ON_UP && self->registered && now.boot < self->expires)
                return LW_REGISTRATION_ON_RESUMED;
        /* after another connection to no avail: the server is away, and waiting helps */
        if (event == LW_REGISTRATION_ON_SILENT && self->state == LW_REGISTRATION_UPDATING &&
                        self->reconnected)
                return LW_REGISTRATION_ON_DOWN;
        if (event == LW_REGISTRATION_ON_OLDER && self->state == LW_REGISTRATION_REGISTERING) {
                if (self->version == LW_VERSION_1_0)
                        return LW_REGISTRATION_ON_REFUSED;
                self->version--;
        }
        if (under_way && (event == LW_REGISTRATION_ON_CHANGED ||
                                         event == LW_REGISTRATION_ON_TRIGGER))
                self->pending = true;
        return event;
}

/* What an event says of the registration itself, whatever the state becomes. */
static void take_note(LwRegistration *self, const struct Transition *transition, LwNow now)
{
        LwRegistrationState from = transition->from;

        if (transition->on == LW_REGISTRATION_ON_ACCEPTED &&
                        transition->to == LW_REGISTRATION_REGISTERED) {
                self->failures = 0;
                self->reconnected = false;
                self->registered = true;
                self->expires = self->lifetime_seconds == 0
                                                ? LW_USEC_NEVER
                                                : lw_usec_add(self->sent,
                                                                  lw_usec_from_seconds(
                                                                                  self->lifetime_seconds));
                if (from == LW_REGISTRATION_REGISTERING)
                        self->registered_real_usec = now.real_usec;
        }
        /* a server that refuses an Update has lost us: only Register helps. One that is silent may
         * know us still, and what was observed and stored is worth another try. */
        if (from == LW_REGISTRATION_UPDATING && transition->to == LW_REGISTRATION_REGISTERING)
                self->registered = false;
        if (from == LW_REGISTRATION_UPDATING && transition->on == LW_REGISTRATION_ON_SILENT)
                self->reconnected = true;
        if (transition->to == LW_REGISTRATION_LEAVING || transition->to == LW_REGISTRATION_STOPPING)
                self->registered = false;
        if (transition->on == LW_REGISTRATION_ON_DEREGISTER ||
                        transition->on == LW_REGISTRATION_ON_REGISTER) {
                self->away = transition->on == LW_REGISTRATION_ON_DEREGISTER;
                self->registered = false;
        }
        if (transition->to == LW_REGISTRATION_WAITING)
                self->failures++;
        /* a new round begins with the highest version again */
        if (transition->to == LW_REGISTRATION_WAITING || transition->to == LW_REGISTRATION_DISABLED)
                self->version = self->registered ? self->version : self->highest;
        if (transition->action == LW_REGISTRATION_SEND_REGISTER ||
                        transition->action == LW_REGISTRATION_SEND_UPDATE) {
                self->sent = now.boot;
                self->pending = false;
        }
}

void lw_registration_init(LwRegistration *self, LwVersion highest, uint32_t seed)
{
        *self = (LwRegistration){
                .state = LW_REGISTRATION_STOPPED,
                .deadline = LW_USEC_NEVER,
                .version = highest,
                .highest = highest,
                .random = seed != 0 ? seed : 1, /* 0 would stay 0 */
        };
}

void lw_registration_forget(LwRegistration *self)
{
        self->registered = false;
}

void lw_registration_refused(LwRegistration *self)
{
        self->failures = MAX(self->failures, ROUND_FAILURES - 1);
}

LwRegistrationAction lw_registration_step(
                LwRegistration *self, LwRegistrationEvent event, LwNow now)
{
        event = refine(self, event, now);
        /* an Update for all servers is no wish to see this one again */
        if (self->away && event == LW_REGISTRATION_ON_TRIGGER)
                return LW_REGISTRATION_NOTHING;
        for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
                const struct Transition *transition = &transitions[i];

                if (transition->from != self->state || transition->on != event)
                        continue;
                take_note(self, transition, now);
                enter(self, transition->to, event, now);
                if (self->state == LW_REGISTRATION_REGISTERED && self->pending)
                        return lw_registration_step(self, LW_REGISTRATION_ON_TRIGGER, now);
                return transition->action;
        }
        return LW_REGISTRATION_NOTHING;
}

LwUsec lw_registration_deadline(const LwRegistration *self)
{
        return self->deadline;
}
