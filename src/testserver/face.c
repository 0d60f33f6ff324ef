/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server on the bus: org.lwm2md.TestServer1 and one object for each client. */
#include "testserver/face.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bus/variant.h"
#include "codec/format.h"
#include "testserver/face-client.h"

struct LwTestFace {
        LwTestServer *server;
        char *version;
        GHashTable *clients; /* endpoint to LwTestFaceClient */
        sd_bus *bus;         /* NULL: there is none */
        GPtrArray *slots;    /* sd_bus_slot */
};

static void slot_unref(void *slot)
{
        sd_bus_slot_unref(slot);
}

LwTestFace *lw_test_face_new(LwTestServer *server, const char *version)
{
        LwTestFace *self = g_new0(LwTestFace, 1);

        self->server = server;
        self->version = g_strdup(version);
        self->clients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        self->slots = g_ptr_array_new_with_free_func(slot_unref);
        return self;
}

void lw_test_face_free(LwTestFace *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->slots);
        g_hash_table_unref(self->clients);
        g_free(self->version);
        g_free(self);
}

/* Paths */

/* sd-bus allocates by malloc; NULL when it cannot. */
static char *path_of(const char *endpoint)
{
        char *path = NULL;

        if (sd_bus_path_encode(LW_TEST_CLIENT_PATH, endpoint, &path) < 0)
                g_error("out of memory");
        return path;
}

static int find_client(sd_bus *bus G_GNUC_UNUSED, const char *path,
                const char *interface G_GNUC_UNUSED, void *user, void **ret_found,
                sd_bus_error *ret_error G_GNUC_UNUSED)
{
        LwTestFace *self = user;
        char *endpoint = NULL;
        int r = sd_bus_path_decode(path, LW_TEST_CLIENT_PATH, &endpoint);

        if (r <= 0)
                return r;
        *ret_found = g_hash_table_lookup(self->clients, endpoint);
        free(endpoint);
        return *ret_found != NULL;
}

/* sd-bus frees the array and its strings by free(). */
static int list_clients(sd_bus *bus G_GNUC_UNUSED, const char *prefix G_GNUC_UNUSED, void *user,
                char ***ret_nodes, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFace *self = user;
        LwTestClients *clients = lw_test_server_clients(self->server);
        size_t count = lw_test_clients_count(clients);
        char **nodes = calloc(count + 1, sizeof(char *));

        if (nodes == NULL)
                g_error("out of memory");
        for (size_t i = 0; i < count; i++)
                nodes[i] = path_of(lw_test_clients_at(clients, i)->endpoint);
        *ret_nodes = nodes;
        return 0;
}

/* Properties */

static int get_version(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFace *self = user;

        return sd_bus_message_append(reply, "s", self->version);
}

static int get_listening(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFace *self = user;
        g_auto(GStrv) uris = lw_test_server_listening(self->server);

        return sd_bus_message_append_strv(reply, uris);
}

static int get_clients(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFace *self = user;
        LwTestClients *clients = lw_test_server_clients(self->server);
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < lw_test_clients_count(clients); i++)
                r = sd_bus_message_append_basic(
                                reply, 's', lw_test_clients_at(clients, i)->endpoint);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Misbehave */

static int set_flag(sd_bus_message *m, bool *ret_flag)
{
        int value, r = sd_bus_message_read(m, "v", "b", &value);

        if (r >= 0)
                *ret_flag = value != 0;
        return r;
}

static int set_highest_version(sd_bus_message *m, LwMisbehaviour *how, sd_bus_error *error)
{
        const char *text;
        int r = sd_bus_message_read(m, "v", "s", &text);

        if (r < 0)
                return r;
        how->has_highest_version = text[0] != '\0';
        if (how->has_highest_version && !lw_version_parse(text, &how->highest_version))
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "highest_version is 1.0, 1.1, 1.2, or empty for any");
        return 0;
}

