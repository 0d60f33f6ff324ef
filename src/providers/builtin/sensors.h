/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensors: the kernel's sensors as IPSO objects, one instance each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "host/devices.h"
#include "io/state.h"
#include "io/worker.h"
#include "tree/tree.h"

/** LwSensorsSources: where sensors come from. All outlive LwSensors. */
typedef struct LwSensorsSources {
        LwTree *tree;
        LwWorker *worker;
        LwState *state;
        int root_fd;              /* the directory that stands for "/" */
        LwUsec sample_usec;       /* the rhythm of what is observed */
        const char *const *allow; /* patterns of "CHIP/CHANNEL", copied; NULL or empty: all */
        const char *const *deny;  /* stronger than `allow` */
        /** Whether an object is offered at all. */
        bool (*offers)(void *user, uint16_t object);
        /** Whether a sensor is broken, when that changes: its chip says so, or it could not be
         * measured three times in succession. */
        void (*faulted)(void *user, bool any);
        void *user;
} LwSensorsSources;

/**
 * LwSensors: the provider of the objects that lw_sensor_object() names.
 *
 * A sensor is measured when a server reads it and the last measurement is older than a second, and
 * in a rhythm while somebody observes what a measurement gives, then also when the kernel tells of
 * an alarm; never else. It is done by the worker, and a Read waits for those that it asks for, at
 * most 5 s, then 5.03.
 *
 * A sensor has the same instance id over reboots and re-plugging, by the place of its device and
 * its channel, as state document "sensors" keeps it. New ones take the lowest free id from 0 to 99;
 * from 100 on are the ids of services, so that the hundred-and-first has 32768, and so on. The
 * Application Type is what the kernel calls it, until a server writes another one, which is kept
 * there, too.
 *
 * Errors: a sensor that has nothing to say (ENODATA, ENXIO, or gone) has no value; one that fails,
 * or says what is no number, answers 5.03 when nothing else was asked for.
 */
typedef struct LwSensors LwSensors;

/** Looks for sensors at once. */
LwSensors *lw_sensors_new(const LwSensorsSources *sources);
/** Takes them off the tree; what waits for a measurement fails with 5.03. */
void lw_sensors_free(LwSensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwSensors, lw_sensors_free)

/** A device came, changed or went, as LwDevices tells. */
void lw_sensors_device(
                LwSensors *self, LwDeviceAction action, const char *subsystem, const char *sysname);
/**
 * Measures those of which something is wrong, or whose chips may say so; nobody waits. `anew`: what
 * is wrong counts no more until it is measured again.
 */
void lw_sensors_look(LwSensors *self, bool anew);
size_t lw_sensors_count(const LwSensors *self);
