/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 6, Location: where this host is. */
#include "providers/builtin/location.h"

#include <math.h>
#include <string.h>

#include "base/log.h"
#include "bus/geoclue2.h"
#include "providers/builtin/fix.h"
#include "providers/builtin/gpsd.h"

#define OBJECT 6
#define INSTANCE 0

enum {
        LATITUDE = 0,
        LONGITUDE = 1,
        ALTITUDE = 2,
        RADIUS = 3,
        VELOCITY = 4,
        TIMESTAMP = 5,
        SPEED = 6,
        RESOURCES = 7
};

/* How long a Read waits for a fix. */
#define READ_USEC (10 * LW_USEC_PER_SEC)
/* How long the source runs on after a Read. */
#define IDLE_USEC (60 * LW_USEC_PER_SEC)

/* A row that waits for a fix. */
typedef struct Waiting {
        LwPath path;
        LwTableReading *reading;
} Waiting;

struct LwLocationObject {
        LwTree *tree;
        LwDriver *driver;
        LwTable *table;
        LwLocationSource source;
        LwUsec max_age_usec;
        LwGpsd *gpsd;       /* NULL: not asked */
        LwGeoClue *geoclue; /* NULL: not asked, or there is no bus yet */
        bool is_running, is_added;
        bool has_gpsd;   /* its last fix came from there: GeoClue is not needed */
        bool is_failing; /* as it was told */
        void (*wrong)(void *user, LwErrorCause cause, bool holds); /* NULL: nobody is told */
        void *user;
        bool has_fix;
        LwFix fix;
        LwUsec received;
        unsigned resources; /* bits: those of the fixes until now */
        unsigned observed;  /* resources that are */
        LwUsec idle;     /* when the source may stop; LW_USEC_NEVER: it is stopped, or observed */
        LwUsec stale;    /* when the fix is too old for those who observe */
        LwUsec give_up;  /* when rows do not wait any more */
        GArray *waiting; /* of Waiting */
};

static const LwPath instance_path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

/* --- values --- */

/* By our clock since it came, and, as GeoClue hands out old ones, by its own time. */
static bool is_fresh(const LwLocationObject *self, LwNow now)
{
        return self->has_fix && now.boot - self->received <= self->max_age_usec &&
               (now.real_usec <= self->fix.real_usec ||
                               (LwUsec) (now.real_usec - self->fix.real_usec) <=
                                               self->max_age_usec);
}

static double number_of(const LwFix *fix, uint16_t resource)
{
        const double numbers[RESOURCES] = {
                [LATITUDE] = fix->latitude,
                [LONGITUDE] = fix->longitude,
                [ALTITUDE] = fix->altitude,
                [RADIUS] = fix->radius,
                [VELOCITY] = NAN,
                [TIMESTAMP] = NAN,
                [SPEED] = fix->speed,
        };

        return numbers[resource];
}

static void add_value(const LwLocationObject *self, const LwPath *path, LwTableReading *reading)
{
        double number = number_of(&self->fix, path->ids[2]);
        uint8_t velocity[LW_VELOCITY_MAX];
        size_t length;

        if (path->ids[2] == TIMESTAMP) {
                lw_table_reading_add(reading, path,
                                lw_value_time(self->fix.real_usec / (int64_t) LW_USEC_PER_SEC));
        } else if (path->ids[2] == VELOCITY) {
                length = lw_fix_velocity(&self->fix, velocity);
                if (length > 0)
                        lw_table_reading_add(reading, path, lw_value_data(velocity, length));
        } else if (isfinite(number)) {
                lw_table_reading_add(reading, path, lw_value_float(number));
        }
}

/* With what there is, which may be nothing. */
static void answer_waiting(LwLocationObject *self)
{
        g_autoptr(GArray) waiting = g_steal_pointer(&self->waiting);
        bool fresh = is_fresh(self, lw_driver_now(self->driver));

        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        self->give_up = LW_USEC_NEVER;
        for (guint i = 0; i < waiting->len; i++) {
                const Waiting *row = &g_array_index(waiting, Waiting, i);

                if (fresh)
                        add_value(self, &row->path, row->reading);
                lw_table_reading_release(row->reading, NULL);
        }
}

