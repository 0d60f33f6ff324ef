/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client on the bus: org.lwm2md.TestServer1.Client. */
#include "testserver/face-client.h"

#include <errno.h>
#include <string.h>

#include "bus/error.h"
#include "bus/variant.h"
#include "model/status.h"
#include "testserver/face-values.h"
#include "testserver/operations.h"
#include "testserver/options.h"

/* What a call waits for: the client's answer to one operation. */
typedef struct Call {
        sd_bus_message *message;
        LwPath path;
        int (*reply)(const struct Call *call, const LwTestAnswer *answer);
} Call;

/* Properties */

static int get_text(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property, sd_bus_message *reply,
                void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestClient *client = ((LwTestFaceClient *) user)->client;
        const char *text = NULL;

        if (strcmp(property, "Endpoint") == 0)
                text = client->endpoint;
        else if (strcmp(property, "Version") == 0)
                text = lw_version_text(client->version);
        else if (strcmp(property, "Binding") == 0)
                text = client->binding;
        else if (strcmp(property, "SmsNumber") == 0)
                text = client->sms_number;
        else if (strcmp(property, "Address") == 0)
                text = client->peer->address;
        return sd_bus_message_append(reply, "s", text != NULL ? text : "");
}

static int get_lifetime(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestClient *client = ((LwTestFaceClient *) user)->client;

        return sd_bus_message_append(reply, "u", client->lifetime_seconds);
}

static int get_queue_mode(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestClient *client = ((LwTestFaceClient *) user)->client;

        return sd_bus_message_append(reply, "b", (int) client->queue_mode);
}

static int get_location(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestClient *client = ((LwTestFaceClient *) user)->client;
        g_autofree char *location = g_strconcat("/rd/", client->id, NULL);

        return sd_bus_message_append(reply, "s", location);
}

static int get_time(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property, sd_bus_message *reply,
                void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFaceClient *self = user;
        const LwTestClient *client = self->client;
        LwUsec now = lw_test_server_now(self->server).boot;

        if (strcmp(property, "RegisteredAtUsec") == 0)
                return sd_bus_message_append(reply, "t", (uint64_t) client->registered_real_usec);
        if (client->expires == LW_USEC_NEVER)
                return sd_bus_message_append(reply, "t", UINT64_MAX);
        return sd_bus_message_append(
                        reply, "t", client->expires > now ? client->expires - now : UINT64_C(0));
}

