/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConfigFile: sections, keys and values of the configuration, each with its place. */
#include "daemon/config-file.h"

#include <stdarg.h>
#include <string.h>

#include "base/quote.h"

static void entry_free(void *data)
{
        LwConfigEntry *self = data;

        g_free(self->key);
        g_free(self->value);
        g_free(self);
}

static void section_free(void *data)
{
        LwConfigSection *self = data;

        g_free(self->name);
        g_ptr_array_unref(self->entries);
        g_free(self);
}

static void problem_free(void *data)
{
        LwConfigProblem *self = data;

        g_free(self->file);
        g_free(self->text);
        g_free(self);
}

char *lw_config_problem_print(const LwConfigProblem *self)
{
        if (self->line == 0)
                return g_strdup_printf("%s: %s", self->file, self->text);
        return g_strdup_printf("%s:%u: %s", self->file, self->line, self->text);
}

LwConfigFile *lw_config_file_new(void)
{
        LwConfigFile *self = g_new(LwConfigFile, 1);

        self->sections = g_ptr_array_new_with_free_func(section_free);
        self->problems = g_ptr_array_new_with_free_func(problem_free);
        self->names = g_string_chunk_new(256);
        return self;
}

void lw_config_file_free(LwConfigFile *self)
{
        if (self == NULL)
                return;
        g_ptr_array_unref(self->sections);
        g_ptr_array_unref(self->problems);
        g_string_chunk_free(self->names);
        g_free(self);
}

void lw_config_file_complain(
                LwConfigFile *self, const char *file, unsigned line, const char *format, ...)
{
        LwConfigProblem *problem = g_new(LwConfigProblem, 1);
        va_list arguments;

        va_start(arguments, format);
        *problem = (LwConfigProblem){ g_strdup(file), line, g_strdup_vprintf(format, arguments) };
        va_end(arguments);
        g_ptr_array_add(self->problems, problem);
}

LwConfigSection *lw_config_file_section(const LwConfigFile *self, const char *name)
{
        for (guint i = 0; i < self->sections->len; i++) {
                LwConfigSection *section = self->sections->pdata[i];

                if (strcmp(section->name, name) == 0)
                        return section;
        }
        return NULL;
}

static LwConfigEntry *find_entry(const LwConfigSection *self, const char *key)
{
        for (guint i = 0; i < self->entries->len; i++) {
                LwConfigEntry *entry = self->entries->pdata[i];

                if (strcmp(entry->key, key) == 0)
                        return entry;
        }
        return NULL;
}

const LwConfigEntry *lw_config_section_entry(const LwConfigSection *self, const char *key)
{
        return find_entry(self, key);
}

void lw_config_section_set(LwConfigSection *self, const char *file, unsigned line, const char *key,
                const char *value)
{
        LwConfigEntry *entry = find_entry(self, key);

        if (value[0] == '\0') {
                if (entry != NULL)
                        g_ptr_array_remove(self->entries, entry);
                return;
        }
        if (entry == NULL) {
                entry = g_new0(LwConfigEntry, 1);
                entry->key = g_strdup(key);
                g_ptr_array_add(self->entries, entry);
        }
        g_free(entry->value);
        entry->value = g_strdup(value);
        entry->file = file;
        entry->line = line;
}

LwConfigSection *lw_config_file_make_section(
                LwConfigFile *self, const char *origin, const char *name)
{
        LwConfigSection *section = g_new0(LwConfigSection, 1);

        section->name = g_strdup(name);
        section->file = origin;
        section->entries = g_ptr_array_new_with_free_func(entry_free);
        g_ptr_array_add(self->sections, section);
        return section;
}

/* "[Server head-office]", or NULL with a problem: the lines below it then belong to nobody. */
static LwConfigSection *open_section(
                LwConfigFile *self, const char *file, unsigned line, const char *text)
{
        size_t length = strlen(text);
        g_autofree char *name = NULL;
        LwConfigSection *section;

        if (length < 2 || text[length - 1] != ']' || strpbrk(text + 1, "[]") != text + length - 1) {
                g_autofree char *quoted = lw_quote(text, length);

                lw_config_file_complain(self, file, line,
                                "the section %s has no end, its keys are left out; write [Agent] "
                                "or [Server NAME]",
                                quoted);
                return NULL;
        }
        name = g_strstrip(g_strndup(text + 1, length - 2));
        section = lw_config_file_section(self, name);
        if (section == NULL)
                section = lw_config_file_make_section(self, file, name);
        if (section->line == 0)
                section->line = line;
        return section;
}

