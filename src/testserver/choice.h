/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The format of what is sent to a client, where nobody says which. */
#pragma once

#include <stdint.h>

#include "model/registry.h"
#include "testserver/ask.h"

/**
 * The Content-Format of an operation's payload, LW_FORMAT_NONE if it has none.
 *
 * One value goes as text, an opaque one as opaque. Several go as TLV to a client of 1.0, else as
 * SenML CBOR, unless the client listed other formats (ct=) and not that. Composite operations of
 * 1.2, and the removal of a resource instance, go as SenML-ETCH CBOR. A Create that leaves the id
 * to the client, or has no values, goes as TLV, as SenML cannot say it.
 * Source: OMA LwM2M Core 1.0 to 1.2, "Data formats for transferring resource information".
 */
int32_t lw_test_choose_format(
                const LwTestAsk *ask, const LwTestClient *client, LwRegistry *registry);
