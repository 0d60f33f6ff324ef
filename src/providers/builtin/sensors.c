/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensors: the kernel's sensors as IPSO objects, one instance each. */
#include "providers/builtin/sensors.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/log.h"
#include "host/alarms.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/sampler.h"
#include "providers/builtin/sensor-calls.h"
#include "providers/builtin/sensor-ids.h"

#define DOCUMENT "sensors"
#define VERSION 1

/* How old a value may be that a server reads. */
#define AGE_USEC LW_USEC_PER_SEC

/* A bus may be disturbed once: as many failures in succession are an error of the host. */
#define LASTING 3

/* Ids of services begin behind the first range, so that ours go on beyond all of theirs. */
#define FIRST_IDS_END 100
#define FURTHER_IDS_START 32768

typedef struct Entry {
        LwSensors *owner;
        LwSensor sensor;
        unsigned watched;  /* resources that a measurement gives and somebody observes */
        unsigned failures; /* measurements that failed in succession, LASTING at most */
        bool is_faulty;
} Entry;

/* A chip that is plugged in. */
typedef struct Station {
        LwChip *chip;
        const char *key; /* of the chip: the one of its two that nobody else has */
} Station;

/* An Application Type on its way to the disk. */
typedef struct Naming {
        LwSensors *owner;
        LwCall *call;
        LwPath path;  /* of the instance */
        char *before; /* NULL: none was written */
} Naming;

struct LwSensors {
        LwProvider provider; /* first: we are found by it */
        LwSensorsSources sources;
        LwDriver *driver;
        LwSampler *sampler;
        LwSensorCalls *calls;
        LwAlarms *alarms; /* by Entry, of those that are watched */
        LwSensorIds *ids;
        GHashTable *entries;    /* object and id to Entry */
        GHashTable *by_channel; /* LwChannel to Entry */
        GPtrArray *stations;    /* of Station */
        GPtrArray *namings;     /* of Naming */
        unsigned watched, faulty;
        LwUsec next_sample;
        GStrv allow, deny; /* NULL: none */
        bool is_started;
};

static void *pack(const LwPath *path)
{
        return GUINT_TO_POINTER((unsigned) path->ids[0] << 16 | path->ids[1]);
}

static Entry *find(const LwSensors *self, const LwPath *path)
{
        return g_hash_table_lookup(self->entries, pack(path));
}

/* --- measuring -------------------------------------------------------------------------------- */

static void tell_change(void *user, const LwPath *path)
{
        const Entry *entry = user;

        if (entry->watched > 0)
                lw_tree_changed(entry->owner->sources.tree, path);
}

/* Others are how a sensor says that it has nothing to say, or is gone. */
static bool is_fault(int error)
{
        return error != 0 && error != -ENODATA && error != -ENXIO && error != -ENOENT &&
               error != -ENODEV && error != -EAGAIN && error != -EBUSY;
}

static void count_fault(LwSensors *self, Entry *entry, bool is_faulty)
{
        bool any = self->faulty > 0;

        if (entry->is_faulty == is_faulty)
                return;
        entry->is_faulty = is_faulty;
        self->faulty = is_faulty ? self->faulty + 1 : self->faulty - 1;
        if (any != (self->faulty > 0))
                self->sources.faulted(self->sources.user, self->faulty > 0);
}

static void note_health(LwSensors *self, Entry *entry, const LwSample *sample)
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
        count_fault(self, entry, sample->is_alarmed || entry->failures == LASTING);
}

