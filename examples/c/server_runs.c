#include "server_runs.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

static struct run runs[RUNS_MAX];
static int last_number;

/* --- Connection identifiers --------------------------------------------------- */

/* One byte: 0x00 to 0x17 and 0x20 to 0x37, which EDHOC sends as an integer. Then two. */
enum { ONE_BYTE = 48, CONNECTIONS = ONE_BYTE + CONTEXTS_MAX + RUNS_MAX };

static char taken[CONNECTIONS];

size_t connection_bytes(int connection, uint8_t id[2])
{
    if (connection < ONE_BYTE) {
        id[0] = (uint8_t)(connection < 24 ? connection : 0x20 + connection - 24);
        return 1;
    }
    id[0] = (uint8_t)((connection - ONE_BYTE) >> 8);
    id[1] = (uint8_t)(connection - ONE_BYTE);
    return 2;
}

int connection_take(const uint8_t *peer_id, size_t peer_len)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        uint8_t id[2];
        size_t len = connection_bytes(i, id);

        if (taken[i] || (len == peer_len && memcmp(id, peer_id, len) == 0))
            continue;
        taken[i] = 1;
        return i;
    }
    return -1;
}

void connection_release(int connection)
{
    taken[connection] = 0;
}

/* --- The table ------------------------------------------------------------------ */

void runs_finish(struct run *run, int keep_connection)
{
    CHECK(lake_session_free(run->session));
    run->session = NULL;
    if (!keep_connection)
        connection_release(run->connection);
}

static void empty(struct run *run)
{
    if (run->session)
        runs_finish(run, 0);
    run->number = 0;
}

/* An empty place comes first, then the oldest finished run, then the oldest one. */
static int comes_before(const struct run *a, const struct run *b)
{
    if (!a->number || !b->number)
        return !a->number && b->number;
    if (!a->session != !b->session)
        return !a->session;
    return a->since < b->since;
}

struct run *runs_add(lake_session *session, int connection)
{
    struct run *run = &runs[0];

    for (int i = 1; i < RUNS_MAX; i++)
        if (comes_before(&runs[i], run))
            run = &runs[i];
    empty(run);
    run->number = ++last_number;
    run->session = session;
    run->connection = connection;
    return run;
}

void runs_answered(struct run *run, const struct request *request, const struct answer *answer)
{
    run->request = *request;
    run->answer = *answer;
    coap_ticks(&run->since);
}

struct run *runs_find(const uint8_t *c_r, size_t len)
{
    for (int i = 0; i < RUNS_MAX; i++) {
        uint8_t id[2];

        if (runs[i].session && connection_bytes(runs[i].connection, id) == len && memcmp(id, c_r, len) == 0)
            return &runs[i];
    }
    return NULL;
}

static int same_datagram(const struct request *a, const struct request *b)
{
    return a->mid == b->mid && a->token_len == b->token_len && memcmp(a->token, b->token, a->token_len) == 0;
}

static int same_body(const struct request *a, const struct request *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* The message_1 of a half-open run means that run, however it is sent again. An
 * answer to message_3 is for the same datagram only: a new request with a
 * message_3 that was used before is an error. Large messages come and go in
 * blocks, and libcoap has forgotten them when the last block comes twice. */
static int is_repeated(const struct run *run, const struct request *request)
{
    const struct request *known = &run->request;

    if (!run->number || !coap_address_equals(&known->from, &request->from))
        return 0;
    if (request->answer_block)
        return 1;
    if (request->later_block)
        return same_datagram(known, request);
    return same_body(known, request) && (run->session || same_datagram(known, request));
}

struct run *runs_repeated(const struct request *request)
{
    struct run *newest = NULL;

    for (int i = 0; i < RUNS_MAX; i++)
        if (is_repeated(&runs[i], request) && (!newest || runs[i].since > newest->since))
            newest = &runs[i];
    return newest;
}

void runs_expire(void)
{
    coap_tick_t now;

    coap_ticks(&now);
    for (int i = 0; i < RUNS_MAX; i++) {
        const coap_tick_t age = (now - runs[i].since) / COAP_TICKS_PER_SECOND;

        if (!runs[i].number || age < (runs[i].session ? HALF_OPEN_SECONDS : FINISHED_SECONDS))
            continue;
        if (runs[i].session)
            printf("[%d] message_3 did not come in %d seconds\n", runs[i].number, HALF_OPEN_SECONDS);
        empty(&runs[i]);
    }
}

void runs_clear(void)
{
    for (int i = 0; i < RUNS_MAX; i++)
        empty(&runs[i]);
}
