/* Questions to the host: credential and EAD callbacks, and the same as pending
 * statuses (pull mode). */
#include "calls.h"
#include "fixture.h"

static struct peers p;

/* --- The credential callback -------------------------------------------------- */

static struct question {
    lake_status answer;
    lake_credential *credential;
    lake_session *session;
    int asked;
    void (*inside)(lake_session *);
} q;

static lake_status on_credential(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                                 lake_credential **out)
{
    static const uint8_t kid_r[] = {0xa1, 0x04, 0x41, 'r'};
    CHECK(userdata == &q);
    CHECK_BYTES(kid_r, sizeof kid_r, id_cred, id_cred_len);
    q.session = session;
    q.asked++;
    if (q.inside) q.inside(session);
    if (q.answer == LAKE_OK) *out = q.credential;
    return q.answer;
}

/* An Initiator that knows nobody and asks. message_2 is there. */
static void ask_about_responder(int32_t method, lake_status answer, lake_credential *credential)
{
    peers_make_strangers(&p, method, 2);
    q = (struct question){.answer = answer, .credential = credential};
    OK(lake_config_set_credential_callback(p.config_i, on_credential, &q, NULL));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
}

static void check_failed(lake_status expected, int code)
{
    uint8_t out[128];
    size_t len;
    int64_t got;
    char text[128];
    CHECK_STATUS(expected, peers_process(&p, 2));
    CHECK_INT(1, q.asked);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    CHECK_STATUS(expected, last_error(p.i));
    OK(lake_session_prepare_error(p.i, out, sizeof out, &len));
    OK(lake_error_parse(out, len, &got, text, sizeof text, &len));
    CHECK_INT(code, got);
    peers_free(&p);
}

static void found(int32_t method)
{
    ask_about_responder(method, LAKE_OK, NULL);
    q.credential = identity_public(&p.id_r); /* this reference passes to the library */
    OK(peers_process(&p, 2));
    CHECK_INT(1, q.asked);
    CHECK(q.session == p.i);
    peers_prepare(&p, 3);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 3)); /* the Responder has no callback */
    peers_free(&p);
}

static void not_found(void)
{
    ask_about_responder(3, LAKE_ERR_NOT_FOUND, NULL);
    check_failed(LAKE_ERR_CREDENTIAL_UNKNOWN, 3);
}

static void failing(void)
{
    static const lake_status answers[] = {LAKE_ERR_INTERNAL, LAKE_ERR_ARGUMENT, LAKE_ERR_CALLBACK, LAKE_ERR_MAC,
                                          LAKE_ERR_BUFFER_TOO_SMALL, LAKE_PENDING_EAD, -12345, 12345};
    for (size_t i = 0; i < COUNT(answers); i++) {
        ask_about_responder(3, answers[i], NULL);
        check_failed(LAKE_ERR_CALLBACK, 1);
    }
}

static void wrong_answers(void)
{
    struct identity other, ed;
    identity_make(&other, LAKE_KEY_P256, 'r');
    identity_make(&ed, LAKE_KEY_ED25519, 'r');
    ask_about_responder(3, LAKE_OK, NULL); /* nothing written */
    check_failed(LAKE_ERR_CALLBACK, 1);
    ask_about_responder(3, LAKE_OK, (lake_credential *)(uintptr_t)12345);
    check_failed(LAKE_ERR_CALLBACK, 1);
    ask_about_responder(3, LAKE_OK, NULL);
    q.credential = (lake_credential *)(void *)p.config_i;
    check_failed(LAKE_ERR_CALLBACK, 1);
    ask_about_responder(3, LAKE_OK, identity_public(&other)); /* the same kid, another key */
    check_failed(LAKE_ERR_MAC, 1);
    ask_about_responder(0, LAKE_OK, identity_public(&other));
    check_failed(LAKE_ERR_SIGNATURE, 1);
    ask_about_responder(3, LAKE_OK, identity_public(&ed));
    check_failed(LAKE_ERR_KEY_KIND, 1);
    ask_about_responder(3, LAKE_OK, NULL);
    q.credential = identity_public(&p.id_i); /* our own */
    check_failed(LAKE_ERR_OWN_CREDENTIAL, 1);
    identity_free(&other);
    identity_free(&ed);
}

