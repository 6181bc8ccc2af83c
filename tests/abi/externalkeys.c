/* Private keys that liblake never sees: OpenSSL has them, signs and computes
 * ECDH, in a callback or in pull mode. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include "certificate.h"
#include "fixture.h"

/* --- A token ------------------------------------------------------------------- */

struct token {
    int32_t kind;
    EVP_PKEY *key;
    int signatures, secrets; /* that were asked for */
    lake_status answer;      /* for the next question; then LAKE_OK again */
    int spoil;               /* FLIP and so on, for the next answer */
};
enum { NOTHING, FLIP, SHORTEN, EMPTY, TOO_LONG };

static const char *name_of(int32_t kind)
{
    return kind == LAKE_KEY_P256   ? "P-256"
           : kind == LAKE_KEY_P384 ? "P-384"
           : kind == LAKE_KEY_X25519 ? "X25519"
                                     : "X448";
}

static int is_ec(int32_t kind) { return kind == LAKE_KEY_P256 || kind == LAKE_KEY_P384; }
static size_t half(int32_t kind) { return kind == LAKE_KEY_P256 ? 32 : 48; }

static void token_make(struct token *t, int32_t kind)
{
    *t = (struct token){.kind = kind, .key = key_make(kind)};
}

/* A CCS of the token's public key. */
static lake_credential *token_credential(const struct token *t, const char *subject, uint8_t kid)
{
    uint8_t key[128], ccs[256];
    size_t len = key_public(t->kind, t->key, key), ccs_len;
    lake_credential *credential;
    OK(lake_ccs_build(subject, &kid, 1, t->kind, key, len, ccs, sizeof ccs, &ccs_len));
    OK(lake_credential_from_ccs(ccs, ccs_len, &credential));
    return credential;
}

static size_t token_sign(struct token *t, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *hash = t->kind == LAKE_KEY_P256 ? EVP_sha256() : t->kind == LAKE_KEY_P384 ? EVP_sha384() : NULL;
    uint8_t made[160];
    size_t len = sizeof made;
    CHECK(EVP_DigestSignInit(context, NULL, hash, NULL, t->key) == 1);
    CHECK(EVP_DigestSign(context, made, &len, in, in_len) == 1);
    EVP_MD_CTX_free(context);
    if (is_ec(t->kind)) {
        const uint8_t *der = made;
        ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
        int n = (int)half(t->kind);
        CHECK(signature != NULL && cap >= (size_t)n * 2);
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, n) == n);
        CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + n, n) == n);
        ECDSA_SIG_free(signature);
        return (size_t)n * 2;
    }
    CHECK(len <= cap);
    memcpy(out, made, len);
    return len;
}

