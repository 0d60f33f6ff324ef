/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwMailer: how notifications to one server go out, or wait until they can. */
#include "client/mailer.h"

#include <string.h>

#include "base/log.h"
#include "client/payload.h"
#include "exchange/exchange.h"
#include "exchange/operation.h"
#include "model/limits.h"
#include "model/status.h"

/* Stored values that share a message: so many, and so many bytes that it is one block. */
#define PACK_VALUES_MAX 64
#define PACK_BYTES_MAX 800

void lw_mailer_init(LwMailer *self, LwRegistry *registry, uint16_t server)
{
        *self = (LwMailer){ .registry = registry, .server = server };
        g_queue_init(&self->outbox.parcels);
}

void lw_mailer_clear(LwMailer *self)
{
        lw_outbox_clear(&self->outbox);
        g_clear_pointer(&self->connection, lw_connection_unref);
}

void lw_mailer_set_connection(LwMailer *self, LwConnection *connection)
{
        lw_connection_unref(self->connection);
        self->connection = connection ? lw_connection_ref(connection) : NULL;
}

LwExchange *lw_mailer_exchange(const LwMailer *self)
{
        return self->connection ? lw_connection_exchange(self->connection) : NULL;
}

bool lw_mailer_is_open(const LwMailer *self)
{
        return self->open && !self->stalled && lw_mailer_exchange(self);
}

/* One line for all that were dropped since the last, so that a flood does not fill the journal. */
static void say_dropped(LwMailer *self)
{
        if (self->outbox.dropped == 0)
                return;
        lw_log(G_LOG_LEVEL_WARNING,
                        "server %u: the oldest %" G_GUINT64_FORMAT
                        " of the stored notifications were dropped, as there is room for %d",
                        self->server, self->outbox.dropped, LW_NOTIFICATIONS_MAX);
        self->outbox.dropped = 0;
}

void lw_mailer_set_open(LwMailer *self, bool open, LwNow now)
{
        self->open = open;
        self->pausing = false;
        if (!open) {
                lw_outbox_return(&self->outbox);
                return;
        }
        self->stalled = false;
        say_dropped(self);
        lw_mailer_deliver(self, now);
}

/* The message of an observation; everything but payload and Observe's number is settled. */
static bool send_message(LwMailer *self, LwObservation *observation, LwStatus status,
                LwBlob *payload, bool confirmable, LwNow now)
{
        LwResponse response = {
                .status = status,
                .format = payload ? observation->format : LW_FORMAT_NONE,
                .payload = payload,
        };
        g_autoptr(GError) error = NULL;
        LwMessage message;

        if (!lw_mailer_exchange(self))
                return false;
        lw_operation_answer(&response, &message);
        message.token_length = observation->token_length;
        memcpy(message.token, observation->token, observation->token_length);
        if (lw_status_is_success(status))
                lw_message_add_uint(&message, LW_OPTION_OBSERVE, lw_observation_next(observation));
        if (confirmable)
                observation->confirmed = now.boot;
        if (lw_exchange_notify(lw_mailer_exchange(self), &message, payload, observation->key,
                            confirmable, now, &error))
                return true;
        lw_log(G_LOG_LEVEL_DEBUG, "server %u: notification not sent: %s", self->server,
                        error->message);
        return false;
}

/* --- what waits ------------------------------------------------------------------------------- */

static bool has_time(const LwObservation *observation)
{
        return lw_payload_has_time(observation->format);
}

/* The server is not there: what is under way, and what would have been next, waits with its time.
 */
static void stall(LwMailer *self)
{
        lw_outbox_return(&self->outbox);
        self->stalled = true;
}

/* Where the names of a pack begin: several values of one resource have to differ from their base.
 */
static LwPath base_of(const LwObservation *observation, unsigned count)
{
        const LwPath *path = lw_observation_path(observation);

        return count > 1 && path->length > 0 ? lw_path_prefix(path, path->length - 1u) : *path;
}

static LwBlob *open_parcels(
                LwMailer *self, LwParcel *const *parcels, unsigned count, GError **error)
{
        const LwObservation *observation = parcels[0]->observation;
        g_autoptr(LwValues) values = lw_values_new();
        LwPath base = base_of(observation, count);
        bool timed = has_time(observation);

        for (unsigned i = 0; i < count; i++)
                if (!lw_payload_unpack(parcels[i]->pack,
                                    timed && parcels[i]->stored ? parcels[i]->real_usec : 0,
                                    self->registry, values, error))
                        return NULL;
        return lw_payload_encode(observation->format, values, &base, self->registry, error);
}

