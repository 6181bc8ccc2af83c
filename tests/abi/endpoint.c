/* Two endpoints and the CoAP stacks above them: what a host of lake_endpoint.h does. The
 * stacks are a few bytes by hand; that their messages are CoAP is libcoap's to judge. */
#define LAKE_NO_MARKS /* arguments that are NULL */
#include <stdint.h>

#include "fixture.h"

static struct peers p;
static int64_t now = 1800000000000;
static const uint8_t key[32] = {7};

struct side {
    lake_endpoint *endpoint;
    const char *address;
    int64_t peer;              /* of the last event or delivery */
    int events[7], deliveries; /* events by kind */
    uint8_t last[2048];        /* datagram for the stack */
    size_t last_len;
    uint8_t saved[4096];
    size_t saved_len;
    lake_session *pending;
    char text[512];
};

static struct side server = {.address = "server"}, client = {.address = "client"};

/* A confirmable POST for /a with a token of one byte. */
static size_t post(uint8_t *out, uint8_t id, const char *payload)
{
    size_t len = strlen(payload);
    memcpy(out, (uint8_t[]){0x41, 2, 0, id, id, 0xb1, 'a', 0xff}, 8);
    memcpy(out + 8, payload, len);
    return 8 + len;
}

/* The stack of the server answers with 2.05 and the payload. */
static void answer(struct side *s, int64_t peer, const uint8_t *request, size_t len)
{
    uint8_t out[2048] = {0x61, 0x45, request[2], request[3], request[4], 0xff};
    memcpy(out + 6, request + 8, len - 8);
    OK(lake_endpoint_send(s->endpoint, peer, NULL, 0, out, len - 2, now));
}

static struct side *at(const struct lake_endpoint_action *a)
{
    return a->address_len == 6 && memcmp(a->address, "server", 6) == 0 ? &server : &client;
}

static void save(struct side *s)
{
    OK(lake_endpoint_save(s->endpoint, key, sizeof key, s->saved, sizeof s->saved, &s->saved_len));
    OK(lake_endpoint_saved(s->endpoint, now));
}

/* Does all there is to do, until nothing is left. */
static void work(void)
{
    struct side *sides[] = {&server, &client};
    for (int idle = 0; idle < 2;) {
        for (int i = 0; i < 2; i++) {
            struct side *s = sides[i];
            struct lake_endpoint_action a = {.struct_size = sizeof a};
            uint8_t out[2048];
            size_t len, needed;
            lake_status status = lake_endpoint_next(s->endpoint, &a, NULL, 0, &needed);
            CHECK(status == LAKE_OK || status == LAKE_ERR_BUFFER_TOO_SMALL);
            if (status == LAKE_OK && a.kind == LAKE_ENDPOINT_ACTION_NOTHING) {
                idle++;
                continue;
            }
            if (status != LAKE_OK) {
                OK(lake_endpoint_next(s->endpoint, &a, out, sizeof out, &len));
                CHECK(len == needed);
            }
            idle = 0;
            switch (a.kind) {
            case LAKE_ENDPOINT_ACTION_SEND:
                CHECK(memcmp(a.address, at(&a)->address, a.address_len) == 0);
                OK(lake_endpoint_receive(at(&a)->endpoint, (const uint8_t *)s->address, 6, out, len, now));
                break;
            case LAKE_ENDPOINT_ACTION_DELIVER:
                s->deliveries++;
                s->peer = a.peer;
                memcpy(s->last, out, len);
                s->last_len = len;
                if (s == &server) answer(s, a.peer, out, len);
                break;
            case LAKE_ENDPOINT_ACTION_SAVE:
                save(s);
                break;
            case LAKE_ENDPOINT_ACTION_EVENT:
                CHECK(a.event >= LAKE_ENDPOINT_EVENT_ESTABLISHED && a.event <= LAKE_ENDPOINT_EVENT_REFUSED);
                s->events[a.event]++;
                s->peer = a.peer;
                s->pending = a.session;
                memcpy(s->text, out, len < sizeof s->text - 1 ? len : sizeof s->text - 1);
                CHECK((a.status != LAKE_OK) == (a.event > LAKE_ENDPOINT_EVENT_RENEWED));
                break;
            default:
                FAIL("action %d", a.kind);
            }
        }
    }
}

static void ask(uint8_t id, const char *payload)
{
    uint8_t out[2048];
    size_t len = post(out, id, payload);
    int before = client.deliveries;
    OK(lake_endpoint_send(client.endpoint, 0, (const uint8_t *)"server", 6, out, len, now));
    work();
    CHECK_INT(before + 1, client.deliveries);
    CHECK(client.last[0] == 0x61 && client.last[1] == 0x45 && client.last[3] == id && client.last[4] == id);
    CHECK(client.last_len == 6 + strlen(payload) && memcmp(client.last + 6, payload, strlen(payload)) == 0);
}

