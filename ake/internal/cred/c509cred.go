package cred

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"github.com/liblake/lake/ake/internal/cose"
)

// C509 is the type of credentials made by FromC509.
const C509 Type = 4

// FromC509 reads C509 certificates, the end entity's first, each as an array
// or as the CBOR sequence that c5b and c5c carry. CRED_x is the array (RFC
// 9528 section 3.5.2). Chain has the certificates as CBOR sequences.
func FromC509(certs [][]byte) (*Credential, error) {
	if len(certs) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	certificate, err := ParseC509(certs[0])
	if err != nil {
		return nil, err
	}
	if err := certificate.checkKey(); err != nil {
		return nil, fmt.Errorf("%w: C509: %w", ErrMalformed, err)
	}
	c := &Credential{Type: C509, Cred: certificate.Raw, Key: certificate.PublicKey}
	for _, cert := range certs {
		c.Chain = append(c.Chain, bytes.Clone(c509Sequence(cert)))
	}
	c.IDs = [][]byte{
		cose.C5TID(certificate.Hash(cose.AlgSHA25664)),
		cose.C5TID(certificate.Hash(cose.AlgSHA256)),
	}
	c.DefaultID = c.IDs[0]
	if len(certs) > 1 {
		c.DefaultID = cose.C5CID(c.Chain)
	}
	return c, nil
}

// checkKey refuses a key that neither EDHOC uses nor an authority has here.
func (c *C509Certificate) checkKey() error {
	switch {
	case c.PublicKey != nil:
		return nil
	case !c.keyAlgorithm.rsa:
		return fmt.Errorf("public key algorithm %s is not supported", c.keyAlgorithm.oid)
	}
	same, err := c.X509()
	if err != nil {
		return err
	}
	_, err = certificateKey(same)
	return err
}

// c509Sequence takes the head off an array. A sequence has none: it begins with
// the type, an int.
func c509Sequence(cert []byte) []byte {
	if len(cert) > 0 && cert[0] == c509Array {
		cert = cert[1:]
	}
	return cert
}

// C509BagCandidates is BagCandidates for C509 certificates.
func C509BagCandidates(bag [][]byte) [][][]byte {
	return bagCandidates(bag, func(cert []byte) (*x509.Certificate, error) {
		parsed, err := ParseC509(cert)
		if err != nil {
			return nil, err
		}
		return parsed.X509()
	})
}
