#include "records.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cbor.h"
#include "check.h"
#include "keylog.h"

/* --- EDHOC -------------------------------------------------------------------------- */

/* Labels for private use (RFC 9528, section 10.1). */
enum { LABEL_KEY = 32768, LABEL_IV = 32769 };

static const char protocol[] = "lake example records 1";

static uint8_t *read_file(const char *path, size_t *len)
{
    enum { FILE_MAX = 65536 };
    uint8_t *data = malloc(FILE_MAX);
    FILE *file = fopen(path, "rb");

    if (!data || !file) {
        perror(path);
        exit(1);
    }
    *len = fread(data, 1, FILE_MAX, file);
    fclose(file);
    return data;
}

static lake_credential *read_certificate(const char *path)
{
    lake_credential *certificate;
    size_t len;
    uint8_t *file = read_file(path, &len);

    CHECK(lake_credential_from_pem(file, len, &certificate));
    free(file);
    return certificate;
}

lake_config *records_config(const char *own, const char *key, const char *anchor)
{
    lake_credential *me = read_certificate(own), *authority = read_certificate(anchor);
    lake_config *config;
    size_t len;
    uint8_t *file = read_file(key, &len);

    CHECK(lake_credential_set_private_key_pem(me, file, len));
    lake_wipe(file, len);
    free(file);
    CHECK(lake_credential_set_id(me, LAKE_ID_X5CHAIN, NULL, 0));

    CHECK(lake_config_new(&config));
    CHECK(lake_config_set_methods(config, &(int32_t){0}, 1)); /* both sides sign */
    CHECK(lake_config_set_suites(config, &(int32_t){4}, 1));
    CHECK(lake_config_set_option(config, LAKE_OPTION_MESSAGE_4, 1)); /* so that the Initiator knows that it was accepted */
    CHECK(lake_config_add_own_credential(config, me));
    CHECK(lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, LAKE_PEER_X509));
    CHECK(lake_config_add_trust_anchor(config, authority));
    CHECK(lake_credential_free(me));
    CHECK(lake_credential_free(authority));
    keylog_to(config, NULL);
    return config;
}

/* The keys of what one side sends. Nobody else has the context: neither another protocol, nor
 * the other direction, nor two other peers. It is the external_aad of the records, too. */
static void derive(lake_session *session, int32_t sender, const uint8_t initiator[32], const uint8_t responder[32],
                   struct encrypt0 *stream)
{
    uint8_t context[ENCRYPT0_AAD_MAX], *at = context;

    at += cbor_head(at, CBOR_ARRAY, 4);
    at += cbor_string(at, CBOR_TEXT, protocol, sizeof protocol - 1);
    at += cbor_head(at, CBOR_UINT, (uint64_t)sender);
    at += cbor_string(at, CBOR_BYTES, initiator, 32);
    at += cbor_string(at, CBOR_BYTES, responder, 32);
    size_t len = (size_t)(at - context);
    CHECK(lake_session_export(session, LABEL_KEY, context, len, stream->key, sizeof stream->key));
    CHECK(lake_session_export(session, LABEL_IV, context, len, stream->iv, sizeof stream->iv));
    encrypt0_start(stream, context, len);
}

/* EDHOC is done: it leaves keys and a name, and goes. */
static void open_records(struct link *link)
{
    lake_credential *own, *peer;
    struct lake_session_info info = {.struct_size = sizeof info};
    size_t len;
    uint8_t mine[32], theirs[32];

    CHECK(lake_session_info(link->session, &info));
    CHECK(lake_session_own_credential(link->session, &own));
    CHECK(lake_session_peer_credential(link->session, &peer));
    CHECK(lake_credential_data(own, LAKE_DATA_FINGERPRINT, mine, sizeof mine, &len));
    CHECK(lake_credential_data(peer, LAKE_DATA_FINGERPRINT, theirs, sizeof theirs, &len));
    if (lake_credential_text(peer, LAKE_TEXT_SUBJECT, link->name, sizeof link->name, &len) != LAKE_OK)
        snprintf(link->name, sizeof link->name, "a peer with a long name");
    CHECK(lake_credential_free(own));
    CHECK(lake_credential_free(peer));

    int32_t role = info.role, other = role == LAKE_INITIATOR ? LAKE_RESPONDER : LAKE_INITIATOR;
    const uint8_t *i = role == LAKE_INITIATOR ? mine : theirs, *r = role == LAKE_INITIATOR ? theirs : mine;
    derive(link->session, role, i, r, &link->out);
    derive(link->session, other, i, r, &link->in);
    CHECK(lake_session_free(link->session));
    link->session = NULL;
    link->state = LINK_OPEN;
}

static void put_frame(struct link *link, const uint8_t *data, size_t len);

/* A step of EDHOC: with what has arrived, or NULL for the first of an Initiator. */
static void greet(struct link *link, const uint8_t *in, size_t in_len)
{
    uint8_t out[FRAME_MAX];
    char text[200];
    size_t len, text_len;
    struct lake_session_info info = {.struct_size = sizeof info};

    lake_status status = lake_session_step(link->session, in, in_len, out, sizeof out, &len);
    if (len > 0)
        put_frame(link, out, len); /* a message, or the error message that is due */
    if (status != LAKE_OK) {
        CHECK(lake_session_error_text(link->session, text, sizeof text, &text_len));
        link_fail(link, text);
        return;
    }
    CHECK(lake_session_info(link->session, &info));
    if (info.is_complete)
        open_records(link);
}

