/* What credentials say, files as openssl writes them, and the conversions. */
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "certificate.h"
#include "fixture.h"

static struct certificate root, device;

static void check_text(const lake_credential *credential, int32_t what, const char *expected)
{
    char text[512];
    size_t len;
    OK(lake_credential_text(credential, what, text, sizeof text, &len));
    if (strcmp(expected, text) != 0) FAIL("text %d: \"%s\", expected \"%s\"", (int)what, text, expected);
    CHECK_INT(strlen(expected), len);
}

static void check_described(const lake_credential *credential, const char *part)
{
    char text[512];
    size_t len;
    OK(lake_credential_text(credential, LAKE_TEXT_DESCRIPTION, text, sizeof text, &len));
    if (strstr(text, part) == NULL || strlen(text) != len) FAIL("\"%s\" lacks \"%s\"", text, part);
}

static void check_validity(const lake_credential *credential, int64_t from, int64_t until)
{
    int64_t got_from = 0, got_until = 0;
    OK(validity_of(credential, &got_from, &got_until));
    CHECK_INT(from, got_from);
    CHECK_INT(until, got_until);
}

static void check_fingerprint(const lake_credential *credential, const uint8_t *of, size_t of_len)
{
    uint8_t expected[32], got[32];
    OK(fingerprint_of(credential, got));
    SHA256(of, of_len, expected);
    CHECK_BYTES(expected, 32, got, 32);
}

/* The bytes before the content of an element in DER. */
static size_t header(const uint8_t *der) { return 2 + (der[1] & 0x80 ? der[1] & 0x7f : 0); }

/* The fingerprint of a certificate is that of its TBSCertificate, the first element in it. */
static void check_signed_fingerprint(const lake_credential *credential, const uint8_t *der)
{
    const uint8_t *tbs = der + header(der);
    size_t len = 0;
    for (size_t i = 2; i < header(tbs); i++) len = len << 8 | tbs[i];
    check_fingerprint(credential, tbs, header(tbs) + len); /* it has more than 127 bytes */
}

static void check_kind(const lake_credential *credential, int32_t expected)
{
    int32_t kind;
    OK(kind_of(credential, &kind));
    CHECK_INT(expected, kind);
}

/* The label of the only header parameter of ID_CRED_x. */
static int id_label(const lake_credential *credential)
{
    uint8_t id[8192];
    size_t len;
    OK(lake_credential_data(credential, LAKE_DATA_ID_CRED, id, sizeof id, &len));
    CHECK(id[0] == 0xa1);
    return id[1] < 24 ? id[1] : id[1] == 0x18 ? id[2] : -1;
}

/* --- What they say ---------------------------------------------------------------- */

static void certificates(void)
{
    uint8_t out[64];
    size_t len;
    lake_credential *c;
    OK(lake_credential_from_x509(&(const uint8_t *){device.der}, &(size_t){device.len}, 1, &c));
    check_kind(c, LAKE_CREDENTIAL_X509);
    check_text(c, LAKE_TEXT_SUBJECT, "CN=device-7");
    check_text(c, LAKE_TEXT_ISSUER, "CN=Root");
    check_text(c, LAKE_TEXT_NAMES, "DNS:device.example\nDNS:other.example");
    check_validity(c, VALID_FROM, VALID_UNTIL);
    check_signed_fingerprint(c, device.der);
    check_described(c, "device-7");
    check_described(c, "DNS:device.example");
    check_described(c, "P-256");
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(c, LAKE_DATA_KID, out, sizeof out, &len));
    OK(lake_credential_set_id(c, LAKE_ID_KID, (const uint8_t *)"kid", 3));
    OK(lake_credential_data(c, LAKE_DATA_KID, out, sizeof out, &len));
    CHECK_BYTES("kid", 3, out, len);
    OK(lake_credential_free(c));
}

