/* A server as a black box: what it answers to nine inputs in three states (the table of
 * docs/coap.md), both flows, combined requests, and datagrams that come twice. */
#include "coap_fixture.h"

static struct coap c;

/* --- Nine inputs in three states ------------------------------------------------------- */

enum input { MESSAGE_1, MESSAGE_2, MESSAGE_3, MESSAGE_4, ERROR_MESSAGE, COMBINED, OSCORE, PLAIN, EMPTY_POST, INPUTS };
enum state { NO_RUN, AFTER_MESSAGE_2, COMPLETED, STATES };
static const char *const names[] = {"message_1", "message_2", "message_3", "message_4", "error",
                                    "combined", "OSCORE", "plain", "empty POST"};
static const uint8_t ciphertext[13] = {0xcd};

/* Somebody who sends anything at any time. */
static struct {
    uint8_t id[64]; /* C_R of the run begun last, or of none */
    size_t id_len;
    struct message message_2, message_3;
    int unused; /* message_3 was not made yet */
} stranger;

static void stranger_new(void)
{
    static const uint8_t junk[40] = {0x58, 38};
    stranger.id[0] = 0x17;
    stranger.id_len = 1;
    stranger.unused = 0;
    memcpy(stranger.message_2.bytes, junk, stranger.message_2.len = sizeof junk);
    memcpy(stranger.message_3.bytes, junk, stranger.message_3.len = sizeof junk);
    peers_start(&c.p);
}

static void make_message_1(struct outgoing *store)
{
    struct message m;
    peers_start(&c.p);
    OK(lake_session_prepare_message(c.p.i, 1, m.bytes, sizeof m.bytes, &m.len));
    store->payload[0] = 0xf5;
    memcpy(store->payload + 1, m.bytes, m.len);
    store->len = 1 + m.len;
}

static void make_message_3(void)
{
    struct message *m = &stranger.message_3;
    if (!stranger.unused) return;
    stranger.unused = 0;
    OK(lake_session_prepare_message(c.p.i, 3, m->bytes, sizeof m->bytes, &m->len));
}

static struct lake_coap_incoming make(enum input input, struct outgoing *store)
{
    static const uint8_t an_error[] = {0x01, 0x61, 'x'}, junk[20] = {0x52};
    struct lake_coap_incoming request = {.struct_size = sizeof request, .code = LAKE_COAP_CODE_POST, .format = NONE};
    switch (input) {
    case MESSAGE_1:
        make_message_1(store);
        return post(store->payload, store->len);
    case MESSAGE_2: return post_to(store, stranger.id, stranger.id_len, stranger.message_2.bytes, stranger.message_2.len);
    case MESSAGE_3:
        make_message_3();
        return post_to(store, stranger.id, stranger.id_len, stranger.message_3.bytes, stranger.message_3.len);
    case MESSAGE_4: return post_to(store, stranger.id, stranger.id_len, junk, 19);
    case ERROR_MESSAGE: return post_to(store, stranger.id, stranger.id_len, an_error, sizeof an_error);
    case COMBINED:
        make_message_3();
        memcpy(store->payload, stranger.message_3.bytes, stranger.message_3.len);
        memcpy(store->payload + stranger.message_3.len, ciphertext, sizeof ciphertext);
        request.payload = store->payload;
        request.payload_len = stranger.message_3.len + sizeof ciphertext;
        request.edhoc = 1;
        break;
    case OSCORE:
        request.payload = ciphertext;
        request.payload_len = sizeof ciphertext;
        break;
    case PLAIN: request.code = GET; return request;
    default: return request;
    }
    request.kid = stranger.id;
    request.kid_len = stranger.id_len;
    return request;
}

static void send(enum input input, struct outgoing *answer)
{
    struct outgoing store;
    handle(&c, make(input, &store), answer);
    if (input == COMBINED && answer->head.oscore == 1)
        CHECK_BYTES(ciphertext, sizeof ciphertext, store.payload + answer->head.oscore_offset,
                    c.last.payload_len - answer->head.oscore_offset);
    if (input != MESSAGE_1 || answer->head.code != CHANGED) return;
    memcpy(stranger.message_2.bytes, answer->payload, stranger.message_2.len = answer->len);
    stranger.unused = 1;
    OK(lake_session_process_message(c.p.i, 2, answer->payload, answer->len)); /* to see C_R */
    OK(peer_id_of(c.p.i, stranger.id, sizeof stranger.id, &stranger.id_len));
}

