package c509

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// Nothing but the certificate itself may pass as the issuer's.
func TestMutations(t *testing.T) {
	issuer := p256(t, draftIssuer)
	samples := map[string][]byte{"native": fromHex(t, draftNative), "reencoded": fromHex(t, draftReencoded)}
	for _, ref := range references {
		der, _ := reference(t, ref.name)
		sample, err := FromX509(der)
		if err != nil {
			t.Fatal(err)
		}
		samples[ref.name] = sample
	}
	for name, sample := range samples {
		for i := range sample {
			if c, err := Parse(sample[:i]); err == nil {
				t.Fatalf("%s: %d bytes were taken: %+v", name, i, c)
			}
		}
		if _, err := Parse(append(bytes.Clone(sample), 0)); err == nil {
			t.Errorf("%s: a byte after it was taken", name)
		}
		refused, tried := 0, 0
		for i := range sample {
			for bit := range 8 {
				if len(sample) > 200 && bit != i%8 {
					continue // to save time
				}
				tried++
				mutant := bytes.Clone(sample)
				mutant[i] ^= 1 << bit
				_, err := verify(mutant, issuer)
				if err == nil {
					t.Errorf("%s: byte %d, bit %d: passed", name, i, bit)
				}
				if errors.Is(err, ErrMalformed) {
					refused++
				} else if !errors.Is(err, ErrSignature) && !errors.Is(err, ErrAlgorithm) {
					t.Errorf("%s: byte %d, bit %d: %v", name, i, bit, err)
				}
			}
		}
		t.Logf("%s: of %d mutants %d were malformed", name, tried, refused)
	}
}

// What comes of a mutant of a DER certificate comes back as that mutant.
func TestFromX509Mutations(t *testing.T) {
	for _, ref := range references {
		der, _ := reference(t, ref.name)
		for i := range der {
			mutant := bytes.Clone(der)
			mutant[i] ^= 1 << (i % 8)
			if out, err := FromX509(mutant); err == nil {
				if back, err := ToX509(out); err != nil || !bytes.Equal(back, mutant) {
					t.Errorf("%s: byte %d: %v", ref.name, i, err)
				}
			}
		}
	}
}

