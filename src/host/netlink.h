/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of a netlink socket, read with no more trust than anything else from outside. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libmnl/libmnl.h>

/**
 * LwNetlink: what one read of a netlink socket gave, message by message.
 *
 * for (LwNetlink n = lw_netlink(data, length); (message = lw_netlink_next(&n)) != NULL;)
 *
 * Shape:  `data` is aligned as a message is. What is damaged ends it. Owns: nothing.
 */
typedef struct LwNetlink {
        const struct nlmsghdr *next;
        int left;
} LwNetlink;

static inline LwNetlink lw_netlink(const void *data, size_t length)
{
        return (LwNetlink){ data, length > INT32_MAX ? INT32_MAX : (int) length };
}

/*
 * Whether a whole message stands there. libmnl takes lengths from 2 GiB on for negative and so for
 * short, and reads behind the end of a message that is not padded; the kernel sends neither.
 */
static inline bool lw_netlink_is_message(const struct nlmsghdr *message, int left)
{
        return left >= (int) sizeof(*message) && message->nlmsg_len <= (uint32_t) left &&
               message->nlmsg_len % MNL_ALIGNTO == 0 && mnl_nlmsg_ok(message, left);
}

/** The next whole message, or NULL. */
static inline const struct nlmsghdr *lw_netlink_next(LwNetlink *self)
{
        const struct nlmsghdr *message = self->next;

        if (!lw_netlink_is_message(message, self->left))
                return NULL;
        self->next = mnl_nlmsg_next(message, &self->left);
        return message;
}

/** The header of a family behind that of netlink, `size` bytes; NULL: the message is shorter. */
static inline const void *lw_netlink_header(const struct nlmsghdr *message, size_t size)
{
        return mnl_nlmsg_get_payload_len(message) < size ? NULL : mnl_nlmsg_get_payload(message);
}

/** Whether the attribute has `size` bytes or more; then they are copied. */
static inline bool lw_netlink_copy(const struct nlattr *attribute, void *ret_data, size_t size)
{
        if (mnl_attr_get_payload_len(attribute) < size)
                return false;
        memcpy(ret_data, mnl_attr_get_payload(attribute), size);
        return true;
}
