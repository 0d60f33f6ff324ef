/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/files.h"
#include "model/status.h"
#include "testserver/file.h"
#include "testserver/suite.h"

static LwTestFiles files;

static void setup(void)
{
        lw_test_files_make(&files);
        lw_test_files_put(&files, "image", "0123456789");
}

static void teardown(void)
{
        lw_test_files_remove(&files);
}

static char *path_of(const char *name)
{
        return g_strconcat(files.path, "/", name, NULL);
}

START_TEST(is_read_where_it_is_asked_for)
{
        g_autofree char *path = path_of("image");
        g_autoptr(LwTestFile) file = lw_test_file_open(path, NULL);
        g_autoptr(LwBlob) blob = lw_test_file_blob(file, NULL);
        g_autoptr(GError) error = NULL;
        uint8_t data[4];

        ck_assert_uint_eq(lw_blob_size(blob), 10);
        ck_assert(lw_blob_read(blob, 3, data, 4, NULL));
        ck_assert_mem_eq(data, "3456", 4);
        ck_assert_int_eq(truncate(path, 5), 0); /* by somebody else, meanwhile */
        ck_assert(!lw_blob_read(blob, 3, data, 4, &error));
        ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_FAILED);
}
END_TEST

START_TEST(is_written_piece_by_piece_and_anew_from_its_begin)
{
        g_autofree char *path = path_of("new");
        g_autoptr(LwTestFile) file = lw_test_file_create(path, NULL);
        g_autofree char *content = NULL;

        ck_assert(lw_test_file_put(file, 0, (const uint8_t *) "first", 5, NULL));
        ck_assert(lw_test_file_put(file, 5, (const uint8_t *) " half", 5, NULL));
        ck_assert(lw_test_file_put(file, 0, (const uint8_t *) "anew", 4, NULL));
        ck_assert(g_file_get_contents(path, &content, NULL, NULL));
        ck_assert_str_eq(content, "anew");
}
END_TEST

START_TEST(empties_what_was_there)
{
        g_autofree char *path = path_of("image");
        g_autoptr(LwTestFile) file = lw_test_file_create(path, NULL);
        struct stat status;

        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_int_eq(status.st_size, 0);
}
END_TEST

START_TEST(takes_a_descriptor_which_stays_its_owners)
{
        g_autofree char *path = path_of("image");
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        g_autoptr(LwTestFile) file = lw_test_file_new(fd, NULL);
        g_autoptr(LwBlob) blob = NULL;
        uint8_t data[1];

        close(fd);
        blob = lw_test_file_blob(file, NULL);
        ck_assert(lw_blob_read(blob, 9, data, 1, NULL));
        ck_assert_int_eq(data[0], '9');
}
END_TEST

static const char *const refused[] = { "/nowhere/image", "image", "", "/dev/null", "/" };

START_TEST(refuses_what_is_no_file_and_says_why)
{
        g_autoptr(GError) error = NULL, again = NULL;

        ck_assert(lw_test_file_open(refused[_i], &error) == NULL);
        ck_assert_int_eq(lw_status_of_error(error), LW_STATUS_BAD_REQUEST);
        ck_assert(g_str_has_prefix(error->message, refused[_i]));
        ck_assert(lw_test_file_create(refused[_i], &again) == NULL);
}
END_TEST

START_TEST(does_not_wait_for_a_fifo)
{
        g_autofree char *path = path_of("fifo");

        ck_assert_int_eq(mkfifo(path, 0600), 0);
        ck_assert(lw_test_file_open(path, NULL) == NULL);
        ck_assert(lw_test_file_create(path, NULL) == NULL);
        ck_assert(lw_test_file_new(-1, NULL) == NULL);
}
END_TEST

TCase *test_file(void)
{
        TCase *tcase = tcase_create("file");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, is_read_where_it_is_asked_for);
        tcase_add_test(tcase, is_written_piece_by_piece_and_anew_from_its_begin);
        tcase_add_test(tcase, empties_what_was_there);
        tcase_add_test(tcase, takes_a_descriptor_which_stays_its_owners);
        tcase_add_loop_test(tcase, refuses_what_is_no_file_and_says_why, 0, G_N_ELEMENTS(refused));
        tcase_add_test(tcase, does_not_wait_for_a_fifo);
        return tcase;
}