/* Asked only about whom the config does not know, or about everybody. */
static void policies(void)
{
    peers_make(&p, 3, 2);
    q = (struct question){.answer = LAKE_ERR_NOT_FOUND};
    OK(lake_config_set_credential_callback(p.config_i, on_credential, &q, NULL));
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    CHECK_INT(0, q.asked);
    peers_check_complete(&p);
    peers_free(&p);

    peers_make(&p, 3, 2);
    OK(lake_config_set_credential_callback(p.config_i, on_credential, &q, NULL));
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PEER_POLICY, LAKE_PEER_CALLBACK));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    check_failed(LAKE_ERR_CREDENTIAL_UNKNOWN, 3); /* although it is pinned */
}

static void pending(void)
{
    lake_credential *credential;
    ask_about_responder(3, LAKE_PENDING_CREDENTIAL, NULL);
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, peers_process(&p, 2));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, lake_session_continue(p.i)); /* asks again */
    CHECK_INT(2, q.asked);
    CHECK_INT(LAKE_STATE_PENDING_MESSAGE_2, state_of(p.i));
    credential = identity_public(&p.id_r);
    OK(lake_session_set_peer_credential(p.i, credential));
    OK(lake_credential_free(credential)); /* the caller's reference */
    OK(lake_session_continue(p.i));
    CHECK_INT(2, q.asked);
    CHECK_INT(LAKE_STATE_VERIFIED_MESSAGE_2, state_of(p.i));
    peers_free(&p);
}

/* Within a callback: nothing on this session, everything on others. */
static void check_reentrancy(lake_session *session)
{
    void *userdata = NULL;
    for (size_t i = 0; i < calls_count; i++) {
        if (calls[i].kind != SESSION || strstr(calls[i].name, "userdata")) continue;
        lake_status status = calls[i].run(session);
        if (status != LAKE_ERR_BUSY) FAIL("%s in a callback: %s", calls[i].name, lake_status_name(status));
    }
    CHECK_STATUS(LAKE_ERR_BUSY, lake_resumption_keep(calls_resumption, session));
    CHECK_STATUS(LAKE_ERR_BUSY, lake_resumption_confirm(calls_resumption, session));
    OK(lake_session_userdata(session, &userdata));
    CHECK(userdata == &p);
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_3, state_of(p.r));
    struct peers others;
    peers_make(&others, 1, 0);
    peers_start(&others);
    peers_exchange(&others, 1, 4);
    peers_check_complete(&others);
    peers_free(&others);
}

static void reentrancy(void)
{
    ask_about_responder(3, LAKE_OK, NULL);
    OK(lake_session_set_userdata(p.i, &p, NULL));
    q.credential = identity_public(&p.id_r);
    q.inside = check_reentrancy;
    calls_credential = p.id_r.credential;
    OK(lake_resumption_new(NULL, &calls_resumption));
    OK(peers_process(&p, 2));
    CHECK_INT(1, q.asked);
    CHECK_INT(LAKE_STATE_VERIFIED_MESSAGE_2, state_of(p.i));
    OK(lake_resumption_free(calls_resumption));
    peers_free(&p);
}

/* A credential that comes by value: the host reads it, and decides. */
static lake_status on_value(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                            lake_credential **out)
{
    uint8_t bytes[256];
    size_t len;
    (void)userdata;
    (void)session;
    OK(lake_credential_from_id_cred(id_cred, id_cred_len, out));
    OK(lake_credential_data(*out, LAKE_DATA_CRED, bytes, sizeof bytes, &len));
    CHECK_BYTES(p.id_r.ccs, p.id_r.ccs_len, bytes, len);
    return LAKE_OK;
}

