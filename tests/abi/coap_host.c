/* The host's part in a run: it prepares sessions, answers questions of clients, and calls
 * the library from callbacks. */
#include "calls.h"
#include "coap_fixture.h"

static struct coap c;

static lake_status resume(lake_coap_client *client, struct outgoing *request)
{
    memset(request, 0, sizeof *request);
    request->head.struct_size = sizeof request->head;
    return lake_coap_client_continue(client, OUTGOING(request));
}

/* --- Questions ------------------------------------------------------------------------- */

/* A client that waits for the host: it has message_2 (Initiator) or message_3. */
static lake_coap_client *pending(int32_t role, lake_status question)
{
    struct outgoing request, answer;
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, role, NULL);
    lake_status status = client_start(client, &request);
    while (status == LAKE_OK) {
        CHECK_INT(LAKE_COAP_CODE_POST, request.head.code);
        handle(&c, incoming(&request), &answer);
        status = client_next(client, &answer, &request);
    }
    CHECK_STATUS(question, status);
    CHECK(request.head.code == LAKE_COAP_CODE_EMPTY && request.len == 0);
    CHECK_STATUS(LAKE_ERR_STATE, client_next(client, &answer, &request)); /* the answer came already */
    CHECK_INT(0, is_done(client));
    return client;
}

/* Goes on until the client is done. */
static void finish(lake_coap_client *client, struct outgoing *request)
{
    struct outgoing answer;
    while (request->head.code != LAKE_COAP_CODE_EMPTY) {
        handle(&c, incoming(request), &answer);
        OK(client_next(client, &answer, request));
    }
    CHECK_INT(1, c.established);
    check_same_context(&c, client);
}

static void accepted(void)
{
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        struct outgoing request;
        lake_coap_client *client = pending(role, LAKE_PENDING_PEER);
        lake_credential *peer;
        OK(lake_session_peer_credential(session_of(client), &peer));
        OK(lake_credential_free(peer));
        OK(resume(client, &request));
        finish(client, &request);
        CHECK_STATUS(LAKE_ERR_STATE, resume(client, &request));
        OK(lake_coap_client_free(client));
    }
}

static void rejected(void)
{
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        struct outgoing request, answer;
        lake_coap_client *client = pending(role, LAKE_PENDING_PEER);
        lake_session *session = session_of(client);
        OK(lake_session_reject_peer(session, LAKE_ERR_PEER_REJECTED));
        CHECK_STATUS(LAKE_ERR_PEER_REJECTED, resume(client, &request));
        CHECK(request.head.code == LAKE_COAP_CODE_POST && request.len > 0); /* the server is told */
        CHECK_STATUS(LAKE_ERR_HANDLE, info_status(session));
        handle(&c, incoming(&request), &answer);
        check_answer("the error message", &answer, role == LAKE_INITIATOR ? CHANGED : BAD_REQUEST, NONE, -1);
        CHECK(c.failed == (role == LAKE_INITIATOR) && c.established == (role == LAKE_RESPONDER));
        CHECK_STATUS(LAKE_ERR_STATE, resume(client, &request));
        OK(lake_coap_client_free(client));
    }
}

/* Freed while a question is open. */
static void left(void)
{
    lake_coap_client *client = pending(LAKE_INITIATOR, LAKE_PENDING_PEER);
    lake_session *session = session_of(client);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_free(session));
    OK(info_status(session));
    OK(lake_coap_client_free(client));
    CHECK_STATUS(LAKE_ERR_HANDLE, info_status(session));
}

