/*
 * lake.h - liblake: EDHOC (RFC 9528), a lightweight authenticated key exchange,
 * with its keys ready for OSCORE (RFC 8613).
 *
 * The shortest way through the library: a config, a session, and lake_session_step
 * until lake_session_info says that it is complete; then lake_session_oscore_context.
 * See examples/c/handshake.c. This file includes lake_coap.h, EDHOC over CoAP, and
 * lake_endpoint.h, which puts EDHOC and OSCORE underneath a CoAP stack.
 *
 * Conventions
 *
 *  - Functions return lake_status: LAKE_OK, a pending status above 0, or an
 *    error below 0. Outputs are the last arguments; they are written only on
 *    success (and *len with LAKE_ERR_BUFFER_TOO_SMALL). An error changes nothing
 *    unless the function says otherwise.
 *  - Handles are opaque. Their value is a number, never an address: a stale,
 *    freed or foreign handle gives LAKE_ERR_HANDLE. The free functions take NULL.
 *  - Output buffers are the caller's: (uint8_t *out, size_t cap, size_t *len).
 *    out NULL with cap 0 asks for the size: LAKE_ERR_BUFFER_TOO_SMALL, and *len
 *    is the size needed. A message is made once and kept: asking again gives the
 *    same bytes. (What is saved is sealed anew each time, in the same size.) Text
 *    (char *out) ends with a zero, which counts in cap and in the size needed, but not
 *    in the *len of success.
 *  - Inputs are copied before a function returns; (NULL, 0) is the empty string.
 *  - A struct begins with its size, struct_size, which the caller sets. Later versions
 *    of the library may add members at the end, and take the smaller structs of
 *    programs that were compiled before, with 0 for what is missing. An older library
 *    takes larger structs, if what it does not know is 0, and sets that to 0 in what
 *    it fills in.
 *  - Every function can give LAKE_ERR_ARGUMENT (NULL, out of range),
 *    LAKE_ERR_HANDLE, LAKE_ERR_FORKED (in a child of fork: liblake cannot be
 *    used there) and LAKE_ERR_INTERNAL. Functions on sessions can also give
 *    LAKE_ERR_BUSY, when another call on the same session is under way, and
 *    LAKE_ERR_STATE, when the call is not allowed in the session's state. These
 *    are not repeated below.
 *  - Any handle can be used from any thread. Nothing waits for anything.
 *  - Callbacks run on the calling thread, during the call, never after it. In a
 *    callback, functions on the session that called it give LAKE_ERR_BUSY; all
 *    others work.
 *  - With a userdata goes a destroy function (lake_destroy_fn), which may be NULL. It
 *    is told once that nothing can be called with that userdata any more: see there.
 *  - Names: lake_X_from_Y makes a handle from something else; lake_X_to_Y makes the
 *    bytes of one thing from those of another; lake_X_build makes bytes from their
 *    parts, lake_X_encode from a struct, and lake_X_parse and _decode read them; is_ and
 *    has_ begin what is 1 or 0. After a pending status one continues; to resume is to
 *    meet a peer again with a key of an earlier session.
 *  - Where the compiler can (gcc, clang), it warns of a status that nobody looks at, of
 *    NULL where it is not allowed, and of buffers that are smaller than said: these marks
 *    are in lake_marks.h. What is given back (_free, _release) may be ignored. Who passes
 *    NULL on purpose, to get LAKE_ERR_ARGUMENT, defines LAKE_NO_MARKS first.
 *  - Numbers (suites, algorithms, labels) are those of the IANA registries of
 *    EDHOC and COSE. Sizes are in bytes.
 *  - Random numbers come from the operating system. On a device without a true source
 *    of them, the host has to seed that from outside before it uses liblake.
 *
 * docs/embedding.md tells what liblake does in a process: fork, signals,
 * threads, environment.
 *
 * Copyright the liblake authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAKE_H
#define LAKE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------ */
/* Versions and status                                                       */
/* ------------------------------------------------------------------------ */

/** Version of this header. */
#define LAKE_VERSION "1.0.0"
/** The same as a number: major << 16 | minor << 8 | patch. */
#define LAKE_VERSION_NUMBER 0x010000
/** Version of the binary interface: the number in liblake.so.1. */
#define LAKE_ABI_VERSION 1

/** How a call ended: 0 success, above 0 not finished, below 0 failed. */
typedef int32_t lake_status;

/** Is told that a userdata is not needed any more, so that the host can free it. It is
 *  called once for each userdata that a function took together with it, when nothing can be
 *  called with that userdata any more: when it was replaced by another call of the
 *  function (at once if there is no function to call with it), or when the last one that
 *  uses it has gone: of a config the config itself, its sessions, and the CoAP servers and
 *  clients that have it; of a credential its handles, and the configs and sessions that
 *  authenticate with it; of a session, server or client that itself.
 *
 *  A function that fails has not taken the userdata: it stays the caller's, and destroy is
 *  not called for it. destroy is called at the end of the call that let go of the
 *  userdata, on its thread, with nothing locked: it may call any function. It is never called
 *  within a callback; what is let go of there is destroyed at the end of the call that the
 *  callback belongs to. Nothing is destroyed at the end of the process, or after fork. */
typedef void (*lake_destroy_fn)(void *userdata);

/* begin of the generated status codes: change capi/abi/status.tsv, then make generate */

/* ok: success */
/** Success. */
#define LAKE_OK                         ((lake_status)0)

/* pending: not finished, the host has to decide something */
/** The peer's credential is needed: look it up by ID_CRED, set it, continue. */
#define LAKE_PENDING_CREDENTIAL         ((lake_status)1)
/** A critical EAD item waits to be accepted or rejected. */
#define LAKE_PENDING_EAD                ((lake_status)2)
/** The host has to sign with the own key. */
#define LAKE_PENDING_SIGNATURE          ((lake_status)3)
/** The host has to compute ECDH with the own key. */
#define LAKE_PENDING_ECDH               ((lake_status)4)
/** The host has to accept or reject the peer that authenticated. */
#define LAKE_PENDING_PEER               ((lake_status)5)

/* usage: the call was wrong; nothing changed */
/** An argument is missing, out of range or malformed. */
#define LAKE_ERR_ARGUMENT               ((lake_status)-1)
/** The handle is stale, freed or of another kind. */
#define LAKE_ERR_HANDLE                 ((lake_status)-2)
/** The call is not allowed in this state. */
#define LAKE_ERR_STATE                  ((lake_status)-3)
/** Another call on the same session is under way. */
#define LAKE_ERR_BUSY                   ((lake_status)-4)
/** The output buffer is too small; the needed size was written to the length. */
#define LAKE_ERR_BUFFER_TOO_SMALL       ((lake_status)-5)
/** The object is in use and cannot be changed any more. */
#define LAKE_ERR_FROZEN                 ((lake_status)-6)
/** Not supported by this library or not with this cipher suite. */
#define LAKE_ERR_UNSUPPORTED            ((lake_status)-7)
/** There is no such item. */
#define LAKE_ERR_NOT_FOUND              ((lake_status)-8)
/** A configured limit was exceeded. */
#define LAKE_ERR_LIMIT                  ((lake_status)-9)
/** The saved data was altered, is of another config or key, or was used before. */
#define LAKE_ERR_SAVED                  ((lake_status)-10)

/* process: the process or the library is in trouble */
/** Internal error; the session must be freed. */
#define LAKE_ERR_INTERNAL               ((lake_status)-21)
/** The process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn). */
#define LAKE_ERR_FORKED                 ((lake_status)-22)
/** A callback of the host failed. */
#define LAKE_ERR_CALLBACK               ((lake_status)-23)

/* message: the received message is wrong */
/** The message is not formed as RFC 9528 says. */
#define LAKE_ERR_MALFORMED              ((lake_status)-41)
/** The message is not deterministically encoded CBOR. */
#define LAKE_ERR_NOT_DETERMINISTIC      ((lake_status)-42)
/** The message is larger than the configured limit. */
#define LAKE_ERR_TOO_LARGE              ((lake_status)-43)
/** The method is not supported. */
#define LAKE_ERR_METHOD                 ((lake_status)-44)
/** The selected cipher suite is not supported, or a more preferred one is. */
#define LAKE_ERR_SUITE                  ((lake_status)-45)
/** The ephemeral public key is invalid. */
#define LAKE_ERR_PUBLIC_KEY             ((lake_status)-46)
/** The connection identifier is malformed, too long or equal to the other side's. */
#define LAKE_ERR_CONNECTION_ID          ((lake_status)-47)
/** The external authorization data is malformed. */
#define LAKE_ERR_EAD                    ((lake_status)-48)
/** A critical EAD item was not accepted. */
#define LAKE_ERR_EAD_CRITICAL           ((lake_status)-49)

