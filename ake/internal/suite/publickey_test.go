package suite

import (
	"bytes"
	"crypto/elliptic"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func generate(t testing.TB, kind KeyKind) *PrivateKey {
	t.Helper()
	k, err := GenerateKey(kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestNISTForms parses one point in its five forms.
func TestNISTForms(t *testing.T) {
	for _, kind := range nistKinds {
		k := generate(t, kind)
		full, size := k.Public().Bytes(), kind.xLength()
		x, y := full[:size], full[size:]
		if !bytes.Equal(k.Public().X(), x) {
			t.Errorf("%s: X is not the first half", kind)
		}
		sign := byte(2 + y[size-1]&1)
		for _, test := range []struct {
			name string
			data []byte
			hasY bool
		}{
			{"x||y", full, true},
			{"uncompressed", slices.Concat([]byte{4}, full), true},
			{"compressed", slices.Concat([]byte{sign}, x), true},
			{"x", x, false},
		} {
			p, err := ParsePublicKey(kind, test.data)
			if err != nil {
				t.Errorf("%s, %s: %v", kind, test.name, err)
				continue
			}
			want := full
			if !test.hasY {
				want = x
			}
			if p.Kind() != kind || p.HasY() != test.hasY || !bytes.Equal(p.Bytes(), want) || !bytes.Equal(p.X(), x) {
				t.Errorf("%s, %s: %x", kind, test.name, p.Bytes())
			}
			if !p.Equal(k.Public()) || !k.Public().Equal(p) || !p.Equal(p) {
				t.Errorf("%s, %s: not equal", kind, test.name)
			}
			other := generate(t, kind)
			one, err1 := k.ECDH(other.Public())
			two, err2 := other.ECDH(p)
			if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
				t.Errorf("%s, %s: ECDH %v, %v", kind, test.name, err1, err2)
			}
			signature, _ := k.Sign([]byte("message"))
			if p.Verify([]byte("message"), signature) != test.hasY {
				t.Errorf("%s, %s: Verify is not %t", kind, test.name, test.hasY)
			}
		}
		negative, err := ParsePublicKey(kind, slices.Concat([]byte{sign ^ 1}, x))
		if err != nil || negative.Equal(k.Public()) {
			t.Errorf("%s: the negative point is the same key, %v", kind, err)
		}
	}
}

// TestNISTInvalid has what a peer may send in place of a point.
// TestCanVerify: a key that says so verifies its signature, and no other does.
func TestCanVerify(t *testing.T) {
	signs := map[KeyKind]bool{KeyP256: true, KeyP384: true, KeyEd25519: true, KeyEd448: true}
	for _, kind := range allKinds {
		k := generate(t, kind)
		whole, err := ParsePublicKey(kind, k.Public().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		forms := map[*PublicKey]bool{k.Public(): signs[kind], whole: signs[kind]}
		if kind == KeyP256 || kind == KeyP384 {
			x, err := ParsePublicKey(kind, k.Public().X())
			compressed, err2 := ParsePublicKey(kind, slices.Concat([]byte{2 + k.Public().Bytes()[kind.PublicLength()-1]&1}, k.Public().X()))
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			forms[x], forms[compressed] = false, true
		}
		signature, _ := k.Sign([]byte("message"))
		for p, want := range forms {
			if p.CanVerify() != want || p.Verify([]byte("message"), signature) != want {
				t.Errorf("%v, %d bytes: can verify: %v, and does: %v", kind, len(p.Bytes()), p.CanVerify(), p.Verify([]byte("message"), signature))
			}
		}
	}
}

func TestNISTInvalid(t *testing.T) {
	for _, kind := range nistKinds {
		params, size := kinds[kind].elliptic().Params(), kind.xLength()
		fixed := func(n *big.Int) []byte { return n.FillBytes(make([]byte, size)) }
		plus := func(n *big.Int, i int64) *big.Int { return new(big.Int).Add(n, big.NewInt(i)) }
		p, gx, gy := params.P, params.Gx, params.Gy

		// x such that x+p still fits, one on the curve and one not.
		var small, off *big.Int
		for i := int64(1); small == nil || off == nil; i++ {
			compressed := slices.Concat([]byte{2}, fixed(big.NewInt(i)))
			if x, _ := elliptic.UnmarshalCompressed(kinds[kind].elliptic(), compressed); x != nil {
				small = x
			} else {
				off = big.NewInt(i)
			}
		}
		_, smallY := elliptic.UnmarshalCompressed(kinds[kind].elliptic(), slices.Concat([]byte{2}, fixed(small)))
		beyond := new(big.Int).Add(small, p)

		const notBelow, notOn, form, length = "not below p", "not on the curve", "unknown form", "wrong length"
		for _, test := range []struct {
			name string
			data []byte
			want string
		}{
			{"x = p", fixed(p), "x-coordinate " + notBelow},
			{"x = p, compressed", slices.Concat([]byte{2}, fixed(p)), "x-coordinate " + notBelow},
			{"x = p, with y", slices.Concat(fixed(p), fixed(gy)), "x-coordinate " + notBelow},
			{"x + p", fixed(beyond), "x-coordinate " + notBelow},
			{"x + p, compressed", slices.Concat([]byte{3}, fixed(beyond)), "x-coordinate " + notBelow},
			{"x + p, with y", slices.Concat(fixed(beyond), fixed(smallY)), "x-coordinate " + notBelow},
			{"y = p", slices.Concat(fixed(gx), fixed(p)), "y-coordinate " + notBelow},
			{"all ones", bytes.Repeat([]byte{0xff}, size), "x-coordinate " + notBelow},
			{"x without a y", fixed(off), notOn},
			{"x without a y, compressed", slices.Concat([]byte{3}, fixed(off)), notOn},
			{"y + 1", slices.Concat(fixed(gx), fixed(plus(gy, 1))), notOn},
			{"x + 1", slices.Concat(fixed(plus(gx, 1)), fixed(gy)), notOn},
			{"y and x exchanged", slices.Concat(fixed(gy), fixed(gx)), notOn},
			{"zeros", make([]byte, 2*size), notOn},
			{"uncompressed zeros", slices.Concat([]byte{4}, make([]byte, 2*size)), notOn},
			{"hybrid 6", slices.Concat([]byte{6}, fixed(gx), fixed(gy)), form},
			{"hybrid 7", slices.Concat([]byte{7}, fixed(gx), fixed(gy)), form},
			{"prefix 0", slices.Concat([]byte{0}, fixed(gx), fixed(gy)), form},
			{"prefix 2 before x||y", slices.Concat([]byte{2}, fixed(gx), fixed(gy)), form},
			{"prefix 4 before x", slices.Concat([]byte{4}, fixed(gx)), form},
			{"prefix 0 before x", slices.Concat([]byte{0}, fixed(gx)), form},
			{"infinity", []byte{0}, length},
			{"nothing", nil, length},
			{"x short of a byte", fixed(gx)[1:], length},
			{"x||y short of a byte", slices.Concat(fixed(gx), fixed(gy))[1:], length},
			{"x||y and two bytes", slices.Concat([]byte{0, 4}, fixed(gx), fixed(gy)), length},
			{"x and two bytes", slices.Concat([]byte{0, 2}, fixed(gx)), length},
		} {
			key, err := ParsePublicKey(kind, test.data)
			if !errors.Is(err, ErrPublicKey) || key != nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %s: %v", kind, test.name, err)
			}
		}
	}
}

// TestPublicKeyLengths gives every kind every length but its own.
func TestPublicKeyLengths(t *testing.T) {
	for _, kind := range allKinds {
		public := generate(t, kind).Public()
		data := append(public.Bytes(), make([]byte, 50)...)
		good := []int{kind.PublicLength()}
		if kind == KeyP256 || kind == KeyP384 {
			size := kind.xLength()
			good = []int{size, 1 + size, 2 * size, 1 + 2*size}
		}
		for n := range data {
			if _, err := ParsePublicKey(kind, data[:n]); !slices.Contains(good, n) && !errors.Is(err, ErrPublicKey) {
				t.Errorf("%s of %d bytes: %v", kind, n, err)
			}
		}
	}
}

// littleEndian gives 2^bits - 2^bits2 - less, or without 2^bits2 when it is 0.
func littleEndian(length int, bits, bits2 uint, less int64) []byte {
	n := new(big.Int).Lsh(big.NewInt(1), bits)
	if bits2 > 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), bits2))
	}
	n.Sub(n, big.NewInt(less))
	b := n.FillBytes(make([]byte, length))
	slices.Reverse(b)
	return b
}