static int set_status(sd_bus_message *m, LwMisbehaviour *how, sd_bus_error *error)
{
        uint16_t status;
        int r = sd_bus_message_read(m, "v", "q", &status);

        if (r < 0)
                return r;
        if (status != 0 && (status < 400 || status >= 600 || status % 100 > 31))
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "status is an error as a number, 500 for 5.00, or 0 for none");
        how->status = (LwStatus) status;
        return 0;
}

static int read_forgotten(
                LwTestFace *self, sd_bus_message *m, const char **ret_endpoint, sd_bus_error *error)
{
        const char *endpoint;
        int r = sd_bus_message_read(m, "v", "s", &endpoint);

        if (r < 0)
                return r;
        if (lw_test_clients_find(lw_test_server_clients(self->server), endpoint) == NULL)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "forget is the endpoint name of a registered client");
        *ret_endpoint = endpoint;
        return 0;
}

/* What is done once, and what is chosen, when all of the call is known to be right. */
typedef struct Errands {
        const char *forgotten;
        const char *certificate;
        const char *raw_key;
        bool lose_sessions;
} Errands;

static int read_certificate(
                LwTestFace *self, sd_bus_message *m, const char **ret_name, sd_bus_error *error)
{
        int r = sd_bus_message_read(m, "v", "s", ret_name);

        if (r >= 0 && lw_test_server_certificates(self->server) == NULL)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "certificate chooses one of --certificates, which was not given");
        return r;
}

static int read_raw_key(
                LwTestFace *self, sd_bus_message *m, const char **ret_name, sd_bus_error *error)
{
        int r = sd_bus_message_read(m, "v", "s", ret_name);

        if (r >= 0 && lw_test_server_raw_keys(self->server) == NULL)
                return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                                "raw_key chooses one of --raw-keys, which was not given");
        return r;
}

static int read_one(LwTestFace *self, sd_bus_message *m, const char *key, LwMisbehaviour *how,
                Errands *errands, sd_bus_error *error)
{
        if (strcmp(key, "deaf") == 0)
                return set_flag(m, &how->deaf);
        if (strcmp(key, "reset") == 0)
                return set_flag(m, &how->reset);
        if (strcmp(key, "lose_sessions") == 0)
                return set_flag(m, &errands->lose_sessions);
        if (strcmp(key, "certificate") == 0)
                return read_certificate(self, m, &errands->certificate, error);
        if (strcmp(key, "raw_key") == 0)
                return read_raw_key(self, m, &errands->raw_key, error);
        if (strcmp(key, "silent") == 0)
                return set_flag(m, &how->silent);
        if (strcmp(key, "no_location") == 0)
                return set_flag(m, &how->no_location);
        if (strcmp(key, "highest_version") == 0)
                return set_highest_version(m, how, error);
        if (strcmp(key, "status") == 0)
                return set_status(m, how, error);
        if (strcmp(key, "forget") == 0)
                return read_forgotten(self, m, &errands->forgotten, error);
        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS,
                        "keys are silent, deaf, reset, no_location, highest_version, status, "
                        "forget, certificate, raw_key and lose_sessions");
}

static int carry_out(LwTestFace *self, const Errands *errands, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;

        if (errands->certificate != NULL &&
                        !lw_test_certificates_choose(lw_test_server_certificates(self->server),
                                        errands->certificate, &error))
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS, "certificate: %s",
                                error->message);
        if (errands->raw_key != NULL &&
                        !lw_test_raw_keys_choose(lw_test_server_raw_keys(self->server),
                                        errands->raw_key, &error))
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS, "raw_key: %s",
                                error->message);
        if (errands->forgotten != NULL)
                lw_test_clients_forget(lw_test_server_clients(self->server), errands->forgotten);
        if (errands->lose_sessions)
                lw_test_server_lose_sessions(self->server);
        return 0;
}

