/* Wrong arguments: NULL for every pointer, numbers that mean nothing, structs
 * that are too small. Nothing is written, and nothing changes. */
#define LAKE_NO_MARKS /* here NULL is passed where it must not be */
#include <stdint.h>

#include "arguments.h"
#include "fixture.h"

static struct peers p;

/* Every output goes here, and must stay as it is. */
static struct outputs {
    uint8_t out[256], out2[256];
    char text[512];
    int32_t numbers[32], number;
    int64_t bigs[32], big;
    size_t len, len2;
    void *pointer;
    lake_credential *credential;
    lake_config *config;
    lake_session *session;
    lake_resumption *resumption;
    lake_status status;
} o, untouched;

#define S p.i,
#define C p.id_i.credential,

static const uint8_t id[] = {0xa1, 0x04, 0x41, 0x2b}; /* {4: h'2b'} */
static const uint8_t ok_error[] = {0x03, 0xf5};
#define ID id, sizeof id

static lake_status nobody_signs(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap, size_t *len)
{
    (void)userdata, (void)operation, (void)in, (void)in_len, (void)out, (void)cap, (void)len;
    return LAKE_ERR_UNSUPPORTED;
}

static void library(void)
{
    struct lake_suite_info suite = {.struct_size = sizeof suite - 1};
    struct lake_method_info method = {.struct_size = sizeof method - 1};
    BAD_BUFFER(o.text, sizeof o.text, lake_build_info, NOTHING);
    BAD_BUFFER(o.numbers, 32, lake_suites, NOTHING);
    BAD_BUFFER(o.numbers, 32, lake_methods, NOTHING);
    BAD(lake_suite_info(0, NULL));
    BAD(lake_suite_info(0, &suite));
    BAD(lake_method_info(0, NULL));
    BAD(lake_method_info(0, &method));
    CHECK(suite.aead == 0 && suite.suite == 0 && method.signature_initiator == 0);
    suite.struct_size = 0;
    BAD(lake_suite_info(0, &suite));
    suite.struct_size = sizeof suite;
    method.struct_size = sizeof method;
    static const int32_t no_suites[] = {-1, 7, 23, 26, INT32_MAX, INT32_MIN};
    static const int32_t no_methods[] = {-1, 100, 256, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(no_suites); i++) {
        GIVES(LAKE_ERR_UNSUPPORTED, lake_suite_info(no_suites[i], &suite));
        CHECK(suite.name == NULL);
    }
    for (size_t i = 0; i < COUNT(no_methods); i++) {
        GIVES(LAKE_ERR_UNSUPPORTED, lake_method_info(no_methods[i], &method));
        CHECK(method.name == NULL);
    }
    CHECK(suite.aead == 0 && suite.struct_size == sizeof suite && method.struct_size == sizeof method);

    static const lake_status no_status[] = {1000, -1000, 999999, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(no_status); i++) {
        CHECK(strcmp(lake_status_name(no_status[i]), "LAKE_UNKNOWN") == 0);
        CHECK(lake_strerror(no_status[i])[0] != 0);
    }
    static const int32_t no_states[] = {0, -1, 14, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(no_states); i++) CHECK(lake_state_name(no_states[i])[0] != 0);
    CHECK_INT(0, lake_has_feature(NULL));
    CHECK_INT(0, lake_has_feature(""));
    CHECK_INT(0, lake_has_feature("suite-7"));
    CHECK_INT(0, lake_has_feature("suite-"));
    CHECK_INT(0, lake_has_feature("method-100"));
    CHECK_INT(1, lake_has_feature("suite-25"));
    lake_wipe(NULL, 0);
}

static void keys(void)
{
    static const int32_t no_kinds[] = {0, -1, 7, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(no_kinds); i++)
        BAD(lake_keypair_generate(no_kinds[i], o.out, 256, &o.len, o.out2, 256, &o.len2));
    BAD(lake_keypair_generate(1, NULL, 256, &o.len, o.out2, 256, &o.len2));
    BAD(lake_keypair_generate(1, o.out, 256, NULL, o.out2, 256, &o.len2));
    BAD(lake_keypair_generate(1, o.out, 256, &o.len, NULL, 256, &o.len2));
    BAD(lake_keypair_generate(1, o.out, 256, &o.len, o.out2, 256, NULL));
}

