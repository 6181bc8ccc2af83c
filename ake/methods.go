package ake

// Method is an authentication method (RFC 9528 section 3.2).
type Method int32

// MethodInfo describes a method.
type MethodInfo struct {
	Method     Method
	Name       string
	SignatureI bool // the Initiator signs; otherwise it has a static Diffie-Hellman key
	SignatureR bool // the same of the Responder
	PSK        bool // a pre-shared key authenticates both
}

// authentications are the supported methods.
var authentications = []authentication{
	&publicKeys{MethodInfo{0, "signature keys", true, true, false}},
	&publicKeys{MethodInfo{1, "signature key of the Initiator, static Diffie-Hellman key of the Responder", true, false, false}},
	&publicKeys{MethodInfo{2, "static Diffie-Hellman key of the Initiator, signature key of the Responder", false, true, false}},
	&publicKeys{MethodInfo{3, "static Diffie-Hellman keys", false, false, false}},
	&preSharedKeys{MethodInfo{MethodPSK, "pre-shared key", false, false, true}},
}

// Methods lists the supported methods.
func Methods() []MethodInfo {
	var all []MethodInfo
	for _, auth := range authentications {
		all = append(all, *auth.method())
	}
	return all
}

// Info returns the description of a supported method.
func (m Method) Info() (MethodInfo, bool) {
	if auth := authenticationOf(m); auth != nil {
		return *auth.method(), true
	}
	return MethodInfo{}, false
}
