package suite

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha512"
	"testing"
)

// TestHKDF has the SHA-256 cases of RFC 5869 appendix A.
func TestHKDF(t *testing.T) {
	s := Lookup(2)
	for _, test := range []struct {
		name            string
		ikm, salt, info []byte
		prk, okm        string
	}{
		{"A.1", bytes.Repeat([]byte{0x0b}, 22), sequence(0, 13), sequence(0xf0, 10),
			"077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
			"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
		{"A.2", sequence(0, 80), sequence(0x60, 80), sequence(0xb0, 80),
			"06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
			`b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c
			59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71
			cc30c58179ec3e87c14c01d5c1f3434f1d87`},
		{"A.3", bytes.Repeat([]byte{0x0b}, 22), nil, nil,
			"19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
			"8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
	} {
		prk := s.Extract(test.salt, test.ikm)
		if !bytes.Equal(prk, unhex(t, test.prk)) {
			t.Errorf("%s: PRK %x", test.name, prk)
		}
		okm := unhex(t, test.okm)
		if got := s.Expand(prk, test.info, len(okm)); !bytes.Equal(got, okm) {
			t.Errorf("%s: OKM %x", test.name, got)
		}
	}
}

// TestHKDFSHA384 compares with crypto/hkdf: RFC 5869 has no case for it.
func TestHKDFSHA384(t *testing.T) {
	s := Lookup(24)
	salt, ikm, info := sequence(0, 48), sequence(7, 48), sequence(99, 60)
	prk, _ := hkdf.Extract(sha512.New384, ikm, salt)
	if got := s.Extract(salt, ikm); !bytes.Equal(got, prk) {
		t.Errorf("PRK %x, want %x", got, prk)
	}
	for _, n := range []int{0, 1, 47, 48, 49, 500, s.ExpandLimit()} {
		okm, _ := hkdf.Expand(sha512.New384, prk, string(info), n)
		if got := s.Expand(prk, info, n); !bytes.Equal(got, okm) {
			t.Errorf("OKM of %d bytes differs", n)
		}
	}
}

func TestExpandLimit(t *testing.T) {
	for _, s := range All() {
		prk := make([]byte, s.HashLength())
		if got := len(s.Expand(prk, nil, s.ExpandLimit())); got != s.ExpandLimit() {
			t.Errorf("suite %d: %d bytes at the limit", s.ID, got)
		}
		panicked := func() (panicked bool) {
			defer func() { panicked = recover() != nil }()
			s.Expand(prk, nil, s.ExpandLimit()+1)
			return false
		}()
		// KMAC256 has no limit of its own.
		if panicked != (s.ID != 25) {
			t.Errorf("suite %d above the limit: panic %t", s.ID, panicked)
		}
	}
}

// TestKMAC256 has the samples 4, 5 and 6 that NIST published for SP 800-185.
func TestKMAC256(t *testing.T) {
	key := sequence(0x40, 32)
	for _, test := range []struct {
		data   []byte
		custom string
		want   string
	}{
		{sequence(0, 4), "My Tagged Application",
			`20C570C31346F703C9AC36C61C03CB64C3970D0CFC787E9B79599D273A68D2F7
			F69D4CC3DE9D104A351689F27CF6F5951F0103F33F4F24871024D9C27773A8DD`},
		{sequence(0, 200), "",
			`75358CF39E41494E949707927CEE0AF20A3FF553904C86B08F21CC414BCFD691
			589D27CF5E15369CBBFF8B9A4C2EB17800855D0235FF635DA82533EC6B759B69`},
		{sequence(0, 200), "My Tagged Application",
			`B58618F71F92E1D56C1B8C55DDD7CD188B97B4CA4D99831EB2699A837DA2E4D9
			70FBACFDE50033AEA585F1A2708510C32D07880801BD182898FE476876FC8965`},
	} {
		got := make([]byte, 64)
		kmac256(got, newKMAC(test.custom), key, test.data)
		if !bytes.Equal(got, unhex(t, test.want)) {
			t.Errorf("KMAC256 of %d bytes, %q: %x", len(test.data), test.custom, got)
		}
	}
	// RFC 9528 section 4.1 puts salt or PRK where the key stands.
	s := Lookup(25)
	want := make([]byte, 64)
	kmac256(want, newKMAC(""), key, sequence(0, 200))
	if !bytes.Equal(s.Extract(key, sequence(0, 200)), want) || !bytes.Equal(s.Expand(key, sequence(0, 200), 64), want) {
		t.Error("Extract or Expand of suite 25 is not KMAC256")
	}
	// The length is part of what is hashed, and so is an empty key.
	if bytes.HasPrefix(want, s.Expand(key, sequence(0, 200), 32)) {
		t.Error("a shorter output is the beginning of a longer one")
	}
	for _, n := range []int{0, 131, 132, 133, 134, 135, 136, 137, 272, 8192} {
		if len(s.Expand(make([]byte, n), nil, 17)) != 17 {
			t.Errorf("key of %d bytes", n)
		}
	}
}

func TestEncodings(t *testing.T) {
	for _, test := range []struct {
		x           uint64
		left, right string
	}{
		{0, "0100", "0001"}, {136, "0188", "8801"}, {255, "01ff", "ff01"}, {256, "020100", "010002"},
		{1 << 32, "050100000000", "010000000005"}, {1<<64 - 1, "08ffffffffffffffff", "ffffffffffffffff08"},
	} {
		if got := appendLeft(nil, test.x); !bytes.Equal(got, unhex(t, test.left)) {
			t.Errorf("left_encode(%d) = %x", test.x, got)
		}
		if got := appendRight(nil, test.x); !bytes.Equal(got, unhex(t, test.right)) {
			t.Errorf("right_encode(%d) = %x", test.x, got)
		}
	}
}

// TestDigest has "abc" of FIPS 180-4 and the empty message of FIPS 202.
func TestDigest(t *testing.T) {
	for _, test := range []struct {
		suite int
		parts [][]byte
		want  string
	}{
		{2, [][]byte{[]byte("abc")}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{0, [][]byte{[]byte("a"), nil, []byte("bc")}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{2, nil, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{24, [][]byte{[]byte("ab"), []byte("c")},
			`cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7`},
		{25, nil,
			`46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f
			d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be`},
		{25, [][]byte{{}, {}},
			`46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f
			d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be`},
	} {
		if got := Lookup(test.suite).Digest(test.parts...); !bytes.Equal(got, unhex(t, test.want)) {
			t.Errorf("suite %d: %x", test.suite, got)
		}
	}
	if got := SHA256([]byte("abc")); !bytes.Equal(got, Lookup(2).Digest([]byte("abc"))) {
		t.Errorf("SHA256: %x", got)
	}
}
