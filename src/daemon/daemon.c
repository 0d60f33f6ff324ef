/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDaemon: builds the parts of the agent and ties them. */
#include "daemon/daemon.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "coap/client-transport.h"
#include "daemon/parts.h"
#include "model/status.h"

/* What is left of the two seconds after the De-register: for state that is being written. */
#define DRAIN_USEC (300 * LW_USEC_PER_MSEC)

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
        self->sessions = lw_session_store_new(self->state, self->driver);
        self->roster = lw_roster_new(self->state);
        self->definitions = lw_definitions_new(
                        self->options->data_directory, LWM2MD_SYSCONFDIR, LWM2MD_DATADIR);
        self->registry = lw_registry_new(lw_definitions_load, self->definitions);
        self->tree = lw_tree_new(self->registry);
        self->attributes = lw_attribute_keeper_new(self->state, self->tree);
        self->factory = lw_client_transport_factory_new(self->driver, self->worker);
        self->vault = lw_vault_new();
        self->vault_store = lw_vault_store_new(self->state, self->vault);
        lw_client_transport_factory_use_vault(self->factory, self->vault);
        self->oscore_numbers = lw_oscore_numbers_new(self->state);
        lw_client_transport_factory_use_numbers(self->factory, self->oscore_numbers);
        self->client = lw_client_new(endpoint, self->tree, self->factory, &lw_daemon_client_events,
                        self, draw_seed());
        lw_session_store_set_client(self->sessions, self->client);
        self->servers = lw_servers_new(self->client, self->store, self->attributes, self->roster,
                        self->journal, self->driver);
        return true;
}

static bool build_objects(LwDaemon *self, GError **error)
{
        LwDeviceSources device = { .tree = self->tree,
                .worker = self->worker,
                .root_fd = self->root,
                .credentials = getenv("CREDENTIALS_DIRECTORY"),
                .sample_usec = self->config->sensors.sample_usec };

        self->security = lw_security_object_new(self->tree);
        self->server = lw_server_object_new(self->client, self->driver);
        self->device = lw_device_object_new(&device);
        if (!lw_device_object_add(self->device, error)) {
                g_prefix_error(error, "object 3: ");
                return false;
        }
        return lw_tree_add_object(self->tree, 1, error);
}

static bool offers_object(void *user, uint16_t object)
{
        return lw_config_has_object(((LwDaemon *) user)->config, object);
}

static void on_sensor_fault(void *user, bool any)
{
        lw_daemon_on_wrong(user, LW_ERROR_SENSOR_FAULT, any);
}

static void build_sensors(LwDaemon *self)
{
        const LwConfigSensors *config = &self->config->sensors;
        LwSensorsSources sources = { .tree = self->tree,
                .worker = self->worker,
                .state = self->state,
                .root_fd = self->root,
                .sample_usec = config->sample_usec,
                .allow = (const char *const *) config->allow,
                .deny = (const char *const *) config->deny,
                .offers = offers_object,
                .faulted = on_sensor_fault,
                .user = self };
        int r;

        self->sensors = lw_sensors_new(&sources);
        r = lw_devices_new(self->driver, lw_daemon_on_device, self, &self->devices);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING,
                                "devices of this host cannot be watched (%s); a sensor that is "
                                "plugged in is seen at the next start",
                                g_strerror(-r));
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

void lw_daemon_load_providers(LwDaemon *self)
{
        const char *only = self->options->data_directory;
        g_autofree char *first = g_build_filename(
                        only != NULL ? only : LWM2MD_SYSCONFDIR, "providers.d", NULL);
        g_autofree char *second = g_build_filename(LWM2MD_DATADIR, "providers.d", NULL);
        const char *directories[] = { first, only != NULL ? NULL : second, NULL };

        lw_registrar_load(self->registrar, directories);
}

static void build_host_objects(LwDaemon *self)
{
        LwHostParts parts = {
                .driver = self->driver,
                .worker = self->worker,
                .state = self->state,
                .client = self->client,
                .config = self->config,
                .root_fd = self->root,
                .moved = lw_daemon_on_network_changed,
                .wrong = lw_daemon_on_wrong,
                .user = self,
        };

        self->host = lw_host_objects_new(&parts);
}

static void build_faces(LwDaemon *self)
{
        int r;

        self->bus = lw_bus_new(self->driver, NULL, "org.lwm2md");
        self->manager = lw_manager_new(self->client, self->bus, self->driver, LWM2MD_VERSION,
                        &lw_daemon_manager_ops, self);
        lw_bus_add_user(self->bus, &lw_manager_bus_user, self->manager);
        self->registrar = lw_registrar_new(self->client, self->bus, self->driver, self->state);
        lw_daemon_load_providers(self);
        lw_bus_add_user(self->bus, &lw_registrar_bus_user, self->registrar);
        lw_device_object_use_bus(self->device, self->bus);
        lw_host_objects_use_bus(self->host, self->bus);
        r = lw_driver_watch_clock(self->driver, lw_daemon_on_clock_stepped, self);
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
        lw_daemon_tell_problems(config);
        if (config->unusable) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "the configuration cannot be used; the lines above say why");
                return NULL;
        }
        if (!build_core(self, error) || !build_objects(self, error) ||
                        !lw_daemon_watch_signals(self, error))
                return NULL;
        build_stored(self);
        build_host_objects(self);
        build_sensors(self);
        build_faces(self);
        lw_device_object_ask(self->device, lw_daemon_look_for_errors, self);
        lw_driver_add(self->driver, &lw_daemon_driver_client, self);
        return g_steal_pointer(&self);
}

int lw_daemon_run(LwDaemon *self)
{
        int status;

        lw_log(G_LOG_LEVEL_MESSAGE, "lwm2md " LWM2MD_VERSION " starts as \"%s\"",
                        lw_client_endpoint(self->client));
        lw_servers_follow(self->servers, self->config);
        lw_client_start(self->client, lw_driver_now(self->driver));
        lw_bus_start(self->bus);
        if (lw_client_server_count(self->client) == 0)
                lw_log(G_LOG_LEVEL_MESSAGE, "%s", self->status);
        sd_notify(0, "READY=1");
        status = lw_driver_run(self->driver);
        lw_counter_store_save(self->counters, self->client, lw_driver_now(self->driver));
        lw_session_store_flush(self->sessions);
        lw_host_objects_flush(self->host);
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
                lw_driver_remove(self->driver, &lw_daemon_driver_client, self);
        lw_bus_free(self->bus);
        lw_registrar_free(self->registrar);
        lw_manager_free(self->manager);
        g_clear_pointer(&self->stored, g_ptr_array_unref);
        lw_host_objects_free(self->host);
        lw_devices_free(self->devices);
        lw_sensors_free(self->sensors);
        lw_device_object_free(self->device);
        lw_server_object_free(self->server);
        lw_security_object_free(self->security);
        lw_servers_free(self->servers);
        lw_client_free(self->client);
        if (self->factory)
                lw_client_transport_factory_free(self->factory);
        lw_oscore_numbers_free(self->oscore_numbers);
        lw_vault_store_free(self->vault_store);
        lw_vault_free(self->vault);
        lw_attribute_keeper_free(self->attributes);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        lw_definitions_free(self->definitions);
        lw_roster_free(self->roster);
        lw_session_store_free(self->sessions);
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
