/* Runs of a server that wait for the host: until it answers, rejects the peer, or the
 * run ends otherwise. */
#define _GNU_SOURCE
#include <time.h>

#include "coap_fixture.h"

static struct coap c;

enum { FIXTURE = 4 }; /* handles of the fixture, without a server: two credentials, two configs */

static lake_status resume(struct outgoing *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->head.struct_size = sizeof answer->head;
    return lake_coap_server_continue(c.server, c.session, OUTGOING(answer));
}

/* A run that waits for the host: message_3 is there. */
static lake_coap_client *pending(struct outgoing *message_3)
{
    struct outgoing answer;
    coap_server(&c, NULL);
    lake_coap_client *client = half(&c, message_3);
    handle(&c, incoming(message_3), &answer);
    CHECK(answer.head.code == LAKE_COAP_CODE_EMPTY && answer.len == 0 && answer.head.duplicate == 0);
    CHECK(c.pending == 1 && c.established == 0 && c.failed == 0);
    CHECK_STATUS(LAKE_PENDING_PEER, c.status);
    return client;
}

static void answered(void)
{
    struct outgoing message_3, answer, other;
    void *note = NULL;
    lake_coap_client *client = pending(&message_3);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_free(c.session)); /* it is the server's */
    OK(lake_session_set_userdata(c.session, &message_3, NULL));
    OK(lake_session_userdata(c.session, &note));
    CHECK(note == &message_3);
    CHECK_INT(LAKE_STATE_PENDING_MESSAGE_3, state_of(c.session));
    const struct lake_coap_incoming datagram = c.last;
    repeat(&c, &answer);
    CHECK(answer.head.code == LAKE_COAP_CODE_EMPTY && answer.head.duplicate == 1);
    handle(&c, incoming(&message_3), &other); /* in another datagram, meanwhile */
    CHECK(other.head.code == LAKE_COAP_CODE_EMPTY && other.head.duplicate == 0);
    struct lake_coap_incoming oscore = post("ciphertext", 10);
    oscore.kid = c.id;
    oscore.kid_len = c.id_len;
    handle(&c, oscore, &other);
    check_answer("OSCORE before the answer", &other, UNAUTHORIZED, NONE, -1);
    CHECK(c.pending == 1 && c.established == 0);
    OK(resume(&answer));
    check_answer("resumed", &answer, CHANGED, NONE, -1);
    CHECK_INT(1, c.established);
    CHECK_STATUS(LAKE_ERR_HANDLE, resume(&other)); /* freed in the callback */
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(c.session));
    c.last = datagram;
    repeat(&c, &other);
    CHECK(other.head.code == CHANGED && other.head.duplicate == 1);
    OK(client_next(client, &answer, &message_3));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
}

/* Sessions at which no question is pending. */
static void resumed_in_vain(void)
{
    struct outgoing message_3, answer;
    c.keep = 1;
    lake_coap_client *client = pending(&message_3);
    answer = answer_of(0, 0, NULL, 0);
    peers_start(&c.p);
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_continue(c.server, c.p.i, OUTGOING(&answer)));
    peers_stop(&c.p);
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_continue(c.server, session_of(client), OUTGOING(&answer)));
    struct coap other;
    coap_make(&other);
    coap_server(&other, NULL);
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_continue(other.server, c.session, OUTGOING(&answer)));
    coap_free(&other);
    OK(resume(&answer));
    CHECK_STATUS(LAKE_ERR_STATE, resume(&answer)); /* the session is the host's now */
    CHECK_INT(1, c.established);
    OK(lake_session_free(c.session));
    c.keep = 0;
    OK(lake_coap_client_free(client));
}

/* The combined request of a message_3 that half gave; C_R has one byte. */
static struct lake_coap_incoming combined(struct outgoing *message_3)
{
    memcpy(message_3->payload + message_3->len, "ciphertext", 10);
    struct lake_coap_incoming in = post(message_3->payload + 1, message_3->len - 1 + 10);
    in.edhoc = 1;
    in.kid = message_3->payload;
    in.kid_len = 1;
    return in;
}

/* It waits as well, and goes on to OSCORE by resume. */
static void combined_request(void)
{
    struct outgoing message_3, answer;
    coap_server(&c, NULL);
    lake_coap_client *client = half(&c, &message_3);
    const struct lake_coap_incoming in = combined(&message_3);
    handle(&c, in, &answer);
    CHECK(answer.head.code == LAKE_COAP_CODE_EMPTY && answer.head.oscore == 0 && c.pending == 1);
    repeat(&c, &answer);
    CHECK(answer.head.oscore == 0 && answer.head.duplicate == 1);
    OK(resume(&answer));
    for (int times = 0; times < 3; times++) {
        CHECK(answer.head.code == LAKE_COAP_CODE_EMPTY && answer.head.oscore == 1 && c.established == 1);
        CHECK_BYTES("ciphertext", 10, in.payload + answer.head.oscore_offset, in.payload_len - answer.head.oscore_offset);
        CHECK_INT(times > 0, answer.head.duplicate);
        repeat(&c, &answer);
    }
    OK(lake_coap_client_free(client));
    /* Rejected, it is answered unprotected, with code 1 whatever was wrong. */
    coap_server(&c, NULL);
    client = half(&c, &message_3);
    handle(&c, combined(&message_3), &answer);
    OK(lake_session_reject_peer(c.session, LAKE_ERR_CREDENTIAL_UNKNOWN));
    OK(resume(&answer));
    check_answer("rejected", &answer, BAD_REQUEST, EDHOC, 1);
    CHECK(answer.head.oscore == 0 && c.failed == 1);
    check_nothing_left(&c);
    OK(lake_coap_client_free(client));
}