static EVP_PKEY *peer_key(int32_t kind, const uint8_t *peer, size_t len)
{
    if (!is_ec(kind)) {
        EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(NULL, name_of(kind), NULL, peer, len);
        CHECK(key != NULL);
        return key;
    }
    uint8_t point[49] = {2}; /* compressed */
    CHECK(len == half(kind));
    memcpy(point + 1, peer, len);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    CHECK(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, name_of(kind), 0) == 1);
    CHECK(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, len + 1) == 1);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    CHECK(EVP_PKEY_fromdata_init(context) == 1);
    CHECK(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static size_t token_ecdh(struct token *t, const uint8_t *peer, size_t peer_len, uint8_t *out, size_t cap)
{
    EVP_PKEY *other = peer_key(t->kind, peer, peer_len);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(t->key, NULL);
    size_t len = cap;
    CHECK(EVP_PKEY_derive_init(context) == 1);
    CHECK(EVP_PKEY_derive_set_peer(context, other) == 1);
    CHECK(EVP_PKEY_derive(context, out, &len) == 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    return len;
}

/* --- As callbacks ---------------------------------------------------------------- */

static struct peers p;
static struct token token_i, token_r;
static lake_session *busy; /* the session that is in the call */

static lake_status finish(struct token *t, uint8_t *out, size_t cap, size_t *len)
{
    lake_status answer = t->answer;
    CHECK_INT(256, cap);
    if (busy != NULL) CHECK_STATUS(LAKE_ERR_BUSY, info_status(busy));
    switch (t->spoil) {
    case FLIP: out[*len / 2] ^= 1; break;
    case SHORTEN: --*len; break;
    case EMPTY: *len = 0; break;
    case TOO_LONG: *len = cap + 1; break;
    }
    t->answer = LAKE_OK;
    t->spoil = NOTHING;
    return answer;
}

static lake_status on_key(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                          size_t *len)
{
    struct token *t = userdata;
    if (operation == LAKE_OPERATION_SIGN) {
        t->signatures++;
        *len = token_sign(t, in, in_len, out, cap);
    } else {
        CHECK_INT(LAKE_OPERATION_ECDH, operation);
        t->secrets++;
        *len = token_ecdh(t, in, in_len, out, cap);
    }
    return finish(t, out, cap, len);
}

/* Signs at once, and computes ECDH later. */
static lake_status only_sign(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out,
                             size_t cap, size_t *len)
{
    if (operation == LAKE_OPERATION_ECDH) return LAKE_PENDING_ECDH;
    return on_key(userdata, operation, in, in_len, out, cap, len);
}

static void set_callbacks(lake_credential *own, struct token *t)
{
    OK(lake_credential_set_external_key(own, on_key, t, NULL));
}

static void set_pull(lake_credential *own, struct token *t)
{
    (void)t;
    OK(lake_credential_set_external_key(own, NULL, NULL, NULL));
}

static lake_config *config_of(struct token *own, const char *name, struct token *peer, const char *peer_name,
                              void (*set)(lake_credential *, struct token *))
{
    lake_config *config;
    lake_credential *mine = token_credential(own, name, (uint8_t)name[0]);
    lake_credential *its = token_credential(peer, peer_name, (uint8_t)peer_name[0]);
    set(mine, own);
    OK(lake_config_new(&config));
    OK(lake_config_set_suites(config, &p.suite, 1));
    OK(lake_config_set_methods(config, &p.method, 1));
    OK(lake_config_add_own_credential(config, mine));
    OK(lake_config_add_peer_credential(config, its));
    OK(lake_credential_free(mine));
    OK(lake_credential_free(its));
    return config;
}

static void tokens_make(int32_t method, int32_t suite, void (*set)(lake_credential *, struct token *))
{
    struct lake_suite_info s = {.struct_size = sizeof s};
    struct lake_method_info m = {.struct_size = sizeof m};
    OK(lake_suite_info(suite, &s));
    OK(lake_method_info(method, &m));
    memset(&p, 0, sizeof p);
    p.method = method;
    p.suite = suite;
    token_make(&token_i, m.signature_initiator ? s.signature_key : s.curve);
    token_make(&token_r, m.signature_responder ? s.signature_key : s.curve);
    p.config_i = config_of(&token_i, "initiator", &token_r, "responder", set);
    p.config_r = config_of(&token_r, "responder", &token_i, "initiator", set);
    peers_start(&p);
}

static void tokens_free(void)
{
    EVP_PKEY_free(token_i.key);
    EVP_PKEY_free(token_r.key);
    peers_free(&p);
}

static void check_asked(int times)
{
    struct lake_method_info m = {.struct_size = sizeof m};
    OK(lake_method_info(p.method, &m));
    CHECK_INT(m.signature_initiator ? times : 0, token_i.signatures);
    CHECK_INT(m.signature_initiator ? 0 : times, token_i.secrets);
    CHECK_INT(m.signature_responder ? times : 0, token_r.signatures);
    CHECK_INT(m.signature_responder ? 0 : times, token_r.secrets);
}

static void by_callback(int32_t method, int32_t suite)
{
    tokens_make(method, suite, set_callbacks);
    peers_exchange(&p, 1, 4);
    peers_check_complete(&p);
    check_asked(1);
    peers_start(&p);
    OK(step(p.i, NULL, &p.messages[1]));
    OK(step(p.r, &p.messages[1], &p.messages[2]));
    OK(step(p.i, &p.messages[2], &p.messages[3]));
    OK(step(p.r, &p.messages[3], &p.messages[4]));
    peers_check_complete(&p);
    check_asked(2);
    tokens_free();
}

/* --- Callbacks that fail ------------------------------------------------------------- */

/* Message n of a side whose token behaves for once; the call can be made again. */
static void fails(struct token *t, int n, lake_status answer, int spoil, lake_status expected)
{
    struct message none;
    lake_session *session = sender(&p, n);
    int32_t before = state_of(session);
    t->answer = answer;
    t->spoil = spoil;
    busy = session;
    CHECK_STATUS(expected, prepare[n](session, none.bytes, sizeof none.bytes, &none.len));
    busy = NULL;
    CHECK_INT(before, state_of(session));
    CHECK_STATUS(expected, last_error(session));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_key_question(session, &expected, none.bytes, sizeof none.bytes, &none.len));
}

static lake_status pending_of(const struct token *t)
{
    struct lake_method_info m = {.struct_size = sizeof m};
    OK(lake_method_info(p.method, &m));
    int signs = t == &token_i ? m.signature_initiator : m.signature_responder;
    return signs ? LAKE_PENDING_SIGNATURE : LAKE_PENDING_ECDH;
}

static void failing(int32_t method, int32_t suite)
{
    static const lake_status answers[] = {LAKE_ERR_INTERNAL, LAKE_ERR_CALLBACK,      LAKE_PENDING_SIGNATURE,
                                          LAKE_PENDING_ECDH, LAKE_PENDING_CREDENTIAL, LAKE_ERR_NOT_FOUND,
                                          LAKE_ERR_MAC,      12345,                   -12345};
    tokens_make(method, suite, set_callbacks);
    for (int n = 1; n <= 3; n++) {
        struct token *t = n == 2 ? &token_r : &token_i;
        for (size_t i = 0; i < COUNT(answers) && n > 1; i++)
            if (answers[i] != pending_of(t)) fails(t, n, answers[i], NOTHING, LAKE_ERR_CALLBACK);
        if (n > 1) {
            fails(t, n, LAKE_OK, TOO_LONG, LAKE_ERR_CALLBACK);
            fails(t, n, LAKE_OK, SHORTEN, LAKE_ERR_PRIVATE_KEY);
            fails(t, n, LAKE_OK, EMPTY, LAKE_ERR_PRIVATE_KEY);
            if (t->signatures) fails(t, n, LAKE_OK, FLIP, LAKE_ERR_PRIVATE_KEY);
        }
        peers_exchange(&p, n, n);
    }
    peers_exchange(&p, 4, 4);
    peers_check_complete(&p);

    /* A step that fails is made again with nothing. */
    peers_start(&p);
    OK(step(p.i, NULL, &p.messages[1]));
    token_r.answer = LAKE_ERR_INTERNAL;
    CHECK_STATUS(LAKE_ERR_CALLBACK, step(p.r, &p.messages[1], &p.messages[2]));
    CHECK_INT(0, p.messages[2].len);
    OK(step(p.r, NULL, &p.messages[2]));
    token_i.answer = LAKE_ERR_INTERNAL;
    CHECK_STATUS(LAKE_ERR_CALLBACK, step(p.i, &p.messages[2], &p.messages[3]));
    OK(step(p.i, NULL, &p.messages[3]));
    OK(step(p.r, &p.messages[3], &p.messages[4]));
    peers_check_complete(&p);

    /* A wrong ECDH secret cannot be told from a right one; the peer finds out. */
    if (method == 3) {
        peers_start(&p);
        peers_exchange(&p, 1, 1);
        token_r.spoil = FLIP;
        peers_prepare(&p, 2);
        CHECK_STATUS(LAKE_ERR_MAC, peers_process(&p, 2));
    }
    tokens_free();
}

/* --- Pull mode -------------------------------------------------------------------- */

/* Answers the question of a session by its token. */
static void answer(lake_session *session, struct token *t, lake_status expected)
{
    uint8_t question[4096], made[256];
    size_t len, made_len;
    lake_status pending;
    OK(lake_session_key_question(session, &pending, question, sizeof question, &len));
    CHECK_STATUS(expected, pending);
    made_len = pending == LAKE_PENDING_SIGNATURE ? token_sign(t, question, len, made, sizeof made)
                                                 : token_ecdh(t, question, len, made, sizeof made);
    OK(lake_session_answer_key(session, made, made_len));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_answer_key(session, made, made_len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_key_question(session, &pending, question, sizeof question, &len));
}

static void pulled(int n)
{
    struct token *t = n == 2 ? &token_r : &token_i;
    struct message *m = &p.messages[n], again;
    lake_session *session = sender(&p, n);
    lake_status expected = pending_of(t), pending;
    uint8_t question[2][4096];
    size_t len[2];
    int32_t before = state_of(session);

    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_session_key_question(session, &pending, question[0], sizeof question[0], len));
    for (int i = 0; i < 2; i++) { /* asked again, the same is asked */
        CHECK_STATUS(expected, prepare[n](session, m->bytes, sizeof m->bytes, &m->len));
        OK(lake_session_key_question(session, &pending, question[i], sizeof question[i], &len[i]));
        CHECK_STATUS(expected, pending);
        CHECK_INT(before, state_of(session));
    }
    CHECK_BYTES(question[0], len[0], question[1], len[1]);
    CHECK_STATUS(LAKE_OK, last_error(session)); /* a question is no failure */

    /* Wrong answers: found out at once, if at all. */
    memset(question[1], 1, 300);
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_answer_key(session, question[1], 0));
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_session_answer_key(session, question[1], 257));
    OK(lake_session_answer_key(session, question[1], 31));
    CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, prepare[n](session, m->bytes, sizeof m->bytes, &m->len));
    CHECK_STATUS(expected, prepare[n](session, m->bytes, sizeof m->bytes, &m->len));

    answer(session, t, expected);
    OK(prepare[n](session, m->bytes, sizeof m->bytes, &m->len));
    OK(prepare[n](session, again.bytes, sizeof again.bytes, &again.len)); /* nothing is asked any more */
    CHECK_BYTES(m->bytes, m->len, again.bytes, again.len);
    OK(peers_process(&p, n));
}

