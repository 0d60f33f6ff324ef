/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outcomes of operations to D-Bus error names and back. */
#include "bus/error.h"

#include <errno.h>

/* In the order of dbus/errors.xml. */
/* clang-format off */
static const struct { LwStatus status; const char *name; } names[] = {
        { LW_STATUS_BAD_REQUEST,         LW_BUS_ERROR "BadRequest"         },
        { LW_STATUS_UNAUTHORIZED,        LW_BUS_ERROR "Unauthorized"       },
        { LW_STATUS_NOT_FOUND,           LW_BUS_ERROR "NotFound"           },
        { LW_STATUS_NOT_PERMITTED,       LW_BUS_ERROR "NotPermitted"       },
        { LW_STATUS_NOT_ACCEPTABLE,      LW_BUS_ERROR "NotAcceptable"      },
        { LW_STATUS_PRECONDITION_FAILED, LW_BUS_ERROR "PreconditionFailed" },
        { LW_STATUS_TOO_LARGE,           LW_BUS_ERROR "TooLarge"           },
        { LW_STATUS_FAILED,              LW_BUS_ERROR "Failed"             },
        { LW_STATUS_NOT_IMPLEMENTED,     LW_BUS_ERROR "NotImplemented"     },
        { LW_STATUS_UNAVAILABLE,         LW_BUS_ERROR "Unavailable"        },
};

/* D-Bus's own names that say more than "it failed". */
static const struct { const char *name; LwStatus status; } foreign[] = {
        { SD_BUS_ERROR_UNKNOWN_METHOD,    LW_STATUS_NOT_PERMITTED },
        { SD_BUS_ERROR_NO_REPLY,          LW_STATUS_UNAVAILABLE   },
        { SD_BUS_ERROR_SERVICE_UNKNOWN,   LW_STATUS_UNAVAILABLE   },
        { SD_BUS_ERROR_NAME_HAS_NO_OWNER, LW_STATUS_UNAVAILABLE   },
        { SD_BUS_ERROR_DISCONNECTED,      LW_STATUS_UNAVAILABLE   },
};
/* clang-format on */

const char *lw_bus_error_name(LwStatus status)
{
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (names[i].status == status)
                        return names[i].name;
        }
        return status >= 400 && status < 500 ? LW_BUS_ERROR "BadRequest" : LW_BUS_ERROR "Failed";
}

LwStatus lw_bus_error_status(const char *name)
{
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (g_strcmp0(names[i].name, name) == 0)
                        return names[i].status;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
                if (g_strcmp0(foreign[i].name, name) == 0)
                        return foreign[i].status;
        }
        return LW_STATUS_FAILED;
}

int lw_bus_error_set(sd_bus_error *ret_error, const GError *error)
{
        return sd_bus_error_set(
                        ret_error, lw_bus_error_name(lw_status_of_error(error)), error->message);
}

int lw_bus_error_set_status(sd_bus_error *ret_error, LwStatus status, const char *diagnostic)
{
        return sd_bus_error_set(ret_error, lw_bus_error_name(status),
                        diagnostic != NULL ? diagnostic : lw_status_text(status));
}

void lw_bus_error_to_gerror(const sd_bus_error *bus_error, GError **error)
{
        const char *message = bus_error->message != NULL ? bus_error->message : bus_error->name;

        g_set_error_literal(error, LW_ERROR, (gint) lw_bus_error_status(bus_error->name), message);
}
