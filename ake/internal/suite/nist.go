package suite

import (
	"crypto/elliptic"
	"encoding/binary"
	"math/bits"

	"filippo.io/nistec"
)

// Diffie-Hellman on the curves of NIST, with the point arithmetic that is also
// behind crypto/ecdh. Its keys are worth ten times their bytes, and the copy of
// the secret in them cannot be wiped; here a key is its bytes. A point is
// written 0x04||x||y.

// nistOrder is the order of each curve, big-endian.
var nistOrder = [...][]byte{
	KeyP256: elliptic.P256().Params().N.Bytes(),
	KeyP384: elliptic.P384().Params().N.Bytes(),
}

// nistPoint is a point that was checked.
type nistPoint interface {
	// bytes writes the point out, for an inversion.
	bytes() []byte
	// shared multiplies the point and returns the x-coordinate.
	shared(secret []byte) ([]byte, bool)
}

type (
	pointP256 struct{ nistec.P256Point }
	pointP384 struct{ nistec.P384Point }
)

// parsePoint reads a point, compressed or not; it gives nil for one that is not
// on the curve.
func parsePoint(kind KeyKind, data []byte) nistPoint {
	switch kind {
	case KeyP256:
		var p pointP256
		if _, err := p.SetBytes(data); err == nil {
			return &p
		}
	case KeyP384:
		p := pointP384{*nistec.NewP384Point()}
		if _, err := p.SetBytes(data); err == nil {
			return &p
		}
	}
	return nil
}

func (p *pointP256) bytes() []byte { return p.Bytes() }
func (p *pointP384) bytes() []byte { return p.Bytes() }

func (p *pointP256) shared(secret []byte) ([]byte, bool) {
	product, err := nistec.NewP256Point().ScalarMult(&p.P256Point, secret)
	if err != nil {
		return nil, false
	}
	x, err := product.BytesX()
	return x, err == nil
}

func (p *pointP384) shared(secret []byte) ([]byte, bool) {
	product, err := nistec.NewP384Point().ScalarMult(&p.P384Point, secret)
	if err != nil {
		return nil, false
	}
	x, err := product.BytesX()
	return x, err == nil
}

// nistPublic multiplies the base point. It gives false for a secret that is not
// between 1 and the order less one.
func nistPublic(kind KeyKind, secret []byte) ([]byte, bool) {
	if !isScalar(secret, nistOrder[kind]) {
		return nil, false
	}
	switch kind {
	case KeyP256:
		if p, err := nistec.NewP256Point().ScalarBaseMult(secret); err == nil {
			return p.Bytes(), true
		}
	case KeyP384:
		if p, err := nistec.NewP384Point().ScalarBaseMult(secret); err == nil {
			return p.Bytes(), true
		}
	}
	return nil, false
}

// isScalar reports whether 0 < secret < order, in constant time. Both have the
// same length, a multiple of eight bytes.
func isScalar(secret, order []byte) bool {
	var borrow, all uint64
	for i := len(order) - 8; i >= 0; i -= 8 {
		word := binary.BigEndian.Uint64(secret[i:])
		all |= word
		_, borrow = bits.Sub64(word, binary.BigEndian.Uint64(order[i:]), borrow)
	}
	return all != 0 && borrow == 1
}
