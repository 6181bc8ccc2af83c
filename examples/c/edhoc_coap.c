#include "edhoc_coap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

/* --- Messages ------------------------------------------------------------------- */

/* Names a peer by address and port. All groups of an IPv6 address are written, so that the
 * network comes first, in as many bytes for everybody: one host may have all its 2^64
 * addresses. What came over IPv4 to a socket for IPv6 has its IPv4 address. */
static void name_peer(struct edhoc_message *out, const coap_address_t *address)
{
    const struct in6_addr *ipv6 = &address->addr.sin6.sin6_addr;
    const int is_ipv4 = address->addr.sa.sa_family == AF_INET;
    const unsigned port = coap_address_get_port(address);

    if (is_ipv4 || IN6_IS_ADDR_V4MAPPED(ipv6)) {
        inet_ntop(AF_INET, is_ipv4 ? (const void *)&address->addr.sin.sin_addr : ipv6->s6_addr + 12, out->peer,
                  sizeof out->peer);
        out->in.host_len = strlen(out->peer);
        sprintf(out->peer + out->in.host_len, ":%u", port);
    } else {
        char *text = out->peer;
        for (int i = 0; i < 16; i += 2)
            text += sprintf(text, "%c%02x%02x", i == 0 ? '[' : ':', ipv6->s6_addr[i], ipv6->s6_addr[i + 1]);
        text += sprintf(text, "]:%u", port);
        if (address->addr.sin6.sin6_scope_id != 0) /* of a link-local address, which others may have elsewhere */
            sprintf(text, "%%%u", (unsigned)address->addr.sin6.sin6_scope_id);
        out->in.host_len = strlen("[2001:0db8:0000:0000");
    }
    out->in.peer_len = strlen(out->peer);
}

int edhoc_read(struct edhoc_message *out, const coap_session_t *session, const coap_pdu_t *pdu)
{
    const coap_bin_const_t token = coap_pdu_get_token(pdu);
    coap_opt_iterator_t iterator;
    const coap_opt_t *format = coap_check_option(pdu, COAP_OPTION_CONTENT_FORMAT, &iterator);
    const coap_opt_t *echo = coap_check_option(pdu, COAP_OPTION_ECHO, &iterator);
    const uint8_t *payload;
    size_t len, offset, total;

    if (!coap_get_data_large(pdu, &len, &payload, &offset, &total))
        len = offset = 0;
    if (offset > sizeof out->payload || len > sizeof out->payload - offset || token.length > sizeof out->token)
        return 0;

    out->in = (struct lake_coap_incoming){
        .struct_size = sizeof out->in,
        .code = coap_pdu_get_code(pdu),
        .format = LAKE_COAP_FORMAT_NONE,
        .payload = out->payload,
        .payload_len = offset + len,
        .message_id = coap_pdu_get_mid(pdu),
        .token = out->token,
        .token_len = token.length,
        .peer = (const uint8_t *)out->peer,
    };
    name_peer(out, coap_session_get_addr_remote(session));
    if (len > 0)
        memcpy(out->payload + offset, payload, len);
    if (token.length > 0)
        memcpy(out->token, token.s, token.length);
    if (format)
        out->in.format = (int32_t)coap_decode_var_bytes(coap_opt_value(format), coap_opt_length(format));
    if (echo && coap_opt_length(echo) <= sizeof out->echo) {
        out->in.echo = out->echo;
        out->in.echo_len = coap_opt_length(echo);
        memcpy(out->echo, coap_opt_value(echo), out->in.echo_len);
    }
    return 1;
}

/* --- OSCORE ----------------------------------------------------------------------- */

coap_oscore_conf_t *edhoc_oscore(lake_session *session)
{
    char conf[1024];
    size_t len;

    if (lake_session_oscore_libcoap_conf(session, conf, sizeof conf, &len) != LAKE_OK)
        return NULL;
    coap_oscore_conf_t *parsed =
        coap_new_oscore_conf((coap_str_const_t){len, (const uint8_t *)conf}, NULL, NULL, 0);
    lake_wipe(conf, sizeof conf);
    return parsed;
}

/* --- Telling ---------------------------------------------------------------------- */

void edhoc_peer(lake_session *session, char text[WHO_MAX])
{
    lake_credential *credential;
    size_t len;

    CHECK(lake_session_peer_credential(session, &credential));
    if (lake_credential_text(credential, LAKE_TEXT_DESCRIPTION, text, WHO_MAX, &len) != LAKE_OK)
        strcpy(text, "somebody with a long name");
    CHECK(lake_credential_free(credential));
}

void edhoc_keys(lake_session *session, char text[KEYS_MAX])
{
    uint8_t bytes[(KEYS_MAX - 1) / 2];

    /* A label for private use, with which nothing but this is exported. */
    CHECK(lake_session_export(session, 32771, NULL, 0, bytes, sizeof bytes));
    edhoc_hex(text, bytes, sizeof bytes);
}

void edhoc_hex(char *text, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
    text[2 * len] = '\0';
}

void edhoc_dump(const uint8_t *bytes, size_t len)
{
    printf("      ");
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    putchar('\n');
}
