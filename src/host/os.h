/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the operating system says of itself: os-release, kernel, memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/**
 * LwOs: the names and versions of the running system.
 *
 * Shape:  NULL where the system does not say. `kernel` is the release, "6.1.0-37-amd64".
 * Owns:   its strings: lw_os_clear().
 * Source: os-release(5); proc(5).
 */
typedef struct LwOs {
        char *id;      /* ID, "debian" */
        char *name;    /* PRETTY_NAME, else NAME: "Debian GNU/Linux 12 (bookworm)" */
        char *version; /* VERSION_ID, "12"; with Debian the point release, "12.11" */
        char *image;   /* IMAGE_VERSION, where the system is one image */
        char *kernel;
} LwOs;

void lw_os_clear(LwOs *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwOs, lw_os_clear)

/**
 * Takes the fields of an os-release document. Lines that are no shell-like assignment, and values
 * that are not UTF-8 or not quoted as they should be, are skipped: the rest still counts.
 */
void lw_os_parse(LwOs *self, const char *text, size_t length);
/** Asks etc/os-release (else usr/lib/os-release), etc/debian_version and proc/sys/kernel/osrelease.
 */
void lw_os_read(LwOs *self, int root_fd);

/** "Debian GNU/Linux 12 (bookworm)", or the version of the image. NULL when the system has no name.
 */
char *lw_os_firmware(const LwOs *self);
/** "debian 12.11, Linux 6.1.0-37-amd64", as much of it as is known; NULL when nothing is. */
char *lw_os_software(const LwOs *self);

/**
 * LwMemory: the memory of the host in the standard's kilobytes, which have 1000 bytes.
 *
 * Shape:  `available` is what programs may still get without swapping, and thus what "free" means.
 * Source: proc(5), "meminfo", whose kB have 1024 bytes.
 */
typedef struct LwMemory {
        int64_t total_kb;
        int64_t available_kb;
} LwMemory;

/** False when MemTotal is missing or damaged; without MemAvailable (Linux before 3.14) MemFree
 * stands for it. */
bool lw_memory_parse(const char *text, size_t length, LwMemory *ret_memory);
/** From proc/meminfo: 0 or a negative errno, -EBADMSG when it is no meminfo. */
int lw_memory_read(int root_fd, LwMemory *ret_memory);

/** The id of this boot, as 32 hex digits without dashes: 0 or a negative errno. */
int lw_boot_id_read(int root_fd, char **ret_id);
/** Since when the kernel runs, in microseconds: 0 or a negative errno, -EBADMSG when it is no
 * uptime. */
int lw_uptime_read(int root_fd, uint64_t *ret_usec);
