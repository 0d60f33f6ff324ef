/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwNetwork: says when the host has other addresses than before. */
#pragma once

#include "io/driver.h"

/** The host's addresses or default routes are other than at the last call. */
typedef void (*LwNetworkChanged)(void *user);

/**
 * LwNetwork: listens to rtnetlink. What comes together (a DHCP lease, a modem that dials) is told
 * once: when nothing came for a second, at the latest five seconds after the first.
 */
typedef struct LwNetwork LwNetwork;

/** `driver` outlives it. 0 or a negative errno. */
int lw_network_new(LwDriver *driver, LwNetworkChanged changed, void *user, LwNetwork **ret_network);
void lw_network_free(LwNetwork *self);
