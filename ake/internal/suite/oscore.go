package suite

// oscoreNonceFixed is how many bytes of an OSCORE nonce are no identifier: its length
// byte and the partial IV (RFC 8613 section 5.2).
const oscoreNonceFixed = 6

// OSCOREIDLength is how many bytes a Sender ID or Recipient ID of OSCORE can have with
// the application AEAD (RFC 8613 section 3.3).
func (s *Suite) OSCOREIDLength() int { return s.appAEAD.ivLength - oscoreNonceFixed }
