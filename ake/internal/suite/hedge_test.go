package suite

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// zeroReader is a random generator that is broken altogether.
type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// recorder keeps what the generator behind it gave.
type recorder struct {
	io.Reader
	given []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.given = append(r.given, p[:n]...)
	return n, err
}

type failingReader struct{ after int }

func (r *failingReader) Read(p []byte) (int, error) {
	if r.after == 0 {
		return 0, errors.New("no entropy")
	}
	n := min(r.after, len(p))
	r.after -= n
	return n, nil
}

// TestHedgeBrokenGenerator: with a generator that always gives the same, no
// key is made twice, with two hedges or with one or without.
func TestHedgeBrokenGenerator(t *testing.T) {
	for _, kind := range allKinds {
		seen := map[string]bool{}
		longTerm := generate(t, kind)
		for _, hedge := range [][]byte{nil, {}, longTerm.HedgeKey(), longTerm.HedgeKey(), generate(t, kind).HedgeKey()} {
			for range 3 {
				source := &recorder{Reader: zeroReader{}}
				k, err := generateKey(source, kind, hedge)
				if err != nil {
					t.Fatal(err)
				}
				if seen[string(k.Bytes())] {
					t.Errorf("%s: the same key twice", kind)
				}
				seen[string(k.Bytes())] = true
				if len(source.given) != hedgeHash(kind)().Size() || bytes.Contains(source.given, k.Bytes()[:16]) {
					t.Errorf("%s: the key is what the generator gave, %d bytes", kind, len(source.given))
				}
			}
		}
	}
}

// TestHedgeDecides holds the generator still and changes the hedge alone.
func TestHedgeDecides(t *testing.T) {
	fresh := sequence(5, 64)
	a, b := generate(t, KeyP256), generate(t, KeyP256)
	for _, kind := range []KeyKind{KeyP256, KeyX448} {
		prks := map[string]bool{}
		for _, hedge := range [][]byte{nil, a.HedgeKey(), b.HedgeKey(), a.HedgeKey()[:63]} {
			prks[string(hkdfExtract(hedgeHash(kind))(hedge, fresh))] = true
		}
		if len(prks) != 4 {
			t.Errorf("%v: %d different results of four hedges", kind, len(prks))
		}
	}
}

func TestGeneratorFails(t *testing.T) {
	for _, after := range []int{0, 1, 32, 63} {
		if k, err := generateKey(&failingReader{after}, KeyX448, nil); !errors.Is(err, ErrRandom) || k != nil {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
	if _, err := generateKey(&failingReader{64}, KeyX25519, nil); err != nil {
		t.Errorf("64 bytes are enough: %v", err)
	}
}

func TestHedgeKey(t *testing.T) {
	seen := map[string]KeyKind{}
	secret := sequence(1, 57)
	for _, kind := range allKinds {
		k, err := ParsePrivateKey(kind, secret[:kind.PrivateLength()])
		if err != nil {
			t.Fatal(err)
		}
		hedge := k.HedgeKey()
		if len(hedge) != 64 || !bytes.Equal(hedge, k.HedgeKey()) {
			t.Errorf("%s: %d bytes, or not twice the same", kind, len(hedge))
		}
		if other, ok := seen[string(hedge)]; ok {
			t.Errorf("%s and %s: the same hedge of the same bytes", kind, other)
		}
		seen[string(hedge)] = kind
		if bytes.Contains(hedge, k.secret[:8]) {
			t.Errorf("%s: the hedge shows the key", kind)
		}
	}
}

func TestGenerateKeyWorks(t *testing.T) {
	for _, kind := range allKinds {
		k := generate(t, kind)
		again, err := ParsePrivateKey(kind, k.Bytes())
		if err != nil || !again.Public().Equal(k.Public()) {
			t.Errorf("%s: %v", kind, err)
		}
		if _, err := ParsePublicKey(kind, k.Public().Bytes()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
