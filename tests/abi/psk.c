/* Method 4: pre-shared keys. Those of earlier runs are resumption.c's. */
#include "fixture.h"

static struct peers p;

static const uint8_t key_a[32] = {1, 2, 3}, key_b[32] = {1, 2, 4};
static const uint8_t kid_a[] = {0xa1, 0x04, 0x41, 'a'}, kid_b[] = {0xa1, 0x04, 0x41, 'b'},
                     kid_spare[] = {0xa1, 0x04, 0x41, 's'};
static const uint8_t cred_i[] = {0x41, 'i'}, cred_r[] = {0x41, 'r'};

static lake_credential *psk(int32_t suite, const uint8_t *id, const uint8_t *key, const uint8_t *i, const uint8_t *r)
{
    struct lake_suite_info info = {.struct_size = sizeof info};
    lake_credential *credential;
    OK(lake_suite_info(suite, &info));
    OK(lake_credential_from_psk(id, 4, key, 32, info.hash, i, 2, r, 2, &credential));
    return credential;
}

static void psk_peers(int32_t suite)
{
    peers_make_psk(&p, suite, psk(suite, kid_a, key_a, cred_i, cred_r), psk(suite, kid_a, key_a, cred_i, cred_r));
}

/* --- Runs ------------------------------------------------------------------------ */

/* A complete Initiator to which the Responder has proved nothing. */
static void nobody_yet(lake_session *session)
{
    static uint8_t out[2048];
    lake_credential *none;
    lake_resumption *store;
    size_t len;
    CHECK_INT(LAKE_STATE_COMPLETED, state_of(session));
    CHECK_INT(0, info_of(session).is_authenticated);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_credential(session, &none));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_resumption_credential(session, 0, &none));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_save(session, key_a, 32, out, sizeof out, &len));
    OK(lake_resumption_new(NULL, &store));
    CHECK_STATUS(LAKE_ERR_STATE, lake_resumption_keep(store, session));
    CHECK_STATUS(LAKE_ERR_STATE, lake_resumption_confirm(store, session));
    OK(lake_resumption_free(store));
}

static void handshakes(int32_t suite)
{
    psk_peers(suite);
    for (int again = 0; again < 2; again++) {
        peers_start(&p);
        peers_exchange(&p, 1, 2);
        CHECK_INT(0, info_of(p.i).is_authenticated); /* message_2 proves nothing */
        peers_exchange(&p, 3, 3);
        CHECK_INT(0, info_of(p.i).is_authenticated);
        CHECK_INT(1, info_of(p.r).is_authenticated);
        lake_credential *nobody;
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_peer_credential(p.i, &nobody));
        peers_exchange(&p, 4, 4);
        CHECK_INT(1, info_of(p.i).is_authenticated);
        CHECK_INT(4, info_of(p.i).method);
        CHECK_INT(4, info_of(p.r).method);
        CHECK_INT(0, info_of(p.i).is_resumed);
        CHECK_INT(0, info_of(p.r).is_resumed);
        peers_check_complete(&p);
    }

    lake_session *both[] = {p.i, p.r};
    lake_credential *peer;
    for (size_t n = 0; n < 2; n++) {
        uint8_t out[64];
        size_t len;
        int32_t kind;
        OK(lake_session_peer_credential(both[n], &peer));
        OK(kind_of(peer, &kind));
        CHECK_INT(LAKE_CREDENTIAL_PSK, kind);
        OK(lake_credential_data(peer, LAKE_DATA_ID_CRED, out, sizeof out, &len));
        CHECK_BYTES(kid_a, sizeof kid_a, out, len);
        OK(lake_session_peer_id_cred(both[n], out, sizeof out, &len));
        CHECK_BYTES(kid_a, sizeof kid_a, out, len);
        OK(lake_credential_free(peer));
    }

    /* By steps, message_4 comes without being required. */
    peers_start(&p);
    peers_run(&p);
    CHECK(p.messages[4].len > 0);

    /* Instead of message_4, a message that is protected with the keys. */
    for (int late = 0; late < 2; late++) {
        peers_start(&p);
        peers_exchange(&p, 1, 3);
        OK(lake_session_complete_without_message_4(p.r));
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_peer_proved(p.r));
        if (late) {
            OK(lake_session_complete_without_message_4(p.i));
            nobody_yet(p.i);
        }
        OK(lake_session_peer_proved(p.i));
        CHECK_INT(1, info_of(p.i).is_authenticated);
        OK(lake_session_peer_credential(p.i, &peer));
        OK(lake_credential_free(peer));
        OK(lake_session_resumption_credential(p.i, 0, &peer));
        OK(lake_credential_free(peer));
        peers_check_complete(&p);
        OK(lake_session_peer_proved(p.i)); /* once more */
    }
    peers_free(&p);
}

