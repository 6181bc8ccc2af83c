/* Whom a run ends with: keys that are learned, the host's last word, and the credential that a
 * side has chosen for itself. */
#include "meeting.h"

/* --- Keys that are learned --------------------------------------------------------------- */

static lake_credential *raw_key(const char *subject)
{
    uint8_t private_key[64], public_key[128], ccs[256];
    size_t private_len, public_len, ccs_len;
    lake_credential *own;
    OK(lake_keypair_generate(LAKE_KEY_P256, private_key, sizeof private_key, &private_len, public_key,
                             sizeof public_key, &public_len));
    OK(lake_ccs_build(subject, NULL, 0, LAKE_KEY_P256, public_key, public_len, ccs, sizeof ccs, &ccs_len));
    OK(lake_credential_from_ccs(ccs, ccs_len, &own)); /* no kid: sent by value */
    OK(lake_credential_set_private_key(own, private_key, private_len));
    return own;
}

static void check_new(int32_t expected)
{
    int32_t is_new = -1;
    is_new = info_of(p.i).is_peer_new;
    CHECK_INT(expected, is_new);
}

static void replace_responder(lake_credential *own)
{
    OK(lake_config_free(p.config_r));
    p.config_r = config_with(LAKE_PEER_PINNED, own);
    OK(with(lake_config_add_peer_credential, p.config_r, identity_public(&p.id_i)));
}

static void learning(void)
{
    meet(LAKE_PEER_LEARN, raw_key("lamp"));
    CHECK_STATUS(LAKE_OK, verdict());
    check_new(1);
    CHECK_STATUS(LAKE_OK, verdict());
    check_new(0);
    replace_responder(raw_key("door"));
    CHECK_STATUS(LAKE_OK, verdict());
    check_new(1);
    replace_responder(raw_key("lamp")); /* it says */
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_UNTRUSTED, verdict());
    check_new(0);
    peers_free(&p);

    /* A certificate that nobody vouches for is none of these. */
    meet(LAKE_PEER_LEARN, device_chain());
    check_verdict(LAKE_ERR_CREDENTIAL_UNTRUSTED);
    meet(LAKE_PEER_PINNED, raw_key("lamp"));
    check_verdict(LAKE_ERR_CREDENTIAL_UNTRUSTED);

    /* What is pinned is not new. */
    lake_credential *own = raw_key("lamp");
    uint8_t ccs[256];
    size_t len;
    lake_credential *same;
    OK(lake_credential_data(own, LAKE_DATA_CRED, ccs, sizeof ccs, &len));
    OK(lake_credential_from_ccs(ccs, len, &same));
    meet(LAKE_PEER_LEARN, own);
    OK(with(lake_config_add_peer_credential, p.config_i, same));
    CHECK_STATUS(LAKE_OK, verdict());
    check_new(0);
    peers_free(&p);
}

/* --- The last word ------------------------------------------------------------------------- */

static struct word {
    lake_status answer;
    int asked, free, retain;
    lake_credential *kept;
} word;

static lake_status on_peer(void *userdata, lake_session *session, lake_credential *peer)
{
    char text[256];
    size_t len;
    CHECK(userdata == &word);
    CHECK(session == p.i);
    word.asked++;
    word.kept = peer;
    OK(lake_credential_text(peer, LAKE_TEXT_SUBJECT, text, sizeof text, &len));
    CHECK(strcmp(text, "CN=device-7") == 0);
    OK(lake_credential_text(peer, LAKE_TEXT_NAMES, text, sizeof text, &len));
    CHECK(strncmp(text, "DNS:device.example\n", 19) == 0);
    CHECK_STATUS(LAKE_OK, lake_config_verify_credential(p.config_i, peer, 1));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_credential_set_external_key(peer, NULL, NULL, NULL));
    CHECK_STATUS(LAKE_ERR_BUSY, info_status(session));
    for (int i = 0; i < word.retain; i++) OK(lake_credential_retain(peer));
    for (int i = 0; i < word.free; i++) {
        lake_status expected = i <= word.retain ? LAKE_OK : LAKE_ERR_HANDLE;
        CHECK_STATUS(expected, lake_credential_free(peer));
    }
    return word.answer;
}

