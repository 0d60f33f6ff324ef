/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRegistration: the state machine of Register, Update, De-register and their retries. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/request.h"

/** Where a server's registration stands. */
typedef enum LwRegistrationState {
        LW_REGISTRATION_DISABLED, /* sent away for a time, or by a person until he wants us back */
        LW_REGISTRATION_WAITING,  /* for the next try */
        LW_REGISTRATION_CONNECTING,  /* name, socket, handshake */
        LW_REGISTRATION_REGISTERING, /* Register is under way */
        LW_REGISTRATION_REGISTERED,
        LW_REGISTRATION_UPDATING, /* Update is under way */
        LW_REGISTRATION_LEAVING,  /* De-register is under way, because of a Disable or Deregister */
        LW_REGISTRATION_WITHDRAWING, /* Register is under way, De-register follows its answer */
        LW_REGISTRATION_STOPPING, /* De-register is under way, as the agent ends or the account goes
                                   */
        LW_REGISTRATION_ENDING,   /* as WITHDRAWING, but then it is STOPPED */
        LW_REGISTRATION_STOPPED,  /* for good */
} LwRegistrationState;

typedef enum LwRegistrationEvent {
        LW_REGISTRATION_ON_START,
        LW_REGISTRATION_ON_UP,       /* the transport is there */
        LW_REGISTRATION_ON_DOWN,     /* it is not, or no longer */
        LW_REGISTRATION_ON_ACCEPTED, /* 2.xx to what was sent */
        LW_REGISTRATION_ON_REFUSED,  /* any other code */
        LW_REGISTRATION_ON_SILENT,   /* no answer in time, or RST */
        LW_REGISTRATION_ON_OLDER,    /* 4.12: our version is too new */
        LW_REGISTRATION_ON_CHANGED,  /* lifetime, binding or objects are other than sent */
        LW_REGISTRATION_ON_MOVED,    /* our address changed: the transport must be made anew */
        LW_REGISTRATION_ON_TRIGGER,  /* /1/x/8, or a person's wish: Update, even without changes */
        LW_REGISTRATION_ON_REGISTER, /* a person's wish: Register anew */
        LW_REGISTRATION_ON_DEREGISTER, /* a person's wish: De-register and stay away */
        LW_REGISTRATION_ON_DISABLE,    /* /1/x/4 */
        LW_REGISTRATION_ON_STOP,       /* the agent ends, the account goes */
        LW_REGISTRATION_ON_DEADLINE,   /* lw_registration_deadline() has come */
        LW_REGISTRATION_ON_RESUMED, /* made of ON_UP when the server still holds our registration */
} LwRegistrationEvent;

/** What the owner has to do now. */
typedef enum LwRegistrationAction {
        LW_REGISTRATION_NOTHING,
        LW_REGISTRATION_OPEN, /* a transport, after closing one that is there */
        LW_REGISTRATION_SEND_REGISTER,
        LW_REGISTRATION_SEND_UPDATE,
        LW_REGISTRATION_SEND_DEREGISTER,
        LW_REGISTRATION_CLOSE, /* the transport; wait */
} LwRegistrationAction;

/**
 * LwRegistration: a plain value; its owner feeds it events and does what it answers.
 *
 * Owns:   nothing.
 */
typedef struct LwRegistration {
        LwRegistrationState state;
        LwUsec deadline;   /* when ON_DEADLINE is due */
        LwVersion version; /* the one to offer, stepping down */
        LwVersion highest;
        uint32_t lifetime_seconds; /* the one that the server knows, or is being told */
        uint32_t disable_seconds;  /* how long to stay away after a Disable */
        bool away;                 /* de-registered by a person: only ON_REGISTER ends that */
        unsigned failures;         /* in a row */
        bool pending;              /* another Update is due when this one is answered */
        bool reconnected;          /* as an Update was not answered */
        bool registered;           /* the server holds a registration of ours, as far as we know */
        LwUsec expires;            /* when it drops it */
        LwUsec sent;               /* when the Register or Update under way was sent */
        int64_t registered_real_usec; /* when the registration was made; 0: never */
        uint32_t random;              /* state of the jitter */
} LwRegistration;

void lw_registration_init(LwRegistration *self, LwVersion highest, uint32_t seed);
/** The server may not know this registration any more: the next connection begins with Register. */
void lw_registration_forget(LwRegistration *self);
/**
 * The next LW_REGISTRATION_ON_DOWN is a refusal: trying again does not help until something is
 * changed at one of the ends, so that it counts as a whole round of tries.
 * Source: OMA LwM2M Transport 1.1, table of alerts.
 */
void lw_registration_refused(LwRegistration *self);
/** Pairs of state and event that the table does not have change nothing. */
LwRegistrationAction lw_registration_step(
                LwRegistration *self, LwRegistrationEvent event, LwNow now);
LwUsec lw_registration_deadline(const LwRegistration *self);
/** "registered" */
const char *lw_registration_state_name(LwRegistrationState state);
