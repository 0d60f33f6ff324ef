/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods of org.lwm2md.TestServer1.Client: one for each operation of the standard. */
#include "testserver/face-methods.h"

#include "bus/error.h"
#include "codec/format.h"
#include "model/status.h"
#include "testserver/attributes.h"
#include "testserver/face-client.h"
#include "testserver/face-reply.h"
#include "testserver/face-values.h"
#include "testserver/operations.h"
#include "testserver/options.h"
#include "testserver/request.h"

/* What is common */

/* Starts it. `asked` is what a Create wants to make, else NULL. */
static int start(LwTestFaceClient *self, sd_bus_message *m, const LwTestAsk *ask,
                const LwPath *asked, LwTestReply reply, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        LwTestCall *call = lw_test_call_new(m, self->client, &ask->path, reply);

        if (asked != NULL)
                call->asked = *asked;
        if (lw_test_operations_start(lw_test_server_operations(self->server), self->client, ask,
                            lw_test_call_done, call, lw_test_server_now(self->server), &error))
                return 1;
        lw_test_call_free(call);
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

/* Reads the options, which `ask` then points to. */
static int read_options(sd_bus_message *m, unsigned allowed, LwTestAsk *ask, LwTestOptions *options,
                sd_bus_error *ret_error)
{
        int r = lw_test_options_read(m, allowed, options, ret_error);

        if (r < 0)
                return r;
        ask->format = options->format;
        ask->accept = options->accept;
        ask->queries = lw_test_options_queries(options);
        ask->way = lw_test_options_way(options, (allowed & LW_TEST_OPTION_TARGET) != 0);
        return r;
}

/* The methods that have a path, options with `allowed` keys, and no more. */
static int ask_path(LwTestFaceClient *self, sd_bus_message *m, LwOperation operation,
                unsigned allowed, LwTestReply reply, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = operation };
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = read_options(m, allowed, &ask, &options, ret_error);
        return r < 0 ? r : start(self, m, &ask, NULL, reply, ret_error);
}

/* Those that have paths, and options. */
static int ask_paths(LwTestFaceClient *self, sd_bus_message *m, LwOperation operation,
                unsigned allowed, LwTestReply reply, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwValues) paths = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = { .operation = operation, .path = LW_PATH_ROOT, .paths = paths };
        int r;

        if (!lw_test_read_paths(m, paths, &error))
                return lw_bus_error_set(ret_error, error);
        r = read_options(m, allowed, &ask, &options, ret_error);
        return r < 0 ? r : start(self, m, &ask, NULL, reply, ret_error);
}

/* Reading and observing */

/* What goes to a file is wanted as it is, not as base64. */
int lw_test_method_read(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = LW_OPERATION_READ };
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = read_options(m, LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_TARGET, &ask, &options,
                                ret_error);
        if (r < 0)
                return r;
        if (ask.way.save != NULL && ask.accept == LW_FORMAT_NONE)
                ask.accept = LW_FORMAT_OPAQUE;
        return start(user, m, &ask, NULL, lw_test_reply_values, ret_error);
}

int lw_test_method_discover(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_DISCOVER, LW_TEST_OPTION_DEPTH, lw_test_reply_links,
                        ret_error);
}

int lw_test_method_observe(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_OBSERVE,
                        LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_ATTRIBUTES, lw_test_reply_values,
                        ret_error);
}

int lw_test_method_cancel(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_CANCEL, LW_TEST_OPTION_ACCEPT, lw_test_reply_status,
                        ret_error);
}

int lw_test_method_read_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_paths(user, m, LW_OPERATION_READ_COMPOSITE,
                        LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_TARGET,
                        lw_test_reply_values, ret_error);
}

int lw_test_method_observe_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_paths(user, m, LW_OPERATION_OBSERVE_COMPOSITE,
                        LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_ATTRIBUTES,
                        lw_test_reply_values, ret_error);
}

int lw_test_method_cancel_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_paths(user, m, LW_OPERATION_CANCEL_COMPOSITE,
                        LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT, lw_test_reply_status,
                        ret_error);
}

/* Writing */

/* Reads `v`, the second argument, which the options behind it may have made pointless. */
static int read_values(LwTestFaceClient *self, sd_bus_message *m, const LwPath *path,
                LwValues *values, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;
        int r = sd_bus_message_rewind(m, true);

        if (r >= 0)
                r = sd_bus_message_skip(m, "s");
        if (r < 0)
                return r;
        if (lw_test_read_values(m, path, lw_test_server_registry(self->server), values, &error))
                return 1;
        return lw_bus_error_set(ret_error, error);
}

static int read_content(LwTestFile *file, LwBlob **ret_content, sd_bus_error *ret_error)
{
        g_autoptr(GError) error = NULL;

        *ret_content = lw_test_file_blob(file, &error);
        return *ret_content != NULL ? 1 : lw_bus_error_set(ret_error, error);
}

int lw_test_method_write(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(LwBlob) content = NULL;
        LwTestAsk ask = {};
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = sd_bus_message_skip(m, "v");
        if (r >= 0)
                r = read_options(m,
                                LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_MODE |
                                                LW_TEST_OPTION_SOURCE | LW_TEST_OPTION_BLOCKS,
                                &ask, &options, ret_error);
        if (r >= 0)
                r = options.file != NULL ? read_content(options.file, &content, ret_error)
                                         : read_values(user, m, &ask.path, values, ret_error);
        if (r < 0)
                return r;
        ask.operation = options.update ? LW_OPERATION_WRITE_UPDATE : LW_OPERATION_WRITE;
        ask.content = content;
        ask.values = content == NULL ? values : NULL;
        return start(user, m, &ask, NULL, lw_test_reply_status, ret_error);
}