static void credentials(void)
{
    const struct identity *who = &p.id_i;
    const uint8_t *ders[] = {id}, *null_der[] = {NULL};
    const size_t lens[] = {sizeof id}, too_long[] = {TOO_LONG};
    uint8_t x[32] = {9}, ccs[256];

    BAD(lake_credential_from_ccs(NULL, 5, &o.credential));
    BAD(lake_credential_from_ccs(who->ccs, who->ccs_len, NULL));
    BAD(lake_credential_from_ccs(who->ccs, TOO_LONG, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_ccs(NULL, 0, &o.credential));
    for (size_t n = 0; n < who->ccs_len; n++) /* every prefix */
        GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_ccs(who->ccs, n, &o.credential));
    memcpy(ccs, who->ccs, who->ccs_len);
    ccs[who->ccs_len] = 0; /* and one byte more */
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_ccs(ccs, who->ccs_len + 1, &o.credential));

    BAD(lake_credential_from_x509(&(const uint8_t *){NULL}, &(size_t){5}, 1, &o.credential));
    BAD(lake_credential_from_x509(&(const uint8_t *){id}, &(size_t){sizeof id}, 1, NULL));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED,
          lake_credential_from_x509(&(const uint8_t *){id}, &(size_t){sizeof id}, 1, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_x509(&(const uint8_t *){NULL}, &(size_t){0}, 1, &o.credential));
    BAD(lake_credential_from_x509(NULL, lens, 1, &o.credential));
    BAD(lake_credential_from_x509(ders, NULL, 1, &o.credential));
    BAD(lake_credential_from_x509(ders, lens, 1, NULL));
    BAD(lake_credential_from_x509(null_der, lens, 1, &o.credential));
    BAD(lake_credential_from_x509(ders, too_long, 1, &o.credential));
    BAD(lake_credential_from_x509(ders, lens, TOO_LONG, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_x509(ders, lens, 1, &o.credential));

    BAD(lake_credential_from_parts(NULL, 4, ID, LAKE_KEY_X25519, x, 32, &o.credential));
    BAD(lake_credential_from_parts(ID, NULL, 4, LAKE_KEY_X25519, x, 32, &o.credential));
    BAD(lake_credential_from_parts(ID, ID, LAKE_KEY_X25519, NULL, 32, &o.credential));
    BAD(lake_credential_from_parts(ID, ID, LAKE_KEY_X25519, x, 32, NULL));
    BAD(lake_credential_from_parts(ID, ID, 0, x, 32, &o.credential));
    BAD(lake_credential_from_parts(ID, ID, 7, x, 32, &o.credential));
    GIVES(LAKE_ERR_PUBLIC_KEY, lake_credential_from_parts(ID, ID, LAKE_KEY_X25519, x, 31, &o.credential));
    GIVES(LAKE_ERR_PUBLIC_KEY, lake_credential_from_parts(ID, ID, LAKE_KEY_P256, x, 31, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_parts(ID, id, 3, LAKE_KEY_X25519, x, 32, &o.credential));

    BAD(lake_credential_from_id_cred(NULL, 5, &o.credential));
    BAD(lake_credential_from_id_cred(ID, NULL));
    GIVES(LAKE_ERR_CREDENTIAL_UNSUPPORTED, lake_credential_from_id_cred(ID, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_id_cred(id, 3, &o.credential));

    BAD(lake_credential_from_c509(NULL, lens, 1, &o.credential));
    BAD(lake_credential_from_c509(ders, NULL, 1, &o.credential));
    BAD(lake_credential_from_c509(ders, lens, 0, &o.credential));
    BAD(lake_credential_from_c509(ders, lens, 1, NULL));
    BAD(lake_credential_from_c509(null_der, lens, 1, &o.credential));
    BAD(lake_credential_from_c509(ders, too_long, 1, &o.credential));
    BAD(lake_credential_from_c509(ders, lens, TOO_LONG, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_c509(ders, lens, 1, &o.credential));
    BAD(lake_credential_from_pem(NULL, 5, &o.credential));
    BAD(lake_credential_from_pem(id, TOO_LONG, &o.credential));
    BAD(lake_credential_from_pem(ID, NULL));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_pem(NULL, 0, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_pem(ID, &o.credential));
    BAD(lake_credential_from_cwt(NULL, 5, &o.credential));
    BAD(lake_credential_from_cwt(ID, NULL));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_cwt(NULL, 0, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_cwt(ID, &o.credential));

    static const struct {
        uint8_t at[8], len;
    } nobody[] = {
        {{0x01}, 1},                                /* a number */
        {{0x61, 'a'}, 2},                           /* a text */
        {{0xf6}, 1},                                /* null */
        {{0xc1, 0x40}, 2},                          /* a tag */
        {{0xa0}, 1},                                /* a CCS without 'sub' */
        {{0xa1, 0x01, 0x61, 'a'}, 4},               /* which 'iss' is not */
        {{0xa1, 0x02, 0x60}, 3},                    /* with an empty one */
        {{0xa1, 0x02, 0x41, 'a'}, 4},               /* that is no text */
    };
    static const uint8_t same_sub[][7] = {{0xa1, 0x02, 0x61, 'a'}, {0xa2, 0x01, 0x61, 'b', 0x02, 0x61, 'a'}};
    static const uint8_t psk[16] = {1}, zero[16], cred_i[] = {0x40}, cred_r[] = {0x80};
    BAD(lake_credential_from_psk(NULL, 4, psk, 16, -16, cred_i, 1, cred_r, 1, &o.credential));
    BAD(lake_credential_from_psk(ID, NULL, 16, -16, cred_i, 1, cred_r, 1, &o.credential));
    BAD(lake_credential_from_psk(ID, psk, 16, -16, NULL, 1, cred_r, 1, &o.credential));
    BAD(lake_credential_from_psk(ID, psk, 16, -16, cred_i, 1, NULL, 1, &o.credential));
    BAD(lake_credential_from_psk(ID, psk, 16, -16, cred_i, 1, cred_r, 1, NULL));
    BAD(lake_credential_from_psk(ID, psk, 15, -16, cred_i, 1, cred_r, 1, &o.credential)); /* too short */
    BAD(lake_credential_from_psk(ID, psk, TOO_LONG, -16, cred_i, 1, cred_r, 1, &o.credential));
    BAD(lake_credential_from_psk(ID, psk, 16, -16, cred_i, 1, cred_i, 1, &o.credential)); /* must differ */
    BAD(lake_credential_from_psk(ID, zero, 16, -16, cred_i, 1, cred_r, 1, &o.credential));
    for (size_t i = 0; i < COUNT(nobody); i++) { /* which do not say whose they are */
        BAD(lake_credential_from_psk(ID, psk, 16, -16, nobody[i].at, nobody[i].len, cred_r, 1, &o.credential));
        BAD(lake_credential_from_psk(ID, psk, 16, -16, cred_i, 1, nobody[i].at, nobody[i].len, &o.credential));
    }
    BAD(lake_credential_from_psk(ID, psk, 16, -16, same_sub[0], 4, same_sub[1], 7, &o.credential));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_credential_from_psk(ID, psk, 16, -15, cred_i, 1, cred_r, 1, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED,
          lake_credential_from_psk(id, 3, psk, 16, -16, cred_i, 1, cred_r, 1, &o.credential));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED,
          lake_credential_from_psk(ID, psk, 16, -16, NULL, 0, cred_r, 1, &o.credential));

    BAD_BUFFER(o.out, sizeof o.out, lake_ccs_build, "subject", NULL, 0, LAKE_KEY_X25519, x, 32, );
    BAD_BUFFER(o.out, sizeof o.out, lake_cose_key_build, NULL, 0, LAKE_KEY_X25519, x, 32, );
    BAD(lake_cose_key_build(NULL, 1, LAKE_KEY_X25519, x, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_cose_key_build(NULL, 0, LAKE_KEY_X25519, NULL, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_cose_key_build(NULL, 0, 0, x, 32, o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_PUBLIC_KEY, lake_cose_key_build(NULL, 0, LAKE_KEY_X25519, x, 31, o.out, sizeof o.out, &o.len));
    BAD(lake_ccs_build(NULL, NULL, 1, LAKE_KEY_X25519, x, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_ccs_build(NULL, NULL, 0, LAKE_KEY_X25519, NULL, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_ccs_build(NULL, NULL, 0, 0, x, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_ccs_build("\xff", NULL, 0, LAKE_KEY_X25519, x, 32, o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_PUBLIC_KEY, lake_ccs_build(NULL, NULL, 0, LAKE_KEY_X25519, x, 31, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_cose_key_to_ccs, ID, );
    BAD(lake_cose_key_to_ccs(NULL, 1, o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_cose_key_to_ccs(ID, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_x509_to_c509, ID, );
    BAD(lake_x509_to_c509(NULL, 1, o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_x509_to_c509(ID, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_c509_to_x509, ID, );
    BAD(lake_c509_to_x509(NULL, 1, o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_c509_to_x509(ID, o.out, sizeof o.out, &o.len));

    static const int32_t no_texts[] = {0, 5, -1, INT32_MAX};
    for (size_t i = 0; i < COUNT(no_texts); i++)
        BAD(lake_credential_text(C no_texts[i], o.text, sizeof o.text, &o.len));
    BAD_BUFFER(o.text, sizeof o.text, lake_credential_text, C LAKE_TEXT_NAMES, );
    for (size_t i = 0; i < COUNT(no_texts); i++)
        BAD(lake_credential_data(C i == 1 ? 13 : no_texts[i], o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_credential_data, C LAKE_DATA_FINGERPRINT, );
    GIVES(LAKE_ERR_NOT_FOUND, lake_credential_data(C LAKE_DATA_SERIAL, o.out, sizeof o.out, &o.len));
    BAD(lake_credential_origin_peer(C NULL));
    GIVES(LAKE_ERR_NOT_FOUND, lake_credential_origin_peer(C &o.credential));
    struct lake_credential_info about = {.struct_size = sizeof about - 1};
    BAD(lake_credential_info(C NULL));
    BAD(lake_credential_info(C &about));
    CHECK_INT(0, about.kind);
    static const int32_t of_others[] = {LAKE_DATA_CRED_I, LAKE_DATA_CRED_R, LAKE_DATA_ORIGIN_ID_CRED_I,
                                        LAKE_DATA_ORIGIN_ID_CRED_R, LAKE_DATA_ISSUER, LAKE_DATA_KEY_HASH};
    for (size_t i = 0; i < COUNT(of_others); i++)
        GIVES(LAKE_ERR_NOT_FOUND, lake_credential_data(C of_others[i], o.out, sizeof o.out, &o.len));

    lake_credential *fresh = identity_public(who);
    BAD(lake_credential_set_id_cred(fresh, NULL, 4));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_set_id_cred(fresh, NULL, 0));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_set_id_cred(fresh, id, 3));
    BAD(lake_credential_set_id(fresh, LAKE_ID_KID, NULL, 4));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(fresh, 0, ID));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(fresh, -1, ID));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(fresh, LAKE_ID_X5T, NULL, 0));
    BAD(lake_credential_set_private_key(fresh, NULL, 32));
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(fresh, NULL, 0));
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(fresh, who->private_key, who->private_len - 1));
    GIVES(LAKE_ERR_PRIVATE_KEY,
          lake_credential_set_private_key(fresh, p.id_r.private_key, p.id_r.private_len)); /* somebody else's */
    BAD(lake_credential_set_private_key_pem(fresh, NULL, 32));
    BAD(lake_credential_set_private_key_pem(fresh, id, TOO_LONG));
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key_pem(fresh, NULL, 0));
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key_pem(fresh, ID));
    memset(ccs, 0, sizeof ccs);
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(fresh, ccs, 32));
    GIVES(LAKE_ERR_PRIVATE_KEY, lake_config_add_own_credential(p.config_i, fresh)); /* it has none */
    OK(lake_credential_free(fresh));

    /* In use: what it is cannot be changed. */
    GIVES(LAKE_ERR_FROZEN, lake_credential_set_id_cred(C ID));
    GIVES(LAKE_ERR_FROZEN, lake_credential_set_id(C LAKE_ID_KCCS, NULL, 0));
    GIVES(LAKE_ERR_FROZEN, lake_credential_set_private_key(C who->private_key, who->private_len));
    GIVES(LAKE_ERR_FROZEN, lake_credential_set_external_key(C nobody_signs, NULL, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_credential_set_external_key(C NULL, NULL, NULL));
}

static void configs(void)
{
    static const int32_t twice[] = {0, 0}, unknown[] = {0, 7};
    static const int64_t zero_label[] = {1, 0}, negative_label[] = {-1};
    struct lake_limits limits = {.struct_size = sizeof limits};
    lake_config *config;
    BAD(lake_config_new(NULL));
    OK(lake_config_new(&config));
    BAD(lake_config_set_suites(config, NULL, 1));
    BAD(lake_config_set_suites(config, NULL, 0));
    BAD(lake_config_set_suites(config, twice, 0));
    BAD(lake_config_set_suites(config, twice, 2));
    BAD(lake_config_set_suites(config, twice, TOO_LONG));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_config_set_suites(config, unknown, 2));
    BAD(lake_config_set_methods(config, NULL, 1));
    BAD(lake_config_set_methods(config, twice, 0));
    BAD(lake_config_set_methods(config, twice, TOO_LONG));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_config_set_methods(config, unknown, 2));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, NULL, 1));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, zero_label, 2));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, negative_label, 1));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, negative_label, TOO_LONG));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_EARLY, NULL, 1));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_EARLY, zero_label, 2));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_EARLY, negative_label, 1));
    BAD(lake_config_set_ead_labels(config, LAKE_EAD_EARLY, negative_label, TOO_LONG));
    BAD(lake_config_set_option(config, LAKE_OPTION_EXCHANGE_LIFETIME, UINT64_MAX));
    BAD(lake_config_set_option(config, LAKE_OPTION_EXCHANGE_LIFETIME, (uint64_t)1 << 33));
    OK(lake_config_set_option(config, LAKE_OPTION_EXCHANGE_LIFETIME, (uint64_t)100 * 365 * 86400));
    OK(lake_config_set_option(config, LAKE_OPTION_EXCHANGE_LIFETIME, 0));
    static const int32_t no_policies[] = {0, 6, -1};
    for (size_t i = 0; i < COUNT(no_policies); i++)
        GIVES(LAKE_ERR_UNSUPPORTED, lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, no_policies[i]));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_config_set_option(config, LAKE_OPTION_PULL, 8));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_config_set_option(config, LAKE_OPTION_PULL, UINT32_MAX));
    BAD(lake_config_set_option(config, LAKE_OPTION_MESSAGE_4, 2));
    BAD(lake_config_set_option(config, LAKE_OPTION_MESSAGE_4, -1));
    BAD(lake_config_set_limits(config, NULL));
    limits.struct_size = sizeof limits - 1;
    BAD(lake_config_set_limits(config, &limits));
    limits.struct_size = 0;
    BAD(lake_config_set_limits(config, &limits));
    limits.struct_size = sizeof limits;
    static const struct lake_limits too_much[] = {
        {sizeof limits, 1048577, 0, 0, 0, 0}, {sizeof limits, 0, 65, 0, 0, 0}, {sizeof limits, 0, 0, 65, 0, 0},
        {sizeof limits, 0, 0, 0, 65, 0},      {sizeof limits, 0, 0, 0, 0, 33}, {sizeof limits, UINT32_MAX, 0, 0, 0, 0}};
    for (size_t i = 0; i < COUNT(too_much); i++) BAD(lake_config_set_limits(config, &too_much[i]));
    struct lake_renewal_limits renewal = {.struct_size = sizeof renewal - 1};
    BAD(lake_config_set_renewal_limits(config, NULL));
    BAD(lake_config_set_renewal_limits(config, &renewal));
    renewal.struct_size = sizeof renewal;
    renewal.key_age = UINT64_MAX;
    BAD(lake_config_set_renewal_limits(config, &renewal));
    renewal.key_age = 0;
    renewal.run_age = (uint64_t)1 << 33;
    BAD(lake_config_set_renewal_limits(config, &renewal));
    renewal.run_age = 0;
    renewal.key_sets = UINT32_MAX;
    BAD(lake_config_set_renewal_limits(config, &renewal));
    renewal.key_sets = 0;
    OK(lake_config_set_renewal_limits(config, &renewal));

    BAD(lake_config_add_psk(config, 0, p.id_i.credential));
    BAD(lake_config_add_psk(config, 3, p.id_i.credential));
    BAD(lake_config_add_psk(config, LAKE_INITIATOR, p.id_i.credential));        /* not a pre-shared key */
    BAD(lake_config_add_trust_anchor(config, p.id_i.credential));              /* not a certificate */
    BAD(lake_config_add_intermediate(config, p.id_i.credential));
    BAD(lake_config_set_time(config, -1));
    BAD(lake_config_set_time(config, INT64_MIN));
    BAD(lake_config_set_time(config, INT64_MAX));
    BAD(lake_config_set_time(config, 253402300800));
    OK(lake_config_set_time(config, 253402300799));
    OK(lake_config_set_time(config, 0));
    BAD(lake_config_set_option(config, LAKE_OPTION_CLOCK_TOLERANCE, 86401));
    BAD(lake_config_set_option(config, LAKE_OPTION_CLOCK_TOLERANCE, UINT32_MAX));
    OK(lake_config_set_option(config, LAKE_OPTION_CLOCK_TOLERANCE, 86400));
    static const struct {
        int32_t option;
        int64_t value;
        lake_status expected;
    } wrong[] = {
        {0, 0, LAKE_ERR_UNSUPPORTED},
        {8, 0, LAKE_ERR_UNSUPPORTED},
        {-1, 0, LAKE_ERR_UNSUPPORTED},
        {LAKE_OPTION_PEER_POLICY, -1, LAKE_ERR_UNSUPPORTED},
        {LAKE_OPTION_PEER_POLICY, (int64_t)1 << 32 | LAKE_PEER_X509, LAKE_ERR_UNSUPPORTED},
        {LAKE_OPTION_PULL, (int64_t)1 << 32 | LAKE_PULL_EAD, LAKE_ERR_UNSUPPORTED},
        {LAKE_OPTION_PULL, -1, LAKE_ERR_UNSUPPORTED},
        {LAKE_OPTION_MESSAGE_4, 2, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_MESSAGE_4, (int64_t)1 << 32, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_ANY_PEER, -1, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_OUTDATED_CRLS, 2, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_CLOCK_TOLERANCE, -1, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_EXCHANGE_LIFETIME, -1, LAKE_ERR_ARGUMENT},
        {LAKE_OPTION_EXCHANGE_LIFETIME, INT64_MAX, LAKE_ERR_ARGUMENT},
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        GIVES(wrong[i].expected, lake_config_set_option(config, wrong[i].option, wrong[i].value));
    BAD(lake_config_set_ead_labels(config, 0, NULL, 0));
    BAD(lake_config_set_ead_labels(config, 4, NULL, 0));
    BAD(lake_config_require_key_purpose(config, 0, "1.3.6"));
    BAD(lake_config_require_key_purpose(config, 3, "1.3.6"));
    BAD(lake_config_require_key_purpose(config, LAKE_RESPONDER, "no OID"));
    OK(lake_config_require_key_purpose(config, LAKE_RESPONDER, NULL));
    BAD(lake_config_add_crl(config, NULL, 1));
    BAD(lake_config_add_crl(config, id, TOO_LONG));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(config, ID));
    BAD(lake_config_set_option(config, LAKE_OPTION_OUTDATED_CRLS, 2));
    BAD(lake_config_set_option(config, LAKE_OPTION_OUTDATED_CRLS, -1));
    BAD(lake_config_set_option(config, LAKE_OPTION_ANY_PEER, 2));
    BAD(lake_config_set_option(config, LAKE_OPTION_ANY_PEER, -1));
    BAD(lake_config_allow_peer(config, LAKE_NAME_DNS, NULL));
    BAD(lake_config_allow_peer(config, LAKE_NAME_DNS, ""));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_config_allow_peer(config, 9, "name"));
    BAD(lake_config_verify_credential(config, p.id_i.credential, 2));
    BAD(lake_config_verify_credential(config, p.id_i.credential, -1));
    GIVES(LAKE_ERR_CREDENTIAL_UNTRUSTED, lake_config_verify_credential(config, p.id_i.credential, 1));

    uint8_t key[33] = {0};
    BAD(lake_session_restore(config, NULL, 32, ID, &o.session));
    BAD(lake_session_restore(config, key, 31, ID, &o.session));
    BAD(lake_session_restore(config, key, 33, ID, &o.session));
    BAD(lake_session_restore(config, key, 32, NULL, 4, &o.session));
    BAD(lake_session_restore(config, key, 32, id, TOO_LONG, &o.session));
    BAD(lake_session_restore(config, key, 32, ID, NULL));
    GIVES(LAKE_ERR_SAVED, lake_session_restore(config, key, 32, NULL, 0, &o.session));

    BAD(lake_session_new(config, 0, &o.session));
    BAD(lake_session_new(config, 3, &o.session));
    BAD(lake_session_new(config, -1, &o.session));
    BAD(lake_session_new(config, LAKE_INITIATOR, NULL));
    /* None of that has frozen it, a session does. (Nor has what is no saved session.) */
    OK(lake_config_set_limits(config, &limits));
    lake_session *session;
    OK(lake_session_new(config, LAKE_INITIATOR, &session));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_limits(config, &limits));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_suites(config, twice, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_methods(config, twice, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_ead_labels(config, LAKE_EAD_UNDERSTOOD, zero_label, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_ead_labels(config, LAKE_EAD_EARLY, zero_label, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_EXCHANGE_LIFETIME, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_ead_callback(config, NULL, NULL, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_keylog(config, NULL, NULL, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_credential_callback(config, NULL, NULL, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, LAKE_PEER_PINNED));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_PULL, 0));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_MESSAGE_4, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_verify_callback(config, NULL, NULL, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_renewal_limits(config, &renewal));
    GIVES(LAKE_ERR_FROZEN, lake_config_add_psk(config, LAKE_INITIATOR, p.id_i.credential));
    GIVES(LAKE_ERR_FROZEN, lake_config_add_trust_anchor(config, p.id_i.credential));
    GIVES(LAKE_ERR_FROZEN, lake_config_add_cwt_issuer(config, p.id_i.credential, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_CLOCK_TOLERANCE, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_require_key_purpose(config, LAKE_INITIATOR, NULL));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_OUTDATED_CRLS, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_set_option(config, LAKE_OPTION_ANY_PEER, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_allow_peer(config, LAKE_NAME_CCS, "name"));
    GIVES(LAKE_ERR_CREDENTIAL_MALFORMED, lake_config_add_crl(config, ID)); /* this and the next at any time */
    OK(lake_config_set_time(config, 1));
    GIVES(LAKE_ERR_FROZEN, lake_config_add_own_credential(config, p.id_i.credential));
    GIVES(LAKE_ERR_FROZEN, lake_config_add_peer_credential(config, p.id_i.credential));
    OK(lake_session_free(session));
    OK(lake_config_free(config));
}

static void sessions(void)
{
    BAD(lake_session_set_connection_id(S NULL, 1));
    BAD(lake_session_set_connection_id(S id, 65));
    BAD(lake_session_set_connection_id(S id, TOO_LONG));
    BAD(lake_session_select_suite(S -1));
    BAD(lake_session_select_suite(S 0)); /* not in the config */
    BAD(lake_session_userdata(S NULL));
    BAD(lake_session_step(S NULL, 0, o.out, sizeof o.out, NULL));
    /* Hosts send what *len says after an error, too: nothing. */
    size_t len = 1;
    BAD(lake_session_step(S NULL, 1, o.out, sizeof o.out, &len));
    CHECK_INT(0, len);
    len = 1;
    BAD(lake_session_step(S id, TOO_LONG, o.out, sizeof o.out, &len));
    CHECK_INT(0, len);
    len = 1;
    BAD(lake_session_step(S NULL, 0, NULL, sizeof o.out, &len));
    CHECK_INT(0, len);
    for (int n = 1; n <= 4; n++) {
        BAD(prepare[n](sender(&p, n), o.out, sizeof o.out, NULL));
        BAD(prepare[n](sender(&p, n), NULL, sizeof o.out, &o.len));
        BAD(process[n](receiver(&p, n), NULL, 1));
        BAD(process[n](receiver(&p, n), id, TOO_LONG));
    }
    BAD(lake_session_process_error(S NULL, 1));
    BAD_BUFFER(o.out, sizeof o.out, lake_session_prepare_error, S);

    BAD(lake_session_ead_add(S 1, 0, ID));  /* padding */
    BAD(lake_session_ead_add(S 0, 1, ID));
    BAD(lake_session_ead_add(S 2, 1, ID));  /* the Responder's */
    BAD(lake_session_ead_add(S 5, 1, ID));
    BAD(lake_session_ead_add(S -1, 1, ID));
    BAD(lake_session_ead_add(S 1, 1, NULL, 1));
    BAD(lake_session_ead_add(S 1, 1, id, TOO_LONG));
    BAD(lake_session_ead_pad(S 1, 0));
    BAD(lake_session_ead_pad(S 1, TOO_LONG));
    BAD(lake_session_ead_pad(S 1, SIZE_MAX));
    BAD(lake_session_ead_pad(S 4, 1));
    BAD(lake_session_ead_count(S 1, NULL));
    BAD(lake_session_ead_count(S 0, &o.len));
    BAD(lake_session_ead_count(S 5, &o.len));
    struct lake_ead_item item = {.struct_size = sizeof item - 1}, given = {.struct_size = sizeof given};
    BAD(lake_session_ead_get(S 1, 0, NULL, o.out, 1, &o.len));
    BAD(lake_session_ead_get(S 1, 0, &item, o.out, 1, &o.len));
    BAD(lake_session_ead_get(S 1, 0, &given, NULL, 1, &o.len));
    BAD(lake_session_ead_get(S 1, 0, &given, o.out, 1, NULL));
    BAD(lake_session_ead_get(S 0, 0, &given, o.out, 1, &o.len));
    BAD(lake_session_ead_get(S 5, 0, &given, o.out, 1, &o.len));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_ead_get(S 2, 0, &given, o.out, 1, &o.len));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_ead_get(S 2, SIZE_MAX, &given, o.out, 1, &o.len));
    CHECK(given.label == 0 && item.label == 0);
    BAD(lake_session_prepare_message(S 0, o.out, sizeof o.out, &o.len));
    BAD(lake_session_prepare_message(S 5, o.out, sizeof o.out, &o.len));
    BAD(lake_session_process_message(S 0, ID));
    BAD(lake_session_process_message(S 5, ID));
    BAD(lake_session_process_message(S -1, ID));

    BAD_BUFFER(o.out, sizeof o.out, lake_session_peer_id_cred, S);
    BAD_BUFFER(o.bigs, 32, lake_session_peer_suites, S);
    BAD(lake_session_expect_peer(S LAKE_NAME_CCS, NULL));
    BAD(lake_session_expect_peer(S LAKE_NAME_IP, "nowhere"));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_session_expect_peer(S 0, "name"));
    BAD(lake_session_own_credential(S NULL));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_own_credential(S &o.credential));
    BAD(lake_session_peer_credential(S NULL));
    BAD(lake_session_reject_peer(S LAKE_OK));
    BAD(lake_session_reject_peer(S LAKE_ERR_MAC));
    BAD(lake_session_reject_peer(S 12345));
    BAD(lake_session_set_own_credential(S NULL));
    BAD(lake_session_key_question(S NULL, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_session_key_question, S &o.status, );
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_key_question(S &o.status, o.out, sizeof o.out, &o.len));
    BAD(lake_session_answer_key(S NULL, 1));
    BAD(lake_session_answer_key(S NULL, 0));
    BAD(lake_session_answer_key(S id, TOO_LONG));
    GIVES(LAKE_ERR_STATE, lake_session_answer_key(S ID));
    BAD_BUFFER(o.text, sizeof o.text, lake_session_error_text, S);
    BAD_BUFFER(o.text, sizeof o.text, lake_session_peer_error, S &o.big, );
    BAD(lake_session_peer_error(S NULL, o.text, sizeof o.text, &o.len));

    BAD(lake_session_export(S 0, NULL, 1, o.out, 16));
    BAD(lake_session_export(S 0, NULL, 0, NULL, 16));
    BAD(lake_session_export(S 0, id, TOO_LONG, o.out, 16));
    BAD(lake_session_key_update(S NULL, 1));
    BAD(lake_session_key_update(S id, TOO_LONG));
    BAD(lake_session_oscore_context(S NULL));
    BAD_BUFFER(o.text, sizeof o.text, lake_session_oscore_libcoap_conf, S);

    struct lake_session_info info = {.struct_size = sizeof info - 1};
    BAD(lake_session_info(S NULL));
    BAD(lake_session_info(S &info));
    CHECK_INT(0, info.role);
    info = info_of(p.i);
    CHECK(info.own_connection_id_len == -1 && info.peer_connection_id_len == -1);
    CHECK(info.method == -1 && info.suite == -1 && info.last_error == LAKE_ERR_STATE && info.pending == LAKE_OK);
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_peer_id_cred(S o.out, sizeof o.out, &o.len));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_peer_suites(S o.bigs, 32, &o.len));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_peer_credential(S &o.credential));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_peer_error(S &o.big, o.text, sizeof o.text, &o.len));
}

