package pkix_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/liblake/lake/ake/internal/cred"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

// parse reads the certificates of a case.
func parse(ders ...[]byte) ([]*pkix.Certificate, error) {
	return pkix.ParseCertificates(ders, pkix.ParseCertificate)
}

// issuersOf are the anchors and intermediates of a case.
func issuersOf(anchors, intermediates []*pkix.Certificate) *pkix.Issuers {
	issuers := new(pkix.Issuers)
	for _, anchor := range anchors {
		issuers.AddAnchor(anchor)
	}
	for _, intermediate := range intermediates {
		issuers.AddIntermediate(intermediate)
	}
	return issuers
}

func verifyCase(c certtest.Case) ([]*pkix.Certificate, error) {
	var parsed [3][]*pkix.Certificate
	for i, list := range [][][]byte{c.Chain, c.Anchors, c.Intermediates} {
		var err error
		if parsed[i], err = parse(list...); err != nil {
			return nil, err
		}
	}
	return issuersOf(parsed[1], parsed[2]).Verify(parsed[0], pkix.PathOptions{
		Time: c.Time, Usage: c.Usage, Depth: c.Depth, Bag: c.Bag,
	})
}

func TestPath(t *testing.T) {
	cases := certtest.Cases()
	names := make(map[string]bool)
	for _, c := range cases {
		if names[c.Name] {
			t.Errorf("two cases are called %q", c.Name)
		}
		names[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			path, err := verifyCase(c)
			if !errors.Is(err, c.Want) {
				t.Fatalf("got %v, want %v", err, certtest.ErrorName(c.Want))
			}
			if err != nil {
				if text := err.Error(); len(text) > 400 || strings.ContainsAny(text, "\n\x00") {
					t.Errorf("not a text for people: %q", text)
				}
				return
			}
			if !bytes.Equal(path[0].Raw, c.Chain[0]) || !slices.ContainsFunc(c.Anchors, func(a []byte) bool {
				return bytes.Equal(a, path[len(path)-1].Raw)
			}) {
				t.Error("the path does not go from the end entity to an anchor")
			}
			if credential, err := cred.FromX509(c.Chain); err != nil || !credential.Key.Equal(c.Key.Public()) {
				t.Errorf("the credential has another key: %v", err)
			}
		})
	}
	if len(cases) < 60 {
		t.Errorf("%d cases", len(cases))
	}
	t.Logf("%d cases", len(cases))
}

// TestPathLikeOpenSSL holds the verdicts against those of openssl verify.
func TestPathLikeOpenSSL(t *testing.T) {
	t.Parallel()
	openssl := findOpenSSL(t)
	folder := t.TempDir()
	for _, c := range certtest.Cases() {
		if c.Want == pkix.ErrMalformed || c.Want == pkix.ErrChainOrder {
			continue // of no concern to openssl
		}
		file := func(name string, certificates [][]byte) string {
			var text []byte
			for _, der := range certificates {
				text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
			}
			path := filepath.Join(folder, name)
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		args := []string{"verify", "-auth_level", "2", "-partial_chain", "-attime", fmt.Sprint(c.Time.Unix())}
		if len(c.Anchors) > 0 {
			args = append(args, "-CAfile", file("anchors.pem", c.Anchors))
		}
		args = append(args, "-no-CApath", "-no-CAstore")
		if untrusted := slices.Concat(c.Chain[1:], c.Intermediates); len(untrusted) > 0 {
			args = append(args, "-untrusted", file("untrusted.pem", untrusted))
		}
		out, err := exec.Command(openssl, append(args, file("leaf.pem", c.Chain[:1]))...).CombinedOutput()
		_, differs := unlikeOpenSSL[c.Name]
		if ((err == nil) != (c.Want == nil)) != differs {
			t.Errorf("%s: want %v, openssl says:\n%s", c.Name, certtest.ErrorName(c.Want), out)
		}
	}
}

// unlikeOpenSSL are the cases in which openssl verify, asked for 112 bits of
// security, comes to another verdict, and why.
var unlikeOpenSSL = map[string]string{
	"chain of 9, the limit is 8":                               "it has another limit",
	"chain of 4, the limit is 3":                               "it has another limit",
	"the last second of the validity":                          "RFC 5280 section 4.1.2.5 includes it",
	"key identifiers differ, but the key is right":             "it takes key identifiers for more than a hint",
	"the anchor has no basic constraints":                      "it takes any self-signed certificate for an authority",
	"key usage: keyAgreement, used to sign":                    "it was not told the usage",
	"key usage: digitalSignature, used for Diffie-Hellman":     "it was not told the usage",
	"key usage: keyCertSign only, used to sign":                "it was not told the usage",
	"key usage: keyEncipherment only, used for Diffie-Hellman": "it was not told the usage",
	"purpose: codeSigning":                                     "it was not told the purpose",
	"purpose: unknown":                                         "it was not told the purpose",
	"purpose: an intermediate for mail":                        "it was not told the purpose",
	"purposes: serverAuth below clientAuth":                    "it was not told the purpose",
	"purposes: serverAuth and codeSigning below clientAuth":    "it was not told the purpose",
	"purposes: codeSigning below codeSigning and others":       "it was not told the purpose",
	"purposes: serverAuth below any below clientAuth":          "it was not told the purpose",
	"purposes: serverAuth below none below clientAuth":         "it was not told the purpose",
	"purposes: serverAuth, the anchor has clientAuth":          "it was not told the purpose",
	"purposes: two intermediates have none in common":          "it was not told the purpose",
	"the issuer has a key for RSASSA-PSS only":                 "it reads such keys, crypto/x509 does not",
	"critical extension: policy constraints":                   "it processes policies",
	"name constraints: DNS excluded, asterisk above":           "it compares the asterisk as a label",
	"name constraints: DNS excluded, trailing period":          "it compares the spelling",
	"directory name constraints: a form that is not supported": "it looks at the form only if a name has it",
	"two paths, one through no authority":                      "it does not try another path",
	"RSA: an anchor has no basic constraints":                  "it takes any self-signed certificate for an authority",
	"RSA: an intermediate of 2046 bits":                        "it asks for 112 bits of security, which 2046 bits round to",
	"RSA: an intermediate of 2046 bits, in a bag":              "it asks for 112 bits of security, which 2046 bits round to",
	"RSA: the end entity, below RSA":                           "it knows nothing of EDHOC",
	"RSA: the end entity, below EC":                            "it knows nothing of EDHOC",
	"RSA: the end entity, in a bag":                            "it knows nothing of EDHOC",
	"RSA: the end entity is the anchor":                        "it knows nothing of EDHOC",
	"RSA: the end entity for key agreement":                    "it knows nothing of EDHOC",
}

func findOpenSSL(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is not installed: run make deps")
	}
	return path
}
