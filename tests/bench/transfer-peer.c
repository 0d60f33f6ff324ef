/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both sides of a large transfer by libcoap alone: what the agent's engine is measured against
 * (take, fetch: libcoap's block mode 1, without whole bodies), and what both of them speak with
 * (give, serve: block mode 0, one block at a time).
 *
 * transfer-peer take|fetch|give|serve coap|coaps PORT BYTES FILE
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <coap3/coap.h>

#define BLOCK 1024
#define SZX 6
#define IDENTITY "bench"
#define KEY "0123456789abcdef"

static struct {
        bool secure;
        uint16_t port;
        size_t bytes;
        int fd;
        size_t done;
        bool failed;
} self;

static double seconds_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void keep(const uint8_t *data, size_t length, size_t offset)
{
        if (pwrite(self.fd, data, length, (off_t) offset) != (ssize_t) length)
                self.failed = true;
        self.done = offset + length;
}

static void add_block(coap_pdu_t *pdu, uint16_t option, uint32_t number, bool more)
{
        uint8_t bytes[4];
        uint32_t value = number << 4 | (more ? 8 : 0) | SZX;

        coap_add_option(pdu, option, coap_encode_var_safe(bytes, sizeof(bytes), value), bytes);
}

static coap_context_t *new_context(bool large)
{
        coap_context_t *context;

        coap_startup();
        coap_set_log_level((coap_log_t) 0);
        context = coap_new_context(NULL);
        if (context != NULL && large)
                coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP);
        return context;
}

static void loopback(coap_address_t *ret_address)
{
        coap_address_init(ret_address);
        ret_address->addr.sin.sin_family = AF_INET;
        ret_address->addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ret_address->addr.sin.sin_port = htons(self.port);
        ret_address->size = sizeof(ret_address->addr.sin);
}

static coap_session_t *new_session(coap_context_t *context)
{
        coap_dtls_cpsk_t setup = {
                .version = COAP_DTLS_CPSK_SETUP_VERSION,
                .psk_info = { { sizeof(IDENTITY) - 1, (const uint8_t *) IDENTITY },
                                { sizeof(KEY) - 1, (const uint8_t *) KEY } },
        };
        coap_address_t address;
        coap_session_t *session;

        loopback(&address);
        session = self.secure ? coap_new_client_session_psk2(
                                                context, NULL, &address, COAP_PROTO_DTLS, &setup)
                              : coap_new_client_session(context, NULL, &address, COAP_PROTO_UDP);
        if (session != NULL)
                coap_session_set_mtu(session, 1400);
        return session;
}

/* --- take: a server with block mode 1 --------------------------------------------------------- */

static void on_put(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                const coap_string_t *query, coap_pdu_t *response)
{
        const uint8_t *data;
        size_t length, offset, total;

        (void) resource;
        (void) session;
        (void) query;
        if (coap_get_data_large(request, &length, &data, &offset, &total))
                keep(data, length, offset);
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CHANGED);
}

/* --- serve: a server that cuts by hand -------------------------------------------------------- */

static void on_get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                const coap_string_t *query, coap_pdu_t *response)
{
        static uint8_t content[BLOCK];
        coap_block_t block = { .num = 0 };
        size_t offset, length;

        (void) resource;
        (void) session;
        (void) query;
        coap_get_block(request, COAP_OPTION_BLOCK2, &block);
        offset = (size_t) block.num * BLOCK;
        length = offset + BLOCK < self.bytes ? BLOCK : self.bytes - offset;
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
        add_block(response, COAP_OPTION_BLOCK2, block.num, offset + length < self.bytes);
        coap_add_data(response, length, content);
}

static int run_server(bool takes)
{
        coap_dtls_spsk_t setup = {
                .version = COAP_DTLS_SPSK_SETUP_VERSION,
                .psk_info = { { 0, NULL }, { sizeof(KEY) - 1, (const uint8_t *) KEY } },
        };
        coap_context_t *context = new_context(takes);
        coap_resource_t *resource = coap_resource_unknown_init(takes ? on_put : NULL);
        coap_address_t address;
        coap_endpoint_t *endpoint;

        loopback(&address);
        if (self.secure)
                coap_context_set_psk2(context, &setup);
        if (!takes)
                coap_register_request_handler(resource, COAP_REQUEST_GET, on_get);
        coap_add_resource(context, resource);
        endpoint = coap_new_endpoint(
                        context, &address, self.secure ? COAP_PROTO_DTLS : COAP_PROTO_UDP);
        if (endpoint == NULL)
                return EXIT_FAILURE;
        coap_endpoint_set_default_mtu(endpoint, 1400);
        printf("port %s\n", strchr(coap_endpoint_str(endpoint), ':') + 1);
        fflush(stdout);
        while (!self.failed) /* whoever started it ends it */
                coap_io_process(context, 1000);
        return EXIT_FAILURE;
}

