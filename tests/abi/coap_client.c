/* Clients: what they make of answers at every moment, when a run begins again, and what
 * is left when it fails. */
#include "coap_fixture.h"

static struct coap c;

static lake_status again(lake_coap_client *client, struct outgoing *request)
{
    request->head.struct_size = sizeof request->head;
    return lake_coap_client_again(client, OUTGOING(request));
}

static lake_status go_on(lake_coap_client *client, struct outgoing *request)
{
    request->head.struct_size = sizeof request->head;
    return lake_coap_client_continue(client, OUTGOING(request));
}

static void check_text(lake_coap_client *client, int is_empty)
{
    char text[400];
    size_t len;
    OK(lake_coap_client_error_text(client, text, sizeof text, &len));
    CHECK(len == strlen(text) && (len <= 7) == is_empty); /* "success" */
}

/* A client whose run is over: nothing works but to ask what went wrong. */
static void check_failed(lake_coap_client *client)
{
    const struct outgoing changed = answer_of(CHANGED, NONE, NULL, 0);
    struct outgoing request;
    lake_session *session;
    int32_t edhoc;
    CHECK_INT(0, is_done(client));
    check_text(client, 0);
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_session(client, &session));
    CHECK_STATUS(LAKE_ERR_STATE, client_next(client, &changed, &request));
    CHECK(request.head.code == LAKE_COAP_CODE_EMPTY && request.len == 0);
    CHECK_STATUS(LAKE_ERR_STATE, go_on(client, &request));
    CHECK_STATUS(LAKE_ERR_STATE, client_start(client, &request));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_verified(client));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_no_answer(client));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_combine(client, (const uint8_t *)"x", 1, 0, 0, &edhoc,
                                                          request.payload, sizeof request.payload, &request.len));
}

/* --- Odd answers -------------------------------------------------------------------------- */

#define ANY 1 /* an error, but which depends on the moment */
static const uint8_t unspecified[] = {0x01, 0x62, 'n', 'o'}, unknown_cred[] = {0x03, 0xf5}, suites[] = {0x02, 0x04};
static uint8_t junk[60] = {0x58, 58}; /* a byte string */
static const struct odd {
    int32_t code, format;
    const void *payload;
    size_t len;
    lake_status status;
} odd_answers[] = {
    {BAD_REQUEST, NONE, NULL, 0, LAKE_ERR_REFUSED},
    {132, 0, "not found", 9, LAKE_ERR_REFUSED},
    {UNAUTHORIZED, NONE, NULL, 0, LAKE_ERR_REFUSED}, /* without Echo */
    {UNAVAILABLE, NONE, NULL, 0, LAKE_ERR_REFUSED},
    {INTERNAL_ERROR, EDHOC, "\xff", 1, LAKE_ERR_REFUSED},
    {191, NONE, NULL, 0, LAKE_ERR_REFUSED},
    {255, NONE, NULL, 0, LAKE_ERR_REFUSED},
    {CONTENT, EDHOC, junk, sizeof junk, LAKE_ERR_ANSWER},
    {CHANGED, CID_EDHOC, junk, sizeof junk, LAKE_ERR_ANSWER},
    {CHANGED, 0, junk, sizeof junk, LAKE_ERR_ANSWER},
    {LAKE_COAP_CODE_POST, NONE, NULL, 0, LAKE_ERR_ANSWER},
    {LAKE_COAP_CODE_EMPTY, NONE, NULL, 0, LAKE_ERR_ANSWER},
    {127, NONE, NULL, 0, LAKE_ERR_ANSWER},
    {BAD_REQUEST, EDHOC, unspecified, sizeof unspecified, ANY},
    {BAD_REQUEST, NONE, unspecified, sizeof unspecified, ANY},
    {BAD_REQUEST, EDHOC, unknown_cred, sizeof unknown_cred, ANY},
    {BAD_REQUEST, EDHOC, suites, sizeof suites, ANY}, /* none that we have */
    {CHANGED, EDHOC, unspecified, sizeof unspecified, ANY}, /* which it must not be */
    {CHANGED, EDHOC, "\xff", 1, LAKE_ERR_MALFORMED},
    {CHANGED, EDHOC, "\x58\x50\x01", 3, LAKE_ERR_MALFORMED},
    {CHANGED, EDHOC, "\x41\x01\x41\x01", 4, LAKE_ERR_MALFORMED},
    {CHANGED, EDHOC, junk, sizeof junk, ANY}, /* of the right form */
};

