/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLocal: operations that somebody on this host asks for, from D-Bus message to D-Bus answer. */
#include "control/local.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "bus/error.h"
#include "bus/variant.h"
#include "codec/link.h"
#include "tree/access.h"
#include "tree/dispatch.h"

struct LwLocal {
        unsigned references; /* ours, and one for each operation under way */
        LwClient *client;
        LwDriver *driver;
        LwLocalOperated operated; /* NULL once it was freed */
        void *user;
};

/* One operation under way. */
typedef struct Pending {
        LwLocal *local;
        sd_bus_message *m;
        LwOperation operation;
        LwPath path;
} Pending;

static void local_unref(LwLocal *self)
{
        if (--self->references == 0)
                g_free(self);
}

/* Answers */

/* Numbers and versions stand as they are, everything else in quotes. Source: RFC 6690, 2. */
static bool is_plain(const char *value)
{
        return *value != '\0' && value[strspn(value, "0123456789.+-")] == '\0';
}

static bool append_link(void *user, const char *target, const char *const *names,
                const char *const *values, size_t count, GError **error)
{
        g_auto(LwWriter) writer = {};
        int r;

        lw_link_write(&writer, target);
        for (size_t i = 0; i < count; i++) {
                if (values[i] == NULL || is_plain(values[i]))
                        lw_link_write_token(&writer, names[i], values[i]);
                else
                        lw_link_write_quoted(&writer, names[i], values[i]);
        }
        lw_writer_u8(&writer, '\0');
        r = sd_bus_message_append(user, "s", (const char *) writer.data);
        if (r < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "a link cannot be written: %s",
                                g_strerror(-r));
        return r >= 0;
}

static bool append_links(sd_bus_message *reply, const LwResponse *response, GError **error)
{
        size_t length = response->payload != NULL ? (size_t) lw_blob_size(response->payload) : 0;
        g_autofree uint8_t *text = g_malloc(length + 1);
        int r = sd_bus_message_open_container(reply, 'a', "s");

        if (r >= 0 && length > 0) {
                if (!lw_blob_read(response->payload, 0, text, length, error) ||
                                !lw_link_parse((const char *) text, length, append_link, reply,
                                                error))
                        return false;
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the answer cannot be written: %s",
                                g_strerror(-r));
        return r >= 0;
}

static bool append_values(
                sd_bus_message *reply, const LwPath *path, LwValues *values, GError **error)
{
        g_autoptr(LwValues) none = values == NULL ? lw_values_new() : NULL;
        int r = lw_variant_append_values(reply, path, values != NULL ? values : none);

        if (r < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "the values cannot be written: %s",
                                g_strerror(-r));
        return r >= 0;
}

static bool fill(const Pending *self, sd_bus_message *reply, LwResponse *response, GError **error)
{
        if (self->operation == LW_OPERATION_READ)
                return append_values(reply, &self->path, response->values, error);
        if (self->operation == LW_OPERATION_DISCOVER)
                return append_links(reply, response, error);
        return true;
}

/* That nobody is there to get it any more is no failure of ours. */
static void answer(const Pending *self, LwResponse *response)
{
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;
        g_autoptr(GError) error = NULL;
        sd_bus_message *reply = NULL;

        if (!lw_status_is_success(response->status)) {
                lw_bus_error_set_status(&bus_error, response->status, response->diagnostic);
        } else if (sd_bus_message_new_method_return(self->m, &reply) >= 0) {
                if (fill(self, reply, response, &error))
                        sd_bus_send(NULL, reply, NULL);
                else
                        lw_bus_error_set(&bus_error, error);
        }
        if (sd_bus_error_is_set(&bus_error))
                sd_bus_reply_method_error(self->m, &bus_error);
        sd_bus_error_free(&bus_error);
        sd_bus_message_unref(reply);
}

static void tell(const Pending *self, LwStatus status)
{
        const char *name = lw_operation_name(self->operation);
        char path[LW_PATH_TEXT_MAX];

        if (self->operation == LW_OPERATION_READ || self->operation == LW_OPERATION_DISCOVER)
                return;
        lw_path_print(&self->path, path);
        g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_INFO, LW_FIELD_MESSAGE_ID, LW_MESSAGE_OPERATION,
                        LW_FIELD_PATH, path, LW_FIELD_OPERATION, name, LW_FIELD_STATUS,
                        lw_status_text(status), "MESSAGE", "%s %s from this host: %s", name, path,
                        lw_status_text(status));
        if (self->local->operated != NULL)
                self->local->operated(self->local->user, self->operation, &self->path, status);
}

static void on_done(void *user, LwResponse *response)
{
        g_autofree Pending *self = user;

        answer(self, response);
        tell(self, response->status);
        sd_bus_message_unref(self->m);
        local_unref(self->local);
}

/* Requests */

/* Why a path that is fine for a server may not be touched from here, before anything is looked up.
 */
