package cred

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"testing"
)

var rsaEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// rsaCertificate has a modulus that nobody knows factors of.
func rsaCertificate(t testing.TB, modulus *big.Int, exponent int) []byte {
	t.Helper()
	key, err := asn1.Marshal(struct {
		N *big.Int
		E int
	}{modulus, exponent})
	if err != nil {
		t.Fatal(err)
	}
	return assemble(t, rsaEncryption, asn1.NullRawValue, key)
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
		der := rsaCertificate(t, bitsOf(bits), 65537)
		c509, err := X509ToC509(der)
		if err != nil {
			t.Fatal(err)
		}
		for form, from := range map[string]func() (*Credential, error){
			"X.509": func() (*Credential, error) { return FromX509([][]byte{der}) },
			"C509":  func() (*Credential, error) { return FromC509([][]byte{c509}) },
		} {
			switch c, err := from(); {
			case !good && (!errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "RSA key of")):
				t.Errorf("%s, %d bits: %v", form, bits, err)
			case good && (err != nil || c.Key != nil || c.Identity().Subject != "CN=test"):
				t.Errorf("%s, %d bits: %+v, %v", form, bits, c, err)
			}
		}
	}
	c509 := newC509(t)
	if _, err := FromC509([][]byte{c509}); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "1.3.132.0.35") {
		t.Errorf("a key of P-521: %v", err)
	}
}

// newC509 is a certificate with a key of P-521.
func newC509(t testing.TB) []byte {
	t.Helper()
	c509, err := X509ToC509(makeX509(t, fullTemplate(), x509Signers(t)["P-521"]))
	if err != nil {
		t.Fatal(err)
	}
	return c509
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
		if _, err := FromX509([][]byte{parent.Raw}); err == nil {
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

// pssParametersDER are RSASSA-PSS-params of SHA-256 with a salt, and changed.
func pssParametersDER(t testing.TB, salt int, change func(der []byte) []byte) []byte {
	t.Helper()
	const head = "a00f300d06096086480165030402010500" + "a11c301a06092a864886f70d010108300d06096086480165030402010500"
	number, err := asn1.Marshal(salt)
	if err != nil {
		t.Fatal(err)
	}
	content := append(fromHex(t, head), append([]byte{0xa2, byte(len(number))}, number...)...)
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
			if !bytes.Contains(der, fromHex(t, old)) {
				t.Fatal(old)
			}
			return bytes.Replace(der, fromHex(t, old), fromHex(t, with), 1)
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
			return bytes.ReplaceAll(der, fromHex(t, "6503040201"), fromHex(t, "6503040204"))
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
