/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Side: one end of a conversation, which writes down what it is told; and raw sockets to speak with
 * it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "coap/client-transport.h"
#include "coap/listener.h"

/** How a side answers requests. */
typedef enum SideManner {
        SIDE_ANSWERS, /* 2.05, at once */
        SIDE_IS_LATE, /* not yet: side_answer_late() */
        SIDE_ECHOES,  /* 2.04 with the payload of the request */
        SIDE_CLOSES,  /* closes its transport instead */
} SideManner;

/** Side: owner of a transport. `log` has one line for each event, oldest first. */
typedef struct Side {
        LwDriver *driver;
        LwTransport *transport;
        GString *log;
        SideManner manner;
        bool refuses_responses;
        bool closes_when_down;
        unsigned requests;
        unsigned responses;
        unsigned settled; /* how often all that was sent was acknowledged */
        uint8_t late_token[LW_TOKEN_MAX];
        size_t late_token_length;
        uint8_t echo[LW_MESSAGE_MAX];
} Side;

void side_init(Side *self, LwDriver *driver);
/** Closes the transport, if there is one. */
void side_clear(Side *self);
/** Takes a transport over. */
void side_take(Side *self, LwTransport *transport);
/** Opens a transport to "coap://127.0.0.1:40000" and starts it. */
void side_connect(Side *self, LwTransportFactory *factory, const char *uri);
void side_connect_peer(Side *self, LwTransportFactory *factory, const LwPeer *peer);
bool side_says(const Side *self, const char *text);
/** A request of this side: token "T", path "/path", payload `text`. */
bool side_request(Side *self, LwMessageType type, const char *path, const char *text,
                uint16_t *ret_mid);
/** The answer that a late side owes. */
void side_answer_late(Side *self, LwMessageType type, const char *text);

/** An LwListenerAccept; `user` is the Side to get the transport. Refuses when it has one. */
bool side_accept(void *user, LwTransport *transport);

/** Runs the loop until the log of `side` has `text`; false after some seconds. */
bool run_until(Side *side, const char *text);
/** Runs the loop while there is something to do, without waiting. */
void run_idle(LwDriver *driver);

/** A UDP socket on 127.0.0.1 (AF_INET) or ::1, and its port. */
int raw_socket(int family, uint16_t *ret_port);
void raw_connect(int fd, const char *address);
/** Sends bytes written as hex, blanks between them allowed. */
void raw_send(int fd, const char *hex);
/** Runs the loop until a datagram comes; its bytes as hex. */
char *raw_receive(int fd, LwDriver *driver);
/** Like raw_receive(), and answers it: `hex`, where MM MM stands for the message id and TT for the
 * token. */
void raw_answer(int fd, LwDriver *driver, const char *hex);
