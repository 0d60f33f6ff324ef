/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwRequest and LwResponse: an operation of the standard without its transport. */
#include "model/request.h"

#include <string.h>

const char *lw_operation_name(LwOperation operation)
{
        switch (operation) {
        case LW_OPERATION_READ:
                return "Read";
        case LW_OPERATION_DISCOVER:
                return "Discover";
        case LW_OPERATION_WRITE:
        case LW_OPERATION_WRITE_UPDATE:
                return "Write";
        case LW_OPERATION_WRITE_ATTRIBUTES:
                return "Write-Attributes";
        case LW_OPERATION_EXECUTE:
                return "Execute";
        case LW_OPERATION_CREATE:
                return "Create";
        case LW_OPERATION_DELETE:
                return "Delete";
        case LW_OPERATION_READ_COMPOSITE:
                return "Read-Composite";
        case LW_OPERATION_WRITE_COMPOSITE:
                return "Write-Composite";
        case LW_OPERATION_OBSERVE:
                return "Observe";
        case LW_OPERATION_CANCEL:
                return "Cancel Observation";
        case LW_OPERATION_OBSERVE_COMPOSITE:
                return "Observe-Composite";
        case LW_OPERATION_CANCEL_COMPOSITE:
                return "Cancel Observation-Composite";
        }
        g_assert_not_reached();
}

static const char *const version_texts[] = {
        [LW_VERSION_1_0] = "1.0",
        [LW_VERSION_1_1] = "1.1",
        [LW_VERSION_1_2] = "1.2",
};

const char *lw_version_text(LwVersion version)
{
        return version_texts[version];
}

bool lw_version_parse(const char *text, LwVersion *ret_version)
{
        for (size_t i = 0; i < G_N_ELEMENTS(version_texts); i++) {
                if (strcmp(text, version_texts[i]) != 0)
                        continue;
                *ret_version = (LwVersion) i;
                return true;
        }
        return false;
}

void lw_response_clear(LwResponse *self)
{
        g_clear_pointer(&self->payload, lw_blob_unref);
        g_clear_pointer(&self->values, lw_values_free);
        g_clear_pointer(&self->diagnostic, g_free);
}

LwResponse lw_response_status(LwStatus status)
{
        return (LwResponse){ .status = status, .format = LW_FORMAT_NONE };
}

LwResponse lw_response_error(const GError *error)
{
        return (LwResponse){
                .status = lw_status_of_error(error),
                .format = LW_FORMAT_NONE,
                .diagnostic = error != NULL ? g_strdup(error->message) : NULL,
        };
}
