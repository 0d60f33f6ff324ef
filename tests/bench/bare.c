/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the agent is measured against: libcoap on a drained sd-event loop, answering from memory; or
 * with the same bytes when a service on the bus has answered, which it asks for each request. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <coap3/coap.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bench/read-call.h"

#define ANSWERS_MAX 8
#define PAYLOAD_MAX 4096
#define PATH_MAX_BYTES 64
#define PASSES 16 /* as the agent: one pass reads one datagram */

/* What a GET of `path` is answered with. */
typedef struct Answer {
        const char *path;
        uint16_t format;
        size_t length;
        uint8_t payload[PAYLOAD_MAX];
} Answer;

static Answer answers[ANSWERS_MAX];
static size_t answer_count;

/* The service that is asked first; NULL: none */
static struct {
        const char *service;
        sd_bus *bus;
        double sum;
} asked;

/* A request that waits for the service; its acknowledgement goes with the answer. */
typedef struct Question {
        coap_session_t *session;
        coap_mid_t mid;
        uint8_t token[8];
        size_t token_length;
        const Answer *answer;
} Question;

static void fill(coap_pdu_t *response, const Answer *answer)
{
        uint8_t format[2];

        coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
        coap_add_option(response, COAP_OPTION_CONTENT_FORMAT,
                        coap_encode_var_safe(format, sizeof(format), answer->format), format);
        coap_add_data(response, answer->length, answer->payload);
}

static int on_answer(sd_bus_message *m, void *user, sd_bus_error *error)
{
        Question *self = user;
        coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_ACK, COAP_RESPONSE_CODE_CONTENT, self->mid,
                        coap_session_max_pdu_size(self->session));

        (void) error;
        coap_add_token(pdu, self->token_length, self->token);
        if (bench_read_answer(m, &asked.sum) >= 0)
                fill(pdu, self->answer);
        else
                coap_pdu_set_code(pdu, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
        coap_send(self->session, pdu);
        coap_session_release(self->session);
        free(self);
        return 0;
}

static void ask(coap_session_t *session, const coap_pdu_t *request, const Answer *answer,
                coap_pdu_t *response)
{
        coap_bin_const_t token = coap_pdu_get_token(request);
        Question *self = calloc(1, sizeof(*self));

        *self = (Question){ .session = coap_session_reference(session),
                .mid = coap_pdu_get_mid(request),
                .token_length = token.length,
                .answer = answer };
        memcpy(self->token, token.s, token.length);
        coap_pdu_set_type(response, COAP_MESSAGE_NON); /* no empty acknowledgement */
        bench_read_call(asked.bus, asked.service, answer->path, on_answer, self);
}

static const Answer *answer_to(const coap_pdu_t *request)
{
        char path[PATH_MAX_BYTES];
        size_t length = 0;
        coap_opt_iterator_t iterator;
        coap_opt_t *option;

        coap_option_iterator_init(request, &iterator, COAP_OPT_ALL);
        while ((option = coap_option_next(&iterator))) {
                size_t size = coap_opt_length(option);

                if (iterator.number != COAP_OPTION_URI_PATH)
                        continue;
                if (length + size + 2 > sizeof(path))
                        return NULL;
                path[length++] = '/';
                memcpy(path + length, coap_opt_value(option), size);
                length += size;
        }
        path[length] = '\0';
        for (size_t i = 0; i < answer_count; i++)
                if (strcmp(answers[i].path, path) == 0)
                        return &answers[i];
        return NULL;
}

static void on_get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *request,
                const coap_string_t *query, coap_pdu_t *response)
{
        const Answer *answer = answer_to(request);

        (void) resource;
        (void) query;
        if (!answer)
                coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_FOUND);
        else if (asked.service)
                ask(session, request, answer, response);
        else
                fill(response, answer);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        coap_context_t *context = userdata;
        struct epoll_event events[10];

        (void) source;
        (void) revents;
        for (int pass = 0; pass < PASSES; pass++) {
                int count = epoll_wait(fd, events, 10, 0);

                if (count <= 0)
                        break;
                coap_io_do_epoll(context, events, (size_t) count);
        }
        return 0;
}

static bool parse_answer(char *const *words)
{
        Answer *answer = &answers[answer_count];
        const char *hex = words[2];

        if (answer_count == ANSWERS_MAX || strlen(hex) > 2 * PAYLOAD_MAX)
                return false;
        answer->path = words[0];
        answer->format = (uint16_t) atoi(words[1]);
        for (; sscanf(hex, "%2hhx", &answer->payload[answer->length]) == 1; hex += 2)
                answer->length++;
        answer_count++;
        return *hex == '\0';
}

/* Opens the session by a Register, as the agent does: both are clients that are then asked. */
static bool call_server(coap_context_t *context, uint16_t port)
{
        coap_session_t *session;
        coap_pdu_t *pdu;
        coap_address_t address;

        coap_address_init(&address);
        address.size = sizeof(address.addr.sin);
        address.addr.sin.sin_family = AF_INET;
        address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.addr.sin.sin_port = htons(port);
        session = coap_new_client_session(context, NULL, &address, COAP_PROTO_UDP);
        if (!session)
                return false;
        pdu = coap_pdu_init(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, coap_new_message_id(session),
                        coap_session_max_pdu_size(session));
        coap_add_option(pdu, COAP_OPTION_URI_PATH, 2, (const uint8_t *) "rd");
        coap_add_option(pdu, COAP_OPTION_URI_QUERY, 7, (const uint8_t *) "ep=bare");
        return coap_send(session, pdu) != COAP_INVALID_MID;
}

int main(int argc, char **argv)
{
        coap_context_t *context;
        coap_resource_t *resource;
        sd_event *event;
        coap_tick_t now;

        if (argc > 2 && argc % 3 == 0)
                asked.service = argv[2];
        for (int i = asked.service ? 3 : 2; i < argc; i += 3) {
                if (i + 2 >= argc || !parse_answer(argv + i)) {
                        fprintf(stderr, "usage: bare PORT [SERVICE] [PATH FORMAT HEX]...\n");
                        return EXIT_FAILURE;
                }
        }
        coap_startup();
        context = coap_new_context(NULL);
        if (argc < 2 || !context || sd_event_new(&event) < 0)
                return EXIT_FAILURE;
        resource = coap_resource_unknown_init2(on_get, 0);
        coap_register_request_handler(resource, COAP_REQUEST_GET, on_get);
        coap_add_resource(context, resource);
        if (sd_event_add_io(event, NULL, coap_context_get_coap_fd(context), EPOLLIN, on_io,
                            context) < 0 ||
                        !call_server(context, (uint16_t) atoi(argv[1])))
                return EXIT_FAILURE;
        if (asked.service && (sd_bus_open_system(&asked.bus) < 0 ||
                                             sd_bus_attach_event(asked.bus, event, 0) < 0))
                return EXIT_FAILURE;
        coap_ticks(&now);
        coap_io_prepare_epoll(context, now);
        return sd_event_loop(event) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
