package suite

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
)

func TestPrivateKeyInvalid(t *testing.T) {
	for _, kind := range nistKinds {
		order, size := kinds[kind].elliptic().Params().N, kind.PrivateLength()
		for _, test := range []struct {
			name   string
			scalar *big.Int
			ok     bool
		}{
			{"zero", new(big.Int), false},
			{"one", big.NewInt(1), true},
			{"order - 1", new(big.Int).Sub(order, big.NewInt(1)), true},
			{"order", order, false},
			{"order + 1", new(big.Int).Add(order, big.NewInt(1)), false},
			{"all ones", new(big.Int).SetBytes(bytes.Repeat([]byte{0xff}, size)), false},
		} {
			k, err := ParsePrivateKey(kind, test.scalar.FillBytes(make([]byte, size)))
			if test.ok != (err == nil) || test.ok != (k != nil) || !test.ok && !errors.Is(err, ErrPrivateKey) {
				t.Errorf("%s, %s: %v", kind, test.name, err)
			}
		}
	}
	for _, kind := range allKinds {
		for n := range 120 {
			_, err := ParsePrivateKey(kind, sequence(1, n))
			if ok := n == kind.PrivateLength(); ok != (err == nil) || !ok && !errors.Is(err, ErrPrivateKey) {
				t.Errorf("%s of %d bytes: %v", kind, n, err)
			}
		}
	}
}

func TestPrivateKeyCopies(t *testing.T) {
	for _, kind := range allKinds {
		data := generate(t, kind).Bytes()
		want := bytes.Clone(data)
		k, err := ParsePrivateKey(kind, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{data, k.Bytes(), k.HedgeKey(1)} {
			b[0] ^= 0xff
		}
		again, err := ParsePrivateKey(kind, want)
		if err != nil || !bytes.Equal(k.Bytes(), want) || !again.Public().Equal(k.Public()) ||
			!bytes.Equal(k.HedgeKey(1), again.HedgeKey(1)) {
			t.Errorf("%s: a caller changed the key, %v", kind, err)
		}
	}
}

func TestECDHBothWays(t *testing.T) {
	for _, kind := range exchangeKinds {
		a, b := generate(t, kind), generate(t, kind)
		one, err1 := a.ECDH(b.Public())
		two, err2 := b.ECDH(a.Public())
		if err1 != nil || err2 != nil || !bytes.Equal(one, two) || len(one) != kind.xLength() {
			t.Errorf("%s: %x and %x, %v, %v", kind, one, two, err1, err2)
		}
	}
}

// TestWrongKind asks of each kind of key what it cannot do.
func TestWrongKind(t *testing.T) {
	for _, kind := range allKinds {
		k := generate(t, kind)
		for _, other := range allKinds {
			if kind == other && kinds[kind].keyExchange {
				continue
			}
			if secret, err := k.ECDH(generate(t, other).Public()); !errors.Is(err, ErrKeyKind) || secret != nil {
				t.Errorf("%s with %s: %v", kind, other, err)
			}
		}
		if _, err := k.ECDH(nil); !errors.Is(err, ErrKeyKind) {
			t.Errorf("%s with nothing: %v", kind, err)
		}
		if kind.signatureLength() == 0 {
			if _, err := k.Sign(nil); !errors.Is(err, ErrKeyKind) {
				t.Errorf("%s signs: %v", kind, err)
			}
			if _, err := k.SignDeterministic(nil); !errors.Is(err, ErrKeyKind) {
				t.Errorf("%s signs: %v", kind, err)
			}
		}
	}
}

func TestClear(t *testing.T) {
	for _, kind := range allKinds {
		k, peer := generate(t, kind), generate(t, kind)
		k.Sign(nil)
		secret, edwards := k.secret, []byte(nil)
		if made := k.signer.Load(); made != nil {
			edwards = made.edwards
		}
		public := k.Public().Bytes()
		k.Clear()
		for _, b := range [][]byte{secret, edwards} {
			if !bytes.Equal(b, make([]byte, len(b))) {
				t.Errorf("%s: Clear left something", kind)
			}
		}
		if k.Bytes() != nil || k.HedgeKey(1) != nil {
			t.Errorf("%s: a cleared key gives something", kind)
		}
		if _, err := k.ECDH(peer.Public()); !errors.Is(err, ErrPrivateKey) {
			t.Errorf("%s: ECDH: %v", kind, err)
		}
		if _, err := k.Sign(nil); !errors.Is(err, ErrPrivateKey) {
			t.Errorf("%s: Sign: %v", kind, err)
		}
		if k.Kind() != kind || !bytes.Equal(k.Public().Bytes(), public) {
			t.Errorf("%s: the public key is gone", kind)
		}
		k.Clear()
	}
	k := generate(t, KeyP256)
	k.Clear()
	if k.HedgeKey(1) != nil {
		t.Error("a cleared key gives a hedge")
	}
}

// TestNoSecretShown prints a key in every way that shows more than its kind.
func TestNoSecretShown(t *testing.T) {
	for _, kind := range allKinds {
		k := generate(t, kind)
		holder := struct{ Key *PrivateKey }{k}
		for _, shown := range []string{
			k.String(), k.GoString(), fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %q", k, k, k, k, k),
			fmt.Sprintf("%x %X %d", k, k, k), fmt.Sprintf("%v %+v %#v", holder, holder, holder),
		} {
			for _, secret := range [][]byte{k.secret[:8], k.HedgeKey(1)[:8]} {
				numbers := strings.Trim(fmt.Sprint(secret), "[]")
				for _, form := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), numbers} {
					if strings.Contains(shown, form) {
						t.Errorf("%s: %q shows the key", kind, shown)
					}
				}
			}
		}
		if k.String() != kind.String()+" private key" {
			t.Errorf("%s: %s", kind, k)
		}
	}
}

// TestErrorsHideSecrets looks for the bytes of a refused key in the error.
func TestErrorsHideSecrets(t *testing.T) {
	for _, kind := range nistKinds {
		secret := bytes.Repeat([]byte{0xff}, kind.PrivateLength())
		if _, err := ParsePrivateKey(kind, secret); strings.Contains(strings.ToLower(err.Error()), "ff") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	for _, kind := range allKinds {
		k, err := ParsePrivateKey(kind, generate(t, kind).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				k.HedgeKey(1)
				k.ECDH(k.Public())
				if signature, err := k.Sign([]byte("message")); err == nil && !k.Public().Verify([]byte("message"), signature) {
					t.Errorf("%s: not verified", kind)
				}
			})
		}
		group.Wait()
	}
}
