/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObserver: all observations of one server. */
#include "client/observer.h"

#include <string.h>

#include "client/observation.h"
#include "exchange/operation.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/dispatch.h"

struct LwObserver {
        LwTree *tree;
        uint16_t server;
        LwConnection *connection;
        GPtrArray *observations; /* of LwObservation */
        bool due;                /* at least one is dirty */
        LwNow now;               /* of the run under way */
};

/* An Observe or Cancel whose providers are being asked. */
typedef struct Asking {
        LwObserver *observer; /* valid while the connection is open */
        LwConnection *connection;
        LwTicket ticket;
        LwObservation *observation; /* NULL: a Cancel */
} Asking;

/* A notification whose providers are being asked. */
typedef struct Notifying {
        LwObserver *observer; /* valid unless the observation was dropped */
        LwObservation *observation;
} Notifying;

/* Frees an observation, or leaves that to the read that is under way for it. */
static void drop(void *data)
{
        LwObservation *observation = data;

        if (observation->reading)
                observation->dropped = true;
        else
                lw_observation_free(observation);
}

LwObserver *lw_observer_new(LwTree *tree, uint16_t server)
{
        LwObserver *self = g_new0(LwObserver, 1);

        self->tree = tree;
        self->server = server;
        self->observations = g_ptr_array_new_with_free_func(drop);
        return self;
}

void lw_observer_free(LwObserver *self)
{
        if (!self)
                return;
        g_ptr_array_unref(self->observations);
        lw_connection_unref(self->connection);
        g_free(self);
}

void lw_observer_set_connection(LwObserver *self, LwConnection *connection)
{
        lw_connection_unref(self->connection);
        self->connection = connection ? lw_connection_ref(connection) : NULL;
}

void lw_observer_clear(LwObserver *self)
{
        g_ptr_array_set_size(self->observations, 0);
}

size_t lw_observer_count(const LwObserver *self)
{
        return self->observations->len;
}

void lw_observer_each(
                const LwObserver *self, void (*each)(void *data, const LwPath *path), void *data)
{
        for (unsigned i = 0; i < self->observations->len; i++)
                each(data, &((const LwObservation *) self->observations->pdata[i])->path);
}

size_t lw_observer_list(const LwObserver *self, size_t offset, size_t limit,
                void (*each)(void *data, const LwObservationView *view), void *data)
{
        size_t shown = 0;

        for (size_t i = offset; i < self->observations->len && shown < limit; i++, shown++) {
                const LwObservation *observation = self->observations->pdata[i];
                LwObservationView view = {
                        .path = observation->path,
                        .payload = observation->last,
                        .format = observation->format,
                        .sent_real_usec = observation->sent_real_usec,
                        .sequence = observation->sequence,
                };

                each(data, &view);
        }
        return shown;
}

static bool find(const LwObserver *self, const uint8_t *token, size_t length, unsigned *ret_index)
{
        for (unsigned i = 0; i < self->observations->len; i++)
                if (lw_observation_has_token(self->observations->pdata[i], token, length)) {
                        *ret_index = i;
                        return true;
                }
        return false;
}

void lw_observer_refused(LwObserver *self, const uint8_t *token, size_t token_length)
{
        unsigned index;

        if (find(self, token, token_length, &index))
                g_ptr_array_remove_index_fast(self->observations, index);
}

/* The same token again replaces what it stood for. Source: RFC 7641, 4.1. */
static void keep(LwObserver *self, LwObservation *observation)
{
        lw_observer_refused(self, observation->token, observation->token_length);
        g_ptr_array_add(self->observations, observation);
}

static void on_asked(void *user, LwResponse *response)
{
        g_autofree Asking *asking = user;
        g_autoptr(LwConnection) connection = asking->connection;
        g_autoptr(LwObservation) observation = asking->observation;
        uint32_t sequence = LW_NO_SEQUENCE;

        if (observation && lw_status_is_success(response->status)) {
                observation->format = response->format;
                if (response->payload)
                        lw_observation_take(observation, response->payload);
                sequence = lw_observation_next(observation);
        }
        lw_connection_answer(connection, asking->ticket, response, sequence);
        if (sequence != LW_NO_SEQUENCE && lw_connection_exchange(connection))
                keep(asking->observer, g_steal_pointer(&observation));
}

static bool may_observe(const LwObserver *self, const LwMessage *message, GError **error)
{
        if (message->token_length == 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "Observe needs a token of at least one byte");
                return false;
        }
        if (self->observations->len >= LW_OBSERVATIONS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNAVAILABLE,
                                "%u observations are held already; cancel some",
                                LW_OBSERVATIONS_MAX);
                return false;
        }
        return true;
}

