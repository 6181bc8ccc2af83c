package pkix_test

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// family is a root, an intermediate and end entities below it.
type family struct {
	root, inter *certtest.Entity
	issuers     *pkix.Issuers
}

func newFamily(edits ...certtest.Edit) *family {
	root := certtest.Root("Root", suite.KeyP256)
	return &family{root, certtest.CA("Intermediate", suite.KeyP256, root, edits...), trusting(root)}
}

func (f *family) leaf(edits ...certtest.Edit) *certtest.Entity {
	return certtest.Leaf("Device", suite.KeyP256, f.inter, edits...)
}

// cost is that of the signatures of a chain of P-256, in signatures.
func (f *family) cost(t *testing.T, now time.Time, chain ...[]byte) (int, error) {
	t.Helper()
	certificates, err := parse(chain...)
	if err != nil {
		t.Fatal(err)
	}
	budget := pkix.NewBudget()
	_, err = f.issuers.Verify(certificates, pkix.PathOptions{Time: now, Usage: pkix.UsageSignature, Budget: budget})
	return budget.Cost() / 2, err
}

// TestIntermediatesAreRemembered: their signature is checked once, that of an end
// entity always.
func TestIntermediatesAreRemembered(t *testing.T) {
	f := newFamily()
	for i, want := range []int{2, 1, 1} {
		if got, err := f.cost(t, certtest.Now, f.leaf().DER, f.inter.DER); err != nil || got != want {
			t.Errorf("peer %d: %d signatures, want %d: %v", i, got, want, err)
		}
	}
	again := f.leaf().DER
	for range 2 {
		if got, err := f.cost(t, certtest.Now, again, f.inter.DER); err != nil || got != 1 {
			t.Errorf("an end entity that comes twice: %d signatures, %v", got, err)
		}
	}
	f.issuers = trusting(f.root)
	if got, err := f.cost(t, certtest.Now, again, f.inter.DER); err != nil || got != 2 {
		t.Errorf("with other issuers: %d signatures, %v", got, err)
	}
}

// TestRememberedIsNotBelieved: all but the signature of a remembered intermediate
// is still looked at.
func TestRememberedIsNotBelieved(t *testing.T) {
	f := newFamily(func(s *certtest.Spec) { s.NotAfter = certtest.Now.Add(time.Hour) })
	leaf := f.leaf().DER
	if _, err := f.cost(t, certtest.Now, leaf, f.inter.DER); err != nil {
		t.Fatal(err)
	}
	if _, err := f.cost(t, certtest.Now.Add(2*time.Hour), leaf, f.inter.DER); !errors.Is(err, pkix.ErrExpired) {
		t.Errorf("it has expired: %v", err)
	}
	if _, err := f.cost(t, certtest.NotBefore.Add(-time.Hour), leaf, f.inter.DER); !errors.Is(err, pkix.ErrNotYetValid) {
		t.Errorf("it is not yet valid: %v", err)
	}
	broken := bytes.Clone(leaf)
	broken[len(broken)-1] ^= 1
	if _, err := f.cost(t, certtest.Now, broken, f.inter.DER); !errors.Is(err, pkix.ErrBadSignature) {
		t.Errorf("a broken end entity: %v", err)
	}
	broken = bytes.Clone(f.inter.DER)
	broken[len(broken)-1] ^= 1
	if _, err := f.cost(t, certtest.Now, leaf, broken); !errors.Is(err, pkix.ErrBadSignature) {
		t.Errorf("the intermediate with another signature: %v", err)
	}
	// The intermediate as an end entity, which it was remembered not as.
	if got, err := f.cost(t, certtest.Now, f.inter.DER); got != 1 || !errors.Is(err, pkix.ErrKeyUsage) {
		t.Errorf("the intermediate as end entity: %d signatures, %v", got, err)
	}
	// The anchor leaves: nobody is believed below it.
	f.issuers = trusting(certtest.Root("Root", suite.KeyP256))
	if _, err := f.cost(t, certtest.Now, leaf, f.inter.DER); err == nil {
		t.Error("it is believed without its anchor")
	}
	// A chain that no anchor signed is not remembered.
	stranger := newFamily()
	for range 2 {
		f := &family{stranger.root, stranger.inter, f.issuers}
		if got, err := f.cost(t, certtest.Now, f.leaf().DER, f.inter.DER); err == nil || got > 1 {
			t.Errorf("a stranger: %d signatures, %v", got, err)
		}
	}
}

// TestRememberedByMany: any number of goroutines may verify.
func TestRememberedByMany(t *testing.T) {
	f := newFamily()
	leaf := f.leaf()
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for range 5 {
				c, err := cred.FromX509([][]byte{leaf.DER, f.inter.DER})
				if err == nil {
					err = c.Verify(f.issuers, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature})
				}
				if err != nil {
					t.Error(i, err)
				}
			}
		})
	}
	done.Wait()
}

// BenchmarkPath is a chain of two from a message, by an intermediate that is new
// and by one that is known.
func BenchmarkPath(b *testing.B) {
	f := newFamily()
	id, err := cose.ParseIDCred(cose.X5ChainID([][]byte{f.leaf().DER, f.inter.DER}))
	if err != nil {
		b.Fatal(err)
	}
	for _, known := range []bool{false, true} {
		b.Run(fmt.Sprintf("known=%v", known), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !known {
					f.issuers = trusting(f.root)
				}
				c, err := cred.FromIDCred(id)
				if err == nil {
					err = c.Verify(f.issuers, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
