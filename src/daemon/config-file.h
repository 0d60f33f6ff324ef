/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConfigFile: sections, keys and values of the configuration, each with its place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/** LwConfigEntry: one "Key=value", as the last file that has it says. */
typedef struct LwConfigEntry {
        char *key;
        char *value; /* without white space around it */
        const char *file;
        unsigned line; /* from 1 */
} LwConfigEntry;

/** LwConfigSection: one "[Name]" with its keys, in the order in which they first came. */
typedef struct LwConfigSection {
        char *name;
        const char *file; /* where it came first */
        unsigned line;
        GPtrArray *entries; /* of LwConfigEntry */
        bool broken;        /* a line of it could not be read: see the problems */
} LwConfigSection;

/** LwConfigProblem: what is wrong in one place; `line` 0: the file as a whole. */
typedef struct LwConfigProblem {
        char *file;
        unsigned line;
        char *text; /* "reason; remedy" */
} LwConfigProblem;

/** "FILE:LINE: reason; remedy". Caller frees. */
char *lw_config_problem_print(const LwConfigProblem *self);

/**
 * LwConfigFile: what all files together say; of two that name a key the later wins.
 *
 * Shape:  lines "[Section]", "Key=value", empty ones, and comments that begin with '#' or ';'. A
 * key without a value takes back what an earlier file said. The syntax is that of GKeyFile and of
 * systemd's own files; it is read here because both forget where a key stood, and give up at the
 * first bad line. Owns:   sections and problems.
 */
typedef struct LwConfigFile {
        GPtrArray *sections; /* of LwConfigSection, in the order in which they first came */
        GPtrArray *problems; /* of LwConfigProblem */
        GStringChunk *names; /* of files */
} LwConfigFile;

LwConfigFile *lw_config_file_new(void);
void lw_config_file_free(LwConfigFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LwConfigFile, lw_config_file_free)

/** Adds the text of one file over what is there. */
void lw_config_file_add(LwConfigFile *self, const char *file, const char *text, size_t length);

/** A section that stands in no file; `origin` is what problems name as their file. */
LwConfigSection *lw_config_file_make_section(
                LwConfigFile *self, const char *origin, const char *name);
/** Sets a key; an empty value takes it back. `file` outlives the section. */
void lw_config_section_set(LwConfigSection *self, const char *file, unsigned line, const char *key,
                const char *value);

/** The section of that name, or NULL. */
LwConfigSection *lw_config_file_section(const LwConfigFile *self, const char *name);
/** The entry of that key, or NULL. */
const LwConfigEntry *lw_config_section_entry(const LwConfigSection *self, const char *key);

/** Notes a problem; `file` NULL: of nothing in particular. */
void lw_config_file_complain(LwConfigFile *self, const char *file, unsigned line,
                const char *format, ...) G_GNUC_PRINTF(4, 5);
/** Complains about a key that is not in `known` (a list that NULL ends), and says which one is
 * near. */
void lw_config_file_unknown_key(LwConfigFile *self, const LwConfigSection *section,
                const LwConfigEntry *entry, const char *const *known);
