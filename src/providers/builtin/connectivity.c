/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 4, Connectivity Monitoring: how this host reaches its servers. */
#include "providers/builtin/connectivity.h"

#include "base/log.h"
#include "providers/builtin/instance-values.h"
#include "providers/builtin/uplink.h"
#include "providers/builtin/utilization.h"

#define OBJECT 4
#define INSTANCE 0

enum {
        SIGNAL_STRENGTH = 2,
        LINK_QUALITY = 3,
        UTILIZATION = 6,
        CELL_ID = 8,
        LAC = 12,
        RESOURCES = 13
};

/* How old what was measured may be: a server that asks a thousand times a second costs one look. */
#define MEASURE_AGE_USEC LW_USEC_PER_SEC
/* How often it is measured while it is observed. */
#define OBSERVED_USEC (10 * LW_USEC_PER_SEC)
/* Utilization takes two looks with more than a second between them. */
#define SECOND_LOOK_USEC (1500 * LW_USEC_PER_MSEC)
/* ModemManager asks the modem itself every half minute. */
#define PLACE_AGE_USEC (5 * LW_USEC_PER_SEC)

/* A row that waits for a measurement. */
typedef struct Waiting {
        LwPath path;
        LwTableReading *reading;
} Waiting;

/* Somebody who waits for the signal. */
typedef struct Looking {
        void (*done)(void *data);
        void *data;
} Looking;

struct LwConnectivityObject {
        LwConnectivityParts parts;
        LwTable *table;
        LwModemManager *modems;
        GPtrArray *no_modems;
        LwUplink uplink; /* its modem is not to be looked at later */
        LwUplinkMeasure measure;
        LwUtilization utilization;
        LwUsec located; /* LW_USEC_NEVER: not yet */
        bool is_measuring;
        GArray *waiting; /* of Waiting */
        LwValues *values;
        LwValues *shown; /* what the tree was told; NULL: nothing */
        bool is_added, is_publishing;
        bool is_known; /* the kernel has told which links there are */
        LwNetworkErrors errors;
        GArray *looking; /* of Looking */
        bool observed[RESOURCES];
        LwUsec deadline;    /* of the next measurement for observers */
        LwUsec second_look; /* LW_USEC_NEVER: there is nothing to compare, or it was done */
};

static const LwPath instance_path = { { OBJECT, INSTANCE }, LW_LEVEL_INSTANCE };

/* --- the values --- */

static const GPtrArray *modems_of(const LwConnectivityObject *self)
{
        return self->modems == NULL ? self->no_modems : lw_modem_manager_modems(self->modems);
}

/* Our address in the session with the first server that there is one with. Caller frees. */
static char *local_address(const LwConnectivityObject *self)
{
        const LwClient *client = self->parts.client;

        for (size_t i = 0; client != NULL && i < lw_client_server_count(client); i++) {
                char *local = lw_server_address(lw_client_server_at(client, i), LW_TRANSPORT_LOCAL);

                if (local != NULL)
                        return local;
        }
        return NULL;
}

/* `local` must stay as long as what is returned is used. */
static LwUplinkSources sources_of(const LwConnectivityObject *self, const char *local)
{
        return (LwUplinkSources){ self->parts.links, modems_of(self), local, self->parts.root_fd };
}

static bool add_layer(LwConnectivityObject *self, GError **error)
{
        uint16_t resources[RESOURCES];
        size_t count = 0;

        for (uint16_t i = 0; i < RESOURCES; i++)
                if (lw_instance_values_has(self->values, i))
                        resources[count++] = i;
        return lw_tree_add_layer(self->parts.tree, &instance_path, lw_table_provider(self->table),
                        LW_RANK_BUILTIN, resources, count, error);
}

