/* Every method with every suite, with and without message_4, message by message
 * and step by step; and pairs of sides that must not come together. */
#include "fixture.h"

static void add_ead(struct peers *p)
{
    for (int n = 1; n <= 4; n++) {
        uint8_t value = (uint8_t)n;
        OK(lake_session_ead_add(sender(p, n), n, 100 + n, &value, 1));
        OK(lake_session_ead_pad(sender(p, n), n, 3));
        OK(lake_session_ead_add(sender(p, n), n, -7, NULL, 0));
    }
}

static void check_ead(struct peers *p, int n)
{
    size_t count, len;
    struct lake_ead_item item = {.struct_size = sizeof item};
    uint8_t value;
    OK(lake_session_ead_count(receiver(p, n), n, &count));
    CHECK_INT(2, count);
    OK(lake_session_ead_get(receiver(p, n), n, 0, &item, &value, 1, &len));
    CHECK(item.label == 100 + n && item.has_value == 1 && item.is_unverified == 0 && len == 1 && value == n);
    OK(lake_session_ead_get(receiver(p, n), n, 1, &item, NULL, 0, &len));
    CHECK(item.label == -7 && item.has_value == 0 && len == 0);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND,
                 lake_session_ead_get(receiver(p, n), n, 2, &item, &value, 1, &len));
}