/* Where message_4 is required, nothing takes its place. */
static void message_4_required(void)
{
    psk_peers(2);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_MESSAGE_4, 1));
    peers_start(&p);
    peers_exchange(&p, 1, 3);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_peer_proved(p.i));
    CHECK_INT(LAKE_STATE_WAIT_MESSAGE_4, state_of(p.i));
    peers_exchange(&p, 4, 4);
    OK(lake_session_peer_proved(p.i)); /* it has */
    peers_check_complete(&p);
    peers_free(&p);
}

static void with_ead(void)
{
    size_t count;
    psk_peers(2);
    peers_start(&p);
    for (int n = 1; n <= 4; n++) {
        OK(lake_session_ead_add(sender(&p, n), n, 7 + n, (const uint8_t *)"value", 5));
        OK(lake_session_ead_pad(sender(&p, n), n, 20));
    }
    for (int n = 1; n <= 4; n++) {
        peers_exchange(&p, n, n);
        OK(lake_session_ead_count(receiver(&p, n), n, &count));
        CHECK_INT(n != 2, count); /* of message_2 nobody knows who has made it */
    }
    OK(lake_session_ead_count(p.i, 2, &count));
    CHECK_INT(1, count);
    peers_check_complete(&p);
    peers_free(&p);
}

/* --- EAD of message_2, which a fourth message verifies ---------------------------------- */

enum { EARLY = 100, LATE = 101 };

static struct {
    int32_t message;
    int64_t label;
} told[8];
static size_t told_count;

static lake_status on_ead(void *userdata, lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                          size_t value_len)
{
    (void)userdata, (void)session, (void)value, (void)value_len;
    CHECK(told_count < COUNT(told));
    told[told_count].message = message;
    told[told_count++].label = label;
    return LAKE_OK;
}

static int64_t ead_label(int32_t message, size_t index, int32_t unverified)
{
    struct lake_ead_item item = {.struct_size = sizeof item, .is_unverified = -1};
    uint8_t out[8];
    size_t len;
    OK(lake_session_ead_get(p.i, message, index, &item, out, sizeof out, &len));
    CHECK_INT(unverified, item.is_unverified);
    return item.label;
}

/* What the Initiator sees of EAD_2 before and after the fourth message, which is message_4
 * or what the host has verified. */
static void early_ead(int asked, int with_message_4)
{
    static const int64_t early = EARLY, both[] = {EARLY, LATE};
    struct lake_ead_item none = {.struct_size = sizeof none};
    size_t n;
    psk_peers(2);
    OK(lake_config_set_ead_labels(p.config_i, LAKE_EAD_EARLY, &early, 1));
    if (asked) {
        OK(lake_config_set_ead_callback(p.config_i, on_ead, NULL, NULL));
    } else {
        OK(lake_config_set_ead_labels(p.config_i, LAKE_EAD_UNDERSTOOD, both, 2));
    }
    told_count = 0;
    peers_start(&p);
    OK(lake_session_ead_add(p.r, 2, -LATE, (const uint8_t *)"l", 1));
    OK(lake_session_ead_add(p.r, 2, -EARLY, (const uint8_t *)"e", 1));
    OK(lake_session_ead_add(p.r, 4, 4, NULL, 0));
    peers_exchange(&p, 1, 2);
    OK(lake_session_ead_count(p.i, 2, &n));
    CHECK_INT(1, n);
    CHECK_INT(-EARLY, ead_label(2, 0, 1));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_get(p.i, 2, 1, &none, NULL, 0, &n));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_ead_get(p.i, 2, SIZE_MAX, &none, NULL, 0, &n));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_ead_get(p.i, 5, 0, &none, NULL, 0, &n));
    peers_exchange(&p, 3, 3);
    CHECK_INT(-EARLY, ead_label(2, 0, 1));
    if (with_message_4) {
        peers_exchange(&p, 4, 4);
        CHECK_INT(4, ead_label(4, 0, 0));
    } else {
        OK(lake_session_complete_without_message_4(p.r));
        OK(lake_session_peer_proved(p.i));
    }
    OK(lake_session_ead_count(p.i, 2, &n));
    CHECK_INT(2, n);
    CHECK_INT(-LATE, ead_label(2, 0, 0));
    CHECK_INT(-EARLY, ead_label(2, 1, 0));
    peers_check_complete(&p);
    if (asked) {
        CHECK_INT(2 + with_message_4, told_count);
        CHECK(told[0].message == (2 | LAKE_EAD_UNVERIFIED) && told[0].label == -EARLY);
        CHECK(told[1].message == 2 && told[1].label == -LATE);
        CHECK(!with_message_4 || (told[2].message == 4 && told[2].label == 4));
    }
    peers_free(&p);
}