/* --- the source --- */

static void start(LwLocationObject *self)
{
        if (self->is_running)
                return;
        self->is_running = true;
        if (self->gpsd != NULL)
                lw_gpsd_start(self->gpsd);
        if (self->source == LW_LOCATION_GEOCLUE && self->geoclue != NULL)
                lw_geoclue_start(self->geoclue);
}

static void set_failing(LwLocationObject *self, bool is_failing)
{
        if (self->is_failing == is_failing || self->wrong == NULL)
                return;
        self->is_failing = is_failing;
        self->wrong(self->user, LW_ERROR_LOCATION, is_failing);
}

static void stop(LwLocationObject *self)
{
        set_failing(self, false); /* nobody knows, from now on */
        self->is_running = self->has_gpsd = false;
        self->idle = LW_USEC_NEVER;
        if (self->gpsd != NULL)
                lw_gpsd_stop(self->gpsd);
        if (self->geoclue != NULL)
                lw_geoclue_stop(self->geoclue);
}

static unsigned resources_of(const LwFix *fix)
{
        uint8_t velocity[LW_VELOCITY_MAX];
        unsigned resources = 1u << LATITUDE | 1u << LONGITUDE | 1u << TIMESTAMP;

        for (uint16_t i = 0; i < RESOURCES; i++)
                if (isfinite(number_of(fix, i)))
                        resources |= 1u << i;
        return resources | (lw_fix_velocity(fix, velocity) > 0 ? 1u << VELOCITY : 0);
}

static void take(LwLocationObject *self, const LwFix *fix)
{
        LwNow now = lw_driver_now(self->driver);
        bool is_news = !is_fresh(self, now) || memcmp(&self->fix, fix, sizeof(*fix)) != 0;
        unsigned resources = self->resources | resources_of(fix);
        g_autoptr(GError) error = NULL;

        self->fix = *fix;
        self->has_fix = true;
        self->received = now.boot;
        self->stale = self->observed > 0 ? lw_usec_add(now.boot, self->max_age_usec + 1)
                                         : LW_USEC_NEVER;
        if (resources != self->resources) {
                self->resources = resources;
                if (self->is_added && !lw_location_object_add(self, &error))
                        lw_log(G_LOG_LEVEL_WARNING, "object 6 cannot show all of the position: %s",
                                        error->message);
        } else if (is_news) {
                lw_tree_changed(self->tree, &instance_path);
        }
        answer_waiting(self);
}

static void on_fixed(void *user, const LwFix *fix)
{
        LwLocationObject *self = user;

        if (!self->has_gpsd && self->source == LW_LOCATION_AUTO && self->geoclue != NULL)
                lw_geoclue_stop(self->geoclue);
        self->has_gpsd = true;
        take(self, fix);
}

static void on_absent(void *user)
{
        LwLocationObject *self = user;

        self->has_gpsd = false;
        if (self->source == LW_LOCATION_GPSD && self->is_running)
                set_failing(self, true);
        if (self->source == LW_LOCATION_AUTO && self->is_running && self->geoclue != NULL)
                lw_geoclue_start(self->geoclue);
}

static void on_present(void *user)
{
        set_failing(user, false);
}

static void on_located(void *user, const LwGeoClueLocation *location)
{
        LwLocationObject *self = user;
        LwFix fix = { .latitude = location->latitude,
                .longitude = location->longitude,
                .altitude = location->altitude,
                .radius = location->accuracy,
                .speed = location->speed,
                .course = location->heading,
                .climb = NAN,
                .real_usec = location->real_usec != 0 ? location->real_usec
                                                      : lw_driver_now(self->driver).real_usec };

        if (lw_fix_check(&fix))
                take(self, &fix);
}

/* --- who wants it --- */

static void on_observe(void *context, const LwPath *added G_GNUC_UNUSED, size_t added_count,
                const LwPath *dropped G_GNUC_UNUSED, size_t dropped_count)
{
        LwLocationObject *self = context;
        LwUsec now = lw_driver_now(self->driver).boot;

        self->observed += (unsigned) added_count;
        self->observed -= (unsigned) MIN(dropped_count, self->observed);
        if (self->observed == 0)
                self->stale = LW_USEC_NEVER;
        if (self->observed == 0 && self->is_running)
                self->idle = lw_usec_add(now, IDLE_USEC);
        else if (self->observed > 0)
                self->idle = now; /* due at once: it is started from the loop */
}

