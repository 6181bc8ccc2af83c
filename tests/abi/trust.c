/* Who is trusted: certificates and CWTs that issuers vouch for, and who is expected. */
#include "meeting.h"

/* --- Certificates ----------------------------------------------------------------- */

static void anchors(void)
{
    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    check_verdict(LAKE_OK);

    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&other_root)));
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    check_verdict(LAKE_OK);

    meet(LAKE_PEER_X509, device_chain()); /* the peer itself */
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&device)));
    check_verdict(LAKE_OK);

    meet(LAKE_PEER_X509, device_chain());
    check_verdict(LAKE_ERR_UNKNOWN_ISSUER);

    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&other_root)));
    check_verdict(LAKE_ERR_UNKNOWN_ISSUER);

    meet(LAKE_PEER_PINNED, device_chain());
    check_verdict(LAKE_ERR_CREDENTIAL_UNTRUSTED);
    meet(LAKE_PEER_PINNED, device_chain()); /* an anchor that nobody asks: somebody erred */
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    lake_session *none;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_new(p.config_i, LAKE_INITIATOR, &none));
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PEER_POLICY, LAKE_PEER_X509));
    check_verdict(LAKE_OK);

    meet(LAKE_PEER_PINNED, device_chain());
    OK(with(lake_config_add_peer_credential, p.config_i, x509(&device)));
    check_verdict(LAKE_OK);
}

/* The peer leaves the intermediate out. */
static void intermediates(void)
{
    for (int known = 0; known < 2; known++) {
        const struct certificate *chain[] = {&device};
        lake_credential *alone = certificate_credential(chain, 1);
        OK(lake_credential_set_id(alone, LAKE_ID_X5CHAIN, NULL, 0));
        meet(LAKE_PEER_X509, alone);
        OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
        if (known) OK(with(lake_config_add_intermediate, p.config_i, x509(&intermediate)));
        check_verdict(known ? LAKE_OK : LAKE_ERR_UNKNOWN_ISSUER);
    }
    /* A chain as an anchor brings its intermediates along. */
    const struct certificate *chain[] = {&device};
    lake_credential *alone = certificate_credential(chain, 1), *anchors;
    const uint8_t *ders[] = {root.der, intermediate.der};
    const size_t lens[] = {root.len, intermediate.len};
    OK(lake_credential_set_id(alone, LAKE_ID_X5CHAIN, NULL, 0));
    meet(LAKE_PEER_X509, alone);
    OK(lake_credential_from_x509(ders, lens, 2, &anchors));
    OK(with(lake_config_add_trust_anchor, p.config_i, anchors));
    check_verdict(LAKE_OK);
}

static void dates(void)
{
    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    CHECK_STATUS(LAKE_OK, verdict());
    OK(lake_config_set_time(p.config_i, VALID_UNTIL + 301)); /* also when it is in use */
    CHECK_STATUS(LAKE_ERR_EXPIRED, verdict());
    OK(lake_config_set_time(p.config_i, VALID_FROM - 301));
    CHECK_STATUS(LAKE_ERR_NOT_YET_VALID, verdict());
    OK(lake_config_set_time(p.config_i, VALID_UNTIL));
    CHECK_STATUS(LAKE_OK, verdict());
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_option(p.config_i, LAKE_OPTION_CLOCK_TOLERANCE, 301));
    OK(lake_config_set_time(p.config_i, 0));
    check_verdict(LAKE_OK);
}

