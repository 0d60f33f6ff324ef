/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of LwDaemon, for daemon.c, which builds them, and events.c, which ties them. */
#pragma once

#include "bus/connection.h"
#include "client/client.h"
#include "coap/oscore-numbers.h"
#include "control/manager.h"
#include "daemon/daemon.h"
#include "daemon/definitions.h"
#include "daemon/host-objects.h"
#include "daemon/journal.h"
#include "daemon/servers.h"
#include "host/devices.h"
#include "io/driver.h"
#include "io/state.h"
#include "io/worker.h"
#include "providers/builtin/device.h"
#include "providers/builtin/security.h"
#include "providers/builtin/sensors.h"
#include "providers/builtin/server.h"
#include "providers/builtin/stored.h"
#include "providers/remote/registrar.h"
#include "store/attributes.h"
#include "store/counters.h"
#include "store/roster.h"
#include "store/sessions.h"
#include "store/store.h"
#include "store/vault.h"

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
        LwSessionStore *sessions;
        LwRoster *roster;
        LwVault *vault;
        LwVaultStore *vault_store;
        LwOscoreNumbers *oscore_numbers;
        LwServers *servers;
        LwDefinitions *definitions;
        LwRegistry *registry;
        LwTree *tree;
        LwTransportFactory *factory;
        LwClient *client;
        LwBus *bus;
        LwManager *manager;
        LwRegistrar *registrar;
        LwHostObjects *host;
        LwJournal *journal;
        LwSecurityObject *security;
        LwServerObject *server;
        LwDeviceObject *device;
        LwSensors *sensors;
        LwDevices *devices;
        GPtrArray *stored; /* of LwStored */
        char *status;      /* the last STATUS= that was told */
};

/* For daemon.c, to be given to those who tell; the daemon is their data. */

extern const LwClientEvents lw_daemon_client_events;
extern const LwDriverClient lw_daemon_driver_client;
extern const LwManagerOps lw_daemon_manager_ops;

void lw_daemon_on_network_changed(void *user);
void lw_daemon_on_device(
                void *user, LwDeviceAction action, const char *subsystem, const char *sysname);
void lw_daemon_on_clock_stepped(void *user);
/** Something of the host is wrong, or no longer. */
void lw_daemon_on_wrong(void *user, LwErrorCause cause, bool holds);
/** As LwErrorsLook: asks whoever may know that something is wrong. */
void lw_daemon_look_for_errors(void *user, bool anew, LwErrorsLooked done, void *data);
/** SIGTERM, SIGINT and SIGHUP. Errors: 5.00. */
bool lw_daemon_watch_signals(LwDaemon *self, GError **error);
/** One line of the journal for each problem. */
/** Reads the files of providers.d: at start, and at each reload. */
void lw_daemon_load_providers(LwDaemon *self);
void lw_daemon_tell_problems(const LwConfig *config);