static void by_value(void)
{
    static const struct {
        int ask;
        int32_t policy;
        lake_status status;
    } cases[] = {{1, LAKE_PEER_PINNED, LAKE_OK},
                 {0, LAKE_PEER_ANY_INSECURE, LAKE_OK},
                 {0, LAKE_PEER_PINNED, LAKE_ERR_CREDENTIAL_UNTRUSTED},
                 {0, LAKE_PEER_CALLBACK, LAKE_ERR_CREDENTIAL_UNTRUSTED}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        lake_config *config;
        lake_credential *own;
        peers_make_strangers(&p, 3, 2);
        own = identity_public(&p.id_r);
        OK(lake_credential_set_id(own, LAKE_ID_KCCS, NULL, 0));
        OK(lake_credential_set_private_key(own, p.id_r.private_key, p.id_r.private_len));
        OK(lake_config_new(&config));
        OK(lake_config_add_own_credential(config, own));
        OK(lake_credential_free(own));
        OK(lake_config_free(p.config_r));
        p.config_r = config;
        OK(lake_config_set_option(p.config_i, LAKE_OPTION_PEER_POLICY, cases[i].policy));
        if (cases[i].ask) OK(lake_config_set_credential_callback(p.config_i, on_value, NULL, NULL));
        peers_start(&p);
        peers_exchange(&p, 1, 1);
        peers_prepare(&p, 2);
        CHECK_STATUS(cases[i].status, peers_process(&p, 2));
        CHECK_INT(cases[i].status == LAKE_OK ? LAKE_STATE_VERIFIED_MESSAGE_2 : LAKE_STATE_FAILED, state_of(p.i));
        peers_free(&p);
    }
}

/* --- The credential as a pending status ----------------------------------------- */

static void pull_until_pending(void)
{
    peers_make_strangers(&p, 3, 2);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    OK(lake_config_set_option(p.config_r, LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_peer_credential(p.i, p.id_r.credential)); /* nobody asked yet */
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, peers_process(&p, 2));
    CHECK_INT(LAKE_STATE_PENDING_MESSAGE_2, state_of(p.i));
}

static void answer(lake_session *session, const struct identity *who)
{
    lake_credential *credential = identity_public(who);
    OK(lake_session_set_peer_credential(session, credential));
    OK(lake_credential_free(credential));
}

static void pull_accepted(void)
{
    static const uint8_t kid_r[] = {0xa1, 0x04, 0x41, 'r'};
    uint8_t id[16];
    size_t len;
    int32_t number;
    pull_until_pending();
    number = info_of(p.i).next;
    CHECK_INT(LAKE_NEXT_DECIDE, number);
    OK(lake_session_peer_id_cred(p.i, id, sizeof id, &len));
    CHECK_BYTES(kid_r, sizeof kid_r, id, len);
    /* Waiting, it neither goes on nor gives away anything. */
    struct message none;
    struct lake_oscore_context c = {.struct_size = sizeof c};
    lake_credential *nobody;
    number = info_of(p.i).is_authenticated;
    CHECK_INT(0, number);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_credential(p.i, &nobody));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_oscore_context(p.i, &c));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(p.i, 3, none.bytes, sizeof none.bytes, &len));
    CHECK_STATUS(LAKE_ERR_STATE, peers_process(&p, 2));
    CHECK_STATUS(LAKE_ERR_STATE, step(p.i, &p.messages[2], &none));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, step(p.i, NULL, &none));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, lake_session_continue(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_ead_accept(p.i, 2, 0));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_ead_reject(p.i, 2, 0));

    answer(p.i, &p.id_r);
    CHECK_INT(LAKE_STATE_PENDING_MESSAGE_2, state_of(p.i));
    OK(lake_session_continue(p.i));
    peers_prepare(&p, 3);
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, peers_process(&p, 3));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_oscore_context(p.r, &c));
    answer(p.r, &p.id_i);
    OK(lake_session_continue(p.r));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_continue(p.r));
    peers_exchange(&p, 4, 4);
    peers_check_complete(&p);
    peers_free(&p);
}

static void pull_by_steps(void)
{
    struct message *m = p.messages;
    pull_until_pending();
    peers_start(&p);
    OK(step(p.i, NULL, &m[1]));
    OK(step(p.r, &m[1], &m[2]));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, step(p.i, &m[2], &m[3]));
    CHECK_INT(0, m[3].len);
    answer(p.i, &p.id_r);
    OK(step(p.i, NULL, &m[3]));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, step(p.r, &m[3], &m[4]));
    answer(p.r, &p.id_i);
    OK(step(p.r, NULL, &m[4]));
    peers_check_complete(&p);
    peers_free(&p);
}

