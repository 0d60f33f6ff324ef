/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts what libcoap sends and receives, where it does: at the socket. */
#include "coap/meter.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

/* Of each thread its own: only the loop's counts. */
static _Thread_local LwTraffic *meter;
static _Thread_local const uint8_t *last;
static _Thread_local size_t last_length;
static _Thread_local bool refused;

LwTraffic *lw_meter_set(LwTraffic *traffic)
{
        LwTraffic *before = meter;

        meter = traffic;
        return before;
}

/*
 * libcoap tells nobody of its repetitions, empty acknowledgements and DTLS records. On a connected
 * socket all of them go through send() and recv() of the C library, where a definition in the
 * executable wins, as for its clock. sendto() and recvfrom() without an address are the same calls.
 * They have names of their own here, as <sys/socket.h> may have made inline functions of those two.
 */
#define FOR_LIBCOAP(name) __asm__(name) __attribute__((visibility("default"), used))

ssize_t lw_metered_send(int fd, const void *data, size_t length, int flags) FOR_LIBCOAP("send");
ssize_t lw_metered_receive(int fd, void *buffer, size_t length, int flags) FOR_LIBCOAP("recv");

ssize_t lw_metered_send(int fd, const void *data, size_t length, int flags)
{
        ssize_t sent = sendto(fd, data, length, flags, NULL, 0);

        if (meter != NULL && sent > 0) {
                meter->messages_sent++;
                meter->bytes_sent += (uint64_t) sent;
        }
        return sent;
}

ssize_t lw_metered_receive(int fd, void *buffer, size_t length, int flags)
{
        ssize_t received = recvfrom(fd, buffer, length, flags, NULL, NULL);

        if (meter != NULL && received > 0) {
                meter->messages_received++;
                meter->bytes_received += (uint64_t) received;
                lw_meter_note(buffer, (size_t) received);
        } else if (meter != NULL && received < 0 && errno == ECONNREFUSED) {
                refused = true;
        }
        return received;
}

bool lw_meter_take_refusal(void)
{
        bool taken = refused;

        refused = false;
        return taken;
}

const uint8_t *lw_meter_last(size_t *ret_length)
{
        *ret_length = last_length;
        return last;
}

void lw_meter_note(const uint8_t *data, size_t length)
{
        last = data;
        last_length = length;
}
