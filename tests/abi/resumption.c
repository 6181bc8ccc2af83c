/* Resumption: keys that the sides have from earlier runs. */
#include <time.h>

#include "certificate.h"
#include "fixture.h"

static struct peers p;
static const uint8_t key_a[32] = {1, 2, 3}, key_b[32] = {1, 2, 4}; /* of stores */

static lake_resumption *store_i, *store_r;

static size_t count(lake_resumption *store)
{
    size_t n;
    OK(lake_resumption_count(store, &n));
    return n;
}

/* Options, with a limit and a lifetime. */
static struct lake_resumption_options options(uint32_t kid_length, uint64_t chain_limit)
{
    return (struct lake_resumption_options){.struct_size = sizeof(struct lake_resumption_options),
                                            .kid_length = kid_length,
                                            .limit = 10,
                                            .lifetime = 3600,
                                            .chain_limit = chain_limit};
}

static void stores_make_with(struct lake_resumption_options o)
{
    OK(lake_resumption_new(&o, &store_i));
    OK(lake_resumption_new(&o, &store_r));
}

static void stores_make(void)
{
    stores_make_with(options(0, 0));
}

/* The same store, saved and loaded with another limit of resumptions in a row. */
static void reload(lake_resumption **store, uint64_t chain_limit)
{
    static const uint8_t key[32] = {1};
    struct lake_resumption_options o = {.struct_size = sizeof o, .chain_limit = chain_limit};
    uint8_t saved[4096];
    size_t len;
    OK(lake_resumption_save(*store, key, sizeof key, saved, sizeof saved, &len));
    OK(lake_resumption_free(*store));
    OK(lake_resumption_load(key, sizeof key, saved, len, &o, store));
}

/* Drops the keys of a peer; how many. */
static size_t forget(lake_resumption *store, const struct identity *peer)
{
    size_t n;
    OK(lake_resumption_forget(store, LAKE_DATA_CRED, peer->ccs, peer->ccs_len, NULL, 0, &n));
    return n;
}

static void stores_free(void)
{
    OK(lake_resumption_free(store_i));
    OK(lake_resumption_free(store_r));
}

/* Sides that know each other, keep their keys and have run once, in full. */
static void met(int32_t method, int32_t suite)
{
    stores_make();
    peers_make(&p, method, suite);
    OK(lake_config_set_resumption(p.config_r, store_r));
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_use_resumption(p.i, store_i, p.id_r.ccs, p.id_r.ccs_len));
    peers_run(&p); /* not found: in full */
    CHECK_INT(method, info_of(p.i).method);
    OK(lake_resumption_keep(store_i, p.i));
    OK(lake_resumption_keep(store_r, p.r));
    CHECK_INT(1, count(store_i));
    CHECK_INT(1, count(store_r));
    peers_start(&p);
}

static void apart(void)
{
    peers_free(&p);
    stores_free();
}

static void use(void)
{
    OK(lake_session_use_resumption(p.i, store_i, p.id_r.ccs, p.id_r.ccs_len));
}

static void circles(int32_t method, int32_t suite)
{
    struct lake_oscore_context before = {.struct_size = sizeof before}, now = {.struct_size = sizeof now};
    met(method, suite);
    for (int round = 0; round < 5; round++) {
        peers_start(&p);
        use();
        CHECK_INT(1, info_of(p.i).is_resumed);
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_use_resumption(p.i, store_i, p.id_r.ccs, p.id_r.ccs_len));
        if (round % 2) {
            peers_run(&p);
        } else {
            peers_exchange(&p, 1, 4);
            peers_check_complete(&p);
        }
        CHECK_INT(4, info_of(p.i).method);
        CHECK_INT(4, info_of(p.r).method);
        CHECK_INT(1, info_of(p.i).is_resumed);
        CHECK_INT(1, info_of(p.r).is_resumed);
        OK(lake_session_oscore_context(p.i, &now));
        CHECK(memcmp(before.master_secret, now.master_secret, now.master_secret_len) != 0);
        before = now;

        /* Who it is can be told. */
        lake_credential *peer;
        uint8_t cred[256];
        size_t len;
        OK(lake_session_peer_credential(p.r, &peer));
        OK(lake_credential_data(peer, LAKE_DATA_CRED_I, cred, sizeof cred, &len));
        CHECK_BYTES(p.id_i.ccs, p.id_i.ccs_len, cred, len);
        OK(lake_credential_free(peer));

        OK(lake_resumption_keep(store_i, p.i));
        OK(lake_resumption_keep(store_r, p.r));
        if (round == 3) OK(lake_resumption_confirm(store_r, p.r));
        CHECK_INT(1, count(store_i));
        CHECK_INT(1, count(store_r));
    }
    apart();
}

