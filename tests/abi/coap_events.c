/* What a server tells, who owns the session then, and what callbacks may do. (Questions
 * to the host are in coap_pending.c.) */
#include "calls.h"
#include "coap_fixture.h"

static struct coap c;
static const uint8_t ciphertext[13] = {0xcd};

enum { FIXTURE = 4 }; /* handles of the fixture, without a server: two credentials, two configs */

static lake_coap_client *client_at_message_3(struct outgoing *message_3)
{
    coap_server(&c, NULL);
    return half(&c, message_3);
}

static lake_status resume(struct outgoing *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->head.struct_size = sizeof answer->head;
    return lake_coap_server_continue(c.server, c.session, OUTGOING(answer));
}

/* --- Established --------------------------------------------------------------------- */

/* The host keeps the session, longer than the server. */
static void kept(void)
{
    lake_coap_client *client = (coap_server(&c, NULL), client_of(&c, LAKE_INITIATOR, NULL));
    struct lake_oscore_context context = {.struct_size = sizeof context};
    size_t live = lake_live_handles();
    c.keep = 1;
    OK(run(&c, client));
    CHECK(strcmp(c.peer, "peer") == 0);
    check_same_context(&c, client); /* which looks at the client's session, too */
    CHECK_INT(live + 1, lake_live_handles()); /* that one is nothing to be freed */
    OK(lake_coap_server_free(c.server));
    c.server = NULL;
    OK(lake_session_oscore_context(c.session, &context));
    CHECK_BYTES(c.context.master_secret, c.context.master_secret_len, context.master_secret, context.master_secret_len);
    CHECK_INT(LAKE_STATE_COMPLETED, state_of(c.session));
    OK(lake_session_free(c.session));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(c.session));
    c.keep = 0;
    OK(lake_coap_client_free(client));
}

static void free_session(struct coap *of, const struct lake_coap_event *event)
{
    (void)of;
    if (event->kind == LAKE_COAP_EVENT_ESTABLISHED) OK(lake_session_free(event->session));
}

/* A host that cannot install the context: nothing is left, whatever it did with the session. */
static void refused(void)
{
    static const lake_status answers[] = {LAKE_ERR_INTERNAL, LAKE_ERR_LIMIT, LAKE_PENDING_PEER, -12345, 12345};
    for (size_t i = 0; i < 4 * COUNT(answers); i++) {
        struct outgoing message_3, answer;
        const int by_combined = i / COUNT(answers) % 2, frees = i / COUNT(answers) / 2;
        lake_coap_client *client = client_at_message_3(&message_3);
        struct lake_coap_incoming in = incoming(&message_3);
        c.install = answers[i % COUNT(answers)];
        c.inside = frees ? free_session : NULL;
        if (by_combined) {
            in = post(message_3.payload + 1, message_3.len - 1); /* C_R has one byte */
            in.edhoc = 1;
            in.kid = message_3.payload;
            in.kid_len = 1;
            memcpy(message_3.payload + message_3.len, ciphertext, sizeof ciphertext);
            in.payload_len += sizeof ciphertext;
        }
        handle(&c, in, &answer);
        check_answer("refused by the host", &answer, INTERNAL_ERROR, EDHOC, 1);
        CHECK(c.established == 1 && c.failed == 1 && answer.head.oscore == 0);
        CHECK_STATUS(LAKE_ERR_CALLBACK, c.status);
        CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(c.session));
        check_nothing_left(&c);
        CHECK_INT(0, stats_of(&c).established);
        repeat(&c, &answer);
        check_answer("once more", &answer, INTERNAL_ERROR, EDHOC, 1);
        CHECK_STATUS(LAKE_ERR_REFUSED, client_next(client, &answer, &message_3));
        CHECK(c.established == 1 && c.failed == 1);
        OK(lake_coap_client_free(client));
        c.install = LAKE_OK;
        c.inside = NULL;
        CHECK_INT(FIXTURE + 1, lake_live_handles());
    }
}

/* --- Callbacks that call ------------------------------------------------------------------- */

