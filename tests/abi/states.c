/* Calls out of turn, replayed messages, and garbage in every waiting state. */
#include "fixture.h"

static struct peers p;
static uint8_t out[2048], saved[4096];
static lake_resumption *store;
static size_t len;
static struct lake_oscore_context oscore = {.struct_size = sizeof oscore};

/* --- Calls out of turn ------------------------------------------------------- */

/* What a host asks of a session. */
enum {
    PREPARE_1, PREPARE_2, PREPARE_3, PREPARE_4, PROCESS_1, PROCESS_2, PROCESS_3, PROCESS_4,
    RESUME, COMPLETE, PROVED, RESTART, SET_ID, SELECT, SET_PEER, REJECT_EAD, ACCEPT_EAD,
    ADD_1, ADD_2, ADD_3, ADD_4, EXPORT, OSCORE, CONF, UPDATE, ABORT, REJECT_PEER, PROCESS_ERROR,
    SET_OWN, USE_RESUMPTION, FALL_BACK, RESUMPTION_CREDENTIAL, RENEWAL, SAVE, ANSWER_KEY, EVENTS
};
#define BIT(event) ((uint64_t)1 << (event))
#define KEYS (BIT(EXPORT) | BIT(OSCORE) | BIT(CONF) | BIT(RENEWAL))
#define ENDS (BIT(ABORT) | BIT(REJECT_PEER))

static lake_status ask(lake_session *s, int event)
{
    static const uint8_t error[] = {0x01, 0x60}; /* code 1 with an empty text */
    const struct message *m = p.messages;
    static const uint8_t key[32];
    char conf[512];
    int32_t due;
    lake_credential *credential;
    switch (event) {
    case PREPARE_1: case PREPARE_2: case PREPARE_3: case PREPARE_4:
        return prepare[event - PREPARE_1 + 1](s, out, sizeof out, &len);
    case PROCESS_1: case PROCESS_2: case PROCESS_3: case PROCESS_4:
        m += event - PROCESS_1 + 1;
        return process[event - PROCESS_1 + 1](s, m->bytes, m->len);
    case RESUME: return lake_session_continue(s);
    case COMPLETE: return lake_session_complete_without_message_4(s);
    case PROVED: return lake_session_peer_proved(s);
    case RESTART: return lake_session_restart(s);
    case SET_ID: return lake_session_set_connection_id(s, out, 1);
    case SELECT: return lake_session_select_suite(s, p.suite);
    case SET_PEER: return lake_session_set_peer_credential(s, p.id_i.credential);
    case REJECT_EAD: return lake_session_ead_reject(s, 1, 0);
    case ACCEPT_EAD: return lake_session_ead_accept(s, 1, 0);
    case ADD_1: case ADD_2: case ADD_3: case ADD_4:
        return lake_session_ead_add(s, event - ADD_1 + 1, 1, NULL, 0);
    case EXPORT: return lake_session_export(s, 32768, NULL, 0, out, 16);
    case OSCORE: return lake_session_oscore_context(s, &oscore);
    case CONF: return lake_session_oscore_libcoap_conf(s, conf, sizeof conf, &len);
    case UPDATE: return lake_session_key_update(s, NULL, 0);
    case ABORT: return lake_session_abort(s);
    case REJECT_PEER: return lake_session_reject_peer(s, LAKE_ERR_PEER_REJECTED);
    case SET_OWN: return lake_session_set_own_credential(s, p.id_i.credential);
    case USE_RESUMPTION: return lake_session_use_resumption(s, store, out, 1);
    case FALL_BACK: return lake_session_fall_back(s);
    case RESUMPTION_CREDENTIAL: return lake_session_resumption_credential(s, 0, &credential);
    case RENEWAL: return lake_session_renewal(s, 0, 0, 0, &due);
    case SAVE: return lake_session_save(s, key, sizeof key, saved, sizeof saved, &len);
    case ANSWER_KEY: return lake_session_answer_key(s, key, sizeof key);
    case PROCESS_ERROR: return lake_session_process_error(s, error, sizeof error);
    }
    FAIL("no such event");
}

