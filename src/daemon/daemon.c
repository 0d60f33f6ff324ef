/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDaemon: builds the parts of the agent and ties them. */
#include "daemon/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "bus/connection.h"
#include "client/client.h"
#include "coap/client-transport.h"
#include "control/manager.h"
#include "daemon/definitions.h"
#include "daemon/journal.h"
#include "daemon/route.h"
#include "daemon/servers.h"
#include "host/network.h"
#include "io/driver.h"
#include "io/state.h"
#include "io/worker.h"
#include "model/status.h"
#include "providers/builtin/device.h"
#include "providers/builtin/security.h"
#include "providers/builtin/server.h"
#include "providers/builtin/stored.h"
#include "providers/remote/registrar.h"
#include "store/attributes.h"
#include "store/counters.h"
#include "store/roster.h"
#include "store/store.h"

/* What is left of the two seconds after the De-register: for state that is being written. */
#define DRAIN_USEC (300 * LW_USEC_PER_MSEC)

struct LwDaemon {
        const LwOptions *options;
        LwConfig *config;
        int root; /* the directory "/" */
        LwDriver *driver;
        LwWorker *worker;
        LwState *state;
        LwStore *store;
        LwAttributeKeeper *attributes;
        LwCounterStore *counters;
        LwRoster *roster;
        LwServers *servers;
        LwDefinitions *definitions;
        LwRegistry *registry;
        LwTree *tree;
        LwTransportFactory *factory;
        LwClient *client;
        LwBus *bus;
        LwManager *manager;
        LwRegistrar *registrar;
        LwNetwork *network;
        LwJournal *journal;
        LwSecurityObject *security;
        LwServerObject *server;
        LwDeviceObject *device;
        GPtrArray *stored; /* of LwStored */
        char *status;      /* the last STATUS= that was told */
};

static LwNow now_of(LwDaemon *self)
{
        return lw_driver_now(self->driver);
}

/* --- what the client tells -------------------------------------------------------------------- */

static void tell_status(LwDaemon *self)
{
        g_autofree char *status = lw_journal_summary(self->client);

        if (g_strcmp0(status, self->status) == 0)
                return;
        g_free(self->status);
        self->status = g_steal_pointer(&status);
        sd_notifyf(0, "STATUS=%s", self->status);
}

static void on_changed(void *user, LwServer *server)
{
        LwDaemon *self = user;

        if (server)
                lw_journal_server(self->journal, server, now_of(self));
        tell_status(self);
        lw_manager_changed(self->manager, server);
}

static void on_server_added(void *user, LwServer *server)
{
        LwDaemon *self = user;
        g_autoptr(GError) error = NULL;

        if (!lw_security_object_add(self->security, lw_server_account(server)->instance, &error) ||
                        !lw_server_object_add(self->server, server, &error))
                lw_log(G_LOG_LEVEL_WARNING, "%s has no instance in objects 0 and 1: %s",
                                lw_server_account(server)->name, error->message);
        lw_counter_store_added(self->counters, server);
        lw_manager_server_added(self->manager, server);
}

static void on_server_removed(void *user, LwServer *server)
{
        LwDaemon *self = user;

        lw_counter_store_removed(self->counters, server, now_of(self));
        lw_manager_server_removed(self->manager, server);
        lw_server_object_remove(self->server, server);
        lw_security_object_remove(self->security, lw_server_account(server)->instance);
}

static void on_operated(void *user, uint16_t server, LwOperation operation, const LwPath *path,
                LwStatus status)
{
        LwDaemon *self = user;

        lw_journal_operation(server, operation, path, status);
        lw_manager_operated(self->manager, server, operation, path, status);
}

static void on_save(void *user, LwServer *server G_GNUC_UNUSED,
                void (*done)(void *data, const GError *error), void *data)
{
        LwDaemon *self = user;

        lw_store_save(self->store, self->client, done, data);
        lw_counter_store_save(self->counters, self->client, now_of(self));
}

