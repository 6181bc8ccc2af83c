/* test_probe.c <port> [reverse | libcoap | late | half-open N | one-host N] - asks a running
 * edhoc_server on loopback what a well-behaved client never does: repeated datagrams,
 * replays, nonsense, floods. It makes its CoAP by hand, one datagram after the other,
 * so it decides on every byte. See test.sh.
 *
 * Without a word after the port it asks what the table of docs/coap.md says, in the
 * forward flow: servers on other CoAP stacks answer the same. */
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

enum {
    GET = 1, POST = 2, PUT = 3,
    CHANGED = 0x44, CONTENT = 0x45, CONTINUE = 0x5f,
    BAD_REQUEST = 0x80, UNAUTHORIZED = 0x81, BAD_OPTION = 0x82, NO_METHOD = 0x85, INCOMPLETE = 0x88,
    TOO_LARGE = 0x8d, UNSUPPORTED_FORMAT = 0x8f
};
enum { ETAG = 4, URI_PATH = 11, CONTENT_FORMAT = 12, URI_QUERY = 15, EDHOC = 21, BLOCK2 = 23, BLOCK1 = 27, ECHO = 252 };
enum { NO_FORMAT = -1, FORMAT_EDHOC = 64, FORMAT_CID_EDHOC = 65 };

struct datagram {
    size_t len;
    uint8_t bytes[1500];
    int last; /* option */
};

static uint16_t port, last_mid = 1000;
static uint32_t last_host;

/* --- CoAP by hand --------------------------------------------------------------- */

