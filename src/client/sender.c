/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSender: the Send operation at one server. */
#include "client/sender.h"

#include "base/log.h"
#include "client/payload.h"
#include "client/send-payload.h"
#include "client/send-reader.h"
#include "exchange/exchange.h"
#include "model/limits.h"
#include "model/status.h"

/* Several that share a message: so many, and so many bytes that it is one block. */
#define TOGETHER_MAX 64
#define TOGETHER_BYTES_MAX 800

/* How often one is sent without an answer. */
#define TRIES_MAX 3

struct LwSender {
        LwTree *tree;
        const LwAccount *account;
        LwSenderEvents events;
        void *user;
        LwConnection *connection;
        LwSendQueue queue;
        LwErrand errand; /* what is under way */
        LwSendReader *reader;
        GArray *results; /* of Told: what is over and not told yet */
        uint64_t last_id;
        uint64_t dropped;
        bool due;     /* there is something to do, whatever the network says */
        bool stalled; /* the server did not answer; until it does */
        bool pausing; /* until what was delivered last is safe from a crash */
        bool ended;   /* nothing goes out any more */
};

typedef struct Told {
        uint64_t id;
        LwSendResult result;
} Told;

static void on_read(void *user, uint64_t id, const LwValues *values, int64_t real_usec);

/* --- life ------------------------------------------------------------------------------------- */

LwSender *lw_sender_new(
                LwTree *tree, const LwAccount *account, const LwSenderEvents *events, void *user)
{
        LwSender *self = g_new0(LwSender, 1);

        self->tree = tree;
        self->account = account;
        self->events = *events;
        self->user = user;
        self->reader = lw_send_reader_new(tree, account->ssid, on_read, self);
        self->results = g_array_new(FALSE, FALSE, sizeof(Told));
        lw_send_queue_init(&self->queue);
        return self;
}

void lw_sender_free(LwSender *self)
{
        if (!self)
                return;
        lw_send_reader_free(self->reader);
        g_array_unref(self->results);
        lw_send_queue_clear(&self->queue);
        g_clear_pointer(&self->connection, lw_connection_unref);
        g_free(self);
}

static LwExchange *exchange_of(const LwSender *self)
{
        return self->connection ? lw_connection_exchange(self->connection) : NULL;
}

static void keep(LwSender *self)
{
        if (self->events.keep && self->events.keep(self->user, false))
                for (const GList *link = self->queue.items.head; link; link = link->next)
                        ((LwSendItem *) link->data)->kept = true;
}

static void take_back(LwSender *self)
{
        self->errand = 0;
        lw_send_queue_return(&self->queue);
        self->due = true;
}

void lw_sender_set_connection(LwSender *self, LwConnection *connection)
{
        take_back(self);
        g_clear_pointer(&self->connection, lw_connection_unref);
        self->connection = connection ? lw_connection_ref(connection) : NULL;
}

void lw_sender_reached(LwSender *self)
{
        self->stalled = self->pausing = false;
        self->due = true;
}

void lw_sender_kept(LwSender *self)
{
        self->pausing = false;
        self->due = true;
}

/* --- what is over ----------------------------------------------------------------------------- */

/* Told in the next run: whoever asked has its id by then. */
static void finish(LwSender *self, uint64_t id, LwSendOutcome outcome, LwStatus status)
{
        Told told = { id, { outcome, status } };

        g_array_append_val(self->results, told);
        self->due = true;
}

static void tell_results(LwSender *self)
{
        g_autoptr(GArray) results = g_steal_pointer(&self->results);

        self->results = g_array_new(FALSE, FALSE, sizeof(Told));
        for (guint i = 0; i < results->len; i++) {
                const Told *told = &g_array_index(results, Told, i);

                self->events.sent(self->user, told->id, &told->result);
        }
}

/* The first `count` of those that are flying are over. */
static void land(LwSender *self, unsigned count, LwSendOutcome outcome, LwStatus status)
{
        bool kept = false;

        for (unsigned i = 0; i < count; i++) {
                const LwSendItem *item = lw_send_queue_flying(&self->queue, i);

                kept |= item->kept;
                finish(self, item->id, item->empty ? LW_SEND_EMPTY : outcome, status);
        }
        lw_send_queue_land(&self->queue, count);
        if (kept && self->events.keep && self->events.keep(self->user, true))
                self->pausing = true;
}

static void drop_next(LwSender *self, LwSendOutcome outcome)
{
        const LwSendItem *item = lw_send_queue_next(&self->queue);
        bool kept = item->kept;

        finish(self, item->id, outcome, LW_STATUS_FAILED);
        lw_send_queue_drop_next(&self->queue);
        if (kept)
                keep(self);
}

static void make_room(LwSender *self)
{
        while (lw_send_queue_excess(&self->queue)) {
                self->dropped++;
                drop_next(self, LW_SEND_DROPPED);
        }
}

