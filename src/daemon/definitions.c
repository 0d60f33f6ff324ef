/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwDefinitions: finds the object description files. */
#include "daemon/definitions.h"

#include <fcntl.h>

#include "base/log.h"
#include "io/file.h"
#include "model/limits.h"

struct LwDefinitions {
        char *administrator; /* NULL: none */
        char *ours;
};

LwDefinitions *lw_definitions_new(const char *only, const char *administrator, const char *ours)
{
        LwDefinitions *self = g_new0(LwDefinitions, 1);

        self->administrator = only ? NULL : g_strdup(administrator);
        self->ours = g_strdup(only ? only : ours);
        return self;
}

void lw_definitions_free(LwDefinitions *self)
{
        if (!self)
                return;
        g_free(self->administrator);
        g_free(self->ours);
        g_free(self);
}

static bool is_ours_alone(uint16_t object)
{
        return object <= 9 || object == 21;
}

/* NULL when there is no such file; one that cannot be read is a warning, too. */
static GBytes *load(const char *directory, uint16_t object)
{
        g_autofree char *path = g_strdup_printf("%s/objects/%u.xml", directory, object);
        GBytes *bytes = NULL;
        int r = lw_file_read(AT_FDCWD, path, LW_DEFINITION_MAX, &bytes);

        if (r < 0 && r != -ENOENT)
                lw_log(G_LOG_LEVEL_WARNING, "%s: %s; ignoring it", path, g_strerror(-r));
        return r < 0 ? NULL : bytes;
}

GBytes *lw_definitions_load(void *user, uint16_t object)
{
        const LwDefinitions *self = user;
        g_autoptr(GBytes) bytes = NULL;

        if (self->administrator && !is_ours_alone(object))
                bytes = load(self->administrator, object);
        if (!bytes)
                bytes = load(self->ours, object);
        if (!bytes || g_bytes_get_size(bytes) == 0)
                return NULL;
        return g_steal_pointer(&bytes);
}