static lake_session *prepared;
static int destroyed, prepare_calls;

static lake_status prepare_run(void *userdata, lake_session *session, const uint8_t *address, size_t address_len)
{
    struct lake_endpoint_stats stats = {.struct_size = sizeof stats};
    CHECK(userdata == &prepared);
    CHECK(address_len == 6 && memcmp(address, "server", 6) == 0);
    CHECK_STATUS(LAKE_ERR_BUSY, lake_endpoint_stats(client.endpoint, &stats));
    prepared = session;
    prepare_calls++;
    return LAKE_OK;
}

static void destroy(void *userdata)
{
    CHECK(userdata == &prepared);
    destroyed++;
}

static struct lake_endpoint_options client_options(void)
{
    return (struct lake_endpoint_options){.struct_size = sizeof(struct lake_endpoint_options), .prepare = prepare_run,
                                          .userdata = &prepared, .destroy = destroy, .ahead = 20};
}

static void start(uint32_t flags)
{
    struct lake_endpoint_options s = {.struct_size = sizeof s, .ahead = 20, .open_paths = "/open\n/b"}, c = client_options();
    c.flags = flags;
    memset(server.events, 0, sizeof server.events);
    memset(client.events, 0, sizeof client.events);
    OK(lake_endpoint_new(p.config_r, NULL, NULL, &s, &server.endpoint));
    OK(lake_endpoint_new(NULL, p.config_i, NULL, &c, &client.endpoint));
}

static void stop(void)
{
    int before = destroyed;
    OK(lake_endpoint_free(server.endpoint));
    OK(lake_endpoint_free(client.endpoint));
    CHECK_INT(before + 1, destroyed);
}

static void traffic(uint32_t flags)
{
    struct lake_endpoint_stats stats = {.struct_size = sizeof stats};
    struct lake_endpoint_peer peer = {.struct_size = sizeof peer};
    lake_credential *credential;
    int64_t due, peers[2];
    size_t len;
    uint8_t a[32], b[32];
    start(flags);
    OK(lake_endpoint_due(client.endpoint, &due));
    CHECK(due == INT64_MAX);
    ask(1, "first");
    ask(2, "second");
    CHECK_INT(1, server.events[LAKE_ENDPOINT_EVENT_ESTABLISHED]);
    CHECK_INT(1, client.events[LAKE_ENDPOINT_EVENT_ESTABLISHED]);
    OK(lake_endpoint_due(client.endpoint, &due));
    CHECK(due > now && due < INT64_MAX);
    OK(lake_endpoint_tick(client.endpoint, due));

    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_endpoint_peers(server.endpoint, NULL, 0, &len));
    CHECK(len == 1);
    OK(lake_endpoint_peers(server.endpoint, peers, 2, &len));
    CHECK(len == 1 && peers[0] == server.peer && peers[0] > 0);
    OK(lake_endpoint_peer(server.endpoint, peers[0], &peer));
    CHECK(peer.address_len == 6 && memcmp(peer.address, "client", 6) == 0);
    CHECK(peer.received == 2 && peer.sent == 2 && peer.failures == 0 && peer.since == now / 1000);
    OK(lake_endpoint_peer_credential(server.endpoint, peers[0], &credential));
    OK(fingerprint_of(credential, a));
    OK(fingerprint_of(p.id_i.credential, b));
    CHECK(memcmp(a, b, sizeof a) == 0);
    OK(lake_credential_free(credential));
    OK(lake_endpoint_stats(server.endpoint, &stats));
    CHECK(stats.peers == 1 && stats.established == 1 && stats.half_open == 0);

    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_endpoint_peer(server.endpoint, peers[0] + 1, &peer));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_endpoint_drop(server.endpoint, peers[0] + 1, now));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_endpoint_peer_credential(server.endpoint, peers[0] + 1, &credential));
    OK(lake_endpoint_drop(server.endpoint, peers[0], now));
    work();
    CHECK_INT(1, server.events[LAKE_ENDPOINT_EVENT_DROPPED]);
    CHECK(strstr(server.text, "dropped") != NULL);
    CHECK_STATUS(LAKE_ERR_STATE, lake_endpoint_send(server.endpoint, peers[0], NULL, 0, a, 4, now));
    stop();
}

