/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests as rows: an operation with its payload in hex, and what has to come of it. */
#pragma once

#include <stdint.h>

#include "model/request.h"
#include "model/status.h"
#include "tree/fixture.h"

/** One request of server 101. */
typedef struct Asked {
        LwVersion version;
        LwOperation operation;
        const char *path;
        int32_t format;
        const char *hex;   /* of the payload, or text behind a '='; NULL: none, and no format */
        const char *query; /* joined by '&'; NULL: none */
        int32_t accept;    /* 0: none; no row wants text */
        LwStatus status;
} Asked;

/** Asks, checks that there is one answer with the status that the row has, and hands it over. */
void asked_run(LwTree *tree, const Asked *asked, FixtureAnswer *ret_answer);
/** The payload of an answer as text, "" without one; valid until the next call. */
const char *asked_text(const FixtureAnswer *answer);
