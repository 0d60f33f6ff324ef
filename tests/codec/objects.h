/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The definitions that the tests of the codecs go by. */
#pragma once

#include "model/registry.h"

/** An object with a resource of each type, single and multiple; no object of anybody's. */
#define TYPES_OBJECT 30000

/**
 * A registry that knows what the vectors need of objects 1 to 6, 16, 19, 65, 72, 3303, 3308, 3311
 * and TYPES_OBJECT.
 */
LwRegistry *codec_registry_new(void);