/* Asks for all that is not among allowed; the session does not move. */
static void refuses_the_rest(lake_session *s, int32_t state, uint64_t allowed)
{
    int32_t role;
    role = info_of(s).role;
    CHECK_INT(state, state_of(s));
    for (int event = 0; event < EVENTS; event++) {
        if (allowed & BIT(event)) continue;
        lake_status status = ask(s, event);
        /* Only the Initiator sends message_1 and message_3. */
        int foreign = event >= ADD_1 && event <= ADD_4 && (event - ADD_1) % 2 != (role == LAKE_INITIATOR ? 0 : 1);
        lake_status expected = foreign ? LAKE_ERR_ARGUMENT : LAKE_ERR_STATE;
        if (status != expected)
            FAIL("event %d in %s: %s", event, lake_state_name(state), lake_status_name(status));
        CHECK_STATUS(expected, last_error(s));
        CHECK_INT(state, state_of(s));
    }
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(s, out, sizeof out, &len)); /* none is due */
    CHECK_INT(state, state_of(s));
}

static void out_of_turn(int complete)
{
    static const uint64_t end = KEYS | BIT(UPDATE) | BIT(RESUMPTION_CREDENTIAL) | BIT(SAVE), i_end = end | BIT(PROVED),
                          r_end = end | BIT(PREPARE_4);
    /* Something to offer in place of messages that are not there yet. */
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    peers_start(&p);
    refuses_the_rest(p.i, LAKE_STATE_START, BIT(PREPARE_1) | BIT(SET_ID) | BIT(SELECT) | BIT(SET_OWN) | BIT(USE_RESUMPTION) | BIT(ADD_1) | BIT(ADD_3) | ENDS);
    refuses_the_rest(p.r, LAKE_STATE_START, BIT(PROCESS_1) | BIT(SET_ID) | BIT(SET_OWN) | BIT(ADD_2) | BIT(ADD_4) | ENDS);
    peers_prepare(&p, 1);
    refuses_the_rest(p.i, LAKE_STATE_WAIT_MESSAGE_2,
                     BIT(PREPARE_1) | BIT(PROCESS_2) | BIT(SET_OWN) | BIT(SAVE) | BIT(ADD_3) | BIT(PROCESS_ERROR) | ENDS);
    OK(peers_process(&p, 1));
    refuses_the_rest(p.r, LAKE_STATE_RECEIVED_MESSAGE_1, BIT(PREPARE_2) | BIT(SET_ID) | BIT(SET_OWN) | BIT(ADD_2) | BIT(ADD_4) | ENDS);
    peers_prepare(&p, 2);
    refuses_the_rest(p.r, LAKE_STATE_WAIT_MESSAGE_3,
                     BIT(PREPARE_2) | BIT(PROCESS_3) | BIT(SAVE) | BIT(ADD_4) | BIT(PROCESS_ERROR) | ENDS);
    OK(peers_process(&p, 2));
    refuses_the_rest(p.i, LAKE_STATE_VERIFIED_MESSAGE_2, BIT(PREPARE_3) | BIT(SET_OWN) | BIT(ADD_3) | BIT(PROCESS_ERROR) | ENDS);
    peers_prepare(&p, 3);
    refuses_the_rest(p.i, LAKE_STATE_WAIT_MESSAGE_4,
                     BIT(PREPARE_3) | BIT(PROCESS_4) | BIT(COMPLETE) | BIT(PROVED) | BIT(SAVE) | BIT(PROCESS_ERROR) | KEYS | ENDS);
    OK(peers_process(&p, 3));
    refuses_the_rest(p.r, LAKE_STATE_VERIFIED_MESSAGE_3, BIT(PREPARE_4) | BIT(COMPLETE) | BIT(ADD_4) | KEYS | ENDS);
    if (complete) {
        OK(complete == 1 ? lake_session_complete_without_message_4(p.i) : lake_session_peer_proved(p.i));
        OK(lake_session_complete_without_message_4(p.r));
    } else {
        peers_exchange(&p, 4, 4);
    }
    refuses_the_rest(p.i, LAKE_STATE_COMPLETED, i_end);
    OK(lake_session_peer_proved(p.i)); /* nothing is open */
    refuses_the_rest(p.r, LAKE_STATE_COMPLETED, r_end);
    peers_check_complete(&p);

    /* Nothing is allowed after the end. */
    peers_start(&p);
    OK(lake_session_abort(p.i));
    OK(lake_session_abort(p.r));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.i, out, sizeof out, &len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_prepare_error(p.r, out, sizeof out, &len));
    for (int event = 0; event < EVENTS; event++) {
        lake_status i = ask(p.i, event), r = ask(p.r, event);
        CHECK(i == LAKE_ERR_STATE || (i == LAKE_ERR_ARGUMENT && (event == ADD_2 || event == ADD_4)));
        CHECK(r == LAKE_ERR_STATE || (r == LAKE_ERR_ARGUMENT && (event == ADD_1 || event == ADD_3)));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.r));
    }
    struct message none;
    CHECK_STATUS(LAKE_ERR_STATE, step(p.i, NULL, &none));
    CHECK_STATUS(LAKE_ERR_STATE, step(p.r, &p.messages[1], &none));
}

