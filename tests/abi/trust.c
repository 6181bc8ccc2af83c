/* Who is trusted: certificates and CWTs that issuers vouch for, who is expected, what
 * was revoked, keys that are learned, and the host's last word. */
#include "certificate.h"
#include "fixture.h"

static struct peers p;
static struct certificate root, other_root, intermediate, device, gateway;

static void certificates_make(void)
{
    certificate_make(&root, LAKE_KEY_P256, "Root", (struct certificate_options){.ca = 1});
    certificate_make(&other_root, LAKE_KEY_ED25519, "Other root", (struct certificate_options){.ca = 1});
    certificate_make(&intermediate, LAKE_KEY_ED25519, "Intermediate", (struct certificate_options){.issuer = &root, .ca = 1});
    certificate_make(&device, LAKE_KEY_P256, "device-7",
                     (struct certificate_options){
                         .issuer = &intermediate, .usage = "digitalSignature", .names = "DNS:device.example,DNS:*.wild.example,IP:192.0.2.1,URI:coap://device.example,"
                                  "URI:urn:dev:mac:0024befffe804ff1",
                         .purpose = "serverAuth"});
    certificate_make(&gateway, LAKE_KEY_P256, "gateway", (struct certificate_options){.issuer = &root});
}

static void certificates_free(void)
{
    certificate_free(&root);
    certificate_free(&other_root);
    certificate_free(&intermediate);
    certificate_free(&device);
    certificate_free(&gateway);
}

static lake_credential *x509(const struct certificate *c)
{
    lake_credential *credential;
    OK(lake_credential_from_x509(&(const uint8_t *){c->der}, &(size_t){c->len}, 1, &credential));
    return credential;
}

/* Calls a function that takes a credential, and drops the reference. */
static lake_status with(lake_status (*add)(lake_config *, lake_credential *), lake_config *config,
                        lake_credential *credential)
{
    lake_status status = add(config, credential);
    OK(lake_credential_free(credential));
    return status;
}

static lake_config *config_with(int32_t policy, lake_credential *own)
{
    static const int32_t method = 0, suite = 2;
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_methods(config, &method, 1));
    OK(lake_config_set_suites(config, &suite, 1));
    OK(lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, policy));
    OK(lake_config_set_option(config, LAKE_OPTION_ANY_PEER, 1)); /* who it is matters where a test says so */
    OK(with(lake_config_add_own_credential, config, own));
    return config;
}

/* An Initiator with a raw key that the Responder has pinned, and a Responder with
 * this credential. The Initiator's trust is the test's. */
static void meet(int32_t policy, lake_credential *responder)
{
    memset(&p, 0, sizeof p);
    p.method = 0;
    p.suite = 2;
    identity_make(&p.id_i, LAKE_KEY_P256, 'i');
    OK(lake_credential_retain(p.id_i.credential));
    p.config_i = config_with(policy, p.id_i.credential);
    p.config_r = config_with(LAKE_PEER_PINNED, responder);
    OK(with(lake_config_add_peer_credential, p.config_r, identity_public(&p.id_i)));
}

static lake_status verdict_of(void)
{
    peers_exchange(&p, 1, 1);
    peers_prepare(&p, 2);
    lake_status status = peers_process(&p, 2);
    if (status == LAKE_OK) {
        peers_exchange(&p, 3, 4);
        peers_check_complete(&p);
    } else if (status < 0) {
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        CHECK_STATUS(status, last_error(p.i));
    }
    return status;
}

static lake_status verdict(void)
{
    peers_start(&p);
    return verdict_of();
}

static void check_verdict(lake_status expected)
{
    CHECK_STATUS(expected, verdict());
    peers_free(&p);
}

/* --- Certificates ----------------------------------------------------------------- */

static lake_credential *device_chain(void)
{
    const struct certificate *chain[] = {&device, &intermediate};
    return certificate_credential(chain, 2);
}

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