static int get_parameters(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const GPtrArray *others = ((LwTestFaceClient *) user)->client->others;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (guint i = 0; r >= 0 && i < others->len; i++)
                r = sd_bus_message_append_basic(reply, 's', g_ptr_array_index(others, i));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_objects(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwObjectList *objects = ((LwTestFaceClient *) user)->client->objects;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < lw_object_list_count(objects); i++) {
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&lw_object_list_at(objects, i)->path, text);
                r = sd_bus_message_append_basic(reply, 's', text);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_versions(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwObjectList *objects = ((LwTestFaceClient *) user)->client->objects;
        int r = sd_bus_message_open_container(reply, 'a', "{ss}");

        for (size_t i = 0; r >= 0 && i < lw_object_list_count(objects); i++) {
                const LwObjectLink *link = lw_object_list_at(objects, i);
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&link->path, text);
                if (link->version != NULL)
                        r = sd_bus_message_append(reply, "{ss}", text, link->version);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_alternate_path(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwObjectList *objects = ((LwTestFaceClient *) user)->client->objects;
        g_autofree char *joined = g_strjoinv("/", (char **) lw_object_list_prefix(objects));
        g_autofree char *text = g_strconcat("/", joined, NULL);

        return sd_bus_message_append(reply, "s", text);
}

static int get_formats(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        size_t count;
        const uint16_t *formats = lw_object_list_formats(
                        ((LwTestFaceClient *) user)->client->objects, &count);

        return sd_bus_message_append_array(reply, 'q', formats, count * sizeof(formats[0]));
}

typedef struct Listing {
        sd_bus_message *reply;
        int r;
} Listing;

static void list_path(void *user, const LwPath *path)
{
        Listing *listing = user;
        char text[LW_PATH_TEXT_MAX];

        lw_path_print(path, text);
        if (listing->r >= 0)
                listing->r = sd_bus_message_append_basic(listing->reply, 's', text);
}

static int get_observed(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFaceClient *self = user;
        Listing listing = { .reply = reply };

        listing.r = sd_bus_message_open_container(reply, 'a', "s");
        lw_test_operations_observed(
                        lw_test_server_operations(self->server), self->client, list_path, &listing);
        return listing.r < 0 ? listing.r : sd_bus_message_close_container(reply);
}

/* Replies: what the client answered is a success here, its errors included. */

static int reply_status(const Call *call, const LwTestAnswer *answer)
{
        return sd_bus_reply_method_return(call->message, "s", lw_status_text(answer->status));
}

static int reply_values(const Call *call, const LwTestAnswer *answer)
{
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call->message, &reply);

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", lw_status_text(answer->status));
        if (r >= 0)
                r = answer->values != NULL
                                    ? lw_variant_append_values(reply, &call->path, answer->values)
                                    : sd_bus_message_append(reply, "a{sv}", 0);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int reply_links(const Call *call, const LwTestAnswer *answer)
{
        bool has_links = answer->format == LW_FORMAT_LINK && lw_status_is_success(answer->status);
        g_auto(GStrv) links =
                        has_links ? lw_test_split_links((const char *) answer->message->payload,
                                                    answer->message->payload_length)
                                  : g_new0(char *, 1);
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call->message, &reply);

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", lw_status_text(answer->status));
        if (r >= 0)
                r = sd_bus_message_append_strv(reply, links);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int reply_raw(const Call *call, const LwTestAnswer *answer)
{
        uint16_t format = answer->format == LW_FORMAT_NONE ? UINT16_MAX : (uint16_t) answer->format;
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call->message, &reply);

        if (r >= 0)
                r = sd_bus_message_append(reply, "sq", lw_status_text(answer->status), format);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', answer->message->payload,
                                answer->message->payload_length);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

/* No answer at all is the one failure that has no response code: it has a name of its own. */
static void reply_error(sd_bus_message *message, const GError *error)
{
        LwStatus status = lw_status_of_error(error);

        sd_bus_reply_method_errorf(message,
                        status == LW_STATUS_TIMEOUT ? LW_BUS_ERROR "Timeout"
                                                    : lw_bus_error_name(status),
                        "%s", error->message);
}

static void call_free(Call *call)
{
        sd_bus_message_unref(call->message);
        g_free(call);
}

/* A reply that cannot be sent has nobody who waits for it. */
static void on_answer(void *user, const LwTestAnswer *answer, const GError *error)
{
        Call *call = user;
        int r = 0;

        if (error != NULL)
                reply_error(call->message, error);
        else
                r = call->reply(call, answer);
        if (r < 0)
                sd_bus_reply_method_errno(call->message, r, NULL);
        call_free(call);
}

/* Methods */

static Call *call_new(sd_bus_message *m, const LwPath *path,
                int (*reply)(const Call *call, const LwTestAnswer *answer))
{
        Call *call = g_new0(Call, 1);

        call->message = sd_bus_message_ref(m);
        call->path = *path;
        call->reply = reply;
        return call;
}

static int start(LwTestFaceClient *self, sd_bus_message *m, const LwTestAsk *ask,
                int (*reply)(const Call *call, const LwTestAnswer *answer), sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        Call *call = call_new(m, &ask->path, reply);

        if (lw_test_operations_start(lw_test_server_operations(self->server), self->client, ask,
                            on_answer, call, lw_test_server_now(self->server), &error))
                return 1;
        call_free(call);
        return lw_bus_error_set(ret_error, error);
}

static int read_path(sd_bus_message *m, LwPath *ret_path, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        const char *text;
        int r = sd_bus_message_read(m, "s", &text);

        if (r < 0)
                return r;
        return lw_path_parse(text, ret_path, &error) ? 1 : lw_bus_error_set(ret_error, error);
}

static void take_options(LwTestAsk *ask, const LwTestOptions *options)
{
        ask->format = options->format;
        ask->accept = options->accept;
        ask->non = options->non;
        ask->timeout_usec = options->timeout_usec;
}

/* The methods that have a path, options with `allowed` keys, and no more. */
static int ask_path(LwTestFaceClient *self, sd_bus_message *m, LwOperation operation,
                unsigned allowed, int (*reply)(const Call *call, const LwTestAnswer *answer),
                sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = operation };
        int r = read_path(m, &ask.path, ret_error);

        if (r < 0)
                return r;
        r = lw_test_options_read(m, allowed, &options, ret_error);
        if (r < 0)
                return r;
        take_options(&ask, &options);
        return start(self, m, &ask, reply, ret_error);
}

static int method_read(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_READ, LW_TEST_OPTION_ACCEPT, reply_values, ret_error);
}

static int method_discover(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_DISCOVER, 0, reply_links, ret_error);
}

static int method_observe(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_OBSERVE, LW_TEST_OPTION_ACCEPT, reply_values,
                        ret_error);
}

static int method_cancel(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_CANCEL, LW_TEST_OPTION_ACCEPT, reply_status,
                        ret_error);
}