static void check_export(struct peers *p)
{
    uint8_t a[100], b[100];
    OK(lake_session_export(p->i, 32768, (const uint8_t *)"context", 7, a, sizeof a));
    OK(lake_session_export(p->r, 32768, (const uint8_t *)"context", 7, b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) == 0);
    OK(lake_session_export(p->r, 32769, (const uint8_t *)"context", 7, b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
    OK(lake_session_export(p->r, 32768, (const uint8_t *)"Context", 7, b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
    OK(lake_session_export(p->r, 32768, NULL, 0, b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
}

static void check_key_update(struct peers *p)
{
    struct lake_oscore_context before = {.struct_size = sizeof before}, after = {.struct_size = sizeof after};
    OK(lake_session_oscore_context(p->i, &before));
    OK(lake_session_key_update(p->i, (const uint8_t *)"nonce", 5));
    OK(lake_session_oscore_context(p->i, &after));
    CHECK(memcmp(before.master_secret, after.master_secret, before.master_secret_len) != 0);
    OK(lake_session_oscore_context(p->r, &after));
    CHECK(memcmp(before.master_secret, after.master_secret, before.master_secret_len) == 0);
    OK(lake_session_key_update(p->r, (const uint8_t *)"nonce", 5));
    peers_check_complete(p);
    /* With different contexts, the keys part. */
    OK(lake_session_key_update(p->i, (const uint8_t *)"one", 3));
    OK(lake_session_key_update(p->r, (const uint8_t *)"two", 3));
    OK(lake_session_oscore_context(p->i, &before));
    OK(lake_session_oscore_context(p->r, &after));
    CHECK(memcmp(before.master_secret, after.master_secret, before.master_secret_len) != 0);
}

static void check_side(struct peers *p, lake_session *session, int32_t role, const struct identity *peer)
{
    int32_t number;
    lake_credential *credential;
    uint8_t bytes[256];
    size_t len;
    number = info_of(session).role;
    CHECK_INT(role, number);
    number = info_of(session).method;
    CHECK_INT(p->method, number);
    number = info_of(session).suite;
    CHECK_INT(p->suite, number);
    number = info_of(session).is_complete;
    CHECK_INT(1, number);
    number = info_of(session).is_authenticated;
    CHECK_INT(1, number);
    number = info_of(session).next;
    CHECK_INT(LAKE_NEXT_NOTHING, number);
    CHECK_INT(LAKE_OK, last_error(session));
    OK(lake_session_peer_credential(session, &credential));
    OK(lake_credential_data(credential, LAKE_DATA_CRED, bytes, sizeof bytes, &len));
    CHECK_BYTES(peer->ccs, peer->ccs_len, bytes, len);
    OK(lake_credential_free(credential));
}

static void check_both(struct peers *p)
{
    struct lake_suite_info info = {.struct_size = sizeof info};
    struct lake_oscore_context c = {.struct_size = sizeof c};
    size_t len = 99;
    char conf[512];
    peers_check_complete(p);
    check_side(p, p->i, LAKE_INITIATOR, &p->id_r);
    check_side(p, p->r, LAKE_RESPONDER, &p->id_i);
    OK(lake_suite_info(p->suite, &info));
    OK(lake_session_oscore_context(p->i, &c));
    CHECK_INT(info.app_aead, c.aead);
    CHECK_INT(info.app_hash, c.hash);
    CHECK_INT(info.app_key_length, c.master_secret_len);
    CHECK_INT(8, c.master_salt_len);
    CHECK_STATUS(p->suite <= 3 ? LAKE_OK : LAKE_ERR_UNSUPPORTED,
                 lake_session_oscore_libcoap_conf(p->i, conf, sizeof conf, &len));
    check_export(p);
    check_key_update(p);
}

static void by_messages(struct peers *p, int message_4)
{
    for (int n = 1; n <= (message_4 ? 4 : 3); n++) {
        peers_exchange(p, n, n);
        check_ead(p, n);
    }
    if (!message_4) {
        OK(lake_session_complete_without_message_4(p->i));
        OK(lake_session_complete_without_message_4(p->r));
    }
}

static void by_steps(struct peers *p, int message_4)
{
    OK(step(p->i, NULL, &p->messages[1]));
    OK(step(p->r, &p->messages[1], &p->messages[2]));
    OK(step(p->i, &p->messages[2], &p->messages[3]));
    OK(step(p->r, &p->messages[3], &p->messages[4]));
    CHECK_INT(message_4, p->messages[4].len > 0);
    if (message_4) {
        struct message nothing;
        CHECK_INT(LAKE_STATE_WAIT_MESSAGE_4, state_of(p->i));
        OK(step(p->i, &p->messages[4], &nothing));
        CHECK_INT(0, nothing.len);
    }
    for (int n = 1; n <= (message_4 ? 4 : 3); n++) check_ead(p, n);
}

static void all_combinations(void)
{
    const int64_t understood = 7;
    for (int32_t method = 0; method < 4; method++) {
        for (size_t s = 0; s < COUNT(all_suites); s++) {
            for (int message_4 = 0; message_4 < 2; message_4++) {
                struct peers p;
                peers_make(&p, method, all_suites[s]);
                OK(lake_config_set_option(p.config_i, LAKE_OPTION_MESSAGE_4, message_4));
                OK(lake_config_set_option(p.config_r, LAKE_OPTION_MESSAGE_4, message_4));
                OK(lake_config_set_ead_labels(p.config_i, LAKE_EAD_UNDERSTOOD, &understood, 1));
                OK(lake_config_set_ead_labels(p.config_r, LAKE_EAD_UNDERSTOOD, &understood, 1));
                peers_start(&p);
                add_ead(&p);
                by_messages(&p, message_4);
                check_both(&p);
                peers_start(&p);
                add_ead(&p);
                by_steps(&p, message_4);
                check_both(&p);
                peers_free(&p);
            }
        }
    }
}

/* --- Those that must not come together ------------------------------------- */

/* The same kind of side made with other numbers than the other side has. */
static void check_message_1_refused(int32_t method, int32_t suite, int32_t other_method, int32_t other_suite,
                                    lake_status expected)
{
    struct peers p, other;
    peers_make(&p, method, suite);
    peers_make(&other, other_method, other_suite);
    peers_start(&p);
    peers_start(&other);
    peers_prepare(&p, 1);
    other.messages[1] = p.messages[1];
    CHECK_STATUS(expected, peers_process(&other, 1));
    CHECK_INT(LAKE_STATE_FAILED, state_of(other.r));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(other.r, 2, p.messages[2].bytes, 2048, &p.messages[2].len));
    peers_free(&other);
    peers_free(&p);
}

static void refused_numbers(void)
{
    for (int32_t method = 0; method < 4; method++)
        for (int32_t other = 0; other < 4; other++)
            if (other != method) check_message_1_refused(method, 2, other, 2, LAKE_ERR_METHOD);
    for (size_t s = 0; s < COUNT(all_suites); s++)
        for (size_t other = 0; other < COUNT(all_suites); other++)
            if (other != s) check_message_1_refused(3, all_suites[s], 3, all_suites[other], LAKE_ERR_SUITE);
}

/* One side has pinned somebody else with the same kid. */
static void impostor(int32_t method, int at_initiator)
{
    static const lake_status by_mac = LAKE_ERR_MAC, by_signature = LAKE_ERR_SIGNATURE;
    struct lake_method_info info = {.struct_size = sizeof info};
    struct peers p, other;
    int n = at_initiator ? 2 : 3, signs;
    lake_credential *wrong, *right;
    OK(lake_method_info(method, &info));
    signs = at_initiator ? info.signature_responder : info.signature_initiator;
    peers_make(&other, method, 2);
    peers_make_strangers(&p, method, 2);
    wrong = identity_public(at_initiator ? &other.id_r : &other.id_i);
    right = identity_public(at_initiator ? &p.id_i : &p.id_r);
    OK(lake_config_add_peer_credential(at_initiator ? p.config_i : p.config_r, wrong));
    OK(lake_config_add_peer_credential(at_initiator ? p.config_r : p.config_i, right));
    OK(lake_credential_free(wrong));
    OK(lake_credential_free(right));
    peers_start(&p);
    peers_exchange(&p, 1, n - 1);
    peers_prepare(&p, n);
    CHECK_STATUS(signs ? by_signature : by_mac, peers_process(&p, n));
    CHECK_INT(LAKE_STATE_FAILED, state_of(receiver(&p, n)));
    CHECK_STATUS(signs ? by_signature : by_mac, last_error(receiver(&p, n)));
    peers_free(&p);
    peers_free(&other);
}

static void strangers(int32_t method)
{
    struct peers p;
    int32_t authenticated;
    lake_credential *nobody;
    peers_make_strangers(&p, method, 0);
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 2));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    authenticated = info_of(p.i).is_authenticated;
    CHECK_INT(0, authenticated);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_credential(p.i, &nobody));
    peers_free(&p);
}

/* Each side uses the credential that the other one has for its own. */
static void mirror(void)
{
    struct peers p;
    lake_config *config;
    peers_make(&p, 3, 2);
    config = p.config_r;
    p.config_r = p.config_i; /* the Initiator's config on both sides */
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 2));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    p.config_r = config;
    peers_free(&p);

    peers_make_strangers(&p, 3, 2);
    OK(lake_config_add_peer_credential(p.config_i, p.id_i.credential)); /* oneself as a peer */
    config = p.config_r;
    p.config_r = p.config_i;
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_OWN_CREDENTIAL, peers_process(&p, 2));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    p.config_r = config;
    peers_free(&p);
}