/* One line for all that were dropped since the last, so that a flood does not fill the journal. */
static void say_dropped(LwSender *self)
{
        if (self->dropped == 0)
                return;
        lw_log(G_LOG_LEVEL_WARNING,
                        "server %u: the oldest %" G_GUINT64_FORMAT
                        " of what waited to be sent were dropped, as there is room for %d",
                        self->account->ssid, self->dropped, LW_SENDS_MAX);
        self->dropped = 0;
}

void lw_sender_give_up(LwSender *self)
{
        self->ended = true;
        if (exchange_of(self))
                lw_exchange_drop(exchange_of(self), self->errand);
        take_back(self);
        while (lw_send_queue_next(&self->queue))
                drop_next(self, LW_SEND_DROPPED);
}

/* --- what comes in ---------------------------------------------------------------------------- */

void lw_sender_put(LwSender *self, uint64_t id, const LwValues *values, int64_t real_usec)
{
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) pack = NULL;
        LwSendItem *item;

        self->last_id = MAX(self->last_id, id);
        if (self->ended) {
                finish(self, id, LW_SEND_DROPPED, LW_STATUS_UNAVAILABLE);
                return;
        }
        if (lw_values_count(values) == 0) {
                finish(self, id, LW_SEND_EMPTY, LW_STATUS_NOT_FOUND);
                return;
        }
        if (lw_send_payload_size(values) > LW_SEND_MAX) {
                finish(self, id, LW_SEND_TOO_LARGE, LW_STATUS_TOO_LARGE);
                return;
        }
        pack = lw_payload_pack(values, lw_tree_registry(self->tree), &error);
        if (!pack) {
                lw_log(G_LOG_LEVEL_WARNING, "server %u: values cannot be sent: %s",
                                self->account->ssid, error->message);
                finish(self, id, LW_SEND_UNWRITABLE, LW_STATUS_FAILED);
                return;
        }
        item = lw_send_queue_add(&self->queue, id, pack);
        item->real_usec = real_usec;
        item->late = real_usec != 0;
        make_room(self);
        self->due = true;
}

static void on_read(void *user, uint64_t id, const LwValues *values, int64_t real_usec)
{
        lw_sender_put(user, id, values, real_usec);
}

bool lw_sender_is_busy(const LwSender *self)
{
        return lw_send_reader_count(self->reader) >= LW_SENDS_READING_MAX;
}

void lw_sender_ask(LwSender *self, uint64_t id, const LwPath *paths, size_t count,
                int64_t real_usec, LwNow now)
{
        self->last_id = MAX(self->last_id, id);
        lw_send_reader_ask(self->reader, id, paths, count, real_usec, now);
}

/* --- what goes out ---------------------------------------------------------------------------- */

/* No answer: the next registration or Update has it sent again, unless that was the last time. */
static void stall(LwSender *self, LwNow now)
{
        unsigned given_up = 0;

        /* the first of them have been tried most often */
        for (unsigned i = 0; i < self->queue.flying; i++)
                given_up += ++lw_send_queue_flying(&self->queue, i)->tries >= TRIES_MAX;
        land(self, given_up, LW_SEND_SILENT, LW_STATUS_TIMEOUT);
        take_back(self);
        keep(self);
        self->stalled = true;
        self->events.unanswered(self->user, now);
}

static void on_answer(void *user, const LwMessage *response, const GError *error, LwNow now)
{
        LwSender *self = user;

        self->errand = 0;
        if (response) {
                land(self, self->queue.flying, LW_SEND_ANSWERED,
                                lw_status_from_code(response->code));
        } else if (exchange_of(self) && lw_exchange_is_up(exchange_of(self))) {
                lw_log(G_LOG_LEVEL_DEBUG, "server %u: Send was not answered: %s",
                                self->account->ssid, error->message);
                stall(self, now);
        } else {
                take_back(self);
        }
}

static void post(LwSender *self, int32_t format, LwBlob *payload, LwNow now)
{
        const LwPeer *peer = &self->account->peer;
        g_autoptr(GError) error = NULL;
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_POST);
        for (char **segment = peer->uri.segments; segment && *segment; segment++)
                lw_message_add_text(&message, LW_OPTION_URI_PATH, *segment);
        lw_message_add_text(&message, LW_OPTION_URI_PATH, "dp");
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, (uint32_t) format);
        self->errand = lw_exchange_request(exchange_of(self), &message, payload,
                        lw_peer_answer_time(peer, lw_blob_size(payload)), LW_EXCHANGE_PLAIN,
                        on_answer, self, now, &error);
        if (self->errand)
                return;
        lw_log(G_LOG_LEVEL_DEBUG, "server %u: not sent: %s", self->account->ssid, error->message);
        stall(self, now);
}

/* Adds what the server may see of one at this moment. What was defined when it came, and is not
 * now, nobody can see. */