/* In pull mode, the host answers for message 2 when the fourth message has come. */
static void pulled_ead(int with_message_4, int accept)
{
    psk_peers(2);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PULL, LAKE_PULL_EAD));
    peers_start(&p);
    OK(lake_session_ead_add(p.r, 2, -LATE, NULL, 0));
    if (with_message_4) OK(lake_session_ead_add(p.r, 4, -EARLY, NULL, 0));
    peers_exchange(&p, 1, 3);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_ead_accept(p.i, 2, 0));
    if (with_message_4) {
        peers_prepare(&p, 4);
        CHECK_STATUS(LAKE_PENDING_EAD, peers_process(&p, 4));
    } else {
        OK(lake_session_complete_without_message_4(p.r));
        CHECK_STATUS(LAKE_PENDING_EAD, lake_session_peer_proved(p.i));
    }
    CHECK_INT(LAKE_STATE_PENDING_MESSAGE_4, state_of(p.i));
    CHECK_INT(0, info_of(p.i).is_authenticated);
    CHECK_INT(-LATE, ead_label(2, 0, 0));
    if (!accept) {
        OK(lake_session_ead_reject(p.i, 2, 0));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, last_error(p.i));
        peers_free(&p);
        return;
    }
    OK(lake_session_ead_accept(p.i, 2, 0));
    if (with_message_4) OK(lake_session_ead_accept(p.i, 4, 0));
    OK(lake_session_continue(p.i));
    CHECK_INT(1, info_of(p.i).is_authenticated);
    peers_check_complete(&p);
    peers_free(&p);
}

/* A critical item that nobody can understand ends the run at once; one that the host would
 * have been asked about does after the completion, where there is no state to wait in. */
static void critical_ead(void)
{
    psk_peers(2);
    peers_start(&p);
    OK(lake_session_ead_add(p.r, 2, -LATE, NULL, 0));
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, peers_process(&p, 2));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_free(&p);

    psk_peers(2);
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PULL, LAKE_PULL_EAD));
    peers_start(&p);
    OK(lake_session_ead_add(p.r, 2, -LATE, NULL, 0));
    peers_exchange(&p, 1, 3);
    OK(lake_session_complete_without_message_4(p.i));
    CHECK_STATUS(LAKE_ERR_EAD_CRITICAL, lake_session_peer_proved(p.i));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_free(&p);
}

/* --- Keys that do not fit ------------------------------------------------------------ */

static void refused(lake_credential *i, lake_credential *r, lake_status expected, int32_t code, lake_status at_peer)
{
    struct message error;
    int64_t got;
    char text[128];
    size_t len;
    peers_make_psk(&p, 2, i, r);
    add_psk(p.config_r, LAKE_RESPONDER, psk(2, kid_spare, key_b, cred_i, cred_r)); /* the suite is supported anyhow */
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    peers_prepare(&p, 3);
    CHECK_STATUS(expected, peers_process(&p, 3));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.r));
    OK(lake_session_prepare_error(p.r, error.bytes, sizeof error.bytes, &error.len));
    OK(lake_error_parse(error.bytes, error.len, &got, text, sizeof text, &len));
    CHECK_INT(code, got);
    CHECK_STATUS(at_peer, lake_session_process_message(p.i, 4, error.bytes, error.len));
    CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
    peers_free(&p);
}

