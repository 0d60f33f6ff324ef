/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwKnowledge: what is known of a service's values, and which answers may be believed. */
#include "providers/remote/knowledge.h"

#include "providers/remote/cache.h"

struct LwKnowledge {
        LwCache *cache;   /* NULL: nothing is kept */
        uint64_t reports; /* how often something changed; an answer to an older question is stale */
};

LwKnowledge *lw_knowledge_new(void)
{
        return g_new0(LwKnowledge, 1);
}

void lw_knowledge_free(LwKnowledge *self)
{
        if (self == NULL)
                return;
        lw_cache_free(self->cache);
        g_free(self);
}

void lw_knowledge_restart(LwKnowledge *self, bool keeps)
{
        lw_cache_free(self->cache);
        self->cache = keeps ? lw_cache_new() : NULL;
}

bool lw_knowledge_read(const LwKnowledge *self, const LwPath *paths, size_t count, LwValues *values)
{
        if (self->cache == NULL)
                return false;
        for (size_t i = 0; i < count; i++)
                if (!lw_cache_knows(self->cache, &paths[i]))
                        return false;
        for (size_t i = 0; i < count; i++)
                lw_cache_read(self->cache, &paths[i], values);
        return true;
}

bool lw_knowledge_begin(LwKnowledge *self, LwQuestion *question)
{
        size_t count = 0;

        question->reports = self->reports;
        if (self->cache == NULL)
                return true;
        question->known = lw_values_new();
        for (size_t i = 0; i < question->count; i++)
                if (!lw_cache_read(self->cache, &question->parts[i].path, question->known))
                        question->parts[count++] = question->parts[i];
        question->count = count;
        if (count == 0)
                lw_values_append(lw_call_values(question->call), question->known);
        return count > 0;
}

void lw_knowledge_keep(LwKnowledge *self, const LwQuestion *question, LwValues *values)
{
        if (self->cache == NULL || question->reports != self->reports)
                return;
        for (size_t i = 0; i < question->count; i++)
                if (question->parts[i].path.length != LW_LEVEL_RESOURCE)
                        return; /* of an array only a part is known */
        for (size_t i = 0; i < question->count; i++)
                if (question->parts[i].outcome == LW_ANSWER_ABSENT)
                        lw_cache_put_nothing(self->cache, &question->parts[i].path);
        lw_cache_put(self->cache, values);
}

void lw_knowledge_report(LwKnowledge *self, LwValues *values)
{
        self->reports++;
        if (self->cache != NULL)
                lw_cache_put(self->cache, values);
        else
                lw_values_sort(values);
}

void lw_knowledge_drop(LwKnowledge *self, const LwPath *resource)
{
        self->reports++;
        if (self->cache != NULL)
                lw_cache_drop(self->cache, resource);
}

void lw_knowledge_change(LwKnowledge *self, const LwQuestion *question)
{
        self->reports++;
        if (self->cache != NULL && question->verb != LW_QUESTION_EXECUTE)
                lw_cache_drop_below(self->cache, &question->target);
}
