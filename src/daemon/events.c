/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the agent, the loop and signals tell, and who is told of it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "coap/client-transport.h"
#include "daemon/parts.h"
#include "daemon/route.h"

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

        if (self->host)
                lw_host_objects_refresh(self->host);
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
        if (lw_client_state(self->client) == LW_CLIENT_STARTING)
                lw_session_store_added(self->sessions, server);
        lw_manager_server_added(self->manager, server);
}

static void on_server_removed(void *user, LwServer *server)
{
        LwDaemon *self = user;

        lw_counter_store_removed(self->counters, server, now_of(self));
        lw_session_store_removed(self->sessions, server);
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

static void on_sent(void *user, uint64_t id, uint16_t server, const LwSendResult *result)
{
        LwDaemon *self = user;

        lw_journal_sent(self->journal, id, server, result);
        lw_manager_sent(self->manager, id, server, result);
        lw_registrar_sent(self->registrar, id, result);
}

static void on_save(void *user, LwServer *server G_GNUC_UNUSED,
                void (*done)(void *data, const GError *error), void *data)
{
        LwDaemon *self = user;

        lw_store_save(self->store, self->client, done, data);
        lw_counter_store_save(self->counters, self->client, now_of(self));
}

static bool on_keep(void *user, LwServer *server, bool urgent)
{
        return lw_session_store_keep(((LwDaemon *) user)->sessions, server, urgent);
}

const LwClientEvents lw_daemon_client_events = {
        .changed = on_changed,
        .server_added = on_server_added,
        .server_removed = on_server_removed,
        .operated = on_operated,
        .sent = on_sent,
        .save = on_save,
        .keep = on_keep,
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

static bool client_urgent(void *user)
{
        return lw_client_is_punctual(((LwDaemon *) user)->client);
}

const LwDriverClient lw_daemon_driver_client = {
        .deadline = client_deadline,
        .run = client_run,
        .urgent = client_urgent,
};

void lw_daemon_on_network_changed(void *user)
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

void lw_daemon_on_device(
                void *user, LwDeviceAction action, const char *subsystem, const char *sysname)
{
        LwDaemon *self = user;

        if (strcmp(subsystem, "power_supply") == 0)
                lw_device_object_power_changed(self->device);
        else
                lw_sensors_device(self->sensors, action, subsystem, sysname);
}

void lw_daemon_on_wrong(void *user, LwErrorCause cause, bool holds)
{
        lw_device_object_set_error(((LwDaemon *) user)->device, cause, holds);
}

/* Sensors may be slow: nobody waits for them, what they find is told when they have. */
void lw_daemon_look_for_errors(void *user, bool anew, LwErrorsLooked done, void *data)
{
        LwDaemon *self = user;

        lw_sensors_look(self->sensors, anew);
        lw_host_objects_look(self->host, anew, done, data);
}

void lw_daemon_on_clock_stepped(void *user)
{
        LwDaemon *self = user;
        LwPath current_time = LW_PATH_RESOURCE(3, 0, 13);

        lw_log(G_LOG_LEVEL_INFO, "the clock was set");
        lw_tree_changed(self->tree, &current_time);
        lw_client_transport_factory_clock_stepped(self->factory);
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

void lw_daemon_tell_problems(const LwConfig *config)
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
        lw_daemon_tell_problems(config);
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
                lw_daemon_load_providers(self);
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

const LwManagerOps lw_daemon_manager_ops = {
        .reload = on_reload,
        .add_server = on_add_server,
        .remove_server = on_remove_server,
};

/* --- signals ---------------------------------------------------------------------------------- */

bool lw_daemon_watch_signals(LwDaemon *self, GError **error)
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
