/* test_probe.c <port> - asks a running edhoc_server on loopback what a well-behaved
 * client never does: repeated datagrams, replays, nonsense, floods. It makes its
 * CoAP by hand, one datagram after the other, so it decides on every byte.
 * See test.sh. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <lake.h>

#include "check.h"
#include "demo_credentials.h"

#define EXPECT(condition)                                                                    \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "test_probe.c:%d: not so: %s\n", __LINE__, #condition);          \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

enum { GET = 1, POST = 2, CHANGED = 0x44, BAD_REQUEST = 0x80, UNAUTHORIZED = 0x81, UNSUPPORTED_FORMAT = 0x8f };
enum { NO_FORMAT = -1, EDHOC = 64, CID_EDHOC = 65 };

struct datagram {
    size_t len;
    uint8_t bytes[1500];
};

static int server;
static uint16_t last_mid = 1000;

/* --- CoAP by hand --------------------------------------------------------------- */

static size_t option(uint8_t *out, int delta, const void *value, size_t len)
{
    out[0] = (uint8_t)(delta << 4 | (len < 13 ? len : 13));
    if (len < 13)
        return memcpy(out + 1, value, len), 1 + len;
    out[1] = (uint8_t)(len - 13);
    return memcpy(out + 2, value, len), 2 + len;
}

/* A confirmable request with a new message id, which is its token, too. */
static struct datagram request(int code, const char *path[2], int format, const void *payload, size_t len)
{
    struct datagram d = {0};
    uint16_t mid = ++last_mid;
    uint8_t head[6] = {0x42, (uint8_t)code, mid >> 8, mid & 0xff, mid >> 8, mid & 0xff}, cf = (uint8_t)format;
    int delta = 11; /* Uri-Path */

    memcpy(d.bytes, head, d.len = sizeof head);
    for (int i = 0; i < 2 && path[i]; i++, delta = 0)
        d.len += option(d.bytes + d.len, delta, path[i], strlen(path[i]));
    if (format != NO_FORMAT)
        d.len += option(d.bytes + d.len, 1, &cf, 1); /* Content-Format */
    if (len > 0) {
        d.bytes[d.len++] = 0xff;
        memcpy(d.bytes + d.len, payload, len);
        d.len += len;
    }
    return d;
}

static struct datagram post(int format, const void *payload, size_t len)
{
    return request(POST, (const char *[2]){".well-known", "edhoc"}, format, payload, len);
}

static struct datagram ask(struct datagram d)
{
    struct datagram reply;

    ssize_t len;

    EXPECT(send(server, d.bytes, d.len, 0) == (ssize_t)d.len);
    do { /* until the message id is that of the request */
        len = recv(server, reply.bytes, sizeof reply.bytes, 0);
        EXPECT(len >= 4);
    } while (memcmp(reply.bytes + 2, d.bytes + 2, 2) != 0);
    reply.len = (size_t)len;
    return reply;
}

static int code(const struct datagram *d)
{
    return d->bytes[1];
}

