/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lwm2m-testserver: a small LwM2M server for the bench, driven over D-Bus. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "bus/connection.h"
#include "io/driver.h"
#include "io/file.h"
#include "model/limits.h"
#include "model/registry.h"
#include "model/status.h"
#include "testserver/certificates.h"
#include "testserver/face.h"
#include "testserver/keys.h"
#include "testserver/raw-keys.h"
#include "testserver/server.h"

/* Every address; IPv4 peers come as mapped ones. */
#define AWAKE_MAX_SECONDS 86400
#define LISTEN_DEFAULT "coap://[::]:5683"
#define OBJECTS_DEFAULT LWM2MD_DATADIR "/objects"

typedef struct Arguments {
        char **listen;
        char *bus;
        char *objects;
        char *keys;
        char *certificates;
        int awake_seconds;
        char *raw_keys;
        gboolean trace;
        gboolean once;
        gboolean version;
} Arguments;

/* The process, for whoever is called back. */
typedef struct Program {
        const char *objects;
        bool once;
        LwDriver *driver;
        LwTestFace *face;
} Program;

static void arguments_clear(Arguments *self)
{
        g_strfreev(self->listen);
        g_free(self->bus);
        g_free(self->objects);
        g_free(self->keys);
        g_free(self->certificates);
        g_free(self->raw_keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

/* What happens, as lines on stdout, at the time it does */

static void print_line(const char *text)
{
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = g_date_time_format(now, "%H:%M:%S");

        printf("%s.%03d %s\n", time, g_date_time_get_microsecond(now) / 1000, text);
}

static void G_GNUC_PRINTF(1, 2) say(const char *format, ...)
{
        g_autofree char *text = NULL;
        va_list arguments;

        va_start(arguments, format);
        text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        print_line(text);
}

/* An endpoint name may hold anything that is UTF-8; a terminal should not. */
static char *printable(const char *name)
{
        return g_strescape(name, NULL);
}

static void say_client(const char *what, const LwTestClient *client)
{
        g_autofree char *name = printable(client->endpoint);
        g_autofree char *binding = printable(client->binding);

        say("%s %s at /rd/%s from %s: lifetime %u s, version %s, binding %s%s, %zu objects and "
            "instances",
                        name, what, client->id, client->peer->address, client->lifetime_seconds,
                        lw_version_text(client->version), binding,
                        client->queue_mode ? ", queue mode" : "",
                        lw_object_list_count(client->objects));
}

static void on_registered(void *user, LwTestClient *client, LwNow now G_GNUC_UNUSED)
{
        Program *program = user;

        say_client("registered", client);
        lw_test_face_registered(program->face, client);
}

static void on_updated(void *user, LwTestClient *client, bool moved, LwNow now G_GNUC_UNUSED)
{
        Program *program = user;

        say_client(moved ? "moved" : "updated", client);
        lw_test_face_updated(program->face, client);
}

static const char *end_name(LwTestClientEnd why)
{
        switch (why) {
        case LW_TEST_CLIENT_DEREGISTERED:
                return "de-registered";
        case LW_TEST_CLIENT_EXPIRED:
                return "expired";
        case LW_TEST_CLIENT_REPLACED:
                return "replaced";
        case LW_TEST_CLIENT_FORGOTTEN:
                return "forgotten";
        }
        return "?";
}

static void on_ended(void *user, LwTestClient *client, LwTestClientEnd why)
{
        Program *program = user;
        g_autofree char *name = printable(client->endpoint);

        say("%s %s", name, end_name(why));
        lw_test_face_ended(program->face, client, why);
        if (program->once && why == LW_TEST_CLIENT_DEREGISTERED)
                lw_driver_exit(program->driver, EXIT_SUCCESS);
}

static void on_notified(void *user, LwTestClient *client, const char *subject, const LwPath *path,
                LwValues *values, uint32_t sequence, int64_t real_usec)
{
        Program *program = user;

        lw_test_face_notified(program->face, client, subject, path, values, sequence, real_usec);
}

static void on_observation_ended(
                void *user, LwTestClient *client, const char *subject, LwStatus status)
{
        Program *program = user;

        lw_test_face_observation_ended(program->face, client, subject, status);
}

static void on_sent(void *user, LwTestClient *client, const LwValues *values, int32_t format)
{
        Program *program = user;

        lw_test_face_sent(program->face, client, values, format);
}

static void on_traced(void *user G_GNUC_UNUSED, const char *who, const char *line)
{
        g_autofree char *name = printable(who);

        say("%s %s", name, line);
}

static const LwTestServerEvents events = {
        .clients = { on_registered, on_updated, on_ended },
        .operations = { on_notified, on_observation_ended },
        .sent = on_sent,
};

static const LwTestServerEvents traced_events = {
        .clients = { on_registered, on_updated, on_ended },
        .operations = { on_notified, on_observation_ended },
        .sent = on_sent,
        .traced = on_traced,
};

/* Setting up */

static GBytes *load_definition(void *user, uint16_t object)
{
        const Program *program = user;
        g_autofree char *path = g_strdup_printf("%s/%u.xml", program->objects, object);
        GBytes *bytes = NULL;

        return lw_file_read(AT_FDCWD, path, LW_DEFINITION_MAX, &bytes) < 0 ? NULL : bytes;
}

static bool parse_arguments(int argc, char **argv, Arguments *ret_arguments, GError **error)
{
        g_auto(Arguments) self = { .awake_seconds = LW_AWAKE_SECONDS };
        GOptionEntry entries[] = {
                { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.listen,
                                "Listen there; may be repeated (default " LISTEN_DEFAULT ")",
                                "URI" },
                { "bus", 0, 0, G_OPTION_ARG_STRING, &self.bus,
                                "system, session or an address (default: "
                                "$DBUS_SYSTEM_BUS_ADDRESS, else session)",
                                "BUS" },
                { "keys", 0, 0, G_OPTION_ARG_FILENAME, &self.keys,
                                "Pre-shared keys for coaps:// and coaps+tcp://: lines IDENTITY KEY "
                                "[ENDPOINT]",
                                "FILE" },
                { "certificates", 0, 0, G_OPTION_ARG_FILENAME, &self.certificates,
                                "Certificates for coaps://: server.pem, server.key, ca.pem",
                                "DIR" },
                { "awake-time", 0, 0, G_OPTION_ARG_INT, &self.awake_seconds,
                                "How long a client in queue mode listens after it was heard; later "
                                "requests wait for it; 0: it always listens (default 93)",
                                "SECONDS" },
                { "raw-keys", 0, 0, G_OPTION_ARG_FILENAME, &self.raw_keys,
                                "Raw public keys for coaps://: the private key server.key; "
                                "those of clients stand in --keys",
                                "DIR" },
                { "objects", 0, 0, G_OPTION_ARG_FILENAME, &self.objects,
                                "Object definitions (default " OBJECTS_DEFAULT ")", "DIR" },
                { "trace", 0, 0, G_OPTION_ARG_NONE, &self.trace, "Print each message as one line",
                                NULL },
                { "once", 0, 0, G_OPTION_ARG_NONE, &self.once, "End after the first De-register",
                                NULL },
                { "version", 0, 0, G_OPTION_ARG_NONE, &self.version, "Print the version", NULL },
                {},
        };
        GOptionContext *context = g_option_context_new("- an LwM2M server for the bench");
        bool ok;

        g_option_context_add_main_entries(context, entries, NULL);
        ok = g_option_context_parse(context, &argc, &argv, error);
        g_option_context_free(context);
        if (ok && argc > 1) {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                                "'%s' is no option; --help lists them", argv[1]);
                ok = false;
        }
        if (ok && (self.awake_seconds < 0 || self.awake_seconds > AWAKE_MAX_SECONDS)) {
                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                                "--awake-time %d: it must be 0 to %d", self.awake_seconds,
                                AWAKE_MAX_SECONDS);
                ok = false;
        }
        if (!ok)
                return false;
        *ret_arguments = self;
        self = (Arguments){};
        return true;
}