void lw_observer_request(LwObserver *self, const LwMessage *message, const LwRequest *request,
                LwTicket ticket)
{
        g_autoptr(GError) error = NULL;
        Asking *asking;

        if (!self->connection)
                return;
        if (request->operation == LW_OPERATION_OBSERVE && !may_observe(self, message, &error)) {
                g_auto(LwResponse) response = lw_response_error(error);

                lw_connection_answer(self->connection, ticket, &response, LW_NO_SEQUENCE);
                return;
        }
        asking = g_new(Asking, 1);
        *asking = (Asking){
                .observer = self,
                .connection = lw_connection_ref(self->connection),
                .ticket = ticket,
        };
        if (request->operation == LW_OPERATION_OBSERVE)
                asking->observation = lw_observation_new(message, request);
        else
                lw_observer_refused(self, message->token, message->token_length);
        lw_dispatch(self->tree, request, on_asked, asking);
}

void lw_observer_changed(LwObserver *self, const LwPath *path)
{
        for (unsigned i = 0; i < self->observations->len; i++) {
                LwObservation *observation = self->observations->pdata[i];

                if (lw_path_contains(&observation->path, path) ||
                                lw_path_contains(path, &observation->path))
                        self->due = observation->dirty = true;
        }
}

void lw_observer_restructured(LwObserver *self, const LwPath *path, bool added G_GNUC_UNUSED)
{
        lw_observer_changed(self, path);
}

LwUsec lw_observer_deadline(const LwObserver *self)
{
        bool open = self->connection && lw_connection_exchange(self->connection);

        return self->due && open ? 0 : LW_USEC_NEVER;
}

static void send(LwObserver *self, LwObservation *observation, const LwResponse *response,
                bool final)
{
        LwExchange *exchange = self->connection ? lw_connection_exchange(self->connection) : NULL;
        bool confirmable = final || lw_observation_confirm(observation, self->now);
        g_autoptr(GError) error = NULL;
        LwMessage message;

        if (!exchange)
                return;
        lw_operation_answer(response, &message);
        message.token_length = observation->token_length;
        memcpy(message.token, observation->token, observation->token_length);
        if (!final)
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, lw_observation_next(observation));
        observation->sent_real_usec = self->now.real_usec;
        if (!lw_exchange_notify(exchange, &message, response->payload, observation->key,
                            confirmable, self->now, &error))
                g_debug("notification not sent: %s", error->message);
}

/*
 * What an observation saw when it was read anew: a value to send, an end (what was observed is
 * gone), or a failure of its provider, about which there is nothing to say: the next change asks
 * again.
 */
static void on_read(void *user, LwResponse *response)
{
        g_autofree Notifying *notifying = user;
        LwObservation *observation = notifying->observation;
        LwObserver *self = notifying->observer;

        observation->reading = false;
        if (observation->dropped) {
                lw_observation_free(observation);
                return;
        }
        self->due |= observation->dirty; /* it changed again while it was read */
        if (lw_status_is_success(response->status)) {
                if (response->payload && lw_observation_take(observation, response->payload))
                        send(self, observation, response, false);
        } else if (response->status == LW_STATUS_NOT_FOUND) {
                send(self, observation, response, true);
                g_ptr_array_remove_fast(self->observations, observation);
        }
}

static void read_again(LwObserver *self, LwObservation *observation)
{
        Notifying *notifying = g_new(Notifying, 1);
        LwRequest request = {
                .operation = LW_OPERATION_OBSERVE,
                .server = self->server,
                .version = observation->version,
                .path = observation->path,
                .format = LW_FORMAT_NONE,
                .accept = observation->format,
                .now = self->now,
        };

        *notifying = (Notifying){ .observer = self, .observation = observation };
        observation->dirty = false;
        observation->reading = true;
        lw_dispatch(self->tree, &request, on_read, notifying);
}

void lw_observer_run(LwObserver *self, LwNow now)
{
        if (!self->due || !self->connection)
                return;
        self->due = false;
        self->now = now;
        /* from the end, as an observation whose target is gone leaves the array */
        for (unsigned i = self->observations->len; i-- > 0;) {
                LwObservation *observation;

                if (i >= self->observations->len)
                        continue;
                observation = self->observations->pdata[i];
                if (!observation->dirty)
                        continue;
                if (!observation->reading)
                        read_again(self, observation);
        }
}
