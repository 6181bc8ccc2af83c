/* libcoap_edhoc.h - EDHOC on libcoap without an endpoint: lake_coap_server and lake_coap_client say
 * what to answer and what to send, and libcoap does it. Messages have to fit into one datagram each
 * way: what strangers send in blocks, libcoap would put together without bounds. */
#ifndef LIBCOAP_EDHOC_H
#define LIBCOAP_EDHOC_H

#include <coap3/coap.h>
#include <lake.h>

#include "options.h"

/* Adds the EDHOC resource of both flows. The server is the caller's to free. */
lake_coap_server *edhoc_serve(coap_context_t *context, const struct options *options, lake_coap_event_fn on_event);

/* Runs EDHOC with a server; with --discover it asks first where. Returns 1 if both sides have the
 * keys; else it has said why. */
int edhoc_run(lake_coap_client *client, coap_session_t *session, const struct options *options,
              void (*turn)(int milliseconds));

/* Says why there is no answer. Returns 0. */
int failed(const char *format, ...);

#endif
