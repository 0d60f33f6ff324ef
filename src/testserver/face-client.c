/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client on the bus: org.lwm2md.TestServer1.Client. */
#include "testserver/face-client.h"

#include <string.h>

#include "testserver/face-methods.h"
#include "testserver/operations.h"

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

static int get_sends(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        return sd_bus_message_append(reply, "t", ((LwTestFaceClient *) user)->client->sends);
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

static void list_subject(void *user, const char *subject)
{
        Listing *listing = user;

        if (listing->r >= 0)
                listing->r = sd_bus_message_append_basic(listing->reply, 's', subject);
}

static int get_observed(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFaceClient *self = user;
        Listing listing = { .reply = reply };

        listing.r = sd_bus_message_open_container(reply, 'a', "s");
        lw_test_operations_observed(lw_test_server_operations(self->server), self->client,
                        list_subject, &listing);
        return listing.r < 0 ? listing.r : sd_bus_message_close_container(reply);
}

static void list_progress(void *user, const LwTestProgress *progress)
{
        Listing *listing = user;

        if (listing->r >= 0)
                listing->r = sd_bus_message_append(listing->reply, "(ssttt)", progress->name,
                                progress->subject, progress->sent, progress->size,
                                progress->received);
}

static int get_transfers(sd_bus *bus G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                const char *interface G_GNUC_UNUSED, const char *property G_GNUC_UNUSED,
                sd_bus_message *reply, void *user, sd_bus_error *ret_error G_GNUC_UNUSED)
{
        const LwTestFaceClient *self = user;
        Listing listing = { .reply = reply };

        listing.r = sd_bus_message_open_container(reply, 'a', "(ssttt)");
        lw_test_operations_progress(lw_test_server_operations(self->server), self->client,
                        list_progress, &listing);
        return listing.r < 0 ? listing.r : sd_bus_message_close_container(reply);
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
        SD_BUS_PROPERTY("Sends", "t", get_sends, 0, 0),
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
        SD_BUS_PROPERTY("Transfers", "a(ssttt)", get_transfers, 0, 0),
        SD_BUS_METHOD_WITH_ARGS("Read", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values, "s", diagnostic),
                        lw_test_method_read, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Discover", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "as", links, "s", diagnostic),
                        lw_test_method_discover, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Write", SD_BUS_ARGS("s", path, "v", value, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic), lw_test_method_write, OPEN),
        SD_BUS_METHOD_WITH_ARGS("WriteAttributes",
                        SD_BUS_ARGS("s", path, "a{sv}", attributes, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic),
                        lw_test_method_write_attributes, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Execute", SD_BUS_ARGS("s", path, "s", arguments, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic), lw_test_method_execute, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Create", SD_BUS_ARGS("s", path, "a{sv}", values, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", created, "s", diagnostic),
                        lw_test_method_create, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Delete", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic), lw_test_method_delete, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ReadComposite", SD_BUS_ARGS("as", paths, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values, "s", diagnostic),
                        lw_test_method_read_composite, OPEN),
        SD_BUS_METHOD_WITH_ARGS("WriteComposite", SD_BUS_ARGS("a{sv}", values, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic), lw_test_method_write_composite,
                        OPEN),
        SD_BUS_METHOD_WITH_ARGS("Observe", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values, "s", diagnostic),
                        lw_test_method_observe, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_ARGS("s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic), lw_test_method_cancel, OPEN),
        SD_BUS_METHOD_WITH_ARGS("ObserveComposite", SD_BUS_ARGS("as", paths, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "a{sv}", values, "s", diagnostic),
                        lw_test_method_observe_composite, OPEN),
        SD_BUS_METHOD_WITH_ARGS("CancelComposite", SD_BUS_ARGS("as", paths, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "s", diagnostic),
                        lw_test_method_cancel_composite, OPEN),
        SD_BUS_METHOD_WITH_ARGS("Request", SD_BUS_ARGS("s", method, "s", path, "a{sv}", options),
                        SD_BUS_RESULT("s", status, "q", format, "ay", payload),
                        lw_test_method_request, OPEN),
        SD_BUS_SIGNAL_WITH_ARGS("Notified",
                        SD_BUS_ARGS("s", path, "a{sv}", values, "u", sequence, "t", time_usec), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Sent", SD_BUS_ARGS("a(svt)", values, "s", format), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Ended", SD_BUS_ARGS("s", path, "s", status), 0),
        SD_BUS_VTABLE_END,
};