/* credential: a credential does not do */
/** The credential or its identifier is malformed. */
#define LAKE_ERR_CREDENTIAL_MALFORMED   ((lake_status)-61)
/** The peer refers to a credential that is not known here. */
#define LAKE_ERR_CREDENTIAL_UNKNOWN     ((lake_status)-62)
/** The peer's credential is not trusted. */
#define LAKE_ERR_CREDENTIAL_UNTRUSTED   ((lake_status)-63)
/** The type of credential or of its identifier is not supported. */
#define LAKE_ERR_CREDENTIAL_UNSUPPORTED ((lake_status)-64)
/** The authentication key does not fit method and cipher suite. */
#define LAKE_ERR_KEY_KIND               ((lake_status)-65)
/** The peer presented our own credential. */
#define LAKE_ERR_OWN_CREDENTIAL         ((lake_status)-66)
/** No own credential fits method and cipher suite. */
#define LAKE_ERR_NO_CREDENTIAL          ((lake_status)-67)
/** The private key is malformed or does not belong to the credential. */
#define LAKE_ERR_PRIVATE_KEY            ((lake_status)-68)
/** The host rejected the peer. */
#define LAKE_ERR_PEER_REJECTED          ((lake_status)-69)
/** The credential has expired. */
#define LAKE_ERR_EXPIRED                ((lake_status)-70)
/** The credential is not yet valid. */
#define LAKE_ERR_NOT_YET_VALID          ((lake_status)-71)
/** The issuer of the credential is unknown. */
#define LAKE_ERR_UNKNOWN_ISSUER         ((lake_status)-72)
/** The issuer's signature on the credential does not verify. */
#define LAKE_ERR_ISSUER_SIGNATURE       ((lake_status)-73)
/** The key of the credential must not be used for this. */
#define LAKE_ERR_KEY_USAGE              ((lake_status)-74)
/** An issuer in the chain is not a certification authority. */
#define LAKE_ERR_NOT_CA                 ((lake_status)-75)
/** The chain is longer than an issuer in it or the limit allows. */
#define LAKE_ERR_PATH_LENGTH            ((lake_status)-76)
/** The name is outside of what an issuer may certify. */
#define LAKE_ERR_NAME_CONSTRAINTS       ((lake_status)-77)
/** A certificate has a critical extension that is not understood. */
#define LAKE_ERR_CRITICAL_EXTENSION     ((lake_status)-78)
/** The certificate is not the one that its hash or order says. */
#define LAKE_ERR_CERTIFICATE_HASH       ((lake_status)-79)
/** The credential was revoked, or its revocation list is out of date. */
#define LAKE_ERR_REVOKED                ((lake_status)-80)

/* authentication: the peer did not prove what it claimed */
/** Decryption failed: wrong keys or a modified message. */
#define LAKE_ERR_DECRYPTION             ((lake_status)-81)
/** The MAC does not verify. */
#define LAKE_ERR_MAC                    ((lake_status)-82)
/** The signature does not verify. */
#define LAKE_ERR_SIGNATURE              ((lake_status)-83)

/* peer: the peer ended the run, or negotiation did */
/** The peer sent an error message with code 1. */
#define LAKE_ERR_PEER_UNSPECIFIED       ((lake_status)-101)
/** The peer refused the cipher suite and said which it supports. */
#define LAKE_ERR_PEER_SUITE             ((lake_status)-102)
/** The peer does not know the credential that we referred to. */
#define LAKE_ERR_PEER_CREDENTIAL        ((lake_status)-103)
/** The peer sent an error message with another code. */
#define LAKE_ERR_PEER_OTHER             ((lake_status)-104)
/** No cipher suite is supported by both sides. */
#define LAKE_ERR_NO_COMMON_SUITE        ((lake_status)-105)
/** The peer sends the suite negotiation in circles. */
#define LAKE_ERR_SUITE_LOOP             ((lake_status)-106)
/** The host ended the run. */
#define LAKE_ERR_ABORTED                ((lake_status)-107)

/* coap: EDHOC over CoAP came to nothing */
/** The peer did not go on in time. */
#define LAKE_ERR_RUN_EXPIRED            ((lake_status)-121)
/** The run made room for a newer one, too many are half-open. */
#define LAKE_ERR_RUN_EVICTED            ((lake_status)-122)
/** Every connection identifier is in use. */
#define LAKE_ERR_EXHAUSTED              ((lake_status)-123)
/** The server refused with a CoAP error. */
#define LAKE_ERR_REFUSED                ((lake_status)-124)
/** The server asks for Echo again and again. */
#define LAKE_ERR_CHALLENGES             ((lake_status)-125)
/** The answer is not one to this request. */
#define LAKE_ERR_ANSWER                 ((lake_status)-126)
/** No answer came. */
#define LAKE_ERR_NO_ANSWER              ((lake_status)-127)
/** Message_4 is required, which a combined request excludes. */
#define LAKE_ERR_NO_COMBINED            ((lake_status)-128)
/** The combined request would be too large. */
#define LAKE_ERR_COMBINED_SIZE          ((lake_status)-129)

/* oscore: a message that OSCORE protects, or should */
/** The message is not protected by OSCORE. */
#define LAKE_ERR_UNPROTECTED            ((lake_status)-141)
/** No security context belongs to the message. */
#define LAKE_ERR_CONTEXT_UNKNOWN        ((lake_status)-142)
/** The message was received before, or is too old. */
#define LAKE_ERR_REPLAY                 ((lake_status)-143)
/** The message may be a replay: the peer has to show with Echo that it is not. */
#define LAKE_ERR_FRESHNESS              ((lake_status)-144)
/** There is no sequence number to send with: reserve more, or make a new context. */
#define LAKE_ERR_SEQUENCE               ((lake_status)-145)

/* end of the generated status codes */

/** Version of the library, for example "1.0.0". Static text; works after fork. */
const char *lake_version(void);
/** LAKE_VERSION_NUMBER of the library. Works after fork. */
uint32_t lake_version_number(void);
/** LAKE_ABI_VERSION of the library. Works after fork. */
uint32_t lake_abi_version(void);
/** Meaning of a status, for people. Static text, never NULL; works after fork. */
const char *lake_strerror(lake_status status);
/** Name of a status, for example "LAKE_ERR_MAC"; "LAKE_UNKNOWN" for an unknown
 *  one. Static text; works after fork. */
const char *lake_status_name(lake_status status);
/** 1 if the library has a feature, else 0. Features: "method-0" to "method-4",
 *  "suite-0" to "suite-6", "suite-24", "suite-25", "ccs", "cwt", "x509", "c509", "psk",
 *  "message-4", "ead", "pull", "external-keys", "oscore", "oscore-libcoap",
 *  "resumption", "save", "coap". Works after fork. */
int32_t lake_has_feature(const char *name);
/** What the library was built with: version, Go version, modules; text lines. */
lake_status lake_build_info(char *out, size_t cap, size_t *len);
/** Number of handles that the host has not freed yet, for leak tests; 0 after fork. */
size_t lake_live_handles(void);
/** Overwrites n bytes with zeros; the compiler does not remove it. */
void lake_wipe(void *p, size_t n);

/** A line of log: what happened, with no secret in it, in UTF-8. Static for the call. */
typedef void (*lake_log_fn)(void *userdata, const char *line);
/** Sends log lines to fn, for the whole process; NULL turns it off (default). It is
 *  called from any thread that calls liblake, from several at once. Other threads may
 *  still be in the function that was set before: its userdata is destroyed when the last
 *  of them has left it. */
lake_status lake_set_log(lake_log_fn fn, void *userdata, lake_destroy_fn destroy);

/* ------------------------------------------------------------------------ */
/* Cipher suites, methods, keys                                              */
/* ------------------------------------------------------------------------ */

/* Kinds of key. P-256 and P-384 keys sign (ECDSA) and agree (ECDH). */
#define LAKE_KEY_P256 1    /* private 32, public x || y 64 */
#define LAKE_KEY_P384 2    /* private 48, public x || y 96 */
#define LAKE_KEY_X25519 3  /* private 32, public 32 */
#define LAKE_KEY_X448 4    /* private 56, public 56 */
#define LAKE_KEY_ED25519 5 /* seed 32, public 32 */
#define LAKE_KEY_ED448 6   /* seed 57, public 57 */

/** Algorithms and sizes of a cipher suite (RFC 9528 section 3.6). */
struct lake_suite_info {
    uint32_t struct_size;       /* set by the caller: sizeof(struct lake_suite_info) */
    int32_t suite;              /* its number */
    int32_t aead;               /* EDHOC AEAD, COSE number */
    int32_t hash;               /* EDHOC hash, COSE number */
    int32_t mac_length;         /* MAC length with static Diffie-Hellman keys */
    int32_t curve;              /* LAKE_KEY_* of the key exchange */
    int32_t signature_algorithm; /* COSE number */
    int32_t signature_key;      /* LAKE_KEY_* of signature keys */
    int32_t app_aead;           /* application AEAD, COSE number */
    int32_t app_hash;           /* application hash, COSE number */
    int32_t key_length;         /* of the EDHOC AEAD */
    int32_t iv_length;
    int32_t tag_length;
    int32_t hash_length;
    int32_t signature_length;
    int32_t public_key_length;  /* of G_X and G_Y */
    int32_t app_key_length;     /* of the application AEAD: OSCORE's Master Secret */
    const char *name;           /* for people; static text */
};

/** Who authenticates how in a method (RFC 9528 section 3.2). */
struct lake_method_info {
    uint32_t struct_size;        /* set by the caller */
    int32_t method;
    int32_t signature_initiator; /* 1: signs; 0: does not */
    int32_t signature_responder;
    int32_t psk;                 /* 1: pre-shared key; else who does not sign has a static Diffie-Hellman key */
    const char *name;            /* for people; static text */
};

/** The supported cipher suites. cap and *len count suites. */
lake_status lake_suites(int32_t *out, size_t cap, size_t *len);
/** Describes a suite. LAKE_ERR_UNSUPPORTED if it is not supported. */
lake_status lake_suite_info(int32_t suite, struct lake_suite_info *info);
/** The supported methods. cap and *len count methods. */
lake_status lake_methods(int32_t *out, size_t cap, size_t *len);
/** Describes a method. LAKE_ERR_UNSUPPORTED if it is not supported. */
lake_status lake_method_info(int32_t method, struct lake_method_info *info);

/** Makes a key pair of a LAKE_KEY_* kind. Both buffers have to be large enough:
 *  128 always are. LAKE_ERR_BUFFER_TOO_SMALL writes both lengths. */
lake_status lake_keypair_generate(int32_t kind, uint8_t *private_key, size_t private_cap, size_t *private_len,
                                  uint8_t *public_key, size_t public_cap, size_t *public_len);

/* ------------------------------------------------------------------------ */
/* Credentials                                                               */
/* ------------------------------------------------------------------------ */

/** An authentication credential: CRED_x, the public key in it, the ID_CRED_x to
 *  send for it and, if it is one's own, the private key. It can be changed until
 *  it is added to a config or handed to a session (then LAKE_ERR_FROZEN), and
 *  can be used in any number of configs. */