static const LwClientEvents client_events = {
        .changed = on_changed,
        .server_added = on_server_added,
        .server_removed = on_server_removed,
        .operated = on_operated,
        .save = on_save,
};

/* --- what the loop tells ---------------------------------------------------------------------- */

static LwUsec client_deadline(void *user)
{
        return lw_client_deadline(((LwDaemon *) user)->client);
}

static void client_run(void *user, LwNow now)
{
        LwDaemon *self = user;

        lw_client_run(self->client, now);
        lw_counter_store_run(self->counters, self->client, now);
        if (lw_client_is_stopped(self->client))
                lw_driver_exit(self->driver, EXIT_SUCCESS);
}

static const LwDriverClient driver_client = { .deadline = client_deadline, .run = client_run };

static void on_network_changed(void *user)
{
        LwDaemon *self = user;

        for (size_t i = 0; i < lw_client_server_count(self->client); i++) {
                LwServer *server = lw_client_server_at(self->client, i);
                const LwPeer *peer = &lw_server_account(server)->peer;
                g_autofree char *local = lw_server_address(server, LW_TRANSPORT_LOCAL);
                g_autofree char *remote = lw_server_address(server, LW_TRANSPORT_REMOTE);
                bool fixed = peer->local_address || peer->interface;

                if (local && remote && lw_route_is_current(local, remote, fixed))
                        continue;
                lw_server_moved(server, now_of(self));
        }
}

static void on_clock_stepped(void *user)
{
        LwDaemon *self = user;
        LwPath current_time = LW_PATH_RESOURCE(3, 0, 13);

        lw_log(G_LOG_LEVEL_INFO, "the clock was set");
        lw_tree_changed(self->tree, &current_time);
}

static int on_terminate(sd_event_source *source G_GNUC_UNUSED,
                const struct signalfd_siginfo *info G_GNUC_UNUSED, void *user)
{
        LwDaemon *self = user;

        sd_notify(0, "STOPPING=1");
        lw_client_stop(self->client, now_of(self));
        if (lw_client_is_stopped(self->client))
                lw_driver_exit(self->driver, EXIT_SUCCESS);
        return 0;
}

/* --- configuration ---------------------------------------------------------------------------- */

static void tell_problems(const LwConfig *config)
{
        for (unsigned i = 0; i < config->problems->len; i++) {
                g_autofree char *line = lw_config_problem_print(config->problems->pdata[i]);

                g_log_structured(LW_LOG_DOMAIN, G_LOG_LEVEL_WARNING, LW_FIELD_MESSAGE_ID,
                                LW_MESSAGE_CONFIGURATION, "MESSAGE", "%s", line);
        }
}

/* The same for SIGHUP and for Manager1.Reload. Returns what was refused, of LwConfigProblem. */
static GPtrArray *reload(LwDaemon *self)
{
        LwConfig *config = lw_options_read_config(self->options);
        GPtrArray *problems = g_ptr_array_ref(config->problems);

        sd_notify(0, "RELOADING=1");
        tell_problems(config);
        if (config->unusable) {
                lw_log(G_LOG_LEVEL_WARNING, "the configuration cannot be used, the lines above say "
                                            "why; keeping the old one");
                lw_config_free(config);
        } else {
                lw_log_set_level(config->log_level);
                lw_servers_follow(self->servers, config);
                /* what servers wrote into the refused ones is kept as long as they run */
                lw_store_save(self->store, self->client, NULL, NULL);
                lw_config_free(self->config);
                self->config = config;
                lw_log(G_LOG_LEVEL_MESSAGE, "reloaded; servers: %zu",
                                lw_client_server_count(self->client));
        }
        sd_notify(0, "READY=1");
        on_changed(self, NULL);
        return problems;
}

static int on_hangup(sd_event_source *source G_GNUC_UNUSED,
                const struct signalfd_siginfo *info G_GNUC_UNUSED, void *user)
{
        g_ptr_array_unref(reload(user));
        return 0;
}

