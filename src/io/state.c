/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwState: named documents in the state directory, each replaced whole. */
#include "io/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "io/file.h"
#include "model/limits.h"
#include "model/status.h"

/* "lwm2md ", a name, a version and the line's end: what stands before the content. */
#define HEADER_BYTES_MAX 300

typedef struct Waiter {
        LwStateDone done;
        void *user;
} Waiter;

/* One write: the thread's until it comes back. */
typedef struct Job {
        struct Document *document; /* NULL: nobody waits any more */
        char *name;
        unsigned version;
        GBytes *content;
        GArray *waiters;
        int directory_fd; /* its own */
        int failure;      /* errno */
        bool refused;     /* the worker did not take it: it waits for the next turn of the loop */
} Job;

typedef struct Document {
        LwState *state;
        char *name;
        Job *under_way;
        Job *waiting;
} Document;

struct LwState {
        LwWorker *worker;
        char *directory;
        int directory_fd;
        GPtrArray *documents;
};

static void job_free(Job *job)
{
        g_free(job->name);
        g_bytes_unref(job->content);
        g_array_free(job->waiters, TRUE);
        if (job->directory_fd >= 0)
                close(job->directory_fd);
        g_free(job);
}

static Job *job_new(Document *document)
{
        Job *job = g_new0(Job, 1);

        job->document = document;
        job->name = g_strdup(document->name);
        job->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
        job->directory_fd = -1;
        return job;
}

/* In the worker. */

static int write_all(int fd, const void *data, size_t length)
{
        const char *at = data;

        while (length > 0) {
                ssize_t written = write(fd, at, length);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return errno;
                at += written;
                length -= (size_t) written;
        }
        return 0;
}

static int fill(int fd, const Job *job)
{
        char header[HEADER_BYTES_MAX];
        int header_length = g_snprintf(
                        header, sizeof(header), "lwm2md %s %u\n", job->name, job->version);
        size_t length;
        const void *content = g_bytes_get_data(job->content, &length);
        int failure = length > LW_STATE_MAX ? EFBIG : write_all(fd, header, (size_t) header_length);

        if (failure == 0)
                failure = write_all(fd, content, length);
        if (failure == 0 && fsync(fd) < 0)
                failure = errno;
        return failure;
}

static int sync_directory(int fd)
{
        /* Some file systems cannot sync a directory, and say EINVAL: they have nothing better. */
        return fsync(fd) < 0 && errno != EINVAL ? errno : 0;
}

static int replace(const Job *job)
{
        g_autofree char *temporary = g_strconcat(job->name, ".tmp", NULL);
        int failure;
        int fd;

        unlinkat(job->directory_fd, temporary, 0); /* left by a crash */
        fd = openat(job->directory_fd, temporary,
                        O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return errno;
        failure = fill(fd, job);
        if (close(fd) < 0 && failure == 0)
                failure = errno;
        if (failure == 0 &&
                        renameat(job->directory_fd, temporary, job->directory_fd, job->name) < 0)
                failure = errno;
        if (failure != 0) {
                unlinkat(job->directory_fd, temporary, 0);
                return failure;
        }
        return sync_directory(job->directory_fd);
}

static void job_run(void *data)
{
        Job *job = data;

        job->failure = replace(job);
}

/* In the loop. */

static void begin(Document *document, Job *job);

static void tell(const Job *job, const char *directory)
{
        g_autoptr(GError) error = NULL;

        if (job->failure != 0)
                error = g_error_new(LW_ERROR, LW_STATUS_FAILED, "cannot write %s/%s: %s", directory,
                                job->name, g_strerror(job->failure));
        for (guint i = 0; i < job->waiters->len; i++) {
                Waiter waiter = g_array_index(job->waiters, Waiter, i);

                if (waiter.done != NULL)
                        waiter.done(waiter.user, error);
                else if (error != NULL)
                        lw_log(G_LOG_LEVEL_WARNING, "%s; going on without", error->message);
        }
}

static void job_done(void *data, bool cancelled)
{
        Job *job = data;
        Document *document = job->document;
        g_autofree char *directory = NULL;

        if (document != NULL) {
                document->under_way = NULL;
                directory = g_strdup(document->state->directory);
        }
        if (document != NULL && !cancelled) {
                /* The next one goes first: those who are told may free us. */
                if (document->waiting != NULL)
                        begin(document, g_steal_pointer(&document->waiting));
                tell(job, directory);
        }
        job_free(job);
}

static void on_refused(void *user)
{
        job_done(user, false);
}

static void begin(Document *document, Job *job)
{
        LwState *self = document->state;

        document->under_way = job;
        job->directory_fd = fcntl(self->directory_fd, F_DUPFD_CLOEXEC, 0);
        if (job->directory_fd >= 0 && lw_worker_add(self->worker, job_run, job_done, job))
                return;
        job->failure = job->directory_fd < 0 ? errno : EAGAIN;
        job->refused = true;
        lw_driver_defer(lw_worker_driver(self->worker), on_refused, job);
}

static void document_free(void *data)
{
        Document *document = data;
        LwWorker *worker = document->state->worker;
        Job *job = document->under_way;

        if (job != NULL) {
                job->document = NULL;
                if (job->refused) {
                        lw_driver_forget(lw_worker_driver(worker), on_refused, job);
                        job_free(job);
                } else {
                        lw_worker_cancel(worker, job);
                }
        }
        if (document->waiting != NULL)
                job_free(document->waiting);
        g_free(document->name);
        g_free(document);
}

LwState *lw_state_new(const char *directory, LwWorker *worker, GError **error)
{
        LwState *self;
        int fd = -1;

        if (g_mkdir_with_parents(directory, 0700) == 0)
                fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "cannot use '%s' as the state directory: %s", directory,
                                g_strerror(errno));
                return NULL;
        }
        self = g_new0(LwState, 1);
        self->worker = worker;
        self->directory = g_strdup(directory);
        self->directory_fd = fd;
        self->documents = g_ptr_array_new_with_free_func(document_free);
        return self;
}

