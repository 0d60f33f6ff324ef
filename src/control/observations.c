/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server observes, as D-Bus shows it. */
#include "control/observations.h"

#include "bus/variant.h"
#include "codec/format.h"
#include "model/attributes.h"

/* One answer under way. */
typedef struct Writing {
        sd_bus_message *reply;
        LwRegistry *registry;
        int r; /* of the first that failed */
} Writing;

/* Attributes */

static int append_attribute(sd_bus_message *m, const LwAttributes *attributes, LwAttribute which)
{
        switch (which) {
        case LW_ATTRIBUTE_PMIN:
                return sd_bus_message_append(m, "{sv}", "pmin", "u", attributes->pmin);
        case LW_ATTRIBUTE_PMAX:
                return sd_bus_message_append(m, "{sv}", "pmax", "u", attributes->pmax);
        case LW_ATTRIBUTE_GT:
                return sd_bus_message_append(m, "{sv}", "gt", "d", attributes->gt);
        case LW_ATTRIBUTE_LT:
                return sd_bus_message_append(m, "{sv}", "lt", "d", attributes->lt);
        case LW_ATTRIBUTE_ST:
                return sd_bus_message_append(m, "{sv}", "st", "d", attributes->st);
        case LW_ATTRIBUTE_EPMIN:
                return sd_bus_message_append(m, "{sv}", "epmin", "u", attributes->epmin);
        case LW_ATTRIBUTE_EPMAX:
                return sd_bus_message_append(m, "{sv}", "epmax", "u", attributes->epmax);
        case LW_ATTRIBUTE_EDGE:
                return sd_bus_message_append(m, "{sv}", "edge", "b", (int) attributes->edge);
        case LW_ATTRIBUTE_CON:
                return sd_bus_message_append(m, "{sv}", "con", "b", (int) attributes->con);
        case LW_ATTRIBUTE_HQMAX:
                return sd_bus_message_append(m, "{sv}", "hqmax", "u", attributes->hqmax);
        case LW_ATTRIBUTE_COUNT:
                break;
        }
        return 0;
}

