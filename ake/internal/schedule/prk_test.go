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
func testPRK(t testing.TB, alg *suite.Suite) PRK {
	t.Helper()
	data := bytes.Repeat([]byte{byte(alg.ID), 0xaa}, alg.HashLength()/2)
	prk, ok := alg.PRK(data)
	if !ok {
		t.Fatal("not a PRK")
	}
	return PRK{prk}
}

// TestPRKDerivations holds the info of each derivation: the info_label, the
// context and the length of figure 6. The hash has 32 bytes.
func TestPRKDerivations(t *testing.T) {
	th, context := []byte{0xbb}, []byte{0xcc, 0xcc}
	bytesOf := func(p PRK) []byte { return p.Bytes() }
	for _, test := range []struct {
		name string
		do   func(p *PRK) []byte
		info []string
	}{
		{"SALT_3e2m", func(p *PRK) []byte { return bytesOf(p.expanded(labelSalt3e2m, th)) }, []string{"0141bb1820"}},
		{"SALT_4e3m", func(p *PRK) []byte { return bytesOf(p.expanded(labelSalt4e3m, th)) }, []string{"0541bb1820"}},
		{"MAC_2", func(p *PRK) []byte { return fill(8, func(out []byte) { p.MAC2(out, context) }) }, []string{"0242cccc08"}},
		{"MAC_3", func(p *PRK) []byte { return fill(300, func(out []byte) { p.MAC3(out, context) }) }, []string{"0642cccc19012c"}},
		{"K_3, IV_3", func(p *PRK) []byte { return fill(29, func(out []byte) { p.Key3(out[:16], out[16:], th) }) },
			[]string{"0341bb10", "0441bb0d"}},
		{"K_4, IV_4", func(p *PRK) []byte { return fill(44, func(out []byte) { p.Key4(out[:32], out[32:], th) }) },
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
		if got := test.do(&prk); !bytes.Equal(got, want) {
			t.Errorf("%s is %x, want %x", test.name, got, want)
		}
	}
}

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
		prk2e := ExtractPRK2e(alg, th, dh)
		if want := alg.Extract(th, dh); !bytes.Equal(prk2e.Bytes(), want) {
			t.Errorf("suite %d: PRK_2e is %x, want %x", alg.ID, prk2e.Bytes(), want)
		}
		for label, next := range map[byte]PRK{1: prk2e.PRK3e2m(th, dh), 5: prk2e.PRK4e3m(th, dh)} {
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

// TestPRKAllocatesNothing: the derivations of a whole run.
func TestPRKAllocatesNothing(t *testing.T) {
	for _, alg := range suite.All() {
		th, dh, context := make([]byte, alg.HashLength()), make([]byte, 32), make([]byte, 300)
		text, mac, key, iv := make([]byte, 80), make([]byte, 16), make([]byte, 32), make([]byte, 13)
		if n := testing.AllocsPerRun(50, func() {
			prk2e := ExtractPRK2e(alg, th, dh)
			prk2e.XORKeystream2(th, text)
			prk3e2m := prk2e.PRK3e2m(th, dh)
			prk3e2m.MAC2(mac, context)
			prk3e2m.Key3(key, iv, th)
			prk4e3m := prk3e2m.PRK4e3m(th, dh)
			prk4e3m.MAC3(mac, context)
			prk4e3m.Key4(key, iv, th)
			prkOut := prk4e3m.PRKOut(th)
			exporter := prkOut.PRKExporter()
			exporter.Export(key, 0, nil)
			prkOut.Wipe()
		}); n != 0 {
			t.Errorf("suite %d: %v allocations", alg.ID, n)
		}
	}
}
