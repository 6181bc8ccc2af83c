/* Many threads: on sessions of their own with one config, and on one session. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>

#include "fixture.h"

enum { THREADS = 8, HANDSHAKES = 60, ROUNDS = 1000 };

static struct peers shared;
static pthread_t threads[THREADS];

static void start(int n, void *(*run)(void *), void *argument)
{
    for (int i = 0; i < n; i++) CHECK(pthread_create(&threads[i], NULL, run, argument) == 0);
}

static void join(int n)
{
    for (int i = 0; i < n; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

/* --- Sessions of their own ------------------------------------------------------ */

static void *handshakes(void *unused)
{
    for (int i = 0; i < HANDSHAKES; i++) {
        struct peers p = {.config_i = shared.config_i, .config_r = shared.config_r};
        peers_start(&p);
        peers_exchange(&p, 1, 4);
        peers_check_complete(&p);
        peers_stop(&p);
    }
    return unused;
}

/* --- One session ------------------------------------------------------------------ */

/* Everything but free, with buffers of their own. Whoever comes second gets BUSY,
 * whoever comes late gets STATE. */
static void *hammer(void *argument)
{
    struct peers *p = argument;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t out[512];
        size_t len;
        lake_status status, text_status;
        char text[512];
        int n = i % 4 + 1;
        switch (i / 4 % 6) {
        case 0: status = prepare[n](p->i, out, sizeof out, &len); break;
        case 1: status = lake_session_process_message(p->i, 4, (const uint8_t *)"\x40", 1); break;
        case 2: status = lake_session_peer_proved(p->i); break;
        case 3: status = lake_session_export(p->i, 32768, NULL, 0, out, 16); break;
        case 4: status = lake_session_ead_add(p->i, 3, 1, NULL, 0); break;
        default: status = info_status(p->i); break;
        }
        switch (status) {
        case LAKE_OK: case LAKE_ERR_BUSY: case LAKE_ERR_STATE: case LAKE_ERR_LIMIT: break;
        default: FAIL("round %d: %s", i, lake_status_name(status));
        }
        text_status = lake_session_error_text(p->i, text, sizeof text, &len);
        CHECK(text_status == LAKE_OK || text_status == LAKE_ERR_BUSY);
    }
    return NULL;
}

static atomic_int ended;

/* Garbage ends the run once, whoever brings it. */
static void *end(void *argument)
{
    struct peers *p = argument;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t out[512];
        size_t len = 0;
        lake_status status = i % 2 ? lake_session_step(p->i, (const uint8_t *)"\x40", 1, out, sizeof out, &len)
                                   : lake_session_process_message(p->i, 2, (const uint8_t *)"\x40", 1);
        switch (status) {
        case LAKE_ERR_MALFORMED: ended++; break;
        case LAKE_ERR_BUSY: case LAKE_ERR_STATE: break;
        default: FAIL("round %d: %s", i, lake_status_name(status));
        }
    }
    return NULL;
}

static void one_session(void)
{
    struct peers p = {.config_i = shared.config_i, .config_r = shared.config_r};
    peers_start(&p);
    start(4, hammer, &p);
    join(4);
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_2, state_of(p.i)); /* message_1 was made, once */
    peers_exchange(&p, 1, 4);
    peers_check_complete(&p);

    peers_start(&p);
    peers_exchange(&p, 1, 1);
    start(4, end, &p);
    join(4);
    CHECK_INT(1, ended);
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_stop(&p);
}

/* --- A call that is certainly under way --------------------------------------------- */

static pthread_barrier_t entered, leave;

static lake_status hold(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                        lake_credential **out)
{
    (void)session, (void)id_cred, (void)id_cred_len;
    pthread_barrier_wait(&entered);
    pthread_barrier_wait(&leave);
    *out = identity_public(userdata);
    return LAKE_OK;
}

static void *process_2(void *argument)
{
    OK(peers_process(argument, 2));
    return NULL;
}