static void resumptions(void)
{
    static const uint8_t key[33] = {0}, version_9[100] = {9};
    lake_resumption *store;
    BAD(lake_resumption_new(NULL, NULL));
    static const struct lake_resumption_options refused[] = {
        {.struct_size = sizeof *refused - 1},
        {.struct_size = sizeof *refused, .limit = 1000001},
        {.struct_size = sizeof *refused, .limit = UINT64_MAX},
        {.struct_size = sizeof *refused, .lifetime = UINT64_MAX},
        {.struct_size = sizeof *refused, .lifetime = (uint64_t)1 << 32},
        {.struct_size = sizeof *refused, .kid_length = 65},
        {.struct_size = sizeof *refused, .kid_length = UINT32_MAX},
        {.struct_size = sizeof *refused, .chain_limit = UINT64_MAX},
        {.struct_size = sizeof *refused, .chain_limit = (uint64_t)1 << 32},
    };
    for (size_t i = 0; i < COUNT(refused); i++) BAD(lake_resumption_new(&refused[i], &o.resumption));
    const struct lake_resumption_options most = {.struct_size = sizeof most,
                                                 .kid_length = 64,
                                                 .limit = 1000000,
                                                 .lifetime = (uint64_t)100 * 365 * 86400,
                                                 .chain_limit = (uint64_t)100 * 365 * 86400};
    OK(lake_resumption_new(&most, &store));
    size_t count;
    BAD(lake_resumption_forget(store, LAKE_DATA_CRED, NULL, 1, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_CRED, ID, ID, &o.len)); /* a serial number is an issuer's */
    BAD(lake_resumption_forget(store, LAKE_DATA_CRED, ID, NULL, 0, NULL));
    OK(lake_resumption_forget(store, LAKE_DATA_CRED, NULL, 0, NULL, 0, &count));
    CHECK_INT(0, count);
    BAD(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, key, 32, ID, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, NULL, 32, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, key, 31, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_FINGERPRINT, key, 33, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_KEY_HASH, key, 32, NULL, 0, NULL));
    BAD(lake_resumption_forget(store, LAKE_DATA_SERIAL, key, 32, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, 0, key, 32, NULL, 0, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, NULL, 0, ID, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, NULL, 1, ID, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, id, TOO_LONG, ID, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, ID, NULL, 1, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, ID, id, TOO_LONG, &o.len));
    BAD(lake_resumption_forget(store, LAKE_DATA_ISSUER, ID, ID, NULL));
    BAD(lake_resumption_count(store, NULL));
    BAD(lake_resumption_save(store, NULL, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_resumption_save(store, key, 31, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_resumption_save, store, key, 32, );
    BAD(lake_resumption_load(NULL, 32, ID, NULL, &o.resumption));
    BAD(lake_resumption_load(key, 33, ID, NULL, &o.resumption));
    BAD(lake_resumption_load(key, 32, NULL, 4, NULL, &o.resumption));
    BAD(lake_resumption_load(key, 32, id, TOO_LONG, NULL, &o.resumption));
    BAD(lake_resumption_load(key, 32, ID, NULL, NULL));
    BAD(lake_resumption_load(key, 32, ID, &most, &o.resumption)); /* a limit is not changed */
    GIVES(LAKE_ERR_SAVED, lake_resumption_load(key, 32, NULL, 0, NULL, &o.resumption));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_resumption_load(key, 32, version_9, sizeof version_9, NULL, &o.resumption));
    BAD(lake_session_use_resumption(S store, NULL, 1));
    GIVES(LAKE_ERR_NOT_FOUND, lake_session_use_resumption(S store, ID));
    GIVES(LAKE_ERR_STATE, lake_resumption_keep(store, p.i));
    GIVES(LAKE_ERR_STATE, lake_resumption_confirm(store, p.i));
    OK(lake_resumption_free(store));

    BAD(lake_session_resumption_credential(S 0, NULL));
    GIVES(LAKE_ERR_STATE, lake_session_resumption_credential(S 0, &o.credential));
    BAD(lake_session_renewal(S 0, 0, 0, NULL));
    BAD(lake_session_save(S NULL, 32, o.out, sizeof o.out, &o.len));
    BAD(lake_session_save(S key, 31, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_session_save, S key, 32, );
    BAD(lake_saved_id(NULL, 1, o.out));
    BAD(lake_saved_id(ID, NULL));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_saved_id(version_9, sizeof version_9, o.out));
    GIVES(LAKE_ERR_SAVED, lake_saved_id(NULL, 0, o.out));
    GIVES(LAKE_ERR_UNSUPPORTED, lake_saved_id((const uint8_t *)"\1", 1, o.out)); /* of an earlier library */
    GIVES(LAKE_ERR_SAVED, lake_saved_id((const uint8_t *)"\2", 1, o.out));
}

