/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwProviderFile: a service that is listed before it runs: providers.d/NAME.provider. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "providers/remote/claims.h"
#include "providers/remote/grant.h"
#include "providers/remote/waker.h"

/** LwProviderFile: one file. Owns all of it. */
typedef struct LwProviderFile {
        char *name;
        char *path; /* of the object with Provider1 */
        LwActivation activation;
        LwClaims *claims;
} LwProviderFile;

/**
 * From a file's text: [Provider] Service= Path= Start= User=, and [Instance 3303/0] Resources= for
 * each instance. Errors: 4.00 with what is wrong.
 */
LwProviderFile *lw_provider_file_parse(const char *name, const char *text, size_t length,
                LwGrantUser find_user, GError **error);
void lw_provider_file_free(LwProviderFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwProviderFile, lw_provider_file_free)