static void on_sampled(void *user, const LwChip *chip G_GNUC_UNUSED, const LwChannel *channel,
                const LwSample *sample)
{
        LwSensors *self = user;
        Entry *entry = g_hash_table_lookup(self->by_channel, channel);

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

static void want(LwSensors *self, const Entry *entry)
{
        lw_sampler_want(self->sampler, entry->sensor.chip, entry->sensor.channel);
}

static void want_watched(LwSensors *self)
{
        GHashTableIter iter;
        void *entry;

        g_hash_table_iter_init(&iter, self->entries);
        while (g_hash_table_iter_next(&iter, NULL, &entry))
                if (((Entry *) entry)->watched > 0)
                        want(self, entry);
}

static void on_alarm(void *user, void *key)
{
        want(user, key);
}

static void listen(LwSensors *self, Entry *entry)
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
                Entry *entry = value;
                bool may_be_wrong = entry->failures > 0 || entry->is_faulty ||
                                    entry->sensor.channel->alarms->len > 0;

                if (anew && entry->failures == LASTING)
                        entry->failures = LASTING - 1;
                if (anew)
                        count_fault(self, entry, false);
                if (may_be_wrong && (anew || !is_fresh(&entry->sensor, now)))
                        want(self, entry);
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
                const Entry *entry = find(self, &paths[i]);

                if (entry == NULL || !lw_sensor_is_measured(paths[i].ids[2]) ||
                                is_fresh(&entry->sensor, now))
                        continue;
                lw_sensor_call_wait(waiting, &entry->sensor);
                want(self, entry);
        }
        lw_sensor_call_close(waiting);
}

static void execute_path(LwProvider *provider, const LwPath *path,
                const char *arguments G_GNUC_UNUSED, LwCall *call)
{
        LwSensors *self = (LwSensors *) provider;
        const Entry *entry = find(self, path);
        LwNow now = lw_call_now(call);
        LwSensorCall *waiting = lw_sensor_calls_open(self->calls, call, path, 1, now);

        if (entry != NULL && !is_fresh(&entry->sensor, now)) {
                lw_sensor_call_wait(waiting, &entry->sensor);
                want(self, entry);
        }
        lw_sensor_call_close(waiting);
}

static void reset(LwSensors *self, const LwPath *path, LwCall *call)
{
        Entry *entry = find(self, path);

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
                const Entry *entry = find(self, &paths[i]);

                if (entry == NULL)
                        continue;
                if (lw_sensor_is_measured(paths[i].ids[2]) && is_fault(entry->sensor.error))
                        error = entry->sensor.error;
                lw_sensor_read(&entry->sensor, paths[i].ids[2],
                                lw_sensor_ids_text(self->ids, paths[i].ids[0], paths[i].ids[1]),
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

static void naming_free(void *data)
{
        Naming *self = data;

        g_free(self->before);
        g_free(self);
}

/* What a Write makes of the Application Type; `ret_any` false: it leaves it alone. */
static bool take_text(const LwPath *target, bool replace, const LwValues *values, bool *ret_any,
                const char **ret_text, GError **error)
{
        *ret_any = replace && target->length == LW_LEVEL_INSTANCE;
        *ret_text = NULL;
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);

                if (entry->path.length < LW_LEVEL_RESOURCE)
                        continue;
                if (entry->path.ids[2] != LW_SENSOR_APPLICATION) {
                        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED,
                                        "of a sensor only Application Type can be written");
                        return false;
                }
                if (entry->value.length > LW_SENSOR_TEXT_MAX) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "Application Type must have at most %d bytes",
                                        LW_SENSOR_TEXT_MAX);
                        return false;
                }
                *ret_any = true;
                *ret_text = entry->value.text;
        }
        return true;
}

static bool prepare_write(LwProvider *provider G_GNUC_UNUSED, const LwPath *target, bool replace,
                const LwValues *values, GError **error)
{
        const char *text;
        bool any;

        return take_text(target, replace, values, &any, &text, error);
}

static void save(LwSensors *self, LwStateDone done, void *user)
{
        g_autoptr(GBytes) document = lw_sensor_ids_print(self->ids);

        lw_state_save(self->sources.state, DOCUMENT, VERSION, document, done, user);
}