static int method_misbehave(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFace *self = user;
        LwMisbehaviour how = *lw_test_server_misbehaviour(self->server);
        Errands errands = {};
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r > 0) {
                const char *key;

                r = sd_bus_message_enter_container(m, 'e', "sv");
                if (r <= 0)
                        break;
                r = sd_bus_message_read_basic(m, 's', &key);
                if (r >= 0)
                        r = read_one(self, m, key, &how, &errands, ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r == -ENXIO && !sd_bus_error_is_set(ret_error))
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "silent, deaf, reset, no_location and lose_sessions are b, status "
                                "is q, highest_version, forget, certificate and raw_key are s");
        if (r < 0)
                return r;
        r = carry_out(self, &errands, ret_error);
        if (r < 0)
                return r;
        *lw_test_server_misbehaviour(self->server) = how;
        lw_test_server_follow_misbehaviour(self->server);
        return sd_bus_reply_method_return(m, NULL);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Listening", "as", get_listening, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Clients", "as", get_clients, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD_WITH_ARGS("Misbehave", SD_BUS_ARGS("a{sv}", how), SD_BUS_NO_RESULT,
                        method_misbehave, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Registered", SD_BUS_ARGS("o", client, "s", endpoint), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Updated", SD_BUS_ARGS("o", client, "s", endpoint), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Deregistered", SD_BUS_ARGS("o", client, "s", endpoint), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Expired", SD_BUS_ARGS("o", client, "s", endpoint), 0),
        SD_BUS_VTABLE_END,
};

/* The bus comes and goes */

static void attach(void *user, sd_bus *bus)
{
        LwTestFace *self = user;
        sd_bus_slot *slots[4] = {};
        int r;

        self->bus = bus;
        r = sd_bus_add_object_vtable(bus, &slots[0], LW_TEST_PATH, LW_TEST_INTERFACE, vtable, self);
        if (r >= 0)
                r = sd_bus_add_object_manager(bus, &slots[1], LW_TEST_PATH);
        if (r >= 0)
                r = sd_bus_add_fallback_vtable(bus, &slots[2], LW_TEST_CLIENT_PATH,
                                LW_TEST_CLIENT_INTERFACE, lw_test_face_client_vtable, find_client,
                                self);
        if (r >= 0)
                r = sd_bus_add_node_enumerator(
                                bus, &slots[3], LW_TEST_CLIENT_PATH, list_clients, self);
        for (size_t i = 0; i < G_N_ELEMENTS(slots); i++)
                if (slots[i] != NULL)
                        g_ptr_array_add(self->slots, slots[i]);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "the bus does not take our objects: %s",
                                g_strerror(-r));
}

static void detach(void *user, sd_bus *bus G_GNUC_UNUSED)
{
        LwTestFace *self = user;

        self->bus = NULL;
        g_ptr_array_set_size(self->slots, 0);
}

const LwBusUser lw_test_face_user = { .attach = attach, .detach = detach };

/* Signals. One that cannot be sent is lost with its bus, which LwBus reports. */

static void emit_of_client(LwTestFace *self, const char *member, const char *endpoint)
{
        char *path;

        if (self->bus == NULL)
                return;
        path = path_of(endpoint);
        sd_bus_emit_signal(
                        self->bus, LW_TEST_PATH, LW_TEST_INTERFACE, member, "os", path, endpoint);
        free(path);
}

static void emit_clients(LwTestFace *self)
{
        sd_bus_emit_properties_changed(self->bus, LW_TEST_PATH, LW_TEST_INTERFACE, "Clients", NULL);
}

void lw_test_face_registered(LwTestFace *self, LwTestClient *client)
{
        LwTestFaceClient *object = g_new0(LwTestFaceClient, 1);
        char *path;

        object->server = self->server;
        object->client = client;
        g_hash_table_insert(self->clients, g_strdup(client->endpoint), object);
        if (self->bus == NULL)
                return;
        path = path_of(client->endpoint);
        sd_bus_emit_object_added(self->bus, path);
        free(path);
        emit_clients(self);
        emit_of_client(self, "Registered", client->endpoint);
}

