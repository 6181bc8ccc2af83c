package suite

import "slices"

// Suite is one cipher suite of RFC 9528 section 3.6. The numbers are those of
// the COSE Algorithms registry.
type Suite struct {
	ID   int
	Name string

	AEAD         int     // EDHOC AEAD algorithm
	Hash         int     // EDHOC hash algorithm
	MACLength    int     // EDHOC MAC length in bytes, static DH
	Curve        KeyKind // EDHOC key exchange algorithm
	Signature    KeyKind // kind of key that signs; with EdDSA there are two, see Signs
	SignatureAlg int     // EDHOC signature algorithm
	AppAEAD      int     // application AEAD algorithm
	AppHash      int     // application hash algorithm

	aead    *aeadAlg
	appAEAD *aeadAlg
	hash    *hashAlg
}

// suites is the registry "EDHOC Cipher Suites" (RFC 9528 section 10.2). All
// else that can be asked of a suite follows from these rows.
var suites = []*Suite{
	//     ID  EDHOC AEAD    hash       MAC  curve      signature   app AEAD      app hash
	define(0, aesCCM64, hashSHA256, 8, KeyX25519, KeyEd25519, aesCCM64, hashSHA256),
	define(1, aesCCM128, hashSHA256, 16, KeyX25519, KeyEd25519, aesCCM64, hashSHA256),
	define(2, aesCCM64, hashSHA256, 8, KeyP256, KeyP256, aesCCM64, hashSHA256),
	define(3, aesCCM128, hashSHA256, 16, KeyP256, KeyP256, aesCCM64, hashSHA256),
	define(4, chaCha20Poly1305, hashSHA256, 16, KeyX25519, KeyEd25519, chaCha20Poly1305, hashSHA256),
	define(5, chaCha20Poly1305, hashSHA256, 16, KeyP256, KeyP256, chaCha20Poly1305, hashSHA256),
	define(6, aes128GCM, hashSHA256, 16, KeyX25519, KeyP256, aes128GCM, hashSHA256),
	define(24, aes256GCM, hashSHA384, 16, KeyP384, KeyP384, aes256GCM, hashSHA384),
	define(25, chaCha20Poly1305, hashSHAKE256, 16, KeyX448, KeyEd448, chaCha20Poly1305, hashSHAKE256),
}

func define(id int, aead *aeadAlg, hash *hashAlg, macLength int, curve, signature KeyKind, appAEAD *aeadAlg, appHash *hashAlg) *Suite {
	return &Suite{
		ID: id,
		Name: aead.name + ", " + hash.name + ", " + curve.String() + ", " + signature.signatureName() +
			", " + appAEAD.name + ", " + appHash.name,
		AEAD:         aead.id,
		Hash:         hash.id,
		MACLength:    macLength,
		Curve:        curve,
		Signature:    signature,
		SignatureAlg: signature.signatureAlg(),
		AppAEAD:      appAEAD.id,
		AppHash:      appHash.id,
		aead:         aead,
		appAEAD:      appAEAD,
		hash:         hash,
	}
}

// Lookup returns the suite with this number, or nil.
func Lookup(id int) *Suite {
	for _, s := range suites {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// All returns every suite, in the order of their numbers.
func All() []*Suite { return slices.Clone(suites) }

// HashLength is the length of the EDHOC hash in bytes.
func (s *Suite) HashLength() int { return s.hash.length }

// KeyLength is the key length of the EDHOC AEAD in bytes.
func (s *Suite) KeyLength() int { return s.aead.keyLength }

// IVLength is the nonce length of the EDHOC AEAD in bytes.
func (s *Suite) IVLength() int { return s.aead.ivLength }

// TagLength is the tag length of the EDHOC AEAD in bytes.
func (s *Suite) TagLength() int { return s.aead.tagLength }

// AppKeyLength is the key length of the application AEAD in bytes.
func (s *Suite) AppKeyLength() int { return s.appAEAD.keyLength }

// Signs reports whether keys of this kind sign in the suite. The signature algorithm
// and the key together make the signature (RFC 9528 section 3.6): EdDSA takes its
// curve from the key (RFC 9053 section 2.2), so that every suite with EdDSA has
// keys of Ed25519 and of Ed448. ES256 goes with P-256 here, ES384 with P-384.
func (s *Suite) Signs(kind KeyKind) bool {
	return kind.Valid() && kind.signatureAlg() == s.SignatureAlg
}

// SignatureLength is the length in bytes of a signature by a key of the kind
// Signature. A key of the other EdDSA curve makes one of another length: what
// counts is the key.
func (s *Suite) SignatureLength() int { return s.Signature.signatureLength() }

// PublicKeyLength is the length of G_X and G_Y in bytes: for the curves of
// NIST the x-coordinate alone (RFC 9528 section 3.7).
func (s *Suite) PublicKeyLength() int { return s.Curve.xLength() }

// ExpandLimit is the longest output of one Expand. RFC 5869 sets it for
// HKDF; RFC 9528 appendix G divides message 2 at this length in every suite.
func (s *Suite) ExpandLimit() int { return s.hash.expandLimit() }

// Digest returns the EDHOC hash of the concatenated parts.
func (s *Suite) Digest(parts ...[]byte) []byte { return s.hash.digest(parts) }

// Extract is EDHOC_Extract (RFC 9528 section 4.1.1).
func (s *Suite) Extract(salt, ikm []byte) []byte {
	prk := make([]byte, s.hash.length)
	s.hash.extract(prk, salt, ikm)
	return prk
}

// Expand is EDHOC_Expand (RFC 9528 section 4.1.2). It panics when HKDF
// cannot give n bytes, that is when n is above ExpandLimit.
func (s *Suite) Expand(prk, info []byte, n int) []byte {
	out := make([]byte, n)
	s.hash.expand(out, prk, info)
	return out
}

// Seal encrypts with the EDHOC AEAD and returns the ciphertext followed by
// the tag.
func (s *Suite) Seal(key, iv, aad, plaintext []byte) ([]byte, error) {
	return s.aead.seal(key, iv, aad, plaintext)
}

// Open decrypts what Seal gave. Whatever is wrong with the ciphertext, the
// error is ErrOpen.
func (s *Suite) Open(key, iv, aad, ciphertext []byte) ([]byte, error) {
	return s.aead.open(key, iv, aad, ciphertext)
}