typedef struct lake_credential lake_credential;

/* Kinds of credential: of which function. */
#define LAKE_CREDENTIAL_CCS 1   /* CWT Claims Set: lake_credential_from_ccs */
#define LAKE_CREDENTIAL_X509 2  /* X.509 certificate: lake_credential_from_x509, _from_pem */
#define LAKE_CREDENTIAL_PARTS 3 /* lake_credential_from_parts */
#define LAKE_CREDENTIAL_C509 4  /* C509 certificate: lake_credential_from_c509 */
#define LAKE_CREDENTIAL_CWT 5   /* signed CWT: lake_credential_from_cwt */
#define LAKE_CREDENTIAL_PSK 6   /* lake_credential_from_psk, lake_session_resumption_credential */

/* Ways to refer to a credential (RFC 9528 section 3.5.3). */
#define LAKE_ID_KID 4          /* any; the value is the kid */
#define LAKE_ID_KCWT 13        /* CWT by value */
#define LAKE_ID_KCCS 14        /* CCS by value */
#define LAKE_ID_C5T 22         /* C509 certificate by SHA-256 truncated to 8 bytes */
#define LAKE_ID_C5U 23         /* C509 certificate by URI, which is the value */
#define LAKE_ID_C5B 24         /* C509 certificates by value */
#define LAKE_ID_C5C 25         /* C509 certificates by value, in order */
#define LAKE_ID_X5BAG 32       /* certificates by value */
#define LAKE_ID_X5CHAIN 33     /* certificates by value, in order */
#define LAKE_ID_X5T 34         /* certificate by SHA-256 truncated to 8 bytes */
#define LAKE_ID_X5U 35         /* certificate by URI, which is the value */
#define LAKE_ID_C5T_SHA256 122 /* C509 certificate by SHA-256 */
#define LAKE_ID_X5T_SHA256 134 /* certificate by SHA-256 */

/** From a CWT Claims Set: a CBOR map with a COSE_Key in its 'cnf' claim (RFC 9528
 *  section 3.5.2). CRED_x is ccs as it is. It is referred to by the kid of the
 *  COSE_Key, or sent by value if that has none, unless lake_credential_set_id*
 *  says otherwise. LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_ccs(const uint8_t *ccs, size_t ccs_len, lake_credential **out);
/** From n X.509 certificates in DER, the end entity's first: one is referred to by x5t
 *  (SHA-256/64), a chain is sent by value (x5chain). One with an RSA key (2048 to 8192
 *  bits) can only be a trust anchor or an intermediate; the calls that need a key of EDHOC
 *  refuse it. LAKE_ERR_CREDENTIAL_MALFORMED, also for another key that is not supported. */
lake_status lake_credential_from_x509(const uint8_t *const *ders, const size_t *der_lens, size_t n,
                                      lake_credential **out);
/** From the certificates of a file as openssl writes it (PEM or DER, of file_len
 *  bytes), the end entity's first. LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_pem(const uint8_t *file, size_t file_len, lake_credential **out);
/** From n C509 certificates (draft-ietf-cose-cbor-encoded-cert), natively signed or
 *  re-encoded from X.509, the end entity's first; referred to by c5t (SHA-256/64),
 *  a chain by value (c5c). LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_c509(const uint8_t *const *certs, const size_t *cert_lens, size_t n,
                                      lake_credential **out);
/** From a CWT signed with COSE_Sign1 that has a COSE_Key in its 'cnf' claim; sent by
 *  value (kcwt). Nothing is verified yet. LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_cwt(const uint8_t *cwt, size_t cwt_len, lake_credential **out);
/** A pre-shared key for method 4 (draft-ietf-lake-edhoc-psk): the ID_CRED_PSK map
 *  that refers to it, at least 16 bytes of key, made from at least 128 bits of entropy
 *  and never from a password, the COSE number of the EDHOC hash it is bound to (-16
 *  SHA-256, -43 SHA-384, -45 SHAKE256), CRED_I and CRED_R, which say who the two sides
 *  are and must differ: one CBOR item each, a map (a CCS, with a claim 'sub' that the
 *  other one does not have), byte string or array. LAKE_ERR_ARGUMENT for others, and for a
 *  key that is short or all zero; LAKE_ERR_UNSUPPORTED for another hash,
 *  LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_psk(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *psk,
                                     size_t psk_len, int32_t hash, const uint8_t *cred_i, size_t cred_i_len,
                                     const uint8_t *cred_r, size_t cred_r_len, lake_credential **out);
/** From its parts, for types that liblake does not read: ID_CRED_x (a CBOR map),
 *  CRED_x (one CBOR item) and the public key (for P-256 and P-384: x || y, or x
 *  alone for Diffie-Hellman: that cannot sign, as nobody could verify it).
 *  LAKE_ERR_PUBLIC_KEY, LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_parts(const uint8_t *id_cred, size_t id_cred_len, const uint8_t *cred,
                                       size_t cred_len, int32_t key_kind, const uint8_t *public_key,
                                       size_t public_key_len, lake_credential **out);
/** The credential that an ID_CRED_x map carries by value (kccs, kcwt, x5chain, x5bag, c5c,
 *  c5b). Nothing about it is trusted. LAKE_ERR_CREDENTIAL_UNSUPPORTED for a map that
 *  only refers to a credential, LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_credential_from_id_cred(const uint8_t *id_cred, size_t id_cred_len, lake_credential **out);

/** Sets the ID_CRED_x map to send; a peer's credential is found by it, too.
 *  LAKE_ERR_CREDENTIAL_MALFORMED, LAKE_ERR_FROZEN. */
lake_status lake_credential_set_id_cred(lake_credential *credential, const uint8_t *id_cred, size_t id_cred_len);
/** Sets the ID_CRED_x to send by LAKE_ID_* and value (of LAKE_ID_KID, LAKE_ID_X5U and
 *  LAKE_ID_C5U; else NULL, 0). LAKE_ERR_UNSUPPORTED for a type that the
 *  credential cannot have, LAKE_ERR_FROZEN. */
lake_status lake_credential_set_id(lake_credential *credential, int32_t type, const uint8_t *value,
                                   size_t value_len);
/** Sets the private key: sizes as at LAKE_KEY_*. Nobody but this side may have it.
 *  LAKE_ERR_PRIVATE_KEY if it does not belong to the public key, LAKE_ERR_KEY_KIND of a
 *  certificate with an RSA key, LAKE_ERR_FROZEN. */
lake_status lake_credential_set_private_key(lake_credential *credential, const uint8_t *key, size_t key_len);

/** The same from a file as openssl writes it: PEM or DER, PKCS#8 or SEC 1, not
 *  encrypted; or the key in hexadecimal digits, or as it is. LAKE_ERR_PRIVATE_KEY, LAKE_ERR_KEY_KIND, LAKE_ERR_FROZEN. */
lake_status lake_credential_set_private_key_pem(lake_credential *credential, const uint8_t *file, size_t file_len);

/* What a private key does. */
#define LAKE_OPERATION_SIGN 1
#define LAKE_OPERATION_ECDH 2
/** Does one operation with a private key that is elsewhere, such as in a secure element.
 *
 *  LAKE_OPERATION_SIGN: in is a COSE Sig_structure, to be answered with the signature: r || s
 *  (ECDSA with SHA-256 for P-256, SHA-384 for P-384), or that of EdDSA. A key that is
 *  elsewhere has to sign deterministically or with a reliable source of randomness of its own.
 *  LAKE_OPERATION_ECDH: in is the peer's public key, of P-256 and P-384 x alone (02 || x is
 *  the compressed point), to be answered with the secret: x of the result, or the output
 *  of X25519 or X448.
 *
 *  It writes *len bytes, at most cap, which is 256, and returns LAKE_OK; or it returns
 *  LAKE_PENDING_SIGNATURE or LAKE_PENDING_ECDH, as the operation is, to answer later with
 *  lake_session_answer_key. Any other status fails the call with LAKE_ERR_CALLBACK, a
 *  signature of another key with LAKE_ERR_PRIVATE_KEY; the call can be made again. */
typedef lake_status (*lake_key_fn)(void *userdata, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out,
                                   size_t cap, size_t *len);
/** The private key is elsewhere, and the host uses it in fn: for every session that has
 *  the credential, and so perhaps in several threads at once. With fn NULL it is asked in
 *  pull mode: lake_session_prepare_message for message_2 and message_3 (and
 *  lake_session_step) gives LAKE_PENDING_SIGNATURE or LAKE_PENDING_ECDH; then
 *  lake_session_key_question, lake_session_answer_key, and the same call again.
 *  LAKE_ERR_UNSUPPORTED of a pre-shared key and of a certificate with an RSA key,
 *  LAKE_ERR_FROZEN. */
lake_status lake_credential_set_external_key(lake_credential *credential, lake_key_fn fn, void *userdata,
                                             lake_destroy_fn destroy);

/** What a credential is, in numbers. */
struct lake_credential_info {
    uint32_t struct_size;      /* set by the caller */
    int32_t kind;              /* LAKE_CREDENTIAL_* */
    int32_t key_kind;          /* LAKE_KEY_* of LAKE_DATA_PUBLIC_KEY; 0: it has none */
    int32_t has_origin;        /* 1: a resumption key; origin_at and origin_until tell of its origin */
    int64_t not_before;        /* seconds since 1970; INT64_MIN: valid from ever */
    int64_t not_after;         /* INT64_MAX: valid for ever */
    int64_t origin_at;         /* when the run was that it goes back to */
    int64_t origin_until;      /* when the credentials of that run end; INT64_MAX: never */
};
/** Tells what a credential is. The origin of a resumption key is the run with long-term
 *  credentials that it goes back to, however often that was resumed since
 *  (draft-ietf-lake-edhoc-psk section 6). */
