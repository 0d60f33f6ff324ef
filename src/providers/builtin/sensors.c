/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensors: the kernel's sensors as IPSO objects, one instance each. */
#include "providers/builtin/sensors.h"

#include <errno.h>

#include "base/log.h"
#include "model/status.h"
#include "providers/builtin/sensors-parts.h"

/* How old a value may be that a server reads. */
#define AGE_USEC LW_USEC_PER_SEC

/* A bus may be disturbed once: as many failures in succession are an error of the host. */
#define LASTING 3

void *lw_sensors_pack(const LwPath *path)
{
        return GUINT_TO_POINTER((unsigned) path->ids[0] << 16 | path->ids[1]);
}

LwSensorEntry *lw_sensors_entry(const LwSensors *self, const LwPath *path)
{
        return g_hash_table_lookup(self->entries, lw_sensors_pack(path));
}

/* --- measuring -------------------------------------------------------------------------------- */

static void tell_change(void *user, const LwPath *path)
{
        const LwSensorEntry *entry = user;

        if (entry->watched > 0)
                lw_tree_changed(entry->owner->sources.tree, path);
}

/* Others are how a sensor says that it has nothing to say, or is gone. */
static bool is_fault(int error)
{
        return error != 0 && error != -ENODATA && error != -ENXIO && error != -ENOENT &&
               error != -ENODEV && error != -EAGAIN && error != -EBUSY;
}

void lw_sensors_count_fault(LwSensors *self, LwSensorEntry *entry, bool is_faulty)
{
        bool any = self->faulty > 0;

        if (entry->is_faulty == is_faulty)
                return;
        entry->is_faulty = is_faulty;
        self->faulty = is_faulty ? self->faulty + 1 : self->faulty - 1;
        if (any != (self->faulty > 0))
                self->sources.faulted(self->sources.user, self->faulty > 0);
}

static void note_health(LwSensors *self, LwSensorEntry *entry, const LwSample *sample)
{
        const LwChip *chip = entry->sensor.chip;
        const LwChannel *channel = entry->sensor.channel;
        bool failed = is_fault(sample->error);

        if (failed && entry->failures == 0)
                lw_log(G_LOG_LEVEL_INFO, "sensor %s/%s cannot be measured: %s", chip->name,
                                channel->name, g_strerror(-sample->error));
        entry->failures = failed ? MIN(entry->failures + 1, LASTING) : 0;
        if (sample->is_alarmed && !entry->is_faulty)
                lw_log(G_LOG_LEVEL_WARNING, "sensor %s/%s: its chip tells a fault or an alarm",
                                chip->name, channel->name);
        lw_sensors_count_fault(self, entry, sample->is_alarmed || entry->failures == LASTING);
}

static void on_sampled(void *user, const LwChip *chip G_GNUC_UNUSED, const LwChannel *channel,
                const LwSample *sample)
{
        LwSensors *self = user;
        LwSensorEntry *entry = g_hash_table_lookup(self->by_channel, channel);

        if (entry == NULL)
                return;
        lw_sensor_take(&entry->sensor, sample->error, sample->values, lw_driver_now(self->driver),
                        tell_change, entry);
        note_health(self, entry, sample);
        lw_sensor_calls_measured(self->calls, &entry->sensor);
}

static bool is_fresh(const LwSensor *sensor, LwNow now)
{
        return (sensor->is_measured || sensor->error != 0) && now.boot >= sensor->taken.boot &&
               now.boot - sensor->taken.boot < AGE_USEC;
}

void lw_sensors_want(LwSensors *self, const LwSensorEntry *entry)
{
        lw_sampler_want(self->sampler, entry->sensor.chip, entry->sensor.channel);
}

static void want_watched(LwSensors *self)
{
        GHashTableIter iter;
        void *entry;

        g_hash_table_iter_init(&iter, self->entries);
        while (g_hash_table_iter_next(&iter, NULL, &entry))
                if (((LwSensorEntry *) entry)->watched > 0)
                        lw_sensors_want(self, entry);
}

static void on_alarm(void *user, void *key)
{
        lw_sensors_want(user, key);
}

