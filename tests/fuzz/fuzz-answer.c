/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's answer at the test server, from the datagram to the reply on the bus. */
#include <string.h>
#include <sys/socket.h>

#include <systemd/sd-bus.h>

#include "bus/variant.h"
#include "fuzz/codec.h"
#include "lib/coap-wire.h"
#include "testserver/answer.h"
#include "testserver/face-values.h"
#include "testserver/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What goes on the bus is UTF-8 without NUL, which a C string cannot have; else libdbus hangs up.
 */
static void check_text(const char *text)
{
        g_assert(g_utf8_validate(text, -1, NULL));
}

/* A connection that messages can be made for; nothing is sent. */
static sd_bus *make_bus(void)
{
        sd_bus *bus = NULL;
        int ends[2];

        g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
        g_assert(sd_bus_new(&bus) >= 0 && sd_bus_set_fd(bus, ends[0], ends[0]) >= 0 &&
                        sd_bus_start(bus) >= 0);
        return bus;
}

static void check_values(LwValues *values, const LwPath *path)
{
        static sd_bus *bus;
        sd_bus_message *m = NULL;
        const char *key;
        int r;

        if (bus == NULL)
                bus = make_bus();
        g_assert(sd_bus_message_new_signal(bus, &m, "/", "org.lwm2md.Test", "Test") >= 0);
        g_assert(lw_variant_append_values(m, path, values) >= 0);
        g_assert(sd_bus_message_seal(m, 1, 0) >= 0);
        r = sd_bus_message_enter_container(m, 'a', "{sv}");
        while (r > 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                g_assert(sd_bus_message_read_basic(m, 's', &key) > 0);
                g_assert(key[0] == '/');
                g_assert(sd_bus_message_skip(m, "v") > 0);
                r = sd_bus_message_exit_container(m);
        }
        g_assert(r >= 0);
        sd_bus_message_unref(m);
}

static void check_links(const LwMessage *message)
{
        g_auto(GStrv) links = lw_test_split_links(
                        (const char *) message->payload, message->payload_length);

        for (char **link = links; *link != NULL; link++)
                check_text(*link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static char lwm2m[] = "lwm2m", *prefix[] = { lwm2m, NULL };
        static LwTrace *trace;
        g_auto(LwTestAnswer) answer = {};
        g_autoptr(GError) error = NULL;
        g_autofree char *diagnostic = NULL, *location = NULL, *line = NULL;
        LwMessage message;
        LwPath path;

        if (size == 0 || !lw_coap_wire_decode(data + 1, size - 1, &message))
                return 0;
        if (trace == NULL)
                trace = lw_trace_new(fuzz_registry());
        path = fuzz_request(data[0]).base;
        answer = lw_test_answer(&message);
        diagnostic = lw_test_answer_diagnostic(&answer);
        check_text(diagnostic);
        g_assert(strlen(diagnostic) <= 5 * LW_DIAGNOSTIC_MAX);
        location = lw_test_answer_location(&answer, prefix);
        check_text(location);
        line = lw_trace_describe(trace, data[0] % 2 == 0, &message);
        check_text(line);
        if (message.payload_length > 0)
                check_links(&message);
        if (!lw_test_answer_read(&answer, &path, fuzz_registry(), &error))
                g_assert(error->domain == LW_ERROR && error->code == LW_STATUS_FAILED);
        else if (answer.values != NULL)
                check_values(answer.values, &path);
        return 0;
}