/* --- what the manager wants ------------------------------------------------------------------- */

static void on_reload(void *user, LwManagerRefused refused, void *data)
{
        g_autoptr(GPtrArray) problems = reload(user);

        for (guint i = 0; i < problems->len; i++) {
                const LwConfigProblem *problem = problems->pdata[i];

                refused(data, problem->file, problem->line, problem->text);
        }
}

static void on_add_server(void *user, const GPtrArray *settings, LwManagerDone done, void *data)
{
        lw_servers_add(((LwDaemon *) user)->servers, settings, done, data);
}

static void on_remove_server(void *user, LwServer *server, LwManagerDone done, void *data)
{
        lw_servers_remove(((LwDaemon *) user)->servers, server, done, data);
}

static const LwManagerOps manager_ops = {
        .reload = on_reload,
        .add_server = on_add_server,
        .remove_server = on_remove_server,
};

/* --- life ------------------------------------------------------------------------------------- */

static bool watch_signals(LwDaemon *self, GError **error)
{
        static const struct {
                int number;
                sd_event_signal_handler_t handler;
        } signals[] = {
                { SIGTERM, on_terminate },
                { SIGINT, on_terminate },
                { SIGHUP, on_hangup },
        };
        sigset_t set;
        int r = 0;

        sigemptyset(&set);
        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
                sigaddset(&set, signals[i].number);
        sigprocmask(SIG_BLOCK, &set, NULL);
        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(signals); i++)
                r = sd_event_add_signal(lw_driver_event(self->driver), NULL, signals[i].number,
                                signals[i].handler, self);
        if (r < 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED, "cannot watch signals: %s",
                                g_strerror(-r));
        return r >= 0;
}

static uint32_t draw_seed(void)
{
        uint32_t seed = 0;

        /* never blocks once the system is up; a seed of 0 would only mean less jitter */
        if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
                seed = (uint32_t) getpid();
        return seed;
}

static bool build_core(LwDaemon *self, GError **error)
{
        g_autofree char *endpoint = NULL;

        if (!lw_config_endpoint(self->config, &endpoint, error))
                return false;
        self->state = lw_state_new(self->options->state_directory, self->worker, error);
        if (!self->state)
                return false;
        self->store = lw_store_new(self->state);
        self->counters = lw_counter_store_new(self->state);
        self->roster = lw_roster_new(self->state);
        self->definitions = lw_definitions_new(
                        self->options->data_directory, LWM2MD_SYSCONFDIR, LWM2MD_DATADIR);
        self->registry = lw_registry_new(lw_definitions_load, self->definitions);
        self->tree = lw_tree_new(self->registry);
        self->attributes = lw_attribute_keeper_new(self->state, self->tree);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        self->client = lw_client_new(
                        endpoint, self->tree, self->factory, &client_events, self, draw_seed());
        self->servers = lw_servers_new(self->client, self->store, self->attributes, self->roster,
                        self->journal, self->driver);
        return true;
}

static bool build_objects(LwDaemon *self, GError **error)
{
        self->security = lw_security_object_new(self->tree);
        self->server = lw_server_object_new(self->client, self->driver);
        self->device = lw_device_object_new(
                        self->tree, self->driver, self->root, getenv("CREDENTIALS_DIRECTORY"));
        if (!lw_device_object_add(self->device, error)) {
                g_prefix_error(error, "object 3: ");
                return false;
        }
        return lw_tree_add_object(self->tree, 1, error);
}

static void free_stored(void *data)
{
        lw_stored_free(data);
}

static void build_stored(LwDaemon *self)
{
        static const uint16_t objects[] = { 16, 19 };

        self->stored = g_ptr_array_new_with_free_func(free_stored);
        for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
                g_autoptr(GError) error = NULL;
                LwStored *stored;

                if (!lw_config_has_object(self->config, objects[i]))
                        continue;
                stored = lw_stored_new(self->tree, self->state, objects[i], &error);
                if (stored != NULL)
                        g_ptr_array_add(self->stored, stored);
                else
                        lw_log(G_LOG_LEVEL_WARNING, "object %u is not offered: %s", objects[i],
                                        error->message);
        }
}

