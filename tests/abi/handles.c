/* Handles that are none: NULL, freed, of another kind, made up. */
#define LAKE_NO_MARKS /* NULL is passed where it must not be, to see what it gives */
#include "calls.h"
#include "fixture.h"

static struct peers p;
static lake_resumption *store;
static lake_coap_ids *ids;
static lake_coap_server *server;
static lake_coap_client *client;
static lake_endpoint *endpoint;

static lake_status no_event(void *userdata, const struct lake_coap_event *event)
{
    (void)userdata, (void)event;
    return LAKE_OK;
}

static void check_all(enum kind kind, void *handle, lake_status expected)
{
    for (size_t i = 0; i < calls_count; i++) {
        if (calls[i].kind != kind) continue;
        lake_status status = calls[i].run(handle);
        if (status != expected)
            FAIL("%s(%p): expected %s, got %s", calls[i].name, handle, lake_status_name(expected),
                 lake_status_name(status));
    }
}

/* A second handle beside a good first one. */
static void check_second(void *handle, lake_status expected)
{
    lake_config *config;
    OK(lake_config_new(&config));
    CHECK_STATUS(expected, lake_config_add_own_credential(config, handle));
    CHECK_STATUS(expected, lake_config_add_peer_credential(config, handle));
    CHECK_STATUS(expected, lake_config_add_psk(config, LAKE_INITIATOR, handle));
    CHECK_STATUS(expected, lake_config_add_trust_anchor(config, handle));
    CHECK_STATUS(expected, lake_config_add_intermediate(config, handle));
    CHECK_STATUS(expected, lake_config_add_cwt_issuer(config, handle, NULL));
    CHECK_STATUS(expected, lake_config_verify_credential(config, handle, 1));
    CHECK_STATUS(expected, lake_session_set_own_credential(p.i, handle));
    CHECK_STATUS(expected, lake_session_set_peer_credential(p.i, handle));
    OK(lake_config_free(config));
}

/* The same for a store, and for the session of a store. */
static void check_second_store(void *handle, lake_status expected)
{
    lake_config *config;
    OK(lake_config_new(&config));
    CHECK_STATUS(expected, lake_config_set_resumption(config, handle));
    CHECK_STATUS(expected, lake_session_use_resumption(p.i, handle, NULL, 0));
    CHECK_STATUS(expected, lake_resumption_keep(handle, p.i));
    CHECK_STATUS(expected, lake_resumption_confirm(handle, p.i));
    OK(lake_config_free(config));
}

static void check_second_session(void *handle, lake_status expected)
{
    CHECK_STATUS(expected, lake_resumption_keep(store, handle));
    CHECK_STATUS(expected, lake_resumption_confirm(store, handle));
}

/* A config, ids or session beside those that are right; NULL is none, but for the session. */
static void check_second_coap(void *handle)
{
    struct lake_coap_outgoing answer = {.struct_size = sizeof answer};
    lake_coap_server *no_server;
    lake_coap_client *no_client;
    uint8_t out[16];
    size_t len;
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_new(p.config_r, handle, NULL, no_event, NULL, NULL, &no_server));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_new(handle, p.config_r, NULL, no_event, NULL, NULL, &no_server));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_new(p.config_r, NULL, handle, no_event, NULL, NULL, &no_server));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_client_new(p.config_i, LAKE_INITIATOR, handle, &no_client));
    lake_endpoint *no_endpoint;
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_endpoint_new(handle, NULL, NULL, NULL, &no_endpoint));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_endpoint_new(p.config_r, handle, NULL, NULL, &no_endpoint));
    if (handle != store) CHECK_STATUS(LAKE_ERR_HANDLE, lake_endpoint_new(p.config_r, NULL, handle, NULL, &no_endpoint));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_endpoint_continue(endpoint, handle, 0));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_coap_server_continue(server, handle, &answer, out, sizeof out, &len));
}

static void nulls(void)
{
    for (size_t i = 0; i < calls_count; i++) {
        int frees = strstr(calls[i].name, "_free") != NULL;
        lake_status expected = frees ? LAKE_OK : LAKE_ERR_ARGUMENT;
        if (calls[i].kind == NO_HANDLE) continue;
        if (calls[i].run(NULL) != expected) FAIL("%s(NULL): %s", calls[i].name, lake_status_name(calls[i].run(NULL)));
    }
    check_second(NULL, LAKE_ERR_ARGUMENT);
    check_second_store(NULL, LAKE_ERR_ARGUMENT);
    check_second_session(NULL, LAKE_ERR_ARGUMENT);
}