static void wrong_keys(void)
{
    refused(psk(2, kid_a, key_a, cred_i, cred_r), psk(2, kid_a, key_b, cred_i, cred_r), LAKE_ERR_DECRYPTION, 1,
            LAKE_ERR_PEER_UNSPECIFIED);
    refused(psk(2, kid_a, key_a, cred_i, cred_r), psk(2, kid_a, key_a, cred_r, cred_i), LAKE_ERR_DECRYPTION, 1,
            LAKE_ERR_PEER_UNSPECIFIED);
    refused(psk(2, kid_a, key_a, cred_i, cred_r), psk(2, kid_b, key_a, cred_i, cred_r), LAKE_ERR_CREDENTIAL_UNKNOWN, 3,
            LAKE_ERR_PEER_CREDENTIAL);
    refused(psk(2, kid_a, key_a, cred_i, cred_r), psk(24, kid_a, key_a, cred_i, cred_r), LAKE_ERR_KEY_KIND, 1,
            LAKE_ERR_PEER_UNSPECIFIED);

    /* A key for another hash is none for this suite. */
    peers_make_psk(&p, 2, psk(24, kid_a, key_a, cred_i, cred_r), NULL);
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_NO_CREDENTIAL, step(p.i, NULL, &p.messages[1]));
    peers_free(&p);
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), psk(24, kid_a, key_a, cred_i, cred_r));
    peers_start(&p);
    peers_prepare(&p, 1);
    CHECK_STATUS(LAKE_ERR_METHOD, peers_process(&p, 1));
    peers_free(&p);

    /* A key for the other role is not used. */
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), NULL);
    add_psk(p.config_r, LAKE_INITIATOR, psk(2, kid_a, key_a, cred_i, cred_r));
    add_psk(p.config_r, LAKE_RESPONDER, psk(2, kid_b, key_b, cred_i, cred_r));
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    peers_prepare(&p, 3);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNKNOWN, peers_process(&p, 3));
    peers_free(&p);
}

/* Two keys with one identifier: the right one is found. */
static void shared_identifier(void)
{
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), psk(2, kid_a, key_b, cred_i, cred_r));
    add_psk(p.config_r, LAKE_RESPONDER, psk(2, kid_a, key_a, cred_i, cred_r));
    peers_start(&p);
    peers_run(&p);
    peers_free(&p);
}

/* --- The host knows the keys ----------------------------------------------------------- */

static lake_status on_psk(void *userdata, lake_session *session, const uint8_t *id_cred, size_t id_cred_len,
                          lake_credential **out)
{
    (void)session;
    CHECK_BYTES(kid_a, sizeof kid_a, id_cred, id_cred_len);
    ++*(int *)userdata;
    *out = psk(2, kid_a, key_a, cred_i, cred_r);
    return LAKE_OK;
}

static void asked(void)
{
    int times = 0;
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), NULL);
    OK(lake_config_set_credential_callback(p.config_r, on_psk, &times, NULL));
    peers_start(&p);
    peers_run(&p);
    CHECK_INT(1, times);
    peers_free(&p);

    struct message *m = p.messages;
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), NULL);
    OK(lake_config_set_option(p.config_r, LAKE_OPTION_PULL, LAKE_PULL_CREDENTIAL));
    peers_start(&p);
    OK(step(p.i, NULL, &m[1]));
    OK(step(p.r, &m[1], &m[2]));
    OK(step(p.i, &m[2], &m[3]));
    CHECK_STATUS(LAKE_PENDING_CREDENTIAL, step(p.r, &m[3], &m[4]));
    lake_credential *answer = psk(2, kid_a, key_a, cred_i, cred_r);
    OK(lake_session_set_peer_credential(p.r, answer));
    OK(lake_credential_free(answer));
    OK(step(p.r, NULL, &m[4]));
    OK(step(p.i, &m[4], &m[0]));
    peers_check_complete(&p);
    peers_free(&p);
}

/* The Responder has the last word; the Initiator has chosen the key itself. */
static lake_session *judge;

static lake_status on_peer(void *userdata, lake_session *session, lake_credential *peer)
{
    uint8_t cred[64];
    size_t len;
    OK(lake_credential_data(peer, LAKE_DATA_CRED_I, cred, sizeof cred, &len));
    CHECK_BYTES(cred_i, sizeof cred_i, cred, len);
    CHECK(judge == NULL);
    judge = session;
    return *(lake_status *)userdata;
}

