/* One server that many threads use, with a host that looks on; and what else is called
 * from several threads at once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "coap_fixture.h"

enum { THREADS = 4, HANDSHAKES = 40, COPIES = 2 };

static struct coap c; /* its server and configs; events are counted here */
static atomic_int established, failed, pending;
static atomic_int stop;
static pthread_t threads[2 * THREADS + 2];
static int n_threads;

static void start(void *(*go)(void *), void *argument)
{
    CHECK(pthread_create(&threads[n_threads++], NULL, go, argument) == 0);
}

static void join(void)
{
    while (n_threads > 0) CHECK(pthread_join(threads[--n_threads], NULL) == 0);
}

/* Sessions that wait for the host: those who answer take them from here. */
static _Atomic(lake_session *) waiting[256];

static lake_status count(void *unused, const struct lake_coap_event *event)
{
    lake_status status;
    (void)unused;
    switch (event->kind) {
    case LAKE_COAP_EVENT_ESTABLISHED:
        established++;
        while ((status = lake_session_free(event->session)) == LAKE_ERR_BUSY) sched_yield(); /* who looks at it */
        OK(status);
        break;
    case LAKE_COAP_EVENT_FAILED: failed++; break;
    default:
        waiting[pending++ % COUNT(waiting)] = event->session;
    }
    return LAKE_OK;
}

static void server(uint32_t age)
{
    const struct lake_coap_limits limits = {.struct_size = sizeof limits, .half_open = 100000, .threshold = 100000,
                                            .per_host = 100000, .age = age, .cache = 1 << 24};
    established = failed = pending = stop = 0;
    OK(lake_coap_server_free(c.server));
    OK(lake_coap_server_new(c.p.config_r, c.p.config_r, NULL, count, NULL, NULL, &c.server));
    OK(lake_coap_server_set_limits(c.server, &limits));
}

/* --- Handshakes ---------------------------------------------------------------------------- */

static atomic_int message_ids;

/* A datagram and its copies, until somebody has the answer. Whoever comes while it is made
 * gets nothing. */
static void ask(const struct outgoing *request, struct outgoing *answer)
{
    struct lake_coap_incoming in = incoming(request);
    in.message_id = message_ids++ & 0xffff;
    in.peer = (const uint8_t *)"peer";
    in.peer_len = 4;
    for (int i = 0;; i++) {
        CHECK(i < 10000000);
        *answer = answer_of(0, 0, NULL, 0);
        OK(lake_coap_server_handle(c.server, &in, OUTGOING(answer)));
        if (answer->head.code != LAKE_COAP_CODE_EMPTY) break;
        sched_yield();
    }
    for (int i = 0; i < COPIES; i++) {
        struct outgoing copy = answer_of(0, 0, NULL, 0);
        OK(lake_coap_server_handle(c.server, &in, OUTGOING(&copy)));
        CHECK(copy.head.duplicate == 1 && copy.head.code == answer->head.code);
        CHECK_BYTES(answer->payload, answer->len, copy.payload, copy.len);
    }
}

static void *handshakes(void *role)
{
    for (int i = 0; i < HANDSHAKES; i++) {
        struct outgoing request, answer;
        lake_coap_client *client = client_of(&c, *(int32_t *)role, NULL);
        lake_status status = client_start(client, &request);
        while (status == LAKE_OK && request.head.code != LAKE_COAP_CODE_EMPTY) {
            ask(&request, &answer);
            status = client_next(client, &answer, &request);
        }
        OK(status);
        CHECK_INT(1, is_done(client));
        OK(lake_coap_client_free(client));
    }
    return NULL;
}

static void *look_on(void *unused)
{
    char link[256];
    size_t len;
    while (!stop) {
        const struct lake_coap_stats stats = stats_of(&c);
        CHECK(stats.begun >= stats.established && stats.ids == stats.half_open + stats.contexts);
        OK(lake_coap_server_expire(c.server));
        OK(lake_coap_server_link(c.server, "/edhoc", 1, link, sizeof link, &len));
        lake_status status = lake_coap_server_reserve(c.server, (const uint8_t *)"restored", 8);
        CHECK(status == LAKE_OK || status == LAKE_ERR_STATE);
        OK(lake_coap_server_release(c.server, (const uint8_t *)"restored", 8));
        sched_yield();
    }
    return unused;
}

