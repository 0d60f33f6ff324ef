/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a configuration: what comes out can be used, and each complaint is one line. */
#include <stdint.h>
#include <string.h>

#include "daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_account(const LwAccount *account)
{
        g_assert(account->name[0] != '\0' && g_utf8_validate(account->name, -1, NULL));
        g_assert(account->uri != NULL && account->peer.uri.host != NULL);
        g_assert(account->ssid >= 1 && account->ssid <= 65534);
        g_assert(account->lifetime_seconds >= 1 && account->lifetime_seconds < UINT32_MAX);
        g_assert(lw_binding_check(account->binding, NULL) && strchr(account->binding, 'Q') == NULL);
        g_assert(strlen(account->hash) == 64);
        g_assert(account->awake_usec >= LW_USEC_PER_SEC);
        g_assert(account->peer.local_address == NULL || account->peer.interface == NULL);
}

static void check_problem(const LwConfigProblem *problem)
{
        g_assert(g_utf8_validate(problem->text, -1, NULL));
        g_assert(strchr(problem->text, '\n') == NULL);
        g_assert(strstr(problem->text, "; ") != NULL); /* a reason and a remedy */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autoptr(LwConfig) config = lw_config_parse("f", (const char *) data, size);
        g_autoptr(LwConfig) again = lw_config_parse("f", (const char *) data, size);

        g_assert(config->accounts->len == again->accounts->len);
        for (guint i = 0; i < config->accounts->len; i++) {
                const LwAccount *account = config->accounts->pdata[i];
                const LwAccount *same = again->accounts->pdata[i];

                check_account(account);
                g_assert(lw_account_equal(account, same) && strcmp(account->hash, same->hash) == 0);
                for (guint k = 0; k < i; k++)
                        g_assert(((LwAccount *) config->accounts->pdata[k])->ssid != account->ssid);
        }
        for (guint i = 0; i < config->problems->len; i++)
                check_problem(config->problems->pdata[i]);
        return 0;
}
