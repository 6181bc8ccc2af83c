/* hello.h - what the CoAP servers have: /hello, a greeting that clients read, observe and
 * replace; and a link to their EDHOC resource in /.well-known/core. */
#ifndef HELLO_H
#define HELLO_H

#include <coap3/coap.h>

#include "common.h"

/* Writes who asks; it may add to the response. Returns 0 if that is not known. */
typedef int (*hello_who_fn)(const coap_session_t *session, const coap_string_t *query, coap_pdu_t *response,
                            char who[WHO_MAX]);

/* Adds /hello. Without a name nobody changes it or reads it; but with
 * COAP_RESOURCE_FLAGS_OSCORE_ONLY, where nobody can tell, a read gets a greeting for nobody. */
void hello_add(coap_context_t *context, int resource_flags, hello_who_fn who);

/* Adds the EDHOC resource of both flows, with a link that says what a server with this config
 * does; handler may be NULL. */
void hello_add_edhoc(coap_context_t *context, lake_config *config, int combined, coap_method_handler_t handler);

#endif
