/* What strangers can make a server do: limits, Echo, age. */
#include "coap_fixture.h"

static struct coap c;

/* A server with limits. */
static void limited(struct lake_coap_limits limits)
{
    limits.struct_size = sizeof limits;
    coap_server(&c, NULL);
    OK(lake_coap_server_set_limits(c.server, &limits));
}
#define LIMITED(...) limited((struct lake_coap_limits){__VA_ARGS__})

static void handle_of(const char *peer, struct lake_coap_incoming request, struct outgoing *answer)
{
    request.peer = (const uint8_t *)peer;
    request.peer_len = strlen(peer);
    handle(&c, request, answer);
}

/* A message_1 of a new client, which is gone then. */
static void message_1(const char *peer, struct outgoing *answer)
{
    struct outgoing request;
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    handle_of(peer, incoming(&request), answer);
    if (answer->head.echo_len > 0) {
        OK(client_next(client, answer, &request));
        handle_of(peer, incoming(&request), answer);
    }
    OK(lake_coap_client_free(client));
}

/* --- Echo --------------------------------------------------------------------------------- */

static void echo(void)
{
    struct outgoing request, challenge, answer;
    LIMITED(.threshold = 1);
    message_1("first", &answer);
    check_answer("below the threshold", &answer, CHANGED, EDHOC, -1);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    CHECK_INT(0, request.head.echo_len);
    handle(&c, incoming(&request), &challenge);
    check_answer("above it", &challenge, UNAUTHORIZED, NONE, -1);
    CHECK(challenge.head.echo_len >= 8 && challenge.head.echo_len <= sizeof challenge.head.echo);
    /* What is no answer to the challenge gets another one. */
    for (int i = 0; i < (int)challenge.head.echo_len + 3; i++) {
        struct lake_coap_incoming in = incoming(&request);
        uint8_t forged[41] = {0};
        memcpy(forged, challenge.head.echo, challenge.head.echo_len);
        in.echo = forged;
        in.echo_len = challenge.head.echo_len;
        if (i < (int)in.echo_len) forged[i] ^= 1;
        else in.echo_len = i == (int)in.echo_len ? 0 : in.echo_len + (i % 2 ? 1 : -1);
        handle(&c, in, &answer);
        check_answer("a forged Echo", &answer, UNAUTHORIZED, NONE, -1);
        CHECK(answer.head.echo_len > 0);
    }
    struct lake_coap_incoming stolen = incoming(&request);
    stolen.echo = challenge.head.echo;
    stolen.echo_len = challenge.head.echo_len;
    handle_of("somebody else", stolen, &answer);
    check_answer("somebody else's Echo", &answer, UNAUTHORIZED, NONE, -1);
    CHECK_INT(1, stats_of(&c).begun);
    /* The client does it right by itself, with the same bytes. */
    struct outgoing again;
    OK(client_next(client, &challenge, &again));
    CHECK_BYTES(request.payload, request.len, again.payload, again.len);
    CHECK_BYTES(challenge.head.echo, challenge.head.echo_len, again.head.echo, again.head.echo_len);
    handle(&c, incoming(&again), &answer);
    check_answer("with Echo", &answer, CHANGED, EDHOC, -1);
    OK(client_next(client, &answer, &request));
    handle(&c, incoming(&request), &answer);
    OK(client_next(client, &answer, &request));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    CHECK(stats_of(&c).challenged >= 5 && stats_of(&c).begun == 2);
    /* So does one of the reverse flow. */
    client = client_of(&c, LAKE_RESPONDER, NULL);
    OK(run(&c, client));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
}

