/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages by OSCORE over loopback, where this build has it; else how it says that it has not. */
#include <string.h>

#include <check.h>
#include <glib.h>

#include "coap/oscore.h"
#include "coap/side.h"
#include "lib/files.h"

TCase *test_oscore(void);

typedef struct Fixture {
        LwDriver *driver;
        LwWorker *worker;
        LwTestFiles files;
        LwState *state;
        LwOscoreNumbers *numbers;
        LwTransportFactory *factory;
        Side client;
        Side server; /* the listener's user */
        LwListener *listener;
        LwPeer peer;
} Fixture;

static void setup(Fixture *self)
{
        g_auto(LwUri) uri = {};
        g_autofree char *address = NULL, *text = NULL;

        *self = (Fixture){ .driver = lw_driver_new() };
        self->worker = lw_worker_new(self->driver);
        lw_test_files_make(&self->files);
        self->state = lw_state_new(self->files.path, self->worker, NULL);
        self->numbers = lw_oscore_numbers_new(self->state);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        lw_client_transport_factory_use_numbers(self->factory, self->numbers);
        side_init(&self->client, self->driver);
        side_init(&self->server, self->driver);
        ck_assert(lw_uri_parse("coap://127.0.0.1", &uri, NULL));
        uri.port = 0;
        self->listener =
                        lw_listener_new(self->driver, &uri, NULL, side_accept, &self->server, NULL);
        address = lw_listener_address(self->listener);
        text = g_strdup_printf("coap://%s", address);
        self->peer.security = LW_SECURITY_NOSEC;
        ck_assert(lw_uri_parse(text, &self->peer.uri, NULL));
        self->peer.oscore = (LwOscore){ .secret = { 16, "0123456789abcdef" },
                .sender = { 1, { 1 } },
                .recipient = { 1, { 2 } } };
}

static void teardown(Fixture *self)
{
        side_clear(&self->client);
        side_clear(&self->server);
        lw_client_transport_factory_free(self->factory);
        lw_listener_free(self->listener);
        lw_peer_clear(&self->peer);
        lw_worker_drain(self->worker, 10 * LW_USEC_PER_SEC);
        lw_oscore_numbers_free(self->numbers);
        lw_state_free(self->state);
        lw_test_files_remove(&self->files);
        lw_worker_free(self->worker);
        lw_driver_free(self->driver);
}

START_TEST(a_build_without_it_says_so)
{
        Fixture self;
        g_autoptr(GError) error = NULL;

        if (lw_oscore_is_built_in())
                return;
        setup(&self);
        ck_assert_ptr_null(self.factory->open(self.factory, &self.peer, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "OSCORE needs libcoap 4.3.2 or newer"));
        ck_assert(!lw_listener_add_oscore(self.listener, &self.peer.oscore));
        teardown(&self);
}
END_TEST

/* It asks for an echo first: nothing is known of what came before its start. */
START_TEST(a_protected_request_arrives)
{
        Fixture self;
        LwOscore theirs;

        if (!lw_oscore_is_built_in())
                return;
        setup(&self);
        theirs = lw_oscore_reversed(&self.peer.oscore);
        ck_assert(lw_listener_add_oscore(self.listener, &theirs));
        side_connect_peer(&self.client, self.factory, &self.peer);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        ck_assert_msg(run_until(&self.client, " 401"), "%s", self.client.log->str);
        ck_assert(!side_says(&self.server, "request"));
        teardown(&self);
}
END_TEST

START_TEST(a_server_with_another_secret_hears_nothing)
{
        Fixture self;
        LwOscore theirs;

        if (!lw_oscore_is_built_in())
                return;
        setup(&self);
        theirs = lw_oscore_reversed(&self.peer.oscore);
        theirs.secret.data[0]++;
        ck_assert(lw_listener_add_oscore(self.listener, &theirs));
        side_connect_peer(&self.client, self.factory, &self.peer);
        ck_assert(run_until(&self.client, "up\n"));
        ck_assert(side_request(&self.client, LW_MESSAGE_CON, "/rd", NULL, NULL));
        run_until(&self.client, "response");
        ck_assert(!side_says(&self.server, "request"));
        ck_assert(!side_says(&self.client, "205"));
        teardown(&self);
}
END_TEST

TCase *test_oscore(void)
{
        TCase *tcase = tcase_create("oscore");

        tcase_add_test(tcase, a_build_without_it_says_so);
        tcase_add_test(tcase, a_protected_request_arrives);
        tcase_add_test(tcase, a_server_with_another_secret_hears_nothing);
        return tcase;
}