void link_start(struct link *link, int fd, lake_config *config, int32_t role, const char *expected)
{
    memset(link, 0, sizeof *link);
    link->fd = fd;
    snprintf(link->name, sizeof link->name, "somebody");
    CHECK(lake_session_new(config, role, &link->session));
    if (expected)
        CHECK(lake_session_expect_peer(link->session, LAKE_NAME_DNS, expected));
    if (role == LAKE_INITIATOR)
        greet(link, NULL, 0);
}

/* --- Frames ------------------------------------------------------------------------------ */

static int is_alive(const struct link *link)
{
    return link->state == LINK_GREETING || link->state == LINK_OPEN;
}

void link_fail(struct link *link, const char *why)
{
    if (!is_alive(link))
        return;
    link->state = LINK_FAILED;
    snprintf(link->why, sizeof link->why, "%s", why);
}

/* Room for two frames is kept back: for the end, and for what EDHOC has to say. */
int link_has_room(const struct link *link)
{
    return sizeof link->outgoing - link->outgoing_len >= (size_t)3 * (FRAME_HEAD + FRAME_MAX);
}

static void put_frame(struct link *link, const uint8_t *data, size_t len)
{
    uint8_t *at = link->outgoing + link->outgoing_len;

    if (len > FRAME_MAX || sizeof link->outgoing - link->outgoing_len < FRAME_HEAD + len) {
        link_fail(link, "no room for what is to be sent");
        return;
    }
    at[0] = (uint8_t)(len >> 8);
    at[1] = (uint8_t)len;
    memcpy(at + FRAME_HEAD, data, len);
    link->outgoing_len += FRAME_HEAD + len;
}

static void put_record(struct link *link, const void *message, size_t len)
{
    uint8_t record[FRAME_MAX];
    size_t record_len = encrypt0_seal(&link->out, message, len, record);

    if (record_len == 0)
        link_fail(link, "no more records can be made with this key");
    else
        put_frame(link, record, record_len);
}

/* The length of the first frame that has arrived as a whole, 0 if there is none. */
static size_t first_frame(struct link *link)
{
    size_t len = (size_t)link->incoming[0] << 8 | link->incoming[1];

    if (link->incoming_len < FRAME_HEAD)
        return 0;
    if (len == 0 || len > FRAME_MAX) {
        link_fail(link, "a frame is empty or too large");
        return 0;
    }
    return link->incoming_len < FRAME_HEAD + len ? 0 : len;
}

static void drop_frame(struct link *link, size_t len)
{
    link->incoming_len -= FRAME_HEAD + len;
    memmove(link->incoming, link->incoming + FRAME_HEAD + len, link->incoming_len);
}

static void receive(struct link *link)
{
    ssize_t n = recv(link->fd, link->incoming + link->incoming_len, sizeof link->incoming - link->incoming_len,
                     MSG_DONTWAIT);

    if (n > 0)
        link->incoming_len += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        link->is_cut = 1; /* but what came before it counts */
}

static void transmit(struct link *link)
{
    ssize_t n = send(link->fd, link->outgoing, link->outgoing_len, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n > 0) {
        link->outgoing_len -= (size_t)n;
        memmove(link->outgoing, link->outgoing + n, link->outgoing_len);
    } else if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        link->outgoing_len = 0; /* nobody takes it any more */
        link->is_cut = 1;
    }
}

/* --- For the application -------------------------------------------------------------------- */

short link_events(const struct link *link)
{
    short events = link->outgoing_len > 0 ? POLLOUT : 0;

    if (is_alive(link) && link->incoming_len < sizeof link->incoming && link_has_room(link))
        events |= POLLIN;
    return events;
}

void link_turn(struct link *link, short events)
{
    if (events & POLLOUT && link->outgoing_len > 0)
        transmit(link);
    if (events & (POLLIN | POLLHUP | POLLERR) && is_alive(link))
        receive(link);
}

/* What the first frame says. Gives the length of a message, 0 for anything else. */
static size_t open_frame(struct link *link, size_t frame_len, uint8_t *message)
{
    uint8_t plain[FRAME_MAX];
    size_t len = 0;

    if (link->state == LINK_GREETING) {
        greet(link, link->incoming + FRAME_HEAD, frame_len);
        return 0;
    }
    if (encrypt0_open(&link->in, link->incoming + FRAME_HEAD, frame_len, plain, &len) != 0) {
        link_fail(link, "a record was altered, repeated, left out or moved");
        return 0;
    }
    if (len > MESSAGE_MAX) {
        link_fail(link, "a message is too large");
        return 0;
    }
    if (len == 0) {
        link_end(link); /* that was all of theirs, and is all of ours */
        if (link->state == LINK_OPEN)
            link->state = LINK_ENDED;
    }
    memcpy(message, plain, len);
    return len;
}

size_t link_take(struct link *link, uint8_t *message)
{
    size_t len = 0, frame_len;

    while (len == 0 && is_alive(link) && (frame_len = first_frame(link)) > 0) {
        len = open_frame(link, frame_len, message);
        drop_frame(link, frame_len);
    }
    if (len == 0 && link->is_cut)
        link_fail(link, "the connection was cut");
    return len;
}

void link_send(struct link *link, const void *message, size_t len)
{
    if (link->state != LINK_OPEN || link->said_end)
        return;
    if (len == 0 || len > MESSAGE_MAX)
        link_fail(link, "a message is empty or too large");
    else
        put_record(link, message, len);
}

void link_end(struct link *link)
{
    if (link->state != LINK_OPEN || link->said_end)
        return;
    link->said_end = 1;
    put_record(link, NULL, 0);
}

void link_close(struct link *link)
{
    close(link->fd);
    CHECK(lake_session_free(link->session)); /* NULL is allowed */
    lake_wipe(link, sizeof *link);
    link->fd = -1;
}