static lake_credential *c509(const struct certificate *const *chain, size_t n)
{
    static uint8_t bytes[4][2048];
    const uint8_t *certs[4];
    size_t lens[4];
    lake_credential *credential;
    for (size_t i = 0; i < n; i++) {
        certs[i] = bytes[i];
        OK(lake_x509_to_c509(chain[i]->der, chain[i]->len, bytes[i], sizeof bytes[i], &lens[i]));
    }
    OK(lake_credential_from_c509(certs, lens, n, &credential));
    return credential;
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

/* --- Revocation ---------------------------------------------------------------------- */

/* The device's identity in C509, or X.509. */
static lake_credential *device_as(int compact)
{
    const struct certificate *chain[] = {&device, &intermediate};
    uint8_t file[4096];
    if (!compact) return device_chain();
    lake_credential *own = c509(chain, 2);
    OK(lake_credential_set_private_key_pem(own, file, key_file(device.key, "DER", "PrivateKeyInfo", NULL, file)));
    return own;
}

static lake_status add_list(const struct certificate *by, const struct certificate *revoked, int64_t until)
{
    uint8_t list[2048];
    size_t len = certificate_list(by, revoked, VALID_FROM, until, list);
    return lake_config_add_crl(p.config_i, list, len);
}

static void meet_revoked(int compact)
{
    meet(LAKE_PEER_X509, device_as(compact));
    OK(with(lake_config_add_trust_anchor, p.config_i, x509(&root)));
    OK(with(lake_config_add_intermediate, p.config_i, x509(&intermediate)));
}

static void revocation(void)
{
    for (int compact = 0; compact < 2; compact++) {
        meet_revoked(compact);
        OK(add_list(&intermediate, NULL, VALID_UNTIL));
        CHECK_STATUS(LAKE_OK, verdict());
        OK(add_list(&root, &gateway, VALID_UNTIL)); /* also when it is in use */
        CHECK_STATUS(LAKE_OK, verdict());
        peers_start(&p);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_REVOKED, verdict_of());
        peers_free(&p);

        meet_revoked(compact); /* what is above it */
        OK(add_list(&root, &intermediate, VALID_UNTIL));
        check_verdict(LAKE_ERR_REVOKED);

        for (int accepted = 0; accepted < 2; accepted++) {
            meet_revoked(compact);
            OK(lake_config_set_option(p.config_i, LAKE_OPTION_OUTDATED_CRLS, accepted));
            OK(add_list(&intermediate, NULL, VALID_FROM + 86400));
            CHECK_STATUS(accepted ? LAKE_OK : LAKE_ERR_REVOKED, verdict());
            CHECK_STATUS(LAKE_ERR_FROZEN, lake_config_set_option(p.config_i, LAKE_OPTION_OUTDATED_CRLS, 1));
            peers_free(&p);
        }
    }

    /* Lists that nobody vouches for, and what is none. */
    struct certificate mute;
    uint8_t list[2048];
    certificate_make(&mute, LAKE_KEY_P256, "Mute", (struct certificate_options){.issuer = &root, .ca = 1, .usage = "keyCertSign"});
    meet_revoked(0);
    OK(with(lake_config_add_intermediate, p.config_i, x509(&mute)));
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, add_list(&other_root, NULL, VALID_UNTIL));
    CHECK_STATUS(LAKE_ERR_UNKNOWN_ISSUER, add_list(&device, &device, VALID_UNTIL));
    CHECK_STATUS(LAKE_ERR_KEY_USAGE, add_list(&mute, NULL, VALID_UNTIL));
    size_t len = certificate_list(&intermediate, &device, VALID_UNTIL, VALID_UNTIL + 1, list);
    CHECK_STATUS(LAKE_ERR_NOT_YET_VALID, lake_config_add_crl(p.config_i, list, len));
    len = certificate_list(&intermediate, &device, VALID_FROM, VALID_UNTIL, list);
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, list, len - 1));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, NULL, 0));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(p.config_i, device.der, device.len));
    list[len - 1] ^= 1;
    CHECK_STATUS(LAKE_ERR_ISSUER_SIGNATURE, lake_config_add_crl(p.config_i, list, len));
    check_verdict(LAKE_OK); /* none was added */
    certificate_free(&mute);
}

