/* A CoAP server and its clients without a network: what a stack does between them. */
#ifndef COAP_FIXTURE_H
#define COAP_FIXTURE_H

#include "fixture.h"

/* CoAP codes that lake.h has no name for. */
#define GET 1
#define PUT 3
#define CONTENT 69 /* 2.05 */
#define BAD_REQUEST 128
#define UNAUTHORIZED 129
#define METHOD_NOT_ALLOWED 133
#define TOO_LARGE 141
#define UNSUPPORTED_FORMAT 143
#define INTERNAL_ERROR 160
#define UNAVAILABLE 163

#define NONE LAKE_COAP_FORMAT_NONE
#define EDHOC LAKE_COAP_FORMAT_EDHOC
#define CID_EDHOC LAKE_COAP_FORMAT_CID_EDHOC
#define CHANGED LAKE_COAP_CODE_CHANGED

/* What lake.h lets out. */
struct outgoing {
    struct lake_coap_outgoing head;
    uint8_t payload[2048];
    size_t len;
};
#define OUTGOING(o) &(o)->head, (o)->payload, sizeof (o)->payload, &(o)->len

/* The other side's view of it; the pointers are those of o. */
struct lake_coap_incoming incoming(const struct outgoing *o);
/* A POST with a payload for the EDHOC resource. */
struct lake_coap_incoming post(const void *payload, size_t len);
/* The same from C_x in its CBOR form, and a message. */
struct lake_coap_incoming post_to(struct outgoing *store, const uint8_t *id, size_t id_len, const void *message,
                                  size_t len);
/* A response. */
struct outgoing answer_of(int32_t code, int32_t format, const void *payload, size_t len);

/* A server for both flows, who it may talk to, and what it told. */
struct coap {
    struct peers p; /* config_i: the clients', config_r: the server's */
    lake_coap_server *server;
    int32_t message_id;
    struct lake_coap_incoming last; /* request, with everything that names its datagram */
    struct outgoing first;          /* half's, which last points to */

    /* Of the events. */
    int established, failed, pending;
    lake_status status; /* of the last one that failed or is pending */
    char text[512], peer[64];
    uint8_t id[64];
    size_t id_len;
    lake_session *session;                /* of the last one that has one */
    struct lake_oscore_context context;   /* of the last one established */
    /* What the host does. */
    lake_status install;                                    /* answer to ESTABLISHED */
    void (*inside)(struct coap *, const struct lake_coap_event *); /* besides */
    int keep;                                               /* 1: does not free the session within the callback */
};

/* Configs of method 3 with suite 0, each with the other's credential pinned. Between
 * this and coap_server they can be changed. */
void coap_make(struct coap *c);
/* The server, in the place of the one that there was; its ids may be NULL. */
void coap_server(struct coap *c, lake_coap_ids *ids);
void coap_free(struct coap *c);
lake_status on_event(void *userdata, const struct lake_coap_event *event);
struct lake_coap_stats stats_of(struct coap *c);
/* Nothing is left of any run. */
void check_nothing_left(struct coap *c);

/* Gives the server a request in a new datagram, of "peer" if it says nothing else. */
void handle(struct coap *c, struct lake_coap_incoming request, struct outgoing *answer);
/* The last datagram once more: the answer is that of the first time. */
void repeat(struct coap *c, struct outgoing *answer);
/* Calls lake_coap_server_expire until n runs have expired. */
void wait_expired(struct coap *c, uint64_t n);

lake_coap_client *client_of(struct coap *c, int32_t role, lake_coap_ids *ids);
lake_session *session_of(lake_coap_client *client);
lake_status client_start(lake_coap_client *client, struct outgoing *request);
lake_status client_next(lake_coap_client *client, const struct outgoing *answer, struct outgoing *request);
int is_done(lake_coap_client *client);
/* Passes requests and answers until the client is done or fails, then with its last word. */
lake_status run(struct coap *c, lake_coap_client *client);
/* Up to the request with message_3 (forward flow), which is not sent yet. */
lake_coap_client *half(struct coap *c, struct outgoing *message_3);
/* The client is done, and has the context that the server told last. */
void check_same_context(struct coap *c, lake_coap_client *client);

/* An answer's code, Content-Format and error code; -1: the payload is no error message. */
void check_answer(const char *name, const struct outgoing *answer, int32_t code, int32_t format, int64_t error);

#endif
