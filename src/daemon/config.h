/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConfig: what lwm2md.conf says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "client/account.h"
#include "daemon/config-event-log.h"
#include "daemon/config-file.h"
#include "daemon/config-location.h"
#include "daemon/config-network.h"
#include "daemon/config-sensors.h"

/**
 * LwConfig: the settings of the agent, an account for each [Server] section that can be used, and
 * what is wrong with the rest.
 *
 * Shape:  a section with a mistake is left out, and the others work; a key or section of no known
 * name is ignored. Each is one problem. Accounts come in the order of their sections, with instance
 *         ids from 0.
 * Owns:   all of it: lw_config_free(). Accounts may be stolen from the array.
 */
typedef struct LwConfig {
        char *endpoint;   /* NULL: not given */
        bool unusable;    /* [Agent] is broken so that the agent must not start with it */
        GArray *objects;  /* of uint16_t: the built-in objects that are offered; NULL: all */
        char *sms_number; /* NULL: none */
        GLogLevelFlags log_level;
        LwConfigSensors sensors;
        LwConfigLocation location;
        LwConfigNetwork network;
        LwConfigEventLog event_log;
        GPtrArray *accounts; /* of LwAccount */
        GPtrArray *refused;  /* of char: the names of servers whose section was left out */
        GPtrArray *problems; /* of LwConfigProblem, in the order of the files' lines as they were
                                read */
} LwConfig;

void lw_config_free(LwConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwConfig, lw_config_free)

/** LwConfigPlaces: the directories that hold lwm2md.conf.d/, weakest first; `administrator` has
 * lwm2md.conf too. */
typedef struct LwConfigPlaces {
        const char *vendor;        /* "/usr/lib/lwm2md" */
        const char *runtime;       /* "/run/lwm2md" */
        const char *administrator; /* "/etc/lwm2md" */
} LwConfigPlaces;

/**
 * Reads lwm2md.conf, then the drop-ins *.conf of all three directories, ordered by their names; of
 * two drop-ins of one name the stronger directory's counts, and an empty one or a link to /dev/null
 * masks. Nothing there is no problem: then there is no server. `root_fd` stands for "/". Source:
 * systemd.unit(5), on drop-ins.
 */
LwConfig *lw_config_read(int root_fd, const LwConfigPlaces *places);
/** Reads this file and no other; one that cannot be read is a problem, and the configuration
 * unusable. */
LwConfig *lw_config_read_file(const char *path);
/** The same from text. */
LwConfig *lw_config_parse(const char *file, const char *text, size_t length);

/** What is wrong with the name of a server, "reason; remedy", or NULL. */
const char *lw_config_name_problem(const char *name);

/** Whether a built-in object is offered; 0, 1 and 3 always are. */
bool lw_config_has_object(const LwConfig *self, uint16_t object);

/**
 * The endpoint name: the one that is given, else one made from the machine id. Caller frees.
 * Errors: 5.00 when the given one cannot be used, or there is no machine id: "set EndpointName".
 */
bool lw_config_endpoint(const LwConfig *self, char **ret_endpoint, GError **error);