/* The Responder has lost its keys. */
static void fall_back(void)
{
    struct message *m = p.messages, error;
    met(3, 2);
    CHECK_INT(1, forget(store_r, &p.id_i));
    CHECK_INT(0, count(store_r));
    peers_start(&p);
    use();
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_fall_back(p.i)); /* nothing has failed */
    OK(step(p.i, NULL, &m[1]));
    OK(step(p.r, &m[1], &m[2]));
    OK(step(p.i, &m[2], &m[3]));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, step(p.r, &m[3], &error));
    CHECK_BYTES("\x03\xf5", 2, error.bytes, error.len);
    OK(step(p.i, &error, &m[1])); /* a new message_1 */
    CHECK_INT(3, info_of(p.i).method);
    CHECK_INT(0, info_of(p.i).is_resumed);
    OK(lake_session_free(p.r));
    OK(lake_session_new(p.config_r, LAKE_RESPONDER, &p.r));
    OK(step(p.r, &m[1], &m[2]));
    OK(step(p.i, &m[2], &m[3]));
    OK(step(p.r, &m[3], &m[4]));
    peers_check_complete(&p);
    CHECK_INT(0, count(store_i)); /* the key was of no use */
    apart();

    /* Message by message. */
    met(1, 0);
    CHECK_INT(1, forget(store_r, &p.id_i));
    peers_start(&p);
    use();
    peers_exchange(&p, 1, 2);
    peers_prepare(&p, 3);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 3));
    OK(lake_session_prepare_error(p.r, error.bytes, sizeof error.bytes, &error.len));
    CHECK_STATUS(LAKE_ERR_PEER_CREDENTIAL, lake_session_process_message(p.i, 4, error.bytes, error.len));
    OK(lake_session_fall_back(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_fall_back(p.i));
    OK(lake_session_free(p.r));
    OK(lake_session_new(p.config_r, LAKE_RESPONDER, &p.r));
    peers_exchange(&p, 1, 4);
    CHECK_INT(1, info_of(p.i).method);
    peers_check_complete(&p);
    apart();
}

/* message_4 got lost: the Responder has the next key and still knows the last one. */
static void lost_message_4(void)
{
    met(0, 2);
    use();
    peers_exchange(&p, 1, 3);
    peers_prepare(&p, 4);
    OK(lake_resumption_keep(store_r, p.r));
    CHECK_STATUS(LAKE_ERR_STATE, lake_resumption_keep(store_i, p.i));
    peers_start(&p);
    use();
    peers_run(&p);
    OK(lake_resumption_keep(store_i, p.i));
    OK(lake_resumption_keep(store_r, p.r));
    peers_start(&p);
    use();
    peers_run(&p);
    apart();
}

