/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files below a root: bounded, regular, one line at a time. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "io/file.h"
#include "lib/suite.h"

TCase *test_file(void);

/* A tree of files that looks like a host. */
typedef struct Tree {
        char path[64];
        int fd;
} Tree;

static void tree_make(Tree *self)
{
        strcpy(self->path, "/tmp/lwm2md-test-file-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(self->path));
        self->fd = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(self->fd, 0);
}

static void tree_put(const Tree *self, const char *name, const char *content, size_t length)
{
        g_autofree char *path = g_build_filename(self->path, name, NULL);

        ck_assert(g_file_set_contents(path, content, (gssize) length, NULL));
}

static void tree_remove(Tree *self)
{
        g_autofree char *command = g_strdup_printf("rm -rf %s", self->path);

        close(self->fd);
        ck_assert(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
}

static const struct {
        size_t length;
        size_t limit;
        int result;
} sizes[] = {
        { 0, 0, 0 },
        { 1, 0, -EFBIG },
        { 100, 100, 0 },
        { 101, 100, -EFBIG },
        { 4096, 4096, 0 },
        { 4097, 4096, -EFBIG },
        { 100000, 1048576, 0 },
};

START_TEST(reads_to_the_end_within_the_limit)
{
        Tree tree;
        g_autofree char *content = g_malloc(sizes[_i].length + 1);
        g_autoptr(GBytes) bytes = NULL;

        memset(content, 'x', sizes[_i].length + 1);
        tree_make(&tree);
        tree_put(&tree, "file", content, sizes[_i].length);
        ck_assert_int_eq(lw_file_read(tree.fd, "file", sizes[_i].limit, &bytes), sizes[_i].result);
        ck_assert(sizes[_i].result < 0 ? bytes == NULL
                                       : g_bytes_get_size(bytes) == sizes[_i].length);
        tree_remove(&tree);
}
END_TEST

START_TEST(a_leading_slash_is_the_root)
{
        Tree tree;
        g_autoptr(GBytes) bytes = NULL;

        tree_make(&tree);
        tree_put(&tree, "os-release", "ID=test", 7);
        ck_assert_int_eq(lw_file_read(tree.fd, "/os-release", 100, &bytes), 0);
        ck_assert_uint_eq(g_bytes_get_size(bytes), 7);
        tree_remove(&tree);
}
END_TEST

START_TEST(links_and_dots_do_not_lead_out_of_the_root)
{
        Tree tree;
        g_autofree char *absolute = NULL;
        g_autofree char *upward = NULL;
        g_autoptr(GBytes) bytes = NULL;
        g_autoptr(GBytes) more = NULL;

        tree_make(&tree);
        tree_put(&tree, "target", "inside", 6);
        absolute = g_build_filename(tree.path, "absolute", NULL);
        upward = g_build_filename(tree.path, "upward", NULL);
        ck_assert_int_eq(symlink("/target", absolute), 0);
        ck_assert_int_eq(symlink("../../../../etc/passwd", upward), 0);
        ck_assert_int_eq(lw_file_read(tree.fd, "absolute", 100, &bytes), 0);
        ck_assert_int_eq(lw_file_read(tree.fd, "upward", 100000, &more), -ENOENT);
        tree_remove(&tree);
}
END_TEST

START_TEST(refuses_what_is_no_regular_file)
{
        Tree tree;
        g_autofree char *fifo = NULL;
        g_autofree char *folder = NULL;
        GBytes *bytes = NULL;

        tree_make(&tree);
        fifo = g_build_filename(tree.path, "fifo", NULL);
        folder = g_build_filename(tree.path, "folder", NULL);
        ck_assert_int_eq(mkfifo(fifo, 0600), 0);
        ck_assert_int_eq(mkdir(folder, 0700), 0);
        ck_assert_int_eq(lw_file_read(tree.fd, "fifo", 100, &bytes), -EINVAL);
        ck_assert_int_eq(lw_file_read(tree.fd, "folder", 100, &bytes), -EINVAL);
        ck_assert_int_eq(lw_file_read(tree.fd, "nothing", 100, &bytes), -ENOENT);
        ck_assert_int_eq(lw_file_read(AT_FDCWD, "/dev/null", 100, &bytes), -EINVAL);
        ck_assert_ptr_null(bytes);
        tree_remove(&tree);
}
END_TEST

static const struct {
        const char *content;
        size_t length;
        int result;
        const char *line;
} lines[] = {
        { "one\ntwo\n", 8, 0, "one" },
        { "  padded \t\n", 11, 0, "padded" },
        { "no line feed", 12, 0, "no line feed" },
        { "Device Tree\0", 12, 0, "Device Tree" },
        { "gr\xc3\xbc\xc3\x9f", 6, 0, "gr\xc3\xbc\xc3\x9f" },
        { "", 0, -ENODATA, NULL },
        { "   \nsecond\n", 11, -ENODATA, NULL },
        { "\xff\xfe\n", 3, -EILSEQ, NULL },
};

START_TEST(reads_the_first_line)
{
        Tree tree;
        g_autofree char *line = NULL;

        tree_make(&tree);
        tree_put(&tree, "file", lines[_i].content, lines[_i].length);
        ck_assert_int_eq(lw_file_read_line(tree.fd, "file", &line), lines[_i].result);
        if (lines[_i].line == NULL)
                ck_assert_ptr_null(line);
        else
                ck_assert_str_eq(line, lines[_i].line);
        tree_remove(&tree);
}
END_TEST

START_TEST(reads_what_says_that_it_is_empty)
{
        g_autoptr(GBytes) bytes = NULL;

        /* The one real file: procfs says size 0, and only a read tells. */
        ck_assert_int_eq(lw_file_read(AT_FDCWD, "/proc/self/status", 65536, &bytes), 0);
        ck_assert_uint_gt(g_bytes_get_size(bytes), 100);
}
END_TEST

TCase *test_file(void)
{
        TCase *tcase = tcase_create("file");

        tcase_add_loop_test(tcase, reads_to_the_end_within_the_limit, 0, G_N_ELEMENTS(sizes));
        tcase_add_test(tcase, a_leading_slash_is_the_root);
        tcase_add_test(tcase, links_and_dots_do_not_lead_out_of_the_root);
        tcase_add_test(tcase, refuses_what_is_no_regular_file);
        tcase_add_loop_test(tcase, reads_the_first_line, 0, G_N_ELEMENTS(lines));
        tcase_add_test(tcase, reads_what_says_that_it_is_empty);
        return tcase;
}