/* An Echo value grows old, and is not good for another server. */
static void old_echo(void)
{
    const struct lake_coap_limits limits = {.struct_size = sizeof limits, .threshold = 1, .age = 1};
    struct outgoing request, challenge, answer;
    LIMITED(.threshold = 1, .echo_age = 1, .age = 3);
    message_1("first", &answer);
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    handle(&c, incoming(&request), &challenge);
    OK(client_next(client, &challenge, &request));
    OK(lake_coap_client_free(client));
    lake_coap_server *first = c.server;
    OK(lake_coap_server_new(c.p.config_r, NULL, NULL, on_event, &c, NULL, &c.server));
    OK(lake_coap_server_set_limits(c.server, &limits));
    struct outgoing other;
    message_1("first", &other);
    handle(&c, incoming(&request), &answer);
    check_answer("another server's Echo", &answer, UNAUTHORIZED, NONE, -1);
    OK(lake_coap_server_free(c.server));
    c.server = first;
    wait_expired(&c, 1); /* 3 seconds */
    message_1("first", &answer);
    handle(&c, incoming(&request), &answer);
    check_answer("an old Echo", &answer, UNAUTHORIZED, NONE, -1);
}

/* --- Half-open runs -------------------------------------------------------------------------- */

/* Who was told to be evicted, in this order. */
static char evicted[64];

static void note_evicted(struct coap *of, const struct lake_coap_event *event)
{
    CHECK_INT(LAKE_COAP_EVENT_FAILED, event->kind);
    CHECK_STATUS(LAKE_ERR_RUN_EVICTED, event->status);
    const size_t n = strlen(evicted);
    CHECK(n + strlen(of->peer) < sizeof evicted);
    memcpy(evicted + n, of->peer, strlen(of->peer) + 1);
}

/* A full table gives way to who answered with Echo: a peer's own oldest run before others'. */
static void eviction(void)
{
    static const char *const peers[] = {"a", "b", "c", "c", "c", "d", "e"};
    struct outgoing answer;
    LIMITED(.half_open = 4, .threshold = 2, .per_host = 2);
    c.inside = note_evicted;
    for (size_t i = 0; i < COUNT(peers); i++) {
        message_1(peers[i], &answer);
        check_answer("with Echo", &answer, CHANGED, EDHOC, -1);
    }
    c.inside = NULL;
    if (strcmp(evicted, "cab") != 0) FAIL("evicted: %s", evicted);
    const struct lake_coap_stats stats = stats_of(&c);
    CHECK(stats.half_open == 4 && stats.ids == 4 && stats.evicted == 3 && c.failed == 3 && stats.begun == 7);
}

/* Limits count by host: the first bytes of who the peer is. */
static void hosts(void)
{
    static const char *const peers[] = {"a1", "a2", "a3", "b1", "a4"};
    struct outgoing request, answer;
    LIMITED(.half_open = 10, .threshold = 1, .per_host = 2);
    c.inside = note_evicted;
    evicted[0] = 0;
    for (size_t i = 0; i < COUNT(peers); i++) {
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        lake_status status = client_start(client, &request);
        do {
            OK(status);
            struct lake_coap_incoming in = incoming(&request);
            in.peer = (const uint8_t *)peers[i];
            in.peer_len = 2;
            in.host_len = 1;
            handle(&c, in, &answer);
            if (answer.head.code == CHANGED) break;
            status = client_next(client, &answer, &request);
        } while (1);
        OK(lake_coap_client_free(client));
    }
    c.inside = NULL;
    if (strcmp(evicted, "a1a2") != 0) FAIL("evicted: %s", evicted);
    CHECK_INT(3, stats_of(&c).half_open);
}

/* Without Echo, a full table refuses, and who was there first completes. */
static void no_echo(void)
{
    struct outgoing message_3, answer;
    LIMITED(.half_open = 3, .threshold = 1, .no_echo = 1);
    lake_coap_client *client = half(&c, &message_3);
    for (int n = 1; n < 20; n++) {
        message_1("other", &answer);
        CHECK_INT(0, answer.head.echo_len);
        check_answer("a full table", &answer, n < 3 ? CHANGED : UNAVAILABLE, n < 3 ? EDHOC : NONE, -1);
    }
    handle(&c, incoming(&message_3), &answer);
    OK(client_next(client, &answer, &message_3));
    check_same_context(&c, client);
    OK(lake_coap_client_free(client));
    CHECK(stats_of(&c).refused == 17 && stats_of(&c).challenged == 0 && c.failed == 0);
}