/* Code, Content-Format, error code (-1: none), to OSCORE, and the state that it leaves. */
struct expected { int32_t code, format; int64_t error; int32_t oscore; enum state leaves; };
#define MESSAGE(state) {CHANGED, EDHOC, -1, 0, state}
#define EMPTY(state) {CHANGED, NONE, -1, 0, state}
#define REFUSED(state) {BAD_REQUEST, EDHOC, 1, 0, state}
#define BARE(code, state) {code, NONE, -1, 0, state}
#define TO_OSCORE(state) {LAKE_COAP_CODE_EMPTY, NONE, -1, 1, state}
static const struct expected table[INPUTS][STATES] = {
    [MESSAGE_1] = {MESSAGE(AFTER_MESSAGE_2), MESSAGE(AFTER_MESSAGE_2), MESSAGE(COMPLETED)},
    [MESSAGE_2] = {REFUSED(NO_RUN), REFUSED(NO_RUN), REFUSED(COMPLETED)},
    [MESSAGE_3] = {REFUSED(NO_RUN), EMPTY(COMPLETED), REFUSED(COMPLETED)},
    [MESSAGE_4] = {REFUSED(NO_RUN), REFUSED(NO_RUN), REFUSED(COMPLETED)},
    [ERROR_MESSAGE] = {BARE(BAD_REQUEST, NO_RUN), EMPTY(NO_RUN), BARE(BAD_REQUEST, COMPLETED)},
    [COMBINED] = {REFUSED(NO_RUN), TO_OSCORE(COMPLETED), REFUSED(COMPLETED)},
    [OSCORE] = {BARE(UNAUTHORIZED, NO_RUN), BARE(UNAUTHORIZED, AFTER_MESSAGE_2), TO_OSCORE(COMPLETED)},
    [PLAIN] = {BARE(METHOD_NOT_ALLOWED, NO_RUN), BARE(METHOD_NOT_ALLOWED, AFTER_MESSAGE_2),
               BARE(METHOD_NOT_ALLOWED, COMPLETED)},
    [EMPTY_POST] = {MESSAGE(NO_RUN), MESSAGE(AFTER_MESSAGE_2), MESSAGE(COMPLETED)},
};

static void check(enum input input, const struct expected *want)
{
    struct outgoing answer;
    send(input, &answer);
    check_answer(names[input], &answer, want->code, want->format, want->error);
    if (answer.head.oscore != want->oscore) FAIL("%s: to OSCORE: %d", names[input], (int)answer.head.oscore);
    CHECK_INT(0, answer.head.duplicate);
    CHECK_INT(0, answer.head.echo_len);
    CHECK_INT(input == COMBINED && want->oscore ? stranger.message_3.len : 0, answer.head.oscore_offset);
}

static void inputs_in_states(void)
{
    for (enum state state = NO_RUN; state < STATES; state++) {
        for (enum input input = MESSAGE_1; input < INPUTS; input++) {
            const struct expected *want = &table[input][state];
            const int runs = state == AFTER_MESSAGE_2, contexts = state == COMPLETED;
            struct outgoing answer;
            lake_coap_ids *ids;
            OK(lake_coap_ids_new(3, 3, &ids)); /* so long that those of ended runs do not come again */
            coap_server(&c, ids);
            OK(lake_coap_ids_free(ids)); /* the server keeps them */
            stranger_new();
            if (state != NO_RUN) send(MESSAGE_1, &answer);
            if (state == COMPLETED) send(MESSAGE_3, &answer);
            CHECK_INT(contexts, c.established);
            check(input, want);
            const struct lake_coap_stats stats = stats_of(&c);
            const int begins = input == MESSAGE_1 || input == EMPTY_POST;
            CHECK_INT(begins + (runs && want->leaves == AFTER_MESSAGE_2), stats.half_open);
            CHECK_INT(want->leaves == COMPLETED, stats.contexts);
            CHECK_INT(want->leaves == COMPLETED, stats.established);
            CHECK_INT(stats.half_open + stats.contexts, stats.ids);
            CHECK_INT(runs && want->leaves == NO_RUN, stats.failed);
            CHECK_INT(stats.failed, c.failed);
            CHECK_INT(stats.established, c.established);
            if (c.failed) CHECK(strcmp(c.peer, "peer") == 0 && c.id_len == 3);
            if (want->leaves == AFTER_MESSAGE_2) { /* the honest message still completes it */
                static const struct expected completes = EMPTY(COMPLETED);
                check(MESSAGE_3, &completes);
            }
        }
    }
}