static void judged(void)
{
    lake_status word = LAKE_OK;
    psk_peers(2);
    OK(lake_config_set_verify_callback(p.config_i, on_peer, &word, NULL));
    OK(lake_config_set_verify_callback(p.config_r, on_peer, &word, NULL));
    peers_start(&p);
    peers_run(&p);
    CHECK(judge == p.r);
    judge = NULL;
    word = LAKE_ERR_EXPIRED;
    peers_start(&p);
    peers_exchange(&p, 1, 2);
    peers_prepare(&p, 3);
    CHECK_STATUS(LAKE_ERR_PEER_REJECTED, peers_process(&p, 3));
    CHECK(judge == p.r);
    judge = NULL;
    peers_free(&p);
}

/* The Initiator has several keys. */
static void chosen(void)
{
    peers_make_psk(&p, 2, psk(2, kid_a, key_a, cred_i, cred_r), psk(2, kid_b, key_b, cred_i, cred_r));
    lake_credential *other = psk(2, kid_b, key_b, cred_i, cred_r);
    peers_start(&p);
    OK(lake_session_set_own_credential(p.i, other));
    OK(lake_credential_free(other));
    peers_run(&p);
    peers_free(&p);
}

/* --- What a pre-shared key says ----------------------------------------------------------- */

static lake_status no_signature(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out,
                                size_t cap, size_t *len)
{
    (void)userdata, (void)operation, (void)in, (void)in_len, (void)out, (void)cap, (void)len;
    return LAKE_ERR_UNSUPPORTED;
}

static void says(void)
{
    uint8_t out[64];
    char text[128];
    size_t len;
    int32_t kind;
    int64_t from, until;
    lake_config *config;
    lake_credential *key = psk(2, kid_a, key_a, cred_i, cred_r);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(key, LAKE_DATA_CRED, out, sizeof out, &len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, public_key_of(key, &kind, out, sizeof out, &len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, fingerprint_of(key, out));
    OK(lake_credential_data(key, LAKE_DATA_CRED_I, out, sizeof out, &len));
    CHECK_BYTES(cred_i, sizeof cred_i, out, len);
    OK(lake_credential_data(key, LAKE_DATA_CRED_R, out, sizeof out, &len));
    CHECK_BYTES(cred_r, sizeof cred_r, out, len);
    OK(lake_credential_data(key, LAKE_DATA_KID, out, sizeof out, &len));
    CHECK_BYTES("a", 1, out, len);
    OK(lake_credential_text(key, LAKE_TEXT_DESCRIPTION, text, sizeof text, &len));
    CHECK(strstr(text, "kid 61") != NULL && strstr(text, "pre-shared") != NULL);
    OK(lake_credential_text(key, LAKE_TEXT_SUBJECT, text, sizeof text, &len));
    CHECK_INT(0, len);
    OK(validity_of(key, &from, &until));
    CHECK(from == INT64_MIN && until == INT64_MAX);

    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_private_key(key, key_a, 32));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_external_key(key, NULL, NULL, NULL));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_external_key(key, no_signature, NULL, NULL));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(key, LAKE_ID_KCCS, NULL, 0));
    OK(lake_credential_set_id(key, LAKE_ID_KID, (const uint8_t *)"new", 3));
    OK(lake_credential_data(key, LAKE_DATA_KID, out, sizeof out, &len));
    CHECK_BYTES("new", 3, out, len);

    OK(lake_config_new(&config));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_config_add_own_credential(config, key));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_config_add_peer_credential(config, key));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_config_add_trust_anchor(config, key));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_config_add_cwt_issuer(config, key, NULL));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNTRUSTED, lake_config_verify_credential(config, key, 1));
    OK(lake_config_add_psk(config, LAKE_RESPONDER, key));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_credential_set_id(key, LAKE_ID_KID, (const uint8_t *)"no", 2));
    OK(lake_config_free(config));
    OK(lake_credential_free(key));
}

int main(void)
{
    size_t live = lake_live_handles();
    for (size_t i = 0; i < COUNT(all_suites); i++) handshakes(all_suites[i]);
    message_4_required();
    with_ead();
    for (int either = 0; either < 4; either++) early_ead(either & 1, either >> 1);
    for (int either = 0; either < 4; either++) pulled_ead(either & 1, either >> 1);
    critical_ead();
    wrong_keys();
    shared_identifier();
    asked();
    judged();
    chosen();
    says();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