/* The process of either side dies, and begins with what was stored. */
static void restart(void)
{
    struct lake_endpoint_options s = {.struct_size = sizeof s, .ahead = 20}, c = client_options();
    start(0);
    ask(1, "first");
    save(&server);
    save(&client);
    ask(2, "second");
    stop();
    CHECK_STATUS(LAKE_ERR_SAVED, lake_endpoint_restore(p.config_r, NULL, NULL, &s, key, 31, server.saved, server.saved_len,
                                                       now, &server.endpoint));
    server.saved[40] ^= 1;
    CHECK_STATUS(LAKE_ERR_SAVED, lake_endpoint_restore(p.config_r, NULL, NULL, &s, key, 32, server.saved, server.saved_len,
                                                       now, &server.endpoint));
    server.saved[40] ^= 1;
    int before = destroyed;
    CHECK_STATUS(LAKE_ERR_SAVED, lake_endpoint_restore(NULL, p.config_i, NULL, &c, key, 32, server.saved, server.saved_len,
                                                       now, &client.endpoint));
    CHECK_INT(before, destroyed); /* it is still the caller's */
    OK(lake_endpoint_restore(p.config_r, NULL, NULL, &s, key, 32, server.saved, server.saved_len, now, &server.endpoint));
    OK(lake_endpoint_restore(NULL, p.config_i, NULL, &c, key, 32, client.saved, client.saved_len, now, &client.endpoint));
    save(&server);
    save(&client);
    ask(3, "third");
    ask(4, "fourth");
    CHECK_INT(1, client.events[LAKE_ENDPOINT_EVENT_ESTABLISHED]);
    stop();
}

/* What strangers send reaches the stack on open paths alone. */
static void strangers(void)
{
    struct lake_endpoint_action a = {.struct_size = sizeof a};
    uint8_t out[2048], request[] = {0x41, 1, 0, 1, 9, 0xb4, 'o', 'p', 'e', 'n'};
    size_t len;
    start(0);
    OK(lake_endpoint_receive(server.endpoint, (const uint8_t *)"x", 1, request, sizeof request, now));
    OK(lake_endpoint_next(server.endpoint, &a, out, sizeof out, &len));
    CHECK(a.kind == LAKE_ENDPOINT_ACTION_DELIVER && a.peer == 0 && a.address_len == 1 && a.address[0] == 'x');
    CHECK(len == sizeof request && memcmp(out, request, len) == 0);
    request[6] = 'O';
    OK(lake_endpoint_receive(server.endpoint, (const uint8_t *)"x", 1, request, sizeof request, now));
    OK(lake_endpoint_next(server.endpoint, &a, out, sizeof out, &len));
    CHECK(a.kind == LAKE_ENDPOINT_ACTION_SEND && len >= 4 && out[1] == 0x81); /* 4.01 */
    OK(lake_endpoint_receive(server.endpoint, NULL, 0, NULL, 0, now));
    OK(lake_endpoint_next(server.endpoint, &a, out, sizeof out, &len));
    CHECK(a.kind == LAKE_ENDPOINT_ACTION_NOTHING && len == 0);
    stop();
}

static void arguments(void)
{
    struct lake_endpoint_options o = {.struct_size = sizeof o};
    struct lake_endpoint_action a = {.struct_size = 1};
    uint8_t address[LAKE_ENDPOINT_ADDRESS_MAX + 1] = {0}, junk[3] = {1, 2, 3};
    size_t len;
    start(0);
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_next(server.endpoint, &a, NULL, 0, &len));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_receive(server.endpoint, address, sizeof address, junk, 3, now));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_receive(server.endpoint, address, 1, junk, 3, -1));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_receive(server.endpoint, address, 1, NULL, 3, now));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_send(client.endpoint, 0, address, 1, junk, 3, now));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_send(client.endpoint, -1, address, 1, junk, 3, now));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_endpoint_send(server.endpoint, 0, address, 1, (uint8_t[]){0x40, 1, 0, 1}, 4, now));
    CHECK_STATUS(LAKE_ERR_STATE, lake_endpoint_send(client.endpoint, 9, NULL, 0, (uint8_t[]){0x40, 1, 0, 1}, 4, now));
    CHECK_STATUS(LAKE_ERR_STATE, lake_endpoint_continue(server.endpoint, p.i, now));
    stop();
    lake_endpoint *none;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_new(NULL, NULL, NULL, NULL, &none));
    for (int i = 0; i < 8; i++) {
        struct lake_endpoint_options wrong = o;
        switch (i) {
        case 0: wrong.flags = 8; break;
        case 1: wrong.block = 100; break;
        case 2: wrong.replay_size = 5000; break;
        case 3: wrong.open_paths = "open"; break;
        case 4: wrong.ahead = UINT64_MAX; break;
        case 5: wrong.burst = UINT32_MAX; break;
        case 6: wrong.per_credential = UINT32_MAX; break;
        case 7: wrong.memory = UINT32_MAX; break;
        }
        CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_endpoint_new(p.config_r, NULL, NULL, &wrong, &none));
    }
}

int main(void)
{
    peers_make(&p, 3, 0);
    peers_start(&p);
    traffic(0);
    traffic(LAKE_ENDPOINT_FLAG_COMBINED);
    restart();
    strangers();
    arguments();
    CHECK(prepare_calls >= 3 && prepared != NULL);
    peers_stop(&p);
    peers_free(&p);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
