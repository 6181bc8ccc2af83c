package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
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
		for _, hedge := range [][]byte{nil, {}, longTerm.HedgeKey(1), longTerm.HedgeKey(1), generate(t, kind).HedgeKey(1)} {
			for range 3 {
				source := &recorder{Reader: zeroReader{}}
				k, err := generateKey(source, kind, hedge, nil)
				if err != nil {
					t.Fatal(err)
				}
				if seen[string(k.Bytes())] {
					t.Errorf("%s: the same key twice", kind)
				}
				seen[string(k.Bytes())] = true
				if len(source.given) != hedgeHash(kind).length || bytes.Contains(source.given, k.Bytes()[:16]) {
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
		for _, hedge := range [][]byte{nil, a.HedgeKey(1), b.HedgeKey(1), append([]byte{1}, a.HedgeKey(1)[:63]...)} {
			prk := make([]byte, hedgeHash(kind).length)
			hedgeHash(kind).extract(prk, hedge, fresh)
			prks[string(prk)] = true
		}
		if len(prks) != 4 {
			t.Errorf("%v: %d different results of four hedges", kind, len(prks))
		}
	}
}

// TestBesides: what comes with a key by the same draw is other bytes, for which the
// generator gives as many more; a broken one makes them differ as it does the keys.
func TestBesides(t *testing.T) {
	for _, kind := range allKinds {
		seen := map[string]bool{}
		for range 20 {
			source := &recorder{Reader: zeroReader{}}
			besides := make([]byte, 8)
			k, err := generateKey(source, kind, nil, besides)
			if err != nil {
				t.Fatal(err)
			}
			if secret := k.Bytes(); seen[string(besides)] || bytes.Contains(secret, besides) || bytes.Contains(source.given, besides) {
				t.Errorf("%s: %x twice, or it is the key's or the generator's", kind, besides)
			}
			seen[string(besides)] = true
			if want := hedgeHash(kind).length + len(besides); len(source.given) != want {
				t.Errorf("%s: %d bytes of the generator, want %d", kind, len(source.given), want)
			}
		}
		if k, err := generateKey(&failingReader{hedgeHash(kind).length}, kind, nil, make([]byte, 1)); !errors.Is(err, ErrRandom) || k != nil {
			t.Errorf("%s: the generator ends before the bytes besides: %v", kind, err)
		}
	}
}

func TestGeneratorFails(t *testing.T) {
	for _, after := range []int{0, 1, 32, 63} {
		if k, err := generateKey(&failingReader{after}, KeyX448, nil, nil); !errors.Is(err, ErrRandom) || k != nil {
			t.Errorf("after %d bytes: %v", after, err)
		}
	}
	if _, err := generateKey(&failingReader{64}, KeyX25519, nil, nil); err != nil {
		t.Errorf("64 bytes are enough: %v", err)
	}
}

// TestHedgeKey: the same key, role and process give the same, and any other one
// another.
func TestHedgeKey(t *testing.T) {
	seen := map[string]string{}
	secret := sequence(1, 57)
	check := func(name string, hedge, again []byte) {
		if len(hedge) != 64 || !bytes.Equal(hedge, again) {
			t.Errorf("%s: %d bytes, or not twice the same", name, len(hedge))
		}
		if other, ok := seen[string(hedge)]; ok {
			t.Errorf("%s and %s: the same hedge of the same bytes", name, other)
		}
		seen[string(hedge)] = name
		if bytes.Contains(hedge, secret[:8]) {
			t.Errorf("%s: the hedge shows the key", name)
		}
	}
	for role := range byte(3) {
		for _, kind := range allKinds {
			k, err := ParsePrivateKey(kind, secret[:kind.PrivateLength()])
			if err != nil {
				t.Fatal(err)
			}
			check(fmt.Sprintf("%s, role %d", kind, role), k.HedgeKey(role), k.HedgeKey(role))
		}
		check(fmt.Sprintf("PSK, role %d", role), HedgeKeyOfPSK(secret[:32], role), HedgeKeyOfPSK(secret[:32], role))
	}
}

// TestHedgeKeyOfProcess: replicas of one image have the same keys, and see
// different names, numbers, times or random bytes; each alone makes them differ.
func TestHedgeKeyOfProcess(t *testing.T) {
	zero, now := make([]byte, 32), time.Unix(1_800_000_000, 0)
	processes := map[string][]byte{
		"one":              processValue(zero, 7, now, "ab", "cd"),
		"another number":   processValue(zero, 8, now, "ab", "cd"),
		"later":            processValue(zero, 7, now.Add(1), "ab", "cd"),
		"another host":     processValue(zero, 7, now, "abc", "d"),
		"another boot":     processValue(zero, 7, now, "ab", "ce"),
		"nothing readable": processValue(zero, 7, now, "", ""),
		"random":           processValue(sequence(1, 32), 7, now, "ab", "cd"),
		"this one":         thisProcess(),
	}
	seen := map[string]string{}
	for name, process := range processes {
		for role := byte(1); role <= 2; role++ {
			hedge := hedgeKey(sequence(1, 32), KeyP256, role, process)
			if other, ok := seen[string(hedge)]; ok {
				t.Errorf("%s and %s have the same hedge", name, other)
			}
			seen[string(hedge)] = name
		}
	}
	if !bytes.Equal(thisProcess(), thisProcess()) {
		t.Error("the process is not the same twice")
	}
}

// hedgeOfChild makes this program print a hedge instead of testing.
const hedgeOfChild = "LAKE_TEST_HEDGE"

// TestHedgeKeyOfTwoProcesses: two runs of one program on one machine.
func TestHedgeKeyOfTwoProcesses(t *testing.T) {
	if os.Getenv(hedgeOfChild) != "" {
		fmt.Printf("hedge %x\n", HedgeKeyOfPSK(sequence(1, 32), 1))
		return
	}
	seen := map[string]bool{fmt.Sprintf("%x", HedgeKeyOfPSK(sequence(1, 32), 1)): true}
	for range 2 {
		command := append(strings.Fields(os.Getenv("LAKE_EMULATOR")), os.Args[0], "-test.run=^TestHedgeKeyOfTwoProcesses$") // tests/cross
		child := exec.Command(command[0], command[1:]...)
		child.Env = append(os.Environ(), hedgeOfChild+"=1")
		out, err := child.Output()
		_, rest, ok := strings.Cut(string(out), "hedge ")
		if err != nil || !ok || len(rest) < 128 {
			t.Fatalf("%v: %s", err, out)
		}
		seen[rest[:128]] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d different hedges of three processes", len(seen))
	}
}

// TestRandom: as many bytes as asked for, never the same and never what the
// generator gave, even if it is broken.
func TestRandom(t *testing.T) {
	hedges := [][]byte{nil, HedgeKeyOfPSK(sequence(1, 32), 1), HedgeKeyOfPSK(sequence(1, 32), 2)}
	seen := map[string]bool{}
	for _, n := range []int{16, 63, 64, 65, 128, 1000} {
		for _, hedge := range hedges {
			for range 3 {
				source := &recorder{Reader: zeroReader{}}
				b, err := randomBytes(source, n, hedge)
				if err != nil || len(b) != n {
					t.Fatalf("%d bytes of %d: %v", len(b), n, err)
				}
				// No block of it was seen before, at any length.
				for ; len(b) >= 16; b = b[min(64, len(b)):] {
					if seen[string(b[:16])] || bytes.Contains(source.given, b[:16]) {
						t.Errorf("%d bytes: a block twice, or as the generator gave it", n)
					}
					seen[string(b[:16])] = true
				}
				if want := (n + 63) / 64 * 64; len(source.given) != want { // no more comes out than goes in
					t.Errorf("%d bytes took %d of the generator, want %d", n, len(source.given), want)
				}
			}
		}
	}
	for _, n := range []int{0, 1, 2, 8} {
		if b, err := Random(n, hedges[1]); err != nil || len(b) != n {
			t.Errorf("%d bytes of %d: %v", len(b), n, err)
		}
	}
	for _, after := range []int{0, 63, 64, 127} {
		if b, err := randomBytes(&failingReader{after}, 65, nil); !errors.Is(err, ErrRandom) || b != nil {
			t.Errorf("the generator ends after %d bytes: %x, %v", after, b, err)
		}
	}
	if _, err := randomBytes(&failingReader{128}, 65, nil); err != nil {
		t.Errorf("128 bytes are enough: %v", err)
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
