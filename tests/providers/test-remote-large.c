/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Large opaque values by descriptor: read from memory files and pipes, written in blocks. */
#define _GNU_SOURCE 1 /* memfd_create, pipe2, F_GET_SEALS */

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/memfd.h"
#include "lib/suite.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote-stage.h"
#include "providers/remote/face.h"
#include "providers/suite.h"

#define LARGE (10 * 1024 * 1024)

static const LwPath film = LW_PATH_RESOURCE(26250, 0, 11);

static void setup(void)
{
        lw_remote_stage_setup();
        ck_assert_str_eq(lw_remote_stage_call(":1.5", LW_REGISTRAR_PATH, LW_REGISTRAR_INTERFACE,
                                         "RegisterProvider", "oa{saq}a{sv}", "/Service", 1,
                                         "/26250/0", 2, 0, 11, 2, "cache", "s", "notify",
                                         "timeout_usec", "t", 60 * LW_USEC_PER_SEC),
                        "");
}

static GBytes *make_bytes(size_t length)
{
        uint8_t *data = g_malloc(length);

        for (size_t i = 0; i < length; i++)
                data[i] = (uint8_t) (i * 31 + i / 4096);
        return g_bytes_new_take(data, length);
}

/* LwResponse with a blob, as a server in blocks gets it. */
typedef struct Film {
        LwStatus status;
        LwBlob *blob;
} Film;

static void on_film(void *user, LwResponse *response)
{
        Film *self = user;

        ck_assert_int_eq(self->status, 0);
        self->status = response->status;
        self->blob = response->payload != NULL ? lw_blob_ref(response->payload) : NULL;
}

static void ask_film(Film *ret_film)
{
        LwRequest request = {
                .operation = LW_OPERATION_READ,
                .server = 101,
                .version = LW_VERSION_1_1,
                .path = film,
                .format = LW_FORMAT_NONE,
                .accept = LW_FORMAT_OPAQUE,
                .now = lw_driver_now(remote.world.driver),
        };

        *ret_film = (Film){};
        lw_dispatch(remote.world.tree, &request, on_film, ret_film);
        lw_remote_stage_settle();
}

static void expect_bytes(LwBlob *blob, GBytes *wanted)
{
        size_t length;
        const uint8_t *data = g_bytes_get_data(wanted, &length);
        g_autofree uint8_t *copy = g_malloc(length + 1);

        ck_assert_ptr_nonnull(blob);
        ck_assert_uint_eq(lw_blob_size(blob), length);
        ck_assert(lw_blob_read(blob, 0, copy, length, NULL));
        ck_assert(length == 0 || memcmp(copy, data, length) == 0);
}

/* Turns the loop until the answer is there: what comes through a pipe takes its turns. */
static void wait_film(Film *answer)
{
        for (int i = 0; answer->status == 0 && i < 100000; i++)
                lw_remote_stage_settle();
        ck_assert_int_ne(answer->status, 0);
}

static unsigned count_descriptors(void)
{
        unsigned count = 0;

        for (int fd = 0; fd < 1024; fd++)
                count += fcntl(fd, F_GETFD) >= 0;
        return count;
}

/* Reads */

static const size_t sizes[] = { 0, 1, LW_BODY_MAX - 1, LW_BODY_MAX, LW_BODY_MAX + 1, LARGE };

static void answer_with(int fd)
{
        lw_remote_stage_answer("a{sv}a{s(ss)}", 1, "/26250/0/11", "h", fd, 0);
}

