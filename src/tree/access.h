/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this server do this operation on this path? */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/path.h"
#include "model/request.h"

/**
 * Objects 0, 21 and 23 are closed on this interface, for servers and local callers alike: 4.01.
 * For the rest each server has full rights: Access Control (object 2) is not instantiated, which
 * the standard allows while all servers have full rights. Source: OMA LwM2M Core 1.1, Access
 * Control.
 */
bool lw_access_check(uint16_t server, LwOperation operation, const LwPath *path, GError **error);
/** Whether an object is closed to everybody but the bootstrap interface. */
bool lw_access_is_closed(uint16_t object);