/* Clocks of issuers are not that of this side. */
static void tolerance(void)
{
    static const struct {
        int64_t tolerance, off; /* -1: the default */
        lake_status before, after;
    } cases[] = {
        {-1, 300, LAKE_OK, LAKE_OK},
        {-1, 301, LAKE_ERR_NOT_YET_VALID, LAKE_ERR_EXPIRED},
        {0, 1, LAKE_ERR_NOT_YET_VALID, LAKE_ERR_EXPIRED},
        {60, 60, LAKE_OK, LAKE_OK},
        {60, 61, LAKE_ERR_NOT_YET_VALID, LAKE_ERR_EXPIRED},
        {86400, 86400, LAKE_OK, LAKE_OK},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        meet(LAKE_PEER_X509, device_chain());
        OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
        if (cases[i].tolerance >= 0) OK(lake_config_set_option(p.config_i, LAKE_OPTION_CLOCK_TOLERANCE, (uint32_t)cases[i].tolerance));
        OK(lake_config_set_time(p.config_i, VALID_FROM - cases[i].off));
        CHECK_STATUS(cases[i].before, verdict());
        OK(lake_config_set_time(p.config_i, VALID_UNTIL + cases[i].off));
        check_verdict(cases[i].after);
    }
}

/* What a certificate is for. The device's is for serverAuth. */
static void purposes(void)
{
    static const char server_auth[] = "1.3.6.1.5.5.7.3.1", client_auth[] = "1.3.6.1.5.5.7.3.2";
    static const struct {
        int32_t role; /* 0: nothing is required */
        const char *oid;
        lake_status expected;
    } cases[] = {
        {0, NULL, LAKE_OK},
        {LAKE_RESPONDER, server_auth, LAKE_OK},
        {LAKE_RESPONDER, client_auth, LAKE_ERR_KEY_USAGE},
        {LAKE_RESPONDER, "2.5.29.37.0", LAKE_ERR_KEY_USAGE},
        {LAKE_INITIATOR, client_auth, LAKE_OK}, /* nobody here is one's peer */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        meet(LAKE_PEER_X509, device_chain());
        OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
        if (cases[i].role) OK(lake_config_require_key_purpose(p.config_i, cases[i].role, cases[i].oid));
        check_verdict(cases[i].expected);
    }
    for (int back = 0; back < 2; back++) { /* nothing, after all */
        meet(LAKE_PEER_X509, device_chain());
        OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
        OK(lake_config_require_key_purpose(p.config_i, LAKE_RESPONDER, client_auth));
        OK(lake_config_require_key_purpose(p.config_i, LAKE_RESPONDER, back ? "" : NULL));
        check_verdict(LAKE_OK);
    }
    static const char *const none[] = {"serverAuth", "1", "1.3.6.", ".1.3", "1.3.06", "9.1", "1.3.-6", " 1.3.6", "1.3.6.99999999999"};
    lake_config *config;
    OK(lake_config_new(&config));
    for (size_t i = 0; i < COUNT(none); i++)
        CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_config_require_key_purpose(config, LAKE_RESPONDER, none[i]));
    OK(lake_config_free(config));
}

static void c509_chains(void)
{
    for (int anchor = 0; anchor < 3; anchor++) {
        const struct certificate *chain[] = {&device, &intermediate}, *top[] = {&root};
        uint8_t file[4096];
        lake_credential *own = c509(chain, 2);
        size_t len = key_file(device.key, "DER", "PrivateKeyInfo", NULL, file);
        OK(lake_credential_set_private_key_pem(own, file, len));
        meet(LAKE_PEER_X509, own);
        if (anchor == 1) OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
        if (anchor == 2) OK(with(lake_config_add_trust_anchor, p.config_i, c509(top, 1)));
        check_verdict(anchor ? LAKE_OK : LAKE_ERR_UNKNOWN_ISSUER);
    }
}

static lake_status vouched(lake_config *config, lake_credential *credential, int32_t signs)
{
    lake_status status = lake_config_verify_credential(config, credential, signs);
    OK(lake_credential_free(credential));
    return status;
}

static void verifying(void)
{
    lake_config *config;
    OK(lake_config_new(&config)); /* neither a policy nor a session is needed */
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, vouched(config, device_chain(), 1));
    OK(with(lake_config_add_trust_anchor, config, x509(&root)));
    CHECK_STATUS(LAKE_OK, vouched(config, device_chain(), 1));
    CHECK_STATUS(LAKE_ERR_KEY_USAGE, vouched(config, device_chain(), 0)); /* digitalSignature only */
    CHECK_STATUS(LAKE_OK, vouched(config, x509(&gateway), 0));
    CHECK_STATUS(LAKE_OK, vouched(config, x509(&gateway), 1));
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, vouched(config, x509(&device), 1));
    OK(lake_config_set_time(config, VALID_UNTIL + 301));
    CHECK_STATUS(LAKE_ERR_EXPIRED, vouched(config, device_chain(), 1));
    OK(lake_config_free(config));
}