lake_status lake_credential_info(const lake_credential *credential, struct lake_credential_info *info);

/* What lake_credential_text gives. */
#define LAKE_TEXT_SUBJECT 1     /* X.509, C509: a name as in RFC 4514; CWT, CCS: the claim 'sub' */
#define LAKE_TEXT_ISSUER 2      /* the same, or the claim 'iss' */
#define LAKE_TEXT_NAMES 3       /* subject alternative names, one a line, such as "DNS:example.org" */
#define LAKE_TEXT_DESCRIPTION 4 /* whose it is, in one line for people: subject, first alternative name, kid, kind
                                   and beginning of the key, as far as known */
/** A LAKE_TEXT_* of the credential, printable UTF-8; empty if it has none. */
lake_status lake_credential_text(const lake_credential *credential, int32_t which, char *out, size_t cap,
                                 size_t *len);

/* What lake_credential_data gives. The first four are what revocation goes by: the same for
 * X.509 and the C509 form of it. */
#define LAKE_DATA_FINGERPRINT 1       /* SHA-256 of what the issuer signed: the TBSCertificate (DER) of an X.509
                                         certificate and of its C509 re-encoding, the CBOR of a natively signed one,
                                         the Sig_structure of a CWT; another encoding or signature does not change
                                         it. Else of CRED_x; not of a pre-shared key */
#define LAKE_DATA_KEY_HASH 2          /* of certificates: SHA-256 of the SubjectPublicKeyInfo, in DER */
#define LAKE_DATA_ISSUER 3            /* of certificates: the name of the issuer, in DER */
#define LAKE_DATA_SERIAL 4            /* the serial number, without leading zeros; CWT: the claim 'cti' */
#define LAKE_DATA_CRED 5              /* CRED_x, one CBOR item; not of a pre-shared key */
#define LAKE_DATA_ID_CRED 6           /* ID_CRED_x, as the CBOR map */
#define LAKE_DATA_KID 7               /* the kid of its COSE_Key or ID_CRED_x */
#define LAKE_DATA_PUBLIC_KEY 8        /* as at LAKE_KEY_*; not of a pre-shared key or a certificate with an RSA key */
#define LAKE_DATA_CRED_I 9            /* of a pre-shared key: CRED_I ... */
#define LAKE_DATA_CRED_R 10           /* ... and CRED_R, which tell who a peer is that resumed a session */
#define LAKE_DATA_ORIGIN_ID_CRED_I 11 /* of a resumption key: ID_CRED_I of its origin, as the CBOR map ... */
#define LAKE_DATA_ORIGIN_ID_CRED_R 12 /* ... and ID_CRED_R */
/** A LAKE_DATA_* of the credential. LAKE_ERR_NOT_FOUND if it has none. */
lake_status lake_credential_data(const lake_credential *credential, int32_t which, uint8_t *out, size_t cap,
                                 size_t *len);
/** The credential that the peer had in the run that a resumption key goes back to: a new
 *  handle, to be freed. LAKE_ERR_NOT_FOUND if it had a pre-shared key, and of others. */
lake_status lake_credential_origin_peer(const lake_credential *credential, lake_credential **out);

/** Builds a CWT Claims Set of a public key, with a subject in UTF-8 (NULL: none) and a
 *  kid (NULL, 0: none). LAKE_ERR_PUBLIC_KEY. */
lake_status lake_ccs_build(const char *subject, const uint8_t *kid, size_t kid_len, int32_t key_kind,
                           const uint8_t *public_key, size_t public_key_len, uint8_t *out, size_t cap, size_t *len);
/** Builds a COSE_Key (RFC 9052 section 7) of a public key, with a kid (NULL, 0: none).
 *  LAKE_ERR_PUBLIC_KEY. */
lake_status lake_cose_key_build(const uint8_t *kid, size_t kid_len, int32_t key_kind, const uint8_t *public_key,
                                size_t public_key_len, uint8_t *out, size_t cap, size_t *len);
/** Dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).
 *  LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_cose_key_to_ccs(const uint8_t *cose_key, size_t cose_key_len, uint8_t *out, size_t cap,
                                 size_t *len);
/** Re-encodes an X.509 certificate (DER) as a C509 certificate. LAKE_ERR_UNSUPPORTED if
 *  that would not give the same DER back, LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_x509_to_c509(const uint8_t *der, size_t der_len, uint8_t *out, size_t cap, size_t *len);
/** The X.509 certificate (DER) that a re-encoded C509 certificate was made of.
 *  LAKE_ERR_UNSUPPORTED for one that is natively signed, LAKE_ERR_CREDENTIAL_MALFORMED. */
lake_status lake_c509_to_x509(const uint8_t *c509, size_t c509_len, uint8_t *out, size_t cap, size_t *len);
/** One more reference: as many lake_credential_free are needed. */
lake_status lake_credential_retain(lake_credential *credential);
/** Drops a reference. Configs and sessions keep their own. NULL is allowed. */
lake_status lake_credential_free(lake_credential *credential);

/* ------------------------------------------------------------------------ */
/* Config                                                                    */
/* ------------------------------------------------------------------------ */

/** What stays the same from session to session: suites, methods, credentials,
 *  trust. It can be changed until the first session is made from it
 *  (LAKE_ERR_FROZEN then), and freed at any time. */
typedef struct lake_config lake_config;
/** One run of EDHOC, on one side. */
typedef struct lake_session lake_session;

/* Whose credentials are trusted. */
#define LAKE_PEER_PINNED 1       /* those of the config and those the host answers with (default) */
#define LAKE_PEER_X509 2         /* also what a trust anchor or CWT issuer of the config vouches for */
#define LAKE_PEER_CALLBACK 3     /* the host is asked about every credential */
#define LAKE_PEER_LEARN 4        /* also raw keys by value, on first use (is_peer_new of lake_session_info) */
#define LAKE_PEER_ANY_INSECURE 5 /* also every one that is sent by value */

/* Questions that come to the host as a pending status (LAKE_OPTION_PULL). */
#define LAKE_PULL_CREDENTIAL 1u /* LAKE_PENDING_CREDENTIAL for one that the config does not know */
#define LAKE_PULL_EAD 2u        /* LAKE_PENDING_EAD for a critical item that nobody accepted */
#define LAKE_PULL_PEER 4u       /* LAKE_PENDING_PEER when the peer has authenticated: to continue accepts it */

/* Kinds of name that a peer can have. A name of one kind never matches one of another. */
#define LAKE_NAME_DNS 1     /* a DNS name (in ASCII) among the subject alternative names of a certificate (RFC 9525) */
#define LAKE_NAME_IP 2      /* an IP address among them, IPv4 or IPv6 as text */
#define LAKE_NAME_URI 3     /* a URI among them: with a host, scheme and host have to match, else all of it */
#define LAKE_NAME_EUI64 4   /* an EUI-64 among them: 16 hexadecimal digits, or 8 groups of two with '-' or ':' between */
#define LAKE_NAME_SUBJECT 5 /* the subject of a certificate, as LAKE_TEXT_SUBJECT gives it (RFC 4514) */
#define LAKE_NAME_KEY 6     /* the public key of any credential, in hexadecimal digits: LAKE_DATA_PUBLIC_KEY */
#define LAKE_NAME_CWT 7     /* the claim 'sub' of a CWT */
#define LAKE_NAME_CCS 8     /* the claim 'sub' of a CCS */

/** Looks up the credential that id_cred (a CBOR map) refers to. It writes *out
 *  and returns LAKE_OK: that reference passes to the library, and the credential
 *  is trusted. It gives one: several credentials with the same kid have to be in the
 *  config, which tries as many as its limits say. Other answers: LAKE_ERR_NOT_FOUND;
 *  LAKE_PENDING_CREDENTIAL to answer later, as in pull mode; any error, which ends the run with
 *  LAKE_ERR_CALLBACK. */
typedef lake_status (*lake_credential_fn)(void *userdata, lake_session *session, const uint8_t *id_cred,
                                          size_t id_cred_len, lake_credential **out);

/** In the message that a lake_ead_fn is told: nothing authenticates the item yet, anybody
 *  may have made it (LAKE_EAD_EARLY). The number of the message is
 *  message & ~LAKE_EAD_UNVERIFIED. Without early labels the mark is never there. */
#define LAKE_EAD_UNVERIFIED 256

/** Takes one received EAD item of a verified message; value is NULL if there is
 *  none. It returns LAKE_OK if it understood the item, LAKE_ERR_NOT_FOUND if it
 *  does not know the label (which ends the run if the item is critical: negative
 *  label), and any other error to end the run. An item that it was told with
 *  LAKE_EAD_UNVERIFIED is not told again. */
typedef lake_status (*lake_ead_fn)(void *userdata, lake_session *session, int32_t message, int64_t label,
                                   const uint8_t *value, size_t value_len);

/** Has the last word on a peer that has authenticated with a trusted credential,
 *  before the session commits: the place for rules of the host's own. About a resumption
 *  it is asked with the credential that the key goes back to. The credential is the
 *  library's and valid during the call, unless lake_credential_retain keeps it. LAKE_OK
 *  accepts; anything else ends the run with LAKE_ERR_PEER_REJECTED. In method 4 only the
 *  Responder is asked. */
typedef lake_status (*lake_verify_fn)(void *userdata, lake_session *session, lake_credential *peer);

/** Takes secrets of a run: text of one line or more, each with a newline at its end, which
 *  is overwritten when fn returns. A run gives a line of Wireshark's table edhoc_secrets as
 *  soon as it has all of it (the Initiator with message_3, the Responder when it has accepted
 *  that), else when it ends, with what it had by then; none if it had not come to message_2.
 *  In hexadecimal, with commas between, empty what it did not have: G_X, PRK_2e, TH_2,
 *  PRK_3e2m, TH_3, PRK_4e3m, TH_4. Comments (#) follow with the OSCORE context for the table
 *  oscore_contexts, which has a place for that of the cipher suites 0 to 3 and identifiers
 *  that are not empty; they come again for new keys and from a session that was restored. A
 *  run that is saved while it waits for message_3 gives its line then. It is called by any
 *  function that leads a session on, also lake_session_free, from several threads at once. */
