// Code generated from capi/abi/status.tsv by make generate. DO NOT EDIT.

package ake

// Group ok: success.
const (
	// OK: success.
	OK Status = 0
)

// Group pending: not finished, the host has to decide something.
const (
	// PendingCredential: the peer's credential is needed: look it up by ID_CRED, set it, continue.
	PendingCredential Status = 1
	// PendingEAD: a critical EAD item waits to be accepted or rejected.
	PendingEAD Status = 2
	// PendingSignature: the host has to sign with the own key.
	PendingSignature Status = 3
	// PendingECDH: the host has to compute ECDH with the own key.
	PendingECDH Status = 4
	// PendingPeer: the host has to accept or reject the peer that authenticated.
	PendingPeer Status = 5
)

// Group usage: the call was wrong; nothing changed.
const (
	// ErrArgument: an argument is NULL, out of range or malformed.
	ErrArgument Status = -1
	// ErrHandle: the handle is stale, freed or of another kind.
	ErrHandle Status = -2
	// ErrState: the call is not allowed in this state.
	ErrState Status = -3
	// ErrBusy: another call on the same session is under way.
	ErrBusy Status = -4
	// ErrBufferTooSmall: the output buffer is too small; the needed size was written to the length.
	ErrBufferTooSmall Status = -5
	// ErrFrozen: the object is in use and cannot be changed any more.
	ErrFrozen Status = -6
	// ErrUnsupported: not supported by this library or not with this cipher suite.
	ErrUnsupported Status = -7
	// ErrNotFound: there is no such item.
	ErrNotFound Status = -8
	// ErrLimit: a configured limit was exceeded.
	ErrLimit Status = -9
	// ErrSaved: the saved data was altered, is of another config or key, or was used before.
	ErrSaved Status = -10
)

// Group process: the process or the library is in trouble.
const (
	// ErrInternal: internal error; the session must be freed.
	ErrInternal Status = -21
	// ErrForked: the process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn).
	ErrForked Status = -22
	// ErrCallback: a callback of the host failed.
	ErrCallback Status = -23
)

// Group message: the received message is wrong.
const (
	// ErrMalformed: the message is not formed as RFC 9528 says.
	ErrMalformed Status = -41
	// ErrNotDeterministic: the message is not deterministically encoded CBOR.
	ErrNotDeterministic Status = -42
	// ErrTooLarge: the message is larger than the configured limit.
	ErrTooLarge Status = -43
	// ErrMethod: the method is not supported.
	ErrMethod Status = -44
	// ErrSuite: the selected cipher suite is not supported, or a more preferred one is.
	ErrSuite Status = -45
	// ErrPublicKey: the ephemeral public key is invalid.
	ErrPublicKey Status = -46
	// ErrConnectionID: the connection identifier is malformed, too long or equal to the other side's.
	ErrConnectionID Status = -47
	// ErrEAD: the external authorization data is malformed.
	ErrEAD Status = -48
	// ErrEADCritical: a critical EAD item was not accepted.
	ErrEADCritical Status = -49
)

// Group credential: a credential does not do.
const (
	// ErrCredentialMalformed: the credential or its identifier is malformed.
	ErrCredentialMalformed Status = -61
	// ErrCredentialUnknown: the peer refers to a credential that is not known here.
	ErrCredentialUnknown Status = -62
	// ErrCredentialUntrusted: the peer's credential is not trusted.
	ErrCredentialUntrusted Status = -63
	// ErrCredentialUnsupported: the type of credential or of its identifier is not supported.
	ErrCredentialUnsupported Status = -64
	// ErrKeyKind: the authentication key does not fit method and cipher suite.
	ErrKeyKind Status = -65
	// ErrOwnCredential: the peer presented our own credential.
	ErrOwnCredential Status = -66
	// ErrNoCredential: no own credential fits method and cipher suite.
	ErrNoCredential Status = -67
	// ErrPrivateKey: the private key is malformed or does not belong to the credential.
	ErrPrivateKey Status = -68
	// ErrPeerRejected: the host rejected the peer.
	ErrPeerRejected Status = -69
	// ErrExpired: the credential has expired.
	ErrExpired Status = -70
	// ErrNotYetValid: the credential is not yet valid.
	ErrNotYetValid Status = -71
	// ErrUnknownIssuer: the issuer of the credential is unknown.
	ErrUnknownIssuer Status = -72
	// ErrIssuerSignature: the issuer's signature on the credential does not verify.
	ErrIssuerSignature Status = -73
	// ErrKeyUsage: the key of the credential must not be used for this.
	ErrKeyUsage Status = -74
	// ErrNotCA: an issuer in the chain is not a certification authority.
	ErrNotCA Status = -75
	// ErrPathLength: the chain is longer than an issuer in it or the limit allows.
	ErrPathLength Status = -76
	// ErrNameConstraints: the name is outside of what an issuer may certify.
	ErrNameConstraints Status = -77
	// ErrCriticalExtension: a certificate has a critical extension that is not understood.
	ErrCriticalExtension Status = -78
	// ErrCertificateHash: the certificate is not the one that its hash or order says.
	ErrCertificateHash Status = -79
	// ErrRevoked: the credential was revoked, or its revocation list is out of date.
	ErrRevoked Status = -80
)