static void no_credential_for_suite(void)
{
    const int32_t other = 0; /* X25519, and the credential has P-256 */
    struct peers p;
    peers_make(&p, 3, 2);
    OK(lake_config_set_suites(p.config_i, &other, 1));
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_NO_CREDENTIAL,
                 lake_session_prepare_message(p.i, 1, p.messages[1].bytes, 2048, &p.messages[1].len));
    CHECK_INT(LAKE_STATE_START, state_of(p.i));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_select_suite(p.i, 2));
    peers_free(&p);
}

/* Who requires message_4 is not complete without it. */
static void message_4_required(void)
{
    struct peers p;
    struct lake_oscore_context c = {.struct_size = sizeof c};
    peers_make(&p, 0, 0);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_MESSAGE_4, 1));
    peers_start(&p);
    peers_exchange(&p, 1, 3);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_complete_without_message_4(p.i));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_key_update(p.i, NULL, 0));
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_4, state_of(p.i));
    OK(lake_session_oscore_context(p.i, &c));
    OK(lake_session_complete_without_message_4(p.r));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(p.r, 4, p.messages[4].bytes, 2048, &p.messages[4].len));
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_4, state_of(p.i));
    peers_free(&p);
}

/* message_4 can be had again for EXCHANGE_LIFETIME, as the config's clock has it. */
static void message_4_kept(uint64_t set, int64_t lifetime)
{
    static const int64_t begun = 1700000000;
    struct peers p;
    uint8_t again[64];
    size_t len;
    peers_make(&p, 3, 2);
    if (set > 0) OK(lake_config_set_option(p.config_r, LAKE_OPTION_EXCHANGE_LIFETIME, set));
    OK(lake_config_set_time(p.config_r, begun));
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(lake_config_set_time(p.config_r, begun + lifetime - 1));
    OK(lake_session_prepare_message(p.r, 4, again, sizeof again, &len));
    CHECK_BYTES(p.messages[4].bytes, p.messages[4].len, again, len);
    OK(lake_config_set_time(p.config_r, begun + lifetime));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(p.r, 4, again, sizeof again, &len));
    peers_check_complete(&p);
    peers_free(&p);
}

/* Connection identifiers that collide or are too long. */
static void connection_ids(void)
{
    static const uint8_t id[65] = {1, 2, 3};
    struct peers p;
    uint8_t got[64];
    size_t len;
    peers_make(&p, 3, 2);
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, own_id_of(p.i, got, 64, &len));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_set_connection_id(p.i, id, 65));
    OK(lake_session_set_connection_id(p.i, id, 3));
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_connection_id(p.i, id, 2));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_set_connection_id(p.r, id, 3));
    OK(lake_session_set_connection_id(p.r, id, 64));
    peers_exchange(&p, 2, 4);
    peers_check_complete(&p);
    OK(peer_id_of(p.i, got, 64, &len));
    CHECK_BYTES(id, 64, got, len);
    OK(peer_id_of(p.r, got, 64, &len));
    CHECK_BYTES(id, 3, got, len);

    /* Chosen before the other side's was known. */
    peers_start(&p);
    OK(lake_session_set_connection_id(p.i, id, 3));
    OK(lake_session_set_connection_id(p.r, id, 3));
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_prepare_message(p.r, 2, p.messages[2].bytes, 2048, &len));
    OK(lake_session_set_connection_id(p.r, NULL, 0));
    peers_exchange(&p, 2, 4);
    peers_check_complete(&p);
    OK(own_id_of(p.r, got, 64, &len));
    CHECK_INT(0, len);
    peers_free(&p);
}

int main(void)
{
    size_t live = lake_live_handles();
    all_combinations();
    refused_numbers();
    for (int32_t method = 0; method < 4; method++) {
        impostor(method, 0);
        impostor(method, 1);
        strangers(method);
    }
    mirror();
    no_credential_for_suite();
    message_4_required();
    message_4_kept(0, 247);
    message_4_kept(10, 10);
    connection_ids();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