static void on_named(void *user, const GError *error)
{
        Naming *naming = user;
        LwSensors *self = naming->owner;
        LwPath path = lw_path_child(&naming->path, LW_SENSOR_APPLICATION);
        LwCall *call = naming->call;

        if (error != NULL)
                lw_sensor_ids_set_text(self->ids, path.ids[0], path.ids[1], naming->before);
        lw_tree_changed(self->sources.tree, &path);
        g_ptr_array_remove_fast(self->namings, naming);
        if (error != NULL)
                lw_call_fail(call, error);
        else
                lw_call_succeed(call);
}

static void write_values(LwProvider *provider, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        LwSensors *self = (LwSensors *) provider;
        g_autoptr(GError) error = NULL;
        const char *text;
        Naming *naming;
        bool any;

        if (!take_text(target, replace, values, &any, &text, &error)) {
                lw_call_fail(call, error);
                return;
        }
        if (!any || find(self, target) == NULL) {
                lw_call_succeed(call);
                return;
        }
        naming = g_new(Naming, 1);
        *naming = (Naming){ .owner = self,
                .call = call,
                .path = lw_path_prefix(target, LW_LEVEL_INSTANCE),
                .before = g_strdup(lw_sensor_ids_text(self->ids, target->ids[0], target->ids[1])) };
        g_ptr_array_add(self->namings, naming);
        lw_sensor_ids_set_text(self->ids, target->ids[0], target->ids[1], text);
        save(self, on_named, naming);
}

/* --- Observe ---------------------------------------------------------------------------------- */