/* Tells the tree what is new; not from within a Read, which walks over the layers. */
static void publish(void *user)
{
        LwConnectivityObject *self = user;
        g_autoptr(LwValues) before = g_steal_pointer(&self->shown);
        g_autoptr(GError) error = NULL;
        bool other_set = before == NULL;

        self->is_publishing = false;
        self->shown = lw_values_new();
        lw_values_append(self->shown, self->values);
        for (uint16_t i = 0; i < RESOURCES && !other_set; i++)
                other_set = lw_instance_values_has(before, i) !=
                            lw_instance_values_has(self->shown, i);
        if (other_set) {
                if (!add_layer(self, &error))
                        lw_log(G_LOG_LEVEL_WARNING,
                                        "what is new of the network cannot be shown: %s",
                                        error->message);
                return;
        }
        for (uint16_t i = 0; i < RESOURCES; i++) {
                LwPath path = lw_path_child(&instance_path, i);

                if (!lw_instance_values_same(before, self->shown, i))
                        lw_tree_changed(self->parts.tree, &path);
        }
}

/* --- what is wrong --- */

static bool has_way(const LwConnectivityObject *self)
{
        const LwClient *client = self->parts.client;
        bool any = lw_uplink_has_route(self->parts.links);

        for (size_t i = 0; !any && client != NULL && i < lw_client_server_count(client); i++) {
                g_autofree char *local = lw_server_address(
                                lw_client_server_at(client, i), LW_TRANSPORT_LOCAL);

                any = local != NULL && lw_uplink_carries(self->parts.links, local);
        }
        return any;
}

static void tell_errors(const LwConnectivityObject *self, const LwNetworkErrors *before)
{
        if (self->errors.is_low != before->is_low)
                self->parts.wrong(self->parts.user, LW_ERROR_SIGNAL_LOW, self->errors.is_low);
        if (self->errors.is_lost != before->is_lost)
                self->parts.wrong(self->parts.user, LW_ERROR_CONNECTIVITY, self->errors.is_lost);
}

/* A cable has the strength 0, as the standard wants one: by its bearer it has no limit. */
static void judge(LwConnectivityObject *self, bool at_once)
{
        LwNetworkErrors before = self->errors;
        LwUsec now = lw_driver_now(self->parts.driver).boot;
        const LwEntry *signal = lw_instance_values_find(self->values, SIGNAL_STRENGTH);

        lw_network_errors_take_signal(&self->errors, &self->parts.limits, self->uplink.bearer,
                        signal != NULL, signal != NULL ? signal->value.integer : 0);
        if (self->is_known)
                lw_network_errors_take_way(&self->errors, has_way(self), at_once, now);
        tell_errors(self, &before);
}

static void rebuild(LwConnectivityObject *self)
{
        g_autofree char *local = local_address(self);
        LwUplinkSources sources = sources_of(self, local);
        bool is_news = self->shown == NULL;

        self->uplink = lw_uplink(&sources);
        lw_values_free(self->values);
        self->values = lw_uplink_values(&self->uplink, &sources, &self->measure);
        judge(self, false);
        for (uint16_t i = 0; i < RESOURCES && !is_news; i++)
                is_news = !lw_instance_values_same(self->values, self->shown, i);
        if (!is_news || !self->is_added || self->is_publishing)
                return;
        self->is_publishing = true;
        lw_driver_defer(self->parts.driver, publish, self);
}

/* --- measuring --- */

static void add_values(
                const LwConnectivityObject *self, const LwPath *path, LwTableReading *reading)
{
        for (size_t i = 0; i < lw_values_count(self->values); i++) {
                const LwEntry *entry = lw_values_at(self->values, i);

                if (lw_path_contains(path, &entry->path))
                        lw_values_add(lw_table_reading_values(reading), &entry->path,
                                        &entry->value);
        }
}

static void answer_waiting(LwConnectivityObject *self)
{
        g_autoptr(GArray) waiting = g_steal_pointer(&self->waiting);

        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        for (guint i = 0; i < waiting->len; i++) {
                const Waiting *row = &g_array_index(waiting, Waiting, i);

                add_values(self, &row->path, row->reading);
                lw_table_reading_release(row->reading, NULL);
        }
}

