/* server_runs.h - the runs of EDHOC that a server has under way or has just
 * finished. A bounded table: what is oldest makes room. */
#ifndef SERVER_RUNS_H
#define SERVER_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

#include "edhoc_coap.h"

enum {
    RUNS_MAX = 64,            /* in the table, half-open or finished */
    CONTEXTS_MAX = 4096,      /* OSCORE contexts, which libcoap never frees */
    HALF_OPEN_SECONDS = 60,   /* that message_3 may take */
    FINISHED_SECONDS = 247    /* EXCHANGE_LIFETIME of CoAP: so long a datagram may come again */
};

/* A request, as far as it takes to know it again. */
struct request {
    int later_block;  /* block 1, 2 ... of the body: if its datagram came before, the body may be lost */
    int answer_block; /* block 1, 2 ... of the answer is asked for */
    coap_address_t from;
    coap_mid_t mid;
    size_t token_len;
    uint8_t token[8];
    size_t len;
    uint8_t bytes[MESSAGE_MAX];
};

struct answer {
    coap_pdu_code_t code;
    size_t len; /* 0: no payload */
    uint8_t bytes[MESSAGE_MAX];
};

struct run {
    int number;            /* for people; 0 marks an empty place */
    lake_session *session; /* NULL when the run is over: its answer is kept, it does nothing more */
    int connection;        /* number of C_R */
    coap_tick_t since;     /* the last answer */
    struct request request;
    struct answer answer;
};

/* Puts a session with its connection identifier into the table. */
struct run *runs_add(lake_session *session, int connection);

/* Remembers what a run answered to a request. */
void runs_answered(struct run *run, const struct request *request, const struct answer *answer);

/* The session of a run is over. If a security context was made from it, its
 * connection identifier is never used again. */
void runs_finish(struct run *run, int keep_connection);

/* The run that has answered this request before: libcoap hands a datagram that
 * arrives twice to the handler twice. NULL: it is new. */
struct run *runs_repeated(const struct request *request);

/* The half-open run with a C_R; NULL if there is none. */
struct run *runs_find(const uint8_t *c_r, size_t len);

/* Takes a connection identifier that no half-open run and no security context
 * has, and that is not the peer's: one byte first, then two. Returns its number,
 * or -1 if there is none left. */
int connection_take(const uint8_t *peer_id, size_t peer_len);
void connection_release(int connection);
size_t connection_bytes(int connection, uint8_t id[2]);

/* Ends what is too old. */
void runs_expire(void);
void runs_clear(void);

#endif
