package pkix

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"github.com/liblake/lake/ake/internal/c509"
)

// Certificate is what a certificate says, in the one reading of it, and how its
// signature is checked. It is not changed after it was made.
type Certificate struct {
	*x509.Certificate
	// native is the signed form of a natively signed C509 certificate, of
	// which the other is made up; nil for all others.
	native *c509.Certificate
}

// ParseCertificate reads a DER certificate. It does not keep the memory of der.
func ParseCertificate(der []byte) (*Certificate, error) {
	certificate, err := x509.ParseCertificate(bytes.Clone(der))
	if err != nil {
		return nil, fmt.Errorf("%w: not a DER X.509 certificate", ErrMalformed)
	}
	return &Certificate{Certificate: certificate}, nil
}

// ParseC509 reads a C509 certificate. One that is re-encoded is the X.509
// certificate that it was made of.
func ParseC509(data []byte) (*Certificate, error) {
	parsed, err := c509.Parse(data)
	if err != nil {
		return nil, err
	}
	same, err := parsed.X509()
	if err != nil {
		return nil, err
	}
	certificate := &Certificate{Certificate: same}
	if parsed.Type == c509.Native {
		certificate.native = parsed
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

// SignedBytes is what the issuer signed: the TBSCertificate, or of a natively
// signed C509 certificate a CBOR sequence.
func (c *Certificate) SignedBytes() []byte {
	if c.native != nil {
		return c.native.SignedBytes()
	}
	return c.RawTBSCertificate
}

// Same reports whether two certificates are one: the same contents with the same
// signature over the same form of it.
func (c *Certificate) Same(other *Certificate) bool {
	return c == other || (c.native == nil) == (other.native == nil) && c.Equal(other.Certificate)
}