// TestLowOrder has every encoding of the points with which the shared secret
// is zero whatever the private key.
func TestLowOrder(t *testing.T) {
	order8 := []string{
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	}
	points := map[KeyKind][][]byte{
		KeyX25519: {
			make([]byte, 32), append([]byte{1}, make([]byte, 31)...),
			littleEndian(32, 255, 0, 20), littleEndian(32, 255, 0, 19), littleEndian(32, 255, 0, 18), // p-1, p, p+1
			unhex(t, order8[0]), unhex(t, order8[1]),
		},
		KeyX448: {
			make([]byte, 56), append([]byte{1}, make([]byte, 55)...),
			littleEndian(56, 448, 224, 2), littleEndian(56, 448, 224, 1), littleEndian(56, 448, 224, 0),
		},
	}
	for _, point := range slices.Clone(points[KeyX25519]) {
		masked := bytes.Clone(point)
		masked[31] |= 0x80
		points[KeyX25519] = append(points[KeyX25519], masked)
	}
	for kind, encodings := range points {
		k := generate(t, kind)
		for _, encoding := range encodings {
			p, err := ParsePublicKey(kind, encoding)
			if err != nil {
				t.Errorf("%s %x: %v", kind, encoding, err)
				continue
			}
			if secret, err := k.ECDH(p); !errors.Is(err, ErrLowOrder) || secret != nil {
				t.Errorf("%s %x: %x, %v", kind, encoding, secret, err)
			}
		}
	}
}

