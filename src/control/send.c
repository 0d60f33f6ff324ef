/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manager1.Send and Manager1.Sent, from D-Bus message to the client and back. */
#include "control/send.h"

#include <string.h>

#include "base/quote.h"
#include "bus/error.h"
#include "bus/timestamp.h"
#include "client/send.h"
#include "control/manager.h"
#include "model/limits.h"
#include "tree/access.h"

static int read_path(const char *text, GArray *paths, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        LwPath path;

        if (!lw_path_parse(text, &path, &error))
                return lw_bus_error_set(ret_error, error);
        if (path.length >= LW_LEVEL_OBJECT && lw_access_is_closed(path.ids[0]))
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                                "object %u holds credentials and is closed", path.ids[0]);
        if (paths->len >= LW_SEND_PATHS_MAX)
                return sd_bus_error_setf(ret_error, lw_bus_error_name(LW_STATUS_BAD_REQUEST),
                                "one Send takes %d paths; use several, or name their instances",
                                LW_SEND_PATHS_MAX);
        g_array_append_val(paths, path);
        return 0;
}

static int read_paths(sd_bus_message *m, GArray *paths, sd_bus_error *ret_error)
{
        const char *text;
        int r = sd_bus_message_enter_container(m, 'a', "s");

        while (r >= 0 && (r = sd_bus_message_read(m, "s", &text)) > 0)
                r = read_path(text, paths, ret_error);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_option(
                sd_bus_message *m, const char *key, LwSendRequest *request, sd_bus_error *ret_error)
{
        g_autofree char *quoted = NULL;

        if (strcmp(key, "timestamp_usec") == 0)
                return lw_bus_read_timestamp(m, &request->real_usec, ret_error);
        if (strcmp(key, "server") != 0) {
                quoted = lw_quote(key, strlen(key));
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "%s is not an option; there are 'server' (q) and 'timestamp_usec' "
                                "(t)",
                                quoted);
        }
        if (sd_bus_message_read(m, "v", "q", &request->server) < 0)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "the option 'server' is a short id (q)");
        return 0;
}

static int read_options(sd_bus_message *m, LwSendRequest *request, sd_bus_error *ret_error)
{
        const char *key;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = read_option(m, key, request, ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : 0;
}

/* That nobody is registered has a name of its own on D-Bus. */
static int refuse(sd_bus_error *ret_error, const GError *error)
{
        if (lw_status_of_error(error) != LW_STATUS_PRECONDITION_FAILED)
                return lw_bus_error_set(ret_error, error);
        return sd_bus_error_set(ret_error, LW_BUS_ERROR_NOT_REGISTERED, error->message);
}

int lw_control_send(LwClient *client, LwDriver *driver, sd_bus_message *m, sd_bus_error *ret_error)
{
        g_autoptr(GArray) paths = g_array_new(FALSE, FALSE, sizeof(LwPath));
        g_autoptr(GError) error = NULL;
        LwSendRequest request = {};
        LwSending sending;
        int r = read_paths(m, paths, ret_error);

        if (r < 0 || (r = read_options(m, &request, ret_error)) < 0)
                return r;
        if (request.server != 0 && lw_client_server(client, request.server) == NULL)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_NO_SUCH_SERVER,
                                "no server has the short id %u", request.server);
        request.paths = (const LwPath *) (void *) paths->data;
        request.path_count = paths->len;
        if (!lw_client_send(client, &request, lw_driver_now(driver), &sending, &error))
                return refuse(ret_error, error);
        return sd_bus_reply_method_return(m, "t", sending.id);
}

void lw_control_emit_sent(sd_bus *bus, uint64_t id, uint16_t server, const LwSendResult *result)
{
        if (bus != NULL)
                sd_bus_emit_signal(bus, LW_MANAGER_PATH, LW_MANAGER_INTERFACE, "Sent", "tqs", id,
                                server, lw_send_result_text(result));
}