static void raw_keys(void)
{
    static const int32_t kinds[] = {LAKE_KEY_P256, LAKE_KEY_P384,   LAKE_KEY_X25519,
                                    LAKE_KEY_X448, LAKE_KEY_ED25519, LAKE_KEY_ED448};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        uint8_t public_key[128], ccs[256], again[256], out[256];
        size_t public_len, ccs_len, again_len, len;
        int32_t kind;
        lake_credential *c;
        EVP_PKEY *key = key_make(kinds[i]);
        public_len = key_public(kinds[i], key, public_key);
        EVP_PKEY_free(key);

        OK(lake_ccs_build("a lamp", (const uint8_t *)"7", 1, kinds[i], public_key, public_len, ccs, sizeof ccs, &ccs_len));
        OK(lake_credential_from_ccs(ccs, ccs_len, &c));
        check_kind(c, LAKE_CREDENTIAL_CCS);
        check_text(c, LAKE_TEXT_SUBJECT, "a lamp");
        check_text(c, LAKE_TEXT_ISSUER, "");
        check_text(c, LAKE_TEXT_NAMES, "");
        check_validity(c, INT64_MIN, INT64_MAX);
        check_fingerprint(c, ccs, ccs_len);
        check_described(c, "a lamp");
        check_described(c, "kid 37");
        OK(lake_credential_data(c, LAKE_DATA_KID, out, sizeof out, &len));
        CHECK_BYTES("7", 1, out, len);
        OK(public_key_of(c, &kind, out, sizeof out, &len));
        CHECK_INT(kinds[i], kind);
        CHECK_BYTES(public_key, public_len, out, len);
        CHECK_INT(LAKE_ID_KID, id_label(c));
        OK(lake_credential_free(c));

        /* With neither; and the COSE_Key of it, dressed again. */
        OK(lake_ccs_build(NULL, NULL, 0, kinds[i], public_key, public_len, ccs, sizeof ccs, &ccs_len));
        OK(lake_credential_from_ccs(ccs, ccs_len, &c));
        check_text(c, LAKE_TEXT_SUBJECT, "");
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_credential_data(c, LAKE_DATA_KID, out, sizeof out, &len));
        CHECK_INT(LAKE_ID_KCCS, id_label(c));
        OK(lake_credential_free(c));
        CHECK(memcmp(ccs, "\xa1\x08\xa1\x01", 4) == 0);
        OK(lake_cose_key_to_ccs(ccs + 4, ccs_len - 4, again, sizeof again, &again_len));
        CHECK_BYTES(ccs, ccs_len, again, again_len);
        CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED,
                     lake_cose_key_to_ccs(ccs + 4, ccs_len - 5, again, sizeof again, &again_len));

        /* An empty kid is one. */
        OK(lake_ccs_build(NULL, (const uint8_t *)"", 0, kinds[i], public_key, public_len, ccs, sizeof ccs, &ccs_len));
        OK(lake_credential_from_ccs(ccs, ccs_len, &c));
        OK(lake_credential_data(c, LAKE_DATA_KID, out, sizeof out, &len));
        CHECK_INT(0, len);
        OK(lake_credential_free(c));
    }
    /* Texts are printable, whatever they say. */
    uint8_t key[32] = {9}, ccs[256];
    size_t len;
    lake_credential *c;
    OK(lake_ccs_build("two\nlines", NULL, 0, LAKE_KEY_X25519, key, 32, ccs, sizeof ccs, &len));
    OK(lake_credential_from_ccs(ccs, len, &c));
    check_text(c, LAKE_TEXT_SUBJECT, "two\\0alines");
    OK(lake_credential_free(c));
}

/* --- Files ------------------------------------------------------------------------- */

