/* pkcs11_token.h - a P-256 key pair in a PKCS#11 token, as liblake needs it. */
#ifndef PKCS11_TOKEN_H
#define PKCS11_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include <lake.h>
#include <p11-kit/pkcs11.h>

struct token {
    void *module;
    CK_FUNCTION_LIST *f;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE private_key;
    uint8_t public_key[64]; /* x || y */
    int was_there;          /* the key pair; else it was made now */
};

/* Opens the token with this label and finds the key pair in it, or makes one that
 * can sign and agree and never leaves it. Ends the program if that fails. */
void token_open(struct token *token, const char *module, const char *label, const char *pin);
void token_close(struct token *token);

/* The callback of lake_credential_set_external_key; the userdata is the token. A PKCS#11
 * session serves one thread at a time: so does this token. */
lake_status token_use(void *token, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                      size_t *len);

#endif