/* Who the peer is, is asked; the answer may be wrong. */
static void looked_up(void)
{
    struct outgoing request;
    lake_config *config = c.p.config_i;
    OK(lake_config_new(&c.p.config_i));
    OK(lake_config_set_suites(c.p.config_i, &c.p.suite, 1));
    OK(lake_config_set_methods(c.p.config_i, &c.p.method, 1));
    OK(lake_config_add_own_credential(c.p.config_i, c.p.id_i.credential));
    OK(lake_config_set_option(c.p.config_i, LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    lake_credential *right = identity_public(&c.p.id_r);
    struct identity wrong;
    identity_make(&wrong, LAKE_KEY_X25519, 'r');

    lake_coap_client *client = pending(LAKE_INITIATOR, LAKE_PENDING_CREDENTIAL);
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, resume(client, &request)); /* without an answer: asked again */
    CHECK_INT(LAKE_COAP_CODE_EMPTY, request.head.code);
    OK(lake_session_set_peer_credential(session_of(client), right));
    OK(resume(client, &request));
    finish(client, &request);
    OK(lake_coap_client_free(client));

    client = pending(LAKE_INITIATOR, LAKE_PENDING_CREDENTIAL);
    OK(lake_session_set_peer_credential(session_of(client), wrong.credential));
    CHECK_STATUS(LAKE_ERR_MAC, resume(client, &request));
    CHECK_INT(LAKE_COAP_CODE_POST, request.head.code);
    OK(lake_coap_client_free(client));

    OK(lake_credential_free(right));
    identity_free(&wrong);
    OK(lake_config_free(c.p.config_i));
    c.p.config_i = config;
}

/* --- Preparation -------------------------------------------------------------------------- */

static struct preparation {
    int called;
    lake_status answer;
    lake_session *session;
    lake_coap_client *client;
    int32_t message; /* to which an item is added; 0: none */
} prep;

static lake_status prepare_it(void *userdata, lake_session *session)
{
    struct outgoing answer;
    struct lake_coap_incoming get = {.struct_size = sizeof get, .code = GET, .format = NONE};
    int32_t state;
    CHECK(userdata == &prep);
    prep.called++;
    prep.session = session;
    state = info_of(session).state;
    CHECK_INT(LAKE_STATE_START, state);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_free(session));
    OK(lake_session_set_userdata(session, &prep, NULL));
    if (prep.message > 0) OK(lake_session_ead_add(session, prep.message, 500, (const uint8_t *)"item", 4));
    for (size_t i = 0; prep.client != NULL && i < calls_count; i++) {
        if (calls[i].kind != COAP_CLIENT) continue;
        lake_status status = calls[i].run(prep.client);
        if (status != LAKE_ERR_BUSY) FAIL("%s in a callback: %s", calls[i].name, lake_status_name(status));
    }
    if (prep.client == NULL) CHECK_STATUS(LAKE_ERR_BUSY, lake_coap_server_free(c.server));
    const struct lake_coap_incoming last = c.last;
    handle(&c, get, &answer); /* the server works */
    c.last = last;
    return prep.answer;
}

/* Who sees the item that was added; of the server's session in the callback of its event. */
static size_t seen;

static void see(struct coap *of, const struct lake_coap_event *event)
{
    void *note;
    (void)of;
    if (event->kind != LAKE_COAP_EVENT_ESTABLISHED) return;
    OK(lake_session_ead_count(event->session, 1, &seen));
    OK(lake_session_userdata(event->session, &note));
    if (prep.client == NULL) CHECK(note == &prep && event->session == prep.session);
}

static void prepared_by_client(void)
{
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    prep = (struct preparation){.message = 1, .client = client};
    OK(lake_coap_client_set_prepare(client, prepare_it, &prep, NULL));
    c.inside = see;
    OK(run(&c, client));
    c.inside = NULL;
    CHECK(prep.called == 1 && seen == 1);
    CHECK(session_of(client) == prep.session);
    OK(lake_coap_client_free(client));
    /* It refuses. */
    static const lake_status refusals[] = {LAKE_ERR_INTERNAL, LAKE_ERR_BUFFER_TOO_SMALL, LAKE_PENDING_PEER, 77, -77};
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct outgoing request;
        client = client_of(&c, LAKE_RESPONDER, NULL);
        prep = (struct preparation){.answer = refusals[i], .client = client};
        OK(lake_coap_client_set_prepare(client, prepare_it, &prep, NULL));
        CHECK_STATUS(LAKE_ERR_CALLBACK, client_start(client, &request));
        CHECK(request.head.code == LAKE_COAP_CODE_EMPTY && request.len == 0 && prep.called == 1);
        CHECK_STATUS(LAKE_ERR_HANDLE, info_status(prep.session));
        CHECK_STATUS(LAKE_ERR_STATE, client_start(client, &request));
        CHECK_STATUS(LAKE_ERR_STATE, lake_coap_client_again(client, OUTGOING(&request)));
        OK(lake_coap_client_free(client));
    }
}

