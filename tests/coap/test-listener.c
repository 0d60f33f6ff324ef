/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwListener, spoken to by raw sockets: every byte of theirs is ours to say. */
#include <sys/socket.h>
#include <unistd.h>

#include "coap/side.h"
#include "lib/suite.h"

TCase *test_listener(void);

typedef struct Fixture {
        LwDriver *driver;
        Side server;
        LwListener *listener;
        char *address;
        int client; /* a raw socket, connected to the listener */
} Fixture;

static void setup_at(Fixture *self, const char *uri_text, int family)
{
        g_auto(LwUri) uri = {};
        g_autoptr(GError) error = NULL;

        *self = (Fixture){ .driver = lw_driver_new() };
        side_init(&self->server, self->driver);
        ck_assert(lw_uri_parse(uri_text, &uri, NULL));
        uri.port = 0;
        self->listener = lw_listener_new(
                        self->driver, &uri, NULL, side_accept, &self->server, &error);
        ck_assert_msg(self->listener != NULL, "%s", error == NULL ? "?" : error->message);
        self->address = lw_listener_address(self->listener);
        self->client = raw_socket(family, NULL);
        if (uri_text[strlen("coap://")] != '[')
                raw_connect(self->client, self->address);
}

static void setup(Fixture *self)
{
        setup_at(self, "coap://127.0.0.1", AF_INET);
}

static void teardown(Fixture *self)
{
        close(self->client);
        side_clear(&self->server);
        lw_listener_free(self->listener);
        g_free(self->address);
        lw_driver_free(self->driver);
}

/* What the product never needs to know of a request, libcoap answers; all else comes to us. */
static const struct {
        const char *request;
        const char *answer; /* "**": any byte */
        const char *told;   /* NULL: we were not asked */
} exchanges[] = {
        /* CON GET /a: piggybacked 2.05 with Content-Format 0 and payload. Source: RFC
           7252, 4.2, 5.2.1 */
        { "41 01 12 34 54 b1 61", "61 45 12 34 54 c0 ff 68 65 72 65", "request CON 1 /a ''" },
        /* FETCH, iPATCH and DELETE are requests like any other. A FETCH says the format of what it
           has: without one libcoap 4.3.4 answers 4.15. Source: RFC 8132, 2 */
        { "41 05 12 34 54 b1 61 10 ff 62", "61 45 12 34 54 c0 ff 68 65 72 65",
                        "request CON 5 /a 'b'" },
        { "41 07 12 34 54 b1 61", "61 45 12 34 54 c0 ff 68 65 72 65", "request CON 7 /a ''" },
        { "41 04 12 34 54 b1 61", "61 45 12 34 54 c0 ff 68 65 72 65", "request CON 4 /a ''" },
        /* No token, no path */
        { "40 01 12 34", "60 45 12 34 c0 ff 68 65 72 65", "request CON 1  ''" },
        /* NON gets NON, with an id of our own */
        { "51 01 12 34 54 b1 61", "51 45 ** ** 54 c0 ff 68 65 72 65", "request NON 1 /a ''" },
        /* GET /.well-known/core is ours, too */
        { "41 01 12 34 54 bb 2e 77 65 6c 6c 2d 6b 6e 6f 77 6e 04 63 6f 72 65",
                        "61 45 12 34 54 c0 ff 68 65 72 65", "request CON 1 /.well-known/core ''" },
        /* If-None-Match (5, critical) is ours to judge */
        { "41 01 12 34 54 50 61 61", "61 45 12 34 54 c0 ff 68 65 72 65", "request CON 1 /a ''" },
        /* An unknown critical option: 4.02 with the option. Source: RFC 7252, 5.4.1 */
        { "41 01 12 34 54 d1 fc 00", NULL, NULL },
        /* CoAP ping: RST. Source: RFC 7252, 4.3 */
        { "40 00 12 34", "70 00 12 34", NULL },
        /* A response that nobody waits for: RST to CON */
        { "41 45 12 34 99", "70 00 12 34", NULL },
};

static void match(const char *got, const char *wanted)
{
        ck_assert_msg(strlen(got) == strlen(wanted), "%s instead of %s", got, wanted);
        for (size_t i = 0; wanted[i] != '\0'; i++)
                ck_assert_msg(wanted[i] == '*' || wanted[i] == got[i], "%s instead of %s", got,
                                wanted);
}

