/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwSensorIds: which instance a sensor had last, and what a server called it. */
#include "providers/builtin/sensor-ids.h"

#include <string.h>

#include "model/limits.h"
#include "model/path.h"
#include "model/status.h"

/* bytes: keys are made of names in sysfs and cut to less */
#define KEY_MAX 512

typedef struct Kept {
        char *key; /* "3303 pci0000:00/.../lm75/temp1" */
        char *text;
        uint16_t object, id;
        GList link; /* in LwSensorIds.order */
} Kept;

struct LwSensorIds {
        GHashTable *by_key; /* Kept.key to Kept */
        GHashTable *by_id;
        GQueue order; /* of Kept; what was used last stands last */
};

static void *pack(unsigned object, unsigned id)
{
        return GUINT_TO_POINTER(object << 16 | id);
}

static void kept_free(void *data)
{
        Kept *self = data;

        g_free(self->key);
        g_free(self->text);
        g_free(self);
}

LwSensorIds *lw_sensor_ids_new(void)
{
        LwSensorIds *self = g_new0(LwSensorIds, 1);

        self->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, kept_free);
        self->by_id = g_hash_table_new(NULL, NULL);
        g_queue_init(&self->order);
        return self;
}

void lw_sensor_ids_free(LwSensorIds *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->by_key);
        g_hash_table_unref(self->by_id);
        g_free(self);
}

static Kept *find(const LwSensorIds *self, uint16_t object, const char *key)
{
        g_autofree char *whole = g_strdup_printf("%u %s", object, key);

        return g_hash_table_lookup(self->by_key, whole);
}

bool lw_sensor_ids_find(const LwSensorIds *self, uint16_t object, const char *key, uint16_t *ret_id)
{
        const Kept *kept = find(self, object, key);

        if (kept == NULL)
                return false;
        *ret_id = kept->id;
        return true;
}

bool lw_sensor_ids_has(const LwSensorIds *self, uint16_t object, uint16_t id)
{
        return g_hash_table_contains(self->by_id, pack(object, id));
}

static void forget(LwSensorIds *self, Kept *kept)
{
        g_queue_unlink(&self->order, &kept->link);
        g_hash_table_remove(self->by_id, pack(kept->object, kept->id));
        g_hash_table_remove(self->by_key, kept->key);
}

bool lw_sensor_ids_keep(LwSensorIds *self, uint16_t object, uint16_t id, const char *key)
{
        Kept *kept = find(self, object, key);
        Kept *holder = g_hash_table_lookup(self->by_id, pack(object, id));

        if (kept != NULL && kept == holder) {
                g_queue_unlink(&self->order, &kept->link);
                g_queue_push_tail_link(&self->order, &kept->link);
                return false;
        }
        if (kept != NULL)
                forget(self, kept);
        if (holder != NULL)
                forget(self, holder);
        if (self->order.length >= LW_SENSOR_IDS_MAX)
                forget(self, g_queue_peek_head(&self->order));
        kept = g_new0(Kept, 1);
        *kept = (Kept){ .key = g_strdup_printf("%u %s", object, key),
                .object = object,
                .id = id,
                .link.data = kept };
        g_hash_table_insert(self->by_key, kept->key, kept);
        g_hash_table_insert(self->by_id, pack(object, id), kept);
        g_queue_push_tail_link(&self->order, &kept->link);
        return true;
}

const char *lw_sensor_ids_text(const LwSensorIds *self, uint16_t object, uint16_t id)
{
        const Kept *kept = g_hash_table_lookup(self->by_id, pack(object, id));

        return kept == NULL ? NULL : kept->text;
}

void lw_sensor_ids_set_text(LwSensorIds *self, uint16_t object, uint16_t id, const char *text)
{
        Kept *kept = g_hash_table_lookup(self->by_id, pack(object, id));

        if (kept == NULL)
                return;
        g_free(kept->text);
        kept->text = g_strdup(text);
}

/* --- as text ---------------------------------------------------------------------------------- */

GBytes *lw_sensor_ids_print(const LwSensorIds *self)
{
        GString *text = g_string_new(NULL);

        for (const GList *link = self->order.head; link != NULL; link = link->next) {
                const Kept *kept = link->data;

                g_string_append_printf(
                                text, "/%u/%u%s", kept->object, kept->id, strchr(kept->key, ' '));
                if (kept->text != NULL) {
                        g_string_append_c(text, ' ');
                        g_string_append_uri_escaped(text, kept->text, NULL, FALSE);
                }
                g_string_append_c(text, '\n');
        }
        return g_string_free_to_bytes(text);
}

static bool is_key(const char *word)
{
        size_t length = strlen(word);

        return length > 0 && length <= KEY_MAX &&
               strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._:,+@-") == length;
}

static bool parse_line(LwSensorIds *self, const char *line)
{
        g_auto(GStrv) words = g_strsplit(line, " ", 4);
        unsigned count = g_strv_length(words);
        g_autofree char *text = NULL;
        LwPath path;

        if ((count != 2 && count != 3) || !lw_path_parse(words[0], &path, NULL) ||
                        path.length != LW_LEVEL_INSTANCE || !is_key(words[1]))
                return false;
        if (count == 3) {
                text = g_uri_unescape_string(words[2], NULL);
                if (text == NULL || strlen(text) > LW_SENSOR_TEXT_MAX ||
                                !g_utf8_validate(text, -1, NULL))
                        return false;
        }
        lw_sensor_ids_keep(self, path.ids[0], path.ids[1], words[1]);
        lw_sensor_ids_set_text(self, path.ids[0], path.ids[1], text);
        return true;
}

bool lw_sensor_ids_parse(LwSensorIds *self, GBytes *text, GError **error)
{
        size_t length;
        const char *data = g_bytes_get_data(text, &length);
        g_autofree char *copy = g_strndup(data, length);
        g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);

        for (unsigned i = 0; lines[i] != NULL; i++) {
                bool is_end = lines[i][0] == '\0' && lines[i + 1] == NULL;

                if (is_end || parse_line(self, lines[i]))
                        continue;
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "line %u is not an instance with its sensor", i + 1);
                return false;
        }
        return true;
}
