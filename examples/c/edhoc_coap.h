/* edhoc_coap.h - what client and server need to carry EDHOC in CoAP
 * (RFC 9528 appendix A.2), and to tell about it. */
#ifndef EDHOC_COAP_H
#define EDHOC_COAP_H

#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

#define EDHOC_PATH ".well-known/edhoc"

/* Content-Formats: messages of a client start with a connection identifier, or
 * with EDHOC_NEW for message_1; those of a server are as they are. */
enum { FORMAT_NONE = -1, FORMAT_EDHOC = 64, FORMAT_CID_EDHOC = 65 };
enum { EDHOC_NEW = 0xf5 /* CBOR true */ };

enum {
    MESSAGE_MAX = 4096, /* bytes of a message that is sent or accepted here */
    ID_MAX = 7,         /* bytes of a connection identifier, for OSCORE with AES-CCM */
    WHO_MAX = 160,      /* edhoc_peer */
    WHY_MAX = 301,      /* lake_session_error_text */
    TICKET_SIZE = 16,   /* sent in hexadecimal, as the query */
    RECEIPT_SIZE = 8    /* sent as the ETag */
};

/* Writes a connection identifier as in section 3.3.2: a byte string, unless its
 * only byte is the encoding of an integer from -24 to 23: then as this integer.
 * Returns its length, id_len + 1 at most. */
size_t edhoc_put_id(uint8_t *out, const uint8_t *id, size_t id_len);

/* Reads one from the start of in. Returns the bytes that it takes there, 0 if
 * there is none of at most ID_MAX bytes. */
size_t edhoc_get_id(const uint8_t *in, size_t in_len, const uint8_t **id, size_t *id_len);

/* Whether this is an EDHOC error message. */
int edhoc_is_error(const uint8_t *message, size_t len);

/* The Content-Format of a request or response, or FORMAT_NONE. */
int edhoc_content_format(const coap_pdu_t *pdu);

/* Two values that only the ends of a session can know, and that travel only under
 * OSCORE. They make up for what libcoap (4.3.4) keeps to itself: a handler is not
 * told in which security context a request came, so the client shows its ticket;
 * and a client gets an unprotected response to a protected request as if it were
 * protected, so the server adds a receipt. */
void edhoc_ticket(lake_session *session, char ticket[2 * TICKET_SIZE + 1]);
void edhoc_receipt(lake_session *session, uint8_t receipt[RECEIPT_SIZE]);

/* Who the peer is, once it is authenticated: its name if it has one and the start of
 * its public key, such as "CN=sensor-7, P-256 key ea99c326". */
void edhoc_peer(lake_session *session, char text[WHO_MAX]);

/* Prints bytes in hexadecimal, on a line of their own. */
void edhoc_dump(const uint8_t *bytes, size_t len);

/* Writes bytes in hexadecimal to text, which has room for 2 * len + 1. */
void edhoc_hex(char *text, const uint8_t *bytes, size_t len);

#endif
