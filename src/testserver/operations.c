/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations of Device Management and Information Reporting on registered clients. */
#include "testserver/operations.h"

#include "base/log.h"
#include "exchange/exchange.h"
#include "model/status.h"

/*
 * A request under way, or an observation: an Observe whose first answer has come.
 */
typedef struct Errand {
        LwTestOperations *operations;
        LwTestClient *client;
        LwTestPeer *peer; /* held: where it was sent */
        LwErrand id;
        LwOperation operation;
        LwPath path;
        int32_t accept;
        bool plain;      /* its answer is not read */
        bool observing;  /* its first answer has come */
        bool moved;      /* to be made anew */
        LwTestDone done; /* NULL once it was called */
        void *user;
} Errand;

struct LwTestOperations {
        LwRegistry *registry;
        const LwTestOperationsEvents *events;
        void *user;
        GPtrArray *errands; /* Errand */
        bool moved;         /* one of them is to be made anew */
};

LwTestOperations *lw_test_operations_new(
                LwRegistry *registry, const LwTestOperationsEvents *events, void *user)
{
        LwTestOperations *self = g_new0(LwTestOperations, 1);

        self->registry = registry;
        self->events = events;
        self->user = user;
        self->errands = g_ptr_array_new();
        return self;
}

/* Errands */

static Errand *errand_new(LwTestOperations *self, LwTestClient *client, LwTestDone done, void *user)
{
        Errand *errand = g_new0(Errand, 1);

        errand->operations = self;
        errand->client = client;
        errand->peer = client->peer;
        errand->done = done;
        errand->user = user;
        lw_test_peer_hold(errand->peer);
        g_ptr_array_add(self->errands, errand);
        return errand;
}

static void errand_free(Errand *errand)
{
        g_ptr_array_remove_fast(errand->operations->errands, errand);
        if (errand->id != 0)
                lw_exchange_drop(errand->peer->exchange, errand->id);
        lw_test_peer_release(errand->peer);
        g_free(errand);
}

/* Its state is settled before the call, which may start another. */
static void errand_answer(Errand *errand, const LwTestAnswer *answer, const GError *error)
{
        LwTestDone done = errand->done;

        errand->done = NULL;
        if (done != NULL)
                done(errand->user, answer, error);
}

static void errand_fail(Errand *errand, const GError *error)
{
        LwTestDone done = errand->done;
        void *user = errand->user;

        errand_free(errand);
        if (done != NULL)
                done(user, NULL, error);
}

static void fail_gone(Errand *errand)
{
        g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_UNAVAILABLE,
                        "'%s' is not registered any more", errand->client->endpoint);

        errand_fail(errand, error);
}

void lw_test_operations_free(LwTestOperations *self)
{
        if (self == NULL)
                return;
        while (self->errands->len > 0)
                fail_gone(g_ptr_array_index(self->errands, 0));
        g_ptr_array_unref(self->errands);
        g_free(self);
}

static Errand *find_observation(
                const LwTestOperations *self, const LwTestClient *client, const LwPath *path)
{
        for (guint i = 0; i < self->errands->len; i++) {
                Errand *errand = g_ptr_array_index(self->errands, i);

                if (errand->observing && errand->client == client &&
                                lw_path_equal(&errand->path, path))
                        return errand;
        }
        return NULL;
}

/* Answers */

/* Answers `done` with the message; true if it could be read. */
static bool tell_answer(Errand *errand, const LwMessage *message)
{
        g_auto(LwTestAnswer) answer = lw_test_answer(message);
        g_autoptr(GError) error = NULL;

        if (!errand->plain && !lw_test_answer_read(&answer, &errand->path,
                                              errand->operations->registry, &error)) {
                errand_answer(errand, NULL, error);
                return false;
        }
        errand_answer(errand, &answer, NULL);
        return true;
}

static void end_observation(Errand *errand, LwStatus status)
{
        LwTestOperations *self = errand->operations;
        LwTestClient *client = errand->client;
        LwPath path = errand->path;

        errand_free(errand);
        self->events->ended(self->user, client, &path, status);
}

static void on_notification(Errand *errand, const LwMessage *message, uint32_t sequence)
{
        LwTestOperations *self = errand->operations;
        g_auto(LwTestAnswer) answer = lw_test_answer(message);
        g_autoptr(GError) error = NULL;

        if (!lw_test_answer_read(&answer, &errand->path, self->registry, &error))
                lw_log(G_LOG_LEVEL_WARNING, "'%s' sent a notification, ignoring: %s",
                                errand->client->endpoint, error->message);
        else if (answer.values != NULL)
                self->events->notified(
                                self->user, errand->client, &errand->path, answer.values, sequence);
}

/* The first answer to an Observe. With the option it is an observation, the path's only one. */
static void on_observed(Errand *errand, const LwMessage *message, bool observed)
{
        Errand *old = find_observation(errand->operations, errand->client, &errand->path);

        if (!observed) {
                tell_answer(errand, message);
                errand_free(errand);
                return;
        }
        if (old != NULL)
                errand_free(old);
        errand->observing = true;
        if (!tell_answer(errand, message))
                errand_free(errand);
}

static void on_response(
                void *user, const LwMessage *response, const GError *error, LwNow now G_GNUC_UNUSED)
{
        Errand *errand = user;
        uint32_t sequence;
        bool observed;

        if (response == NULL) {
                if (errand->observing) {
                        end_observation(errand, lw_status_of_error(error));
                        return;
                }
                errand->id = 0; /* it is over there */
                errand_fail(errand, error);
                return;
        }
        observed = lw_status_is_success(lw_status_from_code(response->code)) &&
                   lw_message_find_uint(response, LW_OPTION_OBSERVE, &sequence);
        if (errand->operation != LW_OPERATION_OBSERVE || errand->plain) {
                errand->id = 0;
                tell_answer(errand, response);
                errand_free(errand);
        } else if (!errand->observing) {
                on_observed(errand, response, observed);
        } else if (observed) {
                on_notification(errand, response, sequence);
        } else {
                end_observation(errand, lw_status_from_code(response->code));
        }
}

