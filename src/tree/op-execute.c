/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Execute. */
#include "codec/format.h"
#include "model/limits.h"
#include "model/status.h"
#include "tree/arguments.h"
#include "tree/operations.h"
#include "tree/target.h"

/* An Execute under way. */
typedef struct Executing {
        LwDispatchDone done;
        void *user;
} Executing;

static void on_done(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        g_autofree Executing *self = user;

        lw_op_finish(self->done, self->user, LW_STATUS_CHANGED, error);
}

/* Arguments are text; some peers leave the format away. */
static bool check_arguments(const LwRequest *request, char **ret_arguments, GError **error)
{
        const char *text = request->payload ? (const char *) request->payload : "";

        if (request->format != LW_FORMAT_NONE && request->format != LW_FORMAT_TEXT) {
                g_set_error(error, LW_ERROR, LW_STATUS_UNSUPPORTED_FORMAT,
                                "the arguments of Execute are text/plain, not %s",
                                lw_format_name(request->format));
                return false;
        }
        if (request->payload_length > LW_EXECUTE_ARGUMENTS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_TOO_LARGE,
                                "the arguments of Execute have at most %u bytes",
                                LW_EXECUTE_ARGUMENTS_MAX);
                return false;
        }
        if (!lw_arguments_check(text, request->payload_length, error))
                return false;
        *ret_arguments = g_strndup(text, request->payload_length);
        return true;
}

static bool find_executable(
                const LwTree *tree, const LwRequest *request, LwTarget *ret_target, GError **error)
{
        if (!lw_target_find(tree, request, LW_LEVELS(LW_LEVEL_RESOURCE, LW_LEVEL_RESOURCE),
                            ret_target, error))
                return false;
        if (ret_target->resource->operations & LW_EXECUTABLE &&
                        ret_target->layer->provider->ops->execute)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED, "resource %u (%s) cannot be executed",
                        request->path.ids[2], ret_target->resource->name);
        return false;
}

void lw_op_execute(LwTree *tree, const LwRequest *request, LwDispatchDone done, void *user)
{
        g_autofree char *arguments = NULL;
        g_autoptr(GError) error = NULL;
        LwProvider *provider;
        Executing *self;
        LwTarget target;

        if (!find_executable(tree, request, &target, &error) ||
                        !check_arguments(request, &arguments, &error)) {
                lw_op_finish(done, user, LW_STATUS_FAILED, error);
                return;
        }
        provider = target.layer->provider;
        self = g_new(Executing, 1);
        *self = (Executing){ .done = done, .user = user };
        provider->ops->execute(provider, &request->path, arguments,
                        lw_call_new(request, NULL, on_done, self));
}
