#define LAKE_NO_MARKS /* NULL is passed where it must not be, to see what it gives */
#include "fixture.h"

const int32_t all_suites[9] = {0, 1, 2, 3, 4, 5, 6, 24, 25};

/* CBOR by hand, as far as a CCS needs it. */
static void put(struct identity *who, const void *bytes, size_t n)
{
    CHECK(who->ccs_len + n <= sizeof who->ccs);
    memcpy(who->ccs + who->ccs_len, bytes, n);
    who->ccs_len += n;
}

static void put_byte(struct identity *who, int byte)
{
    uint8_t b = (uint8_t)byte;
    put(who, &b, 1);
}

static void put_string(struct identity *who, const uint8_t *bytes, size_t n)
{
    if (n < 24) {
        put_byte(who, 0x40 + (int)n);
    } else {
        put_byte(who, 0x58);
        put_byte(who, (int)n);
    }
    put(who, bytes, n);
}

/* COSE's number of the curve (RFC 9053 section 7.1). */
static int curve_of(int32_t key_kind)
{
    static const int curves[] = {[LAKE_KEY_P256] = 1, [LAKE_KEY_P384] = 2,    [LAKE_KEY_X25519] = 4,
                                 [LAKE_KEY_X448] = 5, [LAKE_KEY_ED25519] = 6, [LAKE_KEY_ED448] = 7};
    return curves[key_kind];
}

void identity_make(struct identity *who, int32_t key_kind, uint8_t kid)
{
    uint8_t key[128];
    size_t n;
    int ec2 = key_kind == LAKE_KEY_P256 || key_kind == LAKE_KEY_P384;
    memset(who, 0, sizeof *who);
    OK(lake_keypair_generate(key_kind, who->private_key, sizeof who->private_key, &who->private_len, key, sizeof key,
                             &n));
    put(who, "\xa1\x08\xa1\x01", 4);      /* {8: {1: */
    put_byte(who, ec2 ? 0xa5 : 0xa4);     /* COSE_Key */
    put(who, ec2 ? "\x01\x02" : "\x01\x01", 2); /* 1: EC2 or OKP */
    put(who, "\x02\x41", 2);              /* 2: kid */
    put_byte(who, kid);
    put_byte(who, 0x20);                  /* -1: curve */
    put_byte(who, curve_of(key_kind));
    put_byte(who, 0x21);                  /* -2: x */
    put_string(who, key, ec2 ? n / 2 : n);
    if (ec2) {
        put_byte(who, 0x22);              /* -3: y */
        put_string(who, key + n / 2, n / 2);
    }
    OK(lake_credential_from_ccs(who->ccs, who->ccs_len, &who->credential));
    OK(lake_credential_set_private_key(who->credential, who->private_key, who->private_len));
}

lake_credential *identity_public(const struct identity *who)
{
    lake_credential *credential;
    OK(lake_credential_from_ccs(who->ccs, who->ccs_len, &credential));
    return credential;
}

void identity_free(struct identity *who)
{
    OK(lake_credential_free(who->credential));
    who->credential = NULL;
}

static lake_config *config_make(const struct peers *p, const struct identity *own)
{
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_suites(config, &p->suite, 1));
    OK(lake_config_set_methods(config, &p->method, 1));
    OK(lake_config_add_own_credential(config, own->credential));
    return config;
}

static void pin(lake_config *config, const struct identity *peer)
{
    lake_credential *credential = identity_public(peer);
    OK(lake_config_add_peer_credential(config, credential));
    OK(lake_credential_free(credential));
}

void peers_make_strangers(struct peers *p, int32_t method, int32_t suite)
{
    struct lake_suite_info s = {.struct_size = sizeof s};
    struct lake_method_info m = {.struct_size = sizeof m};
    memset(p, 0, sizeof *p);
    p->method = method;
    p->suite = suite;
    OK(lake_suite_info(suite, &s));
    OK(lake_method_info(method, &m));
    identity_make(&p->id_i, m.signature_initiator ? s.signature_key : s.curve, 'i');
    identity_make(&p->id_r, m.signature_responder ? s.signature_key : s.curve, 'r');
    p->config_i = config_make(p, &p->id_i);
    p->config_r = config_make(p, &p->id_r);
}