typedef void (*lake_keylog_fn)(void *userdata, const char *text);

/** Bounds what a peer can make a session do. A field of 0 means the default. */
struct lake_limits {
    uint32_t struct_size;   /* set by the caller */
    uint32_t message_size;  /* bytes of a received message; default 65536, at most 1048576 */
    uint32_t connection_id; /* bytes of a connection identifier; default and at most 64 */
    uint32_t ead_items;     /* items in one message; default 16, at most 64 */
    uint32_t candidates;    /* credentials tried for one ID_CRED; default 8, at most 64 */
    uint32_t chain;         /* certificates in one ID_CRED; default 8, at most 32 */
};

/** A config with the defaults: all suites and methods that the own credentials
 *  allow, pinned credentials only, message_4 not required. */
lake_status lake_config_new(lake_config **out);
/** Frees a config; sessions made from it go on. NULL is allowed. */
lake_status lake_config_free(lake_config *config);
/** Sets the cipher suites, the preferred one first. Of these (or of all) a session
 *  supports those that it has an own credential for: no other is offered or accepted.
 *  Signature keys of EdDSA, Ed25519 and Ed448, serve in each suite with EdDSA that is set
 *  here; without this call, in those of their own curve. LAKE_ERR_UNSUPPORTED. */
lake_status lake_config_set_suites(lake_config *config, const int32_t *suites, size_t n);
/** Sets the methods. A Responder accepts them; an Initiator uses the first one
 *  that it has a credential for. LAKE_ERR_UNSUPPORTED. */
lake_status lake_config_set_methods(lake_config *config, const int32_t *methods, size_t n);
/** Adds a credential to authenticate with: the first one that fits method and
 *  suite is used. LAKE_ERR_PRIVATE_KEY if it has no private key, LAKE_ERR_KEY_KIND if
 *  it is a certificate with an RSA key. */
lake_status lake_config_add_own_credential(lake_config *config, lake_credential *credential);
/** Adds a credential that is trusted (pinned) as a peer's. LAKE_ERR_KEY_KIND for a
 *  certificate with an RSA key. */
lake_status lake_config_add_peer_credential(lake_config *config, lake_credential *credential);
/** Adds a pre-shared key for sessions in which this side has the given role
 *  (LAKE_INITIATOR, LAKE_RESPONDER). A key for both directions needs two credentials,
 *  with CRED_I and CRED_R exchanged. */
lake_status lake_config_add_psk(lake_config *config, int32_t role, lake_credential *credential);
/** Adds a certificate (X.509 or C509) that certifies peers, or is a peer's; takes
 *  effect with LAKE_PEER_X509. Further certificates of a chain become intermediates.
 *  Its key, and that of an intermediate, may be an RSA key. */
lake_status lake_config_add_trust_anchor(lake_config *config, lake_credential *certificate);
/** Adds a certificate that peers may leave out of their chain. */
lake_status lake_config_add_intermediate(lake_config *config, lake_credential *certificate);
/** Adds the key of an issuer of CWTs; name is what their claim 'iss' has to be, NULL
 *  any. Takes effect with LAKE_PEER_X509. */
lake_status lake_config_add_cwt_issuer(lake_config *config, lake_credential *issuer, const char *name);
/** Sets the time by which dates are checked, in seconds since 1970 up to the year
 *  9999, for devices without a clock; 0: that of the system (default). Allowed at
 *  any time. */
lake_status lake_config_set_time(lake_config *config, int64_t now);
/** Sets what the certificates of peers in a role (LAKE_INITIATOR, LAKE_RESPONDER) have to be
 *  for: an OID in dotted text that their extended key usage lists, such as
 *  1.3.6.1.5.5.7.3.1 (serverAuth) for Responders, so that no device can play the server;
 *  NULL or "": nothing. anyExtendedKeyUsage is not enough, but for issuers. Takes effect
 *  with LAKE_PEER_X509 on what a trust anchor has to vouch for; pinned certificates, CWTs
 *  and raw keys have no purpose. */
lake_status lake_config_require_key_purpose(lake_config *config, int32_t role, const char *oid);
/** Adds certificate revocation lists (RFC 5280 chapter 5): one in DER, or all of a PEM
 *  file. A certificate that a list of its issuer has is refused from then on
 *  (LAKE_ERR_REVOKED), in whatever form it comes, and so are resumptions that go back to
 *  it. A list has to be signed by a trust anchor or intermediate of the config, which is
 *  added first; it replaces an older one of the same issuer. Allowed at any time.
 *
 *  LAKE_ERR_UNKNOWN_ISSUER, LAKE_ERR_ISSUER_SIGNATURE, LAKE_ERR_KEY_USAGE,
 *  LAKE_ERR_NOT_CA, LAKE_ERR_EXPIRED or LAKE_ERR_REVOKED for a list that nobody vouches
 *  for, LAKE_ERR_NOT_YET_VALID for one of tomorrow, LAKE_ERR_UNSUPPORTED for delta lists,
 *  indirect ones and such that are for some reasons only, LAKE_ERR_CREDENTIAL_MALFORMED.
 *  Then no list of the file was added. */
lake_status lake_config_add_crl(lake_config *config, const uint8_t *file, size_t file_len);
/** Adds a LAKE_NAME_* to the list of peers that are accepted: with a list, an authenticated
 *  peer that has none of its names ends the run with LAKE_ERR_PEER_REJECTED, whatever the
 *  policy. It is meant for Responders, who do not know beforehand who comes. Pre-shared
 *  keys of the config are a list of their own; a resumption key is as good as the
 *  credential that it goes back to. LAKE_ERR_ARGUMENT for what is no name of its kind,
 *  LAKE_ERR_UNSUPPORTED for another kind. */
lake_status lake_config_allow_peer(lake_config *config, int32_t kind, const char *name);
/** Sets who has the last word on a peer; NULL: nobody. */
lake_status lake_config_set_verify_callback(lake_config *config, lake_verify_fn fn, void *userdata,
                                            lake_destroy_fn destroy);
/** Checks a credential as LAKE_PEER_X509 does, for a key that signs (1) or does static
 *  Diffie-Hellman (0). LAKE_ERR_EXPIRED, LAKE_ERR_UNKNOWN_ISSUER and the like;
 *  LAKE_ERR_KEY_KIND for a certificate with an RSA key, LAKE_ERR_CREDENTIAL_UNTRUSTED
 *  for one that nobody can vouch for. */
lake_status lake_config_verify_credential(lake_config *config, lake_credential *credential, int32_t signs);
/** Sets the lookup of credentials that the config does not know; NULL: none. */
lake_status lake_config_set_credential_callback(lake_config *config, lake_credential_fn fn, void *userdata,
                                                lake_destroy_fn destroy);
/** Sets who is asked about received EAD items; NULL: nobody. */
lake_status lake_config_set_ead_callback(lake_config *config, lake_ead_fn fn, void *userdata,
                                         lake_destroy_fn destroy);
/* What EAD labels are set for. */
#define LAKE_EAD_UNDERSTOOD 1u /* the application understands them: critical items with them are accepted, and
                                  can be read with lake_session_ead_get */
#define LAKE_EAD_EARLY 2u      /* the host needs their items at once, even where nothing authenticates them yet: in
                                  message_2 of method 4, where only a fourth message proves the Responder. They are
                                  marked (is_unverified of lake_ead_item, LAKE_EAD_UNVERIFIED). Items of all other
                                  labels are withheld until then */
/** Sets who gets the secrets of runs, for tests: lines for Wireshark and the like. NULL: nobody
 *  (default). Who has them reads all that was sent in these runs, the identities of both sides
 *  included, and reads and forges what their keys protect (docs/testers.md). */
lake_status lake_config_set_keylog(lake_config *config, lake_keylog_fn fn, void *userdata, lake_destroy_fn destroy);
/** Sets the EAD labels (positive) for a LAKE_EAD_*, or for both (joined by |), in the place
 *  of those that were set for that before. LAKE_ERR_ARGUMENT. */
lake_status lake_config_set_ead_labels(lake_config *config, uint32_t use, const int64_t *labels, size_t n);

/* What lake_config_set_option sets. A flag is 1 or 0. */
#define LAKE_OPTION_PEER_POLICY 1       /* LAKE_PEER_*; default LAKE_PEER_PINNED */
#define LAKE_OPTION_PULL 2              /* LAKE_PULL_* questions, joined by |; default 0 */
#define LAKE_OPTION_MESSAGE_4 3         /* flag: message_4 is part of the protocol (RFC 9528 section 5.5); default 0.
                                           Both sides have to agree on this beforehand. It has to be 1 where the
                                           Responder sends the Initiator no message that is protected with the new
                                           keys. */
#define LAKE_OPTION_ANY_PEER 4          /* flag: an Initiator with LAKE_PEER_X509 takes every holder of a certificate
                                           that an anchor vouches for, and of a CWT of its issuers, for the one that
                                           it means. 0 (default): it has to say who that is, with
                                           lake_session_expect_peer or lake_config_allow_peer, or to have a verify
                                           callback or LAKE_PULL_PEER */
#define LAKE_OPTION_OUTDATED_CRLS 5     /* flag: a revocation list counts after its nextUpdate until a newer one is
                                           added. 0 (default): certificates of its issuer are refused then
                                           (LAKE_ERR_REVOKED), since nobody can tell */
#define LAKE_OPTION_CLOCK_TOLERANCE 6   /* for how many seconds the clocks of issuers and this one may be apart:
                                           certificates, CWTs and revocation lists are good so long before their time
                                           begins and after it ends. At most a day; default 300; 0: none */