/* --- Replays ------------------------------------------------------------------ */

static void replays(void)
{
    struct message old[5];
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    memcpy(old, p.messages, sizeof old);

    /* What was accepted is not accepted again. */
    for (int n = 1; n <= 4; n++) {
        struct message *m = &old[n];
        CHECK_STATUS(LAKE_ERR_STATE, process[n](receiver(&p, n), m->bytes, m->len));
    }
    peers_check_complete(&p);

    /* What another run accepted is not accepted in this one. */
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    CHECK(lake_session_process_message(p.i, 2, old[2].bytes, old[2].len) < 0);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    CHECK_STATUS(LAKE_ERR_DECRYPTION, lake_session_process_message(p.r, 3, old[3].bytes, old[3].len));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.r));
    peers_start(&p);
    peers_exchange(&p, 1, 3);
    CHECK_STATUS(LAKE_ERR_DECRYPTION, lake_session_process_message(p.i, 4, old[4].bytes, old[4].len));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_oscore_context(p.i, &oscore)); /* the keys are gone */

    /* A message_1 may come again: it gives another run, which does not end. */
    peers_start(&p);
    OK(lake_session_process_message(p.r, 1, old[1].bytes, old[1].len));
    OK(lake_session_prepare_message(p.r, 2, out, sizeof out, &len));
    CHECK(len != old[2].len || memcmp(out, old[2].bytes, len) != 0);
    CHECK_STATUS(LAKE_ERR_DECRYPTION, lake_session_process_message(p.r, 3, old[3].bytes, old[3].len));

    /* One's own message, sent back. */
    peers_start(&p);
    peers_prepare(&p, 1);
    CHECK(lake_session_process_message(p.i, 2, p.messages[1].bytes, p.messages[1].len) < 0);
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK(lake_session_process_message(p.r, 3, p.messages[2].bytes, p.messages[2].len) < 0);
}

/* --- Garbage ------------------------------------------------------------------- */

/* A run in which message n is made, and not processed. */
static void up_to(int n)
{
    peers_start(&p);
    peers_exchange(&p, 1, n - 1);
    peers_prepare(&p, n);
}

/* A receiver that has been given something else than the honest message has failed for
 * good. */
static void check_aftermath(int n, lake_status status)
{
    lake_session *session = receiver(&p, n);
    int32_t authenticated;
    CHECK(status < 0);
    CHECK_INT(LAKE_STATE_FAILED, state_of(session));
    authenticated = info_of(session).is_authenticated;
    CHECK_INT(0, authenticated);
    CHECK_STATUS(LAKE_ERR_STATE, peers_process(&p, n));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_oscore_context(session, &oscore));
}