static void many_clients(void)
{
    static int32_t roles[] = {LAKE_INITIATOR, LAKE_RESPONDER};
    server(0);
    for (int i = 0; i < THREADS; i++) start(handshakes, &roles[i % 2]);
    pthread_t looking;
    CHECK(pthread_create(&looking, NULL, look_on, NULL) == 0);
    join();
    stop = 1;
    CHECK(pthread_join(looking, NULL) == 0);
    const struct lake_coap_stats stats = stats_of(&c);
    CHECK(established == THREADS * HANDSHAKES && failed == 0);
    CHECK(stats.begun == (uint64_t)established && stats.established == stats.begun && stats.half_open == 0);
    CHECK(stats.duplicates >= (uint64_t)(2 * COPIES * established));
}

/* --- A host that decides --------------------------------------------------------------------- */

/* Answers everything that waits. Looking at the session meanwhile must not harm the run. */
static void *answer_all(void *unused)
{
    struct outgoing answer;
    while (!stop) {
        for (size_t i = 0; i < COUNT(waiting); i++) {
            lake_session *session = atomic_exchange(&waiting[i], NULL);
            lake_status status = LAKE_ERR_BUSY;
            if (session == NULL) continue;
            for (int tries = 0; status == LAKE_ERR_BUSY; tries++) {
                CHECK(tries < 10000000);
                answer = answer_of(0, 0, NULL, 0);
                status = lake_coap_server_continue(c.server, session, OUTGOING(&answer));
            }
            OK(status);
            CHECK_INT(CHANGED, answer.head.code);
        }
        sched_yield();
    }
    return unused;
}

/* Looks at whatever waits, whether it is answered or expires meanwhile. */
static void *look_at_sessions(void *tries_to_free)
{
    while (!stop) {
        for (size_t i = 0; i < COUNT(waiting); i++) {
            lake_session *session = waiting[i];
            char text[400];
            uint8_t id[64];
            size_t len;
            lake_status status[4];
            if (session == NULL) continue;
            status[0] = info_status(session);
            status[1] = lake_session_error_text(session, text, sizeof text, &len);
            status[2] = lake_session_peer_id_cred(session, id, sizeof id, &len);
            status[3] = peer_id_of(session, id, sizeof id, &len);
            for (size_t k = 0; k < COUNT(status); k++)
                if (status[k] != LAKE_OK && status[k] != LAKE_ERR_BUSY && status[k] != LAKE_ERR_HANDLE &&
                    (k < 2 || status[k] != LAKE_ERR_NOT_FOUND)) /* it has just expired */
                    FAIL("looking at a session, %zu: %s", k, lake_status_name(status[k]));
            if (tries_to_free == NULL) continue;
            status[0] = lake_session_free(session); /* it is the server's */
            CHECK(status[0] == LAKE_ERR_STATE || status[0] == LAKE_ERR_BUSY || status[0] == LAKE_ERR_HANDLE);
        }
    }
    return NULL;
}

static void decided(void)
{
    static int32_t role = LAKE_INITIATOR;
    server(0);
    for (int i = 0; i < THREADS; i++) start(handshakes, &role);
    pthread_t hosts[3];
    CHECK(pthread_create(&hosts[0], NULL, answer_all, NULL) == 0);
    CHECK(pthread_create(&hosts[1], NULL, look_at_sessions, NULL) == 0);
    CHECK(pthread_create(&hosts[2], NULL, look_on, NULL) == 0);
    join();
    stop = 1;
    for (int i = 0; i < 3; i++) CHECK(pthread_join(hosts[i], NULL) == 0);
    CHECK(established == THREADS * HANDSHAKES && pending == established && failed == 0);
}

/* Nobody answers: the runs expire while the host looks at them, from several threads. */
static void *begin_and_leave(void *unused)
{
    for (int i = 0; i < HANDSHAKES; i++) {
        struct outgoing request, answer;
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(client_start(client, &request));
        ask(&request, &answer);
        OK(client_next(client, &answer, &request));
        struct lake_coap_incoming in = incoming(&request);
        in.message_id = message_ids++ & 0xffff;
        answer = answer_of(0, 0, NULL, 0);
        OK(lake_coap_server_handle(c.server, &in, OUTGOING(&answer)));
        OK(lake_coap_client_free(client));
    }
    return unused;
}

