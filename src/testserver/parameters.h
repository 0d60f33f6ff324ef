/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwParameters: what one Register or Update says: its query and its object list. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "exchange/message.h"
#include "model/request.h"
#include "testserver/object-list.h"

/* What holds where a Register says nothing. Source: OMA LwM2M Core 1.0 and 1.1, "Register". */
#define LW_LIFETIME_DEFAULT 86400
#define LW_BINDING_DEFAULT "U"
/* s: MAX_TRANSMIT_WAIT. Source: OMA LwM2M Core 1.1, "Queue Mode Operation"; RFC 7252, 4.8.2. */
#define LW_AWAKE_SECONDS 93

/**
 * LwParameters: the parameters that were given; what was not is NULL or has its `has_` false.
 *
 * Shape:  `others` holds, as "name=value", the parameters that the standard does not have.
 * Owns:   all of it: lw_parameters_clear().
 */
typedef struct LwParameters {
        char *endpoint;
        bool has_lifetime;
        uint32_t lifetime_seconds;
        bool has_version;
        LwVersion version;
        char *binding;
        bool queue_mode; /* the flag Q, or a Q in the binding */
        char *sms_number;
        char *profile;
        GPtrArray *others;
        LwObjectList *objects;
} LwParameters;

/**
 * Reads a Register or an Update.
 *
 * Strict in what names something of the standard's, as deployed servers are; what is unknown is
 * kept and means nothing. Errors: 4.00 a parameter twice, without a value, with one that cannot be;
 * a payload that is no link format; 4.12 a version other than 1.0, 1.1 and 1.2. Zeroed memory on
 * failure. Source: OMA LwM2M Core 1.1, "Register", "Update".
 */
bool lw_parameters_parse(const LwMessage *message, LwParameters *ret_parameters, GError **error);
void lw_parameters_clear(LwParameters *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwParameters, lw_parameters_clear)