static void key_files(void)
{
    static const int32_t kinds[] = {LAKE_KEY_P256, LAKE_KEY_P384,   LAKE_KEY_X25519,
                                    LAKE_KEY_X448, LAKE_KEY_ED25519, LAKE_KEY_ED448};
    static const struct {
        const char *form, *structure, *password;
        int ec_only;
        lake_status expected;
    } files[] = {
        {"PEM", "PrivateKeyInfo", NULL, 0, LAKE_OK},
        {"DER", "PrivateKeyInfo", NULL, 0, LAKE_OK},
        {"PEM", "type-specific", NULL, 1, LAKE_OK},
        {"DER", "type-specific", NULL, 1, LAKE_OK},
        {"PEM", "EncryptedPrivateKeyInfo", "secret", 0, LAKE_ERR_PRIVATE_KEY},
        {"DER", "EncryptedPrivateKeyInfo", "secret", 0, LAKE_ERR_PRIVATE_KEY},
        {"PEM", "type-specific", "secret", 1, LAKE_ERR_PRIVATE_KEY},
        {"PEM", "SubjectPublicKeyInfo", NULL, 0, LAKE_ERR_PRIVATE_KEY},
    };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        uint8_t public_key[128], ccs[256], file[4096];
        EVP_PKEY *key = key_make(kinds[k]), *other = key_make(kinds[k]), *foreign = key_make(kinds[(k + 1) % 6]);
        size_t public_len = key_public(kinds[k], key, public_key), ccs_len, len;
        lake_credential *c;
        OK(lake_ccs_build("s", NULL, 0, kinds[k], public_key, public_len, ccs, sizeof ccs, &ccs_len));
        for (size_t f = 0; f < COUNT(files); f++) {
            if (files[f].ec_only && k > 1) continue;
            lake_config *config;
            OK(lake_credential_from_ccs(ccs, ccs_len, &c));
            OK(lake_config_new(&config));
            len = key_file(key, files[f].form, files[f].structure, files[f].password, file);
            lake_status status = lake_credential_set_private_key_pem(c, file, len);
            if (status != files[f].expected) FAIL("file %zu of kind %d: %s", f, kinds[k], lake_status_name(status));
            CHECK_STATUS(files[f].expected, lake_config_add_own_credential(config, c));
            OK(lake_config_free(config));
            OK(lake_credential_free(c));
        }
        OK(lake_credential_from_ccs(ccs, ccs_len, &c));
        len = key_file(other, "PEM", "PrivateKeyInfo", NULL, file);
        CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key_pem(c, file, len));
        len = key_file(foreign, "PEM", "PrivateKeyInfo", NULL, file);
        CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key_pem(c, file, len));
        len = key_file(key, "PEM", "PrivateKeyInfo", NULL, file);
        for (size_t cut = 0; cut < len - 1; cut += 7)
            CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key_pem(c, file, cut));
        OK(lake_credential_free(c));
        EVP_PKEY_free(key);
        EVP_PKEY_free(other);
        EVP_PKEY_free(foreign);
    }
}

static size_t append_pem(const struct certificate *c, uint8_t *file, size_t at, size_t room)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    CHECK(PEM_write_bio_X509(out, c->x509) == 1);
    long n = BIO_get_mem_data(out, &text);
    CHECK(at + (size_t)n <= room);
    memcpy(file + at, text, (size_t)n);
    BIO_free(out);
    return at + (size_t)n;
}

static void certificate_files(void)
{
    static uint8_t file[16384];
    uint8_t key[4096], bytes[4096];
    size_t len, key_len;
    lake_credential *c;
    len = append_pem(&device, file, 0, sizeof file);
    OK(lake_credential_from_pem(file, len, &c));
    check_text(c, LAKE_TEXT_SUBJECT, "CN=device-7");
    CHECK_INT(LAKE_ID_X5T, id_label(c));
    OK(lake_credential_free(c));

    /* A chain, and the key of it in the same file. */
    len = append_pem(&root, file, len, sizeof file);
    key_len = key_file(device.key, "PEM", "PrivateKeyInfo", NULL, key);
    memcpy(file + len, key, key_len);
    len += key_len;
    OK(lake_credential_from_pem(file, len, &c));
    check_text(c, LAKE_TEXT_SUBJECT, "CN=device-7");
    CHECK_INT(LAKE_ID_X5CHAIN, id_label(c));
    OK(lake_credential_set_private_key_pem(c, file, len));
    OK(lake_credential_free(c));

    /* DER. */
    OK(lake_credential_from_pem(device.der, device.len, &c));
    OK(lake_credential_data(c, LAKE_DATA_CRED, bytes, sizeof bytes, &len));
    CHECK(len == device.len + 3 && memcmp(bytes + 3, device.der, device.len) == 0);
    OK(lake_credential_free(c));

    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_pem(key, key_len, &c)); /* no certificate */
    len = append_pem(&device, file, 0, sizeof file);
    file[len / 2] = '!';
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_pem(file, len, &c));
    CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_credential_from_pem(file, len / 2, &c));
}

/* --- C509 -------------------------------------------------------------------------- */

static uint8_t size_out[4096];