/* A URI to go to has no port 0; one to listen at may: any that is free. */
static bool parse_listen(const char *text, LwUri *ret_uri, GError **error)
{
        g_autofree char *bare =
                        g_str_has_suffix(text, ":0") ? g_strndup(text, strlen(text) - 2) : NULL;

        if (!lw_uri_parse(bare != NULL ? bare : text, ret_uri, error))
                return false;
        if (bare != NULL)
                ret_uri->port = 0;
        return true;
}

/* Errors in words; without a file there are none. */
static bool read_keys(const char *path, LwTestKeys **ret_keys, GError **error)
{
        g_autoptr(GBytes) bytes = NULL;
        const char *text;
        size_t length;
        int r = path == NULL ? 0 : lw_file_read(AT_FDCWD, path, LW_KEY_RING_MAX, &bytes);

        if (r < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "--keys %s: %s", path,
                                g_strerror(-r));
                return false;
        }
        if (path == NULL)
                return true;
        text = g_bytes_get_data(bytes, &length);
        *ret_keys = lw_test_keys_parse(text, length, error);
        if (*ret_keys == NULL)
                g_prefix_error(error, "--keys %s: ", path);
        return *ret_keys != NULL;
}

static bool read_certificates(
                const char *path, LwTestCertificates **ret_certificates, GError **error)
{
        if (path == NULL)
                return true;
        *ret_certificates = lw_test_certificates_new(path, error);
        if (*ret_certificates == NULL)
                g_prefix_error(error, "--certificates ");
        return *ret_certificates != NULL;
}

