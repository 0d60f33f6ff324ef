/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Side: one end of a conversation, which writes down what it is told; and raw sockets to speak with
 * it. */
#include "coap/side.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "coap/address.h"
#include "exchange/message.h"

#define PATIENCE_USEC (8 * G_USEC_PER_SEC)

static void say(Side *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(Side *self, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        g_string_append_vprintf(self->log, format, arguments);
        va_end(arguments);
        g_string_append_c(self->log, '\n');
}

static void on_stage(void *user, LwTransportStage stage)
{
        say(user, "stage %s", stage == LW_TRANSPORT_RESOLVING ? "resolving" : "connecting");
}

static void on_up(void *user, LwNow now)
{
        (void) now;
        say(user, "up");
}

static void on_down(void *user, const GError *reason, LwNow now)
{
        Side *self = user;

        (void) now;
        say(self, "down %d %s", reason->code, reason->message);
        if (self->closes_when_down) {
                self->transport->ops->close(self->transport);
                self->transport = NULL;
        }
}

static void append_path(GString *line, const LwMessage *message)
{
        for (unsigned i = 0; i < message->option_count; i++)
                if (message->options[i].number == LW_OPTION_URI_PATH)
                        g_string_append_printf(line, "/%.*s", message->options[i].length,
                                        (const char *) message->options[i].value);
}

static bool on_request(void *user, const LwMessage *request, LwMessage *ret_reply, LwNow now)
{
        Side *self = user;
        g_autoptr(GString) line = g_string_new(NULL);

        (void) now;
        self->requests++;
        append_path(line, request);
        say(self, "request %s %u %s '%.*s'", request->type == LW_MESSAGE_CON ? "CON" : "NON",
                        request->code, line->str, (int) request->payload_length,
                        request->payload == NULL ? "" : (const char *) request->payload);
        self->late_token_length = request->token_length;
        memcpy(self->late_token, request->token, request->token_length);
        switch (self->manner) {
        case SIDE_ANSWERS:
                ret_reply->code = lw_status_to_code(LW_STATUS_CONTENT);
                lw_message_add_uint(ret_reply, LW_OPTION_CONTENT_FORMAT, 0);
                ret_reply->payload = (const uint8_t *) "here";
                ret_reply->payload_length = 4;
                return true;
        case SIDE_ECHOES:
                ret_reply->code = lw_status_to_code(LW_STATUS_CHANGED);
                memcpy(self->echo, request->payload, request->payload_length);
                ret_reply->payload = self->echo;
                ret_reply->payload_length = request->payload_length;
                return true;
        case SIDE_CLOSES:
                self->transport->ops->close(self->transport);
                self->transport = NULL;
                return false;
        case SIDE_IS_LATE:
                break;
        }
        return false;
}

static bool on_response(void *user, const LwMessage *response, LwNow now)
{
        Side *self = user;
        static const char *const types[] = { "CON", "NON", "ACK", "RST" };

        (void) now;
        self->responses++;
        say(self, "response %s %d '%.*s'", types[response->type],
                        (int) lw_status_from_code(response->code), (int) response->payload_length,
                        response->payload == NULL ? "" : (const char *) response->payload);
        return !self->refuses_responses;
}

static void on_failed(void *user, const uint8_t *token, size_t token_length, LwTransportFailure why,
                LwNow now)
{
        static const char *const reasons[] = { "timed out", "reset", "closed" };

        (void) now;
        say(user, "failed %.*s %s", (int) token_length, (const char *) token, reasons[why]);
}

static void on_reset(void *user, uint16_t mid, LwNow now)
{
        (void) now;
        say(user, "reset %u", mid);
}

static void on_settled(void *user, LwNow now)
{
        (void) now;
        ((Side *) user)->settled++;
}

static const LwTransportEvents side_events = { on_stage, on_up, on_down, on_request, on_response,
        on_failed, on_reset, on_settled };

void side_init(Side *self, LwDriver *driver)
{
        *self = (Side){ .driver = driver, .log = g_string_new(NULL) };
}

void side_clear(Side *self)
{
        if (self->transport != NULL)
                self->transport->ops->close(self->transport);
        self->transport = NULL;
        g_string_free(self->log, TRUE);
}

void side_take(Side *self, LwTransport *transport)
{
        self->transport = transport;
        transport->events = &side_events;
        transport->user = self;
}

void side_connect_peer(Side *self, LwTransportFactory *factory, const LwPeer *peer)
{
        g_autoptr(GError) error = NULL;
        LwTransport *transport = factory->open(factory, peer, &error);

        ck_assert_msg(transport != NULL, "%s", error == NULL ? "?" : error->message);
        side_take(self, transport);
        transport->ops->start(transport);
}

void side_connect(Side *self, LwTransportFactory *factory, const char *uri)
{
        g_auto(LwPeer) peer = { .security = LW_SECURITY_NOSEC };

        ck_assert(lw_uri_parse(uri, &peer.uri, NULL));
        side_connect_peer(self, factory, &peer);
}

bool side_says(const Side *self, const char *text)
{
        return strstr(self->log->str, text) != NULL;
}

bool side_request(Side *self, LwMessageType type, const char *path, const char *text,
                uint16_t *ret_mid)
{
        g_auto(GStrv) segments = g_strsplit(path + 1, "/", -1);
        uint16_t mid;
        LwMessage message;

        lw_message_init(&message, type, text == NULL ? LW_METHOD_GET : LW_METHOD_PUT);
        message.token[0] = 'T';
        message.token_length = 1;
        for (char **segment = segments; *segment != NULL; segment++)
                lw_message_add_text(&message, LW_OPTION_URI_PATH, *segment);
        if (text != NULL) {
                message.payload = (const uint8_t *) text;
                message.payload_length = strlen(text);
        }
        return self->transport->ops->send(
                        self->transport, &message, ret_mid == NULL ? &mid : ret_mid, NULL);
}

void side_answer_late(Side *self, LwMessageType type, const char *text)
{
        LwMessage message;
        uint16_t mid;

        lw_message_init(&message, type, lw_status_to_code(LW_STATUS_CONTENT));
        message.token_length = (uint8_t) self->late_token_length;
        memcpy(message.token, self->late_token, self->late_token_length);
        message.payload = (const uint8_t *) text;
        message.payload_length = strlen(text);
        ck_assert(self->transport->ops->send(self->transport, &message, &mid, NULL));
}

bool side_accept(void *user, LwTransport *transport)
{
        Side *self = user;

        if (self->transport != NULL)
                return false;
        side_take(self, transport);
        say(self, "accepted");
        return true;
}

bool run_until(Side *side, const char *text)
{
        gint64 until = g_get_monotonic_time() + PATIENCE_USEC;

        while (!side_says(side, text)) {
                if (g_get_monotonic_time() > until)
                        return false;
                sd_event_run(lw_driver_event(side->driver), 100 * LW_USEC_PER_MSEC);
        }
        return true;
}

void run_idle(LwDriver *driver)
{
        while (sd_event_run(lw_driver_event(driver), 2 * LW_USEC_PER_MSEC) > 0)
                continue;
}

int raw_socket(int family, uint16_t *ret_port)
{
        coap_address_t address;
        int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        ck_assert_int_ge(fd, 0);
        ck_assert(lw_address_parse(family == AF_INET ? "127.0.0.1" : "::1", 0, &address));
        ck_assert_int_eq(bind(fd, &address.addr.sa, address.size), 0);
        ck_assert_int_eq(getsockname(fd, &address.addr.sa, &address.size), 0);
        if (ret_port != NULL)
                *ret_port = coap_address_get_port(&address);
        return fd;
}

/* "127.0.0.1:4000" or "[::1]:4000" */
void raw_connect(int fd, const char *address)
{
        const char *colon = strrchr(address, ':');
        size_t brackets = address[0] == '[' ? 1 : 0;
        g_autofree char *host =
                        g_strndup(address + brackets, (size_t) (colon - address) - 2 * brackets);
        coap_address_t remote;

        ck_assert(lw_address_parse(
                        host, (uint16_t) g_ascii_strtoull(colon + 1, NULL, 10), &remote));
        ck_assert_int_eq(connect(fd, &remote.addr.sa, remote.size), 0);
}

static size_t from_hex(const char *hex, uint8_t *bytes, size_t room)
{
        size_t length = 0;

        for (const char *at = hex; *at != '\0'; at++) {
                if (*at == ' ')
                        continue;
                ck_assert_uint_lt(length, room);
                bytes[length++] = (uint8_t) (g_ascii_xdigit_value(at[0]) << 4 |
                                             g_ascii_xdigit_value(at[1]));
                at++;
        }
        return length;
}

void raw_send(int fd, const char *hex)
{
        uint8_t bytes[2048];
        size_t length = from_hex(hex, bytes, sizeof(bytes));

        ck_assert_int_eq(send(fd, bytes, length, 0), (ssize_t) length);
}

char *raw_receive(int fd, LwDriver *driver)
{
        gint64 until = g_get_monotonic_time() + PATIENCE_USEC;
        coap_address_t from = { .size = sizeof(from.addr) };
        g_autoptr(GString) hex = g_string_new(NULL);
        uint8_t bytes[2048];
        ssize_t length;

        while ((length = recvfrom(fd, bytes, sizeof(bytes), 0, &from.addr.sa, &from.size)) < 0) {
                ck_assert_msg(g_get_monotonic_time() < until, "no datagram came");
                sd_event_run(lw_driver_event(driver), 2 * LW_USEC_PER_MSEC);
        }
        /* What is sent next is the answer. */
        connect(fd, &from.addr.sa, from.size);
        for (ssize_t i = 0; i < length; i++)
                g_string_append_printf(hex, "%s%02x", i == 0 ? "" : " ", bytes[i]);
        return g_strdup(hex->str);
}

void raw_answer(int fd, LwDriver *driver, const char *hex)
{
        g_autofree char *request = raw_receive(fd, driver);
        g_autoptr(GString) answer = g_string_new(hex);
        char mid[6] = { 0 };
        char token[3] = "00";

        memcpy(mid, request + 6, 5);
        if (strlen(request) >= 14)
                memcpy(token, request + 12, 2);
        g_string_replace(answer, "MM MM", mid, 0);
        g_string_replace(answer, "TT", token, 0);
        raw_send(fd, answer->str);
}