static void pull_refused(void)
{
    static const struct {
        lake_status reason;
        int code;
    } cases[] = {{LAKE_ERR_CREDENTIAL_UNKNOWN, 3}, {LAKE_ERR_PEER_REJECTED, 1}, {LAKE_ERR_ABORTED, 1}};
    uint8_t out[128];
    size_t len;
    int64_t code;
    char text[128];
    for (size_t i = 0; i < COUNT(cases); i++) {
        pull_until_pending();
        if (cases[i].reason == LAKE_ERR_ABORTED) {
            OK(lake_session_abort(p.i));
        } else {
            OK(lake_session_reject_peer(p.i, cases[i].reason));
        }
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_STATUS(cases[i].reason, last_error(p.i));
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_peer_credential(p.i, p.id_r.credential));
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_continue(p.i));
        OK(lake_session_prepare_error(p.i, out, sizeof out, &len));
        OK(lake_error_parse(out, len, &code, text, sizeof text, &len));
        CHECK_INT(cases[i].code, code);
        peers_free(&p);
    }
    /* The wrong answer. */
    pull_until_pending();
    answer(p.i, &p.id_i);
    CHECK_STATUS(LAKE_ERR_OWN_CREDENTIAL, lake_session_continue(p.i));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_free(&p);
    struct identity other;
    identity_make(&other, LAKE_KEY_P256, 'r');
    pull_until_pending();
    answer(p.i, &other);
    CHECK_STATUS(LAKE_ERR_MAC, lake_session_continue(p.i));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_free(&p);
    identity_free(&other);
}

/* --- EAD -------------------------------------------------------------------------- */

static struct ead_question {
    int asked;
    int32_t message;
    lake_status answers[8];
} e;

static lake_status on_ead(void *userdata, lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                          size_t value_len)
{
    CHECK(userdata == &e);
    CHECK_INT(e.message, message);
    CHECK(session == receiver(&p, message));
    switch (e.asked) { /* in the order of the message */
    case 0: CHECK(label == 10 && value_len == 3 && memcmp(value, "abc", 3) == 0); break;
    case 1: CHECK(label == -11 && value == NULL && value_len == 0); break;
    case 2: CHECK(label == 12 && value != NULL && value_len == 0); break;
    case 3: CHECK(label == -13 && value_len == 1 && *value == 'x'); break;
    default: FAIL("asked about item %d", e.asked);
    }
    CHECK_STATUS(LAKE_ERR_BUSY, info_status(session));
    return e.answers[e.asked++];
}

static void add_items(int n)
{
    lake_session *s = sender(&p, n);
    OK(lake_session_ead_add(s, n, 10, (const uint8_t *)"abc", 3));
    OK(lake_session_ead_pad(s, n, 40)); /* nobody is asked about padding */
    OK(lake_session_ead_add(s, n, -11, NULL, 0));
    OK(lake_session_ead_add(s, n, 12, (const uint8_t *)"", 0));
    OK(lake_session_ead_add(s, n, -13, (const uint8_t *)"x", 1));
}

/* Message n with four items; the receiver's callback gives these answers. */
static void ead_case(int n, lake_status a, lake_status b, lake_status c, lake_status d, int asked, lake_status expected)
{
    peers_make(&p, 2, 2);
    e = (struct ead_question){.message = n, .answers = {a, b, c, d}};
    OK(lake_config_set_ead_callback(n % 2 ? p.config_r : p.config_i, on_ead, &e, NULL));
    peers_start(&p);
    add_items(n);
    peers_exchange(&p, 1, n - 1);
    peers_prepare(&p, n);
    CHECK_STATUS(expected, peers_process(&p, n));
    CHECK_INT(asked, e.asked);
    if (expected == LAKE_OK) {
        peers_exchange(&p, n + 1, 4);
        peers_check_complete(&p);
    } else {
        CHECK_INT(LAKE_STATE_FAILED, state_of(receiver(&p, n)));
    }
    peers_free(&p);
}

