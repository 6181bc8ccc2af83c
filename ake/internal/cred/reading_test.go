package cred_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	x509pkix "crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/c509"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
	"github.com/liblake/lake/ake/internal/suite"
)

// utf8Name is a common name as C509 writes it.
func utf8Name(t testing.TB, name string) certtest.Edit {
	t.Helper()
	text, err := asn1.MarshalWithParams(name, "utf8")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := asn1.Marshal(x509pkix.RDNSequence{{{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: asn1.RawValue{FullBytes: text}}}})
	if err != nil {
		t.Fatal(err)
	}
	return func(s *certtest.Spec) { s.RawSubject = raw }
}

func verify(c *cred.Credential, anchor *certtest.Entity) error {
	certificate, err := pkix.ParseCertificate(anchor.DER)
	if err != nil {
		return err
	}
	issuers := new(pkix.Issuers)
	issuers.AddAnchor(certificate)
	return c.Verify(issuers, pkix.PathOptions{Time: certtest.Now, Usage: pkix.UsageSignature})
}

// TestOneReading: a device re-encodes its certificate so that the signature is
// right in the early edition of C509, which wrote a common name of hex digits with
// a zero before it, while the name is another one in the current edition. Whoever
// is believed is shown under the name that was signed.
func TestOneReading(t *testing.T) {
	root := certtest.Root("Root", suite.KeyP256)
	leaf := certtest.Leaf("", suite.KeyP256, root, utf8Name(t, "abcdef"))
	honest, err := c509.FromX509(leaf.DER)
	if err != nil {
		t.Fatal(err)
	}
	signed, shown := []byte{0x43, 0xab, 0xcd, 0xef}, []byte{0x44, 0x00, 0xab, 0xcd, 0xef}
	if bytes.Count(honest, signed) != 1 {
		t.Fatalf("no such name in %x", honest)
	}
	attack := bytes.Replace(honest, signed, shown, 1)
	for name, test := range map[string]struct {
		certificate []byte
		good        bool
	}{"honest": {honest, true}, "attack": {attack, false}} {
		c, err := cred.FromC509([][]byte{test.certificate})
		if err != nil {
			t.Fatal(err)
		}
		err = verify(c, root)
		subject := c.Identity().Subject
		if (err == nil) != test.good {
			t.Errorf("%s: %v, shown as %s", name, err, subject)
		}
		if err == nil && !strings.HasSuffix(subject, "CN=abcdef") {
			t.Errorf("%s: the CA has certified abcdef, shown is %s", name, subject)
		}
	}
}

// malleable gives a certificate the other ECDSA signature that is as right: (r, n-s).
func malleable(t testing.TB, der []byte) []byte {
	t.Helper()
	var c struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	var signature struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		t.Fatal(err)
	}
	if _, err := asn1.Unmarshal(c.Signature.Bytes, &signature); err != nil {
		t.Fatal(err)
	}
	signature.S.Sub(elliptic.P256().Params().N, signature.S)
	other, err := asn1.Marshal(signature)
	if err != nil {
		t.Fatal(err)
	}
	c.Signature = asn1.BitString{Bytes: other, BitLength: 8 * len(other)}
	out, err := asn1.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFingerprint: who was revoked by a fingerprint does not come back in another
// encoding or with another signature.
func TestFingerprint(t *testing.T) {
	root := certtest.Root("Root", suite.KeyP256)
	leaf := certtest.Leaf("Device", suite.KeyP256, root)
	other := certtest.Leaf("Device", suite.KeyP256, root)
	twisted := malleable(t, leaf.DER)
	if bytes.Equal(twisted, leaf.DER) {
		t.Fatal("the signature is the same")
	}
	x509 := func(der []byte) *cred.Credential {
		c, err := cred.FromX509([][]byte{der})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	inC509 := func(der []byte) *cred.Credential {
		data, err := c509.FromX509(der)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cred.FromC509([][]byte{data})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	want := x509(leaf.DER).Identity()
	if want.Fingerprint != sha256.Sum256(leaf.Cert.RawTBSCertificate) || want.KeyHash != sha256.Sum256(leaf.Cert.RawSubjectPublicKeyInfo) ||
		!bytes.Equal(want.RawIssuer, root.Cert.RawSubject) || !bytes.Equal(want.Serial, leaf.Cert.SerialNumber.Bytes()) {
		t.Errorf("%+v", want)
	}
	for name, c := range map[string]*cred.Credential{
		"C509": inC509(leaf.DER), "(r, n-s)": x509(twisted), "(r, n-s) in C509": inC509(twisted),
	} {
		if err := verify(c, root); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := c.Identity(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
	if got := x509(other.DER).Identity(); got.Fingerprint == want.Fingerprint || got.KeyHash == want.KeyHash {
		t.Error("another certificate has the same fingerprint or key")
	}
}

// TestMemoryIsNotShared: the buffer of a message is used again for the next one.
func TestMemoryIsNotShared(t *testing.T) {
	root := certtest.Root("Root", suite.KeyP256)
	inter := certtest.CA("Intermediate", suite.KeyP256, root)
	leaf := certtest.Leaf("Device", suite.KeyP256, inter)
	inC509 := func(e *certtest.Entity) []byte {
		data, err := c509.FromX509(e.DER)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, id := range map[string][]byte{
		"x5chain": cose.X5ChainID([][]byte{leaf.DER, inter.DER}),
		"x5bag":   cose.X5BagID([][]byte{inter.DER, leaf.DER}),
		"c5c":     cose.C5CID([][]byte{inC509(leaf), inC509(inter)}),
		"c5b":     cose.C5BID([][]byte{inC509(inter), inC509(leaf)}),
	} {
		parsed, err := cose.ParseIDCred(id)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cred.FromIDCred(parsed)
		if err != nil {
			t.Fatal(err)
		}
		before := c.Identity()
		clear(id)
		if after := c.Identity(); !reflect.DeepEqual(before, after) || after.Subject != "CN=Device" {
			t.Errorf("%s:\nbefore %+v\n after %+v", name, before, after)
		}
		if err := verify(c, root); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