#define LAKE_OPTION_EXCHANGE_LIFETIME 7 /* for how many seconds a completed Responder keeps message_4, for an
                                           Initiator that did not get it (RFC 9528 section 7). At most 100 years;
                                           0: 247, which is EXCHANGE_LIFETIME of CoAP (default) */
/** Sets a LAKE_OPTION_*. LAKE_ERR_ARGUMENT for a value that it cannot have,
 *  LAKE_ERR_UNSUPPORTED for an option, a policy or a question that this library does not know. */
lake_status lake_config_set_option(lake_config *config, int32_t option, int64_t value);
/** Sets the limits. */
lake_status lake_config_set_limits(lake_config *config, const struct lake_limits *limits);
/* ------------------------------------------------------------------------ */
/* Session                                                                   */
/* ------------------------------------------------------------------------ */

#define LAKE_INITIATOR 1
#define LAKE_RESPONDER 2

/* States (lake_session_info). */
#define LAKE_STATE_START 1
#define LAKE_STATE_WAIT_MESSAGE_2 2     /* Initiator: message_1 prepared */
#define LAKE_STATE_PENDING_MESSAGE_2 3  /* Initiator: the host has to decide */
#define LAKE_STATE_VERIFIED_MESSAGE_2 4 /* Initiator: message_3 to be prepared */
#define LAKE_STATE_WAIT_MESSAGE_4 5     /* Initiator: message_3 prepared, keys usable */
#define LAKE_STATE_PENDING_MESSAGE_4 6  /* Initiator: the host has to decide */
#define LAKE_STATE_PENDING_MESSAGE_1 7  /* Responder: the host has to decide */
#define LAKE_STATE_RECEIVED_MESSAGE_1 8 /* Responder: message_2 to be prepared */
#define LAKE_STATE_WAIT_MESSAGE_3 9     /* Responder: message_2 prepared */
#define LAKE_STATE_PENDING_MESSAGE_3 10 /* Responder: the host has to decide */
#define LAKE_STATE_VERIFIED_MESSAGE_3 11 /* Responder: keys usable, message_4 may be prepared */
#define LAKE_STATE_COMPLETED 12         /* the run is over, keys usable */
#define LAKE_STATE_FAILED 13            /* the run was ended */

/* What a session expects of the host (lake_session_info). */
#define LAKE_NEXT_NOTHING 0 /* the run is over */
#define LAKE_NEXT_PREPARE_MESSAGE_1 1
#define LAKE_NEXT_PROCESS_MESSAGE_1 2
#define LAKE_NEXT_PREPARE_MESSAGE_2 3
#define LAKE_NEXT_PROCESS_MESSAGE_2 4
#define LAKE_NEXT_PREPARE_MESSAGE_3 5
#define LAKE_NEXT_PROCESS_MESSAGE_3 6
#define LAKE_NEXT_PREPARE_MESSAGE_4 7 /* or complete without it, if it is not required */
#define LAKE_NEXT_PROCESS_MESSAGE_4 8 /* the same */
#define LAKE_NEXT_DECIDE 9            /* answer a pending status, then continue */

/** A session in the role LAKE_INITIATOR or LAKE_RESPONDER. It freezes the config.
 *  Each received message is given to it once: repetitions are the transport's to drop, or
 *  to answer with the bytes sent before, kept no longer than retransmission needs them
 *  (with CoAP 247 s).
 *  LAKE_ERR_ARGUMENT if that has trust anchors or CWT issuers, and the policy is
 *  neither LAKE_PEER_X509 nor LAKE_PEER_CALLBACK. */
lake_status lake_session_new(lake_config *config, int32_t role, lake_session **out);
/** Frees a session and clears its secrets. NULL is allowed. LAKE_ERR_STATE for one that
 *  belongs to a CoAP server or client. */
lake_status lake_session_free(lake_session *session);
/** Sets one's own connection identifier, C_I or C_R: 0 to 64 bytes (for OSCORE at most 7
 *  with suites 0 to 3, 6 with the others), different from the peer's, and for OSCORE from
 *  those of all live contexts of this side. Without it, one byte is chosen at random.
 *  Before message_1 (Initiator) or message_2 (Responder) is prepared. */
lake_status lake_session_set_connection_id(lake_session *session, const uint8_t *id, size_t id_len);
/** Initiator, before message_1: selects another suite than the preferred one,
 *  such as the one that this Responder is known to support. */
lake_status lake_session_select_suite(lake_session *session, int32_t suite);
/** Chooses among several own credentials, in the place of the first one that fits: the
 *  Initiator before message_3, when it has seen the peer, the Responder before
 *  message_2; a pre-shared key the Initiator before message_1. LAKE_ERR_PRIVATE_KEY
 *  without a private key, LAKE_ERR_KEY_KIND, LAKE_ERR_OWN_CREDENTIAL for the peer's. */
lake_status lake_session_set_own_credential(lake_session *session, lake_credential *credential);
/** What the host has to compute after LAKE_PENDING_SIGNATURE (out: the bytes to sign) or
 *  LAKE_PENDING_ECDH (out: the peer's public key, x alone for P-256 and P-384); *pending
 *  is which of the two. LAKE_ERR_NOT_FOUND when nothing is asked. */
lake_status lake_session_key_question(lake_session *session, lake_status *pending, uint8_t *out, size_t cap,
                                      size_t *len);
/** Gives the signature or the ECDH secret. Then make the pending call again. */
lake_status lake_session_answer_key(lake_session *session, const uint8_t *answer, size_t answer_len);
/** A pointer of the host's, kept with the session. */
lake_status lake_session_set_userdata(lake_session *session, void *userdata, lake_destroy_fn destroy);
/** The pointer of lake_session_set_userdata, or NULL. Works in callbacks. */
lake_status lake_session_userdata(const lake_session *session, void **userdata);

/** The short way: takes what arrived (NULL, 0 to start as Initiator) and gives
 *  what to send (*len 0: nothing), until the session is complete. Without
 *  LAKE_OPTION_MESSAGE_4, the Initiator is complete with message_3 and
 *  the Responder when it has verified that; but method 4 always goes on to message_4, as
 *  only a fourth message authenticates the Responder there; an Initiator that gets another
 *  message with the new keys in its place verifies that and calls
 *  lake_session_peer_proved. If the Responder refuses the cipher suite, the Initiator starts
 *  again with one that both support; if it refuses a resumption, with a full run. An
 *  error message for an Initiator that is complete says that the Responder did not accept
 *  message_3: it gives LAKE_ERR_PEER_*, and the session stays complete.
 *
 *  A pending status: answer it, then step with (NULL, 0). An error: if the run
 *  ended and an EDHOC error message is due, it is in out (*len above 0) and has
 *  to be sent; cap should be 128 at least, or lake_session_prepare_error gives
 *  it afterwards. A message that fails in whatever way ends the run, also one that could
 *  not be parsed (RFC 9528 section 9).
 *  LAKE_ERR_BUFFER_TOO_SMALL: step again with a larger buffer and the same input
 *  or (NULL, 0); nothing is processed twice, and another input gives
 *  LAKE_ERR_STATE. *len is written whatever the status is. */
lake_status lake_session_step(lake_session *session, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                              size_t *len);

/* A message that is processed and fails, in whatever step, ends the run (RFC 9528 section
 * 9); lake_session_prepare_error gives the error message that is due. None is due for an
 * error message of the peer (LAKE_ERR_PEER_*), or for what looks like one but is malformed:
 * from message_2 on, its first byte is a CBOR integer. */

/** Makes message_1 to message_4, of the number message; LAKE_ERR_STATE if it is not its turn.
 *
 *  1, Initiator (RFC 9528 section 5.2.2): LAKE_ERR_NO_CREDENTIAL; LAKE_ERR_KEY_KIND if the
 *  only one cannot sign as it is x of P-256 or P-384 alone; LAKE_ERR_STATE if it is not said
 *  who is expected (LAKE_OPTION_ANY_PEER).
 *  2, Responder (section 5.3.2): LAKE_PENDING_SIGNATURE, LAKE_PENDING_ECDH.
 *  3, Initiator (section 5.4.2): the same. Keys can be exported from here on.
 *  4, Responder (section 5.5.2): it completes the session. The message is kept for the time
 *  of LAKE_OPTION_EXCHANGE_LIFETIME: LAKE_ERR_STATE after that, and in a session that was
 *  saved and restored. */
lake_status lake_session_prepare_message(lake_session *session, int32_t message, uint8_t *out, size_t cap, size_t *len);
/** Reads message_1 to message_4, of the number message.
 *
 *  1, Responder (section 5.2.3): LAKE_ERR_SUITE makes an error message with the suites of
 *  this side for which it has a credential. LAKE_PENDING_EAD.
 *  2, Initiator (section 5.3.3): authenticates the Responder, but in method 4, where a fourth
 *  message does that. LAKE_PENDING_CREDENTIAL, LAKE_PENDING_EAD, LAKE_PENDING_PEER.
 *  3, Responder (section 5.4.3): authenticates the Initiator. Errors and pending as with
 *  message_2. Keys can be exported from here on.
 *  4, Initiator (section 5.5.3): it completes the session. In method 4 it authenticates the
 *  Responder and shows the items of message_2 that were withheld. LAKE_PENDING_EAD. */
lake_status lake_session_process_message(lake_session *session, int32_t message, const uint8_t *in, size_t in_len);
/** Goes on after a pending status was answered; it gives what the interrupted
 *  call would have given. */
lake_status lake_session_continue(lake_session *session);
/** Completes a session in which message_4 is not required: the Responder after
 *  message_3, the Initiator after it has verified a message that is protected with
 *  the new keys. An Initiator of method 4 is then complete, but nobody has
 *  authenticated: lake_session_peer_proved does that. LAKE_ERR_STATE if message_4 is
 *  required. */