static void answer_looking(LwConnectivityObject *self)
{
        g_autoptr(GArray) looking = g_steal_pointer(&self->looking);

        self->looking = g_array_new(FALSE, FALSE, sizeof(Looking));
        for (guint i = 0; i < looking->len; i++) {
                const Looking *one = &g_array_index(looking, Looking, i);

                if (one->done != NULL)
                        one->done(one->data);
        }
}

static void finish_measuring(LwConnectivityObject *self)
{
        self->is_measuring = false;
        rebuild(self);
        answer_waiting(self);
        answer_looking(self);
}

static void on_located(void *user)
{
        LwConnectivityObject *self = user;

        self->located = lw_driver_now(self->parts.driver).boot;
        finish_measuring(self);
}

static void on_survey(void *user, const LwSurvey *survey)
{
        LwConnectivityObject *self = user;
        g_autofree char *local = local_address(self);
        LwUplinkSources sources = sources_of(self, local);
        LwUplink uplink = lw_uplink(&sources);
        const LwWlan *wlan = lw_survey_wlan(survey, uplink.ground);
        LwUsec now = lw_driver_now(self->parts.driver).boot;

        self->measure = (LwUplinkMeasure){ .has_signal = wlan != NULL && wlan->has_signal,
                .signal_dbm = wlan != NULL ? wlan->signal_dbm : 0,
                .utilization = lw_utilization_take(&self->utilization, survey, uplink.ground) };
        /* Without it the resource would come with somebody's second Read of another one. */
        if (self->measure.utilization >= 0 || self->utilization.link == 0)
                self->second_look = LW_USEC_NEVER;
        else if (self->second_look == LW_USEC_NEVER)
                self->second_look = lw_usec_add(now, SECOND_LOOK_USEC);
        if (uplink.modem != NULL &&
                        (self->located == LW_USEC_NEVER || now - self->located >= PLACE_AGE_USEC))
                lw_modem_manager_locate(self->modems, uplink.modem, on_located, self);
        else
                finish_measuring(self);
}

static void measure(LwConnectivityObject *self)
{
        if (self->is_measuring)
                return;
        self->is_measuring = true;
        lw_surveyor_ask(self->parts.surveyor, MEASURE_AGE_USEC, on_survey, self);
}

/* --- while it is observed --- */

static bool is_measured(uint16_t resource)
{
        return resource == SIGNAL_STRENGTH || resource == LINK_QUALITY || resource == UTILIZATION ||
               (resource >= CELL_ID && resource <= LAC);
}

static void note(LwConnectivityObject *self, const LwPath *paths, size_t count, bool is_observed)
{
        for (size_t i = 0; i < count; i++)
                if (paths[i].length >= LW_LEVEL_RESOURCE && paths[i].ids[2] < RESOURCES)
                        self->observed[paths[i].ids[2]] = is_observed;
}

static void on_observe(void *context, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        LwConnectivityObject *self = context;
        bool any = false;

        note(self, added, added_count, true);
        note(self, dropped, dropped_count, false);
        for (uint16_t i = 0; i < RESOURCES; i++)
                any = any || (self->observed[i] && is_measured(i));
        if (!any)
                self->deadline = LW_USEC_NEVER;
        else if (self->deadline == LW_USEC_NEVER)
                self->deadline = lw_usec_add(lw_driver_now(self->parts.driver).boot, OBSERVED_USEC);
}

static LwUsec deadline(void *user)
{
        const LwConnectivityObject *self = user;

        return lw_usec_min(lw_usec_min(self->deadline, self->second_look), self->errors.lost_at);
}

static void run(void *user, LwNow now)
{
        LwConnectivityObject *self = user;
        LwNetworkErrors before = self->errors;

        lw_network_errors_run(&self->errors, now.boot);
        tell_errors(self, &before);
        if (now.boot < lw_usec_min(self->deadline, self->second_look))
                return;
        if (self->deadline <= now.boot)
                self->deadline = lw_usec_add(now.boot, OBSERVED_USEC);
        self->second_look = LW_USEC_NEVER;
        measure(self);
}

