/* request.h - a request of the CoAP clients, one at a time, and what came back. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <coap3/coap.h>

enum { ANSWER_MAX = 1 << 17, OPTION_MAX = 40 };

struct answer {
    int code;        /* 0: none came */
    int lost;        /* libcoap has given up */
    int unreachable; /* because nobody listens there */
    int count;       /* of answers: the first one, and notifications */
    int32_t format;  /* Content-Format, -1: none */
    size_t payload_len, echo_len, etag_len; /* options that are not there have none */
    uint8_t echo[OPTION_MAX], etag[OPTION_MAX];
    uint8_t payload[ANSWER_MAX];
};

/* What came to the last request. */
extern struct answer answer;

/* Gets libcoap to tell; once, before the first session. */
void request_init(coap_context_t *context);
/* Begins a request: the path and its options follow. */
coap_pdu_t *request_new(coap_session_t *session, coap_pdu_code_t method, const char *path);
/* Sends it, and waits as request_wait for one answer. */
int request_ask(coap_session_t *session, coap_pdu_t *request, void (*turn)(int milliseconds), int seconds);
/* Has turn work until so many answers came. Returns 1 if they did, whatever their code is. */
int request_wait(int count, void (*turn)(int milliseconds), int seconds);
/* Prints why the last request to a path has no answer that is of use. Returns 0. */
int request_failed(const char *method, const char *path);
/* Prints the payload, which somebody else wrote, as text. */
void request_print(void);

#endif