/* But one that is older than an eighth of the age makes room. */
static void no_echo_veteran(void)
{
    struct outgoing message_3, answer;
    LIMITED(.half_open = 1, .age = 8, .no_echo = 1);
    lake_coap_client *client = half(&c, &message_3);
    message_1("late", &answer);
    check_answer("a full table", &answer, UNAVAILABLE, NONE, -1);
    for (int i = 0; answer.head.code != CHANGED; i++) { /* one second */
        CHECK(i < 10000000);
        message_1("late", &answer);
    }
    CHECK(c.failed == 1 && strcmp(c.peer, "peer") == 0);
    CHECK_STATUS(LAKE_ERR_RUN_EVICTED, c.status);
    handle(&c, incoming(&message_3), &answer);
    check_answer("message_3 of the one that went", &answer, BAD_REQUEST, EDHOC, 1);
    OK(lake_coap_client_free(client));
}

/* Nobody gets a large answer who has not shown where he is: neither do others for whom
 * he gives himself out. */
static void large_answers(void)
{
    char subject[600];
    uint8_t public_key[128], ccs[1024];
    size_t len;
    int32_t kind;
    memset(subject, 's', sizeof subject - 1);
    subject[sizeof subject - 1] = 0;
    coap_free(&c);
    coap_make(&c);
    OK(public_key_of(c.p.id_r.credential, &kind, public_key, sizeof public_key, &len));
    OK(lake_ccs_build(subject, NULL, 0, kind, public_key, len, ccs, sizeof ccs, &len)); /* no kid: by value */
    lake_credential *large, *pinned;
    OK(lake_credential_from_ccs(ccs, len, &large));
    OK(lake_credential_from_ccs(ccs, len, &pinned));
    OK(lake_credential_set_private_key(large, c.p.id_r.private_key, c.p.id_r.private_len));
    lake_credential *client_of_it = identity_public(&c.p.id_i);
    OK(lake_config_free(c.p.config_r));
    OK(lake_config_new(&c.p.config_r));
    OK(lake_config_set_suites(c.p.config_r, &c.p.suite, 1));
    OK(lake_config_set_methods(c.p.config_r, &c.p.method, 1));
    OK(lake_config_add_own_credential(c.p.config_r, large));
    OK(lake_config_add_peer_credential(c.p.config_r, client_of_it));
    OK(lake_config_add_peer_credential(c.p.config_i, pinned));
    for (int no_echo = 0; no_echo <= 1; no_echo++) {
        coap_server(&c, NULL);
        const struct lake_coap_limits limits = {.struct_size = sizeof limits, .no_echo = no_echo};
        OK(lake_coap_server_set_limits(c.server, &limits));
        for (int i = 0; i < 2; i++) {
            lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
            OK(run(&c, client));
            check_same_context(&c, client);
            OK(lake_coap_client_free(client));
            CHECK_INT(no_echo ? 0 : i + 1, stats_of(&c).challenged);
        }
        CHECK(c.failed == 0 || !no_echo);
    }
    OK(lake_credential_free(large));
    OK(lake_credential_free(pinned));
    OK(lake_credential_free(client_of_it));
}

static void age(void)
{
    struct outgoing message_3, answer;
    LIMITED(.age = 1);
    lake_coap_client *client = half(&c, &message_3);
    wait_expired(&c, 1);
    CHECK(c.failed == 1 && c.established == 0 && strcmp(c.peer, "peer") == 0);
    CHECK_STATUS(LAKE_ERR_RUN_EXPIRED, c.status);
    check_nothing_left(&c);
    handle(&c, incoming(&message_3), &answer);
    check_answer("too late", &answer, BAD_REQUEST, EDHOC, 1);
    CHECK_STATUS(LAKE_ERR_REFUSED, client_next(client, &answer, &message_3));
    OK(lake_coap_client_free(client));
    CHECK_INT(1, c.failed);
}