static void build_faces(LwDaemon *self)
{
        int r;

        self->bus = lw_bus_new(self->driver, NULL, "org.lwm2md");
        self->manager = lw_manager_new(
                        self->client, self->bus, self->driver, LWM2MD_VERSION, &manager_ops, self);
        lw_bus_add_user(self->bus, &lw_manager_bus_user, self->manager);
        self->registrar = lw_registrar_new(self->client, self->bus, self->driver, self->state);
        lw_bus_add_user(self->bus, &lw_registrar_bus_user, self->registrar);
        lw_device_object_use_bus(self->device, self->bus);
        r = lw_network_new(self->driver, on_network_changed, self, &self->network);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING,
                                "addresses of this host cannot be watched (%s); a change is "
                                "noticed when a server falls silent",
                                g_strerror(-r));
        r = lw_driver_watch_clock(self->driver, on_clock_stepped, self);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING, "the clock cannot be watched: %s", g_strerror(-r));
}

LwDaemon *lw_daemon_new(const LwOptions *options, LwConfig *config, GError **error)
{
        g_autoptr(LwDaemon) self = g_new0(LwDaemon, 1);

        self->options = options;
        self->config = config;
        self->root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        self->driver = lw_driver_new();
        self->worker = lw_worker_new(self->driver);
        self->journal = lw_journal_new();
        tell_problems(config);
        if (config->unusable) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "the configuration cannot be used; the lines above say why");
                return NULL;
        }
        if (!build_core(self, error) || !build_objects(self, error) || !watch_signals(self, error))
                return NULL;
        build_stored(self);
        build_faces(self);
        lw_driver_add(self->driver, &driver_client, self);
        return g_steal_pointer(&self);
}

int lw_daemon_run(LwDaemon *self)
{
        int status;

        lw_log(G_LOG_LEVEL_MESSAGE, "lwm2md " LWM2MD_VERSION " starts as \"%s\"",
                        lw_client_endpoint(self->client));
        lw_servers_follow(self->servers, self->config);
        lw_client_start(self->client, now_of(self));
        lw_bus_start(self->bus);
        if (lw_client_server_count(self->client) == 0)
                lw_log(G_LOG_LEVEL_MESSAGE, "%s", self->status);
        sd_notify(0, "READY=1");
        status = lw_driver_run(self->driver);
        lw_counter_store_save(self->counters, self->client, now_of(self));
        lw_worker_drain(self->worker, DRAIN_USEC);
        lw_log(G_LOG_LEVEL_MESSAGE, "lwm2md ends");
        return status;
}

/* What others use goes after them: faces, objects, client, tree, state, loop. */
void lw_daemon_free(LwDaemon *self)
{
        if (!self)
                return;
        if (self->client)
                lw_driver_remove(self->driver, &driver_client, self);
        lw_network_free(self->network);
        lw_bus_free(self->bus);
        lw_registrar_free(self->registrar);
        lw_manager_free(self->manager);
        g_clear_pointer(&self->stored, g_ptr_array_unref);
        lw_device_object_free(self->device);
        lw_server_object_free(self->server);
        lw_security_object_free(self->security);
        lw_servers_free(self->servers);
        lw_client_free(self->client);
        if (self->factory)
                lw_client_transport_factory_free(self->factory);
        lw_attribute_keeper_free(self->attributes);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_definitions_free(self->definitions);
        lw_roster_free(self->roster);
        lw_counter_store_free(self->counters);
        lw_store_free(self->store);
        lw_state_free(self->state);
        lw_worker_free(self->worker);
        lw_journal_free(self->journal);
        lw_driver_free(self->driver);
        lw_config_free(self->config);
        g_free(self->status);
        if (self->root >= 0)
                close(self->root);
        g_free(self);
}
