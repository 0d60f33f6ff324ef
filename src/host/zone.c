/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's time zone: its name and its offset from UTC. */
#include "host/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "host/zone-rule.h"
#include "io/file.h"

/* bytes: the largest zone has four thousand */
#define ZONE_FILE_MAX 65536

#define SECONDS_PER_MINUTE 60
/* Source: RFC 8536, 3.2: below 26 hours. */
#define OFFSET_MAX (25 * 60 * SECONDS_PER_MINUTE)

/* --- the compiled file, RFC 8536, 3 --- */

#define HEADER_RESERVED 15
#define TYPE_SIZE 6

typedef struct Header {
        uint8_t version;
        uint64_t ut_count, standard_count, leap_count, time_count, type_count, name_bytes;
} Header;

static bool read_header(LwReader *reader, Header *ret_header)
{
        const uint8_t *magic, *reserved;
        Header header;

        if (!lw_reader_take(reader, 4, &magic) || memcmp(magic, "TZif", 4) != 0 ||
                        !lw_reader_u8(reader, &header.version) ||
                        !lw_reader_take(reader, HEADER_RESERVED, &reserved) ||
                        !lw_reader_uint(reader, 4, &header.ut_count) ||
                        !lw_reader_uint(reader, 4, &header.standard_count) ||
                        !lw_reader_uint(reader, 4, &header.leap_count) ||
                        !lw_reader_uint(reader, 4, &header.time_count) ||
                        !lw_reader_uint(reader, 4, &header.type_count) ||
                        !lw_reader_uint(reader, 4, &header.name_bytes))
                return false;
        if (header.type_count == 0 || MAX(header.ut_count, header.standard_count) > ZONE_FILE_MAX ||
                        MAX(header.leap_count, header.time_count) > ZONE_FILE_MAX ||
                        MAX(header.type_count, header.name_bytes) > ZONE_FILE_MAX)
                return false;
        *ret_header = header;
        return true;
}

/* The data of one block: the transitions, and where their types stand. */
typedef struct Block {
        size_t time_size;
        size_t time_count;
        size_t type_count;
        const uint8_t *times;   /* time_count of time_size bytes, ascending */
        const uint8_t *indexes; /* time_count of one byte */
        const uint8_t *types;   /* type_count of TYPE_SIZE bytes */
} Block;

static bool read_block(LwReader *reader, const Header *header, size_t time_size, Block *ret_block)
{
        Block block = { .time_size = time_size,
                .time_count = header->time_count,
                .type_count = header->type_count };
        const uint8_t *rest;

        if (!lw_reader_take(reader, header->time_count * time_size, &block.times) ||
                        !lw_reader_take(reader, header->time_count, &block.indexes) ||
                        !lw_reader_take(reader, header->type_count * TYPE_SIZE, &block.types) ||
                        !lw_reader_take(reader,
                                        header->name_bytes + header->leap_count * (time_size + 4) +
                                                        header->standard_count + header->ut_count,
                                        &rest))
                return false;
        *ret_block = block;
        return true;
}

static int64_t signed_at(const uint8_t *data, size_t size)
{
        LwReader reader = lw_reader(data, size);
        uint64_t value = 0;

        lw_reader_uint(&reader, size, &value);
        return size == 4 ? (int32_t) (uint32_t) value : (int64_t) value;
}

static int64_t transition(const Block *block, size_t i)
{
        return signed_at(block->times + i * block->time_size, block->time_size);
}

static bool offset_of_type(const Block *block, size_t type, int32_t *ret_seconds)
{
        int64_t seconds;

        if (type >= block->type_count)
                return false;
        seconds = signed_at(block->types + type * TYPE_SIZE, 4);
        if (seconds < -OFFSET_MAX || seconds > OFFSET_MAX)
                return false;
        *ret_seconds = (int32_t) seconds;
        return true;
}

static bool offset_in_block(const Block *block, int64_t when, int32_t *ret_seconds)
{
        size_t low = 0, high = block->time_count;

        /* The number of transitions that are over: the last of them holds. */
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (transition(block, middle) <= when)
                        low = middle + 1;
                else
                        high = middle;
        }
        return offset_of_type(block, low == 0 ? 0 : block->indexes[low - 1], ret_seconds);
}

