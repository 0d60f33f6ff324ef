/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcomes of operations to D-Bus error names and back. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "model/status.h"

#define LW_BUS_ERROR "org.lwm2md.Error."

/* Names that no response code has. */
#define LW_BUS_ERROR_ALREADY_EXISTS LW_BUS_ERROR "AlreadyExists"
#define LW_BUS_ERROR_INVALID_DEFINITION LW_BUS_ERROR "InvalidDefinition"
#define LW_BUS_ERROR_RESERVED_OBJECT LW_BUS_ERROR "ReservedObject"
#define LW_BUS_ERROR_NOT_OWNER LW_BUS_ERROR "NotOwner"
#define LW_BUS_ERROR_LIMIT_EXCEEDED LW_BUS_ERROR "LimitExceeded"
#define LW_BUS_ERROR_NOT_REGISTERED LW_BUS_ERROR "NotRegistered"
#define LW_BUS_ERROR_NO_SUCH_SERVER LW_BUS_ERROR "NoSuchServer"

/**
 * The error name of a status that is no success: "org.lwm2md.Error.NotFound". dbus/errors.xml has
 * the list. A status without a name of its own goes by its class: 4.xx is BadRequest, all else
 * Failed.
 */
const char *lw_bus_error_name(LwStatus status);

/**
 * What a service's error means to a server: ours by the same list, D-Bus's own UnknownMethod 4.05,
 * those of a service that is not there 5.03, every other name 5.00.
 */
LwStatus lw_bus_error_status(const char *name);

/** Sets name and message from `error` and returns what a method handler returns: a negative errno.
 */
int lw_bus_error_set(sd_bus_error *ret_error, const GError *error);
/** The same from a response; `diagnostic` may be NULL: then "4.04 Not Found". */
int lw_bus_error_set_status(sd_bus_error *ret_error, LwStatus status, const char *diagnostic);
/** The reverse: a GError of our domain from what a service answered. */
void lw_bus_error_to_gerror(const sd_bus_error *bus_error, GError **error);