static LwUsec deadline(void *user)
{
        const LwLocationObject *self = user;

        return lw_usec_min(lw_usec_min(self->idle, self->stale), self->give_up);
}

static void run(void *user, LwNow now)
{
        LwLocationObject *self = user;

        if (now.boot >= self->give_up)
                answer_waiting(self);
        if (now.boot >= self->stale) {
                self->stale = LW_USEC_NEVER;
                lw_tree_changed(self->tree, &instance_path);
        }
        if (now.boot < self->idle)
                return;
        self->idle = LW_USEC_NEVER;
        if (self->observed > 0)
                start(self);
        else
                stop(self);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

static void read_fix(void *context, const LwPath *path, LwTableReading *reading)
{
        LwLocationObject *self = context;
        LwUsec now = lw_driver_now(self->driver).boot;
        Waiting row = { *path, reading };

        if (self->observed == 0)
                self->idle = lw_usec_add(now, IDLE_USEC);
        /* What came while the source runs is the latest there is; else there may be a later one. */
        if (self->is_running && is_fresh(self, lw_table_reading_now(reading))) {
                add_value(self, path, reading);
                return;
        }
        lw_table_reading_hold(reading);
        g_array_append_val(self->waiting, row);
        if (self->give_up == LW_USEC_NEVER)
                self->give_up = lw_usec_add(now, READ_USEC);
        start(self);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { LATITUDE,  .read = read_fix },
        { LONGITUDE, .read = read_fix },
        { ALTITUDE,  .read = read_fix },
        { RADIUS,    .read = read_fix },
        { VELOCITY,  .read = read_fix },
        { TIMESTAMP, .read = read_fix },
        { SPEED,     .read = read_fix },
};
/* clang-format on */

const LwTableRow *lw_location_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

LwLocationObject *lw_location_object_new(
                LwTree *tree, LwDriver *driver, LwLocationSource source, LwUsec max_age_usec)
{
        static const LwGpsdEvents events = { on_fixed, on_absent, on_present };
        LwLocationObject *self = g_new0(LwLocationObject, 1);
        LwFix none = lw_fix();

        self->tree = tree;
        self->driver = driver;
        self->source = source;
        self->max_age_usec = max_age_usec;
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), NULL, self);
        lw_table_watch(self->table, on_observe);
        self->fix = none;
        self->resources = resources_of(&none);
        self->idle = self->stale = self->give_up = LW_USEC_NEVER;
        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        if (source != LW_LOCATION_GEOCLUE)
                self->gpsd = lw_gpsd_new(driver, &events, self);
        lw_driver_add(driver, &driver_client, self);
        return self;
}

void lw_location_object_free(LwLocationObject *self)
{
        if (self == NULL)
                return;
        answer_waiting(self);
        lw_driver_remove(self->driver, &driver_client, self);
        lw_tree_remove_provider(self->tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        lw_gpsd_free(self->gpsd);
        lw_geoclue_free(self->geoclue);
        g_array_unref(self->waiting);
        g_free(self);
}

bool lw_location_object_add(LwLocationObject *self, GError **error)
{
        uint16_t resources[RESOURCES];
        size_t count = 0;

        self->is_added = true;
        for (uint16_t i = 0; i < RESOURCES; i++)
                if (self->resources & 1u << i)
                        resources[count++] = i;
        return lw_tree_add_layer(self->tree, &instance_path, lw_table_provider(self->table),
                        LW_RANK_BUILTIN, resources, count, error);
}

void lw_location_object_use_bus(LwLocationObject *self, LwBus *bus)
{
        if (self->source != LW_LOCATION_GPSD)
                self->geoclue = lw_geoclue_new(bus, on_located, self);
}

void lw_location_object_watch(LwLocationObject *self,
                void (*wrong)(void *user, LwErrorCause cause, bool holds), void *user)
{
        self->wrong = wrong;
        self->user = user;
}
