/* probe.h - CoAP and runs of EDHOC by hand, one datagram after the other, so that a test decides
 * on every byte that it sends to a server on loopback. */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <lake.h>

#define EXPECT(condition)                                                                    \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);          \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

enum {
    GET = 1, POST = 2, PUT = 3,
    CHANGED = 0x44, CONTENT = 0x45, CONTINUE = 0x5f,
    BAD_REQUEST = 0x80, UNAUTHORIZED = 0x81, BAD_OPTION = 0x82, NO_METHOD = 0x85, INCOMPLETE = 0x88,
    TOO_LARGE = 0x8d, UNSUPPORTED_FORMAT = 0x8f
};
enum { URI_PATH = 11, CONTENT_FORMAT = 12, URI_QUERY = 15, EDHOC = 21, BLOCK2 = 23, BLOCK1 = 27, ECHO = 252 };
enum { NO_FORMAT = -1, FORMAT_EDHOC = 64, FORMAT_CID_EDHOC = 65 };

struct datagram {
    size_t len;
    uint8_t bytes[1500];
    int last; /* option */
};

/* --- CoAP ------------------------------------------------------------------------- */

/* The port of the server; each test has addresses of its own. */
void probe_start(const char *port);

/* A socket on a host of its own, as a server counts by both; or on the last one once more. */
int open_socket(void);
int open_socket_on_last_host(void);

/* Options go in the order of their numbers; blocks are of 1024 bytes. */
void add_option(struct datagram *d, int number, const void *value, size_t len);
void add_format(struct datagram *d, int format);
void add_block(struct datagram *d, int option, int block, int more);
void add_payload(struct datagram *d, const void *payload, size_t len);

/* A confirmable request, up to its path; folder may be NULL. */
struct datagram request(int code, const char *folder, const char *name);
/* A POST to the EDHOC resource. */
struct datagram post(int format, const void *payload, size_t len);
/* The same content in a datagram of its own. */
struct datagram anew(struct datagram d);
/* Sends it, and waits for the answer with its message id. */
struct datagram ask(int s, struct datagram d);

int code(const struct datagram *d);
int same(const struct datagram *a, const struct datagram *b);
/* The length and value of an option, or of the payload (number -1); 0: there is none. */
size_t part(const struct datagram *d, int number, const uint8_t **out);
size_t payload(const struct datagram *d, const uint8_t **out);
int is_empty(const struct datagram *d);
int is_error(const struct datagram *d);     /* an EDHOC error message, with code 1 */
int is_refusal(const struct datagram *d);   /* 4.00 with one */
int is_challenge(const struct datagram *d); /* asks to show Echo first */

/* --- EDHOC ------------------------------------------------------------------------ */

/* A run, with a peer of its own. */
struct run {
    int s;
    lake_session *session;
    struct datagram sent, answer; /* the last ones */
};

lake_session *new_session(int32_t role);
void send_it(struct run *run, struct datagram d);
/* Begins a run: with message_1, or without as Responder. Echo is shown if the server asks. */
struct run begin_at(int s, int32_t role);
struct run begin(int32_t role);
void end(struct run *run);
/* C_R or C_I of the server as it stands before a message; returns its length. */
size_t put_id(const struct run *run, uint8_t *body);
/* Something for the run of the server. */
struct datagram for_run(const struct run *run, const void *message, size_t len);
/* The message that answers the last answer: message_3, or message_2 as Responder. */
struct datagram next(struct run *run);

#endif
