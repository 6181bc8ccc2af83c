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

// nistPoint checks a point, compressed or not, and writes it out; it gives
// false for one that is not on the curve.
func nistPoint(kind KeyKind, point []byte) ([]byte, bool) {
	switch kind {
	case KeyP256:
		if p, err := nistec.NewP256Point().SetBytes(point); err == nil {
			return p.Bytes(), true
		}
	case KeyP384:
		if p, err := nistec.NewP384Point().SetBytes(point); err == nil {
			return p.Bytes(), true
		}
	}
	return nil, false
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

// nistShared multiplies a point that nistPoint gave, and returns the
// x-coordinate. It cannot fail: the group has no points of low order.
func nistShared(kind KeyKind, secret, point []byte) ([]byte, bool) {
	switch kind {
	case KeyP256:
		if p, err := nistec.NewP256Point().SetBytes(point); err == nil {
			if _, err = p.ScalarMult(p, secret); err == nil {
				x, err := p.BytesX()
				return x, err == nil
			}
		}
	case KeyP384:
		if p, err := nistec.NewP384Point().SetBytes(point); err == nil {
			if _, err = p.ScalarMult(p, secret); err == nil {
				x, err := p.BytesX()
				return x, err == nil
			}
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
