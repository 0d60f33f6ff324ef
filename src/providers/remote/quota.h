/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much one user may register. */
#pragma once

#include <sys/types.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "providers/remote/claims.h"
#include "providers/remote/plugin.h"

/**
 * Whether user `uid` may have `claims`, too, with what `plugins` (of LwPlugin) has of that user; of
 * these `former` (NULL: none) is the one whose place the claims take, and `grown` (NULL: none) the
 * one to which they are added.
 * Errors: LimitExceeded with the bound: registrations, objects, instances; all registrations.
 */
int lw_quota_check(const GPtrArray *plugins, const LwClaims *claims, uid_t uid,
                const LwPlugin *former, const LwPlugin *grown, sd_bus_error *ret_error);

/** Whether user `uid` may bring definitions of `bytes`, too; `former` as above. Errors:
 * LimitExceeded. */
int lw_quota_check_definitions(const GPtrArray *plugins, size_t bytes, uid_t uid,
                const LwPlugin *former, sd_bus_error *ret_error);
