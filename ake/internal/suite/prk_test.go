package suite

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"testing"
)

// TestHMAC compares with crypto/hmac, at the lengths around the block and the
// room on the stack.
func TestHMAC(t *testing.T) {
	for h, newHash := range hmacHashes {
		for _, keyLength := range []int{0, 1, 32, 48, 63, 64, 65, 127, 128, 129, 300} {
			for _, length := range []int{0, 1, 55, 56, 64, 300, usualInput - 128, usualInput - 64, usualInput - 63, 5000} {
				key, data := sequence(7, keyLength), sequence(1, length)
				mac := hmac.New(newHash, key)
				mac.Write(append(data, 1))
				got := make([]byte, h.length)
				h.hmac(got, key, data[:length/3], [][]byte{nil, data[length/3 : length/2], data[length/2:]}, 1)
				if !bytes.Equal(got, mac.Sum(nil)) {
					t.Errorf("%s, key of %d and data of %d bytes: %x", h.name, keyLength, length, got)
				}
				if !bytes.Equal(key, sequence(7, keyLength)) || !bytes.Equal(data, sequence(1, length)) {
					t.Fatalf("%s, key of %d and data of %d bytes: the input was changed", h.name, keyLength, length)
				}
			}
		}
	}
}

func extracted(s *Suite, salt, ikm []byte) PRK {
	prk := s.BlankPRK()
	prk.Extract(salt, ikm)
	return prk
}

// TestPRK: one PRK gives what crypto/hkdf gives, time and again.
func TestPRK(t *testing.T) {
	salt, ikm, info := sequence(3, 32), sequence(9, 32), sequence(50, 90)
	for id, newHash := range map[int]func() hash.Hash{2: sha256.New, 24: sha512.New384} {
		s := Lookup(id)
		want, _ := hkdf.Extract(newHash, ikm, salt)
		prk := extracted(s, salt, ikm)
		if !bytes.Equal(prk.Bytes(), want) {
			t.Errorf("suite %d: PRK %x, want %x", id, prk.Bytes(), want)
		}
		for _, n := range []int{0, 1, 13, s.HashLength(), s.HashLength() + 1, 1000, s.ExpandLimit()} {
			okm, _ := hkdf.Expand(newHash, want, string(info), n)
			got := make([]byte, n)
			prk.Expand(got, info[:40], nil, info[40:])
			if !bytes.Equal(got, okm) {
				t.Errorf("suite %d: OKM of %d bytes differs", id, n)
			}
		}
		okm, _ := hkdf.Expand(newHash, want, string(info), s.HashLength())
		expanded := prk.Blank()
		prk.Expand(expanded.Bytes(), info)
		if !bytes.Equal(expanded.Bytes(), okm) {
			t.Errorf("suite %d: a PRK from a PRK is %x, want %x", id, expanded.Bytes(), okm)
		}
		salted, _ := hkdf.Extract(newHash, ikm, want)
		next := prk.Blank()
		next.Extract(prk.Bytes(), ikm)
		if !bytes.Equal(next.Bytes(), salted) {
			t.Errorf("suite %d: a PRK salted with a PRK is %x, want %x", id, next.Bytes(), salted)
		}
	}
}

// TestPRKIsTheSuites: in every suite a PRK does what the Suite does with its bytes.
func TestPRKIsTheSuites(t *testing.T) {
	for _, s := range All() {
		salt, ikm, info := sequence(1, s.HashLength()), sequence(2, 56), sequence(3, 70)
		prk := extracted(s, salt, ikm)
		again := s.BlankPRK()
		if !again.Set(s.Extract(salt, ikm)) || again != prk || prk.HashLength() != s.HashLength() || prk.ExpandLimit() != s.ExpandLimit() {
			t.Errorf("suite %d: %x, want %x", s.ID, prk.Bytes(), again.Bytes())
		}
		for _, n := range []int{1, 32, 64, 200} {
			out := make([]byte, n)
			prk.Expand(out, info)
			if want := s.Expand(again.Bytes(), info, n); !bytes.Equal(out, want) {
				t.Errorf("suite %d, %d bytes: %x, want %x", s.ID, n, out, want)
			}
		}
		for n := range 130 {
			blank := s.BlankPRK()
			if ok := blank.Set(make([]byte, n)); ok != (n == s.HashLength()) {
				t.Errorf("suite %d takes a PRK of %d bytes: %t", s.ID, n, ok)
			}
		}
	}
}

func TestPRKWipe(t *testing.T) {
	for _, s := range All() {
		prk := extracted(s, nil, sequence(1, 32))
		memory := prk.Bytes()
		if bytes.Count(memory, []byte{0}) > 8 || prk.IsZero() {
			t.Fatalf("suite %d: no PRK: %x", s.ID, memory)
		}
		prk.Wipe()
		if !bytes.Equal(memory, make([]byte, len(memory))) || !prk.IsZero() || prk != (PRK{}) {
			t.Errorf("suite %d: Wipe left %x", s.ID, memory)
		}
	}
}

// TestPRKShown prints a PRK in every way.
func TestPRKShown(t *testing.T) {
	prk := extracted(Lookup(2), nil, sequence(1, 32))
	secret := prk.Bytes()[:4]
	holder := struct{ Key *PRK }{&prk}
	for _, shown := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x %X %d", prk, prk, prk, prk, prk, prk, prk, prk),
		fmt.Sprintf("%v %+v %#v %x %d", &prk, &prk, &prk, &prk, &prk), fmt.Sprintf("%v %+v %#v %x", holder, holder, holder, holder),
	} {
		for _, form := range []string{
			string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret),
			fmt.Sprintf("%d %d %d %d", secret[0], secret[1], secret[2], secret[3]), fmt.Sprintf("0x%x, 0x%x", secret[0], secret[1]),
		} {
			if bytes.Contains([]byte(shown), []byte(form)) {
				t.Errorf("%q shows the key", shown)
			}
		}
	}
}

// TestKDFAllocatesNothing: what every run does dozens of times is on the stack.
func TestKDFAllocatesNothing(t *testing.T) {
	for _, s := range All() {
		salt, ikm, info, context, out := sequence(1, s.HashLength()), sequence(2, 56), sequence(3, 60), sequence(4, 300), make([]byte, 100)
		for name, f := range map[string]func(){
			"Extract":           func() { extracted(s, salt, ikm) },
			"Expand":            func() { prk := extracted(s, salt, ikm); prk.Expand(out, info) },
			"Expand of context": func() { prk := extracted(s, salt, ikm); prk.Expand(out[:8], context) },
			"PRK from PRK": func() {
				prk := extracted(s, salt, ikm)
				next := prk.Blank()
				prk.Expand(next.Bytes(), info)
				next.Extract(next.Bytes(), ikm)
			},
		} {
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("suite %d: %s: %v allocations", s.ID, name, n)
			}
		}
		if n := testing.AllocsPerRun(100, func() { s.Digest(salt, info, context) }); n > 1 {
			t.Errorf("suite %d: Digest: %v allocations", s.ID, n)
		}
	}
}
