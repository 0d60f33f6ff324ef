/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations of Device Management and Information Reporting on registered clients. */
#include "testserver/operations.h"

#include "base/log.h"
#include "exchange/exchange.h"
#include "model/limits.h"
#include "model/status.h"
#include "testserver/moments.h"
#include "testserver/waking.h"

struct LwTestOperations {
        LwRegistry *registry;
        const LwTestOperationsEvents *events;
        void *user;
        GPtrArray *errands; /* LwTestErrand */
        bool moved;         /* one of them is to be made anew */
        bool stirred;       /* one that is held may have its turn */
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

void lw_test_operations_free(LwTestOperations *self)
{
        if (self == NULL)
                return;
        while (self->errands->len > 0)
                lw_test_errand_gone(g_ptr_array_index(self->errands, 0));
        g_ptr_array_unref(self->errands);
        g_free(self);
}

static LwTestErrand *find_observation(
                const LwTestOperations *self, const LwTestClient *client, const char *subject)
{
        for (guint i = 0; i < self->errands->len; i++) {
                LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->observing && errand->client == client &&
                                g_str_equal(errand->subject, subject))
                        return errand;
        }
        return NULL;
}

/* Answers */

/* Answers `done` with the message; true if it could be read. */
static bool tell_answer(LwTestErrand *errand, const LwMessage *message)
{
        LwTestOperations *self = errand->owner;
        g_auto(LwTestAnswer) answer = lw_test_answer(message);
        g_autoptr(GError) error = NULL;

        if (!errand->plain && errand->save == NULL &&
                        !lw_test_answer_read(&answer, &errand->kept.path, self->registry, &error)) {
                lw_test_errand_answer(errand, NULL, error);
                return false;
        }
        lw_test_errand_answer(errand, &answer, NULL);
        return true;
}

static void end_observation(LwTestErrand *errand, LwStatus status)
{
        LwTestOperations *self = errand->owner;
        LwTestClient *client = errand->client;
        g_autofree char *subject = g_strdup(errand->subject);

        lw_test_errand_free(errand);
        self->events->ended(self->user, client, subject, status);
}

/* One notification that is being told. */
typedef struct Telling {
        const LwTestErrand *errand;
        uint32_t sequence;
        LwNow now;
} Telling;

static void tell_moment(void *user, LwValues *values, int64_t real_usec)
{
        const Telling *telling = user;
        const LwTestErrand *errand = telling->errand;
        const LwTestOperations *self = errand->owner;

        self->events->notified(self->user, errand->client, errand->subject, &errand->kept.path,
                        values, telling->sequence,
                        real_usec != 0 ? real_usec : telling->now.real_usec);
}

static void on_notification(
                LwTestErrand *errand, const LwMessage *message, uint32_t sequence, LwNow now)
{
        LwTestOperations *self = errand->owner;
        g_auto(LwTestAnswer) answer = lw_test_answer(message);
        Telling telling = { errand, sequence, now };
        g_autoptr(GError) error = NULL;

        if (!lw_test_answer_read(&answer, &errand->kept.path, self->registry, &error))
                lw_log(G_LOG_LEVEL_WARNING, "'%s' sent a notification, ignoring: %s",
                                errand->client->endpoint, error->message);
        else if (answer.values != NULL)
                lw_test_moments_each(answer.values, tell_moment, &telling);
}

/* The first answer to an Observe. With the option it is an observation, the only one of this. */
static void on_observed(LwTestErrand *errand, const LwMessage *message, bool observed)
{
        LwTestErrand *old = find_observation(errand->owner, errand->client, errand->subject);

        if (!observed) {
                tell_answer(errand, message);
                lw_test_errand_free(errand);
                return;
        }
        if (old != NULL)
                lw_test_errand_free(old);
        errand->observing = true;
        if (!tell_answer(errand, message))
                lw_test_errand_free(errand);
}

/* The answer to a block that was sent alone: the next one, if the client wants more. */
static void on_block(LwTestErrand *errand, const LwMessage *response, LwNow now)
{
        g_autoptr(GError) error = NULL;

        errand->id = 0;
        if (lw_status_from_code(response->code) != LW_STATUS_CONTINUE ||
                        !lw_test_blocks_has_next(errand->blocks)) {
                tell_answer(errand, response);
                lw_test_errand_free(errand);
        } else if (!lw_test_errand_send_block(errand, now, &error)) {
                lw_test_errand_fail(errand, error);
        }
}

static void on_failure(LwTestErrand *errand, const GError *error)
{
        if (errand->observing) {
                end_observation(errand, lw_status_of_error(error));
                return;
        }
        errand->id = 0; /* it is over there */
        lw_test_errand_fail(errand, error);
}

/* Whether its client listens. Either way another request may have its turn. */
static void note_life(
                LwTestErrand *errand, const LwMessage *response, const GError *error, LwNow now)
{
        LwTestOperations *self = errand->owner;

        self->stirred = true;
        if (response != NULL)
                lw_test_client_heard(errand->client, now);
        else if (lw_status_of_error(error) == LW_STATUS_TIMEOUT)
                lw_test_client_silent(errand->client);
}