/* --- Who is expected ---------------------------------------------------------------- */

static void to_hex(const uint8_t *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
}

static char device_key[257], initiator_key[257];

static void meet_device(void)
{
    uint8_t key[128];
    int32_t kind;
    size_t len;
    meet(LAKE_PEER_X509, device_chain());
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_ANY_PEER, 0));
    to_hex(key, key_public(LAKE_KEY_P256, device.key, key), device_key);
    OK(public_key_of(p.id_i.credential, &kind, key, sizeof key, &len));
    to_hex(key, len, initiator_key);
}

static void expectations(void)
{
    static const struct {
        int32_t kind;
        const char *name;
        lake_status expected;
    } cases[] = {
        {LAKE_NAME_DNS, "device.example", LAKE_OK},
        {LAKE_NAME_DNS, "Device.Example", LAKE_OK},
        {LAKE_NAME_DNS, "a.wild.example", LAKE_OK},
        {LAKE_NAME_DNS, "a.b.wild.example", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_DNS, "other.example", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_DNS, "192.0.2.1", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_IP, "192.0.2.1", LAKE_OK},
        {LAKE_NAME_IP, "192.0.2.2", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_URI, "coap://device.example/x", LAKE_OK},
        {LAKE_NAME_URI, "coap://other.example/x", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_EUI64, "00-24-be-ff-fe-80-4f-f1", LAKE_OK},
        {LAKE_NAME_EUI64, "0024befffe804ff1", LAKE_OK},
        {LAKE_NAME_EUI64, "0024befffe804ff2", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_SUBJECT, "CN=device-7", LAKE_OK},
        {LAKE_NAME_SUBJECT, "device-7", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_KEY, device_key, LAKE_OK},
        {LAKE_NAME_KEY, initiator_key, LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_CWT, "CN=device-7", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_CCS, "CN=device-7", LAKE_ERR_PEER_REJECTED},
        {LAKE_NAME_DNS, "", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_DNS, "device example", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_IP, "device.example", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_URI, "device.example", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_EUI64, "0024befffe804f", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_SUBJECT, "", LAKE_ERR_ARGUMENT},
        {LAKE_NAME_KEY, "hex", LAKE_ERR_ARGUMENT},
        {0, "device.example", LAKE_ERR_UNSUPPORTED},
        {LAKE_NAME_CCS + 1, "device.example", LAKE_ERR_UNSUPPORTED},
        {INT32_MIN, "device.example", LAKE_ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const int is_name = cases[i].expected == LAKE_OK || cases[i].expected == LAKE_ERR_PEER_REJECTED;
        meet_device();
        peers_start(&p);
        CHECK_STATUS(is_name ? LAKE_OK : cases[i].expected, lake_session_expect_peer(p.i, cases[i].kind, cases[i].name));
        lake_status status = is_name ? verdict_of() : cases[i].expected;
        if (status != cases[i].expected) FAIL("case %zu: %s", i, lake_status_name(status));
        peers_free(&p);

        meet_device(); /* the same as the list of the config */
        CHECK_STATUS(is_name ? LAKE_OK : cases[i].expected, lake_config_allow_peer(p.config_i, cases[i].kind, cases[i].name));
        status = is_name ? verdict() : cases[i].expected;
        if (status != cases[i].expected) FAIL("case %zu, listed: %s", i, lake_status_name(status));
        peers_free(&p);
    }

    /* One of several is enough; what the session says counts, not the list. */
    meet_device();
    OK(lake_config_allow_peer(p.config_i, LAKE_NAME_DNS, "other.example"));
    peers_start(&p);
    OK(lake_session_expect_peer(p.i, LAKE_NAME_DNS, "third.example"));
    OK(lake_session_expect_peer(p.i, LAKE_NAME_SUBJECT, "CN=device-7"));
    CHECK_STATUS(LAKE_OK, verdict_of());
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_expect_peer(p.i, LAKE_NAME_DNS, "device.example"));
    CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_allow_peer(p.config_i, LAKE_NAME_DNS, "device.example"));
    peers_free(&p);
    meet_device();
    OK(lake_config_allow_peer(p.config_i, LAKE_NAME_DNS, "device.example"));
    peers_start(&p);
    OK(lake_session_expect_peer(p.i, LAKE_NAME_DNS, "other.example"));
    CHECK_STATUS(LAKE_ERR_PEER_REJECTED, verdict_of());
    peers_free(&p);
}

