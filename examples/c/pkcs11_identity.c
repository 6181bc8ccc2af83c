/* pkcs11_identity.c - EDHOC with a key that never leaves its token.
 *
 * The key is a P-256 key pair in a PKCS#11 token: a smart card, an HSM, or SoftHSM.
 * liblake gets its public half, and asks the token when it needs the private one:
 * for a signature (method 0) or for static Diffie-Hellman (method 3). Here the other
 * side is in the same process, with a key of its own; the token is on either side
 * once. pkcs11_token.c has what is special to PKCS#11. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lake.h>

#include "check.h"
#include "demo_credentials.h"
#include "pkcs11_token.h"

/* A raw public key with the kid 99: a certificate of the key would do as well. */
static lake_credential *token_credential(const struct token *token)
{
    const uint8_t kid = 99;
    uint8_t ccs[256];
    size_t len;
    lake_credential *credential;

    CHECK(lake_ccs_build("key in a token", &kid, 1, LAKE_KEY_P256, token->public_key, sizeof token->public_key, ccs,
                         sizeof ccs, &len));
    CHECK(lake_credential_from_ccs(ccs, len, &credential));
    return credential;
}

static lake_session *new_session(int32_t role, int32_t method, struct token *token, int is_token)
{
    const struct demo_credential *demo = &demo_server[DEMO_P256];
    lake_credential *credential = token_credential(token);
    lake_config *config;
    lake_session *session;

    CHECK(lake_config_new(&config));
    CHECK(lake_config_set_methods(config, &method, 1));
    if (is_token) {
        CHECK(lake_credential_set_external_key(credential, token_use, token, NULL));
        CHECK(lake_config_add_own_credential(config, credential));
        demo_add_peer(config, demo);
    } else {
        demo_add_own(config, demo, 0);
        CHECK(lake_config_add_peer_credential(config, credential));
    }
    CHECK(lake_credential_free(credential));
    CHECK(lake_session_new(config, role, &session));
    CHECK(lake_config_free(config));
    return session;
}

/* One run, in which the token has the given role. */
static void run(int32_t method, int32_t role, struct token *token)
{
    lake_session *initiator = new_session(LAKE_INITIATOR, method, token, role == LAKE_INITIATOR);
    lake_session *responder = new_session(LAKE_RESPONDER, method, token, role == LAKE_RESPONDER);
    uint8_t message_1[256], message_2[256], message_3[256], key_i[16], key_r[16];
    size_t len_1, len_2, len_3, nothing;

    CHECK(lake_session_step(initiator, NULL, 0, message_1, sizeof message_1, &len_1));
    CHECK(lake_session_step(responder, message_1, len_1, message_2, sizeof message_2, &len_2));
    CHECK(lake_session_step(initiator, message_2, len_2, message_3, sizeof message_3, &len_3));
    CHECK(lake_session_step(responder, message_3, len_3, NULL, 0, &nothing));
    CHECK(lake_session_export(initiator, 32768, NULL, 0, key_i, sizeof key_i));
    CHECK(lake_session_export(responder, 32768, NULL, 0, key_r, sizeof key_r));
    int agree = memcmp(key_i, key_r, sizeof key_i) == 0;
    printf("method %d, the token is the %s: the keys %s\n", method,
           role == LAKE_INITIATOR ? "initiator" : "responder", agree ? "agree" : "DIFFER");

    lake_wipe(key_i, sizeof key_i);
    lake_wipe(key_r, sizeof key_r);
    CHECK(lake_session_free(initiator));
    CHECK(lake_session_free(responder));
    if (!agree)
        exit(1);
}

int main(int argc, char **argv)
{
    const char *pin = getenv("PKCS11_PIN"); /* everybody can see a command line */
    struct token token;

    if (argc != 3 || !pin) {
        fprintf(stderr, "usage: PKCS11_PIN=... %s <PKCS#11 module> <label of the token>\n", argv[0]);
        return 2;
    }
    token_open(&token, argv[1], argv[2], pin);
    printf("%s\n", token.was_there ? "the token has the key" : "a key was made in the token");
    for (int32_t method = 0; method <= 3; method += 3) {
        run(method, LAKE_INITIATOR, &token);
        run(method, LAKE_RESPONDER, &token);
    }
    token_close(&token);
    return 0;
}