static void ead_callback(void)
{
    enum { NONE = LAKE_ERR_NOT_FOUND, BAD = LAKE_ERR_CALLBACK };
    for (int n = 1; n <= 4; n++) {
        ead_case(n, 0, 0, 0, 0, 4, LAKE_OK);
        ead_case(n, NONE, 0, NONE, 0, 4, LAKE_OK);
        ead_case(n, 0, NONE, 0, 0, 4, LAKE_ERR_EAD_CRITICAL);
        ead_case(n, 0, 0, 0, NONE, 4, LAKE_ERR_EAD_CRITICAL);
        ead_case(n, NONE, NONE, NONE, NONE, 4, LAKE_ERR_EAD_CRITICAL);
        ead_case(n, 0, BAD, 0, 0, 2, LAKE_ERR_EAD_CRITICAL);
        ead_case(n, BAD, 0, 0, 0, 1, LAKE_ERR_PEER_REJECTED);
    }
}

/* Without a callback; nobody understands the critical items. */
static void ead_nobody(void)
{
    static const int64_t one[] = {11}, both[] = {13, 11};
    for (int n = 1; n <= 4; n++) {
        for (size_t labels = 0; labels < 3; labels++) {
            lake_config *config;
            peers_make(&p, 2, 2);
            config = n % 2 ? p.config_r : p.config_i;
            if (labels) OK(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, labels == 1 ? one : both, labels));
            peers_start(&p);
            add_items(n);
            peers_exchange(&p, 1, n - 1);
            peers_prepare(&p, n);
            CHECK_STATUS(labels == 2 ? LAKE_OK : LAKE_ERR_EAD_CRITICAL, peers_process(&p, n));
            peers_free(&p);
        }
    }
}

/* As a pending status. */
static void ead_pull(int n)
{
    static const int pending_states[] = {0, LAKE_STATE_PENDING_MESSAGE_1, LAKE_STATE_PENDING_MESSAGE_2,
                                         LAKE_STATE_PENDING_MESSAGE_3, LAKE_STATE_PENDING_MESSAGE_4};
    lake_session *s;
    for (int decision = 0; decision < 4; decision++) {
        peers_make(&p, 1, 2);
        OK(lake_config_set_option(n % 2 ? p.config_r : p.config_i, LAKE_OPTION_PULL, LAKE_PULL_EAD));
        peers_start(&p);
        add_items(n);
        peers_exchange(&p, 1, n - 1);
        peers_prepare(&p, n);
        s = receiver(&p, n);
        CHECK_STATUS(LAKE_PENDING_EAD, peers_process(&p, n));
        CHECK_INT(pending_states[n], state_of(s));
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_ead_accept(s, n % 4 + 1, 1)); /* another message */
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_accept(s, n, 4));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_accept(s, n, SIZE_MAX));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_reject(s, n, 4));
        CHECK_INT(pending_states[n], state_of(s));
        switch (decision) {
        case 0: /* both accepted */
            OK(lake_session_ead_accept(s, n, 1));
            OK(lake_session_ead_accept(s, n, 3));
            OK(lake_session_continue(s));
            peers_exchange(&p, n + 1, 4);
            peers_check_complete(&p);
            break;
        case 1: /* one accepted, the other forgotten */
            OK(lake_session_ead_accept(s, n, 1));
            CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, lake_session_continue(s));
            CHECK_INT(LAKE_STATE_FAILED, state_of(s));
            break;
        case 2: /* one accepted, the other rejected */
            OK(lake_session_ead_accept(s, n, 3));
            OK(lake_session_ead_reject(s, n, 1));
            CHECK_INT(LAKE_STATE_FAILED, state_of(s));
            CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, last_error(s));
            CHECK_STATUS(LAKE_ERR_STATE, lake_session_continue(s));
            break;
        case 3: /* neither */
            CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, lake_session_continue(s));
            CHECK_INT(LAKE_STATE_FAILED, state_of(s));
            break;
        }
        peers_free(&p);
    }
}

int main(void)
{
    size_t live = lake_live_handles();
    for (int32_t method = 0; method < 4; method++) found(method);
    not_found();
    failing();
    wrong_answers();
    policies();
    pending();
    reentrancy();
    by_value();
    pull_accepted();
    pull_by_steps();
    pull_refused();
    ead_callback();
    ead_nobody();
    for (int n = 1; n <= 4; n++) ead_pull(n);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