static const LwDriverClient driver_client = { .deadline = deadline, .run = run };

/* --- Read --- */

static void read_told(void *context, const LwPath *path, LwTableReading *reading)
{
        LwConnectivityObject *self = context;

        rebuild(self);
        add_values(self, path, reading);
}

static void read_measured(void *context, const LwPath *path, LwTableReading *reading)
{
        LwConnectivityObject *self = context;
        Waiting row = { *path, reading };

        lw_table_reading_hold(reading);
        g_array_append_val(self->waiting, row);
        measure(self);
}

/* --- the object --- */

/* clang-format off */
static const LwTableRow rows[] = {
        { 0,  .read = read_told     },
        { 1,  .read = read_told     },
        { 2,  .read = read_measured },
        { 3,  .read = read_measured },
        { 4,  .read = read_told     },
        { 5,  .read = read_told     },
        { 6,  .read = read_measured },
        { 7,  .read = read_told     },
        { 8,  .read = read_measured },
        { 9,  .read = read_measured },
        { 10, .read = read_measured },
        { 11, .read = read_measured },
        { 12, .read = read_measured },
};
/* clang-format on */

const LwTableRow *lw_connectivity_object_rows(size_t *ret_count)
{
        *ret_count = G_N_ELEMENTS(rows);
        return rows;
}

LwConnectivityObject *lw_connectivity_object_new(const LwConnectivityParts *parts)
{
        LwConnectivityObject *self = g_new0(LwConnectivityObject, 1);

        self->parts = *parts;
        self->table = lw_table_new(rows, G_N_ELEMENTS(rows), NULL, self);
        lw_table_watch(self->table, on_observe);
        self->no_modems = g_ptr_array_new();
        self->looking = g_array_new(FALSE, FALSE, sizeof(Looking));
        self->errors = lw_network_errors();
        self->measure.utilization = -1;
        self->located = self->deadline = self->second_look = LW_USEC_NEVER;
        self->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
        rebuild(self);
        lw_driver_add(parts->driver, &driver_client, self);
        return self;
}

void lw_connectivity_object_free(LwConnectivityObject *self)
{
        if (self == NULL)
                return;
        lw_surveyor_forget(self->parts.surveyor, self);
        lw_driver_forget(self->parts.driver, publish, self);
        answer_waiting(self);
        answer_looking(self);
        lw_driver_remove(self->parts.driver, &driver_client, self);
        lw_tree_remove_provider(self->parts.tree, lw_table_provider(self->table));
        lw_table_free(self->table);
        lw_values_free(self->values);
        lw_values_free(self->shown);
        g_ptr_array_unref(self->no_modems);
        g_array_unref(self->waiting);
        g_array_unref(self->looking);
        g_free(self);
}

bool lw_connectivity_object_add(LwConnectivityObject *self, GError **error)
{
        if (!add_layer(self, error))
                return false;
        self->is_added = true;
        self->shown = lw_values_new();
        lw_values_append(self->shown, self->values);
        return true;
}

void lw_connectivity_object_use_modems(LwConnectivityObject *self, LwModemManager *modems)
{
        self->modems = modems;
}

void lw_connectivity_object_refresh(LwConnectivityObject *self, bool is_other_link)
{
        LwBearer bearer = self->uplink.bearer;
        uint32_t link = self->uplink.link;

        self->is_known = self->is_known || is_other_link;
        rebuild(self);
        /* What is measured comes and goes with the link: it decides which resources there are. */
        if (is_other_link || self->uplink.bearer != bearer || self->uplink.link != link)
                measure(self);
}

void lw_connectivity_object_look(
                LwConnectivityObject *self, bool anew, void (*done)(void *data), void *data)
{
        Looking one = { done, data };
        LwNetworkErrors before = self->errors;

        if (anew) {
                self->errors = lw_network_errors();
                tell_errors(self, &before);
                judge(self, true);
        }
        g_array_append_val(self->looking, one);
        if (self->uplink.bearer == LW_BEARER_WLAN)
                measure(self);
        else
                answer_looking(self);
}
