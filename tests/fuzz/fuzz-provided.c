/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What services and people say on the bus, in messages that the input builds: answers of Read,
 * reported values, values for Write, claims. What is taken has the types and ranges of its
 * definition. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus/memfd.h"
#include "bus/variant.h"
#include "model/limits.h"
#include "model/status.h"
#include "providers/remote/answer.h"
#include "providers/remote/claims.h"
#include "providers/remote/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OBJECT 3303
#define TYPES (LW_TYPE_CORELNK + 1)
#define DEPTH_MAX 3
#define ENTRIES_MAX 8

/* The input, from front to back; zeros behind its end. */
typedef struct Input {
        const uint8_t *data;
        size_t size;
} Input;

static uint8_t next(Input *self)
{
        if (self->size == 0)
                return 0;
        self->size--;
        return *self->data++;
}

static uint64_t next_number(Input *self, unsigned bytes)
{
        uint64_t number = 0;

        while (bytes-- > 0)
                number = number << 8 | next(self);
        return number;
}

static char *next_text(Input *self)
{
        size_t length = next(self) % 32;
        char *text = g_malloc0(length + 1);

        for (size_t i = 0; i < length; i++)
                text[i] = (char) (1 + next(self) % 127);
        return text;
}

/* An object with a resource of each type, at 100 more an array of each; half of them with ranges.
 */
static LwRegistry *registry(void)
{
        static LwRegistry *all;
        LwObjectDef *def;

        if (all != NULL)
                return all;
        def = g_new0(LwObjectDef, 1);
        def->id = OBJECT;
        def->multiple = true;
        def->name = g_strdup("Fuzz");
        def->resource_count = 2 * (size_t) TYPES;
        def->resources = g_new0(LwResourceDef, def->resource_count);
        for (int i = 0; i < 2 * TYPES; i++)
                def->resources[i] = (LwResourceDef){
                        .id = (uint16_t) (i < TYPES ? i : 100 + i - TYPES),
                        .type = (uint8_t) (i % TYPES),
                        .operations = LW_READABLE | LW_WRITABLE,
                        .multiple = i >= TYPES,
                        .has_range = i >= TYPES,
                        .minimum = 0,
                        .maximum = 200,
                        .name = g_strdup("Fuzz"),
                        .units = g_strdup(""),
                };
        all = lw_registry_new(NULL, NULL);
        lw_registry_add(all, def);
        return all;
}

/* A connection that messages can be made for; nothing is sent. */
static sd_bus *make_bus(void)
{
        static sd_bus *bus;
        int ends[2];

        if (bus != NULL)
                return bus;
        g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
        g_assert(sd_bus_new(&bus) >= 0 && sd_bus_set_fd(bus, ends[0], ends[0]) >= 0 &&
                        sd_bus_start(bus) >= 0);
        return bus;
}