static void saved_stores(void)
{
    static uint8_t blob[2][8192];
    size_t len[2];
    lake_resumption *loaded = NULL;
    met(2, 6);
    OK(lake_resumption_save(store_i, key_a, 32, blob[0], sizeof blob[0], &len[0]));
    OK(lake_resumption_save(store_r, key_b, 32, blob[1], sizeof blob[1], &len[1]));
    for (size_t i = 0; i < len[0]; i++) {
        blob[0][i] ^= 0x10;
        lake_status status = lake_resumption_load(key_a, 32, blob[0], len[0], NULL, &loaded);
        CHECK_STATUS(i == 0 ? LAKE_ERR_UNSUPPORTED : LAKE_ERR_SAVED, status);
        blob[0][i] ^= 0x10;
        CHECK_STATUS(LAKE_ERR_SAVED, lake_resumption_load(key_a, 32, blob[0], i, NULL, &loaded));
    }
    CHECK_STATUS(LAKE_ERR_SAVED, lake_resumption_load(key_b, 32, blob[0], len[0], NULL, &loaded));
    CHECK(loaded == NULL);

    /* As if the process had begun anew: only the blobs are left. */
    struct identity id_i = p.id_i, id_r = p.id_r;
    OK(lake_credential_retain(id_i.credential));
    OK(lake_credential_retain(id_r.credential));
    apart();
    OK(lake_resumption_load(key_a, 32, blob[0], len[0], NULL, &store_i));
    OK(lake_resumption_load(key_b, 32, blob[1], len[1], NULL, &store_r));
    CHECK_INT(1, count(store_i));
    CHECK_INT(1, count(store_r));
    memset(&p, 0, sizeof p);
    p.id_i = id_i;
    p.id_r = id_r;
    p.config_i = psk_config(6);
    p.config_r = psk_config(6);
    OK(lake_config_set_resumption(p.config_r, store_r));
    OK(lake_resumption_free(store_r)); /* the config keeps it */
    store_r = NULL;
    peers_start(&p);
    use();
    peers_run(&p);
    apart();
}

/* Keys that the host keeps itself. */
static void own_way(void)
{
    lake_credential *i, *r;
    uint8_t a[64], b[64];
    size_t a_len, b_len;
    met(3, 24);
    use();
    peers_run(&p);
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_resumption_credential(p.i, 65, &i));
    OK(lake_session_resumption_credential(p.i, 0, &i));
    OK(lake_credential_data(i, LAKE_DATA_KID, a, sizeof a, &a_len));
    CHECK_INT(2, a_len);
    OK(lake_credential_free(i));
    OK(lake_session_resumption_credential(p.i, 8, &i));
    OK(lake_session_resumption_credential(p.r, 8, &r));
    OK(lake_credential_data(i, LAKE_DATA_KID, a, sizeof a, &a_len));
    OK(lake_credential_data(r, LAKE_DATA_KID, b, sizeof b, &b_len));
    CHECK_INT(8, a_len);
    CHECK_BYTES(a, a_len, b, b_len);
    apart();
    peers_make_psk(&p, 24, i, r);
    peers_start(&p);
    peers_run(&p);
    peers_free(&p);
}

/* A longer identifier, on both sides. */
static void kid_length(void)
{
    uint8_t kid[16];
    size_t len;
    lake_credential *peer;
    stores_make_with(options(5, 0));
    peers_make(&p, 0, 0);
    OK(lake_config_set_resumption(p.config_r, store_r));
    peers_start(&p);
    peers_run(&p);
    OK(lake_resumption_keep(store_i, p.i));
    OK(lake_resumption_keep(store_r, p.r));
    peers_start(&p);
    use();
    peers_run(&p);
    OK(lake_session_peer_credential(p.r, &peer));
    OK(lake_credential_data(peer, LAKE_DATA_KID, kid, sizeof kid, &len));
    CHECK_INT(5, len);
    OK(lake_credential_free(peer));
    CHECK_INT(1, forget(store_i, &p.id_r));
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_use_resumption(p.i, store_i, p.id_r.ccs, p.id_r.ccs_len));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_use_resumption(p.r, store_r, p.id_i.ccs, p.id_i.ccs_len));
    apart();
}

/* --- Where a resumption key comes from ------------------------------------------------- */

/* The key names both sides of the run with long-term credentials, and when it was. */
static void check_origin(lake_credential *resumed, int64_t *at)
{
    static const int32_t which[] = {LAKE_DATA_ORIGIN_ID_CRED_I, LAKE_DATA_ORIGIN_ID_CRED_R};
    struct identity *const who[] = {&p.id_i, &p.id_r};
    for (int side = 0; side < 2; side++) {
        uint8_t want[256], got[256];
        size_t want_len, got_len, size;
        OK(lake_credential_data(who[side]->credential, LAKE_DATA_ID_CRED, want, sizeof want, &want_len));
        CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_credential_data(resumed, which[side], NULL, 0, &size));
        OK(lake_credential_data(resumed, which[side], got, sizeof got, &got_len));
        CHECK_BYTES(want, want_len, got, got_len);
        CHECK_INT(want_len, size);
    }
    struct lake_credential_info info = {.struct_size = sizeof info};
    OK(lake_credential_info(resumed, &info));
    CHECK_INT(1, info.has_origin);
    CHECK(info.origin_until == INT64_MAX); /* a CCS has no end */
    *at = info.origin_at;
}