void lw_state_free(LwState *self)
{
        if (self == NULL)
                return;
        g_ptr_array_free(self->documents, TRUE);
        close(self->directory_fd);
        g_free(self->directory);
        g_free(self);
}

/* Names are ours: "accounts", "registrations-101". */
static bool is_name(const char *name)
{
        return name[0] != '\0' && strlen(name) < NAME_MAX - strlen(".tmp") &&
               strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static Document *document_of(LwState *self, const char *name)
{
        Document *document;

        for (guint i = 0; i < self->documents->len; i++) {
                document = g_ptr_array_index(self->documents, i);
                if (strcmp(document->name, name) == 0)
                        return document;
        }
        document = g_new0(Document, 1);
        document->state = self;
        document->name = g_strdup(name);
        g_ptr_array_add(self->documents, document);
        return document;
}

void lw_state_save(LwState *self, const char *name, unsigned version, GBytes *content,
                LwStateDone done, void *user)
{
        const Waiter waiter = { done, user };
        Document *document;
        Job *job;

        g_assert(is_name(name));
        document = document_of(self, name);
        job = document->waiting != NULL ? document->waiting : job_new(document);
        if (job->content != NULL)
                g_bytes_unref(job->content);
        job->content = g_bytes_ref(content);
        job->version = version;
        g_array_append_val(job->waiters, waiter);
        if (document->under_way != NULL)
                document->waiting = job;
        else
                begin(document, job);
}

static void forget(Job *job, LwStateDone done, const void *user)
{
        for (guint i = 0; job != NULL && i < job->waiters->len; i++) {
                Waiter *waiter = &g_array_index(job->waiters, Waiter, i);

                if (waiter->done == done && waiter->user == user)
                        *waiter = (Waiter){};
        }
}

void lw_state_forget(LwState *self, LwStateDone done, void *user)
{
        for (guint i = 0; i < self->documents->len; i++) {
                Document *document = g_ptr_array_index(self->documents, i);

                forget(document->under_way, done, user);
                forget(document->waiting, done, user);
        }
}

bool lw_state_busy(const LwState *self)
{
        for (guint i = 0; i < self->documents->len; i++)
                if (((const Document *) g_ptr_array_index(self->documents, i))->under_way != NULL)
                        return true;
        return false;
}

/* Reading. */

GBytes *lw_state_parse(GBytes *file, const char *name, unsigned version, GError **error)
{
        g_autofree char *wanted = g_strdup_printf("lwm2md %s %u\n", name, version);
        g_autofree char *other_version = g_strdup_printf("lwm2md %s ", name);
        size_t header = strlen(wanted);
        size_t length;
        const char *data = g_bytes_get_data(file, &length);

        if (length >= header && memcmp(data, wanted, header) == 0)
                return g_bytes_new_from_bytes(file, header, length - header);
        if (length >= strlen(other_version) &&
                        memcmp(data, other_version, strlen(other_version)) == 0)
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "it is not of version %u, which this program reads", version);
        else
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "it does not begin with the line 'lwm2md %s %u'", name, version);
        return NULL;
}

void lw_state_set_aside(LwState *self, const char *name, const char *why)
{
        g_autofree char *bad = g_strconcat(name, ".bad", NULL);

        lw_log(G_LOG_LEVEL_WARNING, "%s/%s cannot be used: %s; set aside as %s", self->directory,
                        name, why, bad);
        if (renameat(self->directory_fd, name, self->directory_fd, bad) < 0)
                lw_log(G_LOG_LEVEL_WARNING, "cannot rename %s/%s: %s, ignoring", self->directory,
                                name, g_strerror(errno));
}

GBytes *lw_state_load(LwState *self, const char *name, unsigned version)
{
        g_autoptr(GBytes) file = NULL;
        g_autoptr(GError) error = NULL;
        GBytes *content;
        int r;

        g_assert(is_name(name));
        r = lw_file_read(self->directory_fd, name, LW_STATE_MAX + HEADER_BYTES_MAX, &file);
        if (r == -ENOENT)
                return NULL;
        if (r == -EFBIG || r == -EINVAL) {
                lw_state_set_aside(
                                self, name, r == -EFBIG ? "it is too large" : "it is not a file");
                return NULL;
        }
        if (r < 0) {
                /* It may be readable next time: it stays where it is. */
                lw_log(G_LOG_LEVEL_WARNING, "cannot read %s/%s: %s, ignoring", self->directory,
                                name, g_strerror(-r));
                return NULL;
        }
        content = lw_state_parse(file, name, version, &error);
        if (content == NULL)
                lw_state_set_aside(self, name, error->message);
        return content;
}