static int check_path(const char *text, LwPath *ret_path, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;

        if (!lw_path_parse(text, ret_path, &error))
                return lw_bus_error_set(ret_error, error);
        if (ret_path->length >= LW_LEVEL_OBJECT && lw_access_is_closed(ret_path->ids[0]))
                return sd_bus_error_setf(ret_error, SD_BUS_ERROR_ACCESS_DENIED,
                                "object %u holds credentials and is closed", ret_path->ids[0]);
        return 0;
}

static LwRequest local_request(LwLocal *self, LwOperation operation, const LwPath *path)
{
        return (LwRequest){
                .operation = operation,
                .server = LW_SERVER_LOCAL,
                .version = LW_VERSION_1_2,
                .path = *path,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_NONE,
                .now = lw_driver_now(self->driver),
        };
}

/* on_done() answers `m`, perhaps before this returns. */
static int dispatch(LwLocal *self, const LwRequest *request, sd_bus_message *m)
{
        Pending *pending = g_new(Pending, 1);

        *pending = (Pending){
                .local = self,
                .m = sd_bus_message_ref(m),
                .operation = request->operation,
                .path = request->path,
        };
        self->references++;
        lw_dispatch(lw_client_tree(self->client), request, on_done, pending);
        return 1;
}

int lw_local_read(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        LwRequest request;
        const char *text;
        LwPath path;
        int r = sd_bus_message_read(m, "s", &text);

        if (r < 0 || (r = check_path(text, &path, ret_error)) < 0)
                return r;
        request = local_request(self, LW_OPERATION_READ, &path);
        return dispatch(self, &request, m);
}

int lw_local_write(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        LwRegistry *registry = lw_tree_registry(lw_client_tree(self->client));
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwRequest request;
        const char *text;
        LwPath path;
        int r = sd_bus_message_read(m, "s", &text);

        if (r < 0 || (r = check_path(text, &path, ret_error)) < 0)
                return r;
        if (path.length < LW_LEVEL_RESOURCE)
                return sd_bus_error_setf(ret_error, lw_bus_error_name(LW_STATUS_BAD_REQUEST),
                                "Write takes a resource, like /3/0/15, or a resource instance, "
                                "not %s",
                                text);
        if (!lw_variant_read(m, &path, lw_registry_resource(registry, path.ids[0], path.ids[2]),
                            LW_VARIANT_PERSON, values, &error))
                return lw_bus_error_set(ret_error, error);
        request = local_request(self, LW_OPERATION_WRITE, &path);
        request.values = values;
        return dispatch(self, &request, m);
}

int lw_local_execute(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        const char *text, *arguments;
        LwRequest request;
        LwPath path;
        int r = sd_bus_message_read(m, "ss", &text, &arguments);

        if (r < 0 || (r = check_path(text, &path, ret_error)) < 0)
                return r;
        request = local_request(self, LW_OPERATION_EXECUTE, &path);
        request.payload = (const uint8_t *) arguments;
        request.payload_length = strlen(arguments);
        request.format = *arguments != '\0' ? LW_FORMAT_TEXT : LW_FORMAT_NONE;
        return dispatch(self, &request, m);
}

int lw_local_factory_reset(LwLocal *self, sd_bus_message *m)
{
        LwPath path = LW_PATH_RESOURCE(3, 0, 5);
        LwRequest request = local_request(self, LW_OPERATION_EXECUTE, &path);

        return dispatch(self, &request, m);
}

/* a{sv} with `server q` */
static int read_options(sd_bus_message *m, uint16_t *ret_server, sd_bus_error *ret_error)
{
        const char *key;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = sd_bus_message_read(m, "s", &key);
                if (r < 0)
                        return r;
                if (strcmp(key, "server") != 0)
                        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                        "'%s' is not an option; there is 'server' (q)", key);
                if (sd_bus_message_read(m, "v", "q", ret_server) < 0)
                        return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                        "the option 'server' is a short id (q)");
                r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : 0;
}

int lw_local_discover(LwLocal *self, sd_bus_message *m, sd_bus_error *ret_error)
{
        uint16_t server = LW_SERVER_LOCAL;
        LwRequest request;
        const char *text;
        LwPath path;
        int r = sd_bus_message_read(m, "s", &text);

        if (r < 0 || (r = check_path(text, &path, ret_error)) < 0 ||
                        (r = read_options(m, &server, ret_error)) < 0)
                return r;
        if (server != LW_SERVER_LOCAL && lw_client_server(self->client, server) == NULL)
                return sd_bus_error_setf(ret_error, LW_BUS_ERROR_NO_SUCH_SERVER,
                                "no server has the short id %u", server);
        request = local_request(self, LW_OPERATION_DISCOVER, &path);
        request.server = server;
        return dispatch(self, &request, m);
}

/* Life */

LwLocal *lw_local_new(LwClient *client, LwDriver *driver, LwLocalOperated operated, void *user)
{
        LwLocal *self = g_new0(LwLocal, 1);

        *self = (LwLocal){
                .references = 1,
                .client = client,
                .driver = driver,
                .operated = operated,
                .user = user,
        };
        return self;
}

void lw_local_free(LwLocal *self)
{
        if (self == NULL)
                return;
        self->operated = NULL;
        local_unref(self);
}