START_TEST(answers)
{
        Fixture self;
        g_autofree char *answer = NULL;

        setup(&self);
        raw_send(self.client, exchanges[_i].request);
        answer = raw_receive(self.client, self.driver);
        if (exchanges[_i].answer != NULL)
                match(answer, exchanges[_i].answer);
        ck_assert_int_eq(self.server.requests, exchanges[_i].told == NULL ? 0 : 1);
        if (exchanges[_i].told != NULL)
                ck_assert(side_says(&self.server, exchanges[_i].told));
        teardown(&self);
}
END_TEST

START_TEST(a_non_answer_has_an_id_of_our_own)
{
        Fixture self;
        g_autofree char *first = NULL;
        g_autofree char *second = NULL;

        setup(&self);
        raw_send(self.client, "51 01 12 34 54 b1 61");
        first = raw_receive(self.client, self.driver);
        raw_send(self.client, "51 01 12 34 55 b1 61");
        second = raw_receive(self.client, self.driver);
        ck_assert_int_ne(strncmp(first + 6, second + 6, 5), 0);
        teardown(&self);
}
END_TEST

START_TEST(a_late_answer_is_an_empty_ack_then_a_message_of_its_own)
{
        Fixture self;
        g_autofree char *ack = NULL;
        g_autofree char *answer = NULL;

        setup(&self);
        self.server.manner = SIDE_IS_LATE;
        raw_send(self.client, "41 01 12 34 54 b1 61");
        ack = raw_receive(self.client, self.driver);
        match(ack, "60 00 12 34");
        side_answer_late(&self.server, LW_MESSAGE_CON, "late");
        answer = raw_receive(self.client, self.driver);
        match(answer, "41 45 ** ** 54 ff 6c 61 74 65");
        teardown(&self);
}
END_TEST

START_TEST(takes_datagrams_of_1400_bytes)
{
        Fixture self;
        g_autoptr(GString) request = g_string_new("41 03 12 34 54 b1 61 ff");
        g_autofree char *answer = NULL;

        setup(&self);
        self.server.manner = SIDE_ECHOES;
        for (size_t i = 8; i < LW_MESSAGE_MAX - 1; i++)
                g_string_append(request, " 78");
        raw_send(self.client, request->str);
        answer = raw_receive(self.client, self.driver);
        /* The whole of it fits into the answer as well: 4 + 1 + 1 + 1391 bytes. */
        ck_assert_uint_eq(self.server.requests, 1);
        ck_assert_uint_eq((strlen(answer) + 1) / 3, LW_MESSAGE_MAX - 3);
        teardown(&self);
}
END_TEST

START_TEST(an_rst_to_a_non_is_told_with_its_id)
{
        Fixture self;
        g_autofree char *answer = NULL;
        g_autofree char *told = NULL;
        uint16_t mid;

        setup(&self);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        ck_assert(side_request(&self.server, LW_MESSAGE_NON, "/b", NULL, &mid));
        raw_answer(self.client, self.driver, "70 00 MM MM");
        told = g_strdup_printf("reset %u\n", mid);
        ck_assert(run_until(&self.server, told));
        /* Repeated by the network: not told again. */
        g_string_truncate(self.server.log, 0);
        raw_send(self.client, "70 00 00 01");
        run_idle(self.driver);
        ck_assert_str_eq(self.server.log->str, "");
        teardown(&self);
}
END_TEST

START_TEST(an_rst_to_a_con_is_a_failure)
{
        Fixture self;
        g_autofree char *answer = NULL;

        setup(&self);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/b", NULL, NULL));
        raw_answer(self.client, self.driver, "70 00 MM MM");
        ck_assert(run_until(&self.server, "failed T reset"));
        ck_assert(!side_says(&self.server, "reset 1"));
        teardown(&self);
}
END_TEST

START_TEST(a_refused_peer_hears_503)
{
        Fixture self;
        int second;
        g_autofree char *first_answer = NULL;
        g_autofree char *second_answer = NULL;

        setup(&self);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        first_answer = raw_receive(self.client, self.driver);
        second = raw_socket(AF_INET, NULL);
        raw_connect(second, self.address);
        raw_send(second, "41 01 12 34 54 b1 61"); /* the side takes one peer only */
        second_answer = raw_receive(second, self.driver);
        match(second_answer, "61 a3 12 34 54");
        ck_assert_uint_eq(self.server.requests, 1);
        close(second);
        teardown(&self);
}
END_TEST

