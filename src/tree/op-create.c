/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Create: a new instance, made by the provider that answers for the object. */
#include "codec/format.h"
#include "model/status.h"
#include "tree/content.h"
#include "tree/operations.h"
#include "tree/target.h"

/* A Create under way. */
typedef struct Creating {
        LwPath instance;
        LwDispatchDone done;
        void *user;
} Creating;

/* The location is always said: the standard wants it where the client chose the id, and servers
 * take it where they did. */
static void on_created(void *user, LwCall *call, const GError *error)
{
        g_autofree Creating *self = user;
        LwResponse response = lw_response_status(LW_STATUS_CREATED);
        LwPath said = lw_call_created(call);

        if (error) {
                lw_op_finish(self->done, self->user, LW_STATUS_FAILED, error);
                return;
        }
        response.location = said.length > 0 ? said : self->instance;
        self->done(self->user, &response);
        lw_response_clear(&response);
}

static bool find_object(const LwTree *tree, const LwRequest *request, const LwObject **ret_object,
                GError **error)
{
        LwTarget target;

        if (!lw_target_find(tree, request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_OBJECT), &target,
                            error))
                return false;
        if (!target.object->creator || !target.object->creator->ops->create)
                return lw_content_refuse(error, LW_STATUS_NOT_PERMITTED, request, &request->path,
                                "instances of this object are not made by servers");
        *ret_object = target.object;
        return true;
}

/* Neither payload nor format: an instance with what the provider puts into it. */
static bool read_content(
                LwTree *tree, const LwRequest *request, LwValues *ret_values, GError **error)
{
        if (!request->values && request->format == LW_FORMAT_NONE && request->payload_length == 0)
                return true;
        return lw_content_read(tree, request, ret_values, error);
}

static bool find_free(const LwObject *object, uint16_t *ret_id)
{
        uint16_t id = 0;

        /* ascending without gaps: the first that is not at its place shows the lowest free one */
        while (id < object->instances->len &&
                        ((const LwInstance *) object->instances->pdata[id])->id == id)
                id++;
        *ret_id = id;
        return id <= LW_ID_MAX;
}

/*
 * The id that all values name. Several instances in one payload, which the text neither allows nor
 * forbids plainly, are refused: two providers could not make them as one.
 */
static bool find_id(const LwRequest *request, const LwObject *object, const LwValues *values,
                uint16_t *ret_id, bool *ret_chosen, GError **error)
{
        LwPath instance = LW_PATH_INSTANCE(object->id, LW_INSTANCE_UNCHOSEN);

        if (lw_values_count(values) > 0)
                instance.ids[1] = lw_values_at(values, 0)->path.ids[1];
        for (size_t i = 0; i < lw_values_count(values); i++)
                if (!lw_path_contains(&instance, &lw_values_at(values, i)->path))
                        return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request,
                                        &request->path, "the content must be one instance");
        *ret_chosen = instance.ids[1] != LW_INSTANCE_UNCHOSEN;
        *ret_id = instance.ids[1];
        if (!*ret_chosen && !find_free(object, ret_id))
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &request->path,
                                "all instance ids are taken");
        instance.ids[1] = *ret_id;
        if (!object->def->multiple && (*ret_id != 0 || object->instances->len > 0))
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &instance,
                                "the object has the one instance 0");
        if (lw_object_instance(object, *ret_id))
                return lw_content_refuse(error, LW_STATUS_BAD_REQUEST, request, &instance,
                                "the instance exists already");
        return true;
}

/* What only the provider may set is left out, as the standard has it. */
static bool is_ignored(const LwObject *object, const LwEntry *entry)
{
        const LwResourceDef *def;

        if (entry->path.length < LW_LEVEL_RESOURCE)
                return true;
        def = lw_object_def_find(object->def, entry->path.ids[2]);
        return !def || !(def->operations & LW_WRITABLE);
}

static bool check_values(const LwTree *tree, const LwRequest *request, const LwObject *object,
                uint16_t id, const LwValues *values, LwValues *kept, GError **error)
{
        LwPath instance = LW_PATH_INSTANCE(object->id, id);

        for (size_t i = 0; i < lw_values_count(values); i++) {
                LwEntry entry = *lw_values_at(values, i);

                entry.path.ids[1] = id;
                if (is_ignored(object, &entry))
                        continue;
                if (!lw_content_check(tree, request, object->def, &entry, error))
                        return false;
                lw_values_add(kept, &entry.path, &entry.value);
        }
        return lw_content_check_mandatory(request, object->def, &instance, kept, error);
}

void lw_op_create(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autoptr(LwValues) values = lw_values_new(), kept = lw_values_new();
        g_autoptr(GError) error = NULL;
        const LwObject *object = NULL;
        Creating *self;
        bool chosen = false;
        uint16_t id = 0;

        if (!find_object(tree, request, &object, &error) ||
                        !read_content(tree, request, values, &error) ||
                        !find_id(request, object, values, &id, &chosen, &error) ||
                        !check_values(tree, request, object, id, values, kept, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        self = g_new(Creating, 1);
        *self = (Creating){
                .instance = LW_PATH_INSTANCE(object->id, id),
                .done = done,
                .user = user,
        };
        object->creator->ops->create(object->creator, &self->instance, chosen, kept,
                        lw_call_new(request, NULL, on_created, self));
}
