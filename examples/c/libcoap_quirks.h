/* libcoap_quirks.h - what libcoap 4.3.4 keeps to itself or forgets, and what the
 * examples do about it. None of this is part of EDHOC. */
#ifndef LIBCOAP_QUIRKS_H
#define LIBCOAP_QUIRKS_H

#include <coap3/coap.h>
#include <lake.h>

#include "edhoc_coap.h"

/* Two values that only the ends of a session can know, and that travel only under
 * OSCORE: a handler is not told in which security context a request came, so the
 * client shows its ticket; and a client gets an unprotected response to a protected
 * request as if it were protected, so the server adds a receipt. */
enum {
    TICKET_MAX = 2 * 16 + 1, /* in hexadecimal, as the query */
    RECEIPT_SIZE = 8         /* as the ETag */
};
void quirks_ticket(lake_session *session, char ticket[TICKET_MAX]);
void quirks_receipt(lake_session *session, uint8_t receipt[RECEIPT_SIZE]);

/* For libcoap, a session is the traffic with one address and port. The first
 * protected request spoils one: later ones that are not protected get no answer, and
 * yet they reach the handlers of resources with COAP_RESOURCE_FLAGS_OSCORE_ONLY. So a
 * session is given up once it has carried something protected: libcoap forgets it
 * when it was idle for a second. The others are kept, until many newer ones have
 * come: or messages in blocks would not arrive when a datagram is lost. */
void quirks_keep_sessions(coap_context_t *context);
void quirks_give_up(const coap_session_t *session);
void quirks_clear(void);

/* Reads a request for liblake. NULL: it is not complete, or too large; *refusal is the
 * code to answer with.
 *
 * Bodies in blocks are put together here: libcoap, if told to do it
 * (COAP_BLOCK_SINGLE_BODY), takes up to 1 GiB from anybody. And liblake knows a request
 * that came before, libcoap does not: when the last block of a body comes again, or a
 * block of the answer is asked for that libcoap has forgotten, this gives the request
 * that was read before in the session. */
const struct lake_coap_incoming *quirks_read(const coap_session_t *session, const coap_pdu_t *pdu,
                                             coap_pdu_code_t *refusal);

/* Says in a response to the last block of a request which block that was (RFC 7959 section
 * 2.3). libcoap does it for the others. */
void quirks_acknowledge(const coap_session_t *session, const coap_pdu_t *pdu, coap_pdu_t *response);

/* Adds a copy of a payload to a request, which libcoap sends in blocks, if need be: it may do so
 * when the client has long given up. Returns 0 without memory. */
int quirks_add_request_payload(coap_session_t *session, coap_pdu_t *pdu, const uint8_t *payload, size_t len);

/* Adds a payload to a response, which libcoap sends in blocks, if need be. Their ETag
 * comes from the payload. libcoap would count upwards instead, and the client would not
 * know that blocks belong together when its request came again between them; when it
 * has forgotten the answer, it leaves the ETag out. Returns 0 without memory. */
int quirks_add_payload(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                       const coap_string_t *query, coap_pdu_t *response, int32_t format, const uint8_t *payload,
                       size_t len);

#endif
