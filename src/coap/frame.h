/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages on a byte stream: where one ends, and what it says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"

/* Codes of signals, which are between the two ends of a stream. Source: RFC 8323, 5. */
#define LW_SIGNAL_CSM 0xe1
#define LW_SIGNAL_PING 0xe2
#define LW_SIGNAL_PONG 0xe3
#define LW_SIGNAL_RELEASE 0xe4
#define LW_SIGNAL_ABORT 0xe5

typedef enum LwFrameState {
        LW_FRAME_PARTIAL, /* more bytes are needed to know */
        LW_FRAME_KNOWN,
        LW_FRAME_BROKEN, /* no message begins like this, or it is too long */
} LwFrameState;

/**
 * How many bytes the message has that begins at `data`, of which `length` bytes are here; more than
 * `limit` are broken. Source: RFC 8323, 3.2.
 */
LwFrameState lw_frame_measure(const uint8_t *data, size_t length, size_t limit, size_t *ret_size);

/**
 * The message of exactly `size` bytes, as they were measured, as a Confirmable one without id. It
 * points into `data`. False: it is malformed.
 */
bool lw_frame_read(const uint8_t *data, size_t size, LwMessage *ret_message);

/** Appends the message. */
void lw_frame_write(const LwMessage *message, GByteArray *out);