static void on_response(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwTestErrand *errand = user;
        uint32_t sequence;
        bool observed;

        note_life(errand, response, error, now);
        if (response == NULL) {
                on_failure(errand, error);
                return;
        }
        if (errand->blocks != NULL) {
                on_block(errand, response, now);
                return;
        }
        observed = lw_status_is_success(lw_status_from_code(response->code)) &&
                   lw_message_find_uint(response, LW_OPTION_OBSERVE, &sequence);
        if (errand->plain || !lw_test_ask_observes(&errand->kept)) {
                errand->id = 0;
                tell_answer(errand, response);
                lw_test_errand_free(errand);
        } else if (!errand->observing) {
                on_observed(errand, response, observed);
        } else if (observed) {
                on_notification(errand, response, sequence, now);
        } else {
                end_observation(errand, lw_status_from_code(response->code));
        }
}

/* Requests */

/* Under the token of the observation, which ends with this. */
static bool send_cancel(LwTestErrand *errand, LwTestErrand *observing, const LwMessage *head,
                const LwTestWay *way, LwNow now, GError **error)
{
        errand->id = lw_exchange_cancel(errand->peer->exchange, observing->id, head,
                        way->timeout_usec, on_response, errand, now, error);
        lw_test_errand_free(observing);
        if (errand->id != 0)
                return true;
        lw_test_errand_free(errand);
        return false;
}

static bool cancels(const LwTestAsk *ask)
{
        return ask->operation == LW_OPERATION_CANCEL ||
               ask->operation == LW_OPERATION_CANCEL_COMPOSITE;
}

static bool send_out(LwTestErrand *errand, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwNow now, GError **error)
{
        const LwTestOperations *self = errand->owner;
        LwTestErrand *observing = cancels(&errand->kept) ? find_observation(self, errand->client,
                                                                           errand->subject)
                                                         : NULL;

        if (observing != NULL)
                return send_cancel(errand, observing, head, way, now, error);
        return lw_test_errand_send(errand, head, body, way, flags, on_response, now, error);
}

static bool hold_or_send(LwTestErrand *errand, const LwMessage *head, LwBlob *body,
                const LwTestWay *way, LwExchangeFlags flags, LwNow now, GError **error)
{
        const LwTestOperations *self = errand->owner;

        if (!lw_test_waking_holds(self->errands, errand, now))
                return send_out(errand, head, body, way, flags, now, error);
        if (lw_test_waking_count(self->errands, errand->client) >= LW_REQUESTS_HELD_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "'%s' sleeps, and %d requests wait for it already",
                                errand->client->endpoint, LW_REQUESTS_HELD_MAX);
                lw_test_errand_free(errand);
                return false;
        }
        lw_log(G_LOG_LEVEL_INFO, "'%s' sleeps or is busy: %s %s waits", errand->client->endpoint,
                        errand->name, errand->subject);
        lw_test_errand_hold(errand, head, body, way, flags, now);
        return true;
}

/* Source: RFC 7641, 3.6: a Cancel is the request of the Observe, but for the one option. */
static LwTestAsk complete(const LwTestAsk *ask, const LwTestErrand *observing)
{
        LwTestAsk whole = *ask;

        if (observing == NULL)
                return whole;
        if (whole.queries == NULL)
                whole.queries = observing->kept.queries;
        if (whole.accept == LW_FORMAT_NONE)
                whole.accept = observing->kept.accept;
        if (whole.format == LW_FORMAT_NONE)
                whole.format = observing->kept.format;
        return whole;
}

bool lw_test_operations_start(LwTestOperations *self, LwTestClient *client, const LwTestAsk *ask,
                LwTestDone done, void *user, LwNow now, GError **error)
{
        g_autofree char *subject = lw_test_ask_subject(ask);
        LwTestErrand *observing = cancels(ask) ? find_observation(self, client, subject) : NULL;
        LwTestAsk whole = complete(ask, observing);
        g_auto(LwTestAsked) asked = {};
        LwTestErrand *errand;

        if (!lw_test_ask_compose(&whole, client, self->registry, &asked, error))
                return false;
        errand = lw_test_errand_new(self->errands, client, lw_operation_name(ask->operation),
                        g_steal_pointer(&subject), done, user);
        errand->owner = self;
        errand->kept = lw_test_ask_keep(ask);
        return hold_or_send(errand, &asked.message, asked.body, &ask->way,
                        lw_test_ask_observes(ask) ? LW_EXCHANGE_OBSERVE : LW_EXCHANGE_PLAIN, now,
                        error);
}

