package schedule

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
)

// spy is a set of functions that tell what they were asked.
type spy struct{ asked *[]string }

func newSpy() spy { return spy{new([]string)} }

func (s spy) HashLength() int  { return 4 }
func (s spy) ExpandLimit() int { return 10 }
func (s spy) Digest(parts ...[]byte) []byte {
	return s.answer(4, "digest", bytes.Join(parts, nil))
}
func (s spy) Extract(salt, ikm []byte) []byte { return s.answer(4, "extract", salt, ikm) }
func (s spy) Expand(prk, info []byte, n int) []byte {
	return s.answer(n, "expand", prk, info)
}

func (s spy) answer(n int, what string, inputs ...[]byte) []byte {
	question := what
	for _, input := range inputs {
		question += fmt.Sprintf(" %x", input)
	}
	*s.asked = append(*s.asked, question)
	sum := sha256.Sum256([]byte(question))
	return bytes.Repeat(sum[:], n/32+1)[:n]
}

// TestDerivations holds what each derivation asks of the functions: the
// info_label, the context and the length of figure 6.
func TestDerivations(t *testing.T) {
	prk, th, context := []byte{0xaa}, []byte{0xbb}, []byte{0xcc, 0xcc}
	for _, test := range []struct {
		name string
		do   func(spy)
		want []string
	}{
		{"TH_2", func(s spy) { TH2(s, []byte{1, 2}, []byte{3}) }, []string{"digest 4201024103"}},
		{"TH_3", func(s spy) { NextTH(s, th, []byte{1}, []byte{2}) }, []string{"digest 41bb0102"}},
		{"PRK_2e", func(s spy) { PRK2e(s, th, prk) }, []string{"extract bb aa"}},
		{"SALT_3e2m", func(s spy) { Salt3e2m(s, prk, th) }, []string{"expand aa 0141bb04"}},
		{"SALT_4e3m", func(s spy) { Salt4e3m(s, prk, th) }, []string{"expand aa 0541bb04"}},
		{"MAC_2", func(s spy) { MAC2(s, prk, context, 8) }, []string{"expand aa 0242cccc08"}},
		{"MAC_3", func(s spy) { MAC3(s, prk, context, 300) }, []string{"expand aa 0642cccc19012c"}},
		{"K_3, IV_3", func(s spy) { Key3(s, prk, th, 16, 13) }, []string{"expand aa 0341bb10", "expand aa 0441bb0d"}},
		{"K_4, IV_4", func(s spy) { Key4(s, prk, th, 32, 12) }, []string{"expand aa 0841bb1820", "expand aa 0941bb0c"}},
		{"PRK_out", func(s spy) { PRKOut(s, prk, th) }, []string{"expand aa 0741bb04"}},
		{"PRK_exporter", func(s spy) { PRKExporter(s, prk) }, []string{"expand aa 0a4004"}},
		{"exporter", func(s spy) { Export(s, prk, 1<<64-1, context, 24) }, []string{"expand aa 1bffffffffffffffff42cccc1818"}},
		{"key update", func(s spy) { KeyUpdate(s, prk, context) }, []string{"expand aa 0b42cccc04"}},
		{"keystream", func(s spy) { XORKeystream2(s, prk, th, make([]byte, 10)) }, []string{"expand aa 0041bb0a"}},
		{"keystream in parts", func(s spy) { XORKeystream2(s, prk, th, make([]byte, 25)) },
			[]string{"expand aa 0041bb0a", "expand aa 2041bb0a", "expand aa 2141bb05"}},
		{"no keystream", func(s spy) { XORKeystream2(s, prk, th, nil) }, nil},
	} {
		s := newSpy()
		test.do(s)
		if fmt.Sprint(*s.asked) != fmt.Sprint(test.want) {
			t.Errorf("%s asks %q, want %q", test.name, *s.asked, test.want)
		}
	}
}

// TestSaltedPRKs: the salt goes into the next key.
func TestSaltedPRKs(t *testing.T) {
	s := newSpy()
	salt := Salt3e2m(s, []byte{1}, []byte{2})
	PRK3e2m(s, []byte{1}, []byte{2}, []byte{3})
	if got, want := (*s.asked)[2], fmt.Sprintf("extract %x 03", salt); got != want {
		t.Errorf("PRK_3e2m asks %q, want %q", got, want)
	}
	s = newSpy()
	salt = Salt4e3m(s, []byte{1}, []byte{2})
	PRK4e3m(s, []byte{1}, []byte{2}, []byte{3})
	if got, want := (*s.asked)[2], fmt.Sprintf("extract %x 03", salt); got != want {
		t.Errorf("PRK_4e3m asks %q, want %q", got, want)
	}
}

// TestKeystream: encrypting twice gives the plaintext, at every length around
// the parts.
func TestKeystream(t *testing.T) {
	for length := range 45 {
		plain := bytes.Repeat([]byte{0x5a}, length)
		text := bytes.Clone(plain)
		XORKeystream2(newSpy(), []byte{1}, []byte{2}, text)
		if length > 3 && bytes.Equal(text, plain) {
			t.Errorf("%d bytes are not encrypted", length)
		}
		XORKeystream2(newSpy(), []byte{1}, []byte{2}, text)
		if !bytes.Equal(text, plain) {
			t.Errorf("%d bytes are not decrypted", length)
		}
	}
}

// TestContexts: the parts of what is protected stand in their order, and each
// of them matters.
func TestContexts(t *testing.T) {
	cR, id, th, cred, ead := []byte{0x27}, []byte{0xa1}, []byte{1, 2}, []byte{0xa2}, []byte{5}
	for name, pair := range map[string][2][]byte{
		"context_2":          {Context2(cR, id, th, cred, ead), []byte{0x27, 0xa1, 0x42, 1, 2, 0xa2, 5}},
		"context_2, no EAD":  {Context2(cR, id, th, cred, nil), []byte{0x27, 0xa1, 0x42, 1, 2, 0xa2}},
		"context_3":          {Context3(id, th, cred, ead), []byte{0xa1, 0x42, 1, 2, 0xa2, 5}},
		"external_aad":       {ExternalAAD(th, cred, ead), []byte{0x42, 1, 2, 0xa2, 5}},
		"long TH":            {ExternalAAD(make([]byte, 64), nil, nil), cborx.AppendBytes(nil, make([]byte, 64))},
		"external_aad alone": {ExternalAAD(nil, nil, nil), []byte{0x40}},
	} {
		if !bytes.Equal(pair[0], pair[1]) {
			t.Errorf("%s is %x, want %x", name, pair[0], pair[1])
		}
	}
}
