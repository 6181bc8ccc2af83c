package pkix

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"
	"time"
)

// rsaCertificate has a modulus that nobody knows factors of, and is signed by a key
// of Ed25519.
func rsaCertificate(t testing.TB, modulus *big.Int, exponent int) []byte {
	t.Helper()
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: x509pkix.Name{CommonName: "test"},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1800000000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &rsa.PublicKey{N: modulus, E: exponent}, signer)
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

// TestRSAOddKeys: a key that is none verifies nothing, and that is all.
func TestRSAOddKeys(t *testing.T) {
	even := bitsOf(2048)
	even.SetBit(even, 0, 0)
	for name, key := range map[string]struct {
		modulus  *big.Int
		exponent int
	}{
		"even":              {even, 65537},
		"exponent 1":        {bitsOf(2048), 1},
		"exponent 2":        {bitsOf(2048), 2},
		"the last exponent": {bitsOf(2048), 65537},
	} {
		parent, err := x509.ParseCertificate(rsaCertificate(t, key.modulus, key.exponent))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// The certificate says that Ed25519 signed it: put RSA in its place.
		child := *parent
		child.Signature = bytes.Repeat([]byte{1}, 256)
		for _, algorithm := range []x509.SignatureAlgorithm{x509.SHA256WithRSA, x509.SHA512WithRSAPSS} {
			child.SignatureAlgorithm = algorithm
			if err := (&Certificate{Certificate: &child}).signedBy(&Certificate{Certificate: parent}); !errors.Is(err, ErrBadSignature) {
				t.Errorf("%s, %v: %v", name, algorithm, err)
			}
		}
		parameters := pssParametersDER(t, 20, nil)
		if err := checkPSS(parent, parameters, child.RawTBSCertificate, child.Signature); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, exponent := range []int{65539, 1<<31 - 1} { // dear to verify with
		parent, err := x509.ParseCertificate(rsaCertificate(t, bitsOf(2048), exponent))
		if err != nil {
			t.Fatal(err)
		}
		child := *parent
		child.SignatureAlgorithm = x509.SHA256WithRSA
		if err := (&Certificate{Certificate: &child}).signedBy(&Certificate{Certificate: parent}); !errors.Is(err, ErrAlgorithm) {
			t.Errorf("exponent %d: %v", exponent, err)
		}
		if _, err := (&Certificate{Certificate: parent}).Key(); err == nil {
			t.Errorf("a certificate with exponent %d is read", exponent)
		}
	}
	for bits, want := range map[int]error{2047: ErrAlgorithm, 2048: ErrBadSignature, 8192: ErrBadSignature, 8193: ErrAlgorithm} {
		parent, err := x509.ParseCertificate(rsaCertificate(t, bitsOf(bits), 65537))
		if err != nil {
			t.Fatal(err)
		}
		child := *parent
		child.SignatureAlgorithm, child.Signature = x509.SHA256WithRSA, make([]byte, (bits+7)/8)
		if err := (&Certificate{Certificate: &child}).signedBy(&Certificate{Certificate: parent}); !errors.Is(err, want) {
			t.Errorf("%d bits: %v, want %v", bits, err, want)
		}
	}
}

func unhexed(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pssParametersDER are RSASSA-PSS-params of SHA-256 with a salt, and changed.
func pssParametersDER(t testing.TB, salt int, change func(der []byte) []byte) []byte {
	t.Helper()
	const head = "a00f300d06096086480165030402010500" + "a11c301a06092a864886f70d010108300d06096086480165030402010500"
	number, err := asn1.Marshal(salt)
	if err != nil {
		t.Fatal(err)
	}
	content := append(unhexed(t, head), append([]byte{0xa2, byte(len(number))}, number...)...)
	if change != nil {
		content = change(content)
	}
	der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: content})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestPSSParameters(t *testing.T) {
	for _, salt := range []int{1, 20, 32, 222, 1024} {
		if hash, got, err := pssParameters(pssParametersDER(t, salt, nil)); err != nil || hash != crypto.SHA256 || got != salt {
			t.Errorf("salt %d: %v, %d, %v", salt, hash, got, err)
		}
	}
	replace := func(old, with string) func([]byte) []byte {
		return func(der []byte) []byte {
			if !bytes.Contains(der, unhexed(t, old)) {
				t.Fatal(old)
			}
			return bytes.Replace(der, unhexed(t, old), unhexed(t, with), 1)
		}
	}
	noHash := func(der []byte) []byte { return der[17:] }
	for name, der := range map[string][]byte{
		"nothing":           nil,
		"NULL":              {5, 0},
		"the defaults":      {0x30, 0},
		"no hash":           pssParametersDER(t, 32, noHash),
		"no mask":           pssParametersDER(t, 32, func(der []byte) []byte { return append(bytes.Clone(der[:17]), der[17+30:]...) }),
		"salt 0":            pssParametersDER(t, 0, nil),
		"a negative salt":   pssParametersDER(t, -1, nil),
		"a long salt":       pssParametersDER(t, 1025, nil),
		"a huge salt":       pssParametersDER(t, 1<<31-1, nil),
		"another mask hash": pssParametersDER(t, 32, func(der []byte) []byte { der[17+28-1] ^= 3; return der }),
		"another mask":      pssParametersDER(t, 32, replace("2a864886f70d010108", "2a864886f70d010109")),
		"SHA-224": pssParametersDER(t, 32, func(der []byte) []byte {
			return bytes.ReplaceAll(der, unhexed(t, "6503040201"), unhexed(t, "6503040204"))
		}),
		"another trailer": pssParametersDER(t, 32, func(der []byte) []byte { return append(der, 0xa3, 3, 2, 1, 2) }),
		"bytes after it":  append(pssParametersDER(t, 32, nil), 0),
		"cut":             pssParametersDER(t, 32, nil)[:20],
	} {
		if hash, salt, err := pssParameters(der); err == nil {
			t.Errorf("%s: %v, %d", name, hash, salt)
		}
	}
}

// FuzzPSSParameters: what is read is what can be verified.
func FuzzPSSParameters(f *testing.F) {
	for _, salt := range []int{0, 20, 32, 222, 1 << 20} {
		f.Add(pssParametersDER(f, salt, nil))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		hash, salt, err := pssParameters(der)
		if err == nil && (!hash.Available() || salt < 1 || salt > 1024) {
			t.Errorf("%x: %v, %d", der, hash, salt)
		}
	})
}
