#include "encrypt0.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>

#include "cbor.h"

enum { HEAD_MAX = 15, TAG = 16 };

/* Partial IVs of 5 bytes, as with OSCORE; far below what the AEAD bears. */
static const uint64_t SEQUENCE_MAX = (UINT64_C(1) << 40) - 1;

static const uint8_t protected_header[] = {0xa1, 0x01, 0x18, 24}; /* {1: 24} */

/* Enc_structure (section 5.3) is the same for all records of a direction. */
void encrypt0_start(struct encrypt0 *stream, const uint8_t *external_aad, size_t len)
{
    uint8_t *aad = stream->aad;

    assert(len <= ENCRYPT0_AAD_MAX);
    aad += cbor_head(aad, CBOR_ARRAY, 3);
    aad += cbor_string(aad, CBOR_TEXT, "Encrypt0", 8);
    aad += cbor_string(aad, CBOR_BYTES, protected_header, sizeof protected_header);
    aad += cbor_string(aad, CBOR_BYTES, external_aad, len);
    stream->aad_len = (size_t)(aad - stream->aad);
    stream->next = 0;
}

/* All of the next record but its ciphertext, of which the head is not in it either. */
static size_t head_of(const struct encrypt0 *stream, uint8_t *out)
{
    uint8_t *at = out, partial_iv[5];
    size_t len = 1;

    while (stream->next >> (8 * len) > 0)
        len++;
    for (size_t i = 0; i < len; i++)
        partial_iv[i] = (uint8_t)(stream->next >> (8 * (len - 1 - i)));
    at += cbor_head(at, CBOR_TAG, 16);
    at += cbor_head(at, CBOR_ARRAY, 3);
    at += cbor_string(at, CBOR_BYTES, protected_header, sizeof protected_header);
    at += cbor_head(at, CBOR_MAP, 1);
    at += cbor_head(at, CBOR_UINT, 6);
    at += cbor_string(at, CBOR_BYTES, partial_iv, len);
    return (size_t)(at - out);
}

/* A cipher with key, nonce and additional data in it; NULL if OpenSSL cannot. */
static EVP_CIPHER_CTX *cipher(const struct encrypt0 *stream, int encrypt)
{
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    uint8_t nonce[ENCRYPT0_IV];
    int n;

    memcpy(nonce, stream->iv, sizeof nonce);
    for (size_t i = 0; i < 8; i++)
        nonce[sizeof nonce - 1 - i] ^= (uint8_t)(stream->next >> (8 * i));
    if (made && EVP_CipherInit_ex2(made, EVP_chacha20_poly1305(), stream->key, nonce, encrypt, NULL) == 1 &&
        EVP_CipherUpdate(made, NULL, &n, stream->aad, (int)stream->aad_len) == 1)
        return made;
    EVP_CIPHER_CTX_free(made);
    return NULL;
}

size_t encrypt0_seal(struct encrypt0 *stream, const uint8_t *plain, size_t len, uint8_t *record)
{
    int n, ok;

    if (stream->next > SEQUENCE_MAX || len > ENCRYPT0_PLAIN_MAX)
        return 0;
    EVP_CIPHER_CTX *c = cipher(stream, 1);
    if (!c)
        return 0;
    uint8_t *at = record + head_of(stream, record);
    at += cbor_head(at, CBOR_BYTES, len + TAG);
    ok = (len == 0 || EVP_CipherUpdate(c, at, &n, plain, (int)len) == 1) && EVP_CipherFinal_ex(c, at + len, &n) == 1 &&
         EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, at + len) == 1;
    EVP_CIPHER_CTX_free(c);
    stream->next++; /* never twice, whatever happened */
    return ok ? (size_t)(at - record) + len + TAG : 0;
}

/* The length of the head of a byte string that takes all n bytes; 0 if there is none. */
static size_t head_of_rest(const uint8_t *at, size_t n)
{
    uint8_t head[CBOR_HEAD_MAX];

    for (size_t len = 1; len <= 3 && len + TAG <= n; len++)
        if (cbor_head(head, CBOR_BYTES, n - len) == len)
            return memcmp(head, at, len) == 0 ? len : 0;
    return 0;
}

int encrypt0_open(struct encrypt0 *stream, const uint8_t *record, size_t len, uint8_t *plain, size_t *plain_len)
{
    uint8_t head[HEAD_MAX], tag[TAG];
    size_t head_len = head_of(stream, head);
    int n, ok;

    if (stream->next > SEQUENCE_MAX || len < head_len || memcmp(record, head, head_len) != 0)
        return -1;
    size_t rest = head_of_rest(record + head_len, len - head_len);
    if (rest == 0)
        return -1;
    record += head_len + rest;
    *plain_len = len - head_len - rest - TAG;
    memcpy(tag, record + *plain_len, TAG);

    EVP_CIPHER_CTX *c = cipher(stream, 0);
    ok = c && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
         (*plain_len == 0 || EVP_CipherUpdate(c, plain, &n, record, (int)*plain_len) == 1) &&
         EVP_CipherFinal_ex(c, plain + *plain_len, &n) == 1;
    EVP_CIPHER_CTX_free(c);
    stream->next++;
    return ok ? 0 : -1;
}