static void count_watched(LwSensors *self, const LwPath *paths, size_t count, int step)
{
        for (size_t i = 0; i < count; i++) {
                Entry *entry = find(self, &paths[i]);

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

/* --- sensors that come ------------------------------------------------------------------------ */

static bool matches(const GStrv list, const char *name)
{
        char *const *patterns = list;

        for (; patterns != NULL && *patterns != NULL; patterns++)
                if (fnmatch(*patterns, name, 0) == 0)
                        return true;
        return false;
}

static bool is_wanted(const LwSensors *self, const LwChip *chip, const LwChannel *channel)
{
        g_autofree char *name = g_strdup_printf("%s/%s", chip->name, channel->name);
        uint16_t object = lw_sensor_object(channel->quantity);
        bool all = self->allow == NULL || self->allow[0] == NULL;

        return (all || matches(self->allow, name)) && !matches(self->deny, name) &&
               self->sources.offers(self->sources.user, object) &&
               g_hash_table_size(self->entries) < LW_SENSORS_MAX;
}

static bool is_free(const LwSensors *self, uint16_t object_id, uint16_t id)
{
        const LwObject *object = lw_tree_object(self->sources.tree, object_id);

        return object == NULL || lw_object_instance(object, id) == NULL;
}

/* Its old id, unless somebody else has it by now; else the lowest that nobody has or had. */
static bool choose_id(const LwSensors *self, uint16_t object, const char *key, uint16_t *ret_id)
{
        if (lw_sensor_ids_find(self->ids, object, key, ret_id) && is_free(self, object, *ret_id))
                return true;
        for (unsigned id = 0; id < LW_ID_MAX; id++) {
                if (id == FIRST_IDS_END)
                        id = FURTHER_IDS_START;
                if (lw_sensor_ids_has(self->ids, object, (uint16_t) id) ||
                                !is_free(self, object, (uint16_t) id))
                        continue;
                *ret_id = (uint16_t) id;
                return true;
        }
        return false;
}

static void entry_free(void *data)
{
        Entry *self = data;

        lw_sensor_clear(&self->sensor);
        g_free(self);
}

static bool put_on_tree(LwSensors *self, Entry *entry, const char *key)
{
        uint16_t resources[LW_SENSOR_RESOURCES_MAX];
        size_t count = lw_sensor_resources(&entry->sensor, resources);
        const LwPath *path = &entry->sensor.path;
        g_autoptr(GError) error = NULL;

        g_hash_table_insert(self->entries, pack(path), entry);
        g_hash_table_insert(self->by_channel, (void *) entry->sensor.channel, entry);
        if (lw_tree_add_layer(self->sources.tree, path, &self->provider, LW_RANK_BUILTIN, resources,
                            count, &error))
                return lw_sensor_ids_keep(self->ids, path->ids[0], path->ids[1], key);
        lw_log(G_LOG_LEVEL_WARNING, "sensor %s is not shown: %s", key, error->message);
        g_hash_table_remove(self->by_channel, entry->sensor.channel);
        g_hash_table_remove(self->entries, pack(path));
        return false;
}

/* True when ids have to be saved. */
static bool add_sensor(LwSensors *self, const Station *station, const LwChannel *channel)
{
        g_autofree char *key = g_strdup_printf("%s/%s", station->key, channel->name);
        uint16_t object = lw_sensor_object(channel->quantity), id;
        Entry *entry;

        if (!is_wanted(self, station->chip, channel) || !choose_id(self, object, key, &id))
                return false;
        entry = g_new0(Entry, 1);
        entry->owner = self;
        entry->sensor.path = LW_PATH_INSTANCE(object, id);
        entry->sensor.chip = lw_chip_ref(station->chip);
        entry->sensor.channel = channel;
        lw_log(self->is_started ? G_LOG_LEVEL_INFO : G_LOG_LEVEL_DEBUG, "sensor %s/%s is /%u/%u",
                        station->chip->name, channel->name, object, id);
        return put_on_tree(self, entry, key);
}

static bool has_key(const LwSensors *self, const char *key)
{
        for (guint i = 0; i < self->stations->len; i++)
                if (strcmp(((const Station *) self->stations->pdata[i])->key, key) == 0)
                        return true;
        return false;
}

/* Twins at one place are told apart by the kernel's numbers, which may be others next time. */
static const char *choose_key(const LwSensors *self, const LwChip *chip)
{
        const LwChannel *first = chip->channels->pdata[0];
        g_autofree char *numbered = g_strdup_printf("%s/%s", chip->raw_key, first->name);
        uint16_t id;

        if (has_key(self, chip->key) ||
                        lw_sensor_ids_find(self->ids, lw_sensor_object(first->quantity), numbered,
                                        &id))
                return chip->raw_key;
        return chip->key;
}

static void station_free(void *data)
{
        Station *self = data;

        lw_chip_unref(self->chip);
        g_free(self);
}

/* True when ids have to be saved. */
static bool add_chip(LwSensors *self, LwChip *chip)
{
        Station *station = g_new(Station, 1);
        bool any = false;

        *station = (Station){ lw_chip_ref(chip), choose_key(self, chip) };
        g_ptr_array_add(self->stations, station);
        for (guint i = 0; i < chip->channels->len; i++)
                any = add_sensor(self, station, chip->channels->pdata[i]) || any;
        return any;
}

/* --- and go ----------------------------------------------------------------------------------- */

static void remove_sensor(LwSensors *self, const LwChip *chip, const LwChannel *channel)
{
        Entry *entry = g_hash_table_lookup(self->by_channel, channel);
        LwPath path;

        if (entry == NULL)
                return;
        path = entry->sensor.path;
        lw_log(G_LOG_LEVEL_INFO, "sensor %s/%s, /%u/%u, is gone", chip->name, channel->name,
                        path.ids[0], path.ids[1]);
        lw_tree_remove_layer(self->sources.tree, &path, &self->provider);
        count_fault(self, entry, false);
        lw_alarms_drop(self->alarms, entry);
        g_hash_table_remove(self->by_channel, channel);
        g_hash_table_steal(self->entries, pack(&path));
        lw_sensor_calls_measured(self->calls, &entry->sensor);
        entry_free(entry);
}

static Station *find_station(const LwSensors *self, LwChipKind kind, const char *sysname)
{
        for (guint i = 0; i < self->stations->len; i++) {
                Station *station = self->stations->pdata[i];

                if (station->chip->kind == kind && strcmp(station->chip->sysname, sysname) == 0)
                        return station;
        }
        return NULL;
}

static void remove_station(LwSensors *self, Station *station)
{
        g_autoptr(LwChip) chip = lw_chip_ref(station->chip);

        lw_sampler_forget(self->sampler, chip);
        g_ptr_array_remove(self->stations, station);
        for (guint i = 0; i < chip->channels->len; i++)
                remove_sensor(self, chip, chip->channels->pdata[i]);
}

static void want_station(LwSensors *self, const Station *station)
{
        for (guint i = 0; i < station->chip->channels->len; i++) {
                const Entry *entry = g_hash_table_lookup(
                                self->by_channel, station->chip->channels->pdata[i]);

                if (entry != NULL && entry->watched > 0)
                        want(self, entry);
        }
}

static void add_device(LwSensors *self, LwChipKind kind, const char *sysname)
{
        g_autoptr(LwChip) chip = lw_chip_read(self->sources.root_fd, kind, sysname);
        Station *station = find_station(self, kind, sysname);

        if (station != NULL && chip != NULL && strcmp(chip->key, station->chip->key) == 0 &&
                        chip->channels->len == station->chip->channels->len)
                return; /* it came while we looked */
        if (station != NULL)
                remove_station(self, station);
        if (chip != NULL && !chip->of_thermal && self->stations->len < LW_CHIPS_MAX &&
                        add_chip(self, chip))
                save(self, NULL, NULL);
}

void lw_sensors_device(
                LwSensors *self, LwDeviceAction action, const char *subsystem, const char *sysname)
{
        Station *station;
        LwChipKind kind;

        if (!lw_chip_kind(subsystem, sysname, &kind))
                return;
        station = find_station(self, kind, sysname);
        switch (action) {
        case LW_DEVICE_ADDED:
                add_device(self, kind, sysname);
                break;
        case LW_DEVICE_CHANGED:
                if (station != NULL)
                        want_station(self, station);
                break;
        case LW_DEVICE_REMOVED:
                if (station != NULL)
                        remove_station(self, station);
                break;
        }
}

/* --- life ------------------------------------------------------------------------------------- */

size_t lw_sensors_count(const LwSensors *self)
{
        return g_hash_table_size(self->entries);
}

static void load_ids(LwSensors *self)
{
        g_autoptr(GBytes) document = lw_state_load(self->sources.state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        if (document != NULL && !lw_sensor_ids_parse(self->ids, document, &error))
                lw_state_set_aside(self->sources.state, DOCUMENT, error->message);
}

static void find_sensors(LwSensors *self)
{
        g_autoptr(GPtrArray) chips = lw_chips_read(self->sources.root_fd);
        bool any = false;

        for (guint i = 0; i < chips->len; i++)
                any = add_chip(self, chips->pdata[i]) || any;
        if (any)
                save(self, NULL, NULL);
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
        self->ids = lw_sensor_ids_new();
        self->entries = g_hash_table_new_full(NULL, NULL, NULL, entry_free);
        self->by_channel = g_hash_table_new(NULL, NULL);
        self->stations = g_ptr_array_new_with_free_func(station_free);
        self->namings = g_ptr_array_new_with_free_func(naming_free);
        load_ids(self);
        find_sensors(self);
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
        for (guint i = 0; i < self->namings->len; i++) {
                Naming *naming = self->namings->pdata[i];

                lw_state_forget(self->sources.state, on_named, naming);
                lw_call_fail_status(naming->call, LW_STATUS_UNAVAILABLE, "the agent ends");
        }
        g_ptr_array_unref(self->namings);
        g_ptr_array_unref(self->stations);
        g_hash_table_unref(self->by_channel);
        g_hash_table_unref(self->entries);
        lw_sensor_ids_free(self->ids);
        g_strfreev(self->allow);
        g_strfreev(self->deny);
        g_free(self);
}
