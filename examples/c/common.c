#include "common.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* --- Addresses -------------------------------------------------------------------- */

size_t address_write(const coap_address_t *address, char text[ADDRESS_MAX], size_t *host_len)
{
    const struct in6_addr *ipv6 = &address->addr.sin6.sin6_addr;
    const int is_ipv4 = address->addr.sa.sa_family == AF_INET;
    const unsigned port = coap_address_get_port(address), scope = is_ipv4 ? 0 : address->addr.sin6.sin6_scope_id;
    char *end = text;
    size_t host;

    if (is_ipv4 || IN6_IS_ADDR_V4MAPPED(ipv6)) { /* which came over IPv4 to a socket for IPv6 */
        inet_ntop(AF_INET, is_ipv4 ? (const void *)&address->addr.sin.sin_addr : ipv6->s6_addr + 12, text, ADDRESS_MAX);
        end += strlen(text);
        host = strlen(text);
    } else {
        for (int i = 0; i < 16; i += 2)
            end += sprintf(end, "%c%02x%02x", i == 0 ? '[' : ':', ipv6->s6_addr[i], ipv6->s6_addr[i + 1]);
        if (scope != 0) /* of a link-local address, which others may have elsewhere */
            end += sprintf(end, "%%%u", scope);
        *end++ = ']';
        host = strlen("[2001:0db8:0000:0000");
    }
    if (host_len)
        *host_len = host;
    return (size_t)(end - text + sprintf(end, ":%u", port));
}

int address_read(coap_address_t *out, const char *host, uint16_t port, int family)
{
    char mapped[ADDRESS_MAX + 8], *scope;

    snprintf(mapped, sizeof mapped, "%s%s", family == AF_INET6 && !strchr(host, ':') ? "::ffff:" : "", host);
    scope = strchr(mapped, '%');
    if (scope)
        *scope++ = '\0';
    coap_address_init(out);
    if (inet_pton(AF_INET, mapped, &out->addr.sin.sin_addr) == 1) {
        out->size = sizeof out->addr.sin;
        out->addr.sin.sin_family = AF_INET;
    } else if (inet_pton(AF_INET6, mapped, &out->addr.sin6.sin6_addr) == 1) {
        out->size = sizeof out->addr.sin6;
        out->addr.sin6.sin6_family = AF_INET6;
        out->addr.sin6.sin6_scope_id = scope ? (uint32_t)strtoul(scope, NULL, 10) : 0;
    } else {
        return 0;
    }
    coap_address_set_port(out, port);
    return 1;
}

/* --- Telling ---------------------------------------------------------------------- */

int write_who(lake_credential *credential, char text[WHO_MAX])
{
    size_t len;

    if (lake_credential_text(credential, LAKE_TEXT_DESCRIPTION, text, WHO_MAX, &len) != LAKE_OK)
        strcpy(text, "somebody with a long name");
    CHECK(lake_credential_free(credential));
    return 1;
}

/* --- The end ---------------------------------------------------------------------- */

volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

/* The Go runtime in liblake asks for SA_ONSTACK in every handler of the process. */
void stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