/* The device meets the Initiator, which keeps a key, in one form or the other. */
static lake_resumption *meet_and_keep(int compact)
{
    lake_resumption *store;
    OK(lake_resumption_new(NULL, &store));
    meet_revoked(compact);
    OK(lake_config_set_resumption(p.config_r, store));
    CHECK_STATUS(LAKE_OK, verdict());
    OK(lake_resumption_keep(store, p.i));
    return store;
}

static lake_status resume_with(lake_resumption *store)
{
    uint8_t cred[2048];
    size_t len;
    lake_credential *peer;
    OK(lake_session_peer_credential(p.i, &peer));
    OK(lake_credential_data(peer, LAKE_DATA_CRED, cred, sizeof cred, &len));
    OK(lake_credential_free(peer));
    peers_start(&p);
    return lake_session_use_resumption(p.i, store, cred, len);
}

static void part(lake_resumption *store)
{
    OK(lake_resumption_free(store));
    peers_free(&p);
}

/* A key is no better than the certificate that it goes back to. */
static void revoked_resumption(void)
{
    for (int compact = 0; compact < 2; compact++) {
        lake_resumption *store = meet_and_keep(compact);
        OK(add_list(&intermediate, NULL, VALID_UNTIL));
        CHECK_STATUS(LAKE_OK, resume_with(store));
        part(store);
        store = meet_and_keep(compact);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, resume_with(store)); /* so that the run is a full one */
        CHECK_STATUS(LAKE_ERR_REVOKED, verdict_of());
        part(store);
        store = meet_and_keep(compact);
        OK(lake_resumption_keep(store, p.r));
        CHECK_STATUS(LAKE_OK, resume_with(store)); /* the list comes while the run is under way */
        peers_exchange(&p, 1, 1);
        peers_prepare(&p, 2);
        OK(add_list(&intermediate, &device, VALID_UNTIL));
        CHECK_STATUS(LAKE_ERR_REVOKED, peers_process(&p, 2));
        CHECK_INT(LAKE_STATE_FAILED, state_of(p.i));
        part(store);
    }
}

static size_t data(const lake_credential *credential, int32_t what, uint8_t out[256])
{
    size_t len, size;
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_credential_data(credential, what, NULL, 0, &size));
    OK(lake_credential_data(credential, what, out, 256, &len));
    CHECK_INT(size, len);
    return len;
}

/* What openssl says about a certificate. */
static size_t wanted_data(const struct certificate *c, int32_t what, uint8_t out[256])
{
    uint8_t *der = NULL;
    unsigned n = 0;
    int len = what == LAKE_DATA_KEY_HASH      ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(c->x509), &der)
              : what == LAKE_DATA_FINGERPRINT ? i2d_re_X509_tbs(c->x509, &der)
              : what == LAKE_DATA_ISSUER      ? i2d_X509_NAME(X509_get_issuer_name(c->x509), &der)
                                              : 0;
    if (what == LAKE_DATA_SERIAL) {
        BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(c->x509), NULL);
        n = (unsigned)BN_bn2bin(number, out);
        BN_free(number);
    } else if (what == LAKE_DATA_ISSUER) {
        memcpy(out, der, n = (unsigned)len);
    } else {
        CHECK(EVP_Digest(der, (size_t)len, out, &n, EVP_sha256(), NULL) == 1);
    }
    OPENSSL_free(der);
    return n;
}

static void what_it_is(void)
{
    static const struct certificate *const alone[] = {&device};
    lake_credential *forms[] = {x509(&device), c509(alone, 1), NULL};
    identity_make(&p.id_i, LAKE_KEY_P256, 'i');
    forms[2] = p.id_i.credential;
    for (int32_t what = LAKE_DATA_FINGERPRINT; what <= LAKE_DATA_SERIAL; what++) {
        uint8_t wanted[256], got[256], fingerprint[32];
        size_t n = wanted_data(&device, what, wanted), len;
        for (int form = 0; form < 2; form++) CHECK_BYTES(wanted, n, got, data(forms[form], what, got));
        if (what != LAKE_DATA_FINGERPRINT) { /* others have no more than that */
            CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(forms[2], what, got, sizeof got, &len));
            continue;
        }
        OK(fingerprint_of(forms[2], fingerprint));
        CHECK_BYTES(fingerprint, 32, got, data(forms[2], what, got));
    }
    OK(lake_credential_free(forms[0]));
    OK(lake_credential_free(forms[1]));
    identity_free(&p.id_i);
}

