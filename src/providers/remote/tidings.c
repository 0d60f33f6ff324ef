/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwTidings: the options of Registration1.Update. */
#include "providers/remote/tidings.h"

#include <string.h>

#include "base/quote.h"
#include "bus/timestamp.h"

static int refuse_type(sd_bus_error *ret_error, const char *key, const char *what)
{
        return sd_bus_error_setf(
                        ret_error, SD_BUS_ERROR_INVALID_ARGS, "the option '%s' is %s", key, what);
}

static int read_send(sd_bus_message *m, LwTidings *tidings, sd_bus_error *ret_error)
{
        int send;

        if (sd_bus_message_read(m, "v", "b", &send) < 0)
                return refuse_type(ret_error, "send", "a boolean (b)");
        tidings->send = send;
        return 0;
}

static int read_option(
                sd_bus_message *m, const char *key, LwTidings *tidings, sd_bus_error *ret_error)
{
        g_autofree char *quoted = NULL;

        if (strcmp(key, "timestamp_usec") == 0)
                return lw_bus_read_timestamp(m, &tidings->real_usec, ret_error);
        if (strcmp(key, "send") == 0)
                return read_send(m, tidings, ret_error);
        if (strcmp(key, "id") == 0) {
                tidings->has_id = true;
                return sd_bus_message_read(m, "v", "t", &tidings->id) < 0
                                       ? refuse_type(ret_error, "id", "a number (t)")
                                       : 0;
        }
        quoted = lw_quote(key, strlen(key));
        return sd_bus_error_setf(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                        "%s is not an option; there are 'timestamp_usec' (t), 'send' (b) and 'id' "
                        "(t)",
                        quoted);
}

int lw_tidings_read(sd_bus_message *m, LwTidings *ret_tidings, sd_bus_error *ret_error)
{
        LwTidings tidings = {};
        const char *key;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = read_option(m, key, &tidings, ret_error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r < 0)
                return r;
        if (tidings.has_id && !tidings.send)
                return sd_bus_error_set(ret_error, SD_BUS_ERROR_INVALID_ARGS,
                                "'id' names what is sent: add 'send', true");
        *ret_tidings = tidings;
        return 0;
}

void lw_tidings_date(const LwTidings *self, LwValues *values)
{
        for (size_t i = 0; self->real_usec != 0 && i < lw_values_count(values); i++)
                lw_values_set_time(values, i, self->real_usec);
}
