/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs every file of a corpus through the fuzz target that it is linked with; make check does so
 * for each target.
 *
 * The corpus is $srcdir/tests/fuzz/corpus/NAME for a program called replay-NAME, or the files of
 * the command line.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *path)
{
        g_autoptr(GError) error = NULL;
        g_autofree char *data = NULL;
        g_autofree uint8_t *exact = NULL;
        size_t size;

        if (!g_file_get_contents(path, &data, &size, &error)) {
                fprintf(stderr, "%s\n", error->message);
                return false;
        }
        exact = g_memdup2(
                        data, size); /* without GLib's NUL behind it, which would hide an overrun */
        LLVMFuzzerTestOneInput(exact, size);
        return true;
}

/* The number of files, or -1 when there are none or one cannot be read. */
static int replay_directory(const char *path)
{
        g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
        const char *name;
        int count = 0;

        while (directory && (name = g_dir_read_name(directory))) {
                g_autofree char *file = g_build_filename(path, name, NULL);

                if (!replay_file(file))
                        return -1;
                count++;
        }
        return count > 0 ? count : -1;
}

int main(int argc, char **argv)
{
        const char *source = g_getenv("srcdir");
        const char *name = strstr(argv[0], "replay-");
        g_autofree char *path = NULL;
        int count;

        for (int i = 1; i < argc; i++)
                if (!replay_file(argv[i]))
                        return EXIT_FAILURE;
        if (argc > 1)
                return EXIT_SUCCESS;
        if (!name)
                return EXIT_FAILURE;
        path = g_build_filename(
                        source ? source : ".", "tests/fuzz/corpus", name + strlen("replay-"), NULL);
        count = replay_directory(path);
        if (count < 0) {
                fprintf(stderr, "%s: nothing there to replay\n", path);
                return EXIT_FAILURE;
        }
        printf("%d inputs of %s replayed\n", count, path);
        return EXIT_SUCCESS;
}
