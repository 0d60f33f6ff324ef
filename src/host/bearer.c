/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a network link is made of, as object 4 counts it. */
#include "host/bearer.h"

#include <linux/if_arp.h>
#include <string.h>

#include "io/file.h"

/* A VLAN on a bond below a bridge is three. */
#define DEPTH_MAX 4

/* bytes */
#define UEVENT_MAX 4096

/* Not in the C library's headers of every age. */
#ifndef ARPHRD_6LOWPAN
#define ARPHRD_6LOWPAN 825
#endif

static bool is_one_of(const char *word, const char *const *words)
{
        for (; *words != NULL; words++)
                if (strcmp(word, *words) == 0)
                        return true;
        return false;
}

/* Links that stand on others, or have ports. */
static bool is_stacked(const LwLink *link)
{
        static const char *const kinds[] = { "vlan", "macvlan", "macvtap", "ipvlan", "bridge",
                "bond", "team", NULL };

        return is_one_of(link->kind, kinds);
}

LwBearer lw_bearer(const LwLink *link, const char *devtype)
{
        static const char *const modems[] = { "wwan", "rmnet", NULL };

        if (link->is_loopback)
                return LW_BEARER_NONE;
        if (strcmp(devtype, "wwan") == 0 || is_one_of(link->kind, modems))
                return LW_BEARER_CELLULAR;
        /* The one virtual link that is a network card to whoever lives at its other end. */
        if (link->kind[0] != '\0' && strcmp(link->kind, "veth") != 0)
                return LW_BEARER_NONE;
        if (strcmp(devtype, "wlan") == 0)
                return LW_BEARER_WLAN;
        if (strcmp(devtype, "bluetooth") == 0)
                return LW_BEARER_BLUETOOTH;
        switch (link->hardware) {
        case ARPHRD_ETHER:
                return LW_BEARER_ETHERNET;
        case ARPHRD_IEEE802154:
        case ARPHRD_6LOWPAN:
                return LW_BEARER_IEEE802154;
        case ARPHRD_ATM:
                return LW_BEARER_DSL;
        default:
                return LW_BEARER_NONE;
        }
}

char *lw_bearer_devtype(const char *uevent)
{
        static const char key[] = "DEVTYPE=";
        g_auto(GStrv) lines = g_strsplit(uevent, "\n", -1);

        for (size_t i = 0; lines[i] != NULL; i++)
                if (g_str_has_prefix(lines[i], key))
                        return g_strdup(lines[i] + strlen(key));
        return g_strdup("");
}

static LwBearer read_bearer(const LwLink *link, int root_fd)
{
        g_autofree char *path = g_strdup_printf("sys/class/net/%s/uevent", link->name);
        g_autofree char *text = NULL, *devtype = NULL;
        g_autoptr(GBytes) bytes = NULL;
        const char *data = NULL;
        size_t length = 0;

        if (strchr(link->name, '/') == NULL && lw_file_read(root_fd, path, UEVENT_MAX, &bytes) >= 0)
                data = g_bytes_get_data(bytes, &length);
        text = g_strndup(data, length);
        devtype = lw_bearer_devtype(data == NULL ? "" : text);
        return lw_bearer(link, devtype);
}

static LwBearer look_below(const LwLinks *links, const LwLink *link, int root_fd, unsigned depth,
                const LwLink **ret_ground)
{
        const LwLink *lower = NULL;

        if (!is_stacked(link)) {
                *ret_ground = link;
                return read_bearer(link, root_fd);
        }
        if (depth >= DEPTH_MAX)
                return LW_BEARER_NONE;
        if (link->lower != 0 && link->lower != link->index && !link->is_elsewhere)
                lower = lw_links_find(links, link->lower);
        if (lower != NULL)
                return look_below(links, lower, root_fd, depth + 1, ret_ground);
        for (size_t i = 0; i < lw_links_count(links); i++) {
                const LwLink *port = lw_links_at(links, i);
                LwBearer bearer;

                if (port->master != link->index || !port->is_up || strcmp(port->kind, "veth") == 0)
                        continue;
                bearer = look_below(links, port, root_fd, depth + 1, ret_ground);
                if (bearer != LW_BEARER_NONE)
                        return bearer;
        }
        return LW_BEARER_NONE;
}

LwBearer lw_bearer_of(
                const LwLinks *links, const LwLink *link, int root_fd, const LwLink **ret_ground)
{
        *ret_ground = link;
        return look_below(links, link, root_fd, 0, ret_ground);
}
