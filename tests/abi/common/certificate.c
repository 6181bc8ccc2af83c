#include "certificate.h"

#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/x509v3.h>

static const char *name_of(int32_t kind)
{
    static const char *const names[] = {[LAKE_KEY_P256] = "P-256",     [LAKE_KEY_P384] = "P-384",
                                        [LAKE_KEY_X25519] = "X25519",  [LAKE_KEY_X448] = "X448",
                                        [LAKE_KEY_ED25519] = "ED25519", [LAKE_KEY_ED448] = "ED448"};
    return names[kind];
}

static int is_ec(int32_t kind) { return kind == LAKE_KEY_P256 || kind == LAKE_KEY_P384; }

EVP_PKEY *key_make(int32_t kind)
{
    EVP_PKEY *key = is_ec(kind) ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", name_of(kind))
                                : EVP_PKEY_Q_keygen(NULL, NULL, name_of(kind));
    CHECK(key != NULL);
    return key;
}

size_t key_public(int32_t kind, EVP_PKEY *key, uint8_t out[128])
{
    size_t len = 128;
    if (!is_ec(kind)) {
        CHECK(EVP_PKEY_get_raw_public_key(key, out, &len) == 1);
        return len;
    }
    CHECK(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out, 128, &len) == 1);
    CHECK(out[0] == 4);
    memmove(out, out + 1, --len);
    return len;
}

static void add_extension(X509 *x509, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, context, nid, value);
    CHECK(extension != NULL);
    CHECK(X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static const EVP_MD *hash_of(int32_t kind)
{
    return kind == LAKE_KEY_P256 ? EVP_sha256() : kind == LAKE_KEY_P384 ? EVP_sha384() : NULL;
}

void certificate_make(struct certificate *c, int32_t kind, const char *common_name, struct certificate_options o)
{
    static long serial = 1000;
    const struct certificate *issuer = o.issuer ? o.issuer : c;
    X509V3_CTX context;
    X509_NAME *name = X509_NAME_new();
    memset(c, 0, sizeof *c);
    c->key_kind = kind;
    c->key = key_make(kind);
    c->x509 = X509_new();
    CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1, -1, 0) == 1);
    CHECK(X509_set_version(c->x509, X509_VERSION_3) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(c->x509), serial++);
    CHECK(X509_set_subject_name(c->x509, name) == 1);
    CHECK(X509_set_issuer_name(c->x509, X509_get_subject_name(issuer->x509)) == 1);
    /* In days and seconds, for a time_t of 32 bits. */
    CHECK(ASN1_TIME_adj(X509_getm_notBefore(c->x509), 0, VALID_FROM / 86400, VALID_FROM % 86400) != NULL);
    CHECK(ASN1_TIME_adj(X509_getm_notAfter(c->x509), 0, VALID_UNTIL / 86400, VALID_UNTIL % 86400) != NULL);
    CHECK(X509_set_pubkey(c->x509, c->key) == 1);
    X509V3_set_ctx(&context, issuer->x509, c->x509, NULL, NULL, 0);
    add_extension(c->x509, &context, NID_basic_constraints, o.ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (o.usage || o.ca) add_extension(c->x509, &context, NID_key_usage, o.usage ? o.usage : "critical,keyCertSign,cRLSign");
    if (o.purpose) add_extension(c->x509, &context, NID_ext_key_usage, o.purpose);
    if (o.names) add_extension(c->x509, &context, NID_subject_alt_name, o.names);
    CHECK(X509_sign(c->x509, issuer->key, hash_of(issuer->key_kind)) > 0);
    uint8_t *der = c->der;
    int len = i2d_X509(c->x509, NULL);
    CHECK(len > 0 && (size_t)len <= sizeof c->der);
    c->len = (size_t)i2d_X509(c->x509, &der);
    X509_NAME_free(name);
}

size_t certificate_list(const struct certificate *issuer, const struct certificate *revoked, int64_t from,
                        int64_t until, uint8_t out[2048])
{
    X509_CRL *list = X509_CRL_new();
    ASN1_TIME *time = ASN1_TIME_set(NULL, from);
    CHECK(X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1);
    CHECK(X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer->x509)) == 1);
    CHECK(X509_CRL_set1_lastUpdate(list, time) == 1);
    if (revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();
        CHECK(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->x509)) == 1);
        CHECK(X509_REVOKED_set_revocationDate(entry, time) == 1);
        CHECK(X509_CRL_add0_revoked(list, entry) == 1);
    }
    CHECK(ASN1_TIME_set(time, until) != NULL);
    CHECK(X509_CRL_set1_nextUpdate(list, time) == 1);
    CHECK(X509_CRL_sign(list, issuer->key, hash_of(issuer->key_kind)) > 0);
    int len = i2d_X509_CRL(list, NULL);
    CHECK(len > 0 && len <= 2048);
    i2d_X509_CRL(list, &out);
    ASN1_TIME_free(time);
    X509_CRL_free(list);
    return (size_t)len;
}

void certificate_free(struct certificate *c)
{
    X509_free(c->x509);
    EVP_PKEY_free(c->key);
    memset(c, 0, sizeof *c);
}

size_t key_file(EVP_PKEY *key, const char *form, const char *structure, const char *password, uint8_t out[4096])
{
    size_t room = 4096;
    int part = strcmp(structure, "SubjectPublicKeyInfo") == 0 ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
    OSSL_ENCODER_CTX *context = OSSL_ENCODER_CTX_new_for_pkey(key, part, form, structure, NULL);
    CHECK(context != NULL && OSSL_ENCODER_CTX_get_num_encoders(context) > 0);
    if (password) {
        CHECK(OSSL_ENCODER_CTX_set_cipher(context, "AES-128-CBC", NULL) == 1);
        CHECK(OSSL_ENCODER_CTX_set_passphrase(context, (const uint8_t *)password, strlen(password)) == 1);
    }
    CHECK(OSSL_ENCODER_to_data(context, &out, &room) == 1);
    OSSL_ENCODER_CTX_free(context);
    return 4096 - room;
}

lake_credential *certificate_credential(const struct certificate *const *chain, size_t n)
{
    const uint8_t *ders[8];
    size_t lens[8];
    uint8_t file[4096];
    lake_credential *credential;
    for (size_t i = 0; i < n; i++) {
        ders[i] = chain[i]->der;
        lens[i] = chain[i]->len;
    }
    OK(lake_credential_from_x509(ders, lens, n, &credential));
    size_t len = key_file(chain[0]->key, "PEM", "PrivateKeyInfo", NULL, file);
    OK(lake_credential_set_private_key_pem(credential, file, len));
    return credential;
}