static int open_socket_at(uint32_t host)
{
    const struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    const struct timeval patience = {.tv_sec = 10};
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    EXPECT(s >= 0 && bind(s, (const struct sockaddr *)&from, sizeof from) == 0);
    EXPECT(connect(s, (const struct sockaddr *)&to, sizeof to) == 0);
    EXPECT(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    return s;
}

/* Each process has 512 addresses of 127.0.0.0/8: libcoap does not forget at once what
 * came from one. */
static void choose_hosts(void)
{
    last_host = 0x7f010000 + ((uint32_t)getpid() % 0x3f00 << 9);
}

/* A peer of its own, on a host of its own: a server counts by both. */
static int open_socket(void)
{
    return open_socket_at(++last_host);
}

/* Options go in the order of their numbers. */
static void add_option(struct datagram *d, int number, const void *value, size_t len)
{
    const int delta = number - d->last;
    uint8_t *out = d->bytes + d->len;

    *out++ = (uint8_t)((delta < 13 ? delta : 13) << 4 | (len < 13 ? len : 13));
    if (delta >= 13)
        *out++ = (uint8_t)(delta - 13);
    if (len >= 13)
        *out++ = (uint8_t)(len - 13);
    if (len > 0)
        memcpy(out, value, len);
    d->len = (size_t)(out - d->bytes) + len;
    d->last = number;
}

static void add_format(struct datagram *d, int format)
{
    const uint8_t byte = (uint8_t)format;

    if (format != NO_FORMAT)
        add_option(d, CONTENT_FORMAT, &byte, 1);
}

/* Blocks of 1024 bytes. */
static void add_block(struct datagram *d, int option, int block, int more)
{
    const uint8_t byte = (uint8_t)(block << 4 | more << 3 | 6);

    add_option(d, option, &byte, 1);
}

static void add_payload(struct datagram *d, const void *payload, size_t len)
{
    if (len == 0)
        return;
    EXPECT(d->len + 1 + len <= sizeof d->bytes);
    d->bytes[d->len++] = 0xff;
    memcpy(d->bytes + d->len, payload, len);
    d->len += len;
}

static void set_mid(struct datagram *d, uint16_t mid) /* which is the token, too */
{
    const uint8_t bytes[] = {mid >> 8, mid & 0xff, mid >> 8, mid & 0xff};

    memcpy(d->bytes + 2, bytes, sizeof bytes);
}

/* A confirmable request, up to its path. */
static struct datagram request(int code, const char *folder, const char *name)
{
    struct datagram d = {.len = 6, .bytes = {0x42, (uint8_t)code}};

    set_mid(&d, ++last_mid);
    if (folder)
        add_option(&d, URI_PATH, folder, strlen(folder));
    add_option(&d, URI_PATH, name, strlen(name));
    return d;
}

static struct datagram post_echo(int format, const void *payload, size_t len, const uint8_t *echo, size_t echo_len)
{
    struct datagram d = request(POST, ".well-known", "edhoc");

    add_format(&d, format);
    if (echo_len > 0)
        add_option(&d, ECHO, echo, echo_len);
    add_payload(&d, payload, len);
    return d;
}

static struct datagram post(int format, const void *payload, size_t len)
{
    return post_echo(format, payload, len, NULL, 0);
}

static struct datagram ask(int s, struct datagram d)
{
    struct datagram reply;
    ssize_t len;

    EXPECT(send(s, d.bytes, d.len, 0) == (ssize_t)d.len);
    do { /* until the message id is that of the request */
        len = recv(s, reply.bytes, sizeof reply.bytes, 0);
        EXPECT(len >= 4);
    } while (memcmp(reply.bytes + 2, d.bytes + 2, 2) != 0);
    reply.len = (size_t)len;
    return reply;
}

/* The same content in a datagram of its own. */
static struct datagram anew(struct datagram d)
{
    set_mid(&d, ++last_mid);
    return d;
}

static int code(const struct datagram *d)
{
    return d->bytes[1];
}

static int same(const struct datagram *a, const struct datagram *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* The length and value of an option, or of the payload (number -1); 0: there is none. */
static size_t part(const struct datagram *d, int number, const uint8_t **out)
{
    size_t at = 4 + (d->bytes[0] & 0x0f); /* after head and token */
    int current = 0;

    while (at < d->len && d->bytes[at] != 0xff) {
        int delta = d->bytes[at] >> 4;
        size_t len = d->bytes[at++] & 0x0f;

        if (delta == 13)
            delta += d->bytes[at++];
        if (len == 13)
            len += d->bytes[at++];
        current += delta;
        *out = d->bytes + at;
        if (current == number)
            return len;
        at += len;
    }
    *out = d->bytes + at + 1;
    return number == -1 && at < d->len ? d->len - at - 1 : 0;
}

static size_t payload(const struct datagram *d, const uint8_t **out)
{
    return part(d, -1, out);
}

static int is_empty(const struct datagram *d)
{
    const uint8_t *bytes;

    return payload(d, &bytes) == 0;
}

/* Whether it is an EDHOC error message, with code 1. */
static int is_error(const struct datagram *d)
{
    const uint8_t *bytes;
    size_t len = payload(d, &bytes), text;
    char why[100];
    int64_t error;

    return len > 0 && lake_error_parse(bytes, len, &error, why, sizeof why, &text) == LAKE_OK && error == 1;
}

static int is_refusal(const struct datagram *d)
{
    return code(d) == BAD_REQUEST && is_error(d);
}

/* Whether it asks to show Echo first. */
static int is_challenge(const struct datagram *d)
{
    const uint8_t *echo;

    return code(d) == UNAUTHORIZED && is_empty(d) && part(d, ECHO, &echo) > 0;
}

/* --- EDHOC ---------------------------------------------------------------------- */

/* A run, with a peer of its own. */
struct run {
    int s;
    lake_session *session;
    struct datagram sent, answer; /* the last ones */
};

static lake_session *new_session(int32_t role)
{
    lake_config *config;
    lake_session *session;

    CHECK(lake_config_new(&config));
    demo_add_own(config, &demo_client[DEMO_P256]);
    demo_add_peer(config, &demo_server[DEMO_P256]);
    CHECK(lake_session_new(config, role, &session));
    CHECK(lake_config_free(config));
    return session;
}

static void send_it(struct run *run, struct datagram d)
{
    run->sent = d;
    run->answer = ask(run->s, d);
}

/* Begins a run: with message_1, or without as Responder. Echo is shown if the server asks. */
static struct run begin_at(int s, int32_t role)
{
    struct run run = {.s = s, .session = new_session(role)};
    uint8_t body[256] = {0xf5};
    const uint8_t *echo;
    size_t len = 0, body_len = 0;

    if (role == LAKE_INITIATOR) {
        CHECK(lake_session_step(run.session, NULL, 0, body + 1, sizeof body - 1, &len));
        body_len = 1 + len;
    }
    const int format = role == LAKE_INITIATOR ? FORMAT_CID_EDHOC : NO_FORMAT;
    send_it(&run, post(format, body, body_len));
    if (code(&run.answer) == UNAUTHORIZED && (len = part(&run.answer, ECHO, &echo)) > 0) {
        EXPECT(is_empty(&run.answer));
        send_it(&run, post_echo(format, body, body_len, echo, len));
    }
    EXPECT(code(&run.answer) == CHANGED && !is_empty(&run.answer) && !is_error(&run.answer));
    return run;
}

static struct run begin(int32_t role)
{
    return begin_at(open_socket(), role);
}

static void end(struct run *run)
{
    CHECK(lake_session_free(run->session));
    close(run->s);
}

/* C_R or C_I of the server as it stands before a message. The server gives out one
 * byte of those that are sent as an integer, then two bytes and more. */
static size_t put_id(const struct run *run, uint8_t *body)
{
    struct lake_session_info info = {.struct_size = sizeof info};

    CHECK(lake_session_info(run->session, &info));
    const size_t len = (size_t)info.peer_connection_id_len;
    if (len > 1)
        *body++ = (uint8_t)(0x40 | len);
    memcpy(body, info.peer_connection_id, len);
    return len > 1 ? 1 + len : 1;
}

/* Something for the run of the server. */
static struct datagram for_run(const struct run *run, const void *message, size_t len)
{
    uint8_t body[512];
    size_t prefix = put_id(run, body);

    EXPECT(prefix + len <= sizeof body);
    memcpy(body + prefix, message, len);
    return post(FORMAT_CID_EDHOC, body, prefix + len);
}

/* The message that answers the last answer: message_3, or message_2 as Responder. */
static struct datagram next(struct run *run)
{
    const uint8_t *bytes;
    uint8_t message[256];
    size_t n = payload(&run->answer, &bytes), len;

    CHECK(lake_session_step(run->session, bytes, n, message, sizeof message, &len));
    EXPECT(len > 0);
    return for_run(run, message, len);
}

static const uint8_t error[] = {0x01, 0x63, 'w', 'h', 'y'};

static struct datagram error_for(const struct run *run)
{
    return for_run(run, error, sizeof error);
}

/* A byte string as message_3 is one, but not this message_3. */
static struct datagram changed(struct datagram d)
{
    d.bytes[d.len - 1] ^= 1;
    return anew(d);
}

/* --- What is tried -------------------------------------------------------------- */

static void wrong_requests(void)
{
    struct run run = begin(LAKE_INITIATOR);
    const uint8_t *body;
    size_t len = payload(&run.sent, &body);
    static const int formats[] = {0, FORMAT_EDHOC, 63, 66};
    struct datagram answer;

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        answer = ask(run.s, post(formats[i], body, len));
        EXPECT(code(&answer) == UNSUPPORTED_FORMAT);
    }
    answer = ask(run.s, request(GET, ".well-known", "edhoc"));
    EXPECT(code(&answer) == NO_METHOD);
    answer = ask(run.s, request(PUT, ".well-known", "edhoc"));
    EXPECT(code(&answer) == NO_METHOD);
    answer = ask(run.s, request(GET, NULL, "hello"));
    EXPECT(code(&answer) == UNAUTHORIZED);
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED && is_empty(&run.answer));
    answer = ask(run.s, request(GET, NULL, "hello"));
    EXPECT(code(&answer) == UNAUTHORIZED);
    end(&run);
    puts("a wrong Content-Format gets 4.15, another method 4.05, /hello without OSCORE 4.01");
}

