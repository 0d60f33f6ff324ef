/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwOffer: what a service says when it registers, by RegisterProvider or by its file. */
#include "providers/remote/offer.h"

#include <inttypes.h>
#include <string.h>

#include "base/quote.h"
#include "model/status.h"
#include "providers/remote/brought.h"
#include "providers/remote/report.h"

#define TIMEOUT_MIN_USEC (1 * LW_USEC_PER_SEC)
#define TIMEOUT_MAX_USEC (5 * 60 * LW_USEC_PER_SEC)

void lw_offer_clear(LwOffer *self)
{
        g_free(self->path);
        lw_claims_free(self->claims);
        g_free(self->name);
        lw_activation_clear(&self->activation);
        *self = (LwOffer){};
}

/* Options; each reader stands before the variant */

static int refuse(sd_bus_error *ret_error, const char *what)
{
        return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS, what);
}

static int read_name(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        const char *name;

        if (sd_bus_message_read(m, "v", "s", &name) < 0 || !lw_labels_is_word(name))
                return refuse(ret_error, "the option 'name' is 1 to 64 letters, digits, '.', '_' "
                                         "and '-' (s)");
        g_free(offer->name);
        offer->name = g_strdup(name);
        return 0;
}

static int read_activation(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        const char *name;

        if (sd_bus_message_read(m, "v", "s", &name) < 0 || *name == ':' ||
                        !sd_bus_service_name_is_valid(name))
                return refuse(ret_error, "the option 'activation' is the well-known name of a "
                                         "service (s): org.example.Oven");
        g_free(offer->activation.service);
        offer->activation.service = g_strdup(name);
        return 0;
}

static int read_timeout(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        uint64_t usec;

        if (sd_bus_message_read(m, "v", "t", &usec) < 0 || usec < TIMEOUT_MIN_USEC ||
                        usec > TIMEOUT_MAX_USEC)
                return refuse(ret_error,
                                "the option 'timeout_usec' is 1000000 to 300000000 microseconds "
                                "(t), one second to five minutes");
        offer->timeout_usec = usec;
        return 0;
}

static int read_cache(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        const char *word;

        if (sd_bus_message_read(m, "v", "s", &word) < 0 ||
                        (strcmp(word, "none") != 0 && strcmp(word, "notify") != 0))
                return refuse(ret_error, "the option 'cache' is 'none' or 'notify' (s)");
        offer->keeps = strcmp(word, "notify") == 0;
        return 0;
}

static int skip(sd_bus_message *m, const char *wanted, const char *what, sd_bus_error *ret_error)
{
        const char *contents;
        char type;

        if (sd_bus_message_peek_type(m, &type, &contents) <= 0 || type != 'v' ||
                        strcmp(contents, wanted) != 0)
                return refuse(ret_error, what);
        return sd_bus_message_skip(m, "v");
}

/* In the first round they can only be passed over: their paths hang on ids yet to be chosen. */
static int skip_values(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        (void) offer;
        return skip(m, "a{sv}", "the option 'values' maps paths of resources to values (a{sv})",
                        ret_error);
}

/* Nor are definitions read for somebody who may not register. */
static int skip_definitions(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        (void) offer;
        return skip(m, "as", "the option 'definitions' is a list of object files as text (as)",
                        ret_error);
}

static const struct {
        const char *key;
        int (*read)(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error);
} options[] = {
        { "name", read_name },
        { "activation", read_activation },
        { "timeout_usec", read_timeout },
        { "cache", read_cache },
        { "values", skip_values },
        { "definitions", skip_definitions },
};

static int read_option(sd_bus_message *m, const char *key, LwOffer *offer, sd_bus_error *ret_error)
{
        g_autofree char *quoted = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
                if (strcmp(options[i].key, key) == 0)
                        return options[i].read(m, offer, ret_error);
        quoted = lw_quote(key, strlen(key));
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                        "%s is not an option; there are 'name', 'activation', 'timeout_usec', "
                        "'cache', 'values' and 'definitions'",
                        quoted);
}

static int read_options(sd_bus_message *m, LwOffer *offer, sd_bus_error *ret_error)
{
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *key;

                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = read_option(m, key, offer, ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int lw_offer_read(sd_bus_message *m, LwOffer *ret_offer, sd_bus_error *ret_error)
{
        g_auto(LwOffer) offer = { .claims = lw_claims_new(),
                .timeout_usec = LW_OFFER_TIMEOUT_USEC };
        const char *path;
        int r = sd_bus_message_read(m, "o", &path);

        if (r < 0 || (r = lw_claims_read(offer.claims, m, ret_error)) < 0 ||
                        (r = read_options(m, &offer, ret_error)) < 0)
                return r;
        offer.path = g_strdup(path);
        *ret_offer = offer;
        offer = (LwOffer){};
        return 0;
}

/* Reads one option anew, whose variant has `contents`. */
typedef int (*Reader)(sd_bus_message *m, void *user, sd_bus_error *ret_error);

static int read_again(sd_bus_message *m, const char *wanted, const char *contents, Reader read,
                void *user, sd_bus_error *ret_error)
{
        int r = sd_bus_message_rewind(m, true);

        if (r < 0 || (r = sd_bus_message_skip(m, "oa{saq}")) < 0)
                return r;
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                const char *key;

                r = sd_bus_message_read(m, "s", &key);
                if (r < 0)
                        return r;
                if (strcmp(key, wanted) != 0) {
                        r = sd_bus_message_skip(m, "v");
                } else if ((r = sd_bus_message_enter_container(m, 'v', contents)) >= 0) {
                        r = read(m, user, ret_error);
                        if (r >= 0)
                                r = sd_bus_message_exit_container(m);
                }
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : 0;
}

/* What definitions go into. */
typedef struct Definitions {
        GPtrArray *all;
        size_t *bytes;
} Definitions;

static int read_definitions(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const Definitions *self = user;

        return lw_brought_read(m, self->all, self->bytes, ret_error);
}

int lw_offer_read_definitions(
                sd_bus_message *m, GPtrArray *definitions, size_t *bytes, sd_bus_error *ret_error)
{
        Definitions into = { definitions, bytes };

        return read_again(m, "definitions", "as", read_definitions, &into, ret_error);
}

/* What values go into. */
typedef struct First {
        const LwClaims *claims;
        LwRegistry *registry;
        LwValues *values;
} First;

static int read_first(sd_bus_message *m, void *user, sd_bus_error *ret_error)
{
        const First *self = user;

        return lw_report_read(m, self->registry, self->claims, self->values, ret_error);
}

int lw_offer_read_values(sd_bus_message *m, const LwClaims *claims, LwRegistry *registry,
                LwValues *values, sd_bus_error *ret_error)
{
        First into = { claims, registry, values };

        return read_again(m, "values", "a{sv}", read_first, &into, ret_error);
}
