/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as what sysfs says of a sensor, its file, its number, its range, and as the document of
 * instance ids: numbers are finite, and what is printed is read. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "host/channel.h"
#include "host/device-path.h"
#include "providers/builtin/sensor-ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_text(const char *text, size_t length)
{
        double number, minimum, maximum;

        if (lw_channel_parse_number(text, length, &number))
                g_assert(isfinite(number));
        if (lw_channel_parse_range(text, length, &minimum, &maximum))
                g_assert(isfinite(minimum) && isfinite(maximum) && minimum <= maximum);
}

static void try_name(const char *name)
{
        g_autofree char *clean = g_strdup(name);
        LwChannelFile file;

        if (lw_channel_file_of_hwmon(name, &file) || lw_channel_file_of_iio(name, &file))
                g_assert(file.name_length > 0 && file.name_length < strlen(name) &&
                                file.axis < LW_CHANNEL_AXES && file.factor > 0);
        lw_device_path_clean(clean);
        g_assert(strlen(clean) == strlen(name));
}

static void try_document(const void *data, size_t size)
{
        g_autoptr(GBytes) text = g_bytes_new_static(data, size), printed = NULL, again = NULL;
        g_autoptr(LwSensorIds) first = lw_sensor_ids_new(), second = lw_sensor_ids_new();

        if (!lw_sensor_ids_parse(first, text, NULL))
                return;
        printed = lw_sensor_ids_print(first);
        g_assert(lw_sensor_ids_parse(second, printed, NULL));
        again = lw_sensor_ids_print(second);
        g_assert(g_bytes_equal(printed, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *) data, size);

        try_text((const char *) data, size);
        try_name(text);
        try_document(data, size);
        return 0;
}
