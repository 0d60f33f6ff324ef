/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What nl80211 tells of WLAN interfaces and of the access point that each is associated with. */
#include "host/nl80211.h"

#include <linux/genetlink.h>
#include <linux/nl80211.h>

#include "host/netlink.h"
#include "model/limits.h"

/* kbit/s: the unit of a bit rate there */
#define RATE_UNIT 100

uint16_t lw_nl80211_family(const void *data, size_t length)
{
        LwNetlink messages = lw_netlink(data, length);
        const struct nlmsghdr *message;
        const struct nlattr *attribute;
        uint16_t id = 0;

        while ((message = lw_netlink_next(&messages)) != NULL) {
                if (message->nlmsg_type != GENL_ID_CTRL ||
                                lw_netlink_header(message, GENL_HDRLEN) == NULL)
                        continue;
                mnl_attr_for_each(attribute, message, GENL_HDRLEN)
                {
                        if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
                                lw_netlink_copy(attribute, &id, sizeof(id));
                }
        }
        return id;
}

static LwWlan *find(GArray *wlans, uint32_t link)
{
        for (guint i = 0; i < wlans->len; i++)
                if (g_array_index(wlans, LwWlan, i).link == link)
                        return &g_array_index(wlans, LwWlan, i);
        return NULL;
}

static void take_interface(GArray *wlans, const struct nlmsghdr *message)
{
        const struct nlattr *attribute;
        LwWlan wlan = {};
        uint32_t type = NL80211_IFTYPE_UNSPECIFIED;

        mnl_attr_for_each(attribute, message, GENL_HDRLEN)
        {
                if (mnl_attr_get_type(attribute) == NL80211_ATTR_IFINDEX)
                        lw_netlink_copy(attribute, &wlan.link, sizeof(wlan.link));
                else if (mnl_attr_get_type(attribute) == NL80211_ATTR_IFTYPE)
                        lw_netlink_copy(attribute, &type, sizeof(type));
        }
        if (wlan.link != 0 &&
                        (type == NL80211_IFTYPE_STATION || type == NL80211_IFTYPE_P2P_CLIENT) &&
                        find(wlans, wlan.link) == NULL && wlans->len < LW_HOST_WLANS_MAX)
                g_array_append_val(wlans, wlan);
}

static uint32_t read_rate(const struct nlattr *info)
{
        const struct nlattr *attribute;
        uint32_t wide = 0;
        uint16_t narrow = 0;

        mnl_attr_for_each_nested(attribute, info)
        {
                if (mnl_attr_get_type(attribute) == NL80211_RATE_INFO_BITRATE32)
                        lw_netlink_copy(attribute, &wide, sizeof(wide));
                else if (mnl_attr_get_type(attribute) == NL80211_RATE_INFO_BITRATE)
                        lw_netlink_copy(attribute, &narrow, sizeof(narrow));
        }
        if (wide == 0)
                wide = narrow;
        return wide > UINT32_MAX / RATE_UNIT ? 0 : wide * RATE_UNIT;
}

static void read_station(const struct nlattr *info, LwWlan *wlan)
{
        const struct nlattr *attribute;
        int8_t last = 0, average = 0;

        mnl_attr_for_each_nested(attribute, info)
        {
                switch (mnl_attr_get_type(attribute)) {
                case NL80211_STA_INFO_SIGNAL:
                        lw_netlink_copy(attribute, &last, sizeof(last));
                        break;
                case NL80211_STA_INFO_SIGNAL_AVG:
                        lw_netlink_copy(attribute, &average, sizeof(average));
                        break;
                case NL80211_STA_INFO_TX_BITRATE:
                        wlan->rate_kbit = read_rate(attribute);
                        break;
                }
        }
        wlan->signal_dbm = average != 0 ? average : last;
        wlan->has_signal = wlan->signal_dbm != 0; /* 0 dBm is what drivers say that have none */
}

static void take_station(GArray *wlans, const struct nlmsghdr *message)
{
        const struct nlattr *attribute, *info = NULL;
        uint32_t link = 0;
        LwWlan *wlan;

        mnl_attr_for_each(attribute, message, GENL_HDRLEN)
        {
                if (mnl_attr_get_type(attribute) == NL80211_ATTR_IFINDEX)
                        lw_netlink_copy(attribute, &link, sizeof(link));
                else if (mnl_attr_get_type(attribute) == NL80211_ATTR_STA_INFO)
                        info = attribute;
        }
        wlan = find(wlans, link);
        if (wlan != NULL && info != NULL)
                read_station(info, wlan);
}

bool lw_nl80211_take(GArray *wlans, uint16_t family, const void *data, size_t length)
{
        LwNetlink messages = lw_netlink(data, length);
        const struct nlmsghdr *message;
        bool ended = false;

        while ((message = lw_netlink_next(&messages)) != NULL) {
                const struct genlmsghdr *header = lw_netlink_header(message, GENL_HDRLEN);

                if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
                        ended = true;
                else if (message->nlmsg_type != family || header == NULL)
                        continue;
                else if (header->cmd == NL80211_CMD_NEW_INTERFACE)
                        take_interface(wlans, message);
                else if (header->cmd == NL80211_CMD_NEW_STATION)
                        take_station(wlans, message);
        }
        return ended;
}
