/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTcp: the bytes of one TCP connection, plain or within TLS. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/ssl.h>

#include "exchange/transport.h"

typedef enum LwTcpResult {
        LW_TCP_DONE,
        LW_TCP_WANTS_READ,  /* nothing until the socket is readable */
        LW_TCP_WANTS_WRITE, /* nothing until it is writable */
        LW_TCP_ENDED,       /* the peer sends no more */
        LW_TCP_FAILED,      /* the error says why */
} LwTcpResult;

/**
 * LwTcp: a connected socket that never waits, and the TLS on it, if any.
 *
 * Shape:  `traffic` counts the bytes at the socket, records and handshakes included. An LwTcp does
 *         not move in memory once it has TLS.
 * Owns:   the descriptor and `ssl`.
 */
typedef struct LwTcp {
        int fd;
        SSL *ssl; /* NULL: plain */
        LwTraffic traffic;
} LwTcp;

/** Takes both; `ssl` may be NULL. */
void lw_tcp_init(LwTcp *self, int fd, SSL *ssl);
/** Ends TLS, as far as that goes without waiting, and closes the socket. */
void lw_tcp_clear(LwTcp *self);

/** Goes on with the handshake; done at once without TLS. Errors: 5.03. */
LwTcpResult lw_tcp_shake(LwTcp *self, GError **error);
/** Some bytes, at least one when done. Errors: 5.03. */
LwTcpResult lw_tcp_read(
                LwTcp *self, uint8_t *buffer, size_t room, size_t *ret_length, GError **error);
/** Takes some of these bytes, at least one when done. Errors: 5.03. */
LwTcpResult lw_tcp_write(LwTcp *self, const uint8_t *data, size_t length, size_t *ret_length,
                GError **error);
/** Bytes were read from the socket that lw_tcp_read() has not given yet. */
bool lw_tcp_has_more(const LwTcp *self);