static void by_pull(int32_t method, int32_t suite)
{
    struct message *m = p.messages, none;
    tokens_make(method, suite, set_pull);
    peers_exchange(&p, 1, 1);
    pulled(2);
    pulled(3);
    peers_exchange(&p, 4, 4);
    peers_check_complete(&p);

    /* By steps. */
    peers_start(&p);
    OK(step(p.i, NULL, &m[1]));
    CHECK_STATUS(pending_of(&token_r), step(p.r, &m[1], &m[2]));
    CHECK_INT(0, m[2].len);
    CHECK_STATUS(LAKE_ERR_STATE, step(p.r, &m[1], &none));
    CHECK_STATUS(pending_of(&token_r), step(p.r, NULL, &m[2]));
    answer(p.r, &token_r, pending_of(&token_r));
    OK(step(p.r, NULL, &m[2]));
    CHECK_STATUS(pending_of(&token_i), step(p.i, &m[2], &m[3]));
    answer(p.i, &token_i, pending_of(&token_i));
    OK(step(p.i, NULL, &m[3]));
    OK(step(p.r, &m[3], &m[4]));
    peers_check_complete(&p);

    /* The answer comes too late, or never. */
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(pending_of(&token_r), prepare[2](p.r, none.bytes, sizeof none.bytes, &none.len));
    OK(lake_session_abort(p.r));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_answer_key(p.r, (const uint8_t *)"late", 4));
    peers_start(&p);
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(pending_of(&token_r), prepare[2](p.r, none.bytes, sizeof none.bytes, &none.len));
    tokens_free();
}

