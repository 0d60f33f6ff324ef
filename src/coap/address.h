/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of sockets: from text, to text, of an interface. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <coap3/coap.h>

/** "192.0.2.1" or "2001:db8::1", also with a zone ("fe80::1%eth0"); false for a name. */
bool lw_address_parse(const char *host, uint16_t port, coap_address_t *ret_address);
/** "192.0.2.1:5683" or "[2001:db8::1]:5683"; IPv4 in IPv6 shows as IPv4. Caller frees. */
char *lw_address_text(const coap_address_t *address);
/** Whether both are of one family and have the same address and port. */
bool lw_address_equal(const coap_address_t *a, const coap_address_t *b);
/** The address that leaves the choice to the system. `family` is AF_INET or AF_INET6. */
void lw_address_any(int family, uint16_t port, coap_address_t *ret_address);

/**
 * An address of this interface from which `remote` can be reached: of its family, and of its scope,
 * if the interface has one such. False when there is none.
 */
bool lw_address_of_interface(const char *interface, const coap_address_t *remote, uint16_t port,
                coap_address_t *ret_address);