START_TEST(a_memory_file_of_any_size_is_read)
{
        unsigned before = count_descriptors();
        g_autoptr(GBytes) bytes = make_bytes(sizes[_i]);
        LwBlob *blob = lw_blob_new(bytes);
        int fd = lw_memfd_new(blob, NULL);
        Film answer;

        lw_blob_unref(blob);
        for (unsigned round = 0; round < 2; round++) { /* it is not kept: it would be descriptors */
                ask_film(&answer);
                if (sizes[_i] > LW_BODY_MAX || round == 0)
                        answer_with(fd);
                ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
                expect_bytes(answer.blob, bytes);
                lw_blob_unref(answer.blob);
        }
        close(fd);
        lw_remote_stage_settle();
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* Writes all of it into the pipe, in the turns of the loop. */
static void feed(int fd, GBytes *bytes, const Film *answer)
{
        size_t length;
        const uint8_t *data = g_bytes_get_data(bytes, &length);

        fcntl(fd, F_SETPIPE_SZ, 1 << 20);
        while (length > 0 && answer->status == 0) {
                ssize_t written = write(fd, data, length);

                if (written > 0) {
                        data += written;
                        length -= (size_t) written;
                }
                lw_world_turn(&remote.world);
        }
}

START_TEST(what_comes_through_a_pipe_is_read_to_its_end)
{
        unsigned before = count_descriptors();
        g_autoptr(GBytes) bytes = make_bytes(sizes[_i]);
        Film answer;
        int pipes[2];

        ck_assert_int_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
        ask_film(&answer);
        answer_with(pipes[0]);
        close(pipes[0]);
        ck_assert_int_eq(answer.status, 0);
        feed(pipes[1], bytes, &answer);
        close(pipes[1]);
        wait_film(&answer);
        ck_assert_int_eq(answer.status, LW_STATUS_CONTENT);
        expect_bytes(answer.blob, bytes);
        lw_blob_unref(answer.blob);
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

START_TEST(a_pipe_that_never_ends_is_refused)
{
        g_autoptr(GBytes) bytes = make_bytes(LW_PLUGIN_BLOB_MAX + 1);
        Film answer;
        int pipes[2];

        ck_assert_int_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
        ask_film(&answer);
        answer_with(pipes[0]);
        close(pipes[0]);
        feed(pipes[1], bytes, &answer);
        wait_film(&answer);
        ck_assert_int_eq(answer.status, LW_STATUS_TOO_LARGE);
        close(pipes[1]);
}
END_TEST

START_TEST(who_goes_with_a_pipe_half_way_is_unavailable)
{
        unsigned before = count_descriptors();
        g_autoptr(GBytes) bytes = make_bytes(100000);
        Film answer;
        int pipes[2];

        ck_assert_int_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
        ask_film(&answer);
        answer_with(pipes[0]);
        close(pipes[0]);
        feed(pipes[1], bytes, &answer);
        ck_assert_int_eq(answer.status, 0);
        lw_remote_stage_drop(":1.5");
        ck_assert_int_eq(answer.status, LW_STATUS_UNAVAILABLE);
        close(pipes[1]);
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* Descriptors that hold no value: each is made, given as an answer and closed. */

static int open_unsealed(void)
{
        return memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int open_shrinkable(void)
{
        int fd = open_unsealed();

        ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW), 0);
        return fd;
}

/* The same file by another descriptor. */
static int open_again(int fd, int flags)
{
        char name[32];
        int again;

        g_snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        again = open(name, flags | O_CLOEXEC);
        close(fd);
        return again;
}

static int open_for_writing(void)
{
        int fd = open_unsealed(), again;
        char name[32];

        g_snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        again = open(name, O_WRONLY | O_CLOEXEC);
        lw_memfd_seal(fd);
        close(fd);
        return again;
}

static int open_file(void)
{
        return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

static int open_directory(void)
{
        return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int open_device(void)
{
        return open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

static int open_socket(void)
{
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int open_pipe_end(int end)
{
        int pipes[2];

        ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
        close(pipes[1 - end]);
        return pipes[end];
}

static int open_pipe_for_writing(void)
{
        return open_pipe_end(1);
}

/* It is a pipe, and nothing can be done with it. */
static int open_pipe_by_name(void)
{
        return open_again(open_pipe_end(0), O_PATH);
}

static int (*const others[])(void) = {
        open_unsealed,
        open_shrinkable,
        open_for_writing,
        open_file,
        open_directory,
        open_device,
        open_socket,
        open_pipe_for_writing,
        open_pipe_by_name,
};

START_TEST(no_other_descriptor_is_taken)
{
        unsigned before = count_descriptors();
        int fd = others[_i]();
        Film answer;

        ck_assert_int_ge(fd, 0);
        ask_film(&answer);
        answer_with(fd);
        ck_assert_int_eq(answer.status, LW_STATUS_NOT_FOUND); /* a mistake: left out */
        close(fd);
        lw_remote_stage_settle();
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

START_TEST(so_many_answers_come_through_pipes_at_a_time)
{
        unsigned before = count_descriptors();
        Film answers[LW_PLUGIN_STREAMS_MAX + 1];
        int pipes[2];

        ck_assert_int_eq(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
        for (unsigned i = 0; i <= LW_PLUGIN_STREAMS_MAX; i++) {
                ask_film(&answers[i]);
                answer_with(pipes[0]);
        }
        for (unsigned i = 0; i < LW_PLUGIN_STREAMS_MAX; i++)
                ck_assert_int_eq(answers[i].status, 0);
        ck_assert_int_eq(answers[LW_PLUGIN_STREAMS_MAX].status, LW_STATUS_UNAVAILABLE);
        close(pipes[0]);
        close(pipes[1]);
        for (unsigned i = 0; i < LW_PLUGIN_STREAMS_MAX; i++) {
                wait_film(&answers[i]);
                ck_assert_int_eq(answers[i].status, LW_STATUS_CONTENT);
                lw_blob_unref(answers[i].blob);
        }
        ask_film(&answers[0]); /* there is room again */
        answer_with(open_pipe_end(0));
        wait_film(&answers[0]);
        ck_assert_int_eq(answers[0].status, LW_STATUS_CONTENT);
        lw_blob_unref(answers[0].blob);
        lw_remote_stage_settle();
        ck_assert_uint_le(count_descriptors(), before + 1);
}
END_TEST

/* Writes in blocks */

typedef struct Upload {
        LwSink *sink;
        unsigned steps;  /* that are done */
        LwStatus status; /* of the last; 0: well */
} Upload;

static void on_step(void *user, const GError *error)
{
        Upload *self = user;

        self->steps++;
        self->status = error != NULL ? (LwStatus) error->code : 0;
}

static LwStatus open_upload(Upload *ret_upload, uint64_t size)
{
        LwRequest request = {
                .operation = LW_OPERATION_WRITE,
                .server = 101,
                .version = LW_VERSION_1_1,
                .path = film,
                .format = LW_FORMAT_OPAQUE,
                .accept = LW_FORMAT_NONE,
                .now = lw_driver_now(remote.world.driver),
        };
        g_autoptr(GError) error = NULL;

        *ret_upload = (Upload){};
        ret_upload->sink = lw_dispatch_receive(remote.world.tree, &request, size, &error);
        return error != NULL ? (LwStatus) error->code : 0;
}

static void send_bytes(Upload *upload, GBytes *bytes)
{
        size_t length;
        const uint8_t *data = g_bytes_get_data(bytes, &length);

        for (size_t at = 0; at < length; at += LW_BLOCK_SIZE)
                upload->sink->ops->append(upload->sink, data + at, MIN(LW_BLOCK_SIZE, length - at),
                                on_step, upload);
        ck_assert_uint_eq(upload->steps, (length + LW_BLOCK_SIZE - 1) / LW_BLOCK_SIZE);
        ck_assert_int_eq(upload->status, 0);
        upload->steps = 0;
        upload->sink->ops->finish(upload->sink, on_step, upload);
        lw_remote_stage_settle();
}

/* The value that the oldest Write that waits has, if it is a descriptor. */
static int written_descriptor(const GBytes *wanted)
{
        sd_bus_message *m = g_queue_peek_head(&remote.waiting);
        const char *mode, *path;
        struct stat status;
        int fd;

        ck_assert_ptr_nonnull(m);
        ck_assert_int_ge(sd_bus_message_rewind(m, true), 0);
        ck_assert_int_ge(sd_bus_message_read(m, "s", &mode), 0);
        ck_assert_str_eq(mode, "replace");
        ck_assert_int_ge(sd_bus_message_read(m, "a{sv}", 1, &path, "h", &fd), 0);
        ck_assert_str_eq(path, "/26250/0/11");
        ck_assert_int_eq(fstat(fd, &status), 0);
        ck_assert_uint_eq((size_t) status.st_size, g_bytes_get_size((GBytes *) wanted));
        return fd;
}

START_TEST(what_comes_in_blocks_is_one_write_with_a_sealed_file)
{
        unsigned before = count_descriptors();
        g_autoptr(GBytes) bytes = make_bytes(LARGE);
        g_autofree uint8_t *data = g_malloc(LARGE);
        Upload upload;
        int fd;

        ck_assert_int_eq(open_upload(&upload, LARGE), 0);
        send_bytes(&upload, bytes);
        ck_assert_uint_eq(upload.steps, 0); /* the service has not answered */
        ck_assert_uint_eq(remote.changes, 1);
        fd = written_descriptor(bytes);
        ck_assert_int_eq(fcntl(fd, F_GET_SEALS) & (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW),
                        F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
        ck_assert_int_eq(pread(fd, data, LARGE, 0), LARGE);
        ck_assert(memcmp(data, g_bytes_get_data(bytes, NULL), LARGE) == 0);
        g_string_truncate(remote.world.changes, 0);
        lw_remote_stage_answer("");
        ck_assert_uint_eq(upload.steps, 1);
        ck_assert_int_eq(upload.status, 0);
        ck_assert_str_eq(remote.world.changes->str, "/26250/0/11 ");
        lw_remote_stage_settle();
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

START_TEST(what_is_short_arrives_as_bytes)
{
        g_autoptr(GBytes) bytes = g_bytes_new_static("\1\2\3", 3);
        Upload upload;

        ck_assert_int_eq(open_upload(&upload, 0), 0);
        send_bytes(&upload, bytes);
        ck_assert_str_eq(remote.asked, "Write replace {/26250/0/11={1 2 3}} {server=101 "
                                       "operation=Write target=/26250/0/11}");
        lw_remote_stage_fail("org.lwm2md.Error.BadRequest");
        ck_assert_uint_eq(upload.steps, 1);
        ck_assert_int_eq(upload.status, LW_STATUS_BAD_REQUEST);
}
END_TEST

START_TEST(too_much_and_too_many_are_refused)
{
        Upload uploads[LW_PLUGIN_BLOBS_MAX + 1];
        g_autofree uint8_t *data = g_malloc0(LW_PLUGIN_BLOB_MAX);

        ck_assert_int_eq(open_upload(&uploads[0], LW_PLUGIN_BLOB_MAX + 1), LW_STATUS_TOO_LARGE);
        for (unsigned i = 0; i < LW_PLUGIN_BLOBS_MAX; i++)
                ck_assert_int_eq(open_upload(&uploads[i], 0), 0);
        ck_assert_int_eq(open_upload(&uploads[LW_PLUGIN_BLOBS_MAX], 0), LW_STATUS_UNAVAILABLE);
        uploads[0].sink->ops->append(
                        uploads[0].sink, data, LW_PLUGIN_BLOB_MAX, on_step, &uploads[0]);
        ck_assert_int_eq(uploads[0].status, 0);
        uploads[0].sink->ops->append(uploads[0].sink, data, 1, on_step, &uploads[0]);
        ck_assert_int_eq(uploads[0].status, LW_STATUS_TOO_LARGE);
        for (unsigned i = 0; i < LW_PLUGIN_BLOBS_MAX; i++)
                uploads[i].sink->ops->abort(uploads[i].sink);
        ck_assert_int_eq(open_upload(&uploads[0], 0), 0); /* there is room again */
        uploads[0].sink->ops->abort(uploads[0].sink);
}
END_TEST

/* The peer goes on when the service has gone, for good, too. */
START_TEST(a_service_that_goes_half_way_fails_the_end)
{
        g_autoptr(GBytes) bytes = make_bytes(100000);
        unsigned before = count_descriptors();
        Upload upload;

        ck_assert_int_eq(open_upload(&upload, 0), 0);
        if (_i == 0)
                lw_remote_stage_drop(":1.5");
        else
                ck_assert_str_eq(lw_remote_stage_call(":1.5", "/org/lwm2md/registration/1",
                                                 LW_REGISTRATION_INTERFACE, "Unregister", ""),
                                "");
        send_bytes(&upload, bytes);
        ck_assert_uint_eq(upload.steps, 1);
        ck_assert_int_eq(upload.status, LW_STATUS_UNAVAILABLE);
        ck_assert_uint_eq(count_descriptors(), before);
}
END_TEST

/* Both ends go while the service has the Write. */
START_TEST(a_write_that_nobody_waits_for_ends_well)
{
        g_autoptr(GBytes) bytes = make_bytes(100000);
        Upload upload;

        ck_assert_int_eq(open_upload(&upload, 0), 0);
        send_bytes(&upload, bytes);
        upload.sink->ops->abort(upload.sink);
        if (_i == 0)
                lw_remote_stage_answer("");
        else
                lw_remote_stage_drop(":1.5");
        ck_assert_uint_eq(upload.steps, 0);
}
END_TEST

TCase *test_remote_large(void)
{
        TCase *tcase = tcase_create("remote-large");

        tcase_add_checked_fixture(tcase, setup, lw_remote_stage_teardown);
        tcase_add_loop_test(tcase, a_memory_file_of_any_size_is_read, 0, G_N_ELEMENTS(sizes));
        tcase_add_loop_test(tcase, what_comes_through_a_pipe_is_read_to_its_end, 0,
                        G_N_ELEMENTS(sizes));
        tcase_add_test(tcase, a_pipe_that_never_ends_is_refused);
        tcase_add_test(tcase, who_goes_with_a_pipe_half_way_is_unavailable);
        tcase_add_loop_test(tcase, no_other_descriptor_is_taken, 0, G_N_ELEMENTS(others));
        tcase_add_test(tcase, so_many_answers_come_through_pipes_at_a_time);
        tcase_add_test(tcase, what_comes_in_blocks_is_one_write_with_a_sealed_file);
        tcase_add_test(tcase, what_is_short_arrives_as_bytes);
        tcase_add_test(tcase, too_much_and_too_many_are_refused);
        tcase_add_loop_test(tcase, a_service_that_goes_half_way_fails_the_end, 0, 2);
        tcase_add_loop_test(tcase, a_write_that_nobody_waits_for_ends_well, 0, 2);
        return tcase;
}
