package ake

import "github.com/liblake/lake/ake/internal/suite"

// KeyKind is a kind of authentication key.
type KeyKind int32

// The kinds of key. P-256 and P-384 keys can sign (ECDSA) and agree (ECDH).
const (
	KeyP256    KeyKind = 1
	KeyP384    KeyKind = 2
	KeyX25519  KeyKind = 3
	KeyX448    KeyKind = 4
	KeyEd25519 KeyKind = 5
	KeyEd448   KeyKind = 6
)

// String returns the name of the kind, for example "P-256".
func (k KeyKind) String() string { return suite.KeyKind(k).String() }

// Valid reports whether k is one of the constants.
func (k KeyKind) Valid() bool { return suite.KeyKind(k).Valid() }

// PublicLength returns the bytes of a public key, in the form of
// Credential.PublicKey.
func (k KeyKind) PublicLength() int { return suite.KeyKind(k).PublicLength() }

// PrivateLength returns the bytes of a private key, in the form of
// Credential.SetPrivateKey.
func (k KeyKind) PrivateLength() int { return suite.KeyKind(k).PrivateLength() }

// SuiteInfo describes a cipher suite (RFC 9528 section 3.6). Algorithms are
// COSE numbers, lengths are in bytes.
type SuiteInfo struct {
	ID              int
	Name            string
	AEAD            int // EDHOC AEAD
	Hash            int // EDHOC hash
	MACLength       int // with static Diffie-Hellman keys
	Curve           KeyKind
	SignatureAlg    int
	SignatureKey    KeyKind
	AppAEAD         int
	AppHash         int
	KeyLength       int // of the EDHOC AEAD
	IVLength        int
	TagLength       int
	HashLength      int
	SignatureLength int
	PublicKeyLength int // of G_X and G_Y
	AppKeyLength    int
}

// Suites lists the supported cipher suites.
func Suites() []int {
	var ids []int
	for _, s := range suite.All() {
		ids = append(ids, s.ID)
	}
	return ids
}

// Suite returns the description of a supported cipher suite.
func Suite(id int) (SuiteInfo, bool) {
	s := suite.Lookup(id)
	if s == nil {
		return SuiteInfo{}, false
	}
	return SuiteInfo{
		ID: s.ID, Name: s.Name,
		AEAD: s.AEAD, Hash: s.Hash, MACLength: s.MACLength,
		Curve: KeyKind(s.Curve), SignatureAlg: s.SignatureAlg, SignatureKey: KeyKind(s.Signature),
		AppAEAD: s.AppAEAD, AppHash: s.AppHash,
		KeyLength: s.KeyLength(), IVLength: s.IVLength(), TagLength: s.TagLength(),
		HashLength: s.HashLength(), SignatureLength: s.SignatureLength(),
		PublicKeyLength: s.PublicKeyLength(), AppKeyLength: s.AppKeyLength(),
	}, true
}
