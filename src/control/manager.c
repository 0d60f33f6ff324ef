/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwManager: org.lwm2md.Manager1 at /org/lwm2md, and a Server1 for each server. */
#include "control/manager.h"

#include <stdbool.h>

#include "base/log.h"
#include "bus/authorize.h"
#include "control/changes.h"
#include "control/local.h"
#include "control/offered.h"
#include "control/operations.h"
#include "control/provision.h"
#include "control/send.h"
#include "control/server.h"
#include "tree/tree.h"

struct LwManager {
        LwClient *client;
        LwBus *bus;
        LwDriver *driver;
        char *version;
        const LwManagerOps *ops;
        void *user;
        LwLocal *local;
        LwOperationSignal *operations;
        GPtrArray *servers; /* of LwServerFace */

        sd_bus *connection; /* between attach and detach */
        sd_bus_slot *slot;
        sd_bus_slot *objects_slot; /* the ObjectManager */

        LwChanges changes;
        bool touched;
        bool flushing; /* flush() is deferred */
};

/* Properties */

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        const LwManager *self = user;
        const char *text = self->version;

        (void) bus;
        (void) path;
        (void) interface;
        (void) ret_error;
        if (g_str_equal(property, "EndpointName"))
                text = lw_client_endpoint(self->client);
        else if (g_str_equal(property, "State"))
                text = lw_client_state_name(lw_client_state(self->client));
        return sd_bus_message_append(reply, "s", text);
}

static int get_objects(sd_bus *bus, const char *path, const char *interface, const char *property,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error)
{
        const LwManager *self = user;

        (void) bus;
        (void) path;
        (void) interface;
        (void) property;
        (void) ret_error;
        return lw_offered_append(reply, lw_client_tree(self->client));
}

/* What emits changes, as text to compare */

static void print_endpoint(const void *object, GString *text)
{
        const LwManager *self = object;

        g_string_append(text, lw_client_endpoint(self->client));
}

static void print_state(const void *object, GString *text)
{
        const LwManager *self = object;

        g_string_append(text, lw_client_state_name(lw_client_state(self->client)));
}

static void print_objects(const void *object, GString *text)
{
        const LwManager *self = object;

        lw_offered_print(text, lw_client_tree(self->client));
}

static const LwWatchedProperty watched[] = {
        { "EndpointName", print_endpoint },
        { "State", print_state },
        { "Objects", print_objects },
};

/* Methods */

static LwServerFace *find_object(const LwManager *self, const LwServer *server, guint *ret_index)
{
        for (guint i = 0; i < self->servers->len; i++) {
                LwServerFace *object = g_ptr_array_index(self->servers, i);

                if (lw_server_face_server(object) != server)
                        continue;
                if (ret_index != NULL)
                        *ret_index = i;
                return object;
        }
        return NULL;
}

static int method_read(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_READ, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1; /* 0: being asked; the handler runs again */
        return lw_local_read(self->local, m, ret_error);
}

static int method_write(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_WRITE, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_local_write(self->local, m, ret_error);
}

static int method_execute(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_EXECUTE, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_local_execute(self->local, m, ret_error);
}

static int method_discover(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_READ, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_local_discover(self->local, m, ret_error);
}

static int method_update(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_UPDATE, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        lw_client_update(self->client, lw_driver_now(self->driver));
        return sd_bus_reply_method_return(m, "");
}

static int method_send(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_SEND, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_control_send(self->client, self->driver, m, ret_error);
}

static int method_reload(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_provision_reload(self->ops, self->user, m, ret_error);
}

static int method_factory_reset(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_FACTORY_RESET, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_local_factory_reset(self->local, m);
}

static int method_add_server(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        return lw_provision_add(self->ops, self->user, m, ret_error);
}

static LwServer *find_server(const LwManager *self, const char *path)
{
        for (size_t i = 0; i < lw_client_server_count(self->client); i++) {
                LwServer *server = lw_client_server_at(self->client, i);
                const LwServerFace *face = find_object(self, server, NULL);

                if (face != NULL && g_str_equal(lw_server_face_path(face), path))
                        return server;
        }
        return NULL;
}