static void expired(void)
{
    server(1);
    memset((void *)waiting, 0, sizeof waiting);
    pthread_t hosts[2];
    for (int i = 0; i < 2; i++) CHECK(pthread_create(&hosts[i], NULL, look_at_sessions, hosts) == 0);
    for (int i = 0; i < THREADS; i++) start(begin_and_leave, NULL);
    join();
    for (int i = 0; i < 2; i++) start(look_on, NULL);
    for (int i = 0; stats_of(&c).half_open > 0; i++) {
        CHECK(i < 100000000);
        sched_yield();
    }
    stop = 1;
    join();
    for (int i = 0; i < 2; i++) CHECK(pthread_join(hosts[i], NULL) == 0);
    CHECK(established == 0 && failed == THREADS * HANDSHAKES);
    CHECK_INT(0, stats_of(&c).ids);
    for (size_t i = 0; i < COUNT(waiting); i++) {
        if (waiting[i] != NULL) CHECK_STATUS(LAKE_ERR_HANDLE, info_status(waiting[i]));
    }
    memset((void *)waiting, 0, sizeof waiting);
}

/* Looking at the session of a client may make a call on the client busy, and harms
 * nothing. */
static void *look_at_one(void *session)
{
    while (info_status(session) != LAKE_ERR_HANDLE) continue;
    return NULL;
}

static void observed(void)
{
    server(0);
    for (int n = 0; n < HANDSHAKES; n++) {
        struct outgoing request, answer;
        lake_status status;
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(client_start(client, &request));
        for (int i = 0; i < 2; i++) start(look_at_one, session_of(client));
        while (request.head.code != LAKE_COAP_CODE_EMPTY) {
            ask(&request, &answer);
            while ((status = client_next(client, &answer, &request)) == LAKE_ERR_BUSY) sched_yield();
            OK(status);
        }
        CHECK_INT(1, is_done(client));
        OK(lake_coap_client_free(client));
        join();
    }
    CHECK_INT(HANDSHAKES, established);
}

/* --- Freed during calls ------------------------------------------------------------------------ */

static void *until_freed(void *of)
{
    const struct lake_coap_incoming get = {.struct_size = sizeof get, .code = GET, .format = NONE};
    struct outgoing answer = answer_of(0, 0, NULL, 0);
    lake_status status;
    do {
        status = lake_coap_server_handle(of, &get, OUTGOING(&answer));
        CHECK(status == LAKE_OK || status == LAKE_ERR_HANDLE);
    } while (status == LAKE_OK);
    return NULL;
}

static void *next_until_freed(void *client)
{
    const struct outgoing junk = answer_of(191, NONE, NULL, 0);
    struct outgoing request;
    lake_status status;
    do {
        int32_t done;
        status = client_next(client, &junk, &request);
        CHECK(status == LAKE_ERR_STATE || status == LAKE_ERR_REFUSED || status == LAKE_ERR_BUSY || status == LAKE_ERR_HANDLE);
        status = lake_coap_client_is_done(client, &done);
        CHECK(status == LAKE_OK || status == LAKE_ERR_BUSY || status == LAKE_ERR_HANDLE);
    } while (status != LAKE_ERR_HANDLE);
    return NULL;
}

static void freed(void)
{
    for (int n = 0; n < 100; n++) {
        lake_status status;
        struct outgoing request;
        lake_coap_client *client = client_of(&c, LAKE_INITIATOR, NULL);
        OK(client_start(client, &request));
        server(0);
        for (int i = 0; i < 2; i++) start(until_freed, c.server);
        for (int i = 0; i < 2; i++) start(next_until_freed, client);
        while ((status = lake_coap_server_free(c.server)) == LAKE_ERR_BUSY) sched_yield();
        OK(status);
        while ((status = lake_coap_client_free(client)) == LAKE_ERR_BUSY) sched_yield();
        OK(status);
        join();
        CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_free(c.server));
        CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_client_free(client));
        c.server = NULL;
    }
}

/* --- Identifiers ----------------------------------------------------------------------------------- */

static atomic_int owner[256];

static void *take_and_release(void *ids)
{
    for (int i = 0; i < 2000; i++) {
        uint8_t id[7];
        size_t len;
        OK(lake_coap_ids_take(ids, NULL, 0, id, &len));
        CHECK_INT(1, len);
        CHECK_INT(0, owner[id[0]]++); /* nobody else has it */
        owner[id[0]]--;
        OK(lake_coap_ids_release(ids, id, len));
    }
    return NULL;
}

static void identifiers(void)
{
    lake_coap_ids *ids;
    size_t left;
    OK(lake_coap_ids_new(1, 1, &ids));
    for (int i = 0; i < THREADS; i++) start(take_and_release, ids);
    join();
    OK(lake_coap_ids_count(ids, &left));
    CHECK_INT(0, left);
    OK(lake_coap_ids_free(ids));
}

int main(void)
{
    coap_make(&c);
    many_clients();
    observed();
    freed();
    identifiers();
    coap_free(&c);
    coap_make(&c);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    decided();
    expired();
    coap_free(&c);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
