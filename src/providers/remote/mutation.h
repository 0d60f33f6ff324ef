/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions that change something: what the methods of Provider1 but Read are called with. */
#pragma once

#include <stdbool.h>

#include <glib.h>
#include <systemd/sd-bus.h>

#include "providers/remote/question.h"

/*
 * Each gives a question whose arguments are complete but for the context, or NULL: 5.03 when there
 * is no bus (`bus` NULL) or it ends, 5.00 when the values cannot be written into a message.
 */

/** Write(s mode, a{sv} values, ...); `known` of the question are the elements that go, NULL if
 * there are none. */
LwQuestion *lw_mutation_write(sd_bus *bus, LwCall *call, const LwPath *target, bool replace,
                const LwValues *values, GError **error);
/** A Write of one opaque value, whose `size` bytes are in the sealed memory file `fd`: up to 64 KiB
 * as bytes, else as the descriptor. */
LwQuestion *lw_mutation_write_file(sd_bus *bus, LwCall *call, const LwPath *path, int fd,
                uint64_t size, GError **error);
/** Execute(s path, a{ys} arguments, ...); `arguments` were checked. */
LwQuestion *lw_mutation_execute(sd_bus *bus, LwCall *call, const LwPath *path,
                const char *arguments, GError **error);
/** Create(s path, a{sv} values, ...); `known` of the question is a copy of `values`. */
LwQuestion *lw_mutation_create(sd_bus *bus, LwCall *call, const LwPath *instance, bool chosen,
                const LwValues *values, GError **error);
/** Delete(s path, ...) */
LwQuestion *lw_mutation_delete(sd_bus *bus, LwCall *call, const LwPath *path, GError **error);

/**
 * The answer of Create, the instance that was made; "" is the one that was asked for. Errors: 5.00
 * when it is none of the object, 4.00 when the server chose another one.
 */
bool lw_mutation_read_created(sd_bus_message *reply, const LwQuestion *question,
                LwPath *ret_instance, GError **error);
