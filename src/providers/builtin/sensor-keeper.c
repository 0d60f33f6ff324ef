/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorKeeper: what is kept of sensors over restarts: instance ids and Application Types. */
#include "providers/builtin/sensor-keeper.h"

#include "model/limits.h"
#include "model/status.h"
#include "providers/builtin/sensor.h"

#define DOCUMENT "sensors"
#define VERSION 1

/* An Application Type on its way to the disk. */
typedef struct Naming {
        LwSensorKeeper *owner;
        LwCall *call;
        LwPath path;  /* of the instance */
        char *before; /* NULL: none was written */
} Naming;

struct LwSensorKeeper {
        LwTree *tree;
        LwState *state;
        LwSensorIds *ids;
        GPtrArray *namings; /* of Naming */
};

static void naming_free(void *data)
{
        Naming *self = data;

        g_free(self->before);
        g_free(self);
}

static void load(LwSensorKeeper *self)
{
        g_autoptr(GBytes) document = lw_state_load(self->state, DOCUMENT, VERSION);
        g_autoptr(GError) error = NULL;

        if (document != NULL && !lw_sensor_ids_parse(self->ids, document, &error))
                lw_state_set_aside(self->state, DOCUMENT, error->message);
}

LwSensorKeeper *lw_sensor_keeper_new(LwTree *tree, LwState *state)
{
        LwSensorKeeper *self = g_new0(LwSensorKeeper, 1);

        self->tree = tree;
        self->state = state;
        self->ids = lw_sensor_ids_new();
        self->namings = g_ptr_array_new_with_free_func(naming_free);
        load(self);
        return self;
}

LwSensorIds *lw_sensor_keeper_ids(LwSensorKeeper *self)
{
        return self->ids;
}

static void save(LwSensorKeeper *self, LwStateDone done, void *user)
{
        g_autoptr(GBytes) document = lw_sensor_ids_print(self->ids);

        lw_state_save(self->state, DOCUMENT, VERSION, document, done, user);
}

void lw_sensor_keeper_save(LwSensorKeeper *self)
{
        save(self, NULL, NULL);
}

/* --- Write --- */

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

bool lw_sensor_keeper_check(
                const LwPath *target, bool replace, const LwValues *values, GError **error)
{
        const char *text;
        bool any;

        return take_text(target, replace, values, &any, &text, error);
}

static void on_named(void *user, const GError *error)
{
        Naming *naming = user;
        LwSensorKeeper *self = naming->owner;
        LwPath path = lw_path_child(&naming->path, LW_SENSOR_APPLICATION);
        LwCall *call = naming->call;

        if (error != NULL)
                lw_sensor_ids_set_text(self->ids, path.ids[0], path.ids[1], naming->before);
        lw_tree_changed(self->tree, &path);
        g_ptr_array_remove_fast(self->namings, naming);
        if (error != NULL)
                lw_call_fail(call, error);
        else
                lw_call_succeed(call);
}

void lw_sensor_keeper_write(LwSensorKeeper *self, const LwPath *target, bool replace,
                const LwValues *values, LwCall *call)
{
        g_autoptr(GError) error = NULL;
        const char *text;
        Naming *naming;
        bool any;

        if (!take_text(target, replace, values, &any, &text, &error)) {
                lw_call_fail(call, error);
                return;
        }
        if (!any) {
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

void lw_sensor_keeper_free(LwSensorKeeper *self)
{
        if (self == NULL)
                return;
        for (guint i = 0; i < self->namings->len; i++) {
                Naming *naming = self->namings->pdata[i];

                lw_state_forget(self->state, on_named, naming);
                lw_call_fail_status(naming->call, LW_STATUS_UNAVAILABLE, "the agent ends");
        }
        g_ptr_array_unref(self->namings);
        lw_sensor_ids_free(self->ids);
        g_free(self);
}