static void meet_word(lake_status answer)
{
    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    OK(lake_config_set_verify_callback(p.config_i, on_peer, &word, NULL));
    word = (struct word){.answer = answer};
}

static void last_word(void)
{
    static const lake_status refusals[] = {LAKE_ERR_PEER_REJECTED,   LAKE_ERR_EXPIRED, LAKE_ERR_NOT_FOUND, LAKE_PENDING_PEER,
                                           LAKE_PENDING_CREDENTIAL, 12345,            -12345};
    int32_t kind;
    meet_word(LAKE_OK);
    CHECK_STATUS(LAKE_OK, verdict());
    CHECK_INT(1, word.asked);
    CHECK_STATUS(LAKE_ERR_HANDLE, kind_of(word.kept, &kind)); /* valid during the call only */
    peers_free(&p);

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct message error;
        int64_t code;
        char text[128];
        size_t len;
        meet_word(refusals[i]);
        CHECK_STATUS(LAKE_ERR_PEER_REJECTED, verdict());
        CHECK_INT(1, word.asked);
        OK(lake_session_prepare_error(p.i, error.bytes, sizeof error.bytes, &error.len));
        OK(lake_error_parse(error.bytes, error.len, &code, text, sizeof text, &len));
        CHECK_INT(1, code);
        peers_free(&p);
    }

    /* Freed by the host, once and more often: the library has its own. */
    for (int frees = 1; frees < 4; frees++) {
        size_t live = lake_live_handles();
        meet_word(LAKE_OK);
        word.free = frees;
        CHECK_STATUS(LAKE_OK, verdict());
        lake_credential *peer;
        OK(lake_session_peer_credential(p.i, &peer));
        OK(kind_of(peer, &kind));
        OK(lake_credential_free(peer));
        peers_free(&p);
        CHECK_INT(live, lake_live_handles());
    }

    /* Kept by the host. */
    meet_word(LAKE_OK);
    word.retain = 2;
    word.free = 1;
    CHECK_STATUS(LAKE_OK, verdict());
    peers_free(&p);
    OK(kind_of(word.kept, &kind));
    CHECK_INT(LAKE_CREDENTIAL_X509, kind);
    OK(lake_credential_free(word.kept));
    CHECK_STATUS(LAKE_ERR_HANDLE, lake_credential_free(word.kept));

    /* Nobody is asked about a peer that is not trusted, or not authentic. */
    meet(LAKE_PEER_X509, device_chain());
    OK(lake_config_set_verify_callback(p.config_i, on_peer, &word, NULL));
    word = (struct word){.answer = LAKE_OK};
    check_verdict(LAKE_ERR_UNKNOWN_ISSUER);
    CHECK_INT(0, word.asked);
    peers_make(&p, 0, 2);
    OK(lake_config_set_verify_callback(p.config_i, on_peer, &word, NULL));
    OK(lake_config_set_verify_callback(p.config_i, NULL, NULL, NULL));
    check_verdict(LAKE_OK);
    CHECK_INT(0, word.asked);
}