static void origin(void)
{
    lake_credential *key;
    int64_t begun = time(NULL), first, second;
    met(0, 2);
    use();
    peers_run(&p);
    OK(lake_session_peer_credential(p.r, &key));
    check_origin(key, &first);
    OK(lake_credential_free(key));
    CHECK(first >= begun && first <= time(NULL));
    OK(lake_session_resumption_credential(p.i, 0, &key)); /* the next one has the same origin */
    check_origin(key, &second);
    OK(lake_credential_free(key));
    CHECK_INT(first, second);
    apart();
}

/* No key outlives the certificates of the run that it comes from. */
static void origin_of_certificates(void)
{
    static const int32_t method = 0, suite = 2;
    struct certificate certificates[2];
    lake_credential *own[2], *key;
    lake_config **configs[] = {&p.config_i, &p.config_r};
    struct lake_credential_info info = {.struct_size = sizeof info};
    memset(&p, 0, sizeof p);
    stores_make();
    for (int side = 0; side < 2; side++) {
        const struct certificate *chain[] = {&certificates[side]};
        certificate_make(&certificates[side], LAKE_KEY_P256, side ? "responder" : "initiator",
                         (struct certificate_options){0});
        own[side] = certificate_credential(chain, 1);
    }
    for (int side = 0; side < 2; side++) {
        lake_credential *known;
        OK(lake_config_new(configs[side]));
        OK(lake_config_set_methods(*configs[side], &method, 1));
        OK(lake_config_set_suites(*configs[side], &suite, 1));
        OK(lake_config_add_own_credential(*configs[side], own[side]));
        OK(lake_credential_from_x509(&(const uint8_t *){certificates[!side].der}, &(size_t){certificates[!side].len}, 1, &known));
        OK(lake_config_add_peer_credential(*configs[side], known));
        OK(lake_credential_free(known));
    }
    peers_start(&p);
    peers_run(&p);
    OK(lake_session_resumption_credential(p.r, 0, &key));
    OK(lake_credential_info(key, &info));
    CHECK_INT(VALID_UNTIL, info.origin_until);
    OK(lake_credential_free(key));
    for (int side = 0; side < 2; side++) {
        OK(lake_credential_free(own[side]));
        certificate_free(&certificates[side]);
    }
    apart();
}

/* Runs go on from resumption to resumption for a limited time only: a key is not kept
 * whose run with long-term credentials was 31 days ago. */
static void chain_limit(void)
{
    static const int64_t begun = 1700000000, day = 86400;
    static const struct {
        int64_t limit; /* 0: 30 days */
        size_t kept;
    } cases[] = {{0, 0}, {30 * day, 0}, {31 * day, 0}, {32 * day, 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        stores_make_with(options(0, (uint64_t)cases[i].limit));
        peers_make(&p, 0, 2);
        OK(lake_config_set_time(p.config_i, begun));
        peers_start(&p);
        peers_run(&p);
        OK(lake_config_set_time(p.config_i, begun + 31 * day));
        OK(lake_resumption_keep(store_i, p.i));
        CHECK_INT(cases[i].kept, count(store_i));
        reload(&store_i, 30 * day); /* also for what is kept already */
        CHECK_INT(0, count(store_i));
        apart();
    }
}

int main(void)
{
    static const struct {
        int32_t method, suite;
    } full[] = {{0, 0}, {1, 2}, {2, 4}, {3, 5}, {0, 24}, {3, 25}};
    size_t live = lake_live_handles();
    for (size_t i = 0; i < COUNT(full); i++) circles(full[i].method, full[i].suite);
    fall_back();
    lost_message_4();
    saved_stores();
    own_way();
    kid_length();
    origin();
    origin_of_certificates();
    chain_limit();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