// TestEdInvalid has points of low order, second encodings, and what is no
// point at all.
func TestEdInvalid(t *testing.T) {
	sign := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)-1] |= 0x80
		return b
	}
	lowOrder := map[KeyKind][][]byte{
		KeyEd25519: {
			append([]byte{1}, make([]byte, 31)...),
			littleEndian(32, 255, 0, 20),
			make([]byte, 32), sign(make([]byte, 32)),
			unhex(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
			unhex(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
			unhex(t, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
			unhex(t, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
		},
		KeyEd448: {
			append([]byte{1}, make([]byte, 56)...),
			littleEndian(57, 448, 224, 2),
			make([]byte, 57), sign(make([]byte, 57)),
		},
	}
	for kind, encodings := range lowOrder {
		for _, encoding := range encodings {
			if _, err := ParsePublicKey(kind, encoding); !errors.Is(err, ErrPublicKey) || !errors.Is(err, ErrLowOrder) {
				t.Errorf("%s %x: %v", kind, encoding, err)
			}
		}
	}

	invalid := map[KeyKind][][]byte{
		KeyEd25519: {
			sign(append([]byte{1}, make([]byte, 31)...)), // x = 0 with its sign bit set
			sign(littleEndian(32, 255, 0, 20)),
			append([]byte{2}, make([]byte, 31)...), // y of no point
		},
		KeyEd448: {
			sign(append([]byte{1}, make([]byte, 56)...)),
			sign(littleEndian(57, 448, 224, 2)),
			append(make([]byte, 56), 1), // 2^448
			append(make([]byte, 56), 0x40),
			littleEndian(57, 448, 0, 1),
		},
	}
	for i := range int64(19) { // every y from p on
		y := littleEndian(32, 255, 0, 19-i)
		invalid[KeyEd25519] = append(invalid[KeyEd25519], y, sign(y))
		y = littleEndian(57, 448, 224, 1-i)
		invalid[KeyEd448] = append(invalid[KeyEd448], y, sign(y))
	}
	for kind, encodings := range invalid {
		for _, encoding := range encodings {
			if p, err := ParsePublicKey(kind, encoding); !errors.Is(err, ErrPublicKey) || p != nil {
				t.Errorf("%s %x: %v", kind, encoding, err)
			}
		}
	}
}

func TestPublicKeyEqual(t *testing.T) {
	for _, kind := range allKinds {
		a, b := generate(t, kind).Public(), generate(t, kind).Public()
		same, err := ParsePublicKey(kind, a.Bytes())
		if err != nil || !a.Equal(same) || !same.Equal(a) {
			t.Errorf("%s: not equal to itself, %v", kind, err)
		}
		if a.Equal(b) || a.Equal(nil) || (*PublicKey)(nil).Equal(a) {
			t.Errorf("%s: equal to another", kind)
		}
		if kind.xLength() != 32 {
			continue
		}
		for _, other := range []KeyKind{KeyX25519, KeyP256} {
			if p, err := ParsePublicKey(other, a.X()); err == nil && other != kind && (p.Equal(a) || a.Equal(p)) {
				t.Errorf("%s equals %s", kind, other)
			}
		}
	}
}

// TestPublicKeyCopies changes what goes in and what comes out.
func TestPublicKeyCopies(t *testing.T) {
	for _, kind := range allKinds {
		data := generate(t, kind).Public().Bytes()
		want := bytes.Clone(data)
		p, err := ParsePublicKey(kind, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{data, p.Bytes(), p.X()} {
			b[0] ^= 0xff
		}
		if !bytes.Equal(p.Bytes(), want) {
			t.Errorf("%s: a caller changed the key", kind)
		}
	}
}
