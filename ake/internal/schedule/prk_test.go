package schedule

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/liblake/lake/ake/internal/suite"
)

func fill(n int, f func(out []byte)) []byte {
	out := make([]byte, n)
	f(out)
	return out
}

// testPRK is a PRK, not the same in every suite.
func testPRK(t testing.TB, alg *suite.Suite) *PRK {
	t.Helper()
	prk, ok := SavedPRK(alg, bytes.Repeat([]byte{byte(alg.ID), 0xaa}, alg.HashLength()/2))
	if !ok {
		t.Fatal("not a PRK")
	}
	return prk
}

// TestPRKDerivations holds the info of each derivation: the info_label, the
// context and the length of figure 6. The hash has 32 bytes.
func TestPRKDerivations(t *testing.T) {
	th, context := []byte{0xbb}, []byte{0xcc, 0xcc}
	bytesOf := func(p *PRK) []byte { return p.Bytes() }
	for _, test := range []struct {
		name string
		do   func(p *PRK) []byte
		info []string
	}{
		{"SALT_3e2m", func(p *PRK) []byte { return bytesOf(p.expanded(labelSalt3e2m, th)) }, []string{"0141bb1820"}},
		{"SALT_4e3m", func(p *PRK) []byte { return bytesOf(p.expanded(labelSalt4e3m, th)) }, []string{"0541bb1820"}},
		{"MAC_2", func(p *PRK) []byte { return fill(8, func(out []byte) { p.MAC2(out, context) }) }, []string{"0242cccc08"}},
		{"MAC_3", func(p *PRK) []byte { return fill(300, func(out []byte) { p.MAC3(out, context) }) }, []string{"0642cccc19012c"}},
		{"K_3, IV_3", func(p *PRK) []byte { return keyBytes(p.Key3(suite.Lookup(2), th)) },
			[]string{"0341bb10", "0441bb0d"}},
		{"K_4, IV_4", func(p *PRK) []byte { return keyBytes(p.Key4(suite.Lookup(5), th)) },
			[]string{"0841bb1820", "0941bb0c"}},
		{"PRK_out", func(p *PRK) []byte { return bytesOf(p.PRKOut(th)) }, []string{"0741bb1820"}},
		{"PRK_exporter", func(p *PRK) []byte { return bytesOf(p.PRKExporter()) }, []string{"0a401820"}},
		{"exporter", func(p *PRK) []byte { return fill(24, func(out []byte) { p.Export(out, 1<<64-1, context) }) },
			[]string{"1bffffffffffffffff42cccc1818"}},
		{"key update", func(p *PRK) []byte { return bytesOf(p.KeyUpdate(context)) }, []string{"0b42cccc1820"}},
		{"KEYSTREAM_2", func(p *PRK) []byte { return fill(10, func(text []byte) { p.XORKeystream2(th, text) }) }, []string{"0041bb0a"}},
		{"KEYSTREAM_3A", func(p *PRK) []byte { return fill(10, func(text []byte) { p.XORKeystream3A(th, text) }) }, []string{"0c41bb0a"}},
		{"KEYSTREAM_2 in parts", func(p *PRK) []byte { return fill(2*8160+5, func(text []byte) { p.XORKeystream2(th, text) }) },
			[]string{"0041bb191fe0", "2041bb191fe0", "2141bb05"}},
		{"KEYSTREAM_3A in parts", func(p *PRK) []byte { return fill(8161, func(text []byte) { p.XORKeystream3A(th, text) }) },
			[]string{"0c41bb191fe0", "2041bb01"}},
		{"no keystream", func(p *PRK) []byte { return fill(0, func(text []byte) { p.XORKeystream2(th, text) }) }, nil},
	} {
		alg := suite.Lookup(2)
		prk := testPRK(t, alg)
		var want []byte
		for _, text := range test.info {
			info, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, alg.Expand(prk.Bytes(), info, infoLength(info))...)
		}
		if got := test.do(prk); !bytes.Equal(got, want) {
			t.Errorf("%s is %x, want %x", test.name, got, want)
		}
	}
}

func keyBytes(k Key) []byte { return append(bytes.Clone(k.key), k.iv...) }

// infoLength reads the length at the end of an info of these tests.
func infoLength(info []byte) int {
	context := bytes.IndexAny(info, "\x40\x41\x42")
	length := info[context+1+int(info[context]-0x40):]
	switch length[0] {
	case 0x18:
		return int(length[1])
	case 0x19:
		return int(length[1])<<8 | int(length[2])
	}
	return int(length[0])
}

