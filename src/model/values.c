/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwValues: values with their paths, what travels between provider, codec and bus. */
#include "model/values.h"

#include <string.h>

/* What most Reads of one resource need lies in the list itself, so that they allocate once; that is
 * also why the text has an arena of our own and not a GStringChunk. */
#define FIRST_ENTRIES 4
#define FIRST_TEXT 64

/* Entries of a block: a long list grows by blocks, so that it neither moves nor has more room than
 * it needs. A short one is a block that grows. */
#define BLOCK_SHIFT 8
#define BLOCK_ENTRIES (1u << BLOCK_SHIFT)

#define CHUNK_MIN 512
#define CHUNK_MAX 32768

/* Below this many entries a walk is as fast as a binary search. */
#define FIND_WALKS 8

/* Text and data, which never move: chunks, the newest first. */
typedef struct Chunk {
        struct Chunk *next;
        size_t size;
        char data[];
} Chunk;

struct LwValues {
        LwEntry **blocks; /* `&only`, or allocated; all but the first have BLOCK_ENTRIES */
        LwEntry *only; /* the first block, as long as it is the only one: `first`, or allocated */
        size_t count;
        size_t allocated;
        int64_t *times; /* of the first `times_allocated` entries; the others have none */
        size_t times_allocated;
        bool ordered;   /* each path at least its predecessor's */
        bool has_blobs; /* references to give back */
        Chunk *chunks;
        char *room; /* of `first_text`, or of the newest chunk */
        size_t room_left;
        LwEntry first[FIRST_ENTRIES];
        char first_text[FIRST_TEXT];
};

G_STATIC_ASSERT(sizeof(LwEntry) == 32);

static LwEntry *entry_at(const LwValues *self, size_t index)
{
        return &self->blocks[index >> BLOCK_SHIFT][index & (BLOCK_ENTRIES - 1)];
}

static void start_empty(LwValues *self)
{
        self->count = 0;
        self->ordered = true;
        self->has_blobs = false;
}

LwValues *lw_values_new(void)
{
        LwValues *self = g_malloc(sizeof(*self));

        start_empty(self);
        self->only = self->first;
        self->blocks = &self->only;
        self->times = NULL;
        self->times_allocated = 0;
        self->allocated = FIRST_ENTRIES;
        self->chunks = NULL;
        self->room = self->first_text;
        self->room_left = FIRST_TEXT;
        return self;
}

static void drop_blobs(LwValues *self)
{
        if (!self->has_blobs)
                return;
        for (size_t i = 0; i < self->count; i++)
                if (entry_at(self, i)->value.is_blob)
                        lw_blob_unref(entry_at(self, i)->value.blob);
}

static void free_chunks(Chunk *chunk)
{
        while (chunk != NULL) {
                Chunk *next = chunk->next;

                g_free(chunk);
                chunk = next;
        }
}

static void free_blocks(LwValues *self)
{
        if (self->only != self->first)
                g_free(self->only);
        for (size_t i = BLOCK_ENTRIES; i < self->allocated; i += BLOCK_ENTRIES)
                g_free(self->blocks[i >> BLOCK_SHIFT]);
        if (self->blocks != &self->only)
                g_free(self->blocks);
}

void lw_values_free(LwValues *self)
{
        if (self == NULL)
                return;
        drop_blobs(self);
        free_chunks(self->chunks);
        free_blocks(self);
        g_free(self->times);
        g_free(self);
}

void lw_values_reset(LwValues *self)
{
        drop_blobs(self);
        start_empty(self);
        g_clear_pointer(&self->times, g_free);
        self->times_allocated = 0;
        if (self->chunks == NULL) {
                self->room = self->first_text;
                self->room_left = FIRST_TEXT;
                return;
        }
        free_chunks(g_steal_pointer(&self->chunks->next));
        self->room = self->chunks->data;
        self->room_left = self->chunks->size;
}

static char *take_room(LwValues *self, size_t length)
{
        char *place;

        if (length > self->room_left) {
                size_t usual = self->chunks == NULL ? CHUNK_MIN
                                                    : MIN(self->chunks->size * 2, CHUNK_MAX);
                size_t size = MAX(usual, length);
                Chunk *chunk = g_malloc(sizeof(*chunk) + size);

                chunk->next = self->chunks;
                chunk->size = size;
                self->chunks = chunk;
                self->room = chunk->data;
                self->room_left = size;
        }
        place = self->room;
        self->room += length;
        self->room_left -= length;
        return place;
}

static void grow_block(LwValues *self)
{
        self->allocated *= 2;
        if (self->only == self->first) {
                self->only = g_new(LwEntry, self->allocated);
                memcpy(self->only, self->first, sizeof(self->first));
        } else {
                self->only = g_renew(LwEntry, self->only, self->allocated);
        }
}

/* The directory of the blocks doubles each time that their number is a power of two. */
static void add_block(LwValues *self)
{
        size_t blocks = self->allocated >> BLOCK_SHIFT;

        if (blocks == 1) {
                self->blocks = g_new(LwEntry *, 2);
                self->blocks[0] = self->only;
        } else if ((blocks & (blocks - 1)) == 0) {
                self->blocks = g_renew(LwEntry *, self->blocks, 2 * blocks);
        }
        self->blocks[blocks] = g_new(LwEntry, BLOCK_ENTRIES);
        self->allocated += BLOCK_ENTRIES;
}