bool lw_zone_offset(const uint8_t *data, size_t length, int64_t unix_seconds, int32_t *ret_seconds)
{
        LwReader reader = lw_reader(data, length);
        g_autofree char *rule = NULL;
        const char *end;
        Header header;
        Block block;

        if (!read_header(&reader, &header) || !read_block(&reader, &header, 4, &block))
                return false;
        if (header.version < '2')
                return offset_in_block(&block, unix_seconds, ret_seconds);
        /* The same once more with 64 bits, and the rule between two line feeds. */
        if (!read_header(&reader, &header) || !read_block(&reader, &header, 8, &block))
                return false;
        if (block.time_count > 0 && unix_seconds < transition(&block, block.time_count - 1))
                return offset_in_block(&block, unix_seconds, ret_seconds);
        if (reader.left < 2 || reader.data[0] != '\n')
                return false;
        end = memchr(reader.data + 1, '\n', reader.left - 1);
        if (end == NULL)
                return false;
        rule = g_strndup((const char *) reader.data + 1,
                        (size_t) (end - (const char *) reader.data - 1));
        if (rule[0] == '\0')
                return offset_in_block(&block, unix_seconds, ret_seconds);
        return lw_zone_rule_offset(rule, unix_seconds, ret_seconds);
}

/* --- the host --- */

void lw_zone_print_offset(int32_t seconds, char text[static LW_ZONE_OFFSET_TEXT_MAX])
{
        int32_t minutes = CLAMP(ABS(seconds), 0, OFFSET_MAX) / SECONDS_PER_MINUTE;

        g_snprintf(text, LW_ZONE_OFFSET_TEXT_MAX, "%c%02d:%02d", seconds < 0 ? '-' : '+',
                        minutes / 60 % 100, minutes % 60);
}

const char *lw_zone_of_link(const char *target)
{
        static const char directory[] = "zoneinfo/";
        const char *found = strstr(target, directory);
        const char *name;

        if (found == NULL || (found > target && found[-1] != '/'))
                return NULL;
        name = found + strlen(directory);
        if (g_str_has_prefix(name, "posix/"))
                name += strlen("posix/");
        return name[0] == '\0' || !g_utf8_validate(name, -1, NULL) ? NULL : name;
}

void lw_zone_clear(LwZone *self)
{
        g_free(self->name);
        *self = (LwZone){};
}

static char *read_name(int root_fd)
{
        char target[PATH_MAX];
        char *line = NULL;
        ssize_t n = readlinkat(root_fd, "etc/localtime", target, sizeof(target) - 1);

        if (n > 0) {
                const char *name;

                target[n] = '\0';
                name = lw_zone_of_link(target);
                if (name != NULL)
                        return g_strdup(name);
        }
        /* A copy instead of a link: Debian keeps the name beside it. */
        return lw_file_read_line(root_fd, "etc/timezone", &line) < 0 ? NULL : line;
}

int lw_zone_read(int root_fd, int64_t unix_seconds, LwZone *ret_zone)
{
        g_autoptr(GBytes) bytes = NULL;
        g_auto(LwZone) zone = {};
        const uint8_t *data;
        size_t length;
        int r = lw_file_read(root_fd, "etc/localtime", ZONE_FILE_MAX, &bytes);

        if (r == -ENOENT) {
                *ret_zone = (LwZone){ .name = g_strdup("UTC") };
                return 0;
        }
        if (r < 0)
                return r;
        data = g_bytes_get_data(bytes, &length);
        if (data == NULL || !lw_zone_offset(data, length, unix_seconds, &zone.offset_seconds))
                return -EBADMSG;
        zone.name = read_name(root_fd);
        *ret_zone = zone;
        zone = (LwZone){};
        return 0;
}

int lw_zone_offset_of(int root_fd, const char *zone, int64_t unix_seconds, int32_t *ret_seconds)
{
        g_autofree char *path = g_build_filename("usr/share/zoneinfo", zone, NULL);
        g_autoptr(GBytes) bytes = NULL;
        const uint8_t *data;
        size_t length;
        int r = lw_file_read(root_fd, path, ZONE_FILE_MAX, &bytes);

        if (r < 0)
                return r;
        data = g_bytes_get_data(bytes, &length);
        return data != NULL && lw_zone_offset(data, length, unix_seconds, ret_seconds) ? 0
                                                                                       : -EBADMSG;
}