/* Where message_4 is required, a combined request ends the run before anybody is asked. */
static void combined_with_message_4(void)
{
    struct outgoing message_3, answer;
    struct coap w;
    coap_make(&w);
    OK(lake_config_set_option(w.p.config_i, LAKE_OPTION_MESSAGE_4, 1));
    OK(lake_config_set_option(w.p.config_r, LAKE_OPTION_MESSAGE_4, 1));
    OK(lake_config_set_option(w.p.config_r, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    coap_server(&w, NULL);
    lake_coap_client *client = half(&w, &message_3);
    handle(&w, combined(&message_3), &answer);
    check_answer("with message_4", &answer, BAD_REQUEST, EDHOC, 1);
    CHECK(w.failed == 1 && w.pending == 0 && answer.head.oscore == 0);
    CHECK_STATUS(LAKE_ERR_NO_COMBINED, w.status);
    check_nothing_left(&w);
    OK(lake_coap_client_free(client));
    coap_free(&w);
}

static void reject(void) { OK(lake_session_reject_peer(c.session, LAKE_ERR_PEER_REJECTED)); }
static void forget(void) { OK(lake_session_reject_peer(c.session, LAKE_ERR_CREDENTIAL_UNKNOWN)); }
static void abort_it(void) { OK(lake_session_abort(c.session)); }
static void (*const rejections[])(void) = {reject, forget, abort_it};

static void rejected(void)
{
    static const lake_status statuses[] = {LAKE_ERR_PEER_REJECTED, LAKE_ERR_CREDENTIAL_UNKNOWN, LAKE_ERR_ABORTED};
    static const int codes[] = {1, 3, 1};
    for (size_t i = 0; i < COUNT(rejections); i++) {
        struct outgoing message_3, answer;
        lake_coap_client *client = pending(&message_3);
        rejections[i]();
        OK(resume(&answer));
        check_answer("rejected", &answer, BAD_REQUEST, EDHOC, codes[i]);
        CHECK(c.failed == 1 && c.established == 0);
        CHECK_STATUS(statuses[i], c.status);
        CHECK_STATUS(LAKE_ERR_HANDLE, resume(&answer));
        check_nothing_left(&c);
        OK(lake_coap_client_free(client));
    }
}

/* A pending run ends by an error message of the client, by age, and with the server. */
static void pending_ends(void)
{
    const struct lake_coap_limits limits = {.struct_size = sizeof limits, .age = 1};
    struct outgoing message_3, answer, store;
    lake_coap_client *client = pending(&message_3);
    handle(&c, post_to(&store, c.id, c.id_len, "\x01\x60", 2), &answer);
    check_answer("an error message meanwhile", &answer, CHANGED, NONE, -1);
    CHECK_INT(1, c.failed);
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED, c.status);
    CHECK_STATUS(LAKE_ERR_HANDLE, resume(&answer));
    OK(lake_coap_client_free(client));

    coap_server(&c, NULL);
    OK(lake_coap_server_set_limits(c.server, &limits));
    client = half(&c, &message_3);
    handle(&c, incoming(&message_3), &answer);
    OK(info_status(c.session));
    wait_expired(&c, 1);
    CHECK(c.failed == 1 && c.pending == 1);
    CHECK_STATUS(LAKE_ERR_RUN_EXPIRED, c.status);
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(c.session));
    CHECK_STATUS(LAKE_ERR_HANDLE, resume(&answer));
    check_nothing_left(&c);
    OK(lake_coap_client_free(client));

    client = pending(&message_3);
    OK(lake_coap_server_free(c.server)); /* without a word */
    c.server = NULL;
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(c.session));
    CHECK(c.failed == 0);
    OK(lake_coap_client_free(client));
}

/* A run that ends before its question could be told, while the end of an older one is
 * told in the same call: there is no question any more. */
static void expire_all(struct coap *of, const struct lake_coap_event *event)
{
    if (event->kind == LAKE_COAP_EVENT_FAILED && of->failed == 1) wait_expired(of, 2);
}

static lake_status ask_something(void *unused, lake_session *session)
{
    (void)unused;
    return lake_session_ead_add(session, 1, -777, NULL, 0); /* critical, and known to nobody */
}

static void pending_too_late(void)
{
    const struct lake_coap_limits limits = {.struct_size = sizeof limits, .age = 1};
    const struct timespec a_moment = {.tv_nsec = 10000000};
    struct outgoing request, answer;
    struct timespec begun, now;
    coap_server(&c, NULL);
    OK(lake_coap_server_set_limits(c.server, &limits));
    OK(lake_coap_client_free(half(&c, &request)));
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do { /* until the run is too old */
        nanosleep(&a_moment, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - begun.tv_sec < 2);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(lake_coap_client_set_prepare(client, ask_something, NULL, NULL));
    OK(client_start(client, &request));
    c.inside = expire_all;
    handle(&c, incoming(&request), &answer);
    c.inside = NULL;
    CHECK(c.failed == 2 && c.pending == 0 && answer.head.code == LAKE_COAP_CODE_EMPTY);
    CHECK_STATUS(LAKE_ERR_RUN_EXPIRED, c.status);
    check_nothing_left(&c);
    OK(lake_coap_client_free(client));
    CHECK_INT(FIXTURE + 1, lake_live_handles());
}

int main(void)
{
    coap_make(&c);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_PULL, LAKE_PULL_PEER | LAKE_PULL_EAD));
    answered();
    resumed_in_vain();
    combined_request();
    combined_with_message_4();
    rejected();
    pending_ends();
    pending_too_late();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