static void listen(LwSensors *self, LwSensorEntry *entry)
{
        const GPtrArray *alarms = entry->sensor.channel->alarms;

        for (guint i = 0; i < alarms->len; i++) {
                g_autofree char *path = g_build_filename(
                                entry->sensor.chip->directory, alarms->pdata[i], NULL);

                lw_alarms_watch(self->alarms, path, entry);
        }
}

void lw_sensors_look(LwSensors *self, bool anew)
{
        LwNow now = lw_driver_now(self->driver);
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, self->entries);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
                LwSensorEntry *entry = value;
                bool may_be_wrong = entry->failures > 0 || entry->is_faulty ||
                                    entry->sensor.channel->alarms->len > 0;

                if (anew && entry->failures == LASTING)
                        entry->failures = LASTING - 1;
                if (anew)
                        lw_sensors_count_fault(self, entry, false);
                if (may_be_wrong && (anew || !is_fresh(&entry->sensor, now)))
                        lw_sensors_want(self, entry);
        }
}

static LwUsec deadline(void *user)
{
        const LwSensors *self = user;
        LwUsec overdue = lw_sensor_calls_deadline(self->calls);

        return self->watched > 0 ? lw_usec_min(overdue, self->next_sample) : overdue;
}

static void run(void *user, LwNow now)
{
        LwSensors *self = user;

        lw_sensor_calls_run(self->calls, now);
        if (self->watched == 0 || now.boot < self->next_sample)
                return;
        self->next_sample = lw_usec_add(now.boot, self->sources.sample_usec);
        want_watched(self);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

/* --- Read and Execute ------------------------------------------------------------------------- */

static void read_paths(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        LwSensors *self = (LwSensors *) provider;
        LwNow now = lw_call_now(call);
        LwSensorCall *waiting = lw_sensor_calls_open(self->calls, call, paths, count, now);

        for (size_t i = 0; i < count; i++) {
                const LwSensorEntry *entry = lw_sensors_entry(self, &paths[i]);

                if (entry == NULL || !lw_sensor_is_measured(paths[i].ids[2]) ||
                                is_fresh(&entry->sensor, now))
                        continue;
                lw_sensor_call_wait(waiting, &entry->sensor);
                lw_sensors_want(self, entry);
        }
        lw_sensor_call_close(waiting);
}

static void execute_path(LwProvider *provider, const LwPath *path,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwSensors *self = (LwSensors *) provider;
        const LwSensorEntry *entry = lw_sensors_entry(self, path);
        LwNow now = lw_call_now(call);
        LwSensorCall *waiting = lw_sensor_calls_open(self->calls, call, path, 1, now);

        if (entry != NULL && !is_fresh(&entry->sensor, now)) {
                lw_sensor_call_wait(waiting, &entry->sensor);
                lw_sensors_want(self, entry);
        }
        lw_sensor_call_close(waiting);
}

static void reset(LwSensors *self, const LwPath *path, LwCall *call)
{
        LwSensorEntry *entry = lw_sensors_entry(self, path);

        if (entry == NULL) {
                lw_call_fail_status(call, LW_STATUS_NOT_FOUND, "the sensor is gone");
                return;
        }
        lw_sensor_reset(&entry->sensor, tell_change, entry);
        if (entry->sensor.is_measured)
                lw_call_succeed(call);
        else
                lw_call_fail_status(call, LW_STATUS_UNAVAILABLE,
                                "the sensor says no value to begin with");
}

static void answer_read(LwSensors *self, const LwPath *paths, size_t count, LwCall *call)
{
        LwValues *values = lw_call_values(call);
        size_t before = lw_values_count(values);
        int error = 0;

        for (size_t i = 0; i < count; i++) {
                const LwSensorEntry *entry = lw_sensors_entry(self, &paths[i]);

                if (entry == NULL)
                        continue;
                if (lw_sensor_is_measured(paths[i].ids[2]) && is_fault(entry->sensor.error))
                        error = entry->sensor.error;
                lw_sensor_read(&entry->sensor, paths[i].ids[2],
                                lw_sensor_ids_text(lw_sensor_keeper_ids(self->keeper),
                                                paths[i].ids[0], paths[i].ids[1]),
                                values);
        }
        if (error != 0 && lw_values_count(values) == before)
                lw_call_fail_status(call, LW_STATUS_UNAVAILABLE,
                                "the sensor cannot be measured: %s", g_strerror(-error));
        else
                lw_call_succeed(call);
}

static void on_ready(void *user, LwCall *call, const LwPath *paths, size_t count)
{
        LwSensors *self = user;

        if (count == 1 && paths[0].ids[2] == LW_SENSOR_RESET)
                reset(self, &paths[0], call);
        else
                answer_read(self, paths, count, call);
}

/* --- Write ------------------------------------------------------------------------------------ */

static bool prepare_write(LwProvider *provider G_GNUC_UNUSED, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        return lw_sensor_keeper_check(target, replace, values, error);
}

static void write_values(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        lw_sensor_keeper_write(((LwSensors *) provider)->keeper, target, replace, values, call);
}

/* --- Observe ---------------------------------------------------------------------------------- */

static void count_watched(LwSensors *self, const LwPath *paths, size_t count, int step)
{
        for (size_t i = 0; i < count; i++) {
                LwSensorEntry *entry = lw_sensors_entry(self, &paths[i]);

                if (entry == NULL || !lw_sensor_is_measured(paths[i].ids[2]))
                        continue;
                if (entry->watched == 0)
                        listen(self, entry);
                entry->watched = (unsigned) ((int) entry->watched + step);
                if (entry->watched == 0)
                        lw_alarms_drop(self->alarms, entry);
                self->watched = (unsigned) ((int) self->watched + step);
        }
}

static void observe(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwSensors *self = (LwSensors *) provider;

        if (self->watched == 0)
                self->next_sample = lw_usec_add(
                                lw_driver_now(self->driver).boot, self->sources.sample_usec);
        count_watched(self, added, added_count, 1);
        count_watched(self, dropped, dropped_count, -1);
}

static const LwProviderOps ops = {
        .read = read_paths,
        .prepare = prepare_write,
        .write = write_values,
        .execute = execute_path,
        .observe = observe,
};

/* --- life ------------------------------------------------------------------------------------- */

size_t lw_sensors_count(const LwSensors *self)
{
        return g_hash_table_size(self->entries);
}

LwSensors *lw_sensors_new(const LwSensorsSources *sources)
{
        LwSensors *self = g_new0(LwSensors, 1);

        self->provider.ops = &ops;
        self->sources = *sources;
        self->allow = g_strdupv((GStrv) sources->allow);
        self->deny = g_strdupv((GStrv) sources->deny);
        self->driver = lw_worker_driver(sources->worker);
        self->sampler = lw_sampler_new(sources->worker, sources->root_fd, on_sampled, self);
        self->calls = lw_sensor_calls_new(on_ready, self);
        self->alarms = lw_alarms_new(self->driver, sources->root_fd, on_alarm, self);
        self->keeper = lw_sensor_keeper_new(sources->tree, sources->state);
        self->entries = g_hash_table_new_full(NULL, NULL, NULL, lw_sensor_entry_free);
        self->by_channel = g_hash_table_new(NULL, NULL);
        self->stations = lw_sensor_stations_new();
        lw_sensors_find(self);
        self->is_started = true;
        lw_driver_add(self->driver, &driver_client, self);
        return self;
}

void lw_sensors_free(LwSensors *self)
{
        if (self == NULL)
                return;
        lw_driver_remove(self->driver, &driver_client, self);
        lw_tree_remove_provider(self->sources.tree, &self->provider);
        lw_sampler_free(self->sampler);
        lw_alarms_free(self->alarms);
        lw_sensor_calls_free(self->calls);
        lw_sensor_stations_free(self->stations);
        g_hash_table_unref(self->by_channel);
        g_hash_table_unref(self->entries);
        lw_sensor_keeper_free(self->keeper);
        g_strfreev(self->allow);
        g_strfreev(self->deny);
        g_free(self);
}