/* The same as a pending status. */
static void pull(void)
{
    struct message *m = p.messages, none;
    lake_credential *peer;
    int32_t authenticated;
    for (int decision = 0; decision < 4; decision++) {
        meet_word(LAKE_OK);
        OK(lake_config_set_option(p.config_i, LAKE_OPTION_PULL, LAKE_PULL_PEER));
        CHECK_STATUS(LAKE_PENDING_PEER, verdict());
        CHECK_INT(1, word.asked);
        CHECK_INT(LAKE_STATE_PENDING_MESSAGE_2, state_of(p.i));
        OK(lake_session_peer_credential(p.i, &peer)); /* here the host looks at it */
        OK(lake_credential_free(peer));
        authenticated = info_of(p.i).is_authenticated;
        CHECK_INT(0, authenticated);
        CHECK_STATUS(LAKE_ERR_STATE, prepare[3](p.i, none.bytes, sizeof none.bytes, &none.len));
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_peer_credential(p.i, p.id_i.credential));
        switch (decision) {
        case 0:
            OK(lake_session_continue(p.i));
            peers_exchange(&p, 3, 4);
            peers_check_complete(&p);
            break;
        case 1:
            OK(step(p.i, NULL, &m[3]));
            OK(step(p.r, &m[3], &m[4]));
            peers_check_complete(&p);
            break;
        case 2:
            OK(lake_session_reject_peer(p.i, LAKE_ERR_PEER_REJECTED));
            CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
            CHECK_STATUS(LAKE_ERR_PEER_REJECTED, last_error(p.i));
            break;
        case 3:
            OK(lake_session_abort(p.i));
            break;
        }
        CHECK_INT(1, word.asked);
        peers_free(&p);
    }
}

/* --- The own credential ------------------------------------------------------------------ */

static void check_credential(lake_credential *got, const struct identity *expected)
{
    uint8_t bytes[256];
    size_t len;
    OK(lake_credential_data(got, LAKE_DATA_CRED, bytes, sizeof bytes, &len));
    CHECK_BYTES(expected->ccs, expected->ccs_len, bytes, len);
    OK(lake_credential_free(got));
}

/* What one side has authenticated with, and the other one has seen. */
static void check_used(lake_session *own, lake_session *other, const struct identity *expected)
{
    lake_credential *credential;
    OK(lake_session_own_credential(own, &credential));
    check_credential(credential, expected);
    OK(lake_session_peer_credential(other, &credential));
    check_credential(credential, expected);
}

static void own_choice(void)
{
    struct identity other_i, other_r, other_kind;
    struct message none;
    lake_credential *used;
    identity_make(&other_i, LAKE_KEY_P256, 'j');
    identity_make(&other_r, LAKE_KEY_P256, 's');
    identity_make(&other_kind, LAKE_KEY_ED25519, 'x');
    lake_credential *bare = identity_public(&other_i);
    for (int when = 0; when < 3; when++) {
        peers_make(&p, 3, 2);
        OK(with(lake_config_add_peer_credential, p.config_i, identity_public(&other_r)));
        OK(with(lake_config_add_peer_credential, p.config_r, identity_public(&other_i)));
        peers_start(&p);
        CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_session_set_own_credential(p.i, bare));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_own_credential(p.i, &used));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_own_credential(p.r, &used));
        if (when == 0) {
            OK(lake_session_set_own_credential(p.i, other_i.credential));
            OK(lake_session_set_own_credential(p.r, other_r.credential));
        }
        peers_exchange(&p, 1, 1);
        if (when == 1) OK(lake_session_set_own_credential(p.r, other_r.credential));
        if (when == 2) {
            CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_session_set_own_credential(p.r, other_kind.credential));
            CHECK_STATUS(LAKE_ERR_NOT_FOUND,
                         lake_session_prepare_error(p.r, none.bytes, sizeof none.bytes, &none.len));
        }
        peers_exchange(&p, 2, 2);
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_own_credential(p.r, other_r.credential));
        if (when == 1) {
            CHECK_STATUS(LAKE_ERR_KEY_KIND, lake_session_set_own_credential(p.i, other_kind.credential));
            OK(lake_session_set_own_credential(p.i, other_i.credential));
        }
        peers_exchange(&p, 3, 4);
        CHECK_STATUS(LAKE_ERR_STATE, lake_session_set_own_credential(p.i, other_i.credential));
        peers_check_complete(&p);
        check_used(p.r, p.i, when < 2 ? &other_r : &p.id_r);
        check_used(p.i, p.r, when < 2 ? &other_i : &p.id_i);
        peers_free(&p);
    }
    OK(lake_credential_free(bare));
    identity_free(&other_i);
    identity_free(&other_r);
    identity_free(&other_kind);
}

int main(void)
{
    size_t live = lake_live_handles();
    certificates_make();
    learning();
    last_word();
    pull();
    own_choice();
    certificates_free();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