/* Sends what is next; what cannot be made into a message is gone. False: nothing is. */
static bool send_next(LwMailer *self, LwNow now)
{
        LwParcel *parcels[PACK_VALUES_MAX];
        unsigned count = lw_outbox_launch(
                        &self->outbox, has_time, PACK_BYTES_MAX, parcels, PACK_VALUES_MAX);
        g_autoptr(LwBlob) payload = NULL;
        g_autoptr(GError) error = NULL;

        if (count == 0)
                return false;
        payload = open_parcels(self, parcels, count, &error);
        if (!payload) {
                lw_log(G_LOG_LEVEL_WARNING, "server %u: a stored notification is lost: %s",
                                self->server, error->message);
                lw_outbox_land(&self->outbox);
        } else if (!send_message(self, parcels[0]->observation, LW_STATUS_CONTENT, payload, true,
                                   now)) {
                stall(self);
        }
        return true;
}

void lw_mailer_deliver(LwMailer *self, LwNow now)
{
        bool more = true;

        while (more && lw_mailer_is_open(self) && !self->pausing && self->outbox.flying == 0)
                more = send_next(self, now);
}

LwObservation *lw_mailer_settled(LwMailer *self, bool *ret_stored, LwNow now)
{
        const LwParcel *newest = lw_outbox_flying(&self->outbox);
        LwObservation *whose = newest ? newest->observation : NULL;
        g_autoptr(LwValues) values = NULL;
        g_autoptr(GBytes) pack = NULL;

        if (!newest)
                return NULL;
        pack = g_bytes_ref(newest->pack);
        values = lw_values_new();
        *ret_stored = lw_outbox_land(&self->outbox);
        /* it was read before, to be sent */
        if (lw_payload_unpack(pack, 0, self->registry, values, NULL))
                lw_observation_arrived(whose, values, pack, now);
        return whose;
}

bool lw_mailer_undelivered(LwMailer *self, const LwObservation *observation)
{
        const LwParcel *flying = lw_outbox_flying(&self->outbox);

        if (!flying || flying->observation != observation)
                return false;
        stall(self);
        return true;
}

/* --- what is new ------------------------------------------------------------------------------ */

static bool keep(LwMailer *self, LwObservation *observation, const LwValues *values,
                const LwPostage *postage, bool stored, LwNow now)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) pack = lw_payload_pack(values, self->registry, &error);

        if (!pack) {
                lw_log(G_LOG_LEVEL_WARNING, "server %u: a notification cannot be kept: %s",
                                self->server, error->message);
                return false;
        }
        if (stored || !lw_outbox_replace(&self->outbox, observation, pack, now.real_usec))
                lw_outbox_add(&self->outbox, observation, pack, now.real_usec, stored,
                                postage->history);
        return true;
}

/* Straight to the socket. */
static bool send_now(LwMailer *self, LwObservation *observation, const LwValues *values, LwNow now)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(LwBlob) payload = lw_payload_encode(observation->format, values,
                        lw_observation_path(observation), self->registry, &error);

        if (!payload) {
                lw_log(G_LOG_LEVEL_DEBUG, "server %u: notification not sent: %s", self->server,
                                error->message);
                return false;
        }
        if (!send_message(self, observation, LW_STATUS_CONTENT, payload, false, now))
                return false;
        lw_observation_tell(observation, values, payload, now);
        return true;
}

/* What rests has no token that the server knows. */
static bool may_send(const LwMailer *self, const LwObservation *observation)
{
        return lw_mailer_is_open(self) && !observation->resting;
}

bool lw_mailer_notify(LwMailer *self, LwObservation *observation, const LwValues *values,
                const LwPostage *postage, LwNow now)
{
        bool direct = !postage->confirmable && observation->waiting == 0;

        if (!may_send(self, observation) && (!postage->storing || postage->history == 0))
                return false;
        observation->sent_real_usec = now.real_usec;
        if (may_send(self, observation) && direct) {
                if (send_now(self, observation, values, now))
                        return true;
                stall(self);
        }
        lw_observation_take(observation, values);
        if (!keep(self, observation, values, postage, !may_send(self, observation), now))
                return false;
        lw_mailer_deliver(self, now);
        return true;
}

bool lw_mailer_end(LwMailer *self, LwObservation *observation, LwStatus status, LwNow now)
{
        return may_send(self, observation) && observation->waiting == 0 &&
               send_message(self, observation, status, NULL, true, now);
}