static int method_remove_server(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwManager *self = user;
        const char *path;
        int r = lw_bus_authorize(self->bus, m, LW_ACTION_MANAGE_SERVERS, ret_error);

        if (r <= 0)
                return r < 0 ? r : 1;
        r = sd_bus_message_read(m, "o", &path);
        if (r < 0)
                return r;
        return lw_provision_remove(
                        self->ops, self->user, find_server(self, path), path, m, ret_error);
}

/* clang-format off */
static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Read", SD_BUS_ARGS("s", path), SD_BUS_RESULT("a{sv}", values),
                        method_read, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Write", SD_BUS_ARGS("s", path, "v", value), SD_BUS_NO_RESULT,
                        method_write, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Execute", SD_BUS_ARGS("s", path, "s", arguments), SD_BUS_NO_RESULT,
                        method_execute, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Discover", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("as", links), method_discover, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Update", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, method_update,
                        SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Send", SD_BUS_ARGS("as", paths, "a{sv}", options),
                        SD_BUS_RESULT("t", id), method_send, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AddServer", SD_BUS_ARGS("a{sv}", settings),
                        SD_BUS_RESULT("o", server), method_add_server, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("RemoveServer", SD_BUS_ARGS("o", server), SD_BUS_NO_RESULT,
                        method_remove_server, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sss)", refused),
                        method_reload, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("FactoryReset", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT,
                        method_factory_reset, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Version", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("EndpointName", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("State", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Objects", "as", get_objects, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_SIGNAL_WITH_ARGS("Sent", SD_BUS_ARGS("t", id, "q", server, "s", status), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Operation",
                        SD_BUS_ARGS("q", server, "s", operation, "s", path, "s", status), 0),
        SD_BUS_VTABLE_END
};
/* clang-format on */

/* Changes: noted as they happen, told once a turn of the loop */

static void flush(void *user)
{
        LwManager *self = user;
        const char *names[LW_WATCHED_MAX + 1];

        self->flushing = false;
        if (self->connection == NULL)
                return;
        if (self->touched && lw_changes_take(&self->changes, self, names) > 0)
                sd_bus_emit_properties_changed_strv(self->connection, LW_MANAGER_PATH,
                                LW_MANAGER_INTERFACE, (char **) names);
        self->touched = false;
        for (guint i = 0; i < self->servers->len; i++)
                lw_server_face_flush(g_ptr_array_index(self->servers, i), self->connection);
}

static void flush_soon(LwManager *self)
{
        if (self->flushing || self->connection == NULL)
                return;
        self->flushing = true;
        lw_driver_defer(self->driver, flush, self);
}

void lw_manager_changed(LwManager *self, LwServer *server)
{
        LwServerFace *object = server != NULL ? find_object(self, server, NULL) : NULL;

        self->touched = true;
        if (object != NULL)
                lw_server_face_touch(object);
        flush_soon(self);
}

/* Lifetime and binding live in object 1, whoever writes them. */
static void on_tree_changed(void *user, const LwPath *path)
{
        static const LwPath server_object = LW_PATH_OBJECT(1);
        LwManager *self = user;

        if (!lw_path_contains(&server_object, path))
                return;
        for (guint i = 0; i < self->servers->len; i++)
                lw_server_face_touch(g_ptr_array_index(self->servers, i));
        flush_soon(self);
}

static void on_tree_restructured(void *user, const LwPath *path, bool added)
{
        LwManager *self = user;

        (void) path;
        (void) added;
        self->touched = true;
        flush_soon(self);
}

static const LwTreeListener tree_listener = {
        .changed = on_tree_changed,
        .restructured = on_tree_restructured,
};

/* Operations */

void lw_manager_operated(LwManager *self, uint16_t server, LwOperation operation,
                const LwPath *path, LwStatus status)
{
        lw_operation_signal_emit(self->operations, server, operation, path, status);
}

void lw_manager_sent(LwManager *self, uint64_t id, uint16_t server, const LwSendResult *result)
{
        lw_control_emit_sent(self->connection, id, server, result);
}

