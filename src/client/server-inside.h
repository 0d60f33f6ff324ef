/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of LwServer, for its own parts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "client/account.h"
#include "client/announcement.h"
#include "client/connection.h"
#include "client/counters.h"
#include "client/inbox.h"
#include "client/observer.h"
#include "client/registration.h"
#include "client/sender.h"
#include "client/server.h"
#include "exchange/exchange.h"
#include "model/status.h"

struct LwServer {
        LwAccount *account;
        LwServerEnvironment environment;
        LwRegistration registration;
        LwConnection *connection; /* NULL: none */
        LwObserver *observer;
        LwSender *sender;
        LwInbox inbox;
        LwAnnouncement known, told; /* what the server knows of us; what is on its way */
        char **location;            /* segments that it gave us */
        char *location_text;
        char *last_error;
        LwStatus last_status; /* 0: the server did not answer */
        uint8_t alert;        /* /1/x/11; 0: none was received */
        LwErrand errand;      /* the Register, Update or De-register that was sent last */
        LwCounters counters;
        LwRegistrationAction later; /* OPEN or CLOSE: not from inside an event of the exchange */
        uint32_t pmin_seconds, pmax_seconds; /* the account's defaults, as observations have them */
        bool touched;                        /* something may be other than the server knows */
        bool behind;  /* that has been so for a while, as there were too many Updates */
        LwUsec paced; /* grows by a second with each Update for a change, and then with the clock */
        bool resolving;
        bool asleep; /* queue mode: nothing came or went for a while */
};

/** When the next Update for a change may go: those of somebody who changes things without end are
 * bounded. Now, or in the past, as a rule. */
LwUsec lw_server_update_at(const LwServer *self);
/** The exchange of the connection, or NULL. */
LwExchange *lw_server_exchange(const LwServer *self);
/** Feeds the state machine and does what it says; tells whoever watches when the state is another
 * one. */
void lw_server_step(LwServer *self, LwRegistrationEvent event, LwNow now);
/** What went wrong last, in words; no answer of the server's. */
void lw_server_set_error(LwServer *self, const char *message);
/** Adds what went over this connection since the last time. */
void lw_server_count(LwServer *self, LwNow now);
/** When we fall asleep if nothing comes or goes before; LW_USEC_NEVER: not. */
LwUsec lw_server_sleep_at(const LwServer *self);
/** Something may have come or gone: tells whoever watches if we woke, or fell asleep. */
void lw_server_stir(LwServer *self, LwNow now);
/** The session is another than was kept: see LwObserverEvents.keep. */
bool lw_server_keep(LwServer *self, bool urgent);

/** Where the server gave us a place; takes the segments. */
void lw_server_set_location(LwServer *self, char **segments);
/** For the sender, with the server as its data. */
extern const LwSenderEvents lw_server_sender_events;

void lw_server_send_register(LwServer *self, LwNow now);
void lw_server_send_update(LwServer *self, LwNow now);
void lw_server_send_deregister(LwServer *self, LwNow now);
