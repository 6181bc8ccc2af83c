/* server_sessions.h - how long libcoap keeps its sessions.
 *
 * For libcoap, a session is the traffic with one address and port. Its version
 * 4.3.4 spoils one with the first protected request: later ones that are not
 * protected get no answer, and yet they reach the handlers of resources with
 * COAP_RESOURCE_FLAGS_OSCORE_ONLY. So a session is given up once it has carried
 * something protected: libcoap forgets it when it was idle for a second. The others
 * have to be kept: messages in blocks would not arrive when a datagram is lost. */
#ifndef SERVER_SESSIONS_H
#define SERVER_SESSIONS_H

#include <coap3/coap.h>

/* Keeps every session of the context that begins from now on, until it is given
 * up or many newer ones have come. */
void sessions_keep(coap_context_t *context);
void sessions_give_up(const coap_session_t *session);
void sessions_clear(void);

#endif