static int same(const struct datagram *a, const struct datagram *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* The payload; no option of the server is longer than 12 bytes, with a delta of 14 or more. */
static size_t payload(const struct datagram *d, const uint8_t **out)
{
    size_t at = 4 + (d->bytes[0] & 0x0f); /* after head and token */

    while (at < d->len && d->bytes[at] != 0xff)
        at += 1 + (d->bytes[at] >> 4 == 13) + (d->bytes[at] & 0x0f);
    *out = d->bytes + at + 1;
    return at < d->len ? d->len - at - 1 : 0;
}

static int is_error(const struct datagram *d)
{
    const uint8_t *bytes;
    size_t len = payload(d, &bytes), text;
    int64_t error;

    return len > 0 && lake_error_parse(bytes, len, &error, NULL, 0, &text) != LAKE_ERR_MALFORMED;
}

/* --- EDHOC ---------------------------------------------------------------------- */

static lake_session *new_client(void)
{
    lake_config *config;
    lake_session *session;

    CHECK(lake_config_new(&config));
    demo_add_own(config, &demo_client[DEMO_P256]);
    demo_add_peer(config, &demo_server[DEMO_P256]);
    CHECK(lake_session_new(config, LAKE_INITIATOR, &session));
    CHECK(lake_config_free(config));
    return session;
}

static struct datagram message_1(lake_session *session)
{
    uint8_t body[256] = {0xf5};
    size_t len;

    CHECK(lake_session_step(session, NULL, 0, body + 1, sizeof body - 1, &len));
    return post(CID_EDHOC, body, 1 + len);
}

/* C_R as it stands before a message. The server gives out one byte, then two. */
static size_t put_c_r(lake_session *session, uint8_t *body)
{
    uint8_t c_r[2];
    size_t len;

    CHECK(lake_session_peer_connection_id(session, c_r, sizeof c_r, &len));
    if (len == 2)
        *body++ = 0x42;
    memcpy(body, c_r, len);
    return len == 2 ? 3 : 1;
}

static struct datagram message_3(lake_session *session, const struct datagram *reply)
{
    uint8_t message[256], body[256];
    const uint8_t *bytes;
    size_t n = payload(reply, &bytes), len, prefix;

    CHECK(lake_session_step(session, bytes, n, message, sizeof message, &len));
    prefix = put_c_r(session, body);
    memcpy(body + prefix, message, len);
    return post(CID_EDHOC, body, prefix + len);
}

/* --- What is tried -------------------------------------------------------------- */

static void repeated_datagrams(void)
{
    lake_session *session = new_client();
    struct datagram first = message_1(session), reply = ask(first), again = ask(first);

    EXPECT(code(&reply) == CHANGED && same(&reply, &again));
    struct datagram third = message_3(session, &reply), done = ask(third), done_again = ask(third);
    EXPECT(code(&done) == CHANGED && same(&done, &done_again));

    /* The same message_3 in a request of its own: a replay. */
    struct datagram replay = third;
    replay.bytes[3] ^= 0x80;
    replay.bytes[5] ^= 0x80;
    struct datagram refused = ask(replay);
    EXPECT(code(&refused) == BAD_REQUEST && is_error(&refused));
    done_again = ask(third);
    EXPECT(same(&done, &done_again));
    CHECK(lake_session_free(session));
    puts("repeated datagrams get the same answer, a replay of message_3 gets an error");
}

static void interleaved(void)
{
    enum { N = 8 };
    lake_session *sessions[N];
    struct datagram replies[N];

    for (int i = 0; i < N; i++) {
        sessions[i] = new_client();
        replies[i] = ask(message_1(sessions[i]));
        EXPECT(code(&replies[i]) == CHANGED);
    }
    for (int i = N - 1; i >= 0; i--) {
        struct datagram done = ask(message_3(sessions[i], &replies[i]));
        EXPECT(code(&done) == CHANGED);
        CHECK(lake_session_free(sessions[i]));
    }
    printf("%d interleaved runs, the last one first\n", N);
}

static void errors_and_nonsense_in_a_run(void)
{
    static const uint8_t error[] = {0x01, 0x63, 'w', 'h', 'y'};
    lake_session *session = new_client();
    struct datagram reply = ask(message_1(session)), third = message_3(session, &reply), answer;
    uint8_t body[64];
    size_t prefix = put_c_r(session, body);

    /* Nonsense does not end the run. */
    memset(body + prefix, 0xff, 20);
    answer = ask(post(CID_EDHOC, body, prefix + 20));
    EXPECT(code(&answer) == BAD_REQUEST);
    answer = ask(third);
    EXPECT(code(&answer) == CHANGED);
    CHECK(lake_session_free(session));

    /* An error message does, and gets no error message in return. */
    session = new_client();
    reply = ask(message_1(session));
    third = message_3(session, &reply);
    prefix = put_c_r(session, body);
    memcpy(body + prefix, error, sizeof error);
    answer = ask(post(CID_EDHOC, body, prefix + sizeof error));
    EXPECT(code(&answer) == CHANGED && !is_error(&answer));
    answer = ask(third);
    EXPECT(code(&answer) == BAD_REQUEST && is_error(&answer));
    answer = ask(post(CID_EDHOC, body, prefix + sizeof error));
    EXPECT(code(&answer) == BAD_REQUEST && !is_error(&answer));

    /* A message_3 that was changed on the way ends it, too. */
    CHECK(lake_session_free(session));
    session = new_client();
    reply = ask(message_1(session));
    third = message_3(session, &reply);
    third.bytes[third.len - 1] ^= 1;
    answer = ask(third);
    EXPECT(code(&answer) == BAD_REQUEST && is_error(&answer));
    CHECK(lake_session_free(session));
    puts("nonsense does not end a run, an error message and a wrong message_3 do");
}

static void garbage(void)
{
    static const struct { size_t len; uint8_t bytes[8]; } bodies[] = {
        {0, {0}}, {1, {0xf5}}, {1, {0xff}}, {1, {0x05}}, {1, {0x42}}, {3, {0x41, 0x05, 0x00}},
        {3, {0xf5, 0x00, 0x00}}, {5, {0xf5, 0x03, 0x02, 0x41, 0x00}}, {8, {0xf6, 1, 2, 3, 4, 5, 6, 7}},
        {4, {0x58, 0xff, 0x00, 0x00}}, {8, {0x5f, 0x41, 0, 0x41, 0, 0xff, 0, 0}}, {2, {0xf5, 0xf5}},
    };
    uint8_t body[1024];
    struct datagram answer;

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        answer = ask(post(CID_EDHOC, bodies[i].bytes, bodies[i].len));
        EXPECT(code(&answer) == BAD_REQUEST);
    }
    srand(1); /* always the same nonsense */
    for (int i = 0; i < 500; i++) {
        size_t len = 1 + (size_t)rand() % (sizeof body - 1);
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        if (i % 2)
            body[0] = 0xf5;
        answer = ask(post(i % 3 ? CID_EDHOC : NO_FORMAT, body, len));
        EXPECT(code(&answer) == BAD_REQUEST);
    }
    for (int i = 0; i < 500; i++) { /* not even CoAP: answered or not */
        if (i % 50 == 0) { /* and not faster than the server can read */
            answer = ask(request(GET, (const char *[2]){"hello", NULL}, NO_FORMAT, NULL, 0));
            EXPECT(code(&answer) == UNAUTHORIZED);
        }
        size_t len = (size_t)rand() % 64;
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        EXPECT(send(server, body, len, 0) == (ssize_t)len);
    }
    puts("garbage gets 4.00");
}