/* The path comes as a copy, as the caller may have found it in this very list, which moves. */
static LwValue *add(LwValues *self, LwPath path)
{
        LwEntry *entry;

        if (self->count == self->allocated) {
                if (self->allocated < BLOCK_ENTRIES)
                        grow_block(self);
                else
                        add_block(self);
        }
        entry = entry_at(self, self->count);
        if (self->ordered && self->count > 0 &&
                        lw_path_compare(&entry_at(self, self->count - 1)->path, &path) > 0)
                self->ordered = false;
        entry->path = path;
        self->count++;
        return &entry->value;
}

/* A copy of text, with the NUL that LwValue promises behind it; data gets one too. */
static char *keep(LwValues *self, const void *data, size_t length)
{
        char *copy = take_room(self, length + 1);

        if (length > 0)
                memcpy(copy, data, length);
        copy[length] = '\0';
        return copy;
}

void lw_values_add(LwValues *self, const LwPath *path, const LwValue *value)
{
        LwValue copy = *value;

        if (copy.type == LW_TYPE_STRING || copy.type == LW_TYPE_CORELNK) {
                copy.text = keep(self, value->text, value->length);
        } else if (copy.type == LW_TYPE_OPAQUE && copy.is_blob) {
                lw_blob_ref(copy.blob);
                self->has_blobs = true;
        } else if (copy.type == LW_TYPE_OPAQUE) {
                copy.data = (const uint8_t *) keep(self, value->data, value->length);
        }
        *add(self, *path) = copy;
}

void lw_values_add_text(
                LwValues *self, const LwPath *path, LwType type, const char *text, size_t length)
{
        const char *copy = keep(self, text, length);

        *add(self, *path) = (LwValue){
                .text = copy,
                .length = (uint32_t) length,
                .type = (uint8_t) type,
        };
}

void lw_values_append(LwValues *self, const LwValues *from)
{
        size_t count = from->count;

        for (size_t i = 0; i < count; i++) {
                int64_t time = lw_values_time(from, i);

                lw_values_add(self, &entry_at(from, i)->path, &entry_at(from, i)->value);
                if (time != 0)
                        lw_values_set_time(self, self->count - 1, time);
        }
}

size_t lw_values_count(const LwValues *self)
{
        return self->count;
}

const LwEntry *lw_values_at(const LwValues *self, size_t index)
{
        g_assert(index < self->count);
        return entry_at(self, index);
}

/* The first entry that is not below `path`, of entries in order. */
static size_t lower_bound(const LwValues *self, const LwPath *path)
{
        size_t low = 0, high = self->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (lw_path_compare(&entry_at(self, middle)->path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const LwEntry *lw_values_find(const LwValues *self, const LwPath *path)
{
        bool search = self->ordered && self->count > FIND_WALKS;

        for (size_t i = search ? lower_bound(self, path) : 0; i < self->count; i++) {
                if (lw_path_equal(&entry_at(self, i)->path, path))
                        return entry_at(self, i);
                if (search)
                        break;
        }
        return NULL;
}

void lw_values_set_time(LwValues *self, size_t index, int64_t real_usec)
{
        g_assert(index < self->count);
        if (index >= self->times_allocated) {
                size_t allocated = MAX(self->count, self->times_allocated * 2);

                self->times = g_renew(int64_t, self->times, allocated);
                memset(self->times + self->times_allocated, 0,
                                (allocated - self->times_allocated) * sizeof(*self->times));
                self->times_allocated = allocated;
        }
        self->times[index] = real_usec;
}

int64_t lw_values_time(const LwValues *self, size_t index)
{
        g_assert(index < self->count);
        return index < self->times_allocated ? self->times[index] : 0;
}

void lw_values_forget_times(LwValues *self)
{
        g_clear_pointer(&self->times, g_free);
        self->times_allocated = 0;
}

static int compare_entries(const void *a, const void *b, void *user)
{
        const LwValues *self = user;
        uint32_t index_a = *(const uint32_t *) a, index_b = *(const uint32_t *) b;
        int order = lw_path_compare(&entry_at(self, index_a)->path, &entry_at(self, index_b)->path);

        return order != 0 ? order : index_a < index_b ? -1 : index_a > index_b;
}

static void sort_entries(LwValues *self, const uint32_t *order)
{
        g_autofree LwEntry *sorted = g_new(LwEntry, self->count);

        for (size_t i = 0; i < self->count; i++)
                sorted[i] = *entry_at(self, order[i]);
        for (size_t i = 0; i < self->count; i++)
                *entry_at(self, i) = sorted[i];
}

static void sort_times(LwValues *self, const uint32_t *order)
{
        int64_t *sorted = g_new(int64_t, self->count);

        for (size_t i = 0; i < self->count; i++)
                sorted[i] = lw_values_time(self, order[i]);
        g_free(self->times);
        self->times = sorted;
        self->times_allocated = self->count;
}

void lw_values_sort(LwValues *self)
{
        g_autofree uint32_t *order = NULL;

        if (self->ordered)
                return;
        order = g_new(uint32_t, self->count);
        for (size_t i = 0; i < self->count; i++)
                order[i] = (uint32_t) i;
        g_qsort_with_data(order, (int) self->count, sizeof(*order), compare_entries, self);
        sort_entries(self, order);
        if (self->times != NULL)
                sort_times(self, order);
        self->ordered = true;
}