// Each certificate here is properly signed, so that only its form is wrong.
func TestRefused(t *testing.T) {
	a, issuer := newAuthority(t)
	key := append([]byte{4}, a.key.Public().Bytes()...)
	good := a.native(t, "root", "leaf")
	if _, err := verify(good, issuer); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		overrides []any
		want      string // in the error
	}{
		"type 0":                     {[]any{0, 0}, "not a type"},
		"type 1":                     {[]any{0, 1}, "not a type"},
		"type 4":                     {[]any{0, 4}, "not a type"},
		"type as text":               {[]any{0, "2"}, "not a type"},
		"serial as int":              {[]any{1, 1}, "serial"},
		"serial with a zero":         {[]any{1, []byte{0, 1}}, "serial"},
		"unknown signature":          {[]any{2, 99}, "signature algorithm 99"},
		"signature by OID":           {[]any{2, fromHex(t, "2a8648ce3d040302")}, "not written as the number 0"},
		"signature as text":          {[]any{2, "ES256"}, "signature"},
		"algorithm of three":         {[]any{2, seq([]byte{0x2a, 3}, []byte{5, 0}, 1)}, "signature"},
		"parameters not DER":         {[]any{2, seq([]byte{0x2a, 3}, []byte{5})}, "signature"},
		"issuer as int":              {[]any{3, 1}, "issuer"},
		"issuer is the subject":      {[]any{3, "leaf"}, "null"},
		"hex digits as text":         {[]any{6, "abcd"}, "subject"},
		"subject null":               {[]any{6, null}, "subject"},
		"PrintableString":            {[]any{6, seq(-4, "SE")}, "subject"},
		"notBefore negative":         {[]any{4, -1}, "validity"},
		"notBefore null":             {[]any{4, null}, "validity"},
		"notAfter null in numbers":   {[]any{5, int64(noExpiry)}, "validity"},
		"notAfter in year 10000":     {[]any{5, int64(noExpiry + 1)}, "validity"},
		"notAfter as text":           {[]any{5, "never"}, "validity"},
		"unknown key algorithm":      {[]any{7, 99}, "public key algorithm 99"},
		"key algorithm by OID":       {[]any{7, seq(fromHex(t, "2a8648ce3d0201"), fromHex(t, "06082a8648ce3d030107"))}, "not written as the number 1"},
		"key of x||y":                {[]any{8, key[1:]}, "point"},
		"key of x":                   {[]any{8, key[1:33]}, "point"},
		"key empty":                  {[]any{8, []byte{}}, "empty"},
		"key off the curve":          {[]any{8, append(bytes.Clone(key[:64]), key[64]^1)}, "curve"},
		"key of X.509":               {[]any{8, append([]byte{wasEven}, key[1:33]...)}, "0xfe"},
		"key hybrid":                 {[]any{8, append([]byte{6}, key[1:]...)}, "no known form"},
		"key too long":               {[]any{8, append(bytes.Clone(key), 0)}, "length"},
		"key as text":                {[]any{8, "key"}, "byte string"},
		"Ed25519 of small order":     {[]any{7, 12, 8, make([]byte, 32)}, "low order"},
		"X25519 too short":           {[]any{7, 8, 8, make([]byte, 31)}, "length"},
		"RSA of one number":          {[]any{7, 0, 8, seq([]byte{1})}, "RSA"},
		"RSA with the usual number":  {[]any{7, 0, 8, seq([]byte{9}, []byte{1, 0, 1})}, "RSA"},
		"RSA with leading zeros":     {[]any{7, 0, 8, []byte{0, 9}}, "RSA"},
		"extensions as text":         {[]any{9, "x"}, "neither"},
		"extensions null":            {[]any{9, null}, "neither"},
		"lonely key usage in array":  {[]any{9, seq(2, 1)}, "lonely"},
		"key usage without bits":     {[]any{9, 0}, "key usage"},
		"odd extensions":             {[]any{9, seq(4)}, "basic constraints"},
		"unknown extension":          {[]any{9, seq(99, 1)}, "extension 99"},
		"extension of early edition": {[]any{9, seq(10, seq())}, "extension 10"},
		"extension twice":            {[]any{9, seq(4, -1, -4, -2)}, "twice"},
		"extension by OID":           {[]any{9, seq(fromHex(t, "551d13"), fromHex(t, "3000"))}, "basic constraints"},
		"OID malformed":              {[]any{9, seq([]byte{0x80, 1}, []byte{})}, "an extension"},
		"critical twice":             {[]any{9, seq([]byte{0x2a, 3}, seq([]byte{}, []byte{}))}, "an extension"},
		"65 extensions":              {[]any{9, seq(make65()...)}, "more than 64"},
		"value undefined":            {[]any{9, seq(1, cborx.Item{0xf7})}, "subject key identifier"},
		"ten elements":               {[]any{9, cborx.Item{}}, "10 elements"},
		"twelve elements":            {[]any{9, cborx.Item{0x80, 0x80}}, "more than 11"},
		"long head":                  {[]any{9, cborx.Item{0x98, 0}}, "deterministic"},
		"long int":                   {[]any{0, cborx.Item{0x18, 2}}, "deterministic"},
		"indefinite length":          {[]any{9, cborx.Item{0x9f, 0xff}}, "indefinite"},
		"bad UTF-8":                  {[]any{6, cborx.Item{0x61, 0xff}}, "UTF-8"},
		"deeply nested":              {[]any{9, cborx.Item(append(bytes.Repeat([]byte{0x81}, 40), 0x80))}, "nested"},
		"oversized":                  {[]any{9, seq([]byte{0x2a, 3}, make([]byte, maxSize))}, "at most"},
	} {
		certificate := a.native(t, "root", "leaf", test.overrides...)
		c, err := Parse(certificate)
		if !errors.Is(err, ErrMalformed) || c != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, signature := range map[string]cborx.Item{
		"as text":   toCBOR(strings.Repeat("a", 64)),
		"odd":       toCBOR(make([]byte, 63)),
		"padded":    toCBOR(append(append([]byte{0}, good[len(good)-64:len(good)-32]...), append([]byte{0}, good[len(good)-32:]...)...)),
		"huge":      toCBOR(make([]byte, 134)),
		"empty":     toCBOR([]byte{}),
		"undefined": {0xf7},
	} {
		mutant := append(bytes.Clone(good[:len(good)-66]), signature...)
		if _, err := Parse(mutant); !errors.Is(err, ErrMalformed) {
			t.Errorf("signature %s: %v", name, err)
		}
	}
}

func make65() (extensions []any) {
	for i := range byte(65) {
		extensions = append(extensions, []byte{0x2a, i}, []byte{})
	}
	return extensions
}

