package cred_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

func TestCheckCertHash(t *testing.T) {
	der := certtest.Root("Root", suite.KeyEd25519).DER
	for _, algorithm := range []int64{cose.AlgSHA256, cose.AlgSHA25664} {
		hash := cred.CertHash(der, algorithm)
		if err := cred.CheckCertHash(der, hash); err != nil {
			t.Error(err)
		}
		if err := cred.CheckCertHash(append(bytes.Clone(der), 0), hash); !errors.Is(err, cred.ErrCertHash) {
			t.Errorf("another certificate: %v", err)
		}
		hash.Value = hash.Value[:7]
		if err := cred.CheckCertHash(der, hash); !errors.Is(err, cred.ErrCertHash) {
			t.Errorf("a short hash: %v", err)
		}
	}
	if err := cred.CheckCertHash(der, cose.CertHash{Algorithm: -43, Value: make([]byte, 48)}); !errors.Is(err, cose.ErrUnsupported) {
		t.Errorf("SHA-384: %v", err)
	}
}

// TestBagCandidates finds the end entity of a bag, in both forms of certificates.
func TestBagCandidates(t *testing.T) {
	t.Run("x5bag", func(t *testing.T) { testBagCandidates(t, cose.X5BagID, func(der []byte) []byte { return der }) })
	t.Run("c5b", func(t *testing.T) {
		testBagCandidates(t, cose.C5BID, func(der []byte) []byte {
			c509, err := c509.FromX509(der)
			if err != nil {
				t.Fatal(err)
			}
			return c509
		})
	})
}

func testBagCandidates(t *testing.T, idOf func([][]byte) []byte, form func([]byte) []byte) {
	root := certtest.Root("Root", suite.KeyEd25519)
	inter := certtest.CA("Intermediate", suite.KeyEd25519, root)
	leaf := certtest.Leaf("Device", suite.KeyEd25519, inter)
	lonely := certtest.Root("Lonely", suite.KeyEd25519)
	bag := [][]byte{form(root.DER), form(lonely.DER), form(inter.DER), form(leaf.DER), {1, 2, 3}}
	id, err := cose.ParseIDCred(idOf(bag))
	if err != nil {
		t.Fatal(err)
	}
	candidates := cred.Candidates(id)
	if len(candidates) != 2 {
		t.Fatalf("%d candidates", len(candidates))
	}
	for i, want := range [][]byte{bag[3], bag[1]} {
		candidate, err := candidates[i]()
		if err != nil || !bytes.Equal(candidate.Chain[0], want) || len(candidate.Chain) != len(bag) {
			t.Errorf("candidate %d: %v", i, err)
		}
	}
	garbage, err := cose.ParseIDCred(idOf([][]byte{{1}, {2}}))
	if err != nil {
		t.Fatal(err)
	}
	if candidates := cred.Candidates(garbage); len(candidates) != 1 {
		t.Errorf("%d candidates of garbage", len(candidates))
	} else if _, err := candidates[0](); !errors.Is(err, cred.ErrMalformed) {
		t.Errorf("of garbage: %v", err)
	}
}
