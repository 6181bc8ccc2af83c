package cred

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/liblake/lake/ake/internal/c509"
)

// certificateOf has a key of any kind, and is signed by one of Ed25519.
func certificateOf(t testing.TB, key any) []byte {
	t.Helper()
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: x509pkix.Name{CommonName: "test"},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1800000000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// bitsOf is an odd number of so many bits.
func bitsOf(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.SetBit(n, 0, 1)
}

// TestRSASizes reads RSA certificates as X.509 and as C509: they have no key of
// EDHOC, and are refused outside of the bounds.
func TestRSASizes(t *testing.T) {
	for bits, good := range map[int]bool{
		512: false, 1024: false, 2047: false, 2048: true, 2049: true, 3072: true, 4096: true, 8192: true, 8193: false, 16384: false,
	} {
		der := certificateOf(t, &rsa.PublicKey{N: bitsOf(bits), E: 65537})
		compact, err := c509.FromX509(der)
		if err != nil {
			t.Fatal(err)
		}
		for form, from := range map[string]func() (*Credential, error){
			"X.509": func() (*Credential, error) { return FromX509([][]byte{der}) },
			"C509":  func() (*Credential, error) { return FromC509([][]byte{compact}) },
		} {
			switch c, err := from(); {
			case !good && (!errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "RSA key of")):
				t.Errorf("%s, %d bits: %v", form, bits, err)
			case good && (err != nil || c.Key != nil || c.Identity().Subject != "CN=test"):
				t.Errorf("%s, %d bits: %+v, %v", form, bits, c, err)
			}
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p521 := certificateOf(t, &key.PublicKey)
	compact, err := c509.FromX509(p521)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := FromC509([][]byte{compact}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "1.3.132.0.35") {
		t.Errorf("a key of P-521: %v", err)
	}
}