static void sizes(void)
{
    static uint8_t junk[65];
    struct outgoing message_3, answer;
    memset(junk, 0x40, sizeof junk);
    LIMITED(.body = 64);
    handle(&c, post(junk, 65), &answer);
    check_answer("a body above the limit", &answer, TOO_LARGE, NONE, -1);
    handle(&c, post(junk, 64), &answer);
    check_answer("a body at the limit", &answer, BAD_REQUEST, EDHOC, 1);
    struct lake_coap_incoming in = post(junk, 10);
    in.format = EDHOC;
    handle(&c, in, &answer);
    check_answer("a Content-Format of answers", &answer, UNSUPPORTED_FORMAT, NONE, -1);
    /* Kept answers have a bound: the oldest of strangers go, before those of contexts. */
    LIMITED(.cache = 4096);
    lake_coap_client *client = half(&c, &message_3);
    handle(&c, incoming(&message_3), &answer);
    const struct lake_coap_incoming of_context = c.last;
    lake_coap_client *stranger = client_of(&c, LAKE_INITIATOR, NULL);
    struct outgoing request;
    OK(client_start(stranger, &request));
    handle(&c, incoming(&request), &answer);
    const struct lake_coap_incoming of_stranger = c.last;
    for (int n = 0; n < 10; n++) message_1("other", &answer);
    CHECK(stats_of(&c).answer_bytes <= 4096 && stats_of(&c).answers > 0);
    c.last = of_context;
    repeat(&c, &answer);
    CHECK(answer.head.code == CHANGED && answer.head.duplicate == 1 && c.established == 1);
    const uint64_t begun = stats_of(&c).begun;
    c.last = of_stranger;
    repeat(&c, &answer);
    CHECK(answer.head.code == CHANGED && answer.head.duplicate == 0 && stats_of(&c).begun == begun + 1);
    OK(lake_coap_client_free(stranger));
    OK(lake_coap_client_free(client));
}

/* A message_1 is as long as its sender likes, and costs: a large one has to show Echo. */
static size_t padding;

static lake_status pad(void *userdata, lake_session *session)
{
    (void)userdata;
    return lake_session_ead_pad(session, 1, padding);
}

static void large_message_1(void)
{
    static const struct {
        uint32_t limit; /* 0: the default */
        size_t len;
        int asked;
    } cases[] = {{0, 1024, 0}, {0, 1025, 1}, {64, 64, 0}, {64, 65, 1}, {1500, 1500, 0}, {1500, 1501, 1}};
    struct outgoing request, answer;
    lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &request));
    OK(lake_coap_client_free(client));
    const size_t bare = request.len - 1; /* without the f5 before it */
    for (size_t i = 0; i < COUNT(cases); i++) {
        LIMITED(.message_1 = cases[i].limit);
        padding = cases[i].len - bare;
        client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(lake_coap_client_set_prepare(client, pad, NULL, NULL));
        OK(client_start(client, &request));
        CHECK_INT(1 + cases[i].len, request.len);
        handle(&c, incoming(&request), &answer);
        char name[32];
        snprintf(name, sizeof name, "message_1 of case %zu", i);
        check_answer(name, &answer, cases[i].asked ? UNAUTHORIZED : CHANGED, cases[i].asked ? NONE : EDHOC, -1);
        CHECK_INT(!cases[i].asked, stats_of(&c).begun);
        if (cases[i].asked) {
            OK(client_next(client, &answer, &request));
            handle(&c, incoming(&request), &answer);
            check_answer("with Echo", &answer, CHANGED, EDHOC, -1);
        }
        OK(lake_coap_client_free(client));
    }
}

int main(void)
{
    coap_make(&c);
    echo();
    eviction();
    hosts();
    no_echo();
    no_echo_veteran();
    age();
    sizes();
    large_message_1();
    old_echo();
    large_answers();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
