/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a SenML record. */
#pragma once

/** LwSenmlLabel: a field, as CBOR numbers it. Source: RFC 8428, 6; OMA LwM2M, SenML JSON format.
 */
typedef enum LwSenmlLabel {
        LW_SENML_BASE_SUM = -6,
        LW_SENML_BASE_VALUE = -5,
        LW_SENML_BASE_UNIT = -4,
        LW_SENML_BASE_TIME = -3,
        LW_SENML_BASE_NAME = -2,
        LW_SENML_BASE_VERSION = -1,
        LW_SENML_NAME = 0,
        LW_SENML_UNIT = 1,
        LW_SENML_VALUE = 2,
        LW_SENML_STRING = 3,
        LW_SENML_BOOLEAN = 4,
        LW_SENML_SUM = 5,
        LW_SENML_TIME = 6,
        LW_SENML_UPDATE_TIME = 7,
        LW_SENML_DATA = 8,
        LW_SENML_LINK = 9,    /* "vlo" in CBOR too */
        LW_SENML_UNKNOWN = 10 /* none of them: passed over */
} LwSenmlLabel;

/* A time below is so many seconds from now, one above it since 1970. Source: RFC 8428, 4.5.3. */
#define LW_SENML_ABSOLUTE_TIME 268435456
