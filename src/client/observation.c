/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwObservation: one observation. */
#include "client/observation.h"

#include <string.h>

#include "exchange/exchange.h"

#define CONFIRM_USEC (24 * 3600 * LW_USEC_PER_SEC)
#define SEQUENCE_MASK 0xffffffu
/* A longer payload is not kept to be shown: the bars of memory leave room for samples alone. */
#define LAST_BYTES_MAX 128

static void set_watches(LwObservation *self, const LwValues *paths)
{
        size_t count = lw_values_count(paths);

        self->watches = g_new0(LwWatch, count);
        for (size_t i = 0; i < count; i++) {
                const LwPath *path = &lw_values_at(paths, i)->path;

                if (self->watch_count > 0 &&
                                lw_path_equal(&self->watches[self->watch_count - 1].path, path))
                        continue;
                self->watches[self->watch_count++] = (LwWatch){ .owner = self, .path = *path };
        }
}

LwObservation *lw_observation_new(
                const LwMessage *message, const LwRequest *request, const LwValues *paths)
{
        LwObservation *self = g_new0(LwObservation, 1);

        self->composite = paths != NULL;
        self->only = (LwWatch){ .owner = self, .path = request->path };
        self->watches = &self->only;
        self->watch_count = paths ? 0 : 1;
        if (paths)
                set_watches(self, paths);
        memcpy(self->token, message->token, message->token_length);
        self->token_length = message->token_length;
        self->version = (uint8_t) request->version;
        self->format = request->accept;
        self->key = lw_exchange_key(message);
        self->confirmed = request->now.boot;
        self->progress.ripe = LW_USEC_NEVER;
        self->progress.sent = self->progress.evaluated = request->now.boot;
        self->sent_real_usec = self->got_real_usec = request->now.real_usec;
        return self;
}

static void late_free(LwResponse *late)
{
        lw_response_clear(late);
        g_free(late);
}

void lw_observation_free(LwObservation *self)
{
        if (!self)
                return;
        if (self->watches != &self->only)
                g_free(self->watches);
        if (self->samples != &self->one)
                g_free(self->samples);
        g_free(self->got);
        g_clear_pointer(&self->late, late_free);
        g_free(self->query);
        lw_blob_unref(self->last);
        g_free(self);
}

guint lw_observation_hash(const void *data)
{
        const LwObservation *self = data;
        uint64_t token;

        memcpy(&token, self->token, sizeof(token));
        token = (token ^ self->token_length) * UINT64_C(0x9e3779b97f4a7c15);
        return (guint) (token >> 32);
}

gboolean lw_observation_equal(const void *a, const void *b)
{
        const LwObservation *one = a, *other = b;

        return one->token_length == other->token_length &&
               memcmp(one->token, other->token, one->token_length) == 0;
}

const LwPath *lw_observation_path(const LwObservation *self)
{
        static const LwPath root = { .length = 0 };

        return self->composite ? &root : &self->only.path;
}

bool lw_observation_has_paths(const LwObservation *self, const LwValues *paths)
{
        const LwPath *last = NULL;
        unsigned index = 0;

        for (size_t i = 0; i < lw_values_count(paths); i++) {
                const LwPath *path = &lw_values_at(paths, i)->path;

                if (last && lw_path_equal(last, path))
                        continue;
                last = path;
                if (index >= self->watch_count ||
                                !lw_path_equal(&self->watches[index++].path, path))
                        return false;
        }
        return self->composite && index == self->watch_count;
}

bool lw_observation_is_like(const LwObservation *self, const LwObservation *other)
{
        if (self->composite != other->composite || self->watch_count != other->watch_count)
                return false;
        for (unsigned i = 0; i < self->watch_count; i++)
                if (!lw_path_equal(&self->watches[i].path, &other->watches[i].path))
                        return false;
        return true;
}

bool lw_observation_is_level(const LwObservation *self, const LwObservation *other)
{
        return self->sample_count == other->sample_count &&
               (self->sample_count == 0 ||
                               memcmp(self->samples, other->samples,
                                               self->sample_count * sizeof(*self->samples)) == 0);
}

LwRequest lw_observation_request(
                const LwObservation *self, uint16_t server, LwNow now, LwPath *paths)
{
        for (unsigned i = 0; self->composite && i < self->watch_count; i++)
                paths[i] = self->watches[i].path;
        return (LwRequest){
                .operation = self->composite ? LW_OPERATION_OBSERVE_COMPOSITE
                                             : LW_OPERATION_OBSERVE,
                .server = server,
                .version = (LwVersion) self->version,
                .path = *lw_observation_path(self),
                .format = LW_FORMAT_NONE,
                .accept = self->format,
                .paths = self->composite ? paths : NULL,
                .path_count = self->composite ? self->watch_count : 0,
                .unencoded = true,
                .now = now,
        };
}

static void fill(LwSample *samples, const LwValues *values)
{
        for (size_t i = 0; i < lw_values_count(values); i++)
                samples[i] = lw_sample_of(lw_values_at(values, i));
}

static void set_samples(LwObservation *self, const LwValues *values)
{
        size_t count = lw_values_count(values);

        if (count != self->sample_count) {
                if (self->samples != &self->one)
                        g_free(self->samples);
                self->samples = count > 1 ? g_new(LwSample, count) : &self->one;
                self->sample_count = (unsigned) count;
        }
        fill(self->samples, values);
}

/* Never NULL. */
static LwSample *new_samples(size_t count)
{
        return g_new(LwSample, MAX(count, 1));
}

static void forget_got(LwObservation *self)
{
        g_clear_pointer(&self->got, g_free);
        g_clear_pointer(&self->last, lw_blob_unref);
        self->packed = false;
}

void lw_observation_tell(LwObservation *self, const LwValues *values, LwBlob *payload, LwNow now)
{
        set_samples(self, values);
        forget_got(self);
        self->got_real_usec = now.real_usec;
        if (lw_blob_size(payload) <= LAST_BYTES_MAX)
                self->last = lw_blob_ref(payload);
}

void lw_observation_take(LwObservation *self, const LwValues *values)
{
        if (!self->got) {
                self->got_count = self->sample_count;
                self->got = new_samples(self->got_count);
                if (self->got_count > 0)
                        memcpy(self->got, self->samples, self->got_count * sizeof(*self->got));
        }
        set_samples(self, values);
}

void lw_observation_arrived(LwObservation *self, const LwValues *values, GBytes *pack, LwNow now)
{
        forget_got(self);
        self->got_real_usec = now.real_usec;
        if (g_bytes_get_size(pack) <= LAST_BYTES_MAX) {
                self->last = lw_blob_new(pack);
                self->packed = true;
        }
        if (self->waiting == 0)
                return;
        self->got_count = (unsigned) lw_values_count(values);
        self->got = new_samples(self->got_count);
        fill(self->got, values);
}

uint32_t lw_observation_next(LwObservation *self)
{
        return self->sequence = (self->sequence + 1) & SEQUENCE_MASK;
}

bool lw_observation_must_confirm(const LwObservation *self, LwNow now)
{
        return self->confirmed == LW_USEC_NEVER ||
               now.boot >= lw_usec_add(self->confirmed, CONFIRM_USEC);
}
