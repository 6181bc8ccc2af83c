#include "probe.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "demo_credentials.h"

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
void probe_start(const char *text)
{
    port = (uint16_t)atoi(text);
    setvbuf(stdout, NULL, _IOLBF, 0);
    last_host = 0x7f010000 + ((uint32_t)getpid() % 0x3f00 << 9);
}

int open_socket(void)
{
    return open_socket_at(++last_host);
}

int open_socket_on_last_host(void)
{
    return open_socket_at(last_host);
}

void add_option(struct datagram *d, int number, const void *value, size_t len)
{
    const int delta = number - d->last;
    uint8_t *out = d->bytes + d->len;

    *out++ = (uint8_t)((delta < 13 ? delta : 13) << 4 | (len < 13 ? (int)len : 13));
    if (delta >= 13)
        *out++ = (uint8_t)(delta - 13);
    if (len >= 13)
        *out++ = (uint8_t)(len - 13);
    if (len > 0)
        memcpy(out, value, len);
    d->len = (size_t)(out - d->bytes) + len;
    d->last = number;
}

void add_format(struct datagram *d, int format)
{
    const uint8_t byte = (uint8_t)format;

    if (format != NO_FORMAT)
        add_option(d, CONTENT_FORMAT, &byte, 1);
}

void add_block(struct datagram *d, int option, int block, int more)
{
    const uint8_t byte = (uint8_t)(block << 4 | more << 3 | 6);

    add_option(d, option, &byte, 1);
}

void add_payload(struct datagram *d, const void *payload, size_t len)
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
    const uint8_t high = (uint8_t)(mid >> 8), low = (uint8_t)mid, bytes[] = {high, low, high, low};

    memcpy(d->bytes + 2, bytes, sizeof bytes);
}

struct datagram request(int code, const char *folder, const char *name)
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

struct datagram post(int format, const void *payload, size_t len)
{
    return post_echo(format, payload, len, NULL, 0);
}

struct datagram ask(int s, struct datagram d)
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

struct datagram anew(struct datagram d)
{
    set_mid(&d, ++last_mid);
    return d;
}

int code(const struct datagram *d)
{
    return d->bytes[1];
}

int same(const struct datagram *a, const struct datagram *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

size_t part(const struct datagram *d, int number, const uint8_t **out)
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

size_t payload(const struct datagram *d, const uint8_t **out)
{
    return part(d, -1, out);
}

int is_empty(const struct datagram *d)
{
    const uint8_t *bytes;

    return payload(d, &bytes) == 0;
}

int is_error(const struct datagram *d)
{
    const uint8_t *bytes;
    size_t len = payload(d, &bytes), text;
    char why[100];
    int64_t error;

    return len > 0 && lake_error_parse(bytes, len, &error, why, sizeof why, &text) == LAKE_OK && error == 1;
}

int is_refusal(const struct datagram *d)
{
    return code(d) == BAD_REQUEST && is_error(d);
}

int is_challenge(const struct datagram *d)
{
    const uint8_t *echo;

    return code(d) == UNAUTHORIZED && is_empty(d) && part(d, ECHO, &echo) > 0;
}

/* --- EDHOC ---------------------------------------------------------------------- */

lake_session *new_session(int32_t role)
{
    lake_config *config;
    lake_session *session;

    CHECK(lake_config_new(&config));
    demo_add_own(config, &demo_client[DEMO_P256], 0);
    demo_add_peer(config, &demo_server[DEMO_P256]);
    CHECK(lake_session_new(config, role, &session));
    CHECK(lake_config_free(config));
    return session;
}

void send_it(struct run *run, struct datagram d)
{
    run->sent = d;
    run->answer = ask(run->s, d);
}

struct run begin_at(int s, int32_t role)
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

struct run begin(int32_t role)
{
    return begin_at(open_socket(), role);
}

void end(struct run *run)
{
    CHECK(lake_session_free(run->session));
    close(run->s);
}

/* C_R or C_I of the server as it stands before a message. The server gives out one
 * byte of those that are sent as an integer, then two bytes and more. */
size_t put_id(const struct run *run, uint8_t *body)
{
    struct lake_session_info info = {.struct_size = sizeof info};

    CHECK(lake_session_info(run->session, &info));
    const size_t len = (size_t)info.peer_connection_id_len;
    if (len > 1)
        *body++ = (uint8_t)(0x40 | len);
    memcpy(body, info.peer_connection_id, len);
    return len > 1 ? 1 + len : 1;
}

struct datagram for_run(const struct run *run, const void *message, size_t len)
{
    uint8_t body[512];
    size_t prefix = put_id(run, body);

    EXPECT(prefix + len <= sizeof body);
    memcpy(body + prefix, message, len);
    return post(FORMAT_CID_EDHOC, body, prefix + len);
}

struct datagram next(struct run *run)
{
    const uint8_t *bytes;
    uint8_t message[256];
    size_t n = payload(&run->answer, &bytes), len;

    CHECK(lake_session_step(run->session, bytes, n, message, sizeof message, &len));
    EXPECT(len > 0);
    return for_run(run, message, len);
}