static void conversions(void)
{
    uint8_t c509[4096], der[4096];
    size_t c509_len, der_len, needed;
    lake_credential *c, *chain;
    OK(lake_x509_to_c509(device.der, device.len, c509, sizeof c509, &c509_len));
    CHECK(c509_len < device.len);
    OK(lake_c509_to_x509(c509, c509_len, der, sizeof der, &der_len));
    CHECK_BYTES(device.der, device.len, der, der_len);
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_x509_to_c509(device.der, device.len, NULL, 0, &needed));
    CHECK_INT(c509_len, needed);
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, lake_c509_to_x509(c509, c509_len, size_out, device.len - 1, &needed));
    CHECK_INT(device.len, needed);

    /* It says the same as the X.509 certificate. */
    OK(lake_credential_from_c509(&(const uint8_t *){c509}, &c509_len, 1, &c));
    check_kind(c, LAKE_CREDENTIAL_C509);
    check_text(c, LAKE_TEXT_SUBJECT, "CN=device-7");
    check_text(c, LAKE_TEXT_ISSUER, "CN=Root");
    check_text(c, LAKE_TEXT_NAMES, "DNS:device.example\nDNS:other.example");
    check_validity(c, VALID_FROM, VALID_UNTIL);
    check_signed_fingerprint(c, device.der); /* in any encoding */
    check_described(c, "device-7");
    CHECK_INT(LAKE_ID_C5T, id_label(c));
    OK(lake_credential_set_id(c, LAKE_ID_C5T_SHA256, NULL, 0));
    CHECK_INT(LAKE_ID_C5T, id_label(c));
    OK(lake_credential_set_id(c, LAKE_ID_C5C, NULL, 0));
    CHECK_INT(LAKE_ID_C5C, id_label(c));
    OK(lake_credential_set_id(c, LAKE_ID_C5B, NULL, 0));
    CHECK_INT(LAKE_ID_C5B, id_label(c));
    OK(lake_credential_set_id(c, LAKE_ID_C5U, (const uint8_t *)"coap://a", 8));
    CHECK_INT(LAKE_ID_C5U, id_label(c));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(c, LAKE_ID_X5T, NULL, 0));
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_credential_set_id(c, LAKE_ID_KCWT, NULL, 0));
    uint8_t key[4096];
    OK(lake_credential_set_private_key_pem(c, key, key_file(device.key, "PEM", "PrivateKeyInfo", NULL, key)));
    OK(lake_credential_free(c));

    const uint8_t *certs[] = {c509, c509};
    const size_t lens[] = {c509_len, c509_len};
    OK(lake_credential_from_c509(certs, lens, 2, &chain));
    CHECK_INT(LAKE_ID_C5C, id_label(chain));
    OK(lake_credential_free(chain));

    /* Every prefix is malformed. What is altered gives another certificate, or none. */
    for (size_t n = 0; n < c509_len; n++) {
        CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_c509_to_x509(c509, n, der, sizeof der, &der_len));
        c509[n] ^= 1;
        lake_status status = lake_c509_to_x509(c509, c509_len, der, sizeof der, &der_len);
        if (status == LAKE_OK) CHECK(der_len != device.len || memcmp(der, device.der, der_len) != 0);
        else CHECK(status == LAKE_ERR_CREDENTIAL_MALFORMED || status == LAKE_ERR_UNSUPPORTED);
        c509[n] ^= 1;
    }
    for (size_t n = 0; n < device.len; n += 5)
        CHECK_STATUS(LAKE_ERR_CREDENTIAL_MALFORMED, lake_x509_to_c509(device.der, n, der, sizeof der, &der_len));

    /* A certificate of version 1 has no C509 form. */
    struct certificate old;
    certificate_make(&old, LAKE_KEY_P256, "old", (struct certificate_options){.issuer = &root});
    while (X509_get_ext_count(old.x509) > 0) X509_EXTENSION_free(X509_delete_ext(old.x509, 0));
    CHECK(X509_set_version(old.x509, X509_VERSION_1) == 1);
    CHECK(X509_sign(old.x509, root.key, EVP_sha256()) > 0);
    uint8_t *to = old.der;
    old.len = (size_t)i2d_X509(old.x509, &to);
    CHECK_STATUS(LAKE_ERR_UNSUPPORTED, lake_x509_to_c509(old.der, old.len, der, sizeof der, &der_len));
    certificate_free(&old);
}

int main(void)
{
    size_t live = lake_live_handles();
    certificate_make(&root, LAKE_KEY_P256, "Root", (struct certificate_options){.ca = 1});
    certificate_make(&device, LAKE_KEY_P256, "device-7",
                     (struct certificate_options){.issuer = &root,
                                                  .usage = "critical,digitalSignature",
                                                  .names = "DNS:device.example,DNS:other.example"});
    certificates();
    raw_keys();
    key_files();
    certificate_files();
    conversions();
    certificate_free(&root);
    certificate_free(&device);
    CHECK_INT(live, lake_live_handles());
    return 0;
}