static bool read_raw_keys(const char *path, LwTestRawKeys **ret_raw_keys, GError **error)
{
        if (path == NULL)
                return true;
        *ret_raw_keys = lw_test_raw_keys_new(path, error);
        if (*ret_raw_keys == NULL)
                g_prefix_error(error, "--raw-keys: ");
        return *ret_raw_keys != NULL;
}

static bool listen_at(LwTestServer *server, char *const *uris, GError **error)
{
        static char *const defaults[] = { (char *) LISTEN_DEFAULT, NULL };

        for (char *const *text = uris != NULL ? uris : defaults; *text != NULL; text++) {
                g_auto(LwUri) uri = {};

                if (!parse_listen(*text, &uri, error) ||
                                !lw_test_server_listen(server, &uri, error)) {
                        g_prefix_error(error, "--listen %s: ", *text);
                        return false;
                }
        }
        return true;
}

/* A person's session bus, unless a system bus was named. */
static const char *choose_bus(const Arguments *arguments)
{
        if (arguments->bus != NULL)
                return arguments->bus;
        return g_getenv("DBUS_SYSTEM_BUS_ADDRESS") != NULL ? "system" : "session";
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info G_GNUC_UNUSED,
                void *user G_GNUC_UNUSED)
{
        return sd_event_exit(sd_event_source_get_event(source), EXIT_SUCCESS);
}

static void end_on_signals(LwDriver *driver)
{
        sd_event *event = lw_driver_event(driver);

        sd_event_add_signal(event, NULL, SIGTERM | SD_EVENT_SIGNAL_PROCMASK, on_signal, NULL);
        sd_event_add_signal(event, NULL, SIGINT | SD_EVENT_SIGNAL_PROCMASK, on_signal, NULL);
}

/* Where we are; the line that says that we are ready. */
static void say_listening(const LwTestServer *server)
{
        g_auto(GStrv) uris = lw_test_server_listening(server);

        for (char **uri = uris; *uri != NULL; uri++)
                say("listening at %s", *uri);
}

static int run(const Arguments *arguments)
{
        Program program = {
                .objects = arguments->objects != NULL ? arguments->objects : OBJECTS_DEFAULT,
                .once = arguments->once,
                .driver = lw_driver_new(),
        };
        g_autoptr(LwRegistry) registry = lw_registry_new(load_definition, &program);
        g_autoptr(LwTestKeys) keys = NULL;
        g_autoptr(LwTestCertificates) certificates = NULL;
        g_autoptr(LwTestRawKeys) raw_keys = NULL;
        g_autoptr(GError) error = NULL;
        LwTestServer *server;
        LwBus *bus;
        bool listening = false;
        int r;

        if (program.driver == NULL) {
                fprintf(stderr, "lwm2m-testserver: no event loop: the system is out of "
                                "descriptors\n");
                return EXIT_FAILURE;
        }
        end_on_signals(program.driver);
        server = lw_test_server_new(program.driver, registry,
                        arguments->trace ? &traced_events : &events, &program);
        lw_test_clients_set_awake(lw_test_server_clients(server),
                        lw_usec_from_seconds((uint64_t) arguments->awake_seconds));
        program.face = lw_test_face_new(server, LWM2MD_VERSION);
        bus = lw_bus_new(program.driver, choose_bus(arguments), LW_TEST_BUS_NAME);
        lw_bus_add_user(bus, &lw_test_face_user, program.face);
        if (read_keys(arguments->keys, &keys, &error) &&
                        read_certificates(arguments->certificates, &certificates, &error) &&
                        read_raw_keys(arguments->raw_keys, &raw_keys, &error)) {
                lw_test_server_use_keys(server, keys);
                lw_test_server_use_certificates(server, certificates);
                lw_test_server_use_raw_keys(server, raw_keys);
                listening = listen_at(server, arguments->listen, &error);
        }
        if (listening) {
                say_listening(server);
                lw_bus_start(bus);
                r = lw_driver_run(program.driver);
        } else {
                fprintf(stderr, "lwm2m-testserver: %s\n", error->message);
                r = EXIT_FAILURE;
        }
        lw_bus_free(bus);
        lw_test_server_free(server);
        lw_test_face_free(program.face);
        lw_driver_free(program.driver);
        return r < 0 ? EXIT_FAILURE : r;
}

int main(int argc, char **argv)
{
        g_auto(Arguments) arguments = {};
        g_autoptr(GError) error = NULL;

        setvbuf(stdout, NULL, _IOLBF, 0);
        lw_log_start(G_LOG_LEVEL_INFO);
        if (!parse_arguments(argc, argv, &arguments, &error)) {
                fprintf(stderr, "lwm2m-testserver: %s\n", error->message);
                return EXIT_FAILURE;
        }
        if (arguments.version) {
                printf("lwm2m-testserver %s\n", LWM2MD_VERSION);
                return EXIT_SUCCESS;
        }
        return run(&arguments);
}
