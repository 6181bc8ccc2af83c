/* underlay.h - an endpoint of liblake between the network and libcoap:
 *     network  <-socket->  endpoint  <-socket on loopback->  libcoap
 * libcoap sees plain CoAP. To a server, each peer is an address of 127.0.0.0/8 with the peer's
 * number in the last three bytes; one socket has them all, as Linux lets it. */
#ifndef UNDERLAY_H
#define UNDERLAY_H

#include "common.h"

extern struct underlay {
    lake_endpoint *endpoint;   /* set by the caller */
    coap_context_t *coap;
    coap_session_t *session;   /* of a client with its server; else NULL */
    char address[ADDRESS_MAX]; /* of the server, on the network */
    int unreachable, failed;   /* nobody listens there; a run failed, which was told */
} underlay;

/* Makes libcoap and the sockets of a server, or of its client. Returns 0 if that cannot be. */
int underlay_open(const coap_address_t *address, int is_client);
/* Waits for something to do, but not longer than this, and does it. */
void underlay_turn(int milliseconds);
/* Who asks in a session of libcoap (hello_who_fn). Returns 0 for nobody who has authenticated. */
int underlay_who(const coap_session_t *session, const coap_string_t *query, coap_pdu_t *response, char who[WHO_MAX]);
void underlay_close(void); /* frees all of it, and the endpoint */

#endif