/* A device, a sealed file, one that is not, the end of a pipe. */
static int choose_fd(uint8_t choice)
{
        static int fds[4] = { -1, -1, -1, -1 };
        static uint8_t block[4096];
        int ends[2];

        if (fds[0] < 0) {
                g_assert((fds[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0);
                for (int i = 1; i <= 2; i++) {
                        g_assert((fds[i] = lw_memfd_open(NULL)) >= 0);
                        for (int k = 0; k < 20; k++)
                                g_assert(lw_memfd_append(fds[i], block, sizeof(block), NULL));
                }
                lw_memfd_seal(fds[1]);
                g_assert(pipe(ends) == 0);
                fds[3] = ends[0];
        }
        return fds[choice % 4];
}

/* Messages. All answer negative errno, as sd-bus does */

static int append_variant(sd_bus_message *m, Input *in, unsigned depth);

static int append_bytes(sd_bus_message *m, Input *in)
{
        size_t wanted = next(in), length = MIN(wanted, in->size);
        int r = sd_bus_message_append_array(m, 'y', in->data, length);

        in->data += length;
        in->size -= length;
        return r;
}

static int append_elements(sd_bus_message *m, Input *in, unsigned depth)
{
        int r = sd_bus_message_open_container(m, 'a', "{qv}");

        for (unsigned i = next(in) % ENTRIES_MAX; r >= 0 && i > 0; i--) {
                r = sd_bus_message_open_container(m, 'e', "qv");
                if (r >= 0)
                        r = sd_bus_message_append(m, "q", (int) (uint16_t) next_number(in, 2));
                if (r >= 0)
                        r = append_variant(m, in, depth + 1);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_basic(sd_bus_message *m, Input *in, char type)
{
        g_autofree char *text = NULL;
        uint64_t number;
        double real;
        int fd;

        switch (type) {
        case 's':
                text = next_text(in);
                return sd_bus_message_append_basic(m, 's', text);
        case 'g':
                return sd_bus_message_append_basic(m, 'g', "a{sv}");
        case 'o':
                return sd_bus_message_append_basic(m, 'o', "/x");
        case 'h':
                fd = choose_fd(next(in));
                return sd_bus_message_append_basic(m, 'h', &fd);
        case 'd':
                number = next_number(in, 8);
                memcpy(&real, &number, sizeof(real));
                return sd_bus_message_append_basic(m, 'd', &real);
        case 'b':
                return sd_bus_message_append(m, "b", next(in) % 2);
        default:
                number = next_number(in, next(in) % 9);
                return sd_bus_message_append_basic(m, type, &number);
        }
}

static int append_contents(sd_bus_message *m, Input *in, const char *type, unsigned depth)
{
        if (strcmp(type, "ay") == 0)
                return append_bytes(m, in);
        if (strcmp(type, "(qq)") == 0)
                return sd_bus_message_append(m, "(qq)", (int) (uint16_t) next_number(in, 2),
                                (int) (uint16_t) next_number(in, 2));
        if (strcmp(type, "a{qv}") == 0)
                return append_elements(m, in, depth);
        if (strcmp(type, "v") == 0)
                return append_variant(m, in, depth + 1);
        if (strcmp(type, "as") == 0)
                return sd_bus_message_append(m, "as", 2, "x", "y");
        return append_basic(m, in, type[0]);
}

static int append_variant(sd_bus_message *m, Input *in, unsigned depth)
{
        static const char *const types[] = { "s", "x", "t", "d", "b", "ay", "(qq)", "a{qv}", "h",
                "y", "n", "q", "i", "u", "v", "as", "g", "o" };
        const char *type = types[next(in) % (depth < DEPTH_MAX ? G_N_ELEMENTS(types) : 5)];
        int r = sd_bus_message_open_container(m, 'v', type);

        if (r >= 0)
                r = append_contents(m, in, type, depth);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Mostly a path of ours: of a resource, an element, or by the label. */
static char *next_key(Input *in)
{
        uint8_t choice = next(in);
        unsigned resource = choice % TYPES + (choice & 0x10 ? 100 : 0);

        if (choice >= 0xf0)
                return next_text(in);
        return choice & 0x20 ? g_strdup_printf("/3303/0/%u/%u", resource, next(in) % 4u)
                             : g_strdup_printf(choice & 0x40 ? "/3303/*x/%u" : "/3303/0/%u",
                                               resource);
}

static int append_values(sd_bus_message *m, Input *in)
{
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        for (unsigned i = next(in) % ENTRIES_MAX; r >= 0 && i > 0; i--) {
                g_autofree char *key = next_key(in);

                r = sd_bus_message_open_container(m, 'e', "sv");
                if (r >= 0)
                        r = sd_bus_message_append(m, "s", key);
                if (r >= 0)
                        r = append_variant(m, in, 0);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_failures(sd_bus_message *m, Input *in)
{
        int r = sd_bus_message_open_container(m, 'a', "{s(ss)}");

        for (unsigned i = next(in) % 3; r >= 0 && i > 0; i--) {
                g_autofree char *key = next_key(in), *name = next_text(in), *text = next_text(in);

                r = sd_bus_message_append(m, "{s(ss)}", key, name, text);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_claims(sd_bus_message *m, Input *in)
{
        int r = sd_bus_message_open_container(m, 'a', "{saq}");

        for (unsigned i = next(in) % ENTRIES_MAX; r >= 0 && i > 0; i--) {
                g_autofree char *key = next_text(in);
                uint16_t ids[4] = {};
                size_t count = next(in) % 5;

                for (size_t k = 0; k < count; k++)
                        ids[k] = (uint16_t) next_number(in, 2);
                r = sd_bus_message_open_container(m, 'e', "saq");
                if (r >= 0)
                        r = sd_bus_message_append(m, "s", key);
                if (r >= 0)
                        r = sd_bus_message_append_array(m, 'q', ids, count * sizeof(*ids));
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Checks */

static void check_values(const LwValues *values)
{
        for (size_t i = 0; i < lw_values_count(values); i++) {
                const LwEntry *entry = lw_values_at(values, i);
                const LwResourceDef *def =
                                lw_registry_resource(registry(), OBJECT, entry->path.ids[2]);

                g_assert(entry->path.ids[0] == OBJECT && entry->path.length >= LW_LEVEL_RESOURCE);
                if (entry->value.type == LW_TYPE_NONE)
                        continue;
                g_assert(def != NULL && lw_resource_def_check(def, &entry->value, NULL));
                if (entry->value.type == LW_TYPE_STRING || entry->value.type == LW_TYPE_CORELNK)
                        g_assert(entry->value.length <= LW_STRING_MAX &&
                                        g_utf8_validate(entry->value.text, entry->value.length,
                                                        NULL));
        }
}

/* What was taken can be said again. */
static void check_writing(LwValues *values)
{
        sd_bus_message *m = NULL;
        LwPath target = LW_PATH_INSTANCE(OBJECT, 0);

        g_assert(sd_bus_message_new_signal(make_bus(), &m, "/", "a.b", "C") >= 0);
        g_assert(lw_variant_append_values(m, &target, values) >= 0);
        sd_bus_message_unref(m);
}

static void on_mistake(void *user, const LwPath *path, const char *what)
{
        (void) user;
        (void) path;
        g_assert(what != NULL && g_utf8_validate(what, -1, NULL));
}

static bool on_pipe(void *user, const LwPath *path, int fd, GError **error)
{
        (void) user;
        (void) fd;
        if (path->ids[3] != 1)
                return true;
        g_set_error_literal(error, LW_ERROR, LW_STATUS_TOO_LARGE, "no more pipes");
        return false;
}

static void read_answer(sd_bus_message *m)
{
        static const LwAnswerEvents events = { on_mistake, on_pipe };
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) failure = NULL;
        LwAnswerPart parts[2 * TYPES + 1] = {};
        size_t count = 0;

        for (int i = 0; i < 2 * TYPES; i++)
                parts[count++].path = LW_PATH_RESOURCE(OBJECT, 0, i < TYPES ? i : 100 + i - TYPES);
        if (lw_answer_read(m, registry(), parts, count, &events, NULL, values, &failure))
                check_values(values);
}

static LwClaims *make_claims(void)
{
        static LwClaims *claims;
        uint16_t ids[2 * TYPES];

        if (claims != NULL)
                return claims;
        claims = lw_claims_new();
        for (int i = 0; i < 2 * TYPES; i++)
                ids[i] = (uint16_t) (i < TYPES ? i : 100 + i - TYPES);
        g_assert(lw_claims_add(claims, "/3303/0", ids, G_N_ELEMENTS(ids), NULL) >= 0);
        g_assert(lw_claims_add(claims, "/3303/*x", ids, G_N_ELEMENTS(ids), NULL) >= 0);
        lw_claims_settle(claims, 1, 7);
        return claims;
}

static void read_report(sd_bus_message *m)
{
        g_autoptr(LwValues) values = lw_values_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (lw_report_read(m, registry(), make_claims(), values, &error) >= 0) {
                check_values(values);
                check_writing(values);
        } else if (error.name != NULL) {
                g_assert(g_utf8_validate(error.message, -1, NULL));
        }
        sd_bus_error_free(&error);
}

static void read_person(sd_bus_message *m, uint8_t resource)
{
        LwPath path = LW_PATH_RESOURCE(OBJECT, 0, resource % TYPES + (resource & 0x80 ? 100 : 0));
        g_autoptr(LwValues) values = lw_values_new();
        g_autoptr(GError) error = NULL;

        if (!lw_variant_read(m, &path, lw_registry_resource(registry(), OBJECT, path.ids[2]),
                            LW_VARIANT_PERSON, values, &error))
                g_assert(error->domain == LW_ERROR && g_utf8_validate(error->message, -1, NULL));
        else
                check_writing(values);
}

static void read_claims(sd_bus_message *m)
{
        g_autoptr(LwClaims) claims = lw_claims_new();
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (lw_claims_read(claims, m, &error) >= 0)
                g_assert(lw_claims_count(claims) > 0 && lw_claims_count(claims) <= ENTRIES_MAX);
        sd_bus_error_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Input in = { data, size };
        uint8_t choice = next(&in), resource = next(&in);
        sd_bus_message *m = NULL;
        int r;

        g_assert(sd_bus_message_new_signal(make_bus(), &m, "/", "a.b", "C") >= 0);
        switch (choice % 4) {
        case 0:
                r = append_values(m, &in);
                if (r >= 0)
                        r = append_failures(m, &in);
                break;
        case 1:
                r = append_values(m, &in);
                break;
        case 2:
                r = append_variant(m, &in, 0);
                break;
        default:
                r = append_claims(m, &in);
                break;
        }
        if (r >= 0)
                r = sd_bus_message_seal(m, 1, 0);
        if (r >= 0)
                choice % 4 == 0   ? read_answer(m)
                : choice % 4 == 1 ? read_report(m)
                : choice % 4 == 2 ? read_person(m, resource)
                                  : read_claims(m);
        sd_bus_message_unref(m);
        return 0;
}
