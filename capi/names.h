/* What the functions that work without Go know. A Go test holds that the engine
 * says the same. */
#ifndef LAKE_NAMES_H
#define LAKE_NAMES_H

/* X(number, name) */
#define LAKEC_SUITES(X) \
    X(0, "AES-CCM-16-64-128, SHA-256, X25519, EdDSA, AES-CCM-16-64-128, SHA-256") \
    X(1, "AES-CCM-16-128-128, SHA-256, X25519, EdDSA, AES-CCM-16-64-128, SHA-256") \
    X(2, "AES-CCM-16-64-128, SHA-256, P-256, ES256, AES-CCM-16-64-128, SHA-256") \
    X(3, "AES-CCM-16-128-128, SHA-256, P-256, ES256, AES-CCM-16-64-128, SHA-256") \
    X(4, "ChaCha20/Poly1305, SHA-256, X25519, EdDSA, ChaCha20/Poly1305, SHA-256") \
    X(5, "ChaCha20/Poly1305, SHA-256, P-256, ES256, ChaCha20/Poly1305, SHA-256") \
    X(6, "A128GCM, SHA-256, X25519, ES256, A128GCM, SHA-256") \
    X(24, "A256GCM, SHA-384, P-384, ES384, A256GCM, SHA-384") \
    X(25, "ChaCha20/Poly1305, SHAKE256, X448, EdDSA, ChaCha20/Poly1305, SHAKE256")

#define LAKEC_METHODS(X) \
    X(0, "signature keys") \
    X(1, "signature key of the Initiator, static Diffie-Hellman key of the Responder") \
    X(2, "static Diffie-Hellman key of the Initiator, signature key of the Responder") \
    X(3, "static Diffie-Hellman keys") \
    X(4, "pre-shared key")

#define LAKEC_STATES(X) \
    X(1, "START") \
    X(2, "WAIT_MESSAGE_2") \
    X(3, "PENDING_MESSAGE_2") \
    X(4, "VERIFIED_MESSAGE_2") \
    X(5, "WAIT_MESSAGE_4") \
    X(6, "PENDING_MESSAGE_4") \
    X(7, "PENDING_MESSAGE_1") \
    X(8, "RECEIVED_MESSAGE_1") \
    X(9, "WAIT_MESSAGE_3") \
    X(10, "PENDING_MESSAGE_3") \
    X(11, "VERIFIED_MESSAGE_3") \
    X(12, "COMPLETED") \
    X(13, "FAILED")

/* Features besides "suite-<number>" and "method-<number>". */
#define LAKEC_FEATURES(X) \
    X("ccs") X("cwt") X("x509") X("c509") X("psk") X("message-4") X("ead") X("pull") X("external-keys") \
    X("oscore") X("oscore-libcoap") X("resumption") X("save") X("coap")

#endif
