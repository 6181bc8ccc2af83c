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
	// ErrArgument: an argument is missing, out of range or malformed.
	ErrArgument Status = -1
	// ErrState: the call is not allowed in this state.
	ErrState Status = -3
	// ErrBusy: another call on the same session is under way.
	ErrBusy Status = -4
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
	OK:                       {"OK", "ok", "success", 0, ""},
	PendingCredential:        {"PendingCredential", "pending", "the peer's credential is needed: look it up by ID_CRED, set it, continue", 0, ""},
	PendingEAD:               {"PendingEAD", "pending", "a critical EAD item waits to be accepted or rejected", 0, ""},
	PendingSignature:         {"PendingSignature", "pending", "the host has to sign with the own key", 0, ""},
	PendingECDH:              {"PendingECDH", "pending", "the host has to compute ECDH with the own key", 0, ""},
	PendingPeer:              {"PendingPeer", "pending", "the host has to accept or reject the peer that authenticated", 0, ""},
	ErrArgument:              {"ErrArgument", "usage", "an argument is missing, out of range or malformed", 0, ""},
	ErrState:                 {"ErrState", "usage", "the call is not allowed in this state", 0, ""},
	ErrBusy:                  {"ErrBusy", "usage", "another call on the same session is under way", 0, ""},
	ErrFrozen:                {"ErrFrozen", "usage", "the object is in use and cannot be changed any more", 0, ""},
	ErrUnsupported:           {"ErrUnsupported", "usage", "not supported by this library or not with this cipher suite", 0, ""},
	ErrNotFound:              {"ErrNotFound", "usage", "there is no such item", 0, ""},
	ErrLimit:                 {"ErrLimit", "usage", "a configured limit was exceeded", 0, ""},
	ErrSaved:                 {"ErrSaved", "usage", "the saved data was altered, is of another config or key, or was used before", 0, ""},
	ErrInternal:              {"ErrInternal", "process", "internal error; the session must be freed", 1, "internal error"},
	ErrCallback:              {"ErrCallback", "process", "a callback of the host failed", 1, "internal error"},
	ErrMalformed:             {"ErrMalformed", "message", "the message is not formed as RFC 9528 says", 1, "malformed message"},
	ErrNotDeterministic:      {"ErrNotDeterministic", "message", "the message is not deterministically encoded CBOR", 1, "malformed message"},
	ErrTooLarge:              {"ErrTooLarge", "message", "the message is larger than the configured limit", 1, "message too large"},
	ErrMethod:                {"ErrMethod", "message", "the method is not supported", 1, "method not supported"},
	ErrSuite:                 {"ErrSuite", "message", "the selected cipher suite is not supported, or a more preferred one is", 2, ""},
	ErrPublicKey:             {"ErrPublicKey", "message", "the ephemeral public key is invalid", 1, "invalid ephemeral key"},
	ErrConnectionID:          {"ErrConnectionID", "message", "the connection identifier is malformed, too long or equal to the other side's", 1, "invalid connection identifier"},
	ErrEAD:                   {"ErrEAD", "message", "the external authorization data is malformed", 1, "malformed EAD"},
	ErrEADCritical:           {"ErrEADCritical", "message", "a critical EAD item was not accepted", 1, "critical EAD item not supported"},
	ErrCredentialMalformed:   {"ErrCredentialMalformed", "credential", "the credential or its identifier is malformed", 1, "authentication failed"},
	ErrCredentialUnknown:     {"ErrCredentialUnknown", "credential", "the peer refers to a credential that is not known here", 3, ""},
	ErrCredentialUntrusted:   {"ErrCredentialUntrusted", "credential", "the peer's credential is not trusted", 1, "authentication failed"},
	ErrCredentialUnsupported: {"ErrCredentialUnsupported", "credential", "the type of credential or of its identifier is not supported", 1, "credential type not supported"},
	ErrKeyKind:               {"ErrKeyKind", "credential", "the authentication key does not fit method and cipher suite", 1, "authentication failed"},
	ErrOwnCredential:         {"ErrOwnCredential", "credential", "the peer presented our own credential", 1, "authentication failed"},
	ErrNoCredential:          {"ErrNoCredential", "credential", "no own credential fits method and cipher suite", 1, "internal error"},
	ErrPrivateKey:            {"ErrPrivateKey", "credential", "the private key is malformed or does not belong to the credential", 0, ""},
	ErrPeerRejected:          {"ErrPeerRejected", "credential", "the host rejected the peer", 1, "authentication failed"},
	ErrExpired:               {"ErrExpired", "credential", "the credential has expired", 1, "authentication failed"},
	ErrNotYetValid:           {"ErrNotYetValid", "credential", "the credential is not yet valid", 1, "authentication failed"},
	ErrUnknownIssuer:         {"ErrUnknownIssuer", "credential", "the issuer of the credential is unknown", 1, "authentication failed"},
	ErrIssuerSignature:       {"ErrIssuerSignature", "credential", "the issuer's signature on the credential does not verify", 1, "authentication failed"},
	ErrKeyUsage:              {"ErrKeyUsage", "credential", "the key of the credential must not be used for this", 1, "authentication failed"},
	ErrNotCA:                 {"ErrNotCA", "credential", "an issuer in the chain is not a certification authority", 1, "authentication failed"},
	ErrPathLength:            {"ErrPathLength", "credential", "the chain is longer than an issuer in it or the limit allows", 1, "authentication failed"},
	ErrNameConstraints:       {"ErrNameConstraints", "credential", "the name is outside of what an issuer may certify", 1, "authentication failed"},
	ErrCriticalExtension:     {"ErrCriticalExtension", "credential", "a certificate has a critical extension that is not understood", 1, "authentication failed"},
	ErrCertificateHash:       {"ErrCertificateHash", "credential", "the certificate is not the one that its hash or order says", 1, "authentication failed"},
	ErrRevoked:               {"ErrRevoked", "credential", "the credential was revoked, or its revocation list is out of date", 1, "authentication failed"},
	ErrDecryption:            {"ErrDecryption", "authentication", "decryption failed: wrong keys or a modified message", 1, "authentication failed"},
	ErrMAC:                   {"ErrMAC", "authentication", "the MAC does not verify", 1, "authentication failed"},
	ErrSignature:             {"ErrSignature", "authentication", "the signature does not verify", 1, "authentication failed"},
	ErrPeerUnspecified:       {"ErrPeerUnspecified", "peer", "the peer sent an error message with code 1", 0, ""},
	ErrPeerSuite:             {"ErrPeerSuite", "peer", "the peer refused the cipher suite and said which it supports", 0, ""},
	ErrPeerCredential:        {"ErrPeerCredential", "peer", "the peer does not know the credential that we referred to", 0, ""},
	ErrPeerOther:             {"ErrPeerOther", "peer", "the peer sent an error message with another code", 0, ""},
	ErrNoCommonSuite:         {"ErrNoCommonSuite", "peer", "no cipher suite is supported by both sides", 0, ""},
	ErrSuiteLoop:             {"ErrSuiteLoop", "peer", "the peer sends the suite negotiation in circles", 0, ""},
	ErrAborted:               {"ErrAborted", "peer", "the host ended the run", 1, "aborted"},
	ErrRunExpired:            {"ErrRunExpired", "coap", "the peer did not go on in time", 0, ""},
	ErrRunEvicted:            {"ErrRunEvicted", "coap", "the run made room for a newer one, too many are half-open", 0, ""},
	ErrExhausted:             {"ErrExhausted", "coap", "every connection identifier is in use", 0, ""},
	ErrRefused:               {"ErrRefused", "coap", "the server refused with a CoAP error", 0, ""},
	ErrChallenges:            {"ErrChallenges", "coap", "the server asks for Echo again and again", 0, ""},
	ErrAnswer:                {"ErrAnswer", "coap", "the answer is not one to this request", 0, ""},
	ErrNoAnswer:              {"ErrNoAnswer", "coap", "no answer came", 0, ""},
	ErrNoCombined:            {"ErrNoCombined", "coap", "message_4 is required, which a combined request excludes", 0, ""},
	ErrCombinedSize:          {"ErrCombinedSize", "coap", "the combined request would be too large", 0, ""},
	ErrUnprotected:           {"ErrUnprotected", "oscore", "the message is not protected by OSCORE", 0, ""},
	ErrContextUnknown:        {"ErrContextUnknown", "oscore", "no security context belongs to the message", 0, ""},
	ErrReplay:                {"ErrReplay", "oscore", "the message was received before, or is too old", 0, ""},
	ErrFreshness:             {"ErrFreshness", "oscore", "the message may be a replay: the peer has to show with Echo that it is not", 0, ""},
	ErrSequence:              {"ErrSequence", "oscore", "there is no sequence number to send with: reserve more, or make a new context", 0, ""},
}