START_TEST(a_closed_peer_that_speaks_again_is_a_new_one)
{
        Fixture self;
        g_autofree char *first = NULL;
        g_autofree char *second = NULL;

        setup(&self);
        self.server.manner = SIDE_CLOSES;
        raw_send(self.client, "41 01 12 34 54 b1 61");
        first = raw_receive(self.client, self.driver);
        match(first, "60 00 12 34");
        ck_assert_ptr_null(self.server.transport);
        self.server.manner = SIDE_ANSWERS;
        raw_send(self.client, "41 01 12 35 54 b1 61");
        second = raw_receive(self.client, self.driver);
        match(second, "61 45 12 35 54 c0 ff 68 65 72 65");
        ck_assert_ptr_nonnull(self.server.transport);
        teardown(&self);
}
END_TEST

START_TEST(what_a_closed_peer_owed_is_not_repeated)
{
        Fixture self;
        g_autofree char *answer = NULL;
        g_autofree char *request = NULL;

        setup(&self);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/b", NULL, NULL));
        request = raw_receive(self.client, self.driver);
        self.server.transport->ops->close(self.server.transport);
        self.server.transport = NULL;
        g_string_truncate(self.server.log, 0);
        /* Answered by RST to a message that is forgotten: nobody is told. */
        raw_send(self.client, "70 00 12 34");
        run_idle(self.driver);
        ck_assert_str_eq(self.server.log->str, "");
        teardown(&self);
}
END_TEST

/* What no CoAP message looks like. Source: RFC 7252, 3 */
static const char *const garbage[] = {
        "00",
        "ff ff ff ff",
        "40",
        "4f 01 12 34",                /* token of 15 bytes */
        "81 01 12 34 54",             /* version 2 */
        "41 01 12 34 54 ff",          /* payload marker without payload */
        "41 01 12 34 54 f1 61",       /* option delta 15 */
        "41 01 12 34 54 bf 61",       /* option length 15 */
        "41 01 12 34 54 be ff ff 61", /* option longer than the message */
        "48 01 12 34 54",             /* token cut off */
        "61 01 12 34 54 b1 61",       /* a request that is an ACK */
        "71 45 12 34 54",             /* an RST that is not empty */
        "41 ff 12 34 54",             /* code 7.31 */
        "41 20 12 34 54",             /* code 1.00, reserved */
        "60 00 00 00",
        "70 00 00 00",
        "50 00 00 00",
};