/* --- One key, both uses -------------------------------------------------------------- */

/* A P-256 key that does one operation in the callback, and puts the other one off. */
static void mixed(void)
{
    struct message none;
    lake_credential *own;
    tokens_make(3, 2, set_callbacks);
    own = token_credential(&token_r, "responder", 'r');
    OK(lake_credential_set_external_key(own, only_sign, &token_r, NULL));
    OK(lake_session_set_own_credential(p.r, own));
    OK(lake_credential_free(own));
    peers_exchange(&p, 1, 1);
    CHECK_STATUS(LAKE_PENDING_ECDH, prepare[2](p.r, none.bytes, sizeof none.bytes, &none.len));
    answer(p.r, &token_r, LAKE_PENDING_ECDH);
    peers_exchange(&p, 2, 4);
    peers_check_complete(&p);
    CHECK_INT(0, token_r.signatures);
    CHECK_INT(0, token_r.secrets);
    tokens_free();
}

int main(void)
{
    size_t live = lake_live_handles();
    for (size_t i = 0; i < COUNT(all_suites); i++) {
        for (int32_t method = 0; method < 4; method++) {
            by_callback(method, all_suites[i]);
            by_pull(method, all_suites[i]);
            failing(method, all_suites[i]);
        }
    }
    mixed();
    CHECK_INT(live, lake_live_handles());
    return 0;
}