static void unpack(LwSender *self, LwSendItem *item, LwValues *ret_values)
{
        g_autoptr(LwValues) all = lw_values_new();
        g_autoptr(LwValues) seen = NULL;
        g_autoptr(GError) error = NULL;

        item->empty = true;
        if (!lw_payload_unpack(item->pack, item->late ? item->real_usec : 0,
                            lw_tree_registry(self->tree), all, &error)) {
                lw_log(G_LOG_LEVEL_DEBUG, "server %u: Send %" G_GUINT64_FORMAT " is lost: %s",
                                self->account->ssid, item->id, error->message);
                return;
        }
        seen = lw_send_payload_filter(all, self->tree, self->account->ssid);
        item->empty = lw_values_count(seen) == 0;
        lw_values_append(ret_values, seen);
}

static void send_next(LwSender *self, LwVersion version, LwNow now)
{
        bool together = lw_payload_has_time(self->account->send_format) || version < LW_VERSION_1_2;
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(LwBlob) payload = NULL;
        g_autoptr(GError) error = NULL;
        int32_t format;

        lw_send_queue_launch(&self->queue, together, TOGETHER_BYTES_MAX, TOGETHER_MAX);
        for (unsigned i = 0; i < self->queue.flying; i++)
                unpack(self, lw_send_queue_flying(&self->queue, i), values);
        if (lw_values_count(values) == 0) {
                land(self, self->queue.flying, LW_SEND_EMPTY, LW_STATUS_NOT_FOUND);
                return;
        }
        lw_values_sort(values);
        payload = lw_send_payload_encode(values, self->account->send_format, version,
                        lw_tree_registry(self->tree), &format, &error);
        if (payload) {
                post(self, format, payload, now);
                return;
        }
        lw_log(G_LOG_LEVEL_WARNING, "server %u: values cannot be sent: %s", self->account->ssid,
                        error->message);
        land(self, self->queue.flying, LW_SEND_UNWRITABLE, LW_STATUS_FAILED);
}

static bool may_deliver(const LwSender *self, LwVersion *ret_version)
{
        return self->queue.flying == 0 && self->queue.items.length > 0 && !self->pausing &&
               !self->stalled && exchange_of(self) && self->events.ready(self->user, ret_version);
}

static void deliver(LwSender *self, LwNow now)
{
        LwVersion version = LW_VERSION_1_0;

        while (may_deliver(self, &version)) {
                say_dropped(self);
                if (version >= LW_VERSION_1_1)
                        send_next(self, version, now);
                else
                        drop_next(self, LW_SEND_UNSUPPORTED);
        }
}

/* --- the loop --------------------------------------------------------------------------------- */

LwUsec lw_sender_deadline(const LwSender *self)
{
        LwVersion version;

        return self->due || may_deliver(self, &version) ? 0 : LW_USEC_NEVER;
}

/* Gives what has just come its time, and what is unwanted its end. */
static void sort_out(LwSender *self, LwNow now)
{
        for (const GList *link = self->queue.items.head; link; link = link->next) {
                LwSendItem *item = link->data;

                if (item->real_usec == 0)
                        item->real_usec = now.real_usec;
        }
        while (self->account->mute_send && lw_send_queue_next(&self->queue))
                drop_next(self, LW_SEND_MUTED);
}

/* What is still there tells its time when it goes; it is kept if that may be a while. */
static void store(LwSender *self)
{
        bool news = false;
        LwVersion version;

        for (const GList *link = self->queue.items.head; link; link = link->next) {
                LwSendItem *item = link->data;

                news |= !item->kept;
                item->late = true;
        }
        if (news && self->queue.flying == 0 && !may_deliver(self, &version))
                keep(self);
}

void lw_sender_run(LwSender *self, LwNow now)
{
        if (lw_sender_deadline(self) > now.boot)
                return;
        self->due = false;
        sort_out(self, now);
        deliver(self, now);
        store(self);
        tell_results(self);
}

/* --- over restarts ---------------------------------------------------------------------------- */

uint64_t lw_sender_last_id(const LwSender *self)
{
        return self->last_id;
}

size_t lw_sender_waiting(const LwSender *self)
{
        return self->queue.items.length;
}

void lw_sender_show(
                const LwSender *self, void (*each)(void *data, const LwSendItem *item), void *data)
{
        for (const GList *link = self->queue.items.head; link; link = link->next)
                each(data, link->data);
}

void lw_sender_restore(LwSender *self, uint64_t id, GBytes *pack, int64_t real_usec, unsigned tries)
{
        LwSendItem *item = lw_send_queue_add(&self->queue, id, pack);

        item->real_usec = real_usec;
        item->tries = tries;
        item->late = item->kept = true;
        make_room(self);
        self->last_id = MAX(self->last_id, id);
}

void lw_sender_clear(LwSender *self)
{
        if (exchange_of(self))
                lw_exchange_drop(exchange_of(self), self->errand);
        self->errand = 0;
        lw_send_queue_clear(&self->queue);
}