static void odd(void)
{
    for (int n = 0; n < 4 * (int)COUNT(odd_answers); n++) {
        const struct odd *o = &odd_answers[n / 4];
        const int32_t role = n % 2 ? LAKE_RESPONDER : LAKE_INITIATOR;
        const int moment = n / 2 % 2, is_error_message = o->len > 0 && ((const uint8_t *)o->payload)[0] <= 3;
        const struct outgoing answer = answer_of(o->code, o->format, o->payload, o->len);
        struct outgoing request, honest;
        coap_server(&c, NULL);
        lake_coap_client *client = client_of(&c, role, NULL);
        OK(client_start(client, &request));
        if (moment == 1) {
            handle(&c, incoming(&request), &honest);
            OK(client_next(client, &honest, &request));
        }
        lake_session *session = session_of(client);
        const lake_status status = client_next(client, &answer, &request);
        if (status >= 0 || (o->status != ANY && status != o->status))
            FAIL("answer %d, role %d, moment %d: %s", n / 4, (int)role, moment, lake_status_name(status));
        if (request.head.code != LAKE_COAP_CODE_EMPTY) { /* an error message for the server */
            CHECK(request.head.code == LAKE_COAP_CODE_POST && request.head.format == CID_EDHOC && request.len > 2);
            if (is_error_message) FAIL("answer %d: an error message is answered by one", n / 4);
        } else {
            CHECK_INT(0, request.len);
        }
        CHECK_STATUS(LAKE_ERR_HANDLE, info_status(session)); /* gone with the run */
        check_failed(client);
        OK(lake_coap_client_free(client));
    }
}

/* What the server is told when it is another one: the error message has its C_R. */
static void forged(void)
{
    struct coap other;
    struct outgoing request, answer;
    coap_make(&other);
    coap_server(&other, NULL);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    handle(&other, incoming(&request), &answer);
    CHECK(client_next(client, &answer, &request) < 0);
    handle(&other, incoming(&request), &answer);
    check_answer("the error message", &answer, CHANGED, NONE, -1);
    CHECK(other.failed == 1 && other.established == 0);
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED, other.status);
    check_failed(client);
    OK(lake_coap_client_free(client));
    /* Every byte of message_2 counts. */
    struct lake_coap_limits limits = {.struct_size = sizeof limits, .threshold = 1000, .half_open = 1000};
    coap_server(&c, NULL);
    OK(lake_coap_server_set_limits(c.server, &limits));
    for (size_t i = 0, len = 1; i < len; i++) {
        client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(client_start(client, &request));
        handle(&c, incoming(&request), &answer);
        len = answer.len;
        answer.payload[i] ^= 1;
        if (client_next(client, &answer, &request) >= 0) FAIL("byte %zu of message_2", i);
        check_failed(client);
        OK(lake_coap_client_free(client));
    }
    coap_free(&other);
}

/* --- Again --------------------------------------------------------------------------------- */

static void challenges(void)
{
    struct outgoing first, request, challenge = answer_of(UNAUTHORIZED, NONE, NULL, 0);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &first));
    for (uint8_t n = 0; n < 4; n++) {
        challenge.head.echo_len = 1 + 13 * n; /* 1 to 40 bytes, of anybody's */
        challenge.head.echo[0] = n;
        if (n == 3) break;
        OK(client_next(client, &challenge, &request));
        CHECK_BYTES(first.payload, first.len, request.payload, request.len);
        CHECK_BYTES(challenge.head.echo, challenge.head.echo_len, request.head.echo, request.head.echo_len);
    }
    CHECK_STATUS(LAKE_ERR_CHALLENGES, client_next(client, &challenge, &request));
    check_failed(client);
    OK(lake_coap_client_free(client));
}

static void retransmission(void)
{
    struct outgoing first, request, answer;
    const struct outgoing changed = answer_of(CHANGED, NONE, NULL, 0);
    lake_session *session;
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    CHECK_STATUS(LAKE_ERR_STATE, again(client, &request));
    CHECK_STATUS(LAKE_ERR_STATE, client_next(client, &changed, &request));
    CHECK_STATUS(LAKE_ERR_STATE, go_on(client, &request));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_no_answer(client));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_session(client, &session));
    CHECK_INT(0, is_done(client));
    OK(client_start(client, &first));
    CHECK_STATUS(LAKE_ERR_STATE, client_start(client, &request));
    for (int i = 0; i < 3; i++) {
        OK(again(client, &request));
        CHECK_BYTES(first.payload, first.len, request.payload, request.len);
        handle(&c, incoming(&request), &answer); /* a new run each; the client takes any answer */
    }
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_client_set_prepare(client, NULL, NULL, NULL));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_client_ask_profiles(client, LAKE_COAP_YES));
    OK(client_next(client, &answer, &request));
    CHECK_STATUS(LAKE_ERR_STATE, go_on(client, &request)); /* nothing is pending */
    OK(again(client, &request));
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request));
    check_same_context(&c, client);
    CHECK_STATUS(LAKE_ERR_STATE, client_next(client, &changed, &request));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_free(session_of(client)));
    CHECK_INT(1, is_done(client)); /* that did not harm it */
    OK(lake_coap_client_free(client));
}

/* The stack gives up: at message_1, or when the answer to message_3 is lost. */
static void no_answer(void)
{
    struct outgoing message_3;
    coap_server(&c, NULL);
    lake_coap_client *clients[2] = {client_of(&c, LAKE_INITIATOR, NULL), half(&c, &message_3)};
    OK(client_start(clients[0], &message_3));
    for (int i = 0; i < 2; i++) {
        check_text(clients[i], 1);
        OK(lake_coap_client_no_answer(clients[i]));
        check_failed(clients[i]);
        OK(lake_coap_client_free(clients[i]));
    }
}