static void wrong_kinds(void)
{
    void *handles[] = {[CREDENTIAL] = p.id_i.credential, [CONFIG] = p.config_i, [SESSION] = p.i,
                       [RESUMPTION] = store, [COAP_IDS] = ids, [COAP_SERVER] = server, [COAP_CLIENT] = client,
                       [ENDPOINT] = endpoint};
    for (enum kind takes = CREDENTIAL; takes < KINDS; takes++)
        for (enum kind gets = CREDENTIAL; gets < KINDS; gets++)
            if (takes != gets) check_all(takes, handles[gets], LAKE_ERR_HANDLE);
    check_second(p.config_i, LAKE_ERR_HANDLE);
    check_second(p.i, LAKE_ERR_HANDLE);
    check_second(store, LAKE_ERR_HANDLE);
    check_second_store(p.i, LAKE_ERR_HANDLE);
    check_second_store(p.id_i.credential, LAKE_ERR_HANDLE);
    check_second_session(store, LAKE_ERR_HANDLE);
    check_second_session(p.config_i, LAKE_ERR_HANDLE);
    check_second_coap(p.id_i.credential);
    check_second_coap(store);
    check_second_coap(server);
    check_second_coap(client);
}

static void freed(void)
{
    struct identity who;
    lake_config *config;
    lake_session *session;
    lake_resumption *gone;
    lake_coap_ids *no_ids;
    lake_coap_server *no_server;
    lake_coap_client *no_client;
    lake_endpoint *no_endpoint;
    identity_make(&who, LAKE_KEY_X25519, 'f');
    OK(lake_resumption_new(NULL, &gone));
    OK(lake_resumption_free(gone));
    OK(lake_config_new(&config));
    OK(lake_session_new(config, LAKE_RESPONDER, &session));
    OK(lake_session_free(session));
    OK(lake_coap_ids_new(1, 1, &no_ids));
    OK(lake_coap_server_new(config, NULL, no_ids, no_event, NULL, NULL, &no_server));
    OK(lake_coap_client_new(config, LAKE_RESPONDER, no_ids, &no_client));
    OK(lake_endpoint_new(config, config, NULL, NULL, &no_endpoint));
    OK(lake_coap_ids_free(no_ids));
    OK(lake_endpoint_free(no_endpoint));
    OK(lake_coap_server_free(no_server));
    OK(lake_coap_client_free(no_client));
    OK(lake_config_free(config));
    OK(lake_credential_free(who.credential));
    check_all(COAP_IDS, no_ids, LAKE_ERR_HANDLE);
    check_all(COAP_SERVER, no_server, LAKE_ERR_HANDLE);
    check_all(COAP_CLIENT, no_client, LAKE_ERR_HANDLE);
    check_all(ENDPOINT, no_endpoint, LAKE_ERR_HANDLE);
    check_second_coap(no_ids);
    check_second_coap(session);
    check_second_coap(config);
    check_all(SESSION, session, LAKE_ERR_HANDLE); /* freeing twice is among them */
    check_all(CONFIG, config, LAKE_ERR_HANDLE);
    check_all(CREDENTIAL, who.credential, LAKE_ERR_HANDLE);
    check_all(RESUMPTION, gone, LAKE_ERR_HANDLE);
    check_second(who.credential, LAKE_ERR_HANDLE);
    check_second_store(gone, LAKE_ERR_HANDLE);
    check_second_session(session, LAKE_ERR_HANDLE);
}

static void references(void)
{
    struct identity who;
    lake_config *config;
    int32_t kind;
    identity_make(&who, LAKE_KEY_X25519, 'f');
    OK(lake_credential_retain(who.credential));
    OK(lake_config_new(&config));
    OK(lake_config_add_own_credential(config, who.credential)); /* a reference that nobody can free */
    OK(lake_credential_free(who.credential));
    OK(kind_of(who.credential, &kind));
    CHECK_INT(LAKE_CREDENTIAL_CCS, kind);
    OK(lake_credential_free(who.credential));
    CHECK_STATUS(LAKE_ERR_HANDLE, kind_of(who.credential, &kind));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_credential_free(who.credential));
    OK(lake_config_free(config));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_config_free(config));
}