// All kinds of keys, in a native certificate.
func TestKeyKinds(t *testing.T) {
	a, issuer := newAuthority(t)
	for _, test := range []struct {
		algorithm int
		kind      suite.KeyKind
	}{
		{1, suite.KeyP256}, {2, suite.KeyP384}, {8, suite.KeyX25519}, {9, suite.KeyX448}, {12, suite.KeyEd25519}, {13, suite.KeyEd448},
	} {
		secret := bytes.Repeat([]byte{0x42}, test.kind.PrivateLength())
		private, err := suite.ParsePrivateKey(test.kind, secret)
		if err != nil {
			t.Fatal(err)
		}
		forms := [][]byte{private.Public().Bytes()}
		if point := private.Public().Bytes(); test.algorithm < 3 {
			forms = [][]byte{append([]byte{4}, point...), append([]byte{2 + point[len(point)-1]&1}, point[:len(point)/2]...)}
		}
		for _, form := range forms {
			certificate := a.native(t, "root", "leaf", 7, test.algorithm, 8, form, 9, -16)
			c, err := verify(certificate, issuer)
			if err != nil || !c.publicKey.Equal(private.Public()) || !c.extensions[0].Critical {
				t.Fatalf("%s: %v", test.kind, err)
			}
			if facts, err := c.X509(); err != nil || facts.KeyUsage != 16 {
				t.Errorf("%s: X509: %v", test.kind, err)
			}
		}
	}
}

// A native certificate signed with each algorithm that can be checked.
func TestSignatureAlgorithms(t *testing.T) {
	a, _ := newAuthority(t)
	for algorithm, kind := range map[int]suite.KeyKind{0: suite.KeyP256, 1: suite.KeyP384, 12: suite.KeyEd25519, 13: suite.KeyEd448} {
		key, err := suite.ParsePrivateKey(kind, bytes.Repeat([]byte{0x24}, kind.PrivateLength()))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(a.native(t, "root", "leaf", 2, algorithm))
		if err != nil {
			t.Fatal(err)
		}
		signature, err := key.Sign(c.SignedBytes())
		if err != nil {
			t.Fatal(err)
		}
		c, err = Parse(assemble(c.SignedBytes(), signature))
		if err != nil || c.VerifiedBy(key.Public()) != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if err := c.VerifiedBy(nil); !errors.Is(err, ErrAlgorithm) {
			t.Error(err)
		}
		if err := c.VerifiedBy(p256(t, draftSubject(t))); err == nil {
			t.Errorf("%s: another key verified it", kind)
		}
	}
}

func seeds(f *testing.F) (c509, der [][]byte) {
	c509 = [][]byte{fromHex(f, draftNative), fromHex(f, draftReencoded)}
	for _, ref := range references {
		d, c := reference(f, ref.name)
		der, c509 = append(der, d), append(c509, c)
		if current, err := FromX509(d); err == nil {
			c509 = append(c509, current)
		}
	}
	der = append(der, fromHex(f, draftIPBlocks))
	for _, signer := range x509Signers(f) {
		full := makeX509(f, fullTemplate(), signer)
		der = append(der, full)
		if current, err := FromX509(full); err == nil {
			c509 = append(c509, current)
		}
	}
	return c509, der
}

// FuzzParse: what is taken is kept as it came, and gives a certificate that
// converts to the same DER again.
func FuzzParse(f *testing.F) {
	c509, _ := seeds(f)
	for _, seed := range c509 {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		if !bytes.Equal(c.Raw, data) {
			t.Fatal("not kept as it came")
		}
		again, err := Parse(c.Raw)
		if err != nil || !bytes.Equal(again.Raw, c.Raw) {
			t.Fatal(err)
		}
		if _, err := c.X509(); err == nil {
			_ = c.VerifiedBy(c.publicKey)
		}
		if c.Type != Reencoded {
			return
		}
		der, err := c.DER()
		if err != nil {
			t.Fatal(err)
		}
		// There may be a shorter form of an extension or key than was used,
		// but all that C509 has can be expressed in C509.
		out, err := FromX509(der)
		if err != nil {
			t.Fatalf("%s: %v", hex.EncodeToString(der), err)
		}
		if len(out) > len(c.Raw) {
			t.Fatalf("%x became longer: %x", c.Raw, out)
		}
	})
}

// FuzzFromX509: what is converted comes back.
func FuzzFromX509(f *testing.F) {
	_, der := seeds(f)
	for _, seed := range der {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := FromX509(data)
		if err != nil {
			return
		}
		c, err := Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := c.DER(); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%x came back as %x, %v", data, back, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	der, c509 := reference(b, "IEEE_802.1AR") // the same in both editions
	native := fromHex(b, draftNative)
	issuer := p256(b, draftIssuer)
	b.Run("parse native", func(b *testing.B) {
		for b.Loop() {
			Parse(native)
		}
	})
	b.Run("verify native", func(b *testing.B) {
		for b.Loop() {
			verify(native, issuer)
		}
	})
	b.Run("to X.509", func(b *testing.B) {
		for b.Loop() {
			ToX509(c509)
		}
	})
	b.Run("from X.509", func(b *testing.B) {
		for b.Loop() {
			FromX509(der)
		}
	})
}
