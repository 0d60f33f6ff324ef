/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A service that is listed before it runs: providers.d/NAME.provider, from text to LwOffer. */
#include "providers/remote/provider-file.h"

#include <string.h>

#include "base/quote.h"
#include "model/limits.h"
#include "model/status.h"

#define GROUP "Provider"
#define INSTANCE "Instance "

static bool refuse(GError **error, const char *key, const char *value, const char *wanted)
{
        g_autofree char *quoted = lw_quote(value, strlen(value));

        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s=%s must be %s", key, quoted,
                        wanted);
        return false;
}

static bool is_unit(const char *text)
{
        return g_str_has_suffix(text, ".service") && strchr(text, '/') == NULL;
}

static bool take_key(LwOffer *self, const char *key, const char *value, LwGrantUser find_user,
                GError **error)
{
        LwActivation *activation = &self->activation;

        if (strcmp(key, "Service") == 0) {
                if (*value == ':' || !sd_bus_service_name_is_valid(value))
                        return refuse(error, key, value, "a name on the bus: org.example.Oven");
                g_free(activation->service);
                activation->service = g_strdup(value);
        } else if (strcmp(key, "Path") == 0) {
                if (!sd_bus_object_path_is_valid(value))
                        return refuse(error, key, value,
                                        "the path of an object: /org/example/Oven");
                g_free(self->path);
                self->path = g_strdup(value);
        } else if (strcmp(key, "Start") == 0) {
                if (!is_unit(value))
                        return refuse(error, key, value, "a unit: lwm2md-oven.service");
                g_free(activation->start);
                activation->start = g_strdup(value);
        } else if (strcmp(key, "User") == 0) {
                activation->has_uid = find_user(value, &activation->uid);
                if (!activation->has_uid)
                        return refuse(error, key, value, "a user of this host");
        } else {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "there is no key '%s'; there are Service, Path, Start and User",
                                key);
                return false;
        }
        return true;
}

static bool take_keys(LwOffer *self, GKeyFile *file, LwGrantUser find_user, GError **error)
{
        g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);

        for (unsigned i = 0; keys != NULL && keys[i] != NULL; i++) {
                g_autofree char *value = g_key_file_get_string(file, GROUP, keys[i], error);

                if (value == NULL || *error != NULL ||
                                !take_key(self, keys[i], value, find_user, error))
                        return false;
        }
        if (self->activation.service != NULL && self->path != NULL)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "there must be a section [" GROUP "] with Service= and Path=");
        return false;
}

/* "5700;5701;" */
static bool read_resources(const char *text, GArray *resources, GError **error)
{
        g_auto(GStrv) words = g_strsplit(text, ";", LW_DEFINITION_RESOURCES_MAX + 1);

        for (unsigned i = 0; words[i] != NULL; i++) {
                uint16_t id;

                g_strstrip(words[i]);
                if (*words[i] == '\0')
                        continue;
                if (!lw_id_parse(words[i], strlen(words[i]), &id))
                        return refuse(error, "Resources", text,
                                        "ids of resources, separated by ';': 5700;5701");
                g_array_append_val(resources, id);
        }
        return true;
}

static bool take_instance(LwOffer *self, GKeyFile *file, const char *group, GError **error)
{
        g_autofree char *key = g_strdup_printf("/%s", group + strlen(INSTANCE));
        g_autofree char *text = g_key_file_get_string(file, group, "Resources", NULL);
        g_autoptr(GArray) resources = g_array_new(false, false, sizeof(uint16_t));
        sd_bus_error bus_error = SD_BUS_ERROR_NULL;

        if (text == NULL) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "[%s] must have Resources=", group);
                return false;
        }
        if (!read_resources(text, resources, error))
                return false;
        if (lw_claims_add(self->claims, key, (uint16_t *) (void *) resources->data, resources->len,
                            &bus_error) < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s", bus_error.message);
                sd_bus_error_free(&bus_error);
                return false;
        }
        return true;
}

static bool take_groups(LwOffer *self, GKeyFile *file, GError **error)
{
        g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

        for (unsigned i = 0; groups[i] != NULL; i++) {
                if (strcmp(groups[i], GROUP) == 0)
                        continue;
                if (!g_str_has_prefix(groups[i], INSTANCE)) {
                        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                        "[%s] must be [" GROUP "] or one like [Instance 3303/0]",
                                        groups[i]);
                        return false;
                }
                if (!take_instance(self, file, groups[i], error))
                        return false;
        }
        if (lw_claims_count(self->claims) > 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                        "there must be at least one section like [Instance 3303/0]");
        return false;
}

bool lw_provider_file_parse(const char *name, const char *text, size_t length,
                LwGrantUser find_user, LwOffer *ret_offer, GError **error)
{
        g_autoptr(GKeyFile) file = g_key_file_new();
        g_autoptr(GError) broken = NULL;
        g_auto(LwOffer) offer = {
                .name = g_strdup(name),
                .claims = lw_claims_new(),
                .timeout_usec = LW_OFFER_TIMEOUT_USEC,
        };

        if (!lw_labels_is_word(name)) {
                g_set_error(&broken, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "the file's name must be letters, digits, '.', '_' and '-'");
        } else if (g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &broken) &&
                        take_keys(&offer, file, find_user, &broken) &&
                        take_groups(&offer, file, &broken)) {
                *ret_offer = offer;
                offer = (LwOffer){};
                return true;
        }
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s", broken->message);
        return false;
}
