/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The operations of Device Management and Information Reporting on registered clients. */
#include "testserver/operations.h"

#include "base/log.h"
#include "exchange/exchange.h"
#include "model/limits.h"
#include "model/status.h"
#include "testserver/moments.h"

struct LwTestOperations {
        LwRegistry *registry;
        const LwTestOperationsEvents *events;
        void *user;
        GPtrArray *errands; /* LwTestErrand */
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

static void on_response(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwTestErrand *errand = user;
        uint32_t sequence;
        bool observed;

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
        if (observing != NULL)
                return send_cancel(errand, observing, &asked.message, &ask->way, now, error);
        return lw_test_errand_send(errand, &asked.message, asked.body, &ask->way,
                        lw_test_ask_observes(ask) ? LW_EXCHANGE_OBSERVE : LW_EXCHANGE_PLAIN,
                        on_response, now, error);
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
        return lw_test_errand_send(errand, raw->head, raw->payload, &raw->way,
                        has_block ? LW_EXCHANGE_SINGLE : LW_EXCHANGE_PLAIN, on_response, now,
                        error);
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

static bool is_path_listed(const LwObjectList *objects, const LwPath *path)
{
        LwPath wanted = lw_path_prefix(path, MIN(path->length, LW_LEVEL_INSTANCE));

        for (size_t i = 0; i < lw_object_list_count(objects); i++)
                if (lw_path_contains(&wanted, &lw_object_list_at(objects, i)->path))
                        return true;
        return false;
}

/* Whether what is observed, or a part of it, is still in the client's list. */
static bool is_listed(const LwObjectList *objects, const LwTestAsk *observed)
{
        if (observed->paths == NULL)
                return is_path_listed(objects, &observed->path);
        for (size_t i = 0; i < lw_values_count(observed->paths); i++)
                if (is_path_listed(objects, &lw_values_at(observed->paths, i)->path))
                        return true;
        return false;
}

void lw_test_operations_updated(LwTestOperations *self, const LwTestClient *client, bool moved)
{
        for (guint i = self->errands->len; i-- > 0;) {
                LwTestErrand *errand = g_ptr_array_index(self->errands, i);

                if (errand->client != client || !errand->observing)
                        continue;
                if (!is_listed(client->objects, &errand->kept)) {
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
        return self->moved ? 0 : LW_USEC_NEVER;
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

void lw_test_operations_run(LwTestOperations *self, LwNow now)
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
