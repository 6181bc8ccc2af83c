package suite

import (
	"bytes"
	"crypto/elliptic"
	"math/big"
	"slices"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func TestSignVerify(t *testing.T) {
	for _, kind := range signingKinds {
		k := generate(t, kind)
		for _, message := range [][]byte{nil, []byte("message"), make([]byte, 5000)} {
			for name, sign := range map[string]func([]byte) ([]byte, error){"Sign": k.Sign, "SignDeterministic": k.SignDeterministic} {
				one, err := sign(message)
				if err != nil || len(one) != kind.signatureLength() || !k.Public().Verify(message, one) {
					t.Errorf("%s.%s: %d bytes, %v", kind, name, len(one), err)
				}
				two, _ := sign(message)
				random := name == "Sign" && (kind == KeyP256 || kind == KeyP384)
				if bytes.Equal(one, two) == random {
					t.Errorf("%s.%s: the same signature twice: %t", kind, name, !random)
				}
			}
		}
	}
}

func TestVerifyAltered(t *testing.T) {
	for _, kind := range signingKinds {
		k, message := generate(t, kind), []byte("a message that is signed")
		signature, err := k.Sign(message)
		if err != nil {
			t.Fatal(err)
		}
		p := k.Public()
		for i := range signature {
			altered := bytes.Clone(signature)
			altered[i] ^= 1
			if p.Verify(message, altered) {
				t.Errorf("%s: byte %d altered", kind, i)
			}
		}
		for i := range message {
			altered := bytes.Clone(message)
			altered[i] ^= 0x80
			if p.Verify(altered, signature) {
				t.Errorf("%s: byte %d of the message altered", kind, i)
			}
		}
		for n := range signature {
			if p.Verify(message, signature[:n]) {
				t.Errorf("%s: %d bytes of signature", kind, n)
			}
		}
		for name, bad := range map[string][]byte{
			"a byte more":    append(bytes.Clone(signature), 0),
			"a byte before":  append([]byte{0}, signature...),
			"twice":          slices.Concat(signature, signature),
			"zeros":          make([]byte, len(signature)),
			"ones":           bytes.Repeat([]byte{0xff}, len(signature)),
			"halves changed": slices.Concat(signature[len(signature)/2:], signature[:len(signature)/2]),
			"r = 0":          slices.Concat(make([]byte, len(signature)/2), signature[len(signature)/2:]),
			"s = 0":          slices.Concat(signature[:len(signature)/2], make([]byte, len(signature)/2)),
			"none":           nil,
		} {
			if p.Verify(message, bad) {
				t.Errorf("%s: %s", kind, name)
			}
		}
		if generate(t, kind).Public().Verify(message, signature) {
			t.Errorf("%s: another key", kind)
		}
	}
	if (*PublicKey)(nil).Verify(nil, nil) {
		t.Error("no key at all")
	}
}

// TestVerifyECDSA has what is particular to r and s.
func TestVerifyECDSA(t *testing.T) {
	for _, kind := range nistKinds {
		k, message := generate(t, kind), []byte("message")
		p, size := k.Public(), kind.xLength()
		signature, _ := k.Sign(message)
		r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
		order := kinds[kind].elliptic().Params().N
		encode := func(r, s *big.Int) []byte {
			return slices.Concat(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size)))
		}
		sub := func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

		if !p.Verify(message, encode(r, sub(order, s))) {
			t.Errorf("%s: (r, n-s) is a signature too", kind)
		}
		zero, one := new(big.Int), big.NewInt(1)
		for name, bad := range map[string][]byte{
			"0, 0":   encode(zero, zero),
			"0, 1":   encode(zero, one),
			"1, 0":   encode(one, zero),
			"1, 1":   encode(one, one),
			"n, s":   encode(order, s),
			"r, n":   encode(r, order),
			"n, n":   encode(order, order),
			"n-r, s": encode(sub(order, r), s),
		} {
			if p.Verify(message, bad) {
				t.Errorf("%s: %s", kind, name)
			}
		}
		// r + n and s + n fit only when r and s are small: elsewhere they are
		// cut, and are then other numbers.
		if cut := new(big.Int).Add(s, order); cut.BitLen() <= 8*size && p.Verify(message, encode(r, cut)) {
			t.Errorf("%s: s + n", kind)
		}

		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(r)
			b.AddASN1BigInt(s)
		})
		der := b.BytesOrPanic()
		if p.Verify(message, der) || p.Verify(message, der[:2*size]) || p.Verify(message, der[len(der)-2*size:]) {
			t.Errorf("%s: DER", kind)
		}
	}
}

// TestVerifyEdDSAScalar adds the order of the base point to S, which RFC 8032
// sections 5.1.7 and 5.2.7 refuse.
func TestVerifyEdDSAScalar(t *testing.T) {
	for kind, order := range map[KeyKind]string{
		KeyEd25519: "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed",
		KeyEd448: `3fffffffffffffffffffffffffffffffffffffffffffffffffffffff
			7cca23e9c44edb49aed63690216cc2728dc58f552378c292ab5844f3`,
	} {
		k, message := generate(t, kind), []byte("message")
		signature, _ := k.Sign(message)
		half := len(signature) / 2
		s := bytes.Clone(signature[half:])
		slices.Reverse(s)
		sum := new(big.Int).Add(new(big.Int).SetBytes(s), new(big.Int).SetBytes(unhex(t, order)))
		s = sum.FillBytes(make([]byte, half))
		slices.Reverse(s)
		if k.Public().Verify(message, slices.Concat(signature[:half], s)) {
			t.Errorf("%s: S + L", kind)
		}
	}
}

func TestVerifyWrongKind(t *testing.T) {
	for _, kind := range []KeyKind{KeyX25519, KeyX448} {
		p := generate(t, kind).Public()
		for _, n := range []int{0, 64, 96, 114} {
			if p.Verify([]byte("message"), make([]byte, n)) {
				t.Errorf("%s verified %d bytes", kind, n)
			}
		}
	}
}

// FuzzPublicKey looks for a panic, for a key that does not come out as it went
// in, and for a signature that anybody can make.
func FuzzPublicKey(f *testing.F) {
	for _, kind := range allKinds {
		k := generate(f, kind)
		signature, _ := k.Sign([]byte("message"))
		f.Add(int32(kind), k.Public().Bytes(), []byte("message"), signature)
		f.Add(int32(kind), k.Public().X(), []byte("message"), make([]byte, kind.signatureLength()))
	}
	x, y := elliptic.P256().Params().Gx, elliptic.P256().Params().Gy
	f.Add(int32(KeyP256), slices.Concat([]byte{4}, x.Bytes(), y.Bytes()), []byte{}, make([]byte, 64))
	f.Fuzz(func(t *testing.T, kind int32, data, message, signature []byte) {
		p, err := ParsePublicKey(KeyKind(kind), data)
		if err != nil {
			return
		}
		again, err := ParsePublicKey(p.Kind(), p.Bytes())
		if err != nil || !again.Equal(p) || again.HasY() != p.HasY() {
			t.Fatalf("%s %x does not survive: %v", p.Kind(), p.Bytes(), err)
		}
		if p.Verify(message, make([]byte, len(signature))) {
			t.Fatalf("%s %x verifies zeros", p.Kind(), p.Bytes())
		}
		if p.Verify(message, signature) && p.Verify(append(message, 0), signature) {
			t.Fatalf("%s %x: one signature, two messages", p.Kind(), p.Bytes())
		}
	})
}