static void prepared_by_server(void)
{
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        prep = (struct preparation){.message = role == LAKE_INITIATOR ? 2 : 1};
        coap_server(&c, NULL);
        OK(lake_coap_server_set_prepare(c.server, prepare_it, &prep, NULL));
        lake_coap_client *client = client_of(&c, role, NULL);
        c.inside = see;
        OK(run(&c, client));
        c.inside = NULL;
        size_t count;
        OK(lake_session_ead_count(session_of(client), prep.message, &count));
        CHECK(prep.called == 1 && count == 1);
        OK(lake_coap_client_free(client));

        prep = (struct preparation){.answer = LAKE_ERR_NOT_FOUND};
        coap_server(&c, NULL);
        OK(lake_coap_server_set_prepare(c.server, prepare_it, &prep, NULL));
        struct outgoing request, answer;
        client = client_of(&c, role, NULL);
        OK(client_start(client, &request));
        handle(&c, incoming(&request), &answer);
        check_answer("a server that is not prepared", &answer, INTERNAL_ERROR, EDHOC, 1);
        CHECK(c.failed == 1 && prep.called == 1);
        CHECK_STATUS(LAKE_ERR_CALLBACK, c.status);
        CHECK_STATUS(LAKE_ERR_HANDLE, info_status(prep.session));
        check_nothing_left(&c);
        repeat(&c, &answer);
        CHECK(answer.head.duplicate == 1 && prep.called == 1);
        CHECK(client_next(client, &answer, &request) < 0);
        OK(lake_coap_client_free(client));
    }
}

/* The server itself has nothing to authenticate with. */
static void no_credential(void)
{
    struct outgoing request, answer;
    lake_config *empty;
    OK(lake_config_new(&empty));
    OK(lake_coap_server_free(c.server));
    c.failed = 0;
    OK(lake_coap_server_new(empty, empty, NULL, on_event, &c, NULL, &c.server));
    OK(lake_config_free(empty));
    for (int32_t role = LAKE_INITIATOR; role <= LAKE_RESPONDER; role++) {
        lake_coap_client *client = client_of(&c, role, NULL);
        OK(client_start(client, &request));
        handle(&c, incoming(&request), &answer);
        /* It has no method to accept, and none to begin with: its own fault. */
        check_answer("no credential", &answer, INTERNAL_ERROR, EDHOC, 1);
        CHECK_STATUS(LAKE_ERR_NO_CREDENTIAL, c.status);
        CHECK_INT(role, c.failed);
        check_nothing_left(&c);
        OK(lake_coap_client_free(client));
    }
}

/* A lookup in the midst of a call: the client is busy, and so is its session. */
static lake_coap_client *busy;

static lake_status look(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                        lake_credential **out)
{
    (void)id_cred, (void)id_cred_len;
    for (size_t i = 0; i < calls_count; i++) {
        const int of_session = calls[i].kind == SESSION && strstr(calls[i].name, "userdata") == NULL;
        if (calls[i].kind != COAP_CLIENT && !of_session) continue;
        lake_status status = calls[i].run(of_session ? (void *)session : (void *)busy);
        if (status != LAKE_ERR_BUSY)
            FAIL("%s in a callback: %s", calls[i].name, lake_status_name(status));
    }
    *out = identity_public(userdata);
    return LAKE_OK;
}

static void busy_inside(void)
{
    struct coap w;
    coap_make(&w);
    OK(lake_config_set_option(w.p.config_i, LAKE_OPTION_PEER_POLICY, LAKE_PEER_CALLBACK));
    OK(lake_config_set_credential_callback(w.p.config_i, look, &w.p.id_r, NULL));
    coap_server(&w, NULL);
    calls_credential = w.p.id_i.credential;
    OK(lake_resumption_new(NULL, &calls_resumption));
    busy = client_of(&w, LAKE_INITIATOR, NULL);
    OK(run(&w, busy));
    check_same_context(&w, busy);
    OK(lake_coap_client_free(busy));
    OK(lake_resumption_free(calls_resumption));
    coap_free(&w);
}

int main(void)
{
    static const int64_t label = 500;
    coap_make(&c);
    OK(lake_config_set_option(c.p.config_i, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    accepted();
    rejected();
    left();
    looked_up();
    coap_free(&c);
    coap_make(&c);
    OK(lake_config_set_ead_labels(c.p.config_i, LAKE_EAD_UNDERSTOOD, &label, 1));
    OK(lake_config_set_ead_labels(c.p.config_r, LAKE_EAD_UNDERSTOOD, &label, 1));
    prepared_by_client();
    prepared_by_server();
    no_credential();
    coap_free(&c);
    busy_inside();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
