/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that nobody can guess, for tokens and entity tags. */
#include "exchange/token.h"

#include <errno.h>
#include <sys/random.h>

#include <glib.h>

#include "base/log.h"

/* So many for one system call; of up to 256 bytes it gives all that was asked for. */
#define TOKENS 32

static void draw(uint64_t tokens[static TOKENS])
{
        while (getrandom(tokens, TOKENS * sizeof(*tokens), 0) != TOKENS * sizeof(*tokens))
                if (errno != EINTR)
                        g_error("getrandom: %s; it must be allowed where this runs",
                                        g_strerror(errno));
}

uint64_t lw_token_new(void)
{
        static uint64_t tokens[TOKENS];
        static unsigned left;
        uint64_t token = 0;

        while (token == 0) {
                if (left == 0) {
                        draw(tokens);
                        left = TOKENS;
                }
                token = tokens[--left];
                tokens[left] = 0; /* nobody else gets it */
        }
        return token;
}
