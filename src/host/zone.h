/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's time zone: its name and its offset from UTC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* "+05:45" and the NUL */
#define LW_ZONE_OFFSET_TEXT_MAX 7

/** "Europe/Berlin" out of "/usr/share/zoneinfo/Europe/Berlin", or NULL when it points elsewhere.
 * Points into `target`. */
const char *lw_zone_of_link(const char *target);

/**
 * What a compiled time zone says of one moment: seconds east of UTC.
 *
 * Errors: false when `data` is no such file, or is damaged.
 * Source: RFC 8536.
 */
bool lw_zone_offset(const uint8_t *data, size_t length, int64_t unix_seconds, int32_t *ret_seconds);

/** As the standard writes it, to the minute: "+02:00". */
void lw_zone_print_offset(int32_t seconds, char text[static LW_ZONE_OFFSET_TEXT_MAX]);

/**
 * LwZone: the zone that the host is in; the environment's TZ does not count.
 *
 * Shape:  `name` may be NULL: a localtime that is a copy, without etc/timezone.
 * Owns:   `name`: lw_zone_clear().
 */
typedef struct LwZone {
        char *name;
        int32_t offset_seconds;
} LwZone;

void lw_zone_clear(LwZone *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LwZone, lw_zone_clear)

/**
 * From etc/localtime (a link or a file), its name else from etc/timezone. Without etc/localtime the
 * host is in UTC, as localtime(5) has it. 0, or a negative errno: -EBADMSG when the file is
 * damaged.
 */
int lw_zone_read(int root_fd, int64_t unix_seconds, LwZone *ret_zone);

/** The offset of a zone by its name, from usr/share/zoneinfo. 0 or a negative errno, as above. */
int lw_zone_offset_of(int root_fd, const char *zone, int64_t unix_seconds, int32_t *ret_seconds);