static void on_local_operated(
                void *user, LwOperation operation, const LwPath *path, LwStatus status)
{
        lw_manager_operated(user, LW_SERVER_LOCAL, operation, path, status);
}

/* Servers */

static void attach_server(LwManager *self, LwServerFace *object)
{
        int r = lw_server_face_attach(object, self->connection);

        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "no object %s on the bus: %s",
                                lw_server_face_path(object), g_strerror(-r));
}

static LwServerFace *add_object(LwManager *self, LwServer *server)
{
        LwServerFace *object = lw_server_face_new(server, self->bus, self->driver,
                        lw_tree_registry(lw_client_tree(self->client)));

        g_ptr_array_add(self->servers, object);
        return object;
}

void lw_manager_server_added(LwManager *self, LwServer *server)
{
        LwServerFace *object;

        if (find_object(self, server, NULL) != NULL)
                return;
        object = add_object(self, server);
        if (self->connection == NULL)
                return;
        attach_server(self, object);
        sd_bus_emit_object_added(self->connection, lw_server_face_path(object));
}

void lw_manager_server_removed(LwManager *self, LwServer *server)
{
        guint index;
        LwServerFace *object = find_object(self, server, &index);

        if (object == NULL)
                return;
        if (self->connection != NULL)
                sd_bus_emit_object_removed(self->connection, lw_server_face_path(object));
        g_ptr_array_remove_index(self->servers, index);
}

/* Bus */

static void manager_attach(void *user, sd_bus *bus)
{
        LwManager *self = user;
        const char *names[LW_WATCHED_MAX + 1];
        int r;

        self->connection = bus;
        lw_changes_take(&self->changes, self, names);
        self->touched = false;
        lw_operation_signal_set_bus(self->operations, bus);
        r = sd_bus_add_object_manager(bus, &self->objects_slot, LW_MANAGER_PATH);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, &self->slot, LW_MANAGER_PATH,
                                LW_MANAGER_INTERFACE, vtable, self);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "no object %s on the bus: %s", LW_MANAGER_PATH,
                                g_strerror(-r));
        for (guint i = 0; i < self->servers->len; i++)
                attach_server(self, g_ptr_array_index(self->servers, i));
}

static void manager_detach(void *user, sd_bus *bus)
{
        LwManager *self = user;

        (void) bus;
        for (guint i = 0; i < self->servers->len; i++)
                lw_server_face_detach(g_ptr_array_index(self->servers, i));
        self->slot = sd_bus_slot_unref(self->slot);
        self->objects_slot = sd_bus_slot_unref(self->objects_slot);
        lw_operation_signal_set_bus(self->operations, NULL);
        self->connection = NULL;
}

const LwBusUser lw_manager_bus_user = { .attach = manager_attach, .detach = manager_detach };

/* Life */

static void free_object(void *data)
{
        lw_server_face_free(data);
}

LwManager *lw_manager_new(LwClient *client, LwBus *bus, LwDriver *driver, const char *version,
                const LwManagerOps *ops, void *user)
{
        LwManager *self = g_new0(LwManager, 1);

        self->client = client;
        self->bus = bus;
        self->driver = driver;
        self->version = g_strdup(version);
        self->ops = ops;
        self->user = user;
        self->operations = lw_operation_signal_new(driver);
        self->local = lw_local_new(client, driver, on_local_operated, self);
        self->servers = g_ptr_array_new_with_free_func(free_object);
        lw_changes_init(&self->changes, watched, G_N_ELEMENTS(watched));
        for (size_t i = 0; i < lw_client_server_count(client); i++)
                add_object(self, lw_client_server_at(client, i));
        lw_tree_add_listener(lw_client_tree(client), &tree_listener, self);
        return self;
}

void lw_manager_free(LwManager *self)
{
        if (self == NULL)
                return;
        lw_driver_forget(self->driver, flush, self);
        lw_tree_remove_listener(lw_client_tree(self->client), &tree_listener, self);
        manager_detach(self, self->connection);
        g_ptr_array_unref(self->servers);
        lw_local_free(self->local);
        lw_operation_signal_free(self->operations);
        lw_changes_clear(&self->changes);
        g_free(self->version);
        g_free(self);
}
