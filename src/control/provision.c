/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manager1's methods that change which servers there are. */
#include "control/provision.h"

#include "bus/error.h"
#include "control/server.h"
#include "control/settings.h"
#include "model/limits.h"

/* Errors */

static void reply_error(sd_bus_message *m, const GError *error)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        const char *name = NULL;

        if (error->code == LW_STATUS_BAD_REQUEST)
                name = SD_BUS_ERROR_INVALID_ARGS;
        else if (error->code == LW_STATUS_PRECONDITION_FAILED)
                name = LW_BUS_ERROR_ALREADY_EXISTS;
        else if (error->code == LW_STATUS_TOO_LARGE)
                name = LW_BUS_ERROR_LIMIT_EXCEEDED;
        if (name != NULL)
                sd_bus_error_set(&bus_error, name, error->message);
        else
                lw_bus_error_set(&bus_error, error);
        sd_bus_reply_method_error(m, &bus_error);
        sd_bus_error_free(&bus_error);
}

/* Reload */

/* One answer under way. */
typedef struct Refusals {
        sd_bus_message *reply;
        int r; /* of the first that failed */
} Refusals;

static void append_refusal(void *data, const char *file, unsigned line, const char *what)
{
        Refusals *self = data;
        char number[16] = "";

        if (line > 0)
                g_snprintf(number, sizeof(number), "%u", line);
        if (self->r >= 0)
                self->r = sd_bus_message_append(self->reply, "(sss)", file, number, what);
}

int lw_provision_reload(
                const LwManagerOps *ops, void *user, sd_bus_message *m, sd_bus_error *ret_error)
{
        Refusals refusals = {};

        (void) ret_error;
        refusals.r = sd_bus_message_new_method_return(m, &refusals.reply);
        if (refusals.r >= 0)
                refusals.r = sd_bus_message_open_container(refusals.reply, 'a', "(sss)");
        if (refusals.r >= 0)
                ops->reload(user, append_refusal, &refusals);
        if (refusals.r >= 0)
                refusals.r = sd_bus_message_close_container(refusals.reply);
        if (refusals.r >= 0)
                refusals.r = sd_bus_send(NULL, refusals.reply, NULL);
        sd_bus_message_unref(refusals.reply);
        return refusals.r < 0 ? refusals.r : 1;
}

/* AddServer and RemoveServer */

static void on_added(void *data, uint16_t ssid, const GError *error)
{
        sd_bus_message *m = data;
        char path[sizeof(LW_SERVER_PATH_PREFIX) + 5];

        g_snprintf(path, sizeof(path), LW_SERVER_PATH_PREFIX "%u", ssid);
        if (error != NULL)
                reply_error(m, error);
        else
                sd_bus_reply_method_return(m, "o", path);
        sd_bus_message_unref(m);
}

int lw_provision_add(
                const LwManagerOps *ops, void *user, sd_bus_message *m, sd_bus_error *ret_error)
{
        g_autoptr(GPtrArray) settings = NULL;
        int r = lw_settings_read(m, &settings, ret_error);

        if (r < 0)
                return r;
        ops->add_server(user, settings, on_added, sd_bus_message_ref(m));
        return 1;
}

static void on_removed(void *data, uint16_t ssid G_GNUC_UNUSED, const GError *error)
{
        sd_bus_message *m = data;

        if (error != NULL)
                reply_error(m, error);
        else
                sd_bus_reply_method_return(m, "");
        sd_bus_message_unref(m);
}

int lw_provision_remove(const LwManagerOps *ops, void *user, LwServer *server, const char *path,
                sd_bus_message *m, sd_bus_error *ret_error)
{
        if (server == NULL)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_NO_SUCH_SERVER,
                                "%s is not the object of a server; 'busctl tree org.lwm2md' lists "
                                "them",
                                path);
        ops->remove_server(user, server, on_removed, sd_bus_message_ref(m));
        return 1;
}