/* Requests */

static bool send_errand(Errand *errand, const LwMessage *head, LwBlob *body, LwUsec timeout_usec,
                LwExchangeFlags flags, LwNow now, GError **error)
{
        errand->id = lw_exchange_request(errand->peer->exchange, head, body, timeout_usec, flags,
                        on_response, errand, now, error);
        if (errand->id == 0) {
                errand_free(errand);
                return false;
        }
        return true;
}

/* Under the token of the observation, which ends with this. */
static bool send_cancel(Errand *errand, const LwMessage *head, LwUsec timeout_usec, LwNow now,
                GError **error)
{
        Errand *observing = find_observation(errand->operations, errand->client, &errand->path);

        errand->id = lw_exchange_cancel(errand->peer->exchange, observing ? observing->id : 0, head,
                        timeout_usec, on_response, errand, now, error);
        if (observing != NULL)
                errand_free(observing);
        if (errand->id != 0)
                return true;
        errand_free(errand);
        return false;
}

static LwExchangeFlags flags_of(const LwTestAsk *ask)
{
        return (ask->non ? LW_EXCHANGE_NON : LW_EXCHANGE_PLAIN) |
               (ask->operation == LW_OPERATION_OBSERVE ? LW_EXCHANGE_OBSERVE : LW_EXCHANGE_PLAIN);
}

bool lw_test_operations_start(LwTestOperations *self, LwTestClient *client, const LwTestAsk *ask,
                LwTestDone done, void *user, LwNow now, GError **error)
{
        g_auto(LwTestAsked) asked = {};
        Errand *errand;

        if (!lw_test_ask_compose(ask, client, self->registry, &asked, error))
                return false;
        errand = errand_new(self, client, done, user);
        errand->operation = ask->operation;
        errand->path = ask->path;
        errand->accept = ask->accept;
        if (ask->operation == LW_OPERATION_CANCEL)
                return send_cancel(errand, &asked.message, ask->timeout_usec, now, error);
        return send_errand(errand, &asked.message, asked.body, ask->timeout_usec, flags_of(ask),
                        now, error);
}

bool lw_test_operations_send(LwTestOperations *self, LwTestClient *client, const LwMessage *head,
                GBytes *payload, bool non, LwUsec timeout_usec, LwTestDone done, void *user,
                LwNow now, GError **error)
{
        g_autoptr(LwBlob) body = payload != NULL ? lw_blob_new(payload) : NULL;
        Errand *errand = errand_new(self, client, done, user);

        errand->plain = true;
        return send_errand(errand, head, body, timeout_usec,
                        non ? LW_EXCHANGE_NON : LW_EXCHANGE_PLAIN, now, error);
}

/* Clients that go, change and move */

void lw_test_operations_gone(LwTestOperations *self, const LwTestClient *client)
{
        guint i = 0;

        /* failing one may start or end others, so we begin again behind each */
        while (i < self->errands->len) {
                Errand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client != client) {
                        i++;
                        continue;
                }
                fail_gone(errand);
                i = 0;
        }
}

/* Whether what `path` observes is still in the client's list. */
static bool is_listed(const LwObjectList *objects, const LwPath *path)
{
        LwPath wanted = lw_path_prefix(path, MIN(path->length, LW_LEVEL_INSTANCE));

        for (size_t i = 0; i < lw_object_list_count(objects); i++)
                if (lw_path_contains(&wanted, &lw_object_list_at(objects, i)->path))
                        return true;
        return false;
}

void lw_test_operations_updated(LwTestOperations *self, const LwTestClient *client, bool moved)
{
        for (guint i = self->errands->len; i-- > 0;) {
                Errand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client != client || !errand->observing)
                        continue;
                if (!is_listed(client->objects, &errand->path)) {
                        end_observation(errand, LW_STATUS_NOT_FOUND);
                        continue;
                }
                errand->moved |= moved;
                self->moved |= moved;
        }
}

void lw_test_operations_observed(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const LwPath *path), void *user)
{
        for (guint i = 0; i < self->errands->len; i++) {
                const Errand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client == client && errand->observing)
                        each(user, &errand->path);
        }
}

LwUsec lw_test_operations_deadline(const LwTestOperations *self)
{
        return self->moved ? 0 : LW_USEC_NEVER;
}

/* An observation belongs to an address, so the new one needs its own. Source: RFC 7641, 4.1. */
static void observe_anew(LwTestOperations *self, Errand *old, LwNow now)
{
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = {
                .operation = LW_OPERATION_OBSERVE,
                .path = old->path,
                .format = LW_FORMAT_NONE,
                .accept = old->accept,
                .timeout_usec = LW_TEST_TIMEOUT_USEC,
        };
        LwTestClient *client = old->client;

        errand_free(old);
        if (!lw_test_operations_start(self, client, &ask, NULL, NULL, now, &error))
                self->events->ended(self->user, client, &ask.path, lw_status_of_error(error));
}

void lw_test_operations_run(LwTestOperations *self, LwNow now)
{
        if (!self->moved)
                return;
        self->moved = false;
        for (guint i = self->errands->len; i-- > 0;) {
                Errand *errand = g_ptr_array_index(self->errands, i);

                if (errand->moved)
                        observe_anew(self, errand, now);
        }
}