START_TEST(survives_garbage)
{
        Fixture self;
        g_autofree char *answer = NULL;

        setup(&self);
        raw_send(self.client, garbage[_i]);
        run_idle(self.driver);
        /* Whatever was answered is read away. */
        while (recv(self.client, (char[16]){ 0 }, 16, MSG_DONTWAIT) >= 0)
                continue;
        raw_send(self.client, "41 01 77 77 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        match(answer, "61 45 77 77 54 c0 ff 68 65 72 65");
        teardown(&self);
}
END_TEST

START_TEST(survives_random_bytes)
{
        Fixture self;
        g_autofree char *answer = NULL;
        GRand *random = g_rand_new_with_seed(7252);

        setup(&self);
        for (unsigned i = 0; i < 3000; i++) {
                uint8_t bytes[64];
                size_t length = (size_t) g_rand_int_range(random, 1, sizeof(bytes));

                for (size_t j = 0; j < length; j++)
                        bytes[j] = (uint8_t) g_rand_int_range(random, 0, 256);
                bytes[0] = (uint8_t) (0x40 | (bytes[0] & 0x3f));
                ck_assert_int_ge(send(self.client, bytes, length, 0), 0);
                if (i % 16 == 0)
                        run_idle(self.driver);
                while (recv(self.client, bytes, sizeof(bytes), MSG_DONTWAIT) >= 0)
                        continue;
        }
        run_idle(self.driver);
        while (recv(self.client, (char[16]){ 0 }, 16, MSG_DONTWAIT) >= 0)
                continue;
        raw_send(self.client, "41 01 77 77 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        match(answer, "61 45 77 77 54 c0 ff 68 65 72 65");
        g_rand_free(random);
        teardown(&self);
}
END_TEST

START_TEST(listens_at_every_address_at_once)
{
        Fixture self;
        g_autofree char *answer = NULL;
        g_autofree char *remote = NULL;
        g_autofree char *target = NULL;
        int probe = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (probe < 0)
                return; /* a kernel without IPv6 */
        close(probe);
        setup_at(&self, "coap://[::]", AF_INET);
        /* It says "[::]:port"; an IPv4 client comes to 127.0.0.1 of that port. */
        target = g_strdup_printf("127.0.0.1%s", strrchr(self.address, ':'));
        raw_connect(self.client, target);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        match(answer, "61 45 12 34 54 c0 ff 68 65 72 65");
        remote = self.server.transport->ops->address(self.server.transport, LW_TRANSPORT_REMOTE);
        ck_assert(g_str_has_prefix(remote, "127.0.0.1:"));
        teardown(&self);
}
END_TEST

static const struct {
        const char *uri;
        LwStatus status;
        const char *message;
} refused[] = {
        { "coaps://127.0.0.1", LW_STATUS_BAD_REQUEST,
                        "'coaps://' needs the keys of those who come" },
        { "coap://localhost", LW_STATUS_BAD_REQUEST, "'localhost' is not an address to listen at" },
        { "coap://192.0.2.1:40000", LW_STATUS_UNAVAILABLE,
                        "cannot listen at 192.0.2.1:40000: Cannot assign requested address" },
};

START_TEST(says_why_it_cannot_listen)
{
        LwDriver *driver = lw_driver_new();
        g_auto(LwUri) uri = {};
        g_autoptr(GError) error = NULL;

        ck_assert(lw_uri_parse(refused[_i].uri, &uri, NULL));
        ck_assert_ptr_null(lw_listener_new(driver, &uri, NULL, side_accept, NULL, &error));
        ck_assert_int_eq(error->code, (int) refused[_i].status);
        ck_assert_msg(strstr(error->message, refused[_i].message) != NULL, "%s", error->message);
        lw_driver_free(driver);
}
END_TEST

START_TEST(does_not_take_a_port_from_somebody_else)
{
        Fixture self;
        g_auto(LwUri) uri = {};
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;

        setup(&self);
        text = g_strdup_printf("coap://%s", self.address);
        ck_assert(lw_uri_parse(text, &uri, NULL));
        ck_assert_ptr_null(lw_listener_new(self.driver, &uri, NULL, side_accept, NULL, &error));
        ck_assert_int_eq(error->code, LW_STATUS_UNAVAILABLE);
        ck_assert(strstr(error->message, "Address already in use") != NULL);
        teardown(&self);
}
END_TEST

START_TEST(free_closes_what_is_left)
{
        Fixture self;
        g_autofree char *answer = NULL;

        setup(&self);
        raw_send(self.client, "41 01 12 34 54 b1 61");
        answer = raw_receive(self.client, self.driver);
        ck_assert(side_request(&self.server, LW_MESSAGE_CON, "/b", NULL, NULL));
        lw_listener_free(self.listener);
        self.listener = NULL;
        self.server.transport = NULL;
        teardown(&self);
}
END_TEST

TCase *test_listener(void)
{
        TCase *tcase = tcase_create("listener");

        tcase_add_loop_test(tcase, answers, 0, G_N_ELEMENTS(exchanges));
        tcase_add_test(tcase, a_non_answer_has_an_id_of_our_own);
        tcase_add_test(tcase, a_late_answer_is_an_empty_ack_then_a_message_of_its_own);
        tcase_add_test(tcase, takes_datagrams_of_1400_bytes);
        tcase_add_test(tcase, an_rst_to_a_non_is_told_with_its_id);
        tcase_add_test(tcase, an_rst_to_a_con_is_a_failure);
        tcase_add_test(tcase, a_refused_peer_hears_503);
        tcase_add_test(tcase, a_closed_peer_that_speaks_again_is_a_new_one);
        tcase_add_test(tcase, what_a_closed_peer_owed_is_not_repeated);
        tcase_add_loop_test(tcase, survives_garbage, 0, G_N_ELEMENTS(garbage));
        tcase_add_test(tcase, survives_random_bytes);
        tcase_add_test(tcase, listens_at_every_address_at_once);
        tcase_add_loop_test(tcase, says_why_it_cannot_listen, 0, G_N_ELEMENTS(refused));
        tcase_add_test(tcase, does_not_take_a_port_from_somebody_else);
        tcase_add_test(tcase, free_closes_what_is_left);
        return tcase;
}
