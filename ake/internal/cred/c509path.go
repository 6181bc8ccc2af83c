package cred

import (
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/liblake/lake/ake/internal/cose"
)

// VerifyC509Chain finds a path from the first of the C509 certificates to a
// trust anchor, as Verify does for X.509. The anchors and intermediates of opts
// are X.509 certificates, in their DER or made by X509 from a C509 one; both
// kinds can stand in one path, because issuers are found by the DER of their
// names.
//
// A few re-encoded certificates can be read in two editions of the draft; the
// signature tells which one was meant.
func VerifyC509Chain(certs [][]byte, opts PathOptions) ([]*x509.Certificate, error) {
	path, err := verifyC509Chain(ParseC509, certs, opts)
	if errors.Is(err, ErrBadSignature) || errors.Is(err, ErrUnknownIssuer) {
		early := func(data []byte) (*C509Certificate, error) { return ParseC509As(C509Early, data) }
		if path, earlyErr := verifyC509Chain(early, certs, opts); earlyErr == nil {
			return path, nil
		}
	}
	return path, err
}

func verifyC509Chain(parse func([]byte) (*C509Certificate, error), certs [][]byte, opts PathOptions) ([]*x509.Certificate, error) {
	chain, native, err := parseC509Chain(parse, certs)
	if err != nil {
		return nil, err
	}
	for certificate, form := range opts.Native {
		native[certificate] = form
	}
	opts.Native = native
	return Verify(chain, opts)
}

// ParseC509Chain reads C509 certificates as what crypto/x509 makes of them, with
// the form of those that are natively signed (PathOptions.Native).
func ParseC509Chain(certs [][]byte) ([]*x509.Certificate, map[*x509.Certificate]*C509Certificate, error) {
	return parseC509Chain(ParseC509, certs)
}

func parseC509Chain(parse func([]byte) (*C509Certificate, error), certs [][]byte) ([]*x509.Certificate, map[*x509.Certificate]*C509Certificate, error) {
	native := map[*x509.Certificate]*C509Certificate{}
	chain := make([]*x509.Certificate, len(certs))
	for i, cert := range certs {
		parsed, err := parse(cert)
		if err != nil {
			return nil, nil, err
		}
		if chain[i], err = parsed.X509(); err != nil {
			return nil, nil, fmt.Errorf("certificate %d of %d: %w", i+1, len(certs), err)
		}
		if parsed.Type == C509Native {
			native[chain[i]] = parsed
		}
	}
	return chain, native, nil
}

// CheckC509Hash checks a certificate, in its sequence form, against a c5t.
func CheckC509Hash(cert []byte, want cose.CertHash) error { return CheckCertHash(cert, want) }
