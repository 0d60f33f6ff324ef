/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwInflows: opaque values that servers write in blocks, and that a service gets whole. */
#pragma once

#include <stdint.h>

#include <glib.h>

#include "model/request.h"
#include "model/sink.h"
#include "tree/call.h"

/** What becomes of values that are there. */
typedef struct LwInflowEvents {
        /** All of it is in a memory file, sealed, whose descriptor stays ours: Write it to `path`
         * and finish the call. */
        void (*whole)(void *user, LwCall *call, const LwPath *path, int fd, uint64_t size);
        /** It is written. */
        void (*written)(void *user, const LwPath *path);
} LwInflowEvents;

/** LwInflows: all that are under way to one service, LW_PLUGIN_BLOBS_MAX of them. */
typedef struct LwInflows LwInflows;

LwInflows *lw_inflows_new(const LwInflowEvents *events, void *user);
/** Those under way end with 5.03 when the peer goes on; the Writes have been finished before. */
void lw_inflows_free(LwInflows *self);

/**
 * A sink for one value. When all has come it is handed over, and the sink's last step ends with the
 * service's answer. Errors: 5.03 when there are too many, 4.13 when `size` promises more than
 * LW_PLUGIN_BLOB_MAX, 5.00.
 */
LwSink *lw_inflows_open(LwInflows *self, const LwRequest *request, uint64_t size, GError **error);
