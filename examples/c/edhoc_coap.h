/* edhoc_coap.h - what client and server share: messages between libcoap and liblake,
 * OSCORE contexts, and telling about them. */
#ifndef EDHOC_COAP_H
#define EDHOC_COAP_H

#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

#define EDHOC_PATH ".well-known/edhoc"

enum {
    MESSAGE_MAX = 4096,             /* bytes of an EDHOC message that is accepted here */
    ID_MAX = 7,                     /* of a connection identifier, for OSCORE with AES-CCM */
    PAYLOAD_MAX = MESSAGE_MAX + 1 + ID_MAX,
    WHO_MAX = 160,                  /* edhoc_peer */
    KEYS_MAX = 17,                  /* edhoc_keys */
    WHY_MAX = 301                   /* lake_coap_client_error_text */
};

/* A request or response as liblake takes it, with what it points to. */
struct edhoc_message {
    struct lake_coap_incoming in;
    char peer[64]; /* address and port, as text */
    uint8_t token[8];
    uint8_t echo[40];
    uint8_t payload[PAYLOAD_MAX];
};

/* Copies a message that libcoap received. A block of a body goes to its place: it is the
 * end of the payload, and what is before stays. Returns 0 if that is too large. */
int edhoc_read(struct edhoc_message *out, const coap_session_t *session, const coap_pdu_t *pdu);

/* The OSCORE context of a session for libcoap, which frees it. NULL: the suite has
 * algorithms that libcoap does not. */
coap_oscore_conf_t *edhoc_oscore(lake_session *session);

/* Who the peer is, once it is authenticated: its name if it has one and the start of
 * its public key, such as "CN=sensor-7, P-256 key ea99c326". */
void edhoc_peer(lake_session *session, char text[WHO_MAX]);

/* A fingerprint of the keys: both ends have the same one. It is not secret. */
void edhoc_keys(lake_session *session, char text[KEYS_MAX]);

/* Writes bytes in hexadecimal to text, which has room for 2 * len + 1. */
void edhoc_hex(char *text, const uint8_t *bytes, size_t len);

/* Prints bytes in hexadecimal, on a line of their own. */
void edhoc_dump(const uint8_t *bytes, size_t len);

#endif