/* --- give and fetch: clients ------------------------------------------------------------------ */

static coap_pdu_t *new_request(coap_session_t *session, coap_pdu_code_t code)
{
        coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, code, session);
        uint8_t token[8];
        size_t length;

        coap_session_new_token(session, &length, token);
        coap_add_token(pdu, length, token);
        return pdu;
}

static void give_next(coap_session_t *session)
{
        static uint8_t content[BLOCK];
        size_t length = self.done + BLOCK < self.bytes ? BLOCK : self.bytes - self.done;
        coap_pdu_t *pdu = new_request(session, COAP_REQUEST_CODE_PUT);
        uint8_t bytes[4];

        coap_add_option(pdu, COAP_OPTION_URI_PATH, 1, (const uint8_t *) "b");
        add_block(pdu, COAP_OPTION_BLOCK1, (uint32_t) (self.done / BLOCK),
                        self.done + length < self.bytes);
        if (self.done == 0)
                coap_add_option(pdu, COAP_OPTION_SIZE1,
                                coap_encode_var_safe(bytes, sizeof(bytes), (unsigned) self.bytes),
                                bytes);
        coap_add_data(pdu, length, content);
        self.done += length;
        coap_send(session, pdu);
}

static coap_response_t on_given(coap_session_t *session, const coap_pdu_t *sent,
                const coap_pdu_t *received, const coap_mid_t mid)
{
        (void) sent;
        (void) mid;
        if (COAP_RESPONSE_CLASS(coap_pdu_get_code(received)) != 2)
                self.failed = true;
        else if (self.done < self.bytes)
                give_next(session);
        else
                self.done++; /* the last block is acknowledged */
        return COAP_RESPONSE_OK;
}

static coap_response_t on_fetched(coap_session_t *session, const coap_pdu_t *sent,
                const coap_pdu_t *received, const coap_mid_t mid)
{
        const uint8_t *data;
        size_t length, offset, total;

        (void) session;
        (void) sent;
        (void) mid;
        if (coap_get_data_large(received, &length, &data, &offset, &total))
                keep(data, length, offset);
        return COAP_RESPONSE_OK;
}

static int run_client(bool gives)
{
        coap_context_t *context = new_context(!gives);
        coap_session_t *session;
        double begin;

        coap_register_response_handler(context, gives ? on_given : on_fetched);
        session = new_session(context);
        if (session == NULL)
                return EXIT_FAILURE;
        if (gives) {
                give_next(session);
        } else {
                coap_pdu_t *pdu = new_request(session, COAP_REQUEST_CODE_GET);

                coap_add_option(pdu, COAP_OPTION_URI_PATH, 1, (const uint8_t *) "b");
                add_block(pdu, COAP_OPTION_BLOCK2, 0, false);
                coap_send(session, pdu);
        }
        begin = seconds_now();
        while (!self.failed && self.done < self.bytes + (gives ? 1 : 0))
                coap_io_process(context, 1000);
        printf("seconds %f\n", self.failed ? 0.0 : seconds_now() - begin);
        fflush(stdout);
        return getchar() == EOF ? EXIT_SUCCESS : EXIT_FAILURE; /* until it was looked at */
}

int main(int argc, char **argv)
{
        if (argc != 6)
                return EXIT_FAILURE;
        self.secure = strcmp(argv[2], "coaps") == 0;
        self.port = (uint16_t) strtoul(argv[3], NULL, 10);
        self.bytes = strtoul(argv[4], NULL, 10);
        self.fd = open(argv[5], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (self.fd < 0)
                return EXIT_FAILURE;
        if (strcmp(argv[1], "take") == 0 || strcmp(argv[1], "serve") == 0)
                return run_server(argv[1][0] == 't');
        return run_client(argv[1][0] == 'g');
}