/* By what a certificate is forgotten, and by what not. */
static void forgetting(void)
{
    for (int compact = 0; compact < 2; compact++) {
        for (int way = 0; way < 3; way++) {
            lake_resumption *store = meet_and_keep(compact);
            uint8_t value[256], serial[2 + 256] = {0, 0}; /* leading zeros do not matter */
            size_t n, serial_n, kept, count = 99;
            for (int right = 0; right < 2; right++) {
                const struct certificate *whose = right ? &device : &gateway;
                if (way < 2) {
                    int32_t what = way ? LAKE_DATA_KEY_HASH : LAKE_DATA_FINGERPRINT;
                    n = wanted_data(whose, what, value);
                    OK(lake_resumption_forget(store, what, value, n, NULL, 0, &count));
                } else { /* neither the serial number nor the issuer alone is enough */
                    n = wanted_data(&device, LAKE_DATA_ISSUER, value);
                    serial_n = 2 + wanted_data(whose, LAKE_DATA_SERIAL, serial + 2);
                    OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, value, n, serial, serial_n, &count));
                    if (!right) {
                        CHECK_INT(0, count);
                        n = wanted_data(whose, LAKE_DATA_ISSUER, value);
                        serial_n = wanted_data(&device, LAKE_DATA_SERIAL, serial);
                        OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, value, n, serial, serial_n, &count));
                        memset(serial, 0, 2);
                    }
                }
                CHECK_INT(right, count);
                OK(lake_resumption_count(store, &kept));
                CHECK_INT(!right, kept);
            }
            CHECK_STATUS(LAKE_ERR_NOT_FOUND, resume_with(store));
            part(store);
        }
    }
    /* The hash of a key is one of certificates: 32 zeros are nobody's. */
    static const uint8_t zeros[32];
    lake_resumption *store;
    size_t count = 99;
    OK(lake_resumption_new(NULL, &store));
    peers_make(&p, 0, 2);
    peers_start(&p);
    peers_exchange(&p, 1, 4);
    OK(lake_resumption_keep(store, p.i));
    OK(lake_resumption_forget(store, LAKE_DATA_KEY_HASH, zeros, 32, NULL, 0, &count));
    CHECK_INT(0, count);
    OK(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, zeros, 32, NULL, 0, &count));
    CHECK_INT(0, count);
    OK(lake_resumption_forget(store, LAKE_DATA_ISSUER, zeros, 2, zeros, 0, &count));
    CHECK_INT(0, count);
    part(store);
}

/* Who was met in the run that a key goes back to. */
static void origin_peer(void)
{
    lake_resumption *store = meet_and_keep(0);
    lake_credential *key, *peer;
    uint8_t wanted[256], got[256];
    size_t n = wanted_data(&device, LAKE_DATA_FINGERPRINT, wanted);
    OK(lake_session_resumption_credential(p.i, 0, &key));
    OK(lake_credential_origin_peer(key, &peer));
    CHECK_BYTES(wanted, n, got, data(peer, LAKE_DATA_FINGERPRINT, got));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(key, LAKE_DATA_FINGERPRINT, got, sizeof got, &n));
    lake_credential *none;
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_origin_peer(peer, &none));
    OK(lake_credential_free(peer));
    OK(lake_credential_free(key));
    part(store);
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
    revocation();
    revoked_resumption();
    what_it_is();
    forgetting();
    origin_peer();
    cwts();
    learning();
    last_word();
    pull();
    own_choice();
    certificates_free();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
