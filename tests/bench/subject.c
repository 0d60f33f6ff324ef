/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BenchSubject: what Linux says of a process. */
#include "bench/subject.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MSEC 1000

bool bench_subject_start(BenchSubject *self, const char *const *arguments, const char *log)
{
        self->pid = vfork(); /* a fork's copying of page tables would count as the subject's start
                              */
        if (self->pid == 0) {
                int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

                if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
                        execvp(arguments[0], (char *const *) arguments);
                _exit(127);
        }
        return self->pid > 0;
}

void bench_subject_terminate(BenchSubject *self)
{
        if (self->pid > 0)
                kill(self->pid, SIGTERM);
}

bool bench_subject_wait(BenchSubject *self, int timeout_ms)
{
        int status = -1;
        bool ended = self->pid <= 0;

        for (int i = 0; !ended && i < timeout_ms; i++) {
                ended = waitpid(self->pid, &status, WNOHANG) == self->pid;
                if (!ended)
                        usleep(MSEC);
        }
        if (!ended) {
                kill(self->pid, SIGKILL);
                waitpid(self->pid, &status, 0);
        }
        self->pid = 0;
        return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uint64_t bench_subject_cpu_nsec(const BenchSubject *self)
{
        struct timespec time;
        clockid_t clock;

        if (clock_getcpuclockid(self->pid, &clock) != 0 || clock_gettime(clock, &time) < 0)
                return 0;
        return (uint64_t) time.tv_sec * UINT64_C(1000000000) + (uint64_t) time.tv_nsec;
}

/* The number behind `key` in a file of /proc. */
static uint64_t read_number(const char *path, const char *key)
{
        char line[256];
        uint64_t value = 0;
        FILE *file = fopen(path, "re");

        if (!file)
                return 0;
        while (fgets(line, sizeof(line), file))
                if (strncmp(line, key, strlen(key)) == 0)
                        value = strtoull(line + strlen(key), NULL, 10);
        fclose(file);
        return value;
}

uint64_t bench_subject_private_kib(const BenchSubject *self)
{
        char path[64];

        snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int) self->pid);
        return read_number(path, "Private_Dirty:");
}

uint64_t bench_subject_sleeps(const BenchSubject *self)
{
        char path[300];
        uint64_t sum = 0;
        struct dirent *entry;
        DIR *tasks;

        snprintf(path, sizeof(path), "/proc/%d/task", (int) self->pid);
        tasks = opendir(path);
        if (!tasks)
                return 0;
        while ((entry = readdir(tasks))) {
                snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int) self->pid,
                                entry->d_name);
                if (entry->d_name[0] != '.')
                        sum += read_number(path, "voluntary_ctxt_switches:");
        }
        closedir(tasks);
        return sum;
}
