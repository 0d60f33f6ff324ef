/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchPeer: the server that a subject of the bench registers at, and that then asks it as fast as
 * it answers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_WINDOW_MAX 64
#define BENCH_PAYLOAD_MAX 2048

/** BenchPeer: one UDP socket on loopback; connected to the subject once that has registered. */
typedef struct BenchPeer {
        int fd;
        uint16_t port;
        uint32_t sent; /* requests so far; message ids and tokens are made of it */
} BenchPeer;

/** A GET: its path, and its Accept, a content format number. */
typedef struct BenchRequest {
        const char *path;
        uint16_t accept;
} BenchRequest;

typedef struct BenchAnswer {
        uint16_t format;
        size_t length;
        uint8_t payload[BENCH_PAYLOAD_MAX];
} BenchAnswer;

/** Opens it at a free port. False: no socket. */
bool bench_peer_open(BenchPeer *self);
void bench_peer_close(BenchPeer *self);
/** Waits for a Register and answers it. False after `timeout_ms`. */
bool bench_peer_await_register(BenchPeer *self, int timeout_ms);
/** One GET. False when it is not answered by 2.05. */
bool bench_peer_get(BenchPeer *self, const BenchRequest *request, BenchAnswer *ret_answer);
/** `count` GETs, `window` of them in flight. False when one is lost or not answered by 2.05. */
bool bench_peer_load(BenchPeer *self, const BenchRequest *request, uint32_t count, uint32_t window);
/** Answers whatever the subject asks, for up to `timeout_ms`; false once it is silent for so long.
 */
bool bench_peer_serve(BenchPeer *self, int timeout_ms);
