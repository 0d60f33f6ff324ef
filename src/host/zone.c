/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's time zone: its name and its offset from UTC. */
#include "host/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "io/file.h"

/* bytes: the largest zone has four thousand */
#define ZONE_FILE_MAX 65536

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400
#define MONTHS 12
#define DAYS_PER_WEEK 7
#define DEFAULT_CHANGE (2 * SECONDS_PER_HOUR) /* of the local clock, where a rule names no time */
#define OFFSET_MAX (25 * SECONDS_PER_HOUR)    /* RFC 8536, 3.2: SHOULD be less than 26 hours */

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

/* --- the rule behind the last transition: "CET-1CEST,M3.5.0,M10.5.0/3" --- */

/* When a rule changes the clock, in local time. */
typedef struct Change {
        char kind; /* 'M': week and weekday of a month; 'J': day 1..365, never a leap day; 'N': day
                      0..365 */
        int32_t month, week, day;
        int32_t seconds; /* from midnight, may be negative or days away */
} Change;

static bool take_number(const char **text, int32_t minimum, int32_t maximum, int32_t *ret_number)
{
        int32_t number = 0;

        if (!g_ascii_isdigit(**text))
                return false;
        for (; g_ascii_isdigit(**text); (*text)++) {
                number = number * 10 + (**text - '0');
                if (number > maximum)
                        return false;
        }
        if (number < minimum)
                return false;
        *ret_number = number;
        return true;
}

static bool take_char(const char **text, char wanted)
{
        if (**text != wanted)
                return false;
        (*text)++;
        return true;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(const char **text, int32_t hours_max, int32_t *ret_seconds)
{
        int32_t sign = 1, hours, minutes = 0, seconds = 0;

        if (take_char(text, '-'))
                sign = -1;
        else
                take_char(text, '+');
        if (!take_number(text, 0, hours_max, &hours))
                return false;
        if (take_char(text, ':') && !take_number(text, 0, 59, &minutes))
                return false;
        if (take_char(text, ':') && !take_number(text, 0, 59, &seconds))
                return false;
        *ret_seconds = sign * (hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds);
        return true;
}

/* A name, "CET" or "<+0545>". */
static bool skip_name(const char **text)
{
        const char *start = *text;

        if (take_char(text, '<')) {
                while (g_ascii_isalnum(**text) || **text == '+' || **text == '-')
                        (*text)++;
                return take_char(text, '>');
        }
        while (g_ascii_isalpha(**text))
                (*text)++;
        return *text > start;
}

static bool take_change(const char **text, Change *ret_change)
{
        Change change = { .kind = 'N', .seconds = DEFAULT_CHANGE };

        if (!take_char(text, ','))
                return false;
        if (take_char(text, 'M')) {
                change.kind = 'M';
                if (!take_number(text, 1, MONTHS, &change.month) || !take_char(text, '.') ||
                                !take_number(text, 1, 5, &change.week) || !take_char(text, '.') ||
                                !take_number(text, 0, DAYS_PER_WEEK - 1, &change.day))
                        return false;
        } else if (take_char(text, 'J')) {
                change.kind = 'J';
                if (!take_number(text, 1, 365, &change.day))
                        return false;
        } else if (!take_number(text, 0, 365, &change.day)) {
                return false;
        }
        if (take_char(text, '/') && !take_time(text, 167, &change.seconds))
                return false;
        *ret_change = change;
        return true;
}

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of January of a year. */
static int64_t days_to_year(int64_t year)
{
        int64_t before = year - 1;

        return 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) - 477;
}

static int64_t year_of(int64_t seconds)
{
        int64_t days = seconds / SECONDS_PER_DAY;
        int64_t year = 1970 + days / 366;

        while (days_to_year(year + 1) <= days)
                year++;
        return year;
}

/* The day of the year on which a change falls, from 0. */
static int64_t day_of_change(const Change *change, int64_t year)
{
        static const int32_t lengths[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        int64_t first = 0, weekday, day, length;

        if (change->kind == 'N')
                return change->day;
        if (change->kind == 'J')
                return change->day - 1 + (is_leap(year) && change->day >= 60);
        for (int32_t month = 1; month < change->month; month++)
                first += lengths[month - 1] + (month == 2 && is_leap(year));
        length = lengths[change->month - 1] + (change->month == 2 && is_leap(year));
        weekday = (days_to_year(year) + first + 4) % DAYS_PER_WEEK; /* 1970 began on a Thursday */
        day = (change->day - weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK +
              (change->week - 1) * DAYS_PER_WEEK;
        return first + (day < length ? day : day - DAYS_PER_WEEK); /* week 5 is the last one */
}

/* The moment of a change in UTC; `offset` is the clock's before it. */
static int64_t moment_of_change(const Change *change, int64_t year, int32_t offset)
{
        return (days_to_year(year) + day_of_change(change, year)) * SECONDS_PER_DAY +
               change->seconds - offset;
}

static bool offset_of_rule(const char *text, int64_t when, int32_t *ret_seconds)
{
        int32_t standard, summer;
        int64_t begin, end, year;
        Change to_summer, to_standard;
        bool is_summer;

        if (!skip_name(&text) || !take_time(&text, 24, &standard))
                return false;
        standard = -standard; /* POSIX counts westward */
        if (*text == '\0') {
                *ret_seconds = standard;
                return true;
        }
        if (!skip_name(&text))
                return false;
        summer = standard + SECONDS_PER_HOUR;
        if (*text != ',') {
                if (!take_time(&text, 24, &summer))
                        return false;
                summer = -summer;
        }
        if (!take_change(&text, &to_summer) || !take_change(&text, &to_standard) || *text != '\0')
                return false;
        if (when < 0 || when > INT64_C(9999) * 366 * SECONDS_PER_DAY)
                return false;
        year = year_of(when + standard < 0 ? 0 : when + standard);
        begin = moment_of_change(&to_summer, year, standard);
        end = moment_of_change(&to_standard, year, summer);
        is_summer = begin < end ? when >= begin && when < end : when >= begin || when < end;
        *ret_seconds = is_summer ? summer : standard;
        return true;
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
        return offset_of_rule(rule, unix_seconds, ret_seconds);
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