void peers_make(struct peers *p, int32_t method, int32_t suite)
{
    peers_make_strangers(p, method, suite);
    pin(p->config_i, &p->id_r);
    pin(p->config_r, &p->id_i);
}

void peers_start(struct peers *p)
{
    peers_stop(p);
    OK(lake_session_new(p->config_i, LAKE_INITIATOR, &p->i));
    OK(lake_session_new(p->config_r, LAKE_RESPONDER, &p->r));
}

void peers_stop(struct peers *p)
{
    OK(lake_session_free(p->i));
    OK(lake_session_free(p->r));
    p->i = p->r = NULL;
}

void peers_free(struct peers *p)
{
    peers_stop(p);
    OK(lake_config_free(p->config_i));
    OK(lake_config_free(p->config_r));
    identity_free(&p->id_i);
    identity_free(&p->id_r);
}

#define MESSAGE(n)                                                                              \
    static lake_status prepare_##n(lake_session *session, uint8_t *out, size_t cap, size_t *len) \
    {                                                                                           \
        return lake_session_prepare_message(session, n, out, cap, len);                         \
    }                                                                                           \
    static lake_status process_##n(lake_session *session, const uint8_t *in, size_t in_len)      \
    {                                                                                           \
        return lake_session_process_message(session, n, in, in_len);                            \
    }
MESSAGE(1)
MESSAGE(2)
MESSAGE(3)
MESSAGE(4)
const prepare_fn prepare[5] = {NULL, prepare_1, prepare_2, prepare_3, prepare_4};
const process_fn process[5] = {NULL, process_1, process_2, process_3, process_4};

lake_session *sender(struct peers *p, int n) { return n % 2 == 1 ? p->i : p->r; }
lake_session *receiver(struct peers *p, int n) { return n % 2 == 1 ? p->r : p->i; }

void peers_prepare(struct peers *p, int n)
{
    struct message *m = &p->messages[n];
    OK(prepare[n](sender(p, n), m->bytes, sizeof m->bytes, &m->len));
}

lake_status peers_process(struct peers *p, int n)
{
    const struct message *m = &p->messages[n];
    return process[n](receiver(p, n), m->bytes, m->len);
}

void peers_exchange(struct peers *p, int first, int last)
{
    for (int n = first; n <= last; n++) {
        peers_prepare(p, n);
        OK(peers_process(p, n));
    }
}

int fits_oscore(lake_session *session)
{
    uint8_t id[64];
    size_t own, peer;
    int32_t suite;
    suite = info_of(session).suite;
    OK(own_id_of(session, id, sizeof id, &own));
    OK(peer_id_of(session, id, sizeof id, &peer));
    const size_t most = suite <= 3 ? 7 : 6; /* RFC 8613 section 3.3: the nonce of the AEAD without 6 bytes */
    return own <= most && peer <= most;
}

void peers_check_complete(struct peers *p)
{
    struct lake_oscore_context a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    CHECK_INT(LAKE_STATE_COMPLETED, state_of(p->i));
    CHECK_INT(LAKE_STATE_COMPLETED, state_of(p->r));
    if (!fits_oscore(p->i)) {
        CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_session_oscore_context(p->i, &a));
        CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_session_oscore_context(p->r, &b));
        OK(lake_session_export(p->i, 32768, NULL, 0, a.master_secret, 32));
        OK(lake_session_export(p->r, 32768, NULL, 0, b.master_secret, 32));
        CHECK_BYTES(a.master_secret, 32, b.master_secret, 32);
        return;
    }
    OK(lake_session_oscore_context(p->i, &a));
    OK(lake_session_oscore_context(p->r, &b));
    CHECK(a.master_secret_len >= 16);
    CHECK_BYTES(a.master_secret, a.master_secret_len, b.master_secret, b.master_secret_len);
    CHECK_BYTES(a.master_salt, a.master_salt_len, b.master_salt, b.master_salt_len);
    CHECK_BYTES(a.sender_id, a.sender_id_len, b.recipient_id, b.recipient_id_len);
    CHECK_BYTES(a.recipient_id, a.recipient_id_len, b.sender_id, b.sender_id_len);
}

