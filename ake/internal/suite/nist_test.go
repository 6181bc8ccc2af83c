package suite

import (
	"bytes"
	"crypto/ecdh"
	"crypto/elliptic"
	"math/big"
	"testing"
)

// TestNISTAgainstECDH compares keys and shared secrets with crypto/ecdh, and the
// points that x alone means with crypto/elliptic.
func TestNISTAgainstECDH(t *testing.T) {
	for kind, curve := range map[KeyKind]ecdh.Curve{KeyP256: ecdh.P256(), KeyP384: ecdh.P384()} {
		for range 20 {
			a, b := generate(t, kind), generate(t, kind)
			local, err1 := curve.NewPrivateKey(a.Bytes())
			remote, err2 := curve.NewPublicKey(append([]byte{4}, b.Public().Bytes()...))
			if err1 != nil || err2 != nil || !bytes.Equal(local.PublicKey().Bytes()[1:], a.Public().Bytes()) {
				t.Fatalf("%s: %v, %v", kind, err1, err2)
			}
			want, _ := local.ECDH(remote)
			got, err := a.ECDH(b.Public())
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %x, want %x, %v", kind, got, want, err)
			}
			alone, err := ParsePublicKey(kind, b.Public().X())
			if err != nil {
				t.Fatal(err)
			}
			x, y := elliptic.UnmarshalCompressed(kinds[kind].elliptic(), append([]byte{2}, b.Public().X()...))
			point := append(x.FillBytes(make([]byte, kind.xLength())), y.FillBytes(make([]byte, kind.xLength()))...)
			if !bytes.Equal(alone.point.bytes()[1:], point) {
				t.Errorf("%s: x alone is %x, want %x", kind, alone.point.bytes()[1:], point)
			}
			if got, _ := a.ECDH(alone); !bytes.Equal(got, want) {
				t.Errorf("%s: with x alone: %x, want %x", kind, got, want)
			}
		}
	}
}

// TestIsScalar has scalars around the words of the order.
func TestIsScalar(t *testing.T) {
	for _, kind := range nistKinds {
		order, size := kinds[kind].elliptic().Params().N, kind.PrivateLength()
		for bit := range uint(8 * size) {
			for _, scalar := range []*big.Int{
				new(big.Int).Lsh(big.NewInt(1), bit),
				new(big.Int).Sub(order, new(big.Int).Lsh(big.NewInt(1), bit)),
				new(big.Int).Add(order, new(big.Int).Lsh(big.NewInt(1), bit)),
			} {
				if scalar.Sign() < 0 || scalar.BitLen() > 8*size {
					continue
				}
				want := scalar.Sign() > 0 && scalar.Cmp(order) < 0
				if got := isScalar(scalar.FillBytes(make([]byte, size)), nistOrder[kind]); got != want {
					t.Errorf("%s: %x: %t", kind, scalar, got)
				}
			}
		}
		if isScalar(make([]byte, size), nistOrder[kind]) || isScalar(nistOrder[kind], nistOrder[kind]) {
			t.Errorf("%s: zero or the order is a scalar", kind)
		}
	}
}
