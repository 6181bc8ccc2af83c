package suite

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// unhex reads hexadecimal with spaces and line ends in it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sequence returns n bytes counting up from first.
func sequence(first, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(first + i)
	}
	return b
}

// TestRegistry holds the table against RFC 9528 section 10.2.
func TestRegistry(t *testing.T) {
	want := []struct {
		id, aead, hash, mac int
		curve               KeyKind
		alg, appAEAD, app   int
		signature           KeyKind
		// lengths that follow
		hashLen, key, iv, tag, appKey, sig, public int
	}{
		{0, 10, -16, 8, KeyX25519, -8, 10, -16, KeyEd25519, 32, 16, 13, 8, 16, 64, 32},
		{1, 30, -16, 16, KeyX25519, -8, 10, -16, KeyEd25519, 32, 16, 13, 16, 16, 64, 32},
		{2, 10, -16, 8, KeyP256, -7, 10, -16, KeyP256, 32, 16, 13, 8, 16, 64, 32},
		{3, 30, -16, 16, KeyP256, -7, 10, -16, KeyP256, 32, 16, 13, 16, 16, 64, 32},
		{4, 24, -16, 16, KeyX25519, -8, 24, -16, KeyEd25519, 32, 32, 12, 16, 32, 64, 32},
		{5, 24, -16, 16, KeyP256, -7, 24, -16, KeyP256, 32, 32, 12, 16, 32, 64, 32},
		{6, 1, -16, 16, KeyX25519, -7, 1, -16, KeyP256, 32, 16, 12, 16, 16, 64, 32},
		{24, 3, -43, 16, KeyP384, -35, 3, -43, KeyP384, 48, 32, 12, 16, 32, 96, 48},
		{25, 24, -45, 16, KeyX448, -8, 24, -45, KeyEd448, 64, 32, 12, 16, 32, 114, 56},
	}
	all := All()
	if len(all) != len(want) {
		t.Fatalf("%d suites, want %d", len(all), len(want))
	}
	names := map[string]bool{}
	for i, w := range want {
		s := Lookup(w.id)
		if s == nil || s != all[i] || s.ID != w.id {
			t.Fatalf("suite %d is not at its place", w.id)
		}
		got := []int{s.AEAD, s.Hash, s.MACLength, int(s.Curve), s.SignatureAlg, s.AppAEAD, s.AppHash, int(s.Signature),
			s.HashLength(), s.KeyLength(), s.IVLength(), s.TagLength(), s.AppKeyLength(), s.SignatureLength(),
			s.PublicKeyLength(), s.ExpandLimit()}
		fields := []int{w.aead, w.hash, w.mac, int(w.curve), w.alg, w.appAEAD, w.app, int(w.signature),
			w.hashLen, w.key, w.iv, w.tag, w.appKey, w.sig, w.public, 255 * w.hashLen}
		for j := range got {
			if got[j] != fields[j] {
				t.Errorf("suite %d, field %d: %d, want %d", w.id, j, got[j], fields[j])
			}
		}
		if s.Name == "" || names[s.Name] {
			t.Errorf("suite %d: name %q is empty or not its own", w.id, s.Name)
		}
		names[s.Name] = true
	}
	if got := Lookup(2).Name; got != "AES-CCM-16-64-128, SHA-256, P-256, ES256, AES-CCM-16-64-128, SHA-256" {
		t.Errorf("name of suite 2: %q", got)
	}

	all[0] = nil
	if All()[0] == nil {
		t.Error("a caller can change the table")
	}
	for _, id := range []int{-1, 7, 8, 23, 26, 65535, -24} {
		if Lookup(id) != nil {
			t.Errorf("Lookup(%d) found a suite", id)
		}
	}
}

// TestSigns: every suite with every kind of key.
func TestSigns(t *testing.T) {
	signers := map[int][]KeyKind{
		0: {KeyEd25519, KeyEd448}, 1: {KeyEd25519, KeyEd448}, 4: {KeyEd25519, KeyEd448}, 25: {KeyEd25519, KeyEd448},
		2: {KeyP256}, 3: {KeyP256}, 5: {KeyP256}, 6: {KeyP256}, 24: {KeyP384},
	}
	for _, s := range All() {
		for kind := KeyKind(-1); kind < 9; kind++ {
			if want := slices.Contains(signers[s.ID], kind); s.Signs(kind) != want {
				t.Errorf("cipher suite %d, %v: %v", s.ID, kind, !want)
			}
		}
		if !s.Signs(s.Signature) {
			t.Errorf("cipher suite %d: its own kind of key does not sign", s.ID)
		}
	}
}

func TestKeyKind(t *testing.T) {
	for _, test := range []struct {
		kind            KeyKind
		name            string
		public, private int
	}{
		{KeyP256, "P-256", 64, 32},
		{KeyP384, "P-384", 96, 48},
		{KeyX25519, "X25519", 32, 32},
		{KeyX448, "X448", 56, 56},
		{KeyEd25519, "Ed25519", 32, 32},
		{KeyEd448, "Ed448", 57, 57},
	} {
		if !test.kind.Valid() || test.kind.String() != test.name ||
			test.kind.PublicLength() != test.public || test.kind.PrivateLength() != test.private {
			t.Errorf("%d: %s %d %d", test.kind, test.kind, test.kind.PublicLength(), test.kind.PrivateLength())
		}
	}
	for _, kind := range []KeyKind{0, -1, 7, 1 << 30} {
		if kind.Valid() || kind.PublicLength() != 0 || kind.PrivateLength() != 0 ||
			!strings.HasPrefix(kind.String(), "unknown") {
			t.Errorf("%d passes for a kind of key", kind)
		}
		if _, err := ParsePublicKey(kind, make([]byte, 32)); err == nil {
			t.Errorf("%d: public key", kind)
		}
		if _, err := ParsePrivateKey(kind, sequence(1, 32)); err == nil {
			t.Errorf("%d: private key", kind)
		}
		if _, err := GenerateKey(kind, nil); err == nil {
			t.Errorf("%d: fresh key", kind)
		}
	}
}

func TestMemory(t *testing.T) {
	secret := sequence(1, 40)
	Wipe(secret)
	if !bytes.Equal(secret, make([]byte, 40)) {
		t.Error("Wipe left something")
	}
	Wipe(nil)
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"abc", "abc", true}, {"abc", "abd", false}, {"abc", "ab", false}, {"", "a", false},
	} {
		if ConstantTimeEqual([]byte(test.a), []byte(test.b)) != test.want {
			t.Errorf("ConstantTimeEqual(%q, %q) is not %t", test.a, test.b, test.want)
		}
	}
}