static void error_messages(void)
{
    static const int32_t suites[] = {0, 2};
    BAD(lake_error_build(0, NULL, NULL, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(4, "text", NULL, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(-1, "text", NULL, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(1, NULL, NULL, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(2, NULL, NULL, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(2, NULL, suites, 0, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(2, NULL, NULL, 2, o.out, sizeof o.out, &o.len));
    BAD(lake_error_build(2, NULL, suites, TOO_LONG, o.out, sizeof o.out, &o.len));
    BAD_BUFFER(o.out, sizeof o.out, lake_error_build, 1, "text", NULL, 0, );
    BAD(lake_error_parse(NULL, 2, &o.big, o.text, sizeof o.text, &o.len));
    BAD(lake_error_parse(ok_error, 2, NULL, o.text, sizeof o.text, &o.len));
    BAD_BUFFER(o.text, sizeof o.text, lake_error_parse, ok_error, 2, &o.big, );
    BAD(lake_error_suites(NULL, 2, o.bigs, 32, &o.len));
    BAD_BUFFER(o.bigs, 32, lake_error_suites, ok_error, 2, );
    GIVES(LAKE_ERR_NOT_FOUND, lake_error_suites(ok_error, 2, o.bigs, 32, &o.len));
}

/* When keys can be had. */
static void exports(void)
{
    struct lake_oscore_context c;
    static uint8_t limit[255 * 32 + 1];
    memset(&c, 0, sizeof c);
    BAD(lake_session_oscore_context(S &c));
    c.struct_size = sizeof c - 1;
    BAD(lake_session_oscore_context(S &c));
    CHECK_INT(0, c.master_secret_len);
    BAD(lake_session_export(S 0, NULL, 0, o.out, 0));
    BAD(lake_session_export(S 0, NULL, 0, limit, sizeof limit));
    BAD(lake_session_export(S 0, NULL, 0, limit, TOO_LONG));
    for (size_t i = 0; i < sizeof limit; i++) CHECK(limit[i] == 0);
    OK(lake_session_export(S 0, NULL, 0, limit, sizeof limit - 1));
    c.struct_size = sizeof c; /* structs.c has other sizes */
    OK(lake_session_oscore_context(S &c));
    CHECK_INT(sizeof c, c.struct_size);
    CHECK_INT(16, c.master_secret_len);
}

int main(void)
{
    size_t live;
    memset(&o, 0xa5, sizeof o);
    untouched = o;
    peers_make(&p, 0, 2);
    live = lake_live_handles();
    library();
    keys();
    credentials();
    configs();
    error_messages();
    peers_start(&p);
    sessions();
    resumptions();
    CHECK_INT(live + 2, lake_live_handles());
    /* None of that was noticed: the handshake goes on, and nothing was added to it. */
    CHECK_INT(LAKE_STATE_START, state_of(p.i));
    peers_exchange(&p, 1, 4);
    peers_check_complete(&p);
    size_t count;
    OK(lake_session_ead_count(p.r, 1, &count));
    CHECK_INT(0, count);
    exports();
    peers_free(&p);
    return 0;
}
