/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine that we run on: who made it, what it is, its serial number. */
#include "host/machine.h"

#include <fcntl.h>
#include <string.h>

#include "io/file.h"

/* bytes: sysfs gives a page at most */
#define FACT_MAX 4096

/* Ours alone: whoever sees an endpoint name must not learn the machine id. */
#define APPLICATION_ID SD_ID128_MAKE(5f, 0d, 6b, 1e, 93, 3c, 4a, 5c, 8e, 21, 7a, c4, 0d, 92, b8, 6f)

/* What boards are shipped with when nobody filled in the field; compared without case. */
static const char *const fillers[] = {
        "-",
        "Default",
        "Default string",
        "Empty",
        "INVALID",
        "N/A",
        "NA",
        "None",
        "Not Applicable",
        "Not Available",
        "Not Defined",
        "Not Present",
        "Not Specified",
        "O.E.M.",
        "OEM",
        "Standard",
        "System Manufacturer",
        "System Product Name",
        "System Serial Number",
        "System Version",
        "TBD by OEM",
        "To be filled by O.E.M",
        "To be filled by O.E.M.",
        "Type1ProductConfigId",
        "Undefined",
        "Unknown",
        "Unspecified",
        "x.x",
        "Base Board Serial Number",
        "Board Serial Number",
        "Chassis Serial Number",
        "Serial Number",
        "SerialNumber",
        "1234567890",
        "0123456789",
        "123456789",
};

void lw_machine_clear(LwMachine *self)
{
        g_free(self->vendor);
        g_free(self->model);
        g_free(self->serial);
        g_free(self->hardware);
        g_free(self->kind);
        *self = (LwMachine){};
}

static bool is_filler(const char *text)
{
        /* "0", "00000000", "........", "xxxxxxxx", "****": one character, over and over */
        if (strchr("0.xX*-_# ?", text[0]) != NULL &&
                        strspn(text, (char[]){ text[0], '\0' }) == strlen(text))
                return true;
        for (size_t i = 0; i < G_N_ELEMENTS(fillers); i++)
                if (g_ascii_strcasecmp(text, fillers[i]) == 0)
                        return true;
        return false;
}

char *lw_machine_fact(const char *data, size_t length)
{
        g_autofree char *text = g_strndup(data, length);

        text[strcspn(text, "\n")] = '\0';
        g_strstrip(text);
        if (text[0] == '\0' || !g_utf8_validate(text, -1, NULL) || is_filler(text))
                return NULL;
        for (const char *c = text; *c != '\0'; c++)
                if (g_ascii_iscntrl(*c))
                        return NULL;
        return g_steal_pointer(&text);
}

const char *lw_machine_kind(unsigned chassis_type)
{
        static const char *const kinds[] = {
                [3] = "desktop",
                [4] = "low profile desktop",
                [5] = "pizza box",
                [6] = "mini tower",
                [7] = "tower",
                [8] = "portable",
                [9] = "laptop",
                [10] = "notebook",
                [11] = "handheld",
                [12] = "docking station",
                [13] = "all in one",
                [14] = "sub notebook",
                [15] = "space-saving computer",
                [16] = "lunch box",
                [17] = "main server chassis",
                [18] = "expansion chassis",
                [19] = "sub chassis",
                [20] = "bus expansion chassis",
                [21] = "peripheral chassis",
                [22] = "RAID chassis",
                [23] = "rack mount chassis",
                [24] = "sealed-case PC",
                [25] = "multi-system chassis",
                [26] = "compact PCI",
                [27] = "advanced TCA",
                [28] = "blade",
                [29] = "blade enclosure",
                [30] = "tablet",
                [31] = "convertible",
                [32] = "detachable",
                [33] = "IoT gateway",
                [34] = "embedded PC",
                [35] = "mini PC",
                [36] = "stick PC",
        };

        return chassis_type < G_N_ELEMENTS(kinds) ? kinds[chassis_type] : NULL;
}

/* The first fact that one of the files (a list that NULL ends) has, or NULL. */
static char *first_fact(int directory_fd, const char *const *paths)
{
        for (; *paths != NULL; paths++) {
                g_autoptr(GBytes) bytes = NULL;
                const char *data;
                size_t length;
                char *fact;

                if (lw_file_read(directory_fd, *paths, FACT_MAX, &bytes) < 0)
                        continue;
                data = g_bytes_get_data(bytes, &length);
                fact = data == NULL ? NULL : lw_machine_fact(data, length);
                if (fact != NULL)
                        return fact;
        }
        return NULL;
}

static char *serial_of_credentials(const char *directory)
{
        static const char *const names[] = { "dmi.product_serial", "dmi.board_serial",
                "dmi.chassis_serial" };

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                g_autofree char *path = g_build_filename(directory, names[i], NULL);
                char *fact = first_fact(AT_FDCWD, (const char *const[]){ path, NULL });

                if (fact != NULL)
                        return fact;
        }
        return NULL;
}

static char *kind_of_dmi(int root_fd)
{
        g_autofree char *type = first_fact(
                        root_fd, (const char *const[]){ "sys/class/dmi/id/chassis_type", NULL });
        guint64 number;

        if (type == NULL || !g_ascii_string_to_unsigned(type, 10, 0, UINT8_MAX, &number, NULL))
                return NULL;
        return g_strdup(lw_machine_kind((unsigned) number));
}

/* The device tree names its vendor only as the prefix of "raspberrypi,4-model-b". */
static char *vendor_of_device_tree(int root_fd)
{
        g_autofree char *compatible = first_fact(
                        root_fd, (const char *const[]){ "proc/device-tree/compatible", NULL });
        char *comma = compatible == NULL ? NULL : strchr(compatible, ',');

        if (comma == NULL || comma == compatible)
                return NULL;
        *comma = '\0';
        return g_steal_pointer(&compatible);
}

void lw_machine_read(LwMachine *self, int root_fd, const char *credentials)
{
        static const char *const vendors[] = { "sys/class/dmi/id/sys_vendor",
                "sys/class/dmi/id/board_vendor", "sys/class/dmi/id/chassis_vendor", NULL };
        static const char *const models[] = { "sys/class/dmi/id/product_name",
                "sys/class/dmi/id/board_name", "proc/device-tree/model", NULL };
        static const char *const serials[] = { "sys/class/dmi/id/product_serial",
                "sys/class/dmi/id/board_serial", "sys/class/dmi/id/chassis_serial",
                "proc/device-tree/serial-number", NULL };
        static const char *const versions[] = { "sys/class/dmi/id/product_version",
                "sys/class/dmi/id/board_version", NULL };

        lw_machine_clear(self);
        self->vendor = first_fact(root_fd, vendors);
        if (self->vendor == NULL)
                self->vendor = vendor_of_device_tree(root_fd);
        self->model = first_fact(root_fd, models);
        if (credentials != NULL)
                self->serial = serial_of_credentials(credentials);
        if (self->serial == NULL)
                self->serial = first_fact(root_fd, serials);
        self->hardware = first_fact(root_fd, versions);
        self->kind = kind_of_dmi(root_fd);
}

char *lw_machine_endpoint_of(sd_id128_t id)
{
        return g_strdup_printf("urn:uuid:" SD_ID128_UUID_FORMAT_STR, SD_ID128_FORMAT_VAL(id));
}

int lw_machine_endpoint(char **ret_endpoint)
{
        sd_id128_t id;
        int r = sd_id128_get_machine_app_specific(APPLICATION_ID, &id);

        if (r < 0)
                return r;
        *ret_endpoint = lw_machine_endpoint_of(id);
        return 0;
}
