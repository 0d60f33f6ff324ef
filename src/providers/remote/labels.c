/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwLabels: which instance id a label had last, so that it has it again. */
#include "providers/remote/labels.h"

#include <string.h>

#include "model/limits.h"
#include "model/path.h"
#include "model/status.h"

#define WORD_MAX 64

typedef struct Label {
        char *key; /* "3303 oven kitchen" */
        uint16_t object, instance;
        GList link; /* in LwLabels.order */
} Label;

struct LwLabels {
        GHashTable *by_key; /* Label.key to Label */
        GHashTable *ids;    /* object and instance to Label */
        GQueue order;       /* of Label; who was used last stands last */
};

static void *pack(unsigned object, unsigned instance)
{
        return GUINT_TO_POINTER(object << 16 | instance);
}

static char *make_key(unsigned object, const char *name, const char *label)
{
        return name != NULL ? g_strdup_printf("%u %s %s", object, label, name)
                            : g_strdup_printf("%u %s", object, label);
}

static void label_free(void *data)
{
        Label *self = data;

        g_free(self->key);
        g_free(self);
}

LwLabels *lw_labels_new(void)
{
        LwLabels *self = g_new0(LwLabels, 1);

        self->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, label_free);
        self->ids = g_hash_table_new(NULL, NULL);
        g_queue_init(&self->order);
        return self;
}

void lw_labels_free(LwLabels *self)
{
        if (self == NULL)
                return;
        g_hash_table_unref(self->by_key);
        g_hash_table_unref(self->ids);
        g_free(self);
}

bool lw_labels_find(const LwLabels *self, uint16_t object, const char *name, const char *label,
                uint16_t *ret_instance)
{
        g_autofree char *key = make_key(object, name, label);
        const Label *found = g_hash_table_lookup(self->by_key, key);

        if (found == NULL)
                return false;
        *ret_instance = found->instance;
        return true;
}

bool lw_labels_has(const LwLabels *self, uint16_t object, uint16_t instance)
{
        return g_hash_table_contains(self->ids, pack(object, instance));
}

static void forget(LwLabels *self, Label *label)
{
        g_queue_unlink(&self->order, &label->link);
        g_hash_table_remove(self->ids, pack(label->object, label->instance));
        g_hash_table_remove(self->by_key, label->key);
}

static void touch(LwLabels *self, Label *label)
{
        g_queue_unlink(&self->order, &label->link);
        g_queue_push_tail_link(&self->order, &label->link);
}

bool lw_labels_keep(LwLabels *self, uint16_t object, uint16_t instance, const char *name,
                const char *label)
{
        g_autofree char *key = make_key(object, name, label);
        Label *found = g_hash_table_lookup(self->by_key, key);
        Label *holder = g_hash_table_lookup(self->ids, pack(object, instance));

        if (found != NULL && found == holder) {
                touch(self, found);
                return false;
        }
        if (found != NULL)
                forget(self, found);
        if (holder != NULL)
                forget(self, holder);
        if (self->order.length >= LW_LABELS_MAX)
                forget(self, g_queue_peek_head(&self->order));
        found = g_new0(Label, 1);
        *found = (Label){
                .key = g_steal_pointer(&key),
                .object = object,
                .instance = instance,
                .link.data = found,
        };
        g_hash_table_insert(self->by_key, found->key, found);
        g_hash_table_insert(self->ids, pack(object, instance), found);
        g_queue_push_tail_link(&self->order, &found->link);
        return true;
}

bool lw_labels_is_word(const char *text)
{
        size_t length = strlen(text);

        return length > 0 && length <= WORD_MAX &&
               strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-") == length;
}

GBytes *lw_labels_print(const LwLabels *self)
{
        GString *text = g_string_new(NULL);

        for (const GList *link = self->order.head; link != NULL; link = link->next) {
                const Label *label = link->data;

                g_string_append_printf(text, "/%u/%u%s\n", label->object, label->instance,
                                strchr(label->key, ' '));
        }
        return g_string_free_to_bytes(text);
}

static bool parse_line(LwLabels *self, const char *line)
{
        g_auto(GStrv) words = g_strsplit(line, " ", 4);
        unsigned count = g_strv_length(words);
        LwPath path;

        if ((count != 2 && count != 3) || !lw_path_parse(words[0], &path, NULL) ||
                        path.length != LW_LEVEL_INSTANCE || !lw_labels_is_word(words[1]) ||
                        (count == 3 && !lw_labels_is_word(words[2])))
                return false;
        lw_labels_keep(self, path.ids[0], path.ids[1], count == 3 ? words[2] : NULL, words[1]);
        return true;
}

bool lw_labels_parse(LwLabels *self, GBytes *text, GError **error)
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
                                "line %u is not an instance with its label", i + 1);
                return false;
        }
        return true;
}
