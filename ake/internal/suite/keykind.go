package suite

import (
	"crypto"
	"crypto/ecdh"
	"crypto/elliptic"
	_ "crypto/sha256" // for crypto.SHA256
	_ "crypto/sha512" // for crypto.SHA384
	"strconv"
)

// KeyKind is a kind of public key: a curve and the use of it.
type KeyKind int32

// The kinds of keys. The numbers are stable.
const (
	KeyP256    KeyKind = 1
	KeyP384    KeyKind = 2
	KeyX25519  KeyKind = 3
	KeyX448    KeyKind = 4
	KeyEd25519 KeyKind = 5
	KeyEd448   KeyKind = 6
)

// kinds says everything about a kind that is a figure; lengths are in bytes.
var kinds = [...]struct {
	name            string
	public          int // full form of a public key
	x               int // what stands in G_X, or in COSE_Key -2
	private         int
	signature       int // 0: cannot sign
	signatureAlg    int // COSE number
	signatureName   string
	keyExchange     bool
	ecdh            func() ecdh.Curve     // curves of NIST only
	elliptic        func() elliptic.Curve // curves of NIST only
	signatureDigest crypto.Hash           // curves of NIST only
}{
	KeyP256: {name: "P-256", public: 64, x: 32, private: 32, signature: 64, signatureAlg: -7, signatureName: "ES256",
		keyExchange: true, ecdh: ecdh.P256, elliptic: elliptic.P256, signatureDigest: crypto.SHA256},
	KeyP384: {name: "P-384", public: 96, x: 48, private: 48, signature: 96, signatureAlg: -35, signatureName: "ES384",
		keyExchange: true, ecdh: ecdh.P384, elliptic: elliptic.P384, signatureDigest: crypto.SHA384},
	KeyX25519:  {name: "X25519", public: 32, x: 32, private: 32, keyExchange: true},
	KeyX448:    {name: "X448", public: 56, x: 56, private: 56, keyExchange: true},
	KeyEd25519: {name: "Ed25519", public: 32, x: 32, private: 32, signature: 64, signatureAlg: -8, signatureName: "EdDSA"},
	KeyEd448:   {name: "Ed448", public: 57, x: 57, private: 57, signature: 114, signatureAlg: -8, signatureName: "EdDSA"},
}

// Valid reports whether k is one of the kinds above.
func (k KeyKind) Valid() bool { return k >= KeyP256 && k <= KeyEd448 }

func (k KeyKind) String() string {
	if !k.Valid() {
		return "unknown kind of key " + strconv.Itoa(int(k))
	}
	return kinds[k].name
}

// PublicLength is the length of a public key in its full form: x||y for the
// curves of NIST. It is 0 for a kind that is not valid.
func (k KeyKind) PublicLength() int {
	if !k.Valid() {
		return 0
	}
	return kinds[k].public
}

// PrivateLength is the length of a private key: a scalar, or the seed of an
// EdDSA key. It is 0 for a kind that is not valid.
func (k KeyKind) PrivateLength() int {
	if !k.Valid() {
		return 0
	}
	return kinds[k].private
}

func (k KeyKind) xLength() int          { return kinds[k].x }
func (k KeyKind) signatureLength() int  { return kinds[k].signature }
func (k KeyKind) signatureAlg() int     { return kinds[k].signatureAlg }
func (k KeyKind) signatureName() string { return kinds[k].signatureName }