static void wrong_requests(void)
{
    lake_session *session = new_client();
    struct datagram first = message_1(session), answer;
    const uint8_t *body;
    size_t len = payload(&first, &body);

    answer = ask(post(EDHOC, body, len));
    EXPECT(code(&answer) == UNSUPPORTED_FORMAT);
    answer = ask(post(0, body, len));
    EXPECT(code(&answer) == UNSUPPORTED_FORMAT);
    answer = ask(request(GET, (const char *[2]){"hello", NULL}, NO_FORMAT, NULL, 0));
    EXPECT(code(&answer) == UNAUTHORIZED);
    CHECK(lake_session_free(session));
    puts("a wrong Content-Format gets 4.15, /hello without OSCORE 4.01");
}

static void flood(void)
{
    lake_session *victim = new_client();
    struct datagram reply = ask(message_1(victim)), answer;

    for (int i = 0; i < 300; i++) {
        lake_session *session = new_client();
        answer = ask(message_1(session));
        EXPECT(code(&answer) == CHANGED);
        CHECK(lake_session_free(session));
    }
    answer = ask(message_3(victim, &reply)); /* the oldest run had to make room */
    EXPECT(code(&answer) == BAD_REQUEST);
    CHECK(lake_session_free(victim));
    puts("300 half-open runs: the oldest make room");
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 5};

    EXPECT(argc == 2);
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    server = socket(AF_INET, SOCK_DGRAM, 0);
    EXPECT(server >= 0 && connect(server, (struct sockaddr *)&address, sizeof address) == 0);
    EXPECT(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    setvbuf(stdout, NULL, _IOLBF, 0);

    wrong_requests();
    repeated_datagrams();
    interleaved();
    errors_and_nonsense_in_a_run();
    garbage();
    flood();
    interleaved(); /* all is well after that */
    close(server);
    return 0;
}