lake_status lake_session_complete_without_message_4(lake_session *session);
/** Initiator: the host has verified a message of the Responder that is protected with the
 *  new keys, such as an OSCORE response (section 5.4.2). In method 4 that is what message_4
 *  would have been (draft-ietf-lake-edhoc-psk): it authenticates the Responder, shows the items
 *  of message_2 that were withheld, and completes the session. In the other methods it
 *  completes one that waits for message_4.
 *
 *  It gives what lake_session_process_message gives for message_4, with LAKE_PENDING_EAD, too. After
 *  lake_session_complete_without_message_4 it can still be called, but then there is no
 *  state to wait in: a critical item of message_2 that nobody accepts ends the run.
 *  LAKE_ERR_STATE for a Responder, and if message_4 is required. */
lake_status lake_session_peer_proved(lake_session *session);
/** Initiator: a new run after LAKE_ERR_PEER_SUITE, with the preferred suite among
 *  those that both support. LAKE_ERR_NO_COMMON_SUITE; LAKE_ERR_SUITE_LOOP if the
 *  Responder refused that suite before. */
lake_status lake_session_restart(lake_session *session);

/* External authorization data (RFC 9528 section 3.8). A negative label marks a
 * critical item. message is 1 to 4. */

/** Adds an item to a message that is not prepared yet; label, without its sign, has to
 *  be a registered one (RFC 9528 section 10.5) and is not 0; value NULL means none (a
 *  non-NULL value with value_len 0: the empty string). LAKE_ERR_LIMIT. */
lake_status lake_session_ead_add(lake_session *session, int32_t message, int64_t label, const uint8_t *value,
                                 size_t value_len);
/** Makes a message n bytes longer with padding, n at least 1 (section 3.8.1). */
lake_status lake_session_ead_pad(lake_session *session, int32_t message, size_t n);
/** Number of received items, padding not counted. Until the call that processes
 *  the message has succeeded, anybody may have made them. Those of message_2 in method 4
 *  are withheld until message_4 or lake_session_peer_proved, but for the labels that are
 *  set with LAKE_EAD_EARLY. */
lake_status lake_session_ead_count(lake_session *session, int32_t message, size_t *count);
/** A received item, besides its value. */
struct lake_ead_item {
    uint32_t struct_size;  /* set by the caller */
    int32_t has_value;     /* 0: it has none, which is not the same as an empty one */
    int64_t label;         /* negative: critical */
    int32_t is_unverified; /* 1: of a message that nothing authenticates yet (LAKE_EAD_EARLY); that is over with
                              message_4 or lake_session_peer_proved */
};
/** One received item; its value goes to out. LAKE_ERR_NOT_FOUND. */
lake_status lake_session_ead_get(lake_session *session, int32_t message, size_t index, struct lake_ead_item *item,
                                 uint8_t *out, size_t cap, size_t *len);
/** Answers LAKE_PENDING_EAD for one item: it is understood. Then continue; items
 *  that were not accepted end the run. In method 4, LAKE_STATE_PENDING_MESSAGE_4 asks about
 *  items of message 2 as well as of message 4. LAKE_ERR_NOT_FOUND. */
lake_status lake_session_ead_accept(lake_session *session, int32_t message, size_t index);
/** Answers LAKE_PENDING_EAD by ending the run. LAKE_ERR_NOT_FOUND. */
lake_status lake_session_ead_reject(lake_session *session, int32_t message, size_t index);

/* The peer. */

/** ID_CRED_x of the peer, as the CBOR map, from LAKE_PENDING_CREDENTIAL on.
 *  LAKE_ERR_NOT_FOUND before. */
lake_status lake_session_peer_id_cred(lake_session *session, uint8_t *out, size_t cap, size_t *len);
/** Answers LAKE_PENDING_CREDENTIAL: this is the peer's credential, and it is
 *  trusted. Then continue. The caller keeps its reference. */
lake_status lake_session_set_peer_credential(lake_session *session, lake_credential *credential);
/** Ends the run because of who the peer is, or is not: LAKE_ERR_CREDENTIAL_UNKNOWN
 *  (the peer is told to refer to its credential in another way) or
 *  LAKE_ERR_PEER_REJECTED. Any state before completion. As with lake_session_abort, there
 *  is no error message while this side waits for an answer. */
lake_status lake_session_reject_peer(lake_session *session, lake_status reason);
/** Says who the peer of this run has to be, by a LAKE_NAME_*: an authenticated peer without
 *  this name ends the run with LAKE_ERR_PEER_REJECTED. Of several names one is enough. It
 *  takes the place of what lake_config_allow_peer says, and is allowed until the peer has
 *  authenticated. Pre-shared keys of the config (lake_config_add_psk) are not asked for a
 *  name. LAKE_ERR_ARGUMENT for what is no name of its kind, LAKE_ERR_UNSUPPORTED for another
 *  kind, LAKE_ERR_PEER_REJECTED if the run is a resumption with somebody else. */
lake_status lake_session_expect_peer(lake_session *session, int32_t kind, const char *name);
/** The credential that this side authenticates with: a new handle, to be freed.
 *  LAKE_ERR_NOT_FOUND before it was chosen (for message_2 or message_3), and in a restored
 *  session of method 4. */
lake_status lake_session_own_credential(lake_session *session, lake_credential **out);
/** The credential that the peer authenticated with: a new handle, to be freed.
 *  LAKE_ERR_NOT_FOUND before, in method 4 for the Initiator before message_4 or
 *  lake_session_peer_proved. */
lake_status lake_session_peer_credential(lake_session *session, lake_credential **out);
/** The suites that the peer named: SUITES_I of message_1, or SUITES_R of an error
 *  message; of a list longer than 256, the first 256. cap and *len count suites.
 *  LAKE_ERR_NOT_FOUND. */
lake_status lake_session_peer_suites(lake_session *session, int64_t *out, size_t cap, size_t *len);

/* Errors. */

/** The error message that is due after a failure (RFC 9528 chapter 6). It ends
 *  the run, if the failure did not: who sends an error message aborts.
 *  LAKE_ERR_NOT_FOUND if none is due: after success, after an error message of the
 *  peer or what looks like one, for a message_1 that could not be made, after
 *  completion. */
lake_status lake_session_prepare_error(lake_session *session, uint8_t *out, size_t cap, size_t *len);
/** Takes an error message of the peer, which ends the run; gives LAKE_ERR_PEER_*. What is
 *  no error message ends it, too: LAKE_ERR_MALFORMED, LAKE_ERR_NOT_DETERMINISTIC. Nothing is
 *  due then. The functions that process a message do the same when they get an error
 *  message. */
lake_status lake_session_process_error(lake_session *session, const uint8_t *in, size_t in_len);
/** Ends the run; lake_session_prepare_error gives the error message to send. There is none
 *  while this side waits for an answer (LAKE_STATE_START, LAKE_STATE_WAIT_*): error messages
 *  are answers (RFC 9528 section 5.1). */
lake_status lake_session_abort(lake_session *session);
/** What exactly was wrong in the call that last_error of lake_session_info is of: text for
 *  people in UTF-8, at most 300 bytes, no secret in it. */
lake_status lake_session_error_text(lake_session *session, char *out, size_t cap, size_t *len);
/** Error code and text (UTF-8) of the error message that the peer sent; the text is empty
 *  but for code 1. LAKE_ERR_NOT_FOUND. */
lake_status lake_session_peer_error(lake_session *session, int64_t *code, char *out, size_t cap, size_t *len);
/** Makes an error message: code 1 with a text, code 2 with n suites, code 3. Code 2
 *  answers a message_1 with a wrong suite, and nothing else. */
lake_status lake_error_build(int32_t code, const char *text, const int32_t *suites, size_t n, uint8_t *out,
                             size_t cap, size_t *len);
/** Reads an error message: its code, and the text of code 1 (UTF-8; empty for others). LAKE_ERR_MALFORMED for what is none. */
lake_status lake_error_parse(const uint8_t *in, size_t in_len, int64_t *code, char *out, size_t cap, size_t *len);
/** Reads the suites of an error message with code 2. cap and *len count suites.
 *  LAKE_ERR_NOT_FOUND for other codes, LAKE_ERR_MALFORMED. */
lake_status lake_error_suites(const uint8_t *in, size_t in_len, int64_t *out, size_t cap, size_t *len);

/* Keys out: for the Initiator from message_3 on, for the Responder when it has
 * verified it. All that comes out is secret. In method 4, an Initiator must not store
 * keys before message_4, or a message protected with them, has proved who the Responder
 * is. (lake_session_peer_proved is for the latter.) */

/** What an OSCORE security context is made of (RFC 9528 appendix A.1). Wipe it
 *  after use. */
struct lake_oscore_context {
    uint32_t struct_size; /* set by the caller */
    int32_t aead;         /* COSE number of the AEAD */
    int32_t hash;         /* COSE number of the hash of HKDF */
    uint32_t master_secret_len;
    uint32_t master_salt_len;
    uint32_t sender_id_len;
    uint32_t recipient_id_len;
    uint8_t master_secret[32];
    uint8_t master_salt[8];
    uint8_t sender_id[64];
    uint8_t recipient_id[64];
};

/** EDHOC_Exporter (section 4.2.1): out_len bytes for a label and a context. Labels
 *  from 32768 on are for private use. One pair of label and context is for one purpose.
 *  LAKE_ERR_ARGUMENT above 255 hash lengths, and for the labels 2 and 3, the keys of
 *  resumption: lake_session_resumption_credential derives them. */
lake_status lake_session_export(lake_session *session, uint64_t label, const uint8_t *context,
                                size_t context_len, uint8_t *out, size_t out_len);
/** EDHOC_KeyUpdate (appendix H), after completion: new keys replace the old ones.
 *  Both sides do it with the same context. */
lake_status lake_session_key_update(lake_session *session, const uint8_t *context, size_t context_len);
/** The OSCORE security context. It is the same each time until
 *  lake_session_key_update; set it up once only. */