lake_status step(lake_session *session, const struct message *in, struct message *out)
{
    out->len = 0;
    return lake_session_step(session, in ? in->bytes : NULL, in ? in->len : 0, out->bytes, sizeof out->bytes, &out->len);
}

int32_t state_of(lake_session *session)
{
    int32_t state;
    state = info_of(session).state;
    return state;
}

lake_status last_error(lake_session *session)
{
    lake_status last;
    last = info_of(session).last_error;
    return last;
}

struct lake_session_info info_of(lake_session *session)
{
    struct lake_session_info info = {.struct_size = sizeof info};
    OK(lake_session_info(session, &info));
    return info;
}

lake_status info_status(lake_session *session)
{
    struct lake_session_info info = {.struct_size = sizeof info};
    return lake_session_info(session, &info);
}

static lake_status id_of(lake_session *session, int peer, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_session_info info = {.struct_size = sizeof info};
    lake_status status = lake_session_info(session, &info);
    int32_t n = peer ? info.peer_connection_id_len : info.own_connection_id_len;
    if (status != LAKE_OK) return status;
    if (n < 0) return LAKE_ERR_NOT_FOUND;
    CHECK((size_t)n <= cap);
    memcpy(out, peer ? info.peer_connection_id : info.own_connection_id, (size_t)n);
    *len = (size_t)n;
    return LAKE_OK;
}

lake_status own_id_of(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return id_of(session, 0, out, cap, len);
}

lake_status peer_id_of(lake_session *session, uint8_t *out, size_t cap, size_t *len)
{
    return id_of(session, 1, out, cap, len);
}

lake_status kind_of(const lake_credential *credential, int32_t *kind)
{
    struct lake_credential_info info = {.struct_size = sizeof info};
    lake_status status = lake_credential_info(credential, &info);
    if (status == LAKE_OK) *kind = info.kind;
    return status;
}

lake_status validity_of(const lake_credential *credential, int64_t *not_before, int64_t *not_after)
{
    struct lake_credential_info info = {.struct_size = sizeof info};
    lake_status status = lake_credential_info(credential, &info);
    *not_before = info.not_before;
    *not_after = info.not_after;
    return status;
}

lake_status public_key_of(const lake_credential *credential, int32_t *key_kind, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_credential_info info = {.struct_size = sizeof info};
    OK(lake_credential_info(credential, &info));
    lake_status status = lake_credential_data(credential, LAKE_DATA_PUBLIC_KEY, out, cap, len);
    CHECK((info.key_kind == 0) == (status == LAKE_ERR_NOT_FOUND));
    if (status == LAKE_OK) *key_kind = info.key_kind;
    return status;
}

lake_status fingerprint_of(const lake_credential *credential, uint8_t out[32])
{
    size_t len;
    return lake_credential_data(credential, LAKE_DATA_FINGERPRINT, out, 32, &len);
}

void add_psk(lake_config *config, int32_t role, lake_credential *credential)
{
    OK(lake_config_add_psk(config, role, credential));
    OK(lake_credential_free(credential));
}

lake_config *psk_config(int32_t suite)
{
    static const int32_t method = 4;
    lake_config *config;
    OK(lake_config_new(&config));
    OK(lake_config_set_suites(config, &suite, 1));
    OK(lake_config_set_methods(config, &method, 1));
    return config;
}

void peers_make_psk(struct peers *p, int32_t suite, lake_credential *i, lake_credential *r)
{
    memset(p, 0, sizeof *p);
    p->method = 4;
    p->suite = suite;
    p->config_i = psk_config(suite);
    p->config_r = psk_config(suite);
    add_psk(p->config_i, LAKE_INITIATOR, i);
    if (r != NULL) add_psk(p->config_r, LAKE_RESPONDER, r);
}

void peers_run(struct peers *p)
{
    struct message *m = p->messages;
    OK(step(p->i, NULL, &m[1]));
    OK(step(p->r, &m[1], &m[2]));
    OK(step(p->i, &m[2], &m[3]));
    OK(step(p->r, &m[3], &m[4]));
    if (m[4].len > 0) {
        OK(step(p->i, &m[4], &m[0]));
        CHECK_INT(0, m[0].len);
    }
    peers_check_complete(p);
}
