package suite

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"fmt"
	"math/big"
	"sync/atomic"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
	"github.com/cloudflare/circl/ecc/goldilocks"
	"github.com/cloudflare/circl/sign/ed448"
)

// PublicKey is a validated public key. It is immutable.
type PublicKey struct {
	kind  KeyKind
	xOnly bool      // y is not known: there are two points with this x
	data  []byte    // 0x04||x||y for the curves of NIST, or 0x02||x; else the key as it is
	point nistPoint // of xOnly: one of the two, decompressed once

	ecdsa atomic.Pointer[ecdsa.PublicKey] // once it verified
}

// ParsePublicKey validates a public key.
//
// A key on a curve of NIST is x||y, 0x04||x||y, 0x02 or 0x03||x, or x alone,
// told apart by length; its point is checked to be on the curve. Keys made of
// x alone serve Diffie-Hellman only, whose result does not depend on y
// (RFC 9528 section 3.7). Any 32 or 56 bytes are a key of X25519 or X448
// (RFC 7748 section 5); ECDH refuses the points of low order. Keys of Ed25519
// and Ed448 must be the one encoding of a point that is not of low order.
func ParsePublicKey(kind KeyKind, data []byte) (*PublicKey, error) {
	switch kind {
	case KeyP256, KeyP384:
		return parseNIST(kind, data)
	case KeyX25519, KeyX448, KeyEd25519, KeyEd448:
	default:
		return nil, fmt.Errorf("%w: %w", ErrPublicKey, ErrKeyKind)
	}
	if len(data) != kind.PublicLength() {
		return nil, wrongPublicLength(kind, len(data))
	}
	switch kind {
	case KeyEd25519:
		if err := checkEd25519(data); err != nil {
			return nil, err
		}
	case KeyEd448:
		if err := checkEd448(data); err != nil {
			return nil, err
		}
	}
	return &PublicKey{kind: kind, data: bytes.Clone(data)}, nil
}

func wrongPublicLength(kind KeyKind, length int) error {
	return fmt.Errorf("%w: wrong length %d for %s, want %d", ErrPublicKey, length, kind, kind.PublicLength())
}

// parseNIST brings a point to the form 0x04||x||y, or 0x02||x, and checks it.
func parseNIST(kind KeyKind, data []byte) (*PublicKey, error) {
	size := kind.xLength()
	form := make([]byte, 1, 1+len(data))
	switch len(data) {
	case 2 * size:
		form[0] = 4
	case size:
		form[0] = 2
	case 1 + 2*size, 1 + size:
		form = form[:0]
	default:
		return nil, fmt.Errorf("%w: wrong length %d for %s, want %d, or %d for x alone",
			ErrPublicKey, len(data), kind, 2*size, size)
	}
	form = append(form, data...)
	point, compressed := parsePoint(kind, form), len(form) == 1+size
	switch {
	case point == nil:
		return nil, invalidPoint(kind, compressed && form[0]&^1 == 2 || !compressed && form[0] == 4, form[1:])
	case len(data) == size:
		return &PublicKey{kind: kind, data: form, xOnly: true, point: point}, nil
	case compressed:
		form = point.bytes()
	}
	return &PublicKey{kind: kind, data: form}, nil
}

// invalidPoint finds out why coordinates were refused.
func invalidPoint(kind KeyKind, prefixOK bool, coordinates []byte) error {
	if !prefixOK {
		return fmt.Errorf("%w: unknown form of a point", ErrPublicKey)
	}
	p := kinds[kind].elliptic().Params().P
	size := kind.xLength()
	for name := "x"; len(coordinates) > 0; name, coordinates = "y", coordinates[size:] {
		if new(big.Int).SetBytes(coordinates[:size]).Cmp(p) >= 0 {
			return fmt.Errorf("%w: %s-coordinate not below p", ErrPublicKey, name)
		}
	}
	return fmt.Errorf("%w: point not on the curve", ErrPublicKey)
}