/* Everything on the server works but to free it. */
static void call_back(struct coap *of, const struct lake_coap_event *event)
{
    struct outgoing answer;
    struct lake_coap_incoming get = {.struct_size = sizeof get, .code = GET, .format = NONE};
    const struct lake_coap_incoming last = of->last;
    const int failed = of->failed;
    char link[256];
    size_t len;
    CHECK_STATUS(LAKE_ERR_BUSY, lake_coap_server_free(of->server));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_coap_server_set_prepare(of->server, NULL, NULL, NULL));
    handle(of, get, &answer);
    check_answer("a request from a callback", &answer, METHOD_NOT_ALLOWED, NONE, -1);
    of->last = last;
    OK(lake_coap_server_expire(of->server));
    OK(lake_coap_server_link(of->server, "/edhoc", 1, link, sizeof link, &len));
    OK(lake_coap_server_reserve(of->server, (const uint8_t *)"12345", 5));
    CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_reserve(of->server, (const uint8_t *)"12345", 5));
    OK(lake_coap_server_release(of->server, (const uint8_t *)"12345", 5));
    if (event->kind != LAKE_COAP_EVENT_FAILED) { /* its identifier is in use, and freed by nobody */
        CHECK_STATUS(LAKE_ERR_STATE, lake_coap_server_reserve(of->server, event->id, event->id_len));
        CHECK_INT(1, stats_of(of).ids);
    }
    if (event->kind == LAKE_COAP_EVENT_PENDING) CHECK_STATUS(LAKE_ERR_STATE, lake_session_free(event->session));
    CHECK_INT(failed, of->failed);
}

/* The question is answered right where it is told. */
static struct outgoing answer_inside;

static void resume_inside(struct coap *of, const struct lake_coap_event *event)
{
    (void)of;
    if (event->kind == LAKE_COAP_EVENT_PENDING) OK(resume(&answer_inside));
}

static void reentrancy(void)
{
    struct outgoing message_3, answer;
    lake_coap_client *client = client_at_message_3(&message_3);
    c.inside = call_back;
    handle(&c, incoming(&message_3), &answer);
    CHECK_INT(1, c.pending);
    OK(resume(&answer));
    CHECK_INT(1, c.established);
    OK(lake_coap_client_free(client));

    c.inside = NULL;
    client = client_at_message_3(&message_3);
    c.inside = resume_inside;
    handle(&c, incoming(&message_3), &answer);
    CHECK(answer.head.code == LAKE_COAP_CODE_EMPTY && c.established == 1);
    check_answer("resumed inside", &answer_inside, CHANGED, NONE, -1);
    OK(client_next(client, &answer_inside, &message_3));
    check_same_context(&c, client);
    c.inside = NULL;
    OK(lake_coap_client_free(client));
}

/* Sessions of a server while the library works on them: BUSY, and they are the server's. */
static lake_status look(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                        lake_credential **out)
{
    (void)id_cred, (void)id_cred_len;
    for (size_t i = 0; i < calls_count; i++) {
        if (calls[i].kind != SESSION || strstr(calls[i].name, "userdata")) continue;
        lake_status status = calls[i].run(session);
        if (status != LAKE_ERR_BUSY)
            FAIL("%s in a callback: %s", calls[i].name, lake_status_name(status));
    }
    *out = identity_public(userdata);
    return LAKE_OK;
}

static void looked_up(void)
{
    lake_config *config = c.p.config_r;
    lake_credential *own = c.p.id_r.credential;
    OK(lake_config_new(&c.p.config_r));
    OK(lake_config_set_suites(c.p.config_r, &c.p.suite, 1));
    OK(lake_config_set_methods(c.p.config_r, &c.p.method, 1));
    OK(lake_config_add_own_credential(c.p.config_r, own));
    OK(lake_config_set_credential_callback(c.p.config_r, look, &c.p.id_i, NULL));
    calls_credential = own;
    OK(lake_resumption_new(NULL, &calls_resumption));
    coap_server(&c, NULL);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(run(&c, client));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    OK(lake_resumption_free(calls_resumption));
    OK(lake_config_free(c.p.config_r));
    c.p.config_r = config;
}

int main(void)
{
    coap_make(&c);
    kept();
    refused();
    looked_up();
    coap_free(&c);
    coap_make(&c);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    reentrancy();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