static void repeated_datagrams(int32_t role)
{
    struct run run = begin(role);
    struct datagram again = ask(run.s, run.sent);

    EXPECT(same(&run.answer, &again));
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED && !is_error(&run.answer));
    again = ask(run.s, run.sent);
    EXPECT(same(&run.answer, &again));

    /* The same message_3 in a request of its own, also from elsewhere: a replay. */
    const int elsewhere = open_socket();
    again = ask(run.s, anew(run.sent));
    EXPECT(is_refusal(&again));
    again = ask(elsewhere, run.sent);
    EXPECT(is_refusal(&again));
    again = ask(run.s, run.sent);
    EXPECT(same(&run.answer, &again));
    close(elsewhere);
    end(&run);
    puts("repeated datagrams get the same answer, a replay gets an error");
}

static void interleaved(int32_t role)
{
    enum { N = 8 };
    struct run runs[N];

    for (int i = 0; i < N; i++)
        runs[i] = begin(role);
    for (int i = N - 1; i >= 0; i--) {
        send_it(&runs[i], next(&runs[i]));
        EXPECT(code(&runs[i].answer) == CHANGED && !is_error(&runs[i].answer));
        end(&runs[i]);
    }
    printf("%d interleaved runs, the last one first\n", N);
}

/* A message of one run with the identifier of another: from elsewhere it is not looked at, and
 * does no harm; from where that run is, it ends it. */
