/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwHostObjects: the objects that look at this host's network and place, and what they look
 * through. */
#include "daemon/host-objects.h"

#include <systemd/sd-id128.h>

#include "base/log.h"
#include "host/network.h"
#include "host/survey.h"
#include "providers/builtin/connectivity.h"
#include "providers/builtin/event-log.h"
#include "providers/builtin/location.h"
#include "providers/builtin/statistics.h"

struct LwHostObjects {
        LwHostParts parts;
        LwNetwork *network; /* NULL: the kernel does not let us listen */
        LwLinks *nothing;   /* what is there then */
        LwSurveyor *surveyor;
        LwModemManager *modems;
        LwConnectivityObject *connectivity;
        LwStatisticsObject *statistics;
        LwLocationObject *location;
        LwEventLogObject *event_log;
};

/* --- news --- */

static void on_moved(void *user)
{
        LwHostObjects *self = user;

        self->parts.moved(self->parts.user);
}

static void on_noticed(void *user)
{
        LwHostObjects *self = user;

        if (self->statistics != NULL)
                lw_statistics_object_gone(self->statistics, lw_network_links(self->network));
        lw_connectivity_object_refresh(self->connectivity, true);
}

static void on_modems(void *user)
{
        LwHostObjects *self = user;

        if (self->statistics != NULL)
                lw_statistics_object_modems(
                                self->statistics, lw_modem_manager_modems(self->modems));
        lw_host_objects_refresh(self);
}

void lw_host_objects_refresh(LwHostObjects *self)
{
        lw_connectivity_object_refresh(self->connectivity, false);
}

void lw_host_objects_look(LwHostObjects *self, bool anew, void (*done)(void *data), void *data)
{
        lw_connectivity_object_look(self->connectivity, anew, done, data);
}

void lw_host_objects_flush(LwHostObjects *self)
{
        if (self->statistics != NULL)
                lw_statistics_object_flush(self->statistics);
}

/* --- building --- */

static void warn(uint16_t object, const GError *error)
{
        lw_log(G_LOG_LEVEL_WARNING, "object %u is not offered: %s", object, error->message);
}

static void build_connectivity(LwHostObjects *self)
{
        LwConnectivityParts parts = {
                .tree = lw_client_tree(self->parts.client),
                .driver = self->parts.driver,
                .client = self->parts.client,
                .links = self->network != NULL ? lw_network_links(self->network) : self->nothing,
                .surveyor = self->surveyor,
                .root_fd = self->parts.root_fd,
                .limits = self->parts.config->network.limits,
                .wrong = self->parts.wrong,
                .user = self->parts.user,
        };
        g_autoptr(GError) error = NULL;

        self->connectivity = lw_connectivity_object_new(&parts);
        if (lw_config_has_object(self->parts.config, 4) &&
                        !lw_connectivity_object_add(self->connectivity, &error))
                warn(4, error);
}

static void build_statistics(LwHostObjects *self)
{
        char boot[SD_ID128_STRING_MAX] = "";
        LwStatisticsParts parts = {
                .tree = lw_client_tree(self->parts.client),
                .driver = self->parts.driver,
                .surveyor = self->surveyor,
                .state = self->parts.state,
                .boot = boot,
        };
        g_autoptr(GError) error = NULL;
        sd_id128_t id;

        if (sd_id128_get_boot(&id) >= 0)
                sd_id128_to_string(id, boot);
        self->statistics = lw_statistics_object_new(&parts);
        if (!lw_statistics_object_add(self->statistics, &error))
                warn(7, error);
}

static void build_location(LwHostObjects *self)
{
        const LwConfigLocation *location = &self->parts.config->location;
        g_autoptr(GError) error = NULL;

        if (location->source == LW_LOCATION_NONE)
                return;
        self->location = lw_location_object_new(lw_client_tree(self->parts.client),
                        self->parts.driver, location->source, location->max_age_usec);
        lw_location_object_watch(self->location, self->parts.wrong, self->parts.user);
        if (!lw_location_object_add(self->location, &error))
                warn(6, error);
}

static void build_event_log(LwHostObjects *self)
{
        const LwConfigEventLog *config = &self->parts.config->event_log;
        LwEventLogParts parts = {
                .tree = lw_client_tree(self->parts.client),
                .driver = self->parts.driver,
                .worker = self->parts.worker,
                .state = self->parts.state,
                .filter = { config->priority, config->units },
        };

        self->event_log = lw_event_log_object_new(&parts);
}

LwHostObjects *lw_host_objects_new(const LwHostParts *parts)
{
        static const LwNetworkEvents events = { .changed = on_moved, .noticed = on_noticed };
        LwHostObjects *self = g_new0(LwHostObjects, 1);
        int r;

        self->parts = *parts;
        self->nothing = lw_links_new();
        self->surveyor = lw_surveyor_new(parts->worker, parts->root_fd);
        r = lw_network_new(parts->driver, &events, self, &self->network);
        if (r < 0)
                lw_log(G_LOG_LEVEL_WARNING,
                                "addresses of this host cannot be watched (%s); a change is "
                                "noticed when a server falls silent",
                                g_strerror(-r));
        build_connectivity(self);
        if (lw_config_has_object(parts->config, 7))
                build_statistics(self);
        if (lw_config_has_object(parts->config, 6))
                build_location(self);
        if (lw_config_has_object(parts->config, 20))
                build_event_log(self);
        return self;
}

void lw_host_objects_use_bus(LwHostObjects *self, LwBus *bus)
{
        if (self->location != NULL)
                lw_location_object_use_bus(self->location, bus);
        self->modems = lw_modem_manager_new(bus, on_modems, self);
        lw_connectivity_object_use_modems(self->connectivity, self->modems);
}

void lw_host_objects_free(LwHostObjects *self)
{
        if (self == NULL)
                return;
        lw_event_log_object_free(self->event_log);
        lw_location_object_free(self->location);
        lw_statistics_object_free(self->statistics);
        lw_connectivity_object_free(self->connectivity);
        lw_modem_manager_free(self->modems);
        lw_surveyor_free(self->surveyor);
        lw_network_free(self->network);
        lw_links_free(self->nothing);
        g_free(self);
}
