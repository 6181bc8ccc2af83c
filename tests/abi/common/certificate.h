/* Certificates and keys made by OpenSSL. Programs that use it link with libcrypto. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "check.h"
#include "lake.h"

EVP_PKEY *key_make(int32_t key_kind);
/* The public key as LAKE_DATA_PUBLIC_KEY is. */
size_t key_public(int32_t key_kind, EVP_PKEY *key, uint8_t out[128]);

struct certificate {
    int32_t key_kind;
    EVP_PKEY *key;
    X509 *x509;
    uint8_t der[2048];
    size_t len;
};

/* Valid from 2020 to 2040. */
#define VALID_FROM 1577836800
#define VALID_UNTIL 2208988800

struct certificate_options {
    const char *names;              /* subject alternative names, as openssl.cnf has them */
    const char *usage;              /* keyUsage */
    const char *purpose;            /* extendedKeyUsage */
    const struct certificate *issuer; /* NULL: itself */
    int ca;
};
void certificate_make(struct certificate *c, int32_t key_kind, const char *common_name, struct certificate_options o);
void certificate_free(struct certificate *c);

/* A revocation list of an issuer, in DER; revoked NULL: with nobody on it. */
size_t certificate_list(const struct certificate *issuer, const struct certificate *revoked, int64_t from,
                        int64_t until, uint8_t out[2048]);

/* A credential of n certificates, the end entity's first, with its private key. */
lake_credential *certificate_credential(const struct certificate *const *chain, size_t n);

/* The private key as a file: PEM or DER, PKCS#8 or (with "type-specific") SEC 1;
 * password NULL: not encrypted. */
size_t key_file(EVP_PKEY *key, const char *form, const char *structure, const char *password, uint8_t out[4096]);

#endif
