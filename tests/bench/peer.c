/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchPeer: its CoAP is no more than it needs, so that the generator costs little. */
#define _GNU_SOURCE /* sendmmsg */

#include "bench/peer.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATAGRAM_MAX 2048
#define BATCH 16
#define SILENCE_MS 2000

/* First byte of a message: version 1, type, token length. RFC 7252, 3. */
#define HEAD(type, token_length) ((uint8_t) (0x40 | (type) << 4 | (token_length)))
#define TYPE(data) ((data)[0] >> 4 & 3)
#define TOKEN_LENGTH(data) ((data)[0] & 15)
enum { CON, NON, ACK, RST };
enum { GET = 0x01, POST = 0x02, CREATED = 0x41, DELETED = 0x42, CHANGED = 0x44, CONTENT = 0x45 };
#define TOKEN_BYTES 4

/* A message under way to the subject. */
typedef struct Datagram {
        uint8_t data[128];
        size_t length;
} Datagram;

bool bench_peer_open(BenchPeer *self)
{
        struct sockaddr_in address = { .sin_family = AF_INET,
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(address);

        *self = (BenchPeer){ .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
        if (self->fd < 0 || bind(self->fd, (struct sockaddr *) &address, size) < 0 ||
                        getsockname(self->fd, (struct sockaddr *) &address, &size) < 0)
                return false;
        self->port = ntohs(address.sin_port);
        return true;
}

void bench_peer_close(BenchPeer *self)
{
        close(self->fd);
        self->fd = -1;
}

static bool wait_for_input(const BenchPeer *self, int timeout_ms)
{
        struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

        return poll(&poll_fd, 1, timeout_ms) > 0;
}

/* An option whose delta and length are below 13, or whose length is below 269. RFC 7252, 3.1. */
static size_t put_option(uint8_t *to, uint8_t delta, const void *value, size_t length)
{
        size_t head = 1;

        to[0] = (uint8_t) (delta << 4 | (length < 13 ? length : 13));
        if (length >= 13)
                to[head++] = (uint8_t) (length - 13);
        memcpy(to + head, value, length);
        return head + length;
}

/* Message id and token are left for each sending. */
static Datagram make_get(const BenchRequest *request)
{
        Datagram self = { .data = { HEAD(CON, TOKEN_BYTES), GET }, .length = 4 + TOKEN_BYTES };
        const char *segment = request->path;
        uint8_t delta = 11; /* Uri-Path */
        uint8_t accept[2] = { (uint8_t) (request->accept >> 8), (uint8_t) request->accept };
        size_t skip = request->accept > 255 ? 0 : request->accept > 0 ? 1 : 2;

        while (*segment == '/') {
                size_t length = strcspn(++segment, "/");

                self.length += put_option(self.data + self.length, delta, segment, length);
                segment += length;
                delta = 0;
        }
        self.length += put_option(self.data + self.length, 17 - 11, accept + skip, 2 - skip);
        return self;
}

static void stamp(Datagram *self, BenchPeer *peer)
{
        uint32_t number = peer->sent++;

        self->data[2] = (uint8_t) (number >> 8);
        self->data[3] = (uint8_t) number;
        memcpy(self->data + 4, &number, sizeof(number));
}

static void send_to_subject(const BenchPeer *self, const void *data, size_t length)
{
        /* What is lost here shows as silence. */
        if (send(self->fd, data, length, MSG_NOSIGNAL) < 0)
                return;
}

/* Answers a request of the subject, and acknowledges a separate response. */
static void answer_subject(const BenchPeer *self, const uint8_t *data, size_t length)
{
        uint8_t reply[32] = { HEAD(ACK, 0), 0, data[2], data[3] };
        size_t token_length = TOKEN_LENGTH(data);
        size_t at = 4;
        bool request = data[1] > 0 && data[1] < 32;

        if (TYPE(data) != CON || token_length > 8 || length < 4 + token_length)
                return;
        if (request) {
                reply[0] = HEAD(ACK, token_length);
                reply[1] = data[1] == POST ? CREATED : DELETED;
                memcpy(reply + at, data + at, token_length);
                at += token_length;
        }
        if (request && data[1] == POST) {
                at += put_option(reply + at, 8, "rd", 2); /* Location-Path */
                at += put_option(reply + at, 0, "bench", 5);
        }
        send_to_subject(self, reply, at);
}

bool bench_peer_await_register(BenchPeer *self, int timeout_ms)
{
        uint8_t data[DATAGRAM_MAX];
        struct sockaddr_storage from;
        socklen_t size = sizeof(from);
        ssize_t length;

        if (!wait_for_input(self, timeout_ms))
                return false;
        length = recvfrom(self->fd, data, sizeof(data), 0, (struct sockaddr *) &from, &size);
        if (length < 4 || data[1] != POST || connect(self->fd, (struct sockaddr *) &from, size) < 0)
                return false;
        answer_subject(self, data, (size_t) length);
        return true;
}

bool bench_peer_serve(BenchPeer *self, int timeout_ms)
{
        uint8_t data[DATAGRAM_MAX];
        ssize_t length;

        if (!wait_for_input(self, timeout_ms))
                return false;
        length = recv(self->fd, data, sizeof(data), MSG_DONTWAIT);
        if (length >= 4)
                answer_subject(self, data, (size_t) length);
        return true;
}

/* Steps over the options to the payload; false for a message that ends too early. */
static bool parse_answer(const uint8_t *data, size_t length, BenchAnswer *ret_answer)
{
        size_t at = 4 + TOKEN_LENGTH(data);
        uint32_t number = 0;

        *ret_answer = (BenchAnswer){};
        while (at < length && data[at] != 0xff) {
                uint32_t delta = data[at] >> 4, size = data[at] & 15;

                at++;
                if (delta == 13 && at < length)
                        delta = 13u + data[at++];
                if (size == 13 && at < length)
                        size = 13u + data[at++];
                number += delta;
                if (at + size > length)
                        return false;
                if (number == 12) /* Content-Format */
                        for (uint32_t i = 0; i < size; i++)
                                ret_answer->format =
                                                (uint16_t) (ret_answer->format << 8 | data[at + i]);
                at += size;
        }
        at += at < length; /* the payload marker */
        if (at > length || length - at > sizeof(ret_answer->payload))
                return false;
        ret_answer->length = length - at;
        memcpy(ret_answer->payload, data + at, ret_answer->length);
        return true;
}

bool bench_peer_get(BenchPeer *self, const BenchRequest *request, BenchAnswer *ret_answer)
{
        Datagram get = make_get(request);
        uint8_t data[DATAGRAM_MAX];

        stamp(&get, self);
        send_to_subject(self, get.data, get.length);
        while (wait_for_input(self, SILENCE_MS)) {
                ssize_t length = recv(self->fd, data, sizeof(data), 0);

                if (length < 4)
                        return false;
                answer_subject(self, data, (size_t) length);
                if (TOKEN_LENGTH(data) == TOKEN_BYTES && length >= 4 + TOKEN_BYTES &&
                                memcmp(data + 4, get.data + 4, TOKEN_BYTES) == 0)
                        return data[1] == CONTENT &&
                               parse_answer(data, (size_t) length, ret_answer);
        }
        return false;
}

/* One run of bench_peer_load(): the datagrams of a batch, and room for what comes in. */
typedef struct Load {
        Datagram get;
        Datagram out[BENCH_WINDOW_MAX];
        struct iovec out_vectors[BENCH_WINDOW_MAX];
        struct mmsghdr out_messages[BENCH_WINDOW_MAX];
        uint8_t in[BATCH][DATAGRAM_MAX];
        struct iovec in_vectors[BATCH];
        struct mmsghdr in_messages[BATCH];
        bool asked[1 << 16]; /* by message id: its answer is still to come */
} Load;

static void load_init(Load *self, const BenchRequest *request)
{
        self->get = make_get(request);
        for (size_t i = 0; i < BENCH_WINDOW_MAX; i++) {
                self->out[i] = self->get;
                self->out_vectors[i] = (struct iovec){ self->out[i].data, self->get.length };
                self->out_messages[i].msg_hdr = (struct msghdr){ .msg_iov = &self->out_vectors[i],
                        .msg_iovlen = 1 };
        }
        for (size_t i = 0; i < BATCH; i++) {
                self->in_vectors[i] = (struct iovec){ self->in[i], DATAGRAM_MAX };
                self->in_messages[i].msg_hdr =
                                (struct msghdr){ .msg_iov = &self->in_vectors[i], .msg_iovlen = 1 };
        }
}

static bool load_send(Load *self, BenchPeer *peer, uint32_t count)
{
        uint32_t done = 0;

        for (uint32_t i = 0; i < count; i++) {
                stamp(&self->out[i], peer);
                self->asked[(uint16_t) (peer->sent - 1)] = true;
        }
        while (done < count) {
                int sent = sendmmsg(peer->fd, self->out_messages + done, count - done, 0);

                if (sent <= 0)
                        return false;
                done += (uint32_t) sent;
        }
        return true;
}

/* How many of the requests under way were answered by what came in; -1 for silence and wrong
 * answers. */
static int load_receive(Load *self, BenchPeer *peer)
{
        int count, answered = 0;

        count = recvmmsg(peer->fd, self->in_messages, BATCH, MSG_DONTWAIT, NULL);
        if (count < 0 && wait_for_input(peer, SILENCE_MS))
                count = recvmmsg(peer->fd, self->in_messages, BATCH, MSG_DONTWAIT, NULL);
        if (count <= 0)
                return -1;
        for (int i = 0; i < count; i++) {
                const uint8_t *data = self->in[i];
                size_t length = self->in_messages[i].msg_len;
                uint32_t number;

                if (length < 4)
                        return -1;
                answer_subject(peer, data, length);
                if (data[1] < CREATED)
                        continue; /* a request of its own, or an empty ACK */
                if (data[1] != CONTENT || TOKEN_LENGTH(data) != TOKEN_BYTES ||
                                length < 4 + TOKEN_BYTES)
                        return -1;
                memcpy(&number, data + 4, sizeof(number));
                answered += self->asked[(uint16_t) number];
                self->asked[(uint16_t) number] = false;
        }
        return answered;
}

bool bench_peer_load(BenchPeer *self, const BenchRequest *request, uint32_t count, uint32_t window)
{
        Load *load = calloc(1, sizeof(*load));
        uint32_t sent = window < count ? window : count, answered = 0;
        bool ok;

        if (!load)
                return false;
        load_init(load, request);
        ok = load_send(load, self, sent);
        while (ok && answered < count) {
                int some = load_receive(load, self);
                uint32_t next;

                if (some < 0) {
                        ok = false;
                        break;
                }
                answered += (uint32_t) some;
                next = (uint32_t) some < count - sent ? (uint32_t) some : count - sent;
                ok = load_send(load, self, next);
                sent += next;
        }
        free(load);
        return ok;
}
