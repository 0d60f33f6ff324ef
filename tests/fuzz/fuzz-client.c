/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: a registered client, all the way: a server's datagrams through the exchange, the
 * operations, the tree and its codecs to a provider, and back; with values that change, and time
 * that passes, in between.
 *
 * The input is a row of steps: one byte says which, two how long the rest of it is.
 */
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "base/bytes.h"
#include "client/client.h"
#include "lib/coap-wire.h"
#include "lib/fake-transport.h"
#include "tree/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 300

typedef enum Step {
        STEP_REQUEST,  /* a datagram of the server's */
        STEP_RESPONSE, /* a datagram that answers what we sent last */
        STEP_WAIT,     /* as many seconds as the step is long */
        STEP_CHANGE,   /* resource 1 has the length as its value */
        STEP_MANNER,   /* the provider: late, failing, or as before */
        STEP_CONTINUE, /* a late one goes on */
        STEP_RESET,    /* our last message is refused */
        STEPS,
} Step;

typedef struct Stage {
        Fixture fixture;
        LwFakeFactory *factory;
        LwClient *client;
        LwNow now;
} Stage;

static LwFake *fake(const Stage *stage)
{
        return lw_fake_factory_last(stage->factory);
}

static void run(Stage *stage)
{
        for (unsigned i = 0; i < 20 && lw_client_deadline(stage->client) <= stage->now.boot; i++)
                lw_client_run(stage->client, stage->now);
}

/* Everything is accepted, so that there is somebody to talk to again when it was lost. */
static void keep_registered(Stage *stage)
{
        const LwMessage *last;
        LwMessage response;

        run(stage);
        if (fake(stage) && !fake(stage)->is_closed && fake(stage)->is_started) {
                lw_fake_up(fake(stage), stage->now);
                run(stage);
        }
        last = fake(stage) && !fake(stage)->is_closed ? lw_fake_last(fake(stage)) : NULL;
        if (!last || !lw_message_is_request(last))
                return;
        lw_fake_answer(&response, last, 0x41, false);
        lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "rd");
        lw_fake_response(fake(stage), &response, stage->now);
        run(stage);
}

static void setup(Stage *stage)
{
        LwAccount *account = lw_account_new();

        memset(stage, 0, sizeof(*stage));
        stage->now = (LwNow){ .boot = LW_USEC_PER_SEC, .real_usec = 1700000000000000 };
        fixture_setup(&stage->fixture);
        stage->factory = lw_fake_factory_new();
        stage->client = lw_client_new(
                        "fuzz", stage->fixture.tree, &stage->factory->factory, NULL, NULL, 1);
        account->ssid = 101;
        account->uri = g_strdup("coap://127.0.0.1");
        g_assert_true(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        g_assert_nonnull(lw_client_add_server(stage->client, account, stage->now, NULL));
        lw_client_start(stage->client, stage->now);
        keep_registered(stage);
}

static void teardown(Stage *stage)
{
        if (stage->fixture.one.waiting)
                fixture_continue(&stage->fixture.one);
        lw_client_free(stage->client);
        lw_fake_factory_free(stage->factory);
        fixture_teardown(&stage->fixture);
}

static void take_datagram(Stage *stage, LwReader datagram, bool is_answer)
{
        const LwMessage *last = lw_fake_last(fake(stage));
        LwMessage message;

        if (fake(stage)->is_closed || !lw_coap_wire_decode(datagram.data, datagram.left, &message))
                return;
        if (is_answer && last) {
                message.token_length = last->token_length;
                memcpy(message.token, last->token, last->token_length);
                lw_fake_response(fake(stage), &message, stage->now);
        } else if (lw_message_is_request(&message)) {
                lw_fake_request(fake(stage), &message, stage->now);
        }
}

static void change(Stage *stage, size_t length)
{
        LwPath path = LW_PATH_RESOURCE(FIXTURE_OBJECT, 0, 1);

        lw_values_reset(stage->fixture.one.values);
        fixture_set(&stage->fixture.one, "/1000/0/1", lw_value_integer((int64_t) length));
        lw_tree_changed(stage->fixture.tree, &path);
}

/* A provider that is late keeps one call; a second one is answered before it. */
static void set_manner(FixtureProvider *provider, size_t length)
{
        provider->late = length % 3 == 1 && !provider->waiting;
        provider->status = length % 3 == 2 ? LW_STATUS_UNAVAILABLE : 0;
}

static void take_step(Stage *stage, Step step, LwReader rest, size_t length)
{
        FixtureProvider *provider = &stage->fixture.one;

        switch (step) {
        case STEP_REQUEST:
        case STEP_RESPONSE:
                if (provider->waiting)
                        provider->late = false;
                take_datagram(stage, rest, step == STEP_RESPONSE);
                break;
        case STEP_WAIT:
                stage->now.boot += length * LW_USEC_PER_SEC;
                break;
        case STEP_CHANGE:
                change(stage, length);
                break;
        case STEP_MANNER:
                set_manner(provider, length);
                break;
        case STEP_CONTINUE:
                if (provider->waiting)
                        fixture_continue(provider);
                break;
        case STEP_RESET:
                if (!fake(stage)->is_closed && lw_fake_last(fake(stage)))
                        lw_fake_reset(fake(stage), lw_fake_last(fake(stage))->mid, stage->now);
                break;
        case STEPS:
                break;
        }
        if (provider->waiting)
                provider->late = false;
        run(stage);
        if (fake(stage)->is_closed)
                keep_registered(stage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        LwReader reader = lw_reader(data, size);
        Stage stage;

        setup(&stage);
        for (unsigned i = 0; i < STEPS_MAX; i++) {
                uint64_t length;
                LwReader rest;
                uint8_t step;

                if (!lw_reader_u8(&reader, &step) || !lw_reader_uint(&reader, 2, &length))
                        break;
                rest.left = MIN(length, reader.left);
                if (!lw_reader_take(&reader, rest.left, &rest.data))
                        break;
                take_step(&stage, (Step) (step % STEPS), rest, (size_t) length);
        }
        teardown(&stage);
        return 0;
}