static void busy(void)
{
    struct peers p;
    uint8_t out[512];
    size_t len;
    pthread_barrier_init(&entered, NULL, 2);
    pthread_barrier_init(&leave, NULL, 2);
    peers_make_strangers(&p, 3, 2);
    OK(lake_config_set_credential_callback(p.config_i, hold, &p.id_r, NULL));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    start(1, process_2, &p);
    pthread_barrier_wait(&entered);
    for (int again = 0; again < 100; again++) {
        CHECK_STATUS(LAKE_ERR_BUSY, info_status(p.i));
        CHECK_STATUS(LAKE_ERR_BUSY, peers_process(&p, 2));
        CHECK_STATUS(LAKE_ERR_BUSY, lake_session_prepare_message(p.i, 3, out, sizeof out, &len));
        CHECK_STATUS(LAKE_ERR_BUSY, lake_session_abort(p.i));
        CHECK_STATUS(LAKE_ERR_BUSY, lake_session_free(p.i));
    }
    OK(info_status(p.r)); /* the other session is not concerned */
    OK(lake_config_free(p.config_i));     /* nor is the config's handle */
    pthread_barrier_wait(&leave);
    join(1);
    p.config_i = NULL;
    CHECK_INT(LAKE_STATE_VERIFIED_MESSAGE_2, state_of(p.i));
    OK(lake_session_prepare_message(p.i, 3, out, sizeof out, &len));
    peers_free(&p);
    pthread_barrier_destroy(&entered);
    pthread_barrier_destroy(&leave);
}

/* --- Freed during calls --------------------------------------------------------------- */

static void *until_freed(void *session)
{
    lake_status status;
    do {
        status = info_status(session);
        CHECK(status == LAKE_OK || status == LAKE_ERR_BUSY || status == LAKE_ERR_HANDLE);
    } while (status != LAKE_ERR_HANDLE);
    return NULL;
}

static void free_during_calls(void)
{
    for (int i = 0; i < 200; i++) {
        lake_session *session;
        lake_status status;
        OK(lake_session_new(shared.config_i, LAKE_INITIATOR, &session));
        start(2, until_freed, session);
        while ((status = lake_session_free(session)) == LAKE_ERR_BUSY)
            ;
        CHECK_STATUS(LAKE_OK, status);
        join(2);
        CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(session));
    }
}

/* Of many threads that free one handle, one succeeds. */
static atomic_int freed;

static void *free_once(void *session)
{
    lake_status status;
    while ((status = lake_session_free(session)) == LAKE_ERR_BUSY)
        ;
    CHECK(status == LAKE_OK || status == LAKE_ERR_HANDLE);
    if (status == LAKE_OK) freed++;
    return NULL;
}

static void free_races(void)
{
    for (int i = 0; i < 100; i++) {
        lake_session *session;
        OK(lake_session_new(shared.config_i, LAKE_RESPONDER, &session));
        freed = 0;
        start(4, free_once, session);
        join(4);
        CHECK_INT(1, freed);
    }
}

/* --- References ------------------------------------------------------------------------- */

static void *references(void *credential)
{
    for (int i = 0; i < ROUNDS; i++) {
        int32_t kind;
        OK(lake_credential_retain(credential));
        OK(kind_of(credential, &kind));
        OK(lake_credential_free(credential));
    }
    return NULL;
}

int main(void)
{
    size_t live = lake_live_handles();
    const struct lake_limits limits = {.struct_size = sizeof limits, .ead_items = 64};
    peers_make(&shared, 3, 2);
    OK(lake_config_set_limits(shared.config_r, &limits)); /* hammer adds many */
    start(THREADS, handshakes, NULL);
    join(THREADS);
    one_session();
    busy();
    free_during_calls();
    free_races();
    start(4, references, shared.id_i.credential);
    join(4);
    peers_free(&shared);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