static int append_attributes(sd_bus_message *m, const LwAttributes *attributes)
{
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        for (int which = 0; attributes != NULL && which < LW_ATTRIBUTE_COUNT && r >= 0; which++)
                if (lw_attributes_has(attributes, (LwAttribute) which))
                        r = append_attribute(m, attributes, (LwAttribute) which);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Values */

/* What was sent, back from its bytes; what cannot be read any more, as a definition went, is empty.
 */
static LwValues *decode(const LwObservationView *view, LwRegistry *registry)
{
        LwDecode how = { .base = view->path, .registry = registry, .keep_unknown = true };
        g_autoptr(LwValues) values = lw_values_new();
        size_t length = (size_t) lw_blob_size(view->payload);
        g_autofree uint8_t *bytes = NULL;

        if (length > LW_BODY_MAX)
                return g_steal_pointer(&values);
        bytes = g_malloc(length + 1);
        if (length > 0 && !lw_blob_read(view->payload, 0, bytes, length, NULL))
                return g_steal_pointer(&values);
        if (lw_format_decode(view->format, bytes, length, &how, values, NULL))
                return g_steal_pointer(&values);
        return lw_values_new();
}

/* A long notification is not kept: what is known of each of its values. Returns those of which only
 * a digest is. */
static GArray *recall(const LwObservationView *view, LwRegistry *registry, LwValues *values)
{
        GArray *digests = g_array_new(FALSE, FALSE, sizeof(LwSample));

        for (size_t i = 0; i < view->sample_count; i++) {
                const LwSample *sample = &view->samples[i];
                LwPath path = lw_sample_path(sample);
                const LwResourceDef *def = NULL;
                LwValue value;

                if (path.length >= LW_LEVEL_RESOURCE)
                        def = lw_registry_resource(registry, path.ids[0], path.ids[2]);
                if (def && lw_sample_value(sample, def->type, def->multiple, &value))
                        lw_values_add(values, &path, &value);
                else if (path.length >= LW_LEVEL_RESOURCE)
                        g_array_append_val(digests, *sample);
        }
        return digests;
}

static int append_value(Writing *self, const LwObservationView *view, LwValues *values)
{
        int r = sd_bus_message_open_container(self->reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(self->reply, "s", "value");
        if (r >= 0)
                r = sd_bus_message_open_container(self->reply, 'v', "a{sv}");
        if (r >= 0)
                r = lw_variant_append_values(self->reply, &view->path, values);
        if (r >= 0)
                r = sd_bus_message_close_container(self->reply);
        return r < 0 ? r : sd_bus_message_close_container(self->reply);
}

static int append_digests(Writing *self, const GArray *digests)
{
        int r = sd_bus_message_open_container(self->reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(self->reply, "s", "digests");
        if (r >= 0)
                r = sd_bus_message_open_container(self->reply, 'v', "a{st}");
        if (r >= 0)
                r = sd_bus_message_open_container(self->reply, 'a', "{st}");
        for (guint i = 0; i < digests->len && r >= 0; i++) {
                const LwSample *sample = &g_array_index(digests, LwSample, i);
                LwPath path = lw_sample_path(sample);
                char text[LW_PATH_TEXT_MAX];

                lw_path_print(&path, text);
                r = sd_bus_message_append(self->reply, "{st}", text, sample->bits);
        }
        for (unsigned level = 0; level < 3 && r >= 0; level++)
                r = sd_bus_message_close_container(self->reply);
        return r;
}

/* What the server got last. */
static int append_content(Writing *self, const LwObservationView *view)
{
        g_autoptr(LwValues) values =
                        view->payload != NULL ? decode(view, self->registry) : lw_values_new();
        g_autoptr(GArray) digests = NULL;
        int r;

        if (view->payload == NULL)
                digests = recall(view, self->registry, values);
        r = append_value(self, view, values);
        return r < 0 || digests == NULL || digests->len == 0 ? r : append_digests(self, digests);
}

/* Observations */

static int append_details(Writing *self, const LwObservationView *view)
{
        int64_t sent = view->sent_real_usec;
        int r = sd_bus_message_open_container(self->reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_open_container(self->reply, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(self->reply, "s", "attributes");
        if (r >= 0)
                r = sd_bus_message_open_container(self->reply, 'v', "a{sv}");
        if (r >= 0)
                r = append_attributes(self->reply, view->attributes);
        if (r >= 0)
                r = sd_bus_message_close_container(self->reply);
        if (r >= 0)
                r = sd_bus_message_close_container(self->reply);
        if (r >= 0)
                r = append_content(self, view);
        if (r >= 0)
                r = sd_bus_message_append(self->reply, "{sv}{sv}", "sent_usec", "t",
                                sent > 0 ? (uint64_t) sent : 0, "sequence", "u", view->sequence);
        return r < 0 ? r : sd_bus_message_close_container(self->reply);
}

static void append_observation(void *data, const LwObservationView *view)
{
        Writing *self = data;
        char path[LW_PATH_TEXT_MAX];
        int r = self->r;

        if (r < 0)
                return;
        lw_path_print(&view->path, path);
        r = sd_bus_message_open_container(self->reply, 'r', "sa{sv}");
        if (r >= 0)
                r = sd_bus_message_append(self->reply, "s", path);
        if (r >= 0)
                r = append_details(self, view);
        if (r >= 0)
                r = sd_bus_message_close_container(self->reply);
        self->r = r;
}

int lw_observations_append(sd_bus_message *reply, const LwServer *server, LwRegistry *registry,
                uint32_t offset, uint32_t limit)
{
        Writing writing = { .reply = reply, .registry = registry };

        writing.r = sd_bus_message_open_container(reply, 'a', "(sa{sv})");
        lw_server_list_observations(server, offset, limit, append_observation, &writing);
        return writing.r < 0 ? writing.r : sd_bus_message_close_container(reply);
}