// TestPRKsInARow: the salt of a PRK is derived from the one before, in every suite.
func TestPRKsInARow(t *testing.T) {
	for _, alg := range suite.All() {
		th, dh, n := []byte{1, 2}, bytes.Repeat([]byte{3}, 32), alg.HashLength()
		length := []byte{0x18, byte(n)}
		prk2e := PRK2e(alg, th, dh)
		if want := alg.Extract(th, dh); !bytes.Equal(prk2e.Bytes(), want) {
			t.Errorf("suite %d: PRK_2e is %x, want %x", alg.ID, prk2e.Bytes(), want)
		}
		for label, next := range map[byte]*PRK{1: prk2e.PRK3e2m(th, dh), 5: prk2e.PRK4e3m(th, dh)} {
			salt := alg.Expand(prk2e.Bytes(), append([]byte{label, 0x42, 1, 2}, length...), n)
			if want := alg.Extract(salt, dh); !bytes.Equal(next.Bytes(), want) {
				t.Errorf("suite %d: the PRK of salt %d is %x, want %x", alg.ID, label, next.Bytes(), want)
			}
		}
	}
}

// TestPRKKeystream: encrypting twice gives the plaintext.
func TestPRKKeystream(t *testing.T) {
	for _, alg := range suite.All() {
		prk := testPRK(t, alg)
		for _, length := range []int{1, 20, 255, 256, 257, prk.ExpandLimit(), prk.ExpandLimit() + 1, 3 * prk.ExpandLimit()} {
			plain := bytes.Repeat([]byte{0x5a}, length)
			text := bytes.Clone(plain)
			prk.XORKeystream2([]byte{2}, text)
			if length > 3 && bytes.Equal(text, plain) {
				t.Errorf("suite %d: %d bytes are not encrypted", alg.ID, length)
			}
			prk.XORKeystream2([]byte{2}, text)
			if !bytes.Equal(text, plain) {
				t.Errorf("suite %d: %d bytes are not decrypted", alg.ID, length)
			}
		}
	}
}

// TestCopy: a copy is another one.
func TestCopy(t *testing.T) {
	for _, alg := range suite.All() {
		prk := testPRK(t, alg)
		other, memory := prk.Copy(), prk.Bytes()
		prk.Wipe()
		if !bytes.Equal(memory, make([]byte, alg.HashLength())) || !bytes.Equal(other.Bytes(), testPRK(t, alg).Bytes()) {
			t.Errorf("suite %d: %x and its copy %x after Wipe", alg.ID, memory, other.Bytes())
		}
	}
}

func TestSavedPRK(t *testing.T) {
	for _, alg := range suite.All() {
		for n := range 130 {
			if _, ok := SavedPRK(alg, make([]byte, n)); ok != (n == alg.HashLength()) {
				t.Errorf("suite %d takes a PRK of %d bytes: %t", alg.ID, n, ok)
			}
		}
	}
}

// TestKeyWipe: nothing is left of key and IV.
func TestKeyWipe(t *testing.T) {
	for _, alg := range suite.All() {
		k := testPRK(t, alg).Key3(alg, []byte{1})
		sealed, err := k.Seal(nil, []byte("text"))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := testPRK(t, alg).Key3(alg, []byte{1}).Open(nil, sealed); err != nil || string(text) != "text" {
			t.Errorf("suite %d: %q, %v", alg.ID, text, err)
		}
		if text, err := testPRK(t, alg).Key4(alg, []byte{1}).Open(nil, sealed); err == nil {
			t.Errorf("suite %d: K_4 opens what K_3 sealed: %q", alg.ID, text)
		}
		k.Wipe()
		if left := keyBytes(k); !bytes.Equal(left, make([]byte, alg.KeyLength()+alg.IVLength())) {
			t.Errorf("suite %d: %x is left", alg.ID, left)
		}
	}
}

// TestPRKAllocations: of the derivations of a whole run, only the PRKs themselves,
// K_3 with IV_3 and K_4 with IV_4 take memory.
func TestPRKAllocations(t *testing.T) {
	const prks, keys = 5, 2
	for _, alg := range suite.All() {
		th, dh, context := make([]byte, alg.HashLength()), make([]byte, 32), make([]byte, 300)
		text, mac, key := make([]byte, 80), make([]byte, 16), make([]byte, 32)
		if n := testing.AllocsPerRun(50, func() {
			prk2e := PRK2e(alg, th, dh)
			prk2e.XORKeystream2(th, text)
			prk3e2m := prk2e.PRK3e2m(th, dh)
			prk3e2m.MAC2(mac, context)
			prk3e2m.Key3(alg, th)
			prk4e3m := prk3e2m.PRK4e3m(th, dh)
			prk4e3m.MAC3(mac, context)
			prk4e3m.Key4(alg, th)
			prkOut := prk4e3m.PRKOut(th)
			exporter := prkOut.PRKExporter()
			exporter.Export(key, 0, nil)
			prkOut.Wipe()
		}); n > prks+keys {
			t.Errorf("suite %d: %v allocations", alg.ID, n)
		}
	}
}