static void read_assignment(LwConfigFile *self, LwConfigSection *section, const char *file,
                unsigned line, char *text)
{
        char *equals = strchr(text, '=');

        if (equals == NULL || equals == text) {
                g_autofree char *quoted = lw_quote(text, strlen(text));

                section->broken = true;
                lw_config_file_complain(self, file, line,
                                "%s is not KEY=VALUE; mend the line, or begin it with '#'", quoted);
                return;
        }
        *equals = '\0';
        lw_config_section_set(section, file, line, g_strstrip(text), g_strstrip(equals + 1));
}

void lw_config_file_add(LwConfigFile *self, const char *file, const char *text, size_t length)
{
        const char *name = g_string_chunk_insert_const(self->names, file);
        LwConfigSection *section = NULL;
        bool is_lost = false; /* below a section that could not be opened */
        size_t start = 0;

        for (unsigned line = 1; start < length; line++) {
                const char *end = memchr(text + start, '\n', length - start);
                size_t line_length = end == NULL ? length - start : (size_t) (end - text) - start;
                g_autofree char *copy = g_strndup(text + start, line_length);
                char *content = g_strstrip(copy);

                if (!g_utf8_validate(text + start, (gssize) line_length, NULL)) {
                        lw_config_file_complain(self, name, line,
                                        "the line is not UTF-8 text; write it anew, or begin it "
                                        "with '#'");
                        if (section != NULL && text[start] != '#' && text[start] != ';')
                                section->broken = true;
                } else if (content[0] == '[') {
                        section = open_section(self, name, line, content);
                        is_lost = section == NULL;
                } else if (content[0] != '\0' && content[0] != '#' && content[0] != ';') {
                        if (section != NULL)
                                read_assignment(self, section, name, line, content);
                        else if (!is_lost)
                                lw_config_file_complain(self, name, line,
                                                "the key stands above all sections, ignored; put "
                                                "it below [Agent] or [Server NAME]");
                }
                start += line_length + 1;
        }
}

/* How many letters must be typed anew to make `b` of `a`, without regard to case (Levenshtein). */
static size_t edits_between(const char *a, const char *b)
{
        size_t length = strlen(b);
        g_autofree size_t *row = g_new(size_t, length + 1);

        for (size_t k = 0; k <= length; k++)
                row[k] = k;
        for (; *a != '\0'; a++) {
                size_t diagonal = row[0]++;

                for (size_t k = 0; k < length; k++) {
                        size_t swapped = diagonal + (g_ascii_tolower(*a) != g_ascii_tolower(b[k]));

                        diagonal = row[k + 1];
                        row[k + 1] = MIN(swapped, MIN(row[k], diagonal) + 1);
                }
        }
        return row[length];
}

/* Above this many edits two words are no misspelling of each other. */
#define EDITS_MAX 3

void lw_config_file_unknown_key(LwConfigFile *self, const LwConfigSection *section,
                const LwConfigEntry *entry, const char *const *known)
{
        g_autofree char *quoted = lw_quote(entry->key, strlen(entry->key));
        g_autofree char *all = g_strjoinv(", ", (char **) known);
        const char *nearest = NULL;
        size_t least = EDITS_MAX + 1;

        for (; *known != NULL && strlen(entry->key) < 64; known++) {
                size_t edits = edits_between(entry->key, *known);

                if (edits >= least)
                        continue;
                least = edits;
                nearest = *known;
        }
        if (nearest != NULL)
                lw_config_file_complain(self, entry->file, entry->line,
                                "[%s] has no key %s, ignored; did you mean %s?", section->name,
                                quoted, nearest);
        else
                lw_config_file_complain(self, entry->file, entry->line,
                                "[%s] has no key %s, ignored; its keys are %s", section->name,
                                quoted, all);
}