// Group authentication: the peer did not prove what it claimed.
const (
	// ErrDecryption: decryption failed: wrong keys or a modified message.
	ErrDecryption Status = -81
	// ErrMAC: the MAC does not verify.
	ErrMAC Status = -82
	// ErrSignature: the signature does not verify.
	ErrSignature Status = -83
)

// Group peer: the peer ended the run, or negotiation did.
const (
	// ErrPeerUnspecified: the peer sent an error message with code 1.
	ErrPeerUnspecified Status = -101
	// ErrPeerSuite: the peer refused the cipher suite and said which it supports.
	ErrPeerSuite Status = -102
	// ErrPeerCredential: the peer does not know the credential that we referred to.
	ErrPeerCredential Status = -103
	// ErrPeerOther: the peer sent an error message with another code.
	ErrPeerOther Status = -104
	// ErrNoCommonSuite: no cipher suite is supported by both sides.
	ErrNoCommonSuite Status = -105
	// ErrSuiteLoop: the peer sends the suite negotiation in circles.
	ErrSuiteLoop Status = -106
	// ErrAborted: the host ended the run.
	ErrAborted Status = -107
)

// Group coap: EDHOC over CoAP came to nothing.
const (
	// ErrRunExpired: the peer did not go on in time.
	ErrRunExpired Status = -121
	// ErrRunEvicted: the run made room for a newer one, too many are half-open.
	ErrRunEvicted Status = -122
	// ErrExhausted: every connection identifier is in use.
	ErrExhausted Status = -123
	// ErrRefused: the server refused with a CoAP error.
	ErrRefused Status = -124
	// ErrChallenges: the server asks for Echo again and again.
	ErrChallenges Status = -125
	// ErrAnswer: the answer is not one to this request.
	ErrAnswer Status = -126
	// ErrNoAnswer: no answer came.
	ErrNoAnswer Status = -127
	// ErrNoCombined: message_4 is required, which a combined request excludes.
	ErrNoCombined Status = -128
	// ErrCombinedSize: the combined request would be too large.
	ErrCombinedSize Status = -129
)

// Group oscore: a message that OSCORE protects, or should.
const (
	// ErrUnprotected: the message is not protected by OSCORE.
	ErrUnprotected Status = -141
	// ErrContextUnknown: no security context belongs to the message.
	ErrContextUnknown Status = -142
	// ErrReplay: the message was received before, or is too old.
	ErrReplay Status = -143
	// ErrFreshness: the message may be a replay: the peer has to show with Echo that it is not.
	ErrFreshness Status = -144
	// ErrSequence: there is no sequence number to send with: reserve more, or make a new context.
	ErrSequence Status = -145
)