/* --- Combined ---------------------------------------------------------------------------------- */

static void combine(void)
{
    const uint8_t ciphertext[13] = {0xcd};
    struct outgoing message_3, o, answer;
    int32_t edhoc = 7;
#define COMBINE(block, max) \
    lake_coap_client_combine(client, ciphertext, sizeof ciphertext, block, max, &edhoc, o.payload, sizeof o.payload, &o.len)
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    CHECK_STATUS(LAKE_ERR_STATE, COMBINE(0, 0));
    OK(client_start(client, &o));
    CHECK_STATUS(LAKE_ERR_STATE, COMBINE(0, 0));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_verified(client));
    OK(lake_coap_client_free(client));

    client = half(&c, &message_3); /* C_R, which has one byte here, and message_3 */
    const size_t whole = message_3.len - 1 + sizeof ciphertext;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_client_combine(client, NULL, 0, 0, 0, &edhoc, o.payload, 99, &o.len));
    CHECK_STATUS(LAKE_ERR_COMBINED_SIZE, COMBINE(0, 1));
    CHECK_STATUS(LAKE_ERR_COMBINED_SIZE, COMBINE(0, whole - 1));
    CHECK_INT(7, edhoc);
    OK(COMBINE(0, whole));
    CHECK_INT(1, edhoc);
    CHECK_BYTES(message_3.payload + 1, message_3.len - 1, o.payload, o.len - sizeof ciphertext);
    CHECK_BYTES(ciphertext, sizeof ciphertext, o.payload + message_3.len - 1, sizeof ciphertext);
    OK(COMBINE(1, 1)); /* of a request in blocks, only the first is combined */
    CHECK_INT(0, edhoc);
    CHECK_BYTES(ciphertext, sizeof ciphertext, o.payload, o.len);
    OK(again(client, &o)); /* the way without is still there */
    CHECK_BYTES(message_3.payload, message_3.len, o.payload, o.len);
    handle(&c, incoming(&o), &answer);
    OK(client_next(client, &answer, &o));
    check_same_context(&c, client);
    CHECK_STATUS(LAKE_ERR_STATE, COMBINE(0, 0));
    OK(lake_coap_client_free(client));

    for (int n = 0; n < 2; n++) { /* an unprotected answer to it is an error */
        client = half(&c, &message_3);
        OK(COMBINE(0, 0));
        answer = n == 0 ? answer_of(BAD_REQUEST, EDHOC, unspecified, sizeof unspecified) : answer_of(CHANGED, NONE, NULL, 0);
        CHECK_STATUS(n == 0 ? LAKE_ERR_REFUSED : LAKE_ERR_ANSWER, client_next(client, &answer, &o));
        check_failed(client);
        OK(lake_coap_client_free(client));
    }

    client = client_of(&c, LAKE_RESPONDER, NULL);
    OK(run(&c, client));
    CHECK_STATUS(LAKE_ERR_STATE, COMBINE(0, 0));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_verified(client));
    OK(lake_coap_client_free(client));
}

/* With message_4 there is no combined request; and message_4 has to come. */
static void message_4(void)
{
    struct coap w;
    struct outgoing message_3, o, answer;
    int32_t edhoc;
    coap_make(&w);
    OK(lake_config_set_option(w.p.config_i, LAKE_OPTION_MESSAGE_4, 1));
    OK(lake_config_set_option(w.p.config_r, LAKE_OPTION_MESSAGE_4, 1));
    coap_server(&w, NULL);
    for (int n = 0; n < 3; n++) {
        lake_coap_client *client = half(&w, &message_3);
        CHECK_STATUS(LAKE_ERR_NO_COMBINED, lake_coap_client_combine(client, (const uint8_t *)"x", 1, 0, 0, &edhoc,
                                                                    o.payload, sizeof o.payload, &o.len));
        handle(&w, incoming(&message_3), &answer);
        CHECK(answer.len > 0);
        if (n == 0) { /* it is not there */
            answer = answer_of(CHANGED, NONE, NULL, 0);
            CHECK_STATUS(LAKE_ERR_ANSWER, client_next(client, &answer, &o));
        } else if (n == 1) {
            answer.payload[answer.len - 1] ^= 1;
            CHECK_STATUS(LAKE_ERR_DECRYPTION, client_next(client, &answer, &o));
        } else {
            CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_verified(client));
            CHECK_INT(0, is_done(client)); /* that did not harm it */
            OK(client_next(client, &answer, &o));
            check_same_context(&w, client);
        }
        if (n < 2) check_failed(client);
        OK(lake_coap_client_free(client));
    }
    coap_free(&w);
}

int main(void)
{
    coap_make(&c);
    odd();
    forged();
    challenges();
    retransmission();
    no_answer();
    combine();
    message_4();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
