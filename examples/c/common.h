/* common.h - what the CoAP examples share beside their command line. */
#ifndef COMMON_H
#define COMMON_H

#include <signal.h>
#include <stddef.h>

#include <coap3/coap.h>
#include <lake.h>

#define EDHOC_PATH ".well-known/edhoc"

enum { ADDRESS_MAX = 80, WHO_MAX = 160 };

/* Writes an address and port as liblake reads them: 192.0.2.7:5683 or, with all groups, so that
 * the network of an IPv6 address comes first, [2001:0db8:...:0007]:5683. *host_len are the bytes
 * that name the host, which may have all 2^64 addresses of a network; NULL: nobody asks. Returns
 * the length. */
size_t address_write(const coap_address_t *address, char text[ADDRESS_MAX], size_t *host_len);
/* Reads a numeric address, such as 192.0.2.7 or fe80::7%2; for a socket of AF_INET6 an IPv4 one
 * becomes one of that family, AF_UNSPEC leaves it. Returns 0 if it is none. */
int address_read(coap_address_t *out, const char *host, uint16_t port, int family);

/* Whose a credential is, such as "CN=sensor-7, P-256 key ea99c326"; frees it. Returns 1. */
int write_who(lake_credential *credential, char text[WHO_MAX]);

/* Is 1 after SIGINT and SIGTERM, once stop_on_signals was called. */
extern volatile sig_atomic_t stopped;
void stop_on_signals(void);

#endif