// checkEd25519 refuses what RFC 8032 section 5.1.3 does not decode, and the
// eight points of low order, with which one signature fits many messages.
// edwards25519 decodes too much: a y not below p, and x = 0 with its sign bit
// set. The latter two points are of low order anyway.
func checkEd25519(data []byte) error {
	var y field.Element
	if _, err := y.SetBytes(data); err != nil { // ignores the sign bit
		return fmt.Errorf("%w: %w", ErrPublicKey, err)
	}
	canonical := y.Bytes()
	canonical[31] |= data[31] & 0x80
	if !bytes.Equal(canonical, data) {
		return fmt.Errorf("%w: y-coordinate not below p", ErrPublicKey)
	}
	point, err := new(edwards25519.Point).SetBytes(data)
	if err != nil {
		return fmt.Errorf("%w: point not on the curve", ErrPublicKey)
	}
	if point.MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return fmt.Errorf("%w: %w", ErrPublicKey, ErrLowOrder)
	}
	return nil
}

// checkEd448 does the same for Ed448 (RFC 8032 section 5.2.3): FromBytes takes
// canonical encodings only, and the cofactor is four.
func checkEd448(data []byte) error {
	point, err := goldilocks.FromBytes(data)
	if err != nil {
		return fmt.Errorf("%w: not the encoding of a point on the curve", ErrPublicKey)
	}
	point.Double()
	point.Double()
	if point.IsEqual(goldilocks.Curve{}.Identity()) {
		return fmt.Errorf("%w: %w", ErrPublicKey, ErrLowOrder)
	}
	return nil
}

// Kind returns the kind of the key.
func (p *PublicKey) Kind() KeyKind { return p.kind }

// HasY reports whether the whole key is known. It is false for a key on a
// curve of NIST made of x alone.
func (p *PublicKey) HasY() bool { return !p.xOnly }

// CanVerify reports whether Verify can ever be true: not for keys that do not
// sign, and not for a key on a curve of NIST made of x alone.
func (p *PublicKey) CanVerify() bool { return p.kind.signatureLength() > 0 && !p.xOnly }

// Bytes returns x||y, or x when y is unknown; of other kinds the key itself.
func (p *PublicKey) Bytes() []byte {
	switch {
	case p.xOnly:
		return p.X()
	case p.isNIST():
		return bytes.Clone(p.data[1:])
	}
	return bytes.Clone(p.data)
}

// X returns what stands in G_X and in the parameter x of a COSE_Key.
func (p *PublicKey) X() []byte { return bytes.Clone(p.x()) }

func (p *PublicKey) isNIST() bool { return p.kind == KeyP256 || p.kind == KeyP384 }

func (p *PublicKey) x() []byte {
	if p.isNIST() {
		return p.data[1 : 1+p.kind.xLength()]
	}
	return p.data
}

// Equal reports whether the keys are the same. Of a key made of x alone only
// x can be compared.
func (p *PublicKey) Equal(q *PublicKey) bool {
	if p == nil || q == nil || p.kind != q.kind {
		return false
	}
	if p.xOnly || q.xOnly {
		return bytes.Equal(p.x(), q.x())
	}
	return bytes.Equal(p.data, q.data)
}

// Verify reports whether signature is the key's signature of message: r||s of
// ES256 or ES384 (RFC 9053 section 2.1), or pure EdDSA (section 2.2).
func (p *PublicKey) Verify(message, signature []byte) bool {
	count(opVerify)
	if p == nil || len(signature) != p.kind.signatureLength() {
		return false
	}
	switch p.kind {
	case KeyP256, KeyP384:
		return p.verifyECDSA(message, signature)
	case KeyEd25519:
		return ed25519.Verify(p.data, message, signature)
	case KeyEd448:
		return ed448.Verify(p.data, message, signature, "")
	}
	return false
}

func (p *PublicKey) verifyECDSA(message, signature []byte) bool {
	if p.xOnly {
		return false
	}
	key := p.ecdsa.Load()
	if key == nil {
		var err error
		if key, err = ecdsa.ParseUncompressedPublicKey(kinds[p.kind].elliptic(), p.data); err != nil {
			return false // the point was checked when the key was parsed
		}
		p.ecdsa.Store(key)
	}
	half := len(signature) / 2
	r := new(big.Int).SetBytes(signature[:half])
	s := new(big.Int).SetBytes(signature[half:])
	var digest [maxHash]byte
	return ecdsa.Verify(key, messageDigest(digest[:0], p.kind, message), r, s)
}

// messageDigest appends the hash that ECDSA signs: SHA-256 in ES256, SHA-384 in
// ES384.
func messageDigest(out []byte, kind KeyKind, message []byte) []byte {
	if kinds[kind].signatureDigest == crypto.SHA384 {
		return hashSHA384.appendSum(out, message)
	}
	return hashSHA256.appendSum(out, message)
}