int lw_test_method_write_attributes(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(g_free);
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = LW_OPERATION_WRITE_ATTRIBUTES };
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = lw_test_read_attributes(m, queries, ret_error);
        if (r >= 0)
                r = read_options(m, LW_TEST_OPTION_UNSET, &ask, &options, ret_error);
        if (r < 0)
                return r;
        for (char **name = ask.queries; name != NULL && *name != NULL; name++)
                g_ptr_array_add(queries, g_strdup(*name));
        g_ptr_array_add(queries, NULL);
        ask.queries = (char **) queries->pdata;
        return start(user, m, &ask, NULL, lw_test_reply_status, ret_error);
}

int lw_test_method_write_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFaceClient *self = user;
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = {
                .operation = LW_OPERATION_WRITE_COMPOSITE,
                .path = LW_PATH_ROOT,
                .values = values,
        };
        int r;

        if (!lw_test_read_entries(
                            m, &ask.path, lw_test_server_registry(self->server), values, &error))
                return lw_bus_error_set(ret_error, error);
        r = read_options(m, LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_REMOVE | LW_TEST_OPTION_BLOCKS,
                        &ask, &options, ret_error);
        if (r < 0)
                return r;
        lw_values_append(values, options.removed);
        return start(self, m, &ask, NULL, lw_test_reply_status, ret_error);
}

/* The others */

int lw_test_method_execute(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        g_auto(LwTestOptions) options = {};
        LwTestAsk ask = { .operation = LW_OPERATION_EXECUTE };
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = sd_bus_message_read(m, "s", &ask.arguments);
        if (r >= 0)
                r = read_options(m, LW_TEST_OPTION_FORMAT, &ask, &options, ret_error);
        return r < 0 ? r : start(user, m, &ask, NULL, lw_test_reply_status, ret_error);
}

/* Values are read when it is known which instance they are for. */
int lw_test_method_create(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFaceClient *self = user;
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;
        LwTestAsk ask = { .operation = LW_OPERATION_CREATE, .values = values };
        LwValue none = lw_value_none();
        LwPath instance;
        int r = read_path(m, &ask.path, ret_error);

        if (r >= 0)
                r = sd_bus_message_skip(m, "a{sv}");
        if (r >= 0)
                r = read_options(m,
                                LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_INSTANCE |
                                                LW_TEST_OPTION_BLOCKS,
                                &ask, &options, ret_error);
        if (r >= 0)
                r = sd_bus_message_rewind(m, true);
        if (r >= 0)
                r = sd_bus_message_skip(m, "s");
        if (r < 0)
                return r;
        if (ask.path.length != LW_LEVEL_OBJECT)
                return sd_bus_error_set(ret_error, LW_BUS_ERROR "BadRequest",
                                "Create goes to an object; the id of the instance is the option "
                                "instance");
        instance = lw_path_child(
                        &ask.path, options.has_instance ? options.instance : LW_INSTANCE_UNCHOSEN);
        if (!lw_test_read_entries(
                            m, &instance, lw_test_server_registry(self->server), values, &error))
                return lw_bus_error_set(ret_error, error);
        if (lw_values_count(values) == 0 && options.has_instance)
                lw_values_add(values, &instance, &none);
        return start(self, m, &ask, options.has_instance ? &instance : NULL, lw_test_reply_created,
                        ret_error);
}

int lw_test_method_delete(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        return ask_path(user, m, LW_OPERATION_DELETE, 0, lw_test_reply_status, ret_error);
}

/* Requests as they stand */

int lw_test_method_request(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        LwTestFaceClient *self = user;
        g_auto(LwTestOptions) options = {};
        g_autoptr(LwTestRequest) request = NULL;
        g_autoptr(LwBlob) payload = NULL;
        g_autoptr(GError) error = NULL;
        const char *method, *path;
        LwTestCall *call;
        LwTestRaw raw;
        int r = sd_bus_message_read(m, "ss", &method, &path);

        if (r >= 0)
                r = lw_test_options_read(m,
                                LW_TEST_OPTION_FORMAT | LW_TEST_OPTION_ACCEPT | LW_TEST_OPTION_RAW |
                                                LW_TEST_OPTION_SOURCE | LW_TEST_OPTION_BLOCKS,
                                &options, ret_error);
        if (r >= 0 && options.file != NULL)
                r = read_content(options.file, &payload, ret_error);
        else if (r >= 0 && options.payload != NULL)
                payload = lw_blob_new(options.payload);
        if (r < 0)
                return r;
        request = lw_test_request_new(method, path, &options, &error);
        if (request == NULL)
                return lw_bus_error_set(ret_error, error);
        raw = (LwTestRaw){
                .head = lw_test_request_message(request),
                .payload = payload,
                .way = lw_test_options_way(&options, false),
        };
        call = lw_test_call_new(m, self->client, &LW_PATH_ROOT, lw_test_reply_raw);
        if (lw_test_operations_send(lw_test_server_operations(self->server), self->client, &raw,
                            lw_test_call_done, call, lw_test_server_now(self->server), &error))
                return 1;
        lw_test_call_free(call);
        return lw_bus_error_set(ret_error, error);
}
