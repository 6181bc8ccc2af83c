/* Made from capi/abi/status.tsv by make generate. Do not edit. */
/* X(name, text) for every status code. */
#define LAKE_STATUS_TABLE(X) \
    X(LAKE_OK, "success") \
    X(LAKE_PENDING_CREDENTIAL, "the peer's credential is needed: look it up by ID_CRED, set it, continue") \
    X(LAKE_PENDING_EAD, "a critical EAD item waits to be accepted or rejected") \
    X(LAKE_PENDING_SIGNATURE, "the host has to sign with the own key") \
    X(LAKE_PENDING_ECDH, "the host has to compute ECDH with the own key") \
    X(LAKE_PENDING_PEER, "the host has to accept or reject the peer that authenticated") \
    X(LAKE_ERR_ARGUMENT, "an argument is missing, out of range or malformed") \
    X(LAKE_ERR_HANDLE, "the handle is stale, freed or of another kind") \
    X(LAKE_ERR_STATE, "the call is not allowed in this state") \
    X(LAKE_ERR_BUSY, "another call on the same session is under way") \
    X(LAKE_ERR_BUFFER_TOO_SMALL, "the output buffer is too small; the needed size was written to the length") \
    X(LAKE_ERR_FROZEN, "the object is in use and cannot be changed any more") \
    X(LAKE_ERR_UNSUPPORTED, "not supported by this library or not with this cipher suite") \
    X(LAKE_ERR_NOT_FOUND, "there is no such item") \
    X(LAKE_ERR_LIMIT, "a configured limit was exceeded") \
    X(LAKE_ERR_SAVED, "the saved data was altered, is of another config or key, or was used before") \
    X(LAKE_ERR_INTERNAL, "internal error; the session must be freed") \
    X(LAKE_ERR_FORKED, "the process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn)") \
    X(LAKE_ERR_CALLBACK, "a callback of the host failed") \
    X(LAKE_ERR_MALFORMED, "the message is not formed as RFC 9528 says") \
    X(LAKE_ERR_NOT_DETERMINISTIC, "the message is not deterministically encoded CBOR") \
    X(LAKE_ERR_TOO_LARGE, "the message is larger than the configured limit") \
    X(LAKE_ERR_METHOD, "the method is not supported") \
    X(LAKE_ERR_SUITE, "the selected cipher suite is not supported, or a more preferred one is") \
    X(LAKE_ERR_PUBLIC_KEY, "the ephemeral public key is invalid") \
    X(LAKE_ERR_CONNECTION_ID, "the connection identifier is malformed, too long or equal to the other side's") \
    X(LAKE_ERR_EAD, "the external authorization data is malformed") \
    X(LAKE_ERR_EAD_CRITICAL, "a critical EAD item was not accepted") \
    X(LAKE_ERR_CREDENTIAL_MALFORMED, "the credential or its identifier is malformed") \
    X(LAKE_ERR_CREDENTIAL_UNKNOWN, "the peer refers to a credential that is not known here") \
    X(LAKE_ERR_CREDENTIAL_UNTRUSTED, "the peer's credential is not trusted") \
    X(LAKE_ERR_CREDENTIAL_UNSUPPORTED, "the type of credential or of its identifier is not supported") \
    X(LAKE_ERR_KEY_KIND, "the authentication key does not fit method and cipher suite") \
    X(LAKE_ERR_OWN_CREDENTIAL, "the peer presented our own credential") \
    X(LAKE_ERR_NO_CREDENTIAL, "no own credential fits method and cipher suite") \
    X(LAKE_ERR_PRIVATE_KEY, "the private key is malformed or does not belong to the credential") \
    X(LAKE_ERR_PEER_REJECTED, "the host rejected the peer") \
    X(LAKE_ERR_EXPIRED, "the credential has expired") \
    X(LAKE_ERR_NOT_YET_VALID, "the credential is not yet valid") \
    X(LAKE_ERR_UNKNOWN_ISSUER, "the issuer of the credential is unknown") \
    X(LAKE_ERR_ISSUER_SIGNATURE, "the issuer's signature on the credential does not verify") \
    X(LAKE_ERR_KEY_USAGE, "the key of the credential must not be used for this") \
    X(LAKE_ERR_NOT_CA, "an issuer in the chain is not a certification authority") \
    X(LAKE_ERR_PATH_LENGTH, "the chain is longer than an issuer in it or the limit allows") \
    X(LAKE_ERR_NAME_CONSTRAINTS, "the name is outside of what an issuer may certify") \
    X(LAKE_ERR_CRITICAL_EXTENSION, "a certificate has a critical extension that is not understood") \
    X(LAKE_ERR_CERTIFICATE_HASH, "the certificate is not the one that its hash or order says") \
    X(LAKE_ERR_REVOKED, "the credential was revoked, or its revocation list is out of date") \
    X(LAKE_ERR_DECRYPTION, "decryption failed: wrong keys or a modified message") \
    X(LAKE_ERR_MAC, "the MAC does not verify") \
    X(LAKE_ERR_SIGNATURE, "the signature does not verify") \
    X(LAKE_ERR_PEER_UNSPECIFIED, "the peer sent an error message with code 1") \
    X(LAKE_ERR_PEER_SUITE, "the peer refused the cipher suite and said which it supports") \
    X(LAKE_ERR_PEER_CREDENTIAL, "the peer does not know the credential that we referred to") \
    X(LAKE_ERR_PEER_OTHER, "the peer sent an error message with another code") \
    X(LAKE_ERR_NO_COMMON_SUITE, "no cipher suite is supported by both sides") \
    X(LAKE_ERR_SUITE_LOOP, "the peer sends the suite negotiation in circles") \
    X(LAKE_ERR_ABORTED, "the host ended the run") \
    X(LAKE_ERR_RUN_EXPIRED, "the peer did not go on in time") \
    X(LAKE_ERR_RUN_EVICTED, "the run made room for a newer one, too many are half-open") \
    X(LAKE_ERR_EXHAUSTED, "every connection identifier is in use") \
    X(LAKE_ERR_REFUSED, "the server refused with a CoAP error") \
    X(LAKE_ERR_CHALLENGES, "the server asks for Echo again and again") \
    X(LAKE_ERR_ANSWER, "the answer is not one to this request") \
    X(LAKE_ERR_NO_ANSWER, "no answer came") \
    X(LAKE_ERR_NO_COMBINED, "message_4 is required, which a combined request excludes") \
    X(LAKE_ERR_COMBINED_SIZE, "the combined request would be too large") \
    X(LAKE_ERR_UNPROTECTED, "the message is not protected by OSCORE") \
    X(LAKE_ERR_CONTEXT_UNKNOWN, "no security context belongs to the message") \
    X(LAKE_ERR_REPLAY, "the message was received before, or is too old") \
    X(LAKE_ERR_FRESHNESS, "the message may be a replay: the peer has to show with Echo that it is not") \
    X(LAKE_ERR_SEQUENCE, "there is no sequence number to send with: reserve more, or make a new context") \
    /* end */