var statusTable = map[Status]statusRow{
	OK:                       {"LAKE_OK", "ok", "success", 0, ""},
	PendingCredential:        {"LAKE_PENDING_CREDENTIAL", "pending", "the peer's credential is needed: look it up by ID_CRED, set it, continue", 0, ""},
	PendingEAD:               {"LAKE_PENDING_EAD", "pending", "a critical EAD item waits to be accepted or rejected", 0, ""},
	PendingSignature:         {"LAKE_PENDING_SIGNATURE", "pending", "the host has to sign with the own key", 0, ""},
	PendingECDH:              {"LAKE_PENDING_ECDH", "pending", "the host has to compute ECDH with the own key", 0, ""},
	PendingPeer:              {"LAKE_PENDING_PEER", "pending", "the host has to accept or reject the peer that authenticated", 0, ""},
	ErrArgument:              {"LAKE_ERR_ARGUMENT", "usage", "an argument is NULL, out of range or malformed", 0, ""},
	ErrHandle:                {"LAKE_ERR_HANDLE", "usage", "the handle is stale, freed or of another kind", 0, ""},
	ErrState:                 {"LAKE_ERR_STATE", "usage", "the call is not allowed in this state", 0, ""},
	ErrBusy:                  {"LAKE_ERR_BUSY", "usage", "another call on the same session is under way", 0, ""},
	ErrBufferTooSmall:        {"LAKE_ERR_BUFFER_TOO_SMALL", "usage", "the output buffer is too small; the needed size was written to the length", 0, ""},
	ErrFrozen:                {"LAKE_ERR_FROZEN", "usage", "the object is in use and cannot be changed any more", 0, ""},
	ErrUnsupported:           {"LAKE_ERR_UNSUPPORTED", "usage", "not supported by this library or not with this cipher suite", 0, ""},
	ErrNotFound:              {"LAKE_ERR_NOT_FOUND", "usage", "there is no such item", 0, ""},
	ErrLimit:                 {"LAKE_ERR_LIMIT", "usage", "a configured limit was exceeded", 0, ""},
	ErrSaved:                 {"LAKE_ERR_SAVED", "usage", "the saved data was altered, is of another config or key, or was used before", 0, ""},
	ErrInternal:              {"LAKE_ERR_INTERNAL", "process", "internal error; the session must be freed", 1, "internal error"},
	ErrForked:                {"LAKE_ERR_FORKED", "process", "the process was forked after liblake was loaded, and the child cannot use it: load it in each worker (gunicorn: no preload_app; uwsgi: lazy-apps; multiprocessing: spawn)", 0, ""},
	ErrCallback:              {"LAKE_ERR_CALLBACK", "process", "a callback of the host failed", 1, "internal error"},
	ErrMalformed:             {"LAKE_ERR_MALFORMED", "message", "the message is not formed as RFC 9528 says", 1, "malformed message"},
	ErrNotDeterministic:      {"LAKE_ERR_NOT_DETERMINISTIC", "message", "the message is not deterministically encoded CBOR", 1, "malformed message"},
	ErrTooLarge:              {"LAKE_ERR_TOO_LARGE", "message", "the message is larger than the configured limit", 1, "message too large"},
	ErrMethod:                {"LAKE_ERR_METHOD", "message", "the method is not supported", 1, "method not supported"},
	ErrSuite:                 {"LAKE_ERR_SUITE", "message", "the selected cipher suite is not supported, or a more preferred one is", 2, ""},
	ErrPublicKey:             {"LAKE_ERR_PUBLIC_KEY", "message", "the ephemeral public key is invalid", 1, "invalid ephemeral key"},
	ErrConnectionID:          {"LAKE_ERR_CONNECTION_ID", "message", "the connection identifier is malformed, too long or equal to the other side's", 1, "invalid connection identifier"},
	ErrEAD:                   {"LAKE_ERR_EAD", "message", "the external authorization data is malformed", 1, "malformed EAD"},
	ErrEADCritical:           {"LAKE_ERR_EAD_CRITICAL", "message", "a critical EAD item was not accepted", 1, "critical EAD item not supported"},
	ErrCredentialMalformed:   {"LAKE_ERR_CREDENTIAL_MALFORMED", "credential", "the credential or its identifier is malformed", 1, "authentication failed"},
	ErrCredentialUnknown:     {"LAKE_ERR_CREDENTIAL_UNKNOWN", "credential", "the peer refers to a credential that is not known here", 3, ""},
	ErrCredentialUntrusted:   {"LAKE_ERR_CREDENTIAL_UNTRUSTED", "credential", "the peer's credential is not trusted", 1, "authentication failed"},
	ErrCredentialUnsupported: {"LAKE_ERR_CREDENTIAL_UNSUPPORTED", "credential", "the type of credential or of its identifier is not supported", 1, "credential type not supported"},
	ErrKeyKind:               {"LAKE_ERR_KEY_KIND", "credential", "the authentication key does not fit method and cipher suite", 1, "authentication failed"},
	ErrOwnCredential:         {"LAKE_ERR_OWN_CREDENTIAL", "credential", "the peer presented our own credential", 1, "authentication failed"},
	ErrNoCredential:          {"LAKE_ERR_NO_CREDENTIAL", "credential", "no own credential fits method and cipher suite", 1, "internal error"},
	ErrPrivateKey:            {"LAKE_ERR_PRIVATE_KEY", "credential", "the private key is malformed or does not belong to the credential", 0, ""},
	ErrPeerRejected:          {"LAKE_ERR_PEER_REJECTED", "credential", "the host rejected the peer", 1, "authentication failed"},
	ErrExpired:               {"LAKE_ERR_EXPIRED", "credential", "the credential has expired", 1, "authentication failed"},
	ErrNotYetValid:           {"LAKE_ERR_NOT_YET_VALID", "credential", "the credential is not yet valid", 1, "authentication failed"},
	ErrUnknownIssuer:         {"LAKE_ERR_UNKNOWN_ISSUER", "credential", "the issuer of the credential is unknown", 1, "authentication failed"},
	ErrIssuerSignature:       {"LAKE_ERR_ISSUER_SIGNATURE", "credential", "the issuer's signature on the credential does not verify", 1, "authentication failed"},
	ErrKeyUsage:              {"LAKE_ERR_KEY_USAGE", "credential", "the key of the credential must not be used for this", 1, "authentication failed"},
	ErrNotCA:                 {"LAKE_ERR_NOT_CA", "credential", "an issuer in the chain is not a certification authority", 1, "authentication failed"},
	ErrPathLength:            {"LAKE_ERR_PATH_LENGTH", "credential", "the chain is longer than an issuer in it or the limit allows", 1, "authentication failed"},
	ErrNameConstraints:       {"LAKE_ERR_NAME_CONSTRAINTS", "credential", "the name is outside of what an issuer may certify", 1, "authentication failed"},
	ErrCriticalExtension:     {"LAKE_ERR_CRITICAL_EXTENSION", "credential", "a certificate has a critical extension that is not understood", 1, "authentication failed"},
	ErrCertificateHash:       {"LAKE_ERR_CERTIFICATE_HASH", "credential", "the certificate is not the one that its hash or order says", 1, "authentication failed"},
	ErrRevoked:               {"LAKE_ERR_REVOKED", "credential", "the credential was revoked, or its revocation list is out of date", 1, "authentication failed"},
	ErrDecryption:            {"LAKE_ERR_DECRYPTION", "authentication", "decryption failed: wrong keys or a modified message", 1, "authentication failed"},
	ErrMAC:                   {"LAKE_ERR_MAC", "authentication", "the MAC does not verify", 1, "authentication failed"},
	ErrSignature:             {"LAKE_ERR_SIGNATURE", "authentication", "the signature does not verify", 1, "authentication failed"},
	ErrPeerUnspecified:       {"LAKE_ERR_PEER_UNSPECIFIED", "peer", "the peer sent an error message with code 1", 0, ""},
	ErrPeerSuite:             {"LAKE_ERR_PEER_SUITE", "peer", "the peer refused the cipher suite and said which it supports", 0, ""},
	ErrPeerCredential:        {"LAKE_ERR_PEER_CREDENTIAL", "peer", "the peer does not know the credential that we referred to", 0, ""},
	ErrPeerOther:             {"LAKE_ERR_PEER_OTHER", "peer", "the peer sent an error message with another code", 0, ""},
	ErrNoCommonSuite:         {"LAKE_ERR_NO_COMMON_SUITE", "peer", "no cipher suite is supported by both sides", 0, ""},
	ErrSuiteLoop:             {"LAKE_ERR_SUITE_LOOP", "peer", "the peer sends the suite negotiation in circles", 0, ""},
	ErrAborted:               {"LAKE_ERR_ABORTED", "peer", "the host ended the run", 1, "aborted"},
	ErrRunExpired:            {"LAKE_ERR_RUN_EXPIRED", "coap", "the peer did not go on in time", 0, ""},
	ErrRunEvicted:            {"LAKE_ERR_RUN_EVICTED", "coap", "the run made room for a newer one, too many are half-open", 0, ""},
	ErrExhausted:             {"LAKE_ERR_EXHAUSTED", "coap", "every connection identifier is in use", 0, ""},
	ErrRefused:               {"LAKE_ERR_REFUSED", "coap", "the server refused with a CoAP error", 0, ""},
	ErrChallenges:            {"LAKE_ERR_CHALLENGES", "coap", "the server asks for Echo again and again", 0, ""},
	ErrAnswer:                {"LAKE_ERR_ANSWER", "coap", "the answer is not one to this request", 0, ""},
	ErrNoAnswer:              {"LAKE_ERR_NO_ANSWER", "coap", "no answer came", 0, ""},
	ErrNoCombined:            {"LAKE_ERR_NO_COMBINED", "coap", "message_4 is required, which a combined request excludes", 0, ""},
	ErrCombinedSize:          {"LAKE_ERR_COMBINED_SIZE", "coap", "the combined request would be too large", 0, ""},
	ErrUnprotected:           {"LAKE_ERR_UNPROTECTED", "oscore", "the message is not protected by OSCORE", 0, ""},
	ErrContextUnknown:        {"LAKE_ERR_CONTEXT_UNKNOWN", "oscore", "no security context belongs to the message", 0, ""},
	ErrReplay:                {"LAKE_ERR_REPLAY", "oscore", "the message was received before, or is too old", 0, ""},
	ErrFreshness:             {"LAKE_ERR_FRESHNESS", "oscore", "the message may be a replay: the peer has to show with Echo that it is not", 0, ""},
	ErrSequence:              {"LAKE_ERR_SEQUENCE", "oscore", "there is no sequence number to send with: reserve more, or make a new context", 0, ""},
}