/* xorshift64: the same values on every run. */
static uint64_t next_random(void)
{
    static uint64_t x = 0x9e3779b97f4a7c15u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

static void made_up(void)
{
    void *good[] = {p.id_i.credential, p.id_r.credential, p.config_i, p.config_r, p.i, p.r, store, ids, server, client,
                    endpoint};
    int on_stack;
    void *on_heap = malloc(64);
    check_all(SESSION, &on_stack, LAKE_ERR_HANDLE);
    check_all(CONFIG, on_heap, LAKE_ERR_HANDLE);
    check_all(CREDENTIAL, (void *)(uintptr_t)&made_up, LAKE_ERR_HANDLE);
    free(on_heap);
    for (int i = 0; i < 3000; i++) {
        void *handle = (void *)(uintptr_t)next_random();
        if (i % 3 == 1) handle = (void *)(uintptr_t)(next_random() % 1024 + 1);
        int skip = 0;
        for (size_t g = 0; g < COUNT(good); g++) skip |= handle == good[g];
        if (skip) continue;
        check_all(i % 3 == 0 ? SESSION : i % 2 ? CONFIG : CREDENTIAL, handle, LAKE_ERR_HANDLE);
        check_all(RESUMPTION + (enum kind)(i % 5), handle, LAKE_ERR_HANDLE);
    }
    /* Every neighbour of a good handle: one bit away. */
    for (size_t g = 0; g < COUNT(good); g++) {
        for (int bit = 0; bit < (int)sizeof(void *) * 8; bit++) {
            void *handle = (void *)((uintptr_t)good[g] ^ (uintptr_t)1 << bit);
            int other = handle == NULL;
            for (size_t o = 0; o < COUNT(good); o++) other |= handle == good[o];
            if (other) continue;
            for (enum kind kind = CREDENTIAL; kind < KINDS; kind++) check_all(kind, handle, LAKE_ERR_HANDLE);
        }
    }
}

/* Slots are used again, handles are not. */
static void reuse(void)
{
    enum { ROUNDS = 10000 };
    static lake_session *old[ROUNDS];
    size_t live = lake_live_handles();
    for (int i = 0; i < ROUNDS; i++) {
        OK(lake_session_new(p.config_i, LAKE_INITIATOR, &old[i]));
        OK(info_status(old[i]));
        if (i > 0) {
            CHECK(old[i] != old[i - 1]);
            CHECK_STATUS(LAKE_ERR_HANDLE, info_status(old[i - 1]));
            CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(old[i - 1]));
            OK(info_status(old[i])); /* it was not that one */
        }
        CHECK_INT(live + 1, lake_live_handles());
        OK(lake_session_free(old[i]));
    }
    for (int i = 0; i < ROUNDS; i++) CHECK_STATUS(LAKE_ERR_HANDLE, lake_session_free(old[i]));
    CHECK_INT(live, lake_live_handles());
}

/* Freed while others use them: a session needs neither its config's handle nor
 * the credentials'. */
static void outlived(void)
{
    lake_session *i, *r;
    peers_start(&p);
    i = p.i;
    r = p.r;
    p.i = p.r = NULL;
    peers_free(&p);
    CHECK_INT(2, lake_live_handles());
    check_all(CONFIG, p.config_i, LAKE_ERR_HANDLE);
    p.i = i;
    p.r = r;
    peers_exchange(&p, 1, 3);
    OK(lake_session_complete_without_message_4(p.i));
    OK(lake_session_complete_without_message_4(p.r));
    peers_check_complete(&p);
    lake_credential *peer, *same;
    OK(lake_session_peer_credential(i, &peer));
    OK(lake_session_peer_credential(i, &same));
    peers_stop(&p);
    uint8_t bytes[256];
    size_t len;
    OK(lake_credential_data(peer, LAKE_DATA_CRED, bytes, sizeof bytes, &len)); /* and outlives the session */
    CHECK_BYTES(p.id_r.ccs, p.id_r.ccs_len, bytes, len);
    OK(lake_credential_free(peer));
    OK(lake_credential_free(same));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_credential_free(same));
}

int main(void)
{
    size_t live;
    CHECK_INT(0, lake_live_handles());
    peers_make(&p, 3, 2);
    peers_start(&p);
    OK(lake_resumption_new(NULL, &store));
    OK(lake_coap_ids_new(1, 1, &ids));
    OK(lake_coap_server_new(p.config_r, p.config_r, ids, no_event, NULL, NULL, &server));
    OK(lake_coap_client_new(p.config_i, LAKE_INITIATOR, ids, &client));
    OK(lake_endpoint_new(p.config_r, p.config_i, NULL, NULL, &endpoint));
    calls_credential = p.id_i.credential;
    calls_session = p.i;
    calls_resumption = store;
    live = lake_live_handles();
    nulls();
    wrong_kinds();
    freed();
    references();
    made_up();
    CHECK_INT(live, lake_live_handles());
    CHECK_INT(LAKE_STATE_START, state_of(p.i));
    CHECK_INT(LAKE_STATE_START, state_of(p.r));
    reuse();
    OK(lake_resumption_free(store));
    OK(lake_coap_ids_free(ids));
    OK(lake_coap_server_free(server));
    OK(lake_coap_client_free(client));
    OK(lake_endpoint_free(endpoint));
    outlived();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