/* --- Flows -------------------------------------------------------------------------------- */

static void flows(void)
{
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        for (int32_t message_4 = 0; message_4 <= 1; message_4++) {
            lake_coap_client *client;
            coap_free(&c);
            coap_make(&c);
            OK(lake_config_set_option(c.p.config_i, LAKE_OPTION_MESSAGE_4, message_4));
            OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_MESSAGE_4, message_4));
            coap_server(&c, NULL);
            client = client_of(&c, role, NULL);
            OK(run(&c, client));
            CHECK(c.established == 1 && c.failed == 0);
            check_same_context(&c, client);
            CHECK_INT(1, c.id_len); /* the shortest first */
            OK(lake_coap_client_free(client));
            const struct lake_coap_stats stats = stats_of(&c);
            CHECK(stats.half_open == 0 && stats.contexts == 1 && stats.ids == 1 && stats.established == 1);
        }
    }
}

/* A flow that has no config is refused, before anything is done for it. */
static void one_flow_only(void)
{
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_config *responder = role == LAKE_RESPONDER ? c.p.config_r : NULL;
        lake_config *initiator = role == LAKE_INITIATOR ? c.p.config_r : NULL;
        OK(lake_coap_server_free(c.server));
        OK(lake_coap_server_new(responder, initiator, NULL, on_event, &c, NULL, &c.server));
        lake_coap_client *client = client_of(&c, role, NULL);
        lake_status status = run(&c, client);
        CHECK(status == LAKE_ERR_PEER_UNSPECIFIED || status == LAKE_ERR_REFUSED);
        CHECK_INT(0, stats_of(&c).begun);
        OK(lake_coap_client_free(client));
        client = client_of(&c, 3 - role, NULL);
        OK(run(&c, client));
        OK(lake_coap_client_free(client));
    }
}

/* --- Datagrams that come twice ---------------------------------------------------------------- */