static void give(int n, const struct message *m)
{
    lake_session *session = receiver(&p, n);
    uint8_t *exact = malloc(m->len ? m->len : 1); /* the sanitizer sees what is read beyond */
    memcpy(exact, m->bytes, m->len);
    lake_status status = process[n](session, exact, m->len);
    free(exact);
    if (n > 1 || status != LAKE_OK) {
        check_aftermath(n, status);
        return;
    }
    /* A changed message_1 may look right. The Initiator finds out. */
    peers_prepare(&p, 2);
    status = peers_process(&p, 2);
    CHECK(status < 0);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
}

static void prefixes_and_flips(int n)
{
    up_to(n);
    for (size_t cut = 0; cut < p.messages[n].len; cut++) {
        up_to(n);
        struct message m = p.messages[n];
        m.len = cut;
        give(n, &m);
    }
    for (size_t bit = 0; bit < p.messages[n].len * 8; bit++) {
        up_to(n);
        struct message m = p.messages[n];
        m.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        give(n, &m);
    }
    up_to(n);
    struct message longer = p.messages[n];
    longer.bytes[longer.len++] = 0x00;
    give(n, &longer);
}

/* What cannot be parsed ends the run (RFC 9528 section 9), by steps and message by message. */
static void unparsable(int n)
{
    static const struct message junk[] = {
        {{0}, 0},                      /* nothing */
        {{0xff}, 1},                   /* a break */
        {{0x58}, 1},                   /* a head without its length */
        {{0x5a, 0xff, 0xff, 0xff, 0xff}, 5}, /* 4 GB announced */
        {{0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 9},
        {{0x5f, 0x41, 0x00, 0xff}, 4}, /* indefinite length */
        {{0xa0}, 1},                   /* a map */
        {{0x41, 0x00, 0x41, 0x00}, 4}, /* two byte strings */
        {{0x58, 0x01, 0x00}, 3},       /* not the shortest head */
        {{0x9f}, 1},
        {{0xf6}, 1},
    };
    struct message error;
    for (size_t i = 0; i < COUNT(junk); i++) {
        up_to(n);
        lake_status status = process[n](receiver(&p, n), junk[i].bytes, junk[i].len);
        CHECK(status == LAKE_ERR_MALFORMED || status == LAKE_ERR_NOT_DETERMINISTIC);
        CHECK_STATUS(status, last_error(receiver(&p, n)));
        OK(lake_session_prepare_error(receiver(&p, n), error.bytes, sizeof error.bytes, &error.len));
        check_aftermath(n, status);
        up_to(n);
        CHECK_STATUS(status, step(receiver(&p, n), &junk[i], &error));
        CHECK(error.len > 0 && error.bytes[0] == 1);
        check_aftermath(n, status);
    }
    static uint8_t huge[65537] = {0x5a, 0x00, 0x00, 0xff, 0xfc};
    up_to(n);
    check_aftermath(n, process[n](receiver(&p, n), huge, sizeof huge));
    CHECK_STATUS(LAKE_ERR_TOO_LARGE, (up_to(n), process[n](receiver(&p, n), huge, sizeof huge)));
}

int main(void)
{
    size_t live = lake_live_handles();
    OK(lake_resumption_new(NULL, &store));
    for (int32_t method = 0; method < 4; method++) {
        peers_make(&p, method, method < 2 ? 2 : 0);
        out_of_turn(0);
        out_of_turn(1);
        out_of_turn(2);
        replays();
        for (int n = 1; n <= 4; n++) {
            prefixes_and_flips(n);
            if (n > 1) unparsable(n);
        }
        peers_free(&p);
    }
    OK(lake_resumption_free(store));
    CHECK_INT(live, lake_live_handles());
    return 0;
}