static int method_write(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFaceClient *self = user;
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = { .values = values };
        int r = read_path(m, &ask.path, ret_error);

        if (r < 0)
                return r;
        if (!lw_test_read_values(
                            m, &ask.path, lw_test_server_registry(self->server), values, &error))
                return lw_bus_error_set(ret_error, error);
        r = lw_test_options_read(
                        m, LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_MODE, &options, ret_error);
        if (r < 0)
                return r;
        take_options(&ask, &options);
        ask.operation = options.update ? LW_OPERATION_WRITE_UPDATE : LW_OPERATION_WRITE;
        return start(self, m, &ask, reply_status, ret_error);
}

static int method_execute(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = LW_OPERATION_EXECUTE };
        int r = read_path(m, &ask.path, ret_error);

        if (r < 0)
                return r;
        r = sd_bus_message_read(m, "s", &ask.arguments);
        if (r < 0)
                return r;
        r = lw_test_options_read(m, LW_TEST_OPTION_FORMAT, &options, ret_error);
        if (r < 0)
                return r;
        take_options(&ask, &options);
        return start(user, m, &ask, reply_status, ret_error);
}

static int method_request(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFaceClient *self = user;
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwTestRequest) request = NULL;
        g_autoptr(GError) error = NULL;
        const char *method, *path;
        Call *call;
        int r = sd_bus_message_read(m, "ss", &method, &path);

        if (r < 0)
                return r;
        r = lw_test_options_read(m,
                        LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_RAW,
                        &options, ret_error);
        if (r < 0)
                return r;
        request = lw_test_request_new(method, path, &options, &error);
        if (request == NULL)
                return lw_bus_error_set(ret_error, error);
        call = call_new(m, &LW_PATH_ROOT, reply_raw);
        if (lw_test_operations_send(lw_test_server_operations(self->server), self->client,
                            lw_test_request_message(request), options.payload, options.non,
                            options.timeout_usec, on_answer, call, lw_test_server_now(self->server),
                            &error))
                return 1;
        call_free(call);
        return lw_bus_error_set(ret_error, error);
}

/* clang-format off */
#define CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define OPEN SD_BUS_VTABLE_UNPRIVILEGED
/* clang-format on */

const sd_bus_vtable lw_test_face_client_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Endpoint", "s", get_text, 0, CONSTANT),
        SD_BUS_PROPERTY("Version", "s", get_text, 0, CONSTANT),
        SD_BUS_PROPERTY("Location", "s", get_location, 0, CONSTANT),
        SD_BUS_PROPERTY("RegisteredAtUsec", "t", get_time, 0, CONSTANT),
        SD_BUS_PROPERTY("Lifetime", "u", get_lifetime, 0, CHANGES),
        SD_BUS_PROPERTY("ExpiresUsec", "t", get_time, 0, 0),
        SD_BUS_PROPERTY("Address", "s", get_text, 0, CHANGES),
        SD_BUS_PROPERTY("Binding", "s", get_text, 0, CHANGES),
        SD_BUS_PROPERTY("QueueMode", "b", get_queue_mode, 0, CHANGES),
        SD_BUS_PROPERTY("SmsNumber", "s", get_text, 0, CHANGES),
        SD_BUS_PROPERTY("Parameters", "as", get_parameters, 0, CHANGES),
        SD_BUS_PROPERTY("Objects", "as", get_objects, 0, CHANGES),
        SD_BUS_PROPERTY("Versions", "a{ss}", get_versions, 0, CHANGES),
        SD_BUS_PROPERTY("AlternatePath", "s", get_alternate_path, 0, CHANGES),
        SD_BUS_PROPERTY("Formats", "aq", get_formats, 0, CHANGES),
        SD_BUS_PROPERTY("Observed", "as", get_observed, 0, 0),
        SD_BUS_METHOD_WITH_ARGS("Read", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values), method_read, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Discover", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "as", links), method_discover, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Write", SD_BUS_ARGS("s", path, "v", value, "a{sv}", options),
                        SD_BUS_RESULT("s", status), method_write, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Execute", SD_BUS_ARGS("s", path, "s", arguments, "a{sv}", options),
                        SD_BUS_RESULT("s", status), method_execute, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Observe", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values), method_observe, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status), method_cancel, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Request", SD_BUS_ARGS("s", method, "s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "q", format, "ay", payload), method_request,
                        OPEN),
        SD_BUS_SIGNAL_WITH_ARGS(
                        "Notified", SD_BUS_ARGS("s", path, "a{sv}", values, "u", sequence), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Ended", SD_BUS_ARGS("s", path, "s", status), 0),
        SD_BUS_VTABLE_END,
};