void lw_test_face_updated(LwTestFace *self, LwTestClient *client)
{
        char *path;

        if (self->bus == NULL)
                return;
        path = path_of(client->endpoint);
        sd_bus_emit_properties_changed(self->bus, path, LW_TEST_CLIENT_INTERFACE, "Lifetime",
                        "Binding", "QueueMode", "SmsNumber", "Parameters", "Objects", "Versions",
                        "AlternatePath", "Formats", "Address", NULL);
        free(path);
        emit_of_client(self, "Updated", client->endpoint);
}

void lw_test_face_ended(LwTestFace *self, LwTestClient *client, LwTestClientEnd why)
{
        if (self->bus != NULL) {
                char *path = path_of(client->endpoint);

                sd_bus_emit_object_removed(self->bus, path);
                free(path);
        }
        g_hash_table_remove(self->clients, client->endpoint);
        if (self->bus == NULL)
                return;
        emit_clients(self);
        switch (why) {
        case LW_TEST_CLIENT_DEREGISTERED:
                emit_of_client(self, "Deregistered", client->endpoint);
                return;
        case LW_TEST_CLIENT_EXPIRED:
                emit_of_client(self, "Expired", client->endpoint);
                return;
        case LW_TEST_CLIENT_REPLACED:
        case LW_TEST_CLIENT_FORGOTTEN:
                return;
        }
}

void lw_test_face_notified(LwTestFace *self, LwTestClient *client, const char *subject,
                const LwPath *path, LwValues *values, uint32_t sequence, int64_t real_usec)
{
        uint64_t time_usec = (uint64_t) MAX(real_usec, 0);
        sd_bus_message *m = NULL;
        char *object;
        int r;

        if (self->bus == NULL)
                return;
        object = path_of(client->endpoint);
        r = sd_bus_message_new_signal(self->bus, &m, object, LW_TEST_CLIENT_INTERFACE, "Notified");
        free(object);
        if (r >= 0)
                r = sd_bus_message_append_basic(m, 's', subject);
        if (r >= 0)
                r = lw_variant_append_values(m, path, values);
        if (r >= 0)
                r = sd_bus_message_append(m, "ut", sequence, time_usec);
        if (r >= 0)
                sd_bus_send(self->bus, m, NULL);
        sd_bus_message_unref(m);
}

static int append_sent(sd_bus_message *m, const LwValues *values, int32_t format)
{
        int r = sd_bus_message_open_container(m, 'a', "(svt)");

        for (size_t i = 0; r >= 0 && i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                char text[LW_PATH_TEXT_MAX];

                if (entry->value.type == LW_TYPE_NONE)
                        continue;
                lw_path_print(&entry->path, text);
                r = sd_bus_message_open_container(m, 'r', "svt");
                if (r >= 0)
                        r = sd_bus_message_append_basic(m, 's', text);
                if (r >= 0)
                        r = lw_variant_append(m, &entry->value);
                if (r >= 0)
                        r = sd_bus_message_append(
                                        m, "t", (uint64_t) MAX(lw_values_time(values, i), 0));
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_append(m, "s", lw_format_word(format));
}

void lw_test_face_sent(
                LwTestFace *self, LwTestClient *client, const LwValues *values, int32_t format)
{
        sd_bus_message *m = NULL;
        char *object;
        int r;

        if (self->bus == NULL)
                return;
        object = path_of(client->endpoint);
        r = sd_bus_message_new_signal(self->bus, &m, object, LW_TEST_CLIENT_INTERFACE, "Sent");
        free(object);
        if (r >= 0)
                r = append_sent(m, values, format);
        if (r >= 0)
                sd_bus_send(self->bus, m, NULL);
        sd_bus_message_unref(m);
}

void lw_test_face_observation_ended(
                LwTestFace *self, LwTestClient *client, const char *subject, LwStatus status)
{
        char *object;

        if (self->bus == NULL)
                return;
        object = path_of(client->endpoint);
        sd_bus_emit_signal(self->bus, object, LW_TEST_CLIENT_INTERFACE, "Ended", "ss", subject,
                        lw_status_text(status));
        free(object);
}
