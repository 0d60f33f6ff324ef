/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Send operation: what a program of this host wants to be sent, and to which servers. */
#include "client/send.h"

#include "model/limits.h"
#include "model/status.h"
#include "tree/target.h"

static bool refuse(GError **error, LwStatus status, const char *what)
{
        g_set_error_literal(error, LW_ERROR, (int) status, what);
        return false;
}

/* Whether there is something at `path` that a server could read. */
static bool check_path(const LwTree *tree, const LwPath *path, LwNow now, GError **error)
{
        LwRequest request = {
                .operation = LW_OPERATION_READ,
                .server = LW_SERVER_LOCAL,
                .version = LW_VERSION_1_2,
                .path = *path,
                .now = now,
        };
        LwTarget target;

        if (path->length == LW_LEVEL_ROOT)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "Send takes objects, instances and resources, such as /3/0, and "
                                "not the root");
        if (!lw_target_find(tree, &request, LW_LEVELS(LW_LEVEL_OBJECT, LW_LEVEL_RESOURCE_INSTANCE),
                            &target, error))
                return false;
        if (!target.resource || target.resource->operations & LW_READABLE)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_NOT_PERMITTED, "resource %u (%s) cannot be read",
                        path->ids[2], target.resource->name);
        return false;
}

static bool check_paths(const LwTree *tree, const LwSendRequest *request, LwNow now, GError **error)
{
        if (request->values)
                return true;
        if (request->path_count == 0)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "there is nothing to send; name a path, such as /3/0");
        if (request->path_count > LW_SEND_PATHS_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%zu paths are too many for one Send; it takes %d",
                                request->path_count, LW_SEND_PATHS_MAX);
                return false;
        }
        for (size_t i = 0; i < request->path_count; i++)
                if (!check_path(tree, &request->paths[i], now, error))
                        return false;
        return true;
}

/* Adds those that take it to `takers`; if there is none, `error` says why of each. */
static bool find_takers(LwClient *client, uint16_t wanted, GPtrArray *takers, GError **error)
{
        g_autoptr(GString) reasons = g_string_new(NULL);
        LwStatus status = LW_STATUS_PRECONDITION_FAILED;

        for (size_t i = 0; i < lw_client_server_count(client); i++) {
                LwServer *server = lw_client_server_at(client, i);
                g_autoptr(GError) why = NULL;

                if (wanted != 0 && lw_server_account(server)->ssid != wanted)
                        continue;
                if (lw_server_may_send(server, &why)) {
                        g_ptr_array_add(takers, server);
                        continue;
                }
                if (why->code != LW_STATUS_PRECONDITION_FAILED)
                        status = (LwStatus) why->code;
                g_string_append_printf(reasons, "%s%s", reasons->len > 0 ? "; " : "", why->message);
        }
        if (takers->len > 0)
                return true;
        if (reasons->len == 0)
                g_string_append(reasons, "there is no server to send it to; add one to the "
                                         "configuration, or by AddServer");
        return refuse(error, status, reasons->str);
}

bool lw_client_send(LwClient *self, const LwSendRequest *request, LwNow now, LwSending *ret_sending,
                GError **error)
{
        g_autoptr(GPtrArray) takers = g_ptr_array_new();
        uint64_t id;

        if (!check_paths(lw_client_tree(self), request, now, error) ||
                        !find_takers(self, request->server, takers, error))
                return false;
        id = lw_client_next_send(self);
        for (guint i = 0; i < takers->len; i++)
                lw_server_send(takers->pdata[i], id, request, now);
        *ret_sending = (LwSending){ id, takers->len };
        return true;
}