bool lw_test_operations_send(LwTestOperations *self, LwTestClient *client, const LwTestRaw *raw,
                LwTestDone done, void *user, LwNow now, GError **error)
{
        bool has_block = lw_message_find(raw->head, LW_OPTION_BLOCK1) != NULL ||
                         lw_message_find(raw->head, LW_OPTION_BLOCK2) != NULL;
        LwTestErrand *errand;

        if (has_block && raw->payload != NULL && lw_blob_size(raw->payload) > LW_BLOCK_SIZE) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "one block has at most %d bytes", LW_BLOCK_SIZE);
                return false;
        }
        errand = lw_test_errand_new(self->errands, client, "Request", g_strdup("/"), done, user);
        errand->owner = self;
        errand->plain = true;
        return hold_or_send(errand, raw->head, raw->payload, &raw->way,
                        has_block ? LW_EXCHANGE_SINGLE : LW_EXCHANGE_PLAIN, now, error);
}

/* Clients that go, change and move */

void lw_test_operations_gone(LwTestOperations *self, const LwTestClient *client)
{
        guint i = 0;

        /* failing one may start or end others, so we begin again behind each */
        while (i < self->errands->len) {
                LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client != client) {
                        i++;
                        continue;
                }
                lw_test_errand_gone(errand);
                i = 0;
        }
}

void lw_test_operations_updated(LwTestOperations *self, const LwTestClient *client, bool moved)
{
        for (guint i = self->errands->len; i-- > 0;) {
                LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client != client || !errand->observing)
                        continue;
                if (!lw_test_ask_is_listed(&errand->kept, client->objects)) {
                        end_observation(errand, LW_STATUS_NOT_FOUND);
                        continue;
                }
                errand->moved |= moved;
                self->moved |= moved;
        }
}

/* What there is to be seen */

void lw_test_operations_observed(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const char *subject), void *user)
{
        for (guint i = 0; i < self->errands->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client == client && errand->observing)
                        each(user, errand->subject);
        }
}

void lw_test_operations_progress(const LwTestOperations *self, const LwTestClient *client,
                void (*each)(void *user, const LwTestProgress *progress), void *user)
{
        for (guint i = 0; i < self->errands->len; i++) {
                const LwTestErrand *errand = g_ptr_array_index(self->errands, i);
                LwTestProgress progress = {
                        .name = errand->name,
                        .subject = errand->subject,
                        .size = errand->size,
                };

                if (errand->client != client || errand->observing)
                        continue;
                lw_exchange_progress(errand->peer->exchange, errand->id, &progress.sent,
                                &progress.received);
                each(user, &progress);
        }
}

/* Time */

LwUsec lw_test_operations_deadline(const LwTestOperations *self)
{
        return self->moved || self->stirred ? 0 : lw_test_waking_deadline(self->errands);
}

/* An observation belongs to an address, so the new one needs its own. Source: RFC 7641, 4.1. */
static void observe_anew(LwTestOperations *self, LwTestErrand *old, LwNow now)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *subject = g_strdup(old->subject);
        g_auto(LwTestAsk) ask = old->kept;
        LwTestClient *client = old->client;

        old->kept = (LwTestAsk){};
        ask.way = (LwTestWay){ .timeout_usec = LW_TEST_TIMEOUT_USEC };
        lw_test_errand_free(old);
        if (!lw_test_operations_start(self, client, &ask, NULL, NULL, now, &error))
                self->events->ended(self->user, client, subject, lw_status_of_error(error));
}

/* Sends those whose turn it is. What cannot be sent is over, and so the next one has its turn. */
static void wake(LwTestOperations *self, LwNow now)
{
        LwTestErrand *errand;

        self->stirred = false;
        while ((errand = lw_test_waking_next(self->errands, now)) != NULL) {
                g_autoptr(LwTestHeld) held = lw_test_errand_unhold(errand, now);
                g_autoptr(GError) error = NULL;
                LwTestDone done = errand->done;
                void *user = errand->user;
                LwMessage head;

                lw_kept_message(held->head, &head);
                if (!send_out(errand, &head, held->body, &held->way, held->flags, now, &error) &&
                                done != NULL)
                        done(user, NULL, error);
        }
}

static void give_up(LwTestOperations *self, LwNow now)
{
        LwTestErrand *errand;

        while ((errand = lw_test_waking_overdue(self->errands, now)) != NULL) {
                g_autoptr(GError) error = g_error_new(LW_ERROR, LW_STATUS_TIMEOUT,
                                "'%s' sleeps, and nothing came from it in time: give the request "
                                "more of that, by timeout_usec and busctl's --timeout=",
                                errand->client->endpoint);

                lw_test_errand_fail(errand, error);
        }
}

void lw_test_operations_heard(LwTestOperations *self)
{
        self->stirred = true;
}

static void follow_moves(LwTestOperations *self, LwNow now)
{
        if (!self->moved)
                return;
        self->moved = false;
        for (guint i = self->errands->len; i-- > 0;) {
                LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->moved)
                        observe_anew(self, errand, now);
        }
}

void lw_test_operations_run(LwTestOperations *self, LwNow now)
{
        follow_moves(self, now);
        give_up(self, now);
        wake(self, now);
}