/* An Initiator that says nothing is told so at its first step. */
static void no_expectation(void)
{
    struct message m;
    char text[301];
    size_t len;
    meet_device();
    peers_start(&p);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_step(p.i, NULL, 0, m.bytes, sizeof m.bytes, &m.len));
    OK(lake_session_error_text(p.i, text, sizeof text, &len));
    CHECK(strstr(text, "every holder of a certificate") != NULL);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_prepare_message(p.i, 1, m.bytes, sizeof m.bytes, &m.len));
    OK(lake_session_expect_peer(p.i, LAKE_NAME_DNS, "device.example"));
    CHECK_STATUS(LAKE_OK, verdict_of());
    peers_free(&p);

    meet_device();
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_ANY_PEER, 1));
    check_verdict(LAKE_OK);
    meet_device();
    OK(lake_config_set_option(p.config_i, LAKE_OPTION_PULL, LAKE_PULL_PEER));
    check_verdict(LAKE_PENDING_PEER);
}

/* A Responder has a list of those who may come. */
static void allowed(void)
{
    for (int listed = 0; listed < 2; listed++) {
        meet_device();
        OK(lake_config_set_option(p.config_i, LAKE_OPTION_ANY_PEER, 1));
        OK(lake_config_allow_peer(p.config_r, LAKE_NAME_KEY, device_key));
        if (listed) OK(lake_config_allow_peer(p.config_r, LAKE_NAME_KEY, initiator_key));
        peers_start(&p);
        peers_exchange(&p, 1, 2);
        peers_prepare(&p, 3);
        CHECK_STATUS(listed ? LAKE_OK : LAKE_ERR_PEER_REJECTED, peers_process(&p, 3));
        peers_free(&p);
    }
}

/* --- CWTs ----------------------------------------------------------------------------- */

static struct issuer {
    EVP_PKEY *key;
    lake_credential *credential;
} issuer, stranger;

static void issuer_make(struct issuer *who)
{
    uint8_t key[128], ccs[256];
    size_t key_len, ccs_len;
    who->key = key_make(LAKE_KEY_ED25519);
    key_len = key_public(LAKE_KEY_ED25519, who->key, key);
    OK(lake_ccs_build("issuer", NULL, 0, LAKE_KEY_ED25519, key, key_len, ccs, sizeof ccs, &ccs_len));
    OK(lake_credential_from_ccs(ccs, ccs_len, &who->credential));
}

static void issuer_free(struct issuer *who)
{
    EVP_PKEY_free(who->key);
    OK(lake_credential_free(who->credential));
}

static void put(struct message *m, const void *bytes, size_t n)
{
    memcpy(m->bytes + m->len, bytes, n);
    m->len += n;
}

static void put_string(struct message *m, const struct message *content)
{
    const uint8_t head[] = {0x59, (uint8_t)(content->len >> 8), (uint8_t)content->len};
    put(m, content->len < 256 ? (const uint8_t[]){0x58, (uint8_t)content->len} : head, content->len < 256 ? 2 : 3);
    put(m, content->bytes, content->len);
}

