package cred

import (
	"crypto/x509"
	"fmt"
)

// Certificate is what a certificate says, in the one reading of it, and how its
// signature is checked. It is not changed after it was made.
type Certificate struct {
	*x509.Certificate
	// native is the signed form of a natively signed C509 certificate, of
	// which the other is made up; nil for all others.
	native *C509Certificate
}

// ParseCertificate reads a DER certificate.
func ParseCertificate(der []byte) (*Certificate, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: not a DER X.509 certificate", ErrMalformed)
	}
	return &Certificate{Certificate: certificate}, nil
}

// ParseC509Certificate reads a C509 certificate. One that is re-encoded is the
// X.509 certificate that it was made of.
func ParseC509Certificate(data []byte) (*Certificate, error) {
	parsed, err := ParseC509(data)
	if err != nil {
		return nil, err
	}
	return parsed.certificate()
}

func (c *C509Certificate) certificate() (*Certificate, error) {
	same, err := c.X509()
	if err != nil {
		return nil, err
	}
	certificate := &Certificate{Certificate: same}
	if c.Type == C509Native {
		certificate.native = c
	}
	return certificate, nil
}

// ParseCertificates reads certificates that are all of one form.
func ParseCertificates(chain [][]byte, parse func([]byte) (*Certificate, error)) ([]*Certificate, error) {
	certificates := make([]*Certificate, len(chain))
	for i, data := range chain {
		var err error
		if certificates[i], err = parse(data); err != nil {
			return nil, fmt.Errorf("certificate %d of %d: %w", i+1, len(chain), err)
		}
	}
	return certificates, nil
}

// signedBytes is what the issuer signed.
func (c *Certificate) signedBytes() []byte {
	if c.native != nil {
		return c.native.tbs
	}
	return c.RawTBSCertificate
}

// same reports whether two certificates are one: the same contents with the same
// signature over the same form of it.
func (c *Certificate) same(other *Certificate) bool {
	return c == other || (c.native == nil) == (other.native == nil) && c.Equal(other.Certificate)
}
