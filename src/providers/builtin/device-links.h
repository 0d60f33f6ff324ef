/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ExtDevInfo of object 3: links to what services tell of this host. */
#pragma once

#include <stdbool.h>

#include "io/driver.h"
#include "providers/builtin/table.h"
#include "tree/tree.h"

/**
 * LwDeviceLinks: resource 22 of /3/0: the instances of object 10241, Host Device Info, that
 * services provide, each as the element of its id.
 */
typedef struct LwDeviceLinks LwDeviceLinks;

/** `changed` comes from the loop, when there are others than before; both outlive it. */
LwDeviceLinks *lw_device_links_new(
                LwTree *tree, LwDriver *driver, LwDriverCall changed, void *user);
void lw_device_links_free(LwDeviceLinks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwDeviceLinks, lw_device_links_free)

size_t lw_device_links_count(const LwDeviceLinks *self);
/** As a row of a table reads. */
void lw_device_links_read(const LwDeviceLinks *self, const LwPath *path, LwTableReading *reading);