lake_status lake_session_oscore_context(lake_session *session, struct lake_oscore_context *out);
/** The same as the text that libcoap's coap_new_oscore_conf takes. LAKE_ERR_UNSUPPORTED unless the suite has
 *  the application AEAD AES-CCM-16-64-128 with SHA-256 (suites 0 to 3), or if a
 *  connection identifier is longer than 7 bytes. Wipe it after use. */
lake_status lake_session_oscore_libcoap_conf(lake_session *session, char *out, size_t cap, size_t *len);

/* Renewal: resumption, saved sessions, when to renew (docs/renewal.md). */

/** A store of keys with which peers can be met again by method 4, each for the next
 *  run. */
typedef struct lake_resumption lake_resumption;

/** Settings of a store. A field of 0 means the default. */
struct lake_resumption_options {
    uint32_t struct_size; /* set by the caller */
    uint32_t kid_length;  /* bytes of the identifiers of keys, 1 to 64; default 2, which is good for some thousand
                             peers. Both sides have to agree on it */
    uint64_t limit;       /* peers, 1 to 1,000,000; default 1,000 */
    uint64_t lifetime;    /* seconds that a key is valid, at most 100 years; default one day */
    uint64_t chain_limit; /* seconds that runs may go on from resumption to resumption before one with long-term
                             credentials is due, at most 100 years; default 30 days. No key outlives those
                             credentials either */
};

/** A store, with options or (NULL) the default of all of them. */
lake_status lake_resumption_new(const struct lake_resumption_options *options, lake_resumption **out);
/** Frees a store; configs and sessions keep theirs. NULL is allowed. */
lake_status lake_resumption_free(lake_resumption *store);
/** Derives the next resumption key of a completed session and keeps it under the peer.
 *  Both sides do it, before any lake_session_key_update. The key of the run before is
 *  kept or dropped as draft-ietf-lake-edhoc-psk section 6 says; one that may not be used
 *  any more is not stored. LAKE_ERR_STATE before the peer has authenticated, as with
 *  lake_session_peer_credential. */
lake_status lake_resumption_keep(lake_resumption *store, lake_session *session);
/** Drops the key of the run before, when the peer of a completed session has shown to
 *  have its keys by a further message. */
lake_status lake_resumption_confirm(lake_resumption *store, lake_session *session);
/** Drops the keys of a peer, and says how many that were. which is what value is of:
 *
 *  LAKE_DATA_FINGERPRINT or LAKE_DATA_KEY_HASH (32 bytes), or LAKE_DATA_ISSUER together with
 *  the serial number of a certificate (big-endian; leading zeros do not matter; NULL, 0 with
 *  the others): every key that goes back to a run with a peer whose credential has
 *  this, in whatever form it came, and however often it was resumed since.
 *  LAKE_DATA_CRED: the keys of the peer with this CRED_x, and no other form of it. */
lake_status lake_resumption_forget(lake_resumption *store, int32_t which, const uint8_t *value, size_t value_len,
                                   const uint8_t *serial, size_t serial_len, size_t *count);
/** Number of peers in the store. */
lake_status lake_resumption_count(lake_resumption *store, size_t *count);
/** The store, sealed with a key of 32 bytes, to be kept over a restart. */
lake_status lake_resumption_save(lake_resumption *store, const uint8_t *key, size_t key_len, uint8_t *out,
                                 size_t cap, size_t *len);
/** Reads what lake_resumption_save wrote. options NULL, or what is 0 in it: as it was saved;
 *  kid_length and chain_limit can be set anew. LAKE_ERR_ARGUMENT for another limit or lifetime,
 *  LAKE_ERR_SAVED if the blob was altered or the key is another one, LAKE_ERR_UNSUPPORTED
 *  for another version. */
lake_status lake_resumption_load(const uint8_t *key, size_t key_len, const uint8_t *blob, size_t blob_len,
                                 const struct lake_resumption_options *options, lake_resumption **out);
/** Lets a Responder take part in resumptions with the keys of the store, besides its
 *  methods. */
lake_status lake_config_set_resumption(lake_config *config, lake_resumption *store);
/** Initiator, before message_1: runs method 4 with the key kept for the peer that has the
 *  credential CRED_R. LAKE_ERR_NOT_FOUND if there is none, or it goes back to a certificate
 *  that was revoked: the run then is a full one. LAKE_ERR_PEER_REJECTED for somebody else
 *  than lake_session_expect_peer or lake_config_allow_peer says.
 *  If the Responder refuses, lake_session_step goes on with a full run by itself;
 *  message by message, lake_session_fall_back does it. */
lake_status lake_session_use_resumption(lake_session *session, lake_resumption *store, const uint8_t *cred_r,
                                        size_t cred_r_len);
/** Initiator: a new, full run after a resumption that failed, in the same session. The
 *  key is dropped. */
lake_status lake_session_fall_back(lake_session *session);
/** The resumption key of a completed session as a PSK credential, with a kid of kid_len
 *  bytes, 1 to 64 (0: 2), for hosts that keep keys in their own way: as safe as those of
 *  sessions, and for resumption only. LAKE_ERR_STATE as with lake_resumption_keep. */
lake_status lake_session_resumption_credential(lake_session *session, size_t kid_len, lake_credential **out);

/** Saves a session, sealed with a key of 32 bytes: a completed one (in method 4 when the
 *  peer has authenticated; without message_4), or one that waits for
 *  message_2, message_3 or (not in method 4) message_4. The latter lives on in the
 *  blob, may be restored once, and is over here (LAKE_STATE_FAILED); but not until this
 *  returns LAKE_OK: asking for the size changes nothing, and the session may go on
 *  instead. The host's pointer (lake_session_set_userdata) is not in it.
 *  LAKE_ERR_NO_CREDENTIAL with a credential of lake_session_set_own_credential that is
 *  not in the config. */
lake_status lake_session_save(lake_session *session, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
                              size_t *len);
/** Restores a session with the config that it was made with. LAKE_ERR_SAVED if the blob
 *  was altered, is of another config or key, or was restored before in this config;
 *  LAKE_ERR_UNSUPPORTED for another version. */
lake_status lake_session_restore(lake_config *config, const uint8_t *key, size_t key_len, const uint8_t *blob,
                                 size_t blob_len, lake_session **out);
/** The id of a blob, to claim it by where several processes could restore it.
 *  LAKE_ERR_SAVED for what is too short, LAKE_ERR_UNSUPPORTED for another version. */
lake_status lake_saved_id(const uint8_t *blob, size_t blob_len, uint8_t out[16]);

/* Answers of lake_session_renewal. */
#define LAKE_RENEWAL_NONE 0       /* go on */
#define LAKE_RENEWAL_KEY_UPDATE 1 /* lake_session_key_update on both sides is due */
#define LAKE_RENEWAL_NEW_RUN 2    /* a new run of EDHOC is due */
/** What is due, after the host has protected sent and received received more messages
 *  with the keys of the session, and failures more did not verify, since the last
 *  call. In states in which keys can be exported. */
lake_status lake_session_renewal(lake_session *session, uint64_t sent, uint64_t received, uint64_t failures,
                                 int32_t *due);

/** How long keys serve. A field of 0 means the default; docs/renewal.md says where
 *  these come from. */
struct lake_renewal_limits {
    uint32_t struct_size; /* set by the caller */
    uint32_t key_sets;    /* exported from one run, key updates making the next; default 24 */
    uint64_t messages;    /* in one direction, with one set of keys; default 1,048,576 */
    uint64_t failures;    /* default 16,384 with suites 0 to 3, else 1,048,576 */
    uint64_t key_age;     /* seconds since the run or key update; default 1 hour */
    uint64_t run_age;     /* seconds since the run; default 24 hours */
};
/** Sets how long keys serve before lake_session_renewal asks for new ones. Ages are
 *  100 years at most. */
lake_status lake_config_set_renewal_limits(lake_config *config, const struct lake_renewal_limits *limits);

/* Introspection, in any state. */

/** What is known of a session. */
struct lake_session_info {
    uint32_t struct_size;           /* set by the caller */
    int32_t role;                   /* LAKE_INITIATOR or LAKE_RESPONDER */
    int32_t state;                  /* LAKE_STATE_* */
    int32_t next;                   /* LAKE_NEXT_* */
    int32_t method;                 /* from message_1 on; -1 before */
    int32_t suite;                  /* the selected one, from message_1 on; -1 before */
    int32_t is_complete;            /* 1: the run is over with success */
    int32_t is_authenticated;       /* 1: the peer has proved who it is. In method 4 the Initiator knows that with
                                       message_4 or lake_session_peer_proved only, also when it is complete */
    int32_t is_resumed;             /* 1: authenticated, or to be, by a resumption key */
    int32_t is_peer_new;            /* 1: with LAKE_PEER_LEARN, the key of the peer was accepted for the first time:
                                       keep lake_session_peer_credential, and pin it in the next config */
    lake_status pending;            /* the LAKE_PENDING_* that the host has to answer; LAKE_OK: none */
    lake_status last_error;         /* of the last call that failed, or why the host ended the run; LAKE_OK: none.
                                       LAKE_ERR_BUFFER_TOO_SMALL, LAKE_ERR_NOT_FOUND, LAKE_ERR_BUSY and NULL
                                       arguments do not count */
    int32_t own_connection_id_len;  /* -1: not chosen yet */
    int32_t peer_connection_id_len; /* -1: not known yet */
    uint8_t own_connection_id[64];
    uint8_t peer_connection_id[64];
};
/** Tells what is known of a session. */
lake_status lake_session_info(lake_session *session, struct lake_session_info *info);
/** Name of a state, for example "WAIT_MESSAGE_2". Static text, never NULL; works
 *  after fork. */
const char *lake_state_name(int32_t state);

#ifdef __cplusplus
}
#endif

#include "lake_coap.h"
#include "lake_endpoint.h"
#ifndef LAKE_NO_MARKS
#include "lake_marks.h"
#endif

#endif /* LAKE_H */
