/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorCalls: calls that wait for measurements. */
#include "providers/builtin/sensor-calls.h"

#include "model/status.h"

/* As long as a service may take that says nothing else. */
#define TIMEOUT_USEC (5 * LW_USEC_PER_SEC)

struct LwSensorCall {
        LwSensorCalls *calls;
        LwCall *call;
        LwPath *paths;
        size_t count;
        GPtrArray *sensors; /* that it waits for */
        LwUsec deadline;
        unsigned holds; /* one for each sensor, one until it is closed */
        GList link;     /* in LwSensorCalls.waiting */
};

struct LwSensorCalls {
        LwSensorCallReady ready;
        void *user;
        GQueue waiting;        /* of LwSensorCall, as they came, and so by deadline */
        GHashTable *by_sensor; /* LwSensor to GPtrArray of LwSensorCall */
};

static void unref_array(void *data)
{
        g_ptr_array_unref(data);
}

LwSensorCalls *lw_sensor_calls_new(LwSensorCallReady ready, void *user)
{
        LwSensorCalls *self = g_new0(LwSensorCalls, 1);

        self->ready = ready;
        self->user = user;
        g_queue_init(&self->waiting);
        self->by_sensor = g_hash_table_new_full(NULL, NULL, NULL, unref_array);
        return self;
}

LwSensorCall *lw_sensor_calls_open(
                LwSensorCalls *self, LwCall *call, const LwPath *paths, size_t count, LwNow now)
{
        LwSensorCall *waiting = g_new0(LwSensorCall, 1);

        *waiting = (LwSensorCall){ .calls = self,
                .call = call,
                .paths = g_memdup2(paths, count * sizeof(*paths)),
                .count = count,
                .sensors = g_ptr_array_new(),
                .deadline = lw_usec_add(now.boot, TIMEOUT_USEC),
                .holds = 1,
                .link.data = waiting };
        g_queue_push_tail_link(&self->waiting, &waiting->link);
        return waiting;
}

void lw_sensor_call_wait(LwSensorCall *self, const LwSensor *sensor)
{
        GPtrArray *calls = g_hash_table_lookup(self->calls->by_sensor, sensor);

        if (calls == NULL) {
                calls = g_ptr_array_new();
                g_hash_table_insert(self->calls->by_sensor, (void *) sensor, calls);
        }
        if (calls->len > 0 && calls->pdata[calls->len - 1] == self)
                return; /* it waits for it already */
        g_ptr_array_add(calls, self);
        g_ptr_array_add(self->sensors, (void *) sensor);
        self->holds++;
}

/* Nobody has it any more; its call is the caller's. */
static LwCall *take_off(LwSensorCall *self)
{
        LwCall *call = self->call;

        for (guint i = 0; i < self->sensors->len; i++) {
                GPtrArray *calls = g_hash_table_lookup(
                                self->calls->by_sensor, self->sensors->pdata[i]);

                if (calls != NULL)
                        g_ptr_array_remove(calls, self);
        }
        g_queue_unlink(&self->calls->waiting, &self->link);
        g_ptr_array_unref(self->sensors);
        g_free(self->paths);
        g_free(self);
        return call;
}

static void drop_hold(LwSensorCall *self)
{
        LwSensorCalls *calls = self->calls;
        g_autofree LwPath *paths = NULL;
        size_t count = self->count;

        if (--self->holds > 0)
                return;
        paths = g_steal_pointer(&self->paths);
        calls->ready(calls->user, take_off(self), paths, count);
}

void lw_sensor_call_close(LwSensorCall *self)
{
        drop_hold(self);
}

void lw_sensor_calls_measured(LwSensorCalls *self, const LwSensor *sensor)
{
        GPtrArray *calls = g_hash_table_lookup(self->by_sensor, sensor);

        if (calls == NULL)
                return;
        g_hash_table_steal(self->by_sensor, sensor);
        for (guint i = 0; i < calls->len; i++) {
                LwSensorCall *call = calls->pdata[i];

                g_ptr_array_remove_fast(call->sensors, (void *) sensor);
                drop_hold(call);
        }
        g_ptr_array_unref(calls);
}

LwUsec lw_sensor_calls_deadline(const LwSensorCalls *self)
{
        const GList *first = self->waiting.head;

        return first == NULL ? LW_USEC_NEVER : ((const LwSensorCall *) first->data)->deadline;
}

static void fail_first(LwSensorCalls *self, const char *why)
{
        lw_call_fail_status(take_off(g_queue_peek_head(&self->waiting)), LW_STATUS_UNAVAILABLE,
                        "%s", why);
}

void lw_sensor_calls_run(LwSensorCalls *self, LwNow now)
{
        while (lw_sensor_calls_deadline(self) <= now.boot)
                fail_first(self, "a sensor does not answer; try again later");
}

void lw_sensor_calls_free(LwSensorCalls *self)
{
        if (self == NULL)
                return;
        while (!g_queue_is_empty(&self->waiting))
                fail_first(self, "the agent ends");
        g_hash_table_unref(self->by_sensor);
        g_free(self);
}
