/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of files for one test, which looks like a host. */
#pragma once

#include <stddef.h>

#include <glib.h>

/** LwTestFiles: the directory, its path and a descriptor of it. Everything fails the test that
 * fails. */
typedef struct LwTestFiles {
        char path[64];
        int fd;
} LwTestFiles;

void lw_test_files_make(LwTestFiles *self);
/** Removes it with all that is in it. */
void lw_test_files_remove(LwTestFiles *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwTestFiles, lw_test_files_remove)

/** Writes a file, "etc/os-release", and the directories that it needs. */
void lw_test_files_put(const LwTestFiles *self, const char *name, const char *text);
void lw_test_files_put_bytes(
                const LwTestFiles *self, const char *name, const void *data, size_t length);
/** Makes a symbolic link. */
void lw_test_files_link(const LwTestFiles *self, const char *name, const char *target);

/** The content of a file of the source tree, "data/objects/3.xml". Caller frees. */
GBytes *lw_test_source_file(const char *name);
