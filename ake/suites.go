package ake

import "github.com/liblake/lake/ake/internal/suite"

// KeyKind is a kind of authentication key.
type KeyKind = suite.KeyKind

// The kinds of key. P-256 and P-384 keys can sign (ECDSA) and agree (ECDH).
const (
	KeyP256    = suite.KeyP256
	KeyP384    = suite.KeyP384
	KeyX25519  = suite.KeyX25519
	KeyX448    = suite.KeyX448
	KeyEd25519 = suite.KeyEd25519
	KeyEd448   = suite.KeyEd448
)

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
		Curve: s.Curve, SignatureAlg: s.SignatureAlg, SignatureKey: s.Signature,
		AppAEAD: s.AppAEAD, AppHash: s.AppHash,
		KeyLength: s.KeyLength(), IVLength: s.IVLength(), TagLength: s.TagLength(),
		HashLength: s.HashLength(), SignatureLength: s.SignatureLength(),
		PublicKeyLength: s.PublicKeyLength(), AppKeyLength: s.AppKeyLength(),
	}, true
}
