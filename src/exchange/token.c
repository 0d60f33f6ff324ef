/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that nobody can guess, for tokens and entity tags. */
#include "exchange/token.h"

#include <errno.h>
#include <sys/random.h>

#include <glib.h>

#include "base/log.h"

uint64_t lw_token_new(void)
{
        uint64_t token = 0;

        while (token == 0) {
                if (getrandom(&token, sizeof(token), 0) == sizeof(token))
                        continue;
                if (errno != EINTR)
                        g_error("getrandom: %s; it must be allowed where this runs",
                                        g_strerror(errno));
                token = 0;
        }
        return token;
}