static void duplicates(void)
{
    struct outgoing request, first, again;
    lake_coap_client *client;
    coap_server(&c, NULL);
    client = client_of(&c, LAKE_INITIATOR, NULL);
    lake_status status = client_start(client, &request);
    while (status == LAKE_OK && request.head.code != LAKE_COAP_CODE_EMPTY) {
        handle(&c, incoming(&request), &first);
        CHECK_INT(0, first.head.duplicate);
        for (int times = 0; times < 3; times++) {
            repeat(&c, &again);
            CHECK_INT(1, again.head.duplicate);
            CHECK_INT(first.head.code, again.head.code);
            CHECK_BYTES(first.payload, first.len, again.payload, again.len);
        }
        status = client_next(client, &first, &request);
    }
    OK(status);
    check_same_context(&c, client);
    struct lake_coap_stats stats = stats_of(&c);
    CHECK(stats.begun == 1 && stats.established == 1 && stats.duplicates == 6 && stats.answers == 2);
    CHECK_INT(1, c.established);
    /* Each part of a datagram counts. */
    const struct lake_coap_incoming same = c.last;
#define OTHER(change, code)                              \
    do {                                                 \
        c.last = same;                                   \
        change;                                          \
        repeat(&c, &again);                              \
        check_answer(#change, &again, code, EDHOC, 1);   \
        CHECK_INT(0, again.head.duplicate);              \
    } while (0)
    OTHER(c.last.message_id ^= 1, BAD_REQUEST);
    OTHER((c.last.token = (const uint8_t *)"t", c.last.token_len = 1), BAD_REQUEST);
    OTHER((c.last.peer = (const uint8_t *)"else", c.last.peer_len = 4), BAD_REQUEST);
    OTHER((c.last.echo = (const uint8_t *)"", c.last.echo_len = 1), BAD_REQUEST);
    OTHER(c.last.payload_len--, BAD_REQUEST);
    CHECK_INT(6, stats_of(&c).duplicates);
    CHECK(c.failed == 0 && c.established == 1);
    /* message_3 once more in a new datagram is an error, and the context stays. */
    handle(&c, incoming(&request), &again);
    OK(lake_coap_client_free(client));
    CHECK_INT(1, stats_of(&c).contexts);
}

/* Without message ids, as over TCP, nothing is taken for a repetition. */
static void reliable(void)
{
    struct outgoing message_3, answer;
    coap_server(&c, NULL);
    lake_coap_client *client = half(&c, &message_3);
    CHECK_INT(1, stats_of(&c).answers);
    c.last.message_id = -1;
    for (int n = 2; n < 4; n++) {
        repeat(&c, &answer);
        check_answer("message_1", &answer, CHANGED, EDHOC, -1);
        CHECK_INT(n, stats_of(&c).begun);
    }
    handle(&c, incoming(&message_3), &answer);
    c.last.message_id = -1;
    repeat(&c, &answer);
    check_answer("a used message_3", &answer, BAD_REQUEST, EDHOC, 1);
    const struct lake_coap_stats stats = stats_of(&c);
    CHECK(stats.duplicates == 0 && stats.answers == 2 && c.established == 1);
    OK(lake_coap_client_free(client));
}

/* An error message ends a run if it is from who began it. A client that has moved goes on. */
static void other_peers(void)
{
    struct outgoing message_3, answer, store;
    coap_server(&c, NULL);
    lake_coap_client *client = half(&c, &message_3);
    struct lake_coap_incoming in = post_to(&store, message_3.payload, 1, "\x01\x60", 2);
    in.peer = (const uint8_t *)"stranger";
    in.peer_len = 8;
    handle(&c, in, &answer);
    check_answer("somebody else's error message", &answer, BAD_REQUEST, NONE, -1);
    CHECK_INT(0, c.failed);
    in = incoming(&message_3);
    in.peer = (const uint8_t *)"elsewhere";
    in.peer_len = 9;
    handle(&c, in, &answer);
    check_answer("from another address", &answer, UNAUTHORIZED, NONE, -1); /* first it shows that it is there */
    CHECK(answer.head.echo_len > 0 && c.established == 0 && c.failed == 0);
    OK(client_next(client, &answer, &message_3));
    in = incoming(&message_3);
    in.peer = (const uint8_t *)"elsewhere";
    in.peer_len = 9;
    handle(&c, in, &answer);
    CHECK(c.established == 1 && strcmp(c.peer, "peer") == 0); /* who began the run */
    OK(client_next(client, &answer, &message_3));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
}

/* A combined request that comes again goes to OSCORE again, with nothing run twice. */
static void combined(void)
{
    struct outgoing message_3, answer, request = {0};
    struct lake_oscore_context own = {.struct_size = sizeof own};
    int32_t edhoc = 0;
    coap_server(&c, NULL);
    lake_coap_client *client = half(&c, &message_3);
    OK(lake_session_oscore_context(session_of(client), &own));
    OK(lake_coap_client_combine(client, ciphertext, sizeof ciphertext, 0, 0, &edhoc, request.payload,
                                sizeof request.payload, &request.len));
    CHECK_INT(1, edhoc);
    struct lake_coap_incoming in = post(request.payload, request.len);
    in.code = PUT;
    in.format = NONE;
    in.edhoc = 1;
    in.kid = own.sender_id;
    in.kid_len = own.sender_id_len;
    handle(&c, in, &answer);
    for (int times = 0; times < 3; times++) {
        CHECK(answer.head.oscore == 1 && answer.head.code == LAKE_COAP_CODE_EMPTY && answer.len == 0);
        CHECK_BYTES(ciphertext, sizeof ciphertext, request.payload + answer.head.oscore_offset,
                    request.len - answer.head.oscore_offset);
        CHECK_INT(times > 0, answer.head.duplicate);
        CHECK_INT(1, c.established);
        repeat(&c, &answer);
    }
    CHECK_INT(0, is_done(client));
    OK(lake_coap_client_verified(client));
    check_same_context(&c, client);
    handle(&c, in, &answer);
    check_answer("a used message_3", &answer, BAD_REQUEST, EDHOC, 1);
    in.edhoc = 0;
    handle(&c, in, &answer);
    CHECK(answer.head.oscore == 1 && answer.head.oscore_offset == 0);
    /* The context goes: its Recipient ID is free, and its requests get 4.01. */
    OK(lake_coap_server_release(c.server, c.id, c.id_len));
    OK(lake_coap_server_release(c.server, c.id, c.id_len));
    handle(&c, in, &answer);
    check_answer("without context", &answer, UNAUTHORIZED, NONE, -1);
    check_nothing_left(&c);
    OK(lake_coap_client_free(client));
}

int main(void)
{
    coap_make(&c);
    inputs_in_states();
    flows();
    one_flow_only();
    coap_free(&c);
    coap_make(&c);
    duplicates();
    reliable();
    other_peers();
    combined();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