/* A CWT of a P-256 key: {1: "as", 2: "device", 4: VALID_UNTIL, 8: {1: COSE_Key}}. */
static lake_credential *cwt(const struct issuer *by, const uint8_t *public_key)
{
    struct message claims = {.len = 0}, to_be_signed = {.len = 0}, token = {.len = 0};
    uint8_t ccs[256], signature[64];
    size_t ccs_len, n = sizeof signature;
    lake_credential *credential;
    OK(lake_ccs_build("device", NULL, 0, LAKE_KEY_P256, public_key, 64, ccs, sizeof ccs, &ccs_len));
    put(&claims, "\xa4\x01\x62" "as", 5);
    put(&claims, ccs + 1, 8); /* 2: "device" */
    put(&claims, "\x04\x1a", 2);
    for (int shift = 24; shift >= 0; shift -= 8) put(&claims, &(uint8_t){(uint8_t)((uint32_t)VALID_UNTIL >> shift)}, 1);
    put(&claims, ccs + 9, ccs_len - 9); /* 8: ... */
    put(&to_be_signed, "\x84\x6aSignature1\x43\xa1\x01\x27\x40", 17);
    put_string(&to_be_signed, &claims);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    CHECK(EVP_DigestSignInit(context, NULL, NULL, NULL, by->key) == 1);
    CHECK(EVP_DigestSign(context, signature, &n, to_be_signed.bytes, to_be_signed.len) == 1);
    EVP_MD_CTX_free(context);
    put(&token, "\xd2\x84\x43\xa1\x01\x27\xa0", 7);
    put_string(&token, &claims);
    put(&token, "\x58\x40", 2);
    put(&token, signature, n);
    OK(lake_credential_from_cwt(token.bytes, token.len, &credential));
    return credential;
}

static void meet_cwt(int32_t policy)
{
    uint8_t private_key[64], public_key[128];
    size_t private_len, public_len;
    OK(lake_keypair_generate(LAKE_KEY_P256, private_key, sizeof private_key, &private_len, public_key,
                             sizeof public_key, &public_len));
    lake_credential *own = cwt(&issuer, public_key);
    OK(lake_credential_set_private_key(own, private_key, private_len));
    meet(policy, own);
}

static void cwts(void)
{
    static const struct {
        int32_t policy;
        struct issuer *known;
        const char *name;
        int64_t time;
        lake_status expected;
    } cases[] = {
        {LAKE_PEER_X509, &issuer, "as", 0, LAKE_OK},
        {LAKE_PEER_X509, &issuer, NULL, 0, LAKE_OK},
        {LAKE_PEER_X509, &issuer, NULL, VALID_UNTIL + 299, LAKE_OK},
        {LAKE_PEER_X509, &issuer, NULL, VALID_UNTIL + 300, LAKE_ERR_EXPIRED},
        {LAKE_PEER_X509, &issuer, "somebody else", 0, LAKE_ERR_UNKNOWN_ISSUER},
        {LAKE_PEER_X509, NULL, NULL, 0, LAKE_ERR_UNKNOWN_ISSUER},
        {LAKE_PEER_X509, &stranger, "as", 0, LAKE_ERR_ISSUER_SIGNATURE},
        {LAKE_PEER_PINNED, NULL, NULL, 0, LAKE_ERR_CREDENTIAL_UNTRUSTED},
    };
    issuer_make(&issuer);
    issuer_make(&stranger);
    for (size_t i = 0; i < COUNT(cases); i++) {
        meet_cwt(cases[i].policy);
        if (cases[i].known) OK(lake_config_add_cwt_issuer(p.config_i, cases[i].known->credential, cases[i].name));
        OK(lake_config_set_time(p.config_i, cases[i].time));
        lake_status status = verdict();
        if (status != cases[i].expected) FAIL("case %zu: %s", i, lake_status_name(status));
        peers_free(&p);
    }
    issuer_free(&issuer);
    issuer_free(&stranger);
}

int main(void)
{
    size_t live = lake_live_handles();
    certificates_make();
    anchors();
    intermediates();
    dates();
    tolerance();
    purposes();
    c509_chains();
    verifying();
    expectations();
    no_expectation();
    allowed();
    cwts();
    certificates_free();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