static void crossed(int32_t role)
{
    struct run a = begin(role), b = begin(role);
    struct datagram of_a = next(&a), of_b = next(&b), answer;
    uint8_t id[8];
    const size_t len_a = put_id(&a, id);
    const uint8_t *body;
    const size_t len = payload(&of_a, &body);

    EXPECT(len > len_a);
    answer = ask(a.s, for_run(&b, body + len_a, len - len_a));
    EXPECT(is_challenge(&answer));
    answer = ask(b.s, for_run(&b, body + len_a, len - len_a));
    EXPECT(is_refusal(&answer));
    answer = ask(b.s, of_b);
    EXPECT(is_refusal(&answer));
    answer = ask(a.s, of_a);
    EXPECT(code(&answer) == CHANGED && !is_error(&answer));
    end(&a);
    end(&b);
    puts("a message of another run is refused, from elsewhere it is not looked at");
}

static void errors(int32_t role)
{
    const uint8_t new_error[] = {0xf5, 0x01, 0x63, 'w', 'h', 'y'};
    const uint8_t no_run[] = {0x47, 1, 2, 3, 4, 5, 6, 7, 0x01, 0x63, 'w', 'h', 'y'};
    const int elsewhere = open_socket();
    struct run run = begin(role);
    struct datagram answer, message = next(&run), of_error;

    /* For no run. */
    answer = ask(run.s, post(FORMAT_CID_EDHOC, new_error, sizeof new_error));
    EXPECT(is_challenge(&answer) || (code(&answer) == BAD_REQUEST && is_empty(&answer)));
    answer = ask(run.s, post(FORMAT_CID_EDHOC, no_run, sizeof no_run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));

    /* From elsewhere: anybody can send it. */
    answer = ask(elsewhere, error_for(&run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    close(elsewhere);

    /* In the middle: it ends the run, and does so once. */
    send_it(&run, error_for(&run));
    EXPECT(code(&run.answer) == CHANGED && is_empty(&run.answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    answer = ask(run.s, message);
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, error_for(&run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    end(&run);

    /* After the end: too late. */
    run = begin(role);
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED);
    of_error = error_for(&run);
    answer = ask(run.s, of_error);
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    end(&run);
    puts("an error message ends a run that is not complete, and gets no error message in return");
}

static void nonsense_in_a_run(int32_t role)
{
    static const struct { size_t len; uint8_t bytes[8]; } unreadable[] = {
        {8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, {0, {0}}, {1, {0xf5}}, {2, {0x45, 0x01}},
        {3, {0x81, 0x41, 0x00}}, {4, {0x41, 0x00, 0x41, 0x00}}, {1, {0x00}}, {3, {0x01, 0x02, 0x03}},
    };
    const int elsewhere = open_socket();
    struct run run;
    struct datagram message, answer;

    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        run = begin(role);
        message = next(&run);
        answer = ask(run.s, for_run(&run, unreadable[i].bytes, unreadable[i].len));
        EXPECT(code(&answer) == BAD_REQUEST);
        answer = ask(run.s, message);
        EXPECT(is_refusal(&answer));
        end(&run);
    }
    run = begin(role);
    message = next(&run);
    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        answer = ask(elsewhere, for_run(&run, unreadable[i].bytes, unreadable[i].len));
        EXPECT(is_challenge(&answer) || (code(&answer) == BAD_REQUEST && is_empty(&answer)));
    }
    close(elsewhere);
    send_it(&run, message);
    EXPECT(code(&run.answer) == CHANGED && !is_error(&run.answer));
    answer = ask(run.s, changed(message)); /* a finished run is safe */
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    end(&run);

    run = begin(role);
    message = next(&run);
    answer = ask(run.s, changed(message));
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, message);
    EXPECT(is_refusal(&answer));
    end(&run);
    puts("nonsense and a wrong message end a run, but not from elsewhere");
}

static void garbage(void)
{
    static const struct { size_t len; uint8_t bytes[8]; } bodies[] = {
        {1, {0xf5}}, {1, {0xff}}, {1, {0x05}}, {1, {0x42}}, {3, {0x41, 0x05, 0x00}}, {3, {0xf5, 0x00, 0x00}},
        {5, {0xf5, 0x03, 0x02, 0x41, 0x00}}, {8, {0xf6, 1, 2, 3, 4, 5, 6, 7}}, {4, {0x58, 0xff, 0x00, 0x00}},
        {8, {0x5f, 0x41, 0, 0x41, 0, 0xff, 0, 0}}, {2, {0xf5, 0xf5}},
    };
    const int s = open_socket();
    uint8_t body[1024];
    struct datagram answer;

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        answer = ask(s, post(FORMAT_CID_EDHOC, bodies[i].bytes, bodies[i].len));
        EXPECT(code(&answer) == BAD_REQUEST);
    }
    srand(1); /* always the same nonsense */
    for (int i = 0; i < 500; i++) {
        size_t len = 1 + (size_t)rand() % (sizeof body - 1);
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        if (i % 2)
            body[0] = 0xf5;
        answer = ask(s, post(i % 3 ? FORMAT_CID_EDHOC : NO_FORMAT, body, len));
        if (code(&answer) == UNAUTHORIZED && body[0] == 0xf5) /* too many in a second that begin a run: Echo first */
            EXPECT(is_empty(&answer));
        else
            EXPECT(code(&answer) == BAD_REQUEST);
    }
    for (int i = 0; i < 500; i++) { /* not even CoAP: answered or not */
        if (i % 50 == 0) { /* and not faster than the server can read */
            answer = ask(s, request(GET, NULL, "hello"));
            EXPECT(code(&answer) == UNAUTHORIZED);
        }
        size_t len = (size_t)rand() % 64;
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        EXPECT(send(s, body, len, 0) == (ssize_t)len);
    }
    close(s);
    puts("garbage gets 4.00");
}

static void half_open(int n, int32_t role)
{
    for (int i = 0; i < n; i++) {
        struct run run = begin(role);
        end(&run);
    }
    printf("%d half-open runs\n", n);
}

/* With an answer for each, because the first ones make room for the last. */
static void one_host(int n)
{
    for (int i = 0; i < n; i++) {
        struct run run = begin_at(open_socket_at(last_host), LAKE_INITIATOR);
        end(&run);
    }
    printf("%d half-open runs of one host\n", n);
}

static void flood(int32_t role)
{
    struct run victim = begin(role);

    half_open(300, role);
    send_it(&victim, next(&victim));
    EXPECT(is_refusal(&victim.answer));
    end(&victim);
    puts("300 half-open runs: the oldest make room");
}

/* --- libcoap -------------------------------------------------------------------- */

static void options_and_links(void)
{
    static const char wanted[] = "</.well-known/edhoc>;rt=core.edhoc;";
    const int s = open_socket();
    struct datagram d = request(POST, ".well-known", "edhoc"), answer;
    const uint8_t *bytes;
    char text[1500];

    add_option(&d, EDHOC, NULL, 0);
    add_payload(&d, "\x41\x00\x41\x00", 4);
    answer = ask(s, d);
    EXPECT(code(&answer) == BAD_OPTION); /* libcoap cannot serve a combined request */

    d = request(GET, ".well-known", "core");
    add_option(&d, URI_QUERY, "rt=core.edhoc", 13);
    answer = ask(s, d);
    const size_t len = payload(&answer, &bytes);
    snprintf(text, sizeof text, "%.*s", (int)len, (const char *)bytes);
    EXPECT(code(&answer) == CONTENT && strstr(text, wanted));
    EXPECT(strstr(text, ";ed-i;ed-r") && !strstr(text, "ed-comb-req"));
    close(s);
    puts("the EDHOC option gets 4.02; the link says what the server does");
}

/* Sends a body of two blocks, each of them twice, with the value of Echo that the server asked
 * for, if it has. */
static void send_blocks(struct run *run, const uint8_t *body, size_t len, int last)
{
    const struct datagram before = run->answer;
    struct datagram again;
    const uint8_t *number, *echo;
    size_t echo_len = before.len > 0 && code(&before) == UNAUTHORIZED ? part(&before, ECHO, &echo) : 0;

    EXPECT(len > 1024 && len <= 2048);
    for (int block = 0; block < 2; block++) {
        struct datagram d = request(POST, ".well-known", "edhoc");

        add_format(&d, FORMAT_CID_EDHOC);
        add_block(&d, BLOCK1, block, block == 0);
        if (echo_len > 0)
            add_option(&d, ECHO, echo, echo_len);
        add_payload(&d, body + 1024 * block, block == 0 ? 1024 : len - 1024);
        send_it(run, d);
        again = ask(run->s, d);
        EXPECT(code(&run->answer) == (block == 0 ? CONTINUE : last) && code(&again) == code(&run->answer));
        EXPECT(code(&again) == UNAUTHORIZED || same(&run->answer, &again));
        EXPECT(part(&again, BLOCK1, &number) == 1 && *number >> 4 == block);
    }
}

static void blocks(void)
{
    struct run run = {.s = open_socket(), .session = new_session(LAKE_INITIATOR)};
    struct datagram d, answer;
    const uint8_t *bytes;
    uint8_t body[6000] = {0xf5};
    size_t len, prefix;

    CHECK(lake_session_ead_pad(run.session, 1, 1500));
    CHECK(lake_session_step(run.session, NULL, 0, body + 1, sizeof body - 1, &len));
    send_blocks(&run, body, 1 + len, UNAUTHORIZED); /* a large message_1 has to show Echo */
    send_blocks(&run, body, 1 + len, CHANGED);

    /* A second block alone is neither the request before nor another one. */
    d = request(POST, ".well-known", "edhoc");
    add_block(&d, BLOCK1, 1, 0);
    add_payload(&d, body, 100);
    answer = ask(run.s, d);
    EXPECT(code(&answer) == INCOMPLETE);
    const int other = open_socket();
    answer = ask(other, d);
    EXPECT(code(&answer) == INCOMPLETE);

    CHECK(lake_session_ead_pad(run.session, 3, 1500));
    len = payload(&run.answer, &bytes);
    prefix = 0;
    CHECK(lake_session_process_message(run.session, 2, bytes, len));
    prefix = put_id(&run, body);
    CHECK(lake_session_prepare_message(run.session, 3, body + prefix, sizeof body - prefix, &len));
    send_blocks(&run, body, prefix + len, CHANGED);
    end(&run);

    /* More than the server takes. */
    memset(body, 0xf5, sizeof body);
    for (int block = 0; block < 5; block++) {
        d = request(POST, ".well-known", "edhoc");
        add_block(&d, BLOCK1, block, block < 4);
        add_payload(&d, body, 1024);
        answer = ask(other, d);
        EXPECT(code(&answer) == (block < 4 ? CONTINUE : TOO_LARGE));
    }
    close(other);
    puts("blocks may come twice; one alone gets 4.08, a body of 5 kB 4.13");
}

/* A server with a large credential answers in blocks. libcoap forgets them 8 seconds
 * after it has sent the last one, which may be asked for again. */
static void late_block(void)
{
    struct run run = begin(LAKE_INITIATOR);
    struct datagram d = run.sent, answer, last;
    const uint8_t *etag, *first, *bytes;
    int block = 0;

    EXPECT(part(&run.answer, ETAG, &first) == 8);
    do {
        d = request(POST, ".well-known", "edhoc");
        add_format(&d, FORMAT_CID_EDHOC);
        add_block(&d, BLOCK2, ++block, 0);
        last = ask(run.s, d);
        EXPECT(code(&last) == CHANGED && part(&last, ETAG, &etag) == 8 && memcmp(etag, first, 8) == 0);
        EXPECT(part(&last, BLOCK2, &bytes) == 1 && block < 8);
    } while (bytes[0] & 0x08);

    EXPECT(recv(run.s, answer.bytes, sizeof answer.bytes, 0) < 0); /* nothing comes for 10 seconds */
    answer = ask(run.s, anew(d));
    EXPECT(code(&answer) == CHANGED && part(&answer, ETAG, &etag) == 8 && memcmp(etag, first, 8) == 0);
    EXPECT(payload(&last, &etag) == payload(&answer, &bytes) && memcmp(etag, bytes, payload(&answer, &bytes)) == 0);
    end(&run);
    puts("the last block of an answer comes again after 10 seconds");
}

/* What the table says; of both flows the same. */
static void all(int32_t role)
{
    repeated_datagrams(role);
    interleaved(role);
    crossed(role);
    errors(role);
    nonsense_in_a_run(role);
    flood(role);
    interleaved(role); /* all is well after that */
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[2] : "";

    EXPECT(argc >= 2);
    port = (uint16_t)atoi(argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    choose_hosts();

    if (strcmp(what, "reverse") == 0) {
        all(LAKE_RESPONDER);
    } else if (strcmp(what, "libcoap") == 0) {
        options_and_links();
        blocks();
    } else if (strcmp(what, "late") == 0) {
        late_block();
    } else if (strcmp(what, "half-open") == 0) {
        EXPECT(argc == 4);
        half_open(atoi(argv[3]), LAKE_INITIATOR);
    } else if (strcmp(what, "one-host") == 0) {
        EXPECT(argc == 4);
        one_host(atoi(argv[3]));
    } else {
        wrong_requests();
        garbage();
        all(LAKE_INITIATOR);
    }
    return 0;
}
