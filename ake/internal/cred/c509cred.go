package cred

import (
	"bytes"
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
	if certificate.PublicKey == nil {
		return nil, fmt.Errorf("%w: C509: public key algorithm %s is not one that EDHOC uses",
			ErrMalformed, certificate.keyAlgorithm.oid)
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

// c509Sequence takes the head off an array. A sequence has none: it begins with
// the type, an int.
func c509Sequence(cert []byte) []byte {
	if len(cert) > 0 && cert[0] == c509Array {
		cert = cert[1:]
	}
	return cert
}

// C509EndEntityFirst orders a bag: first the certificate whose subject is no
// other's issuer, then the rest as it came.
func C509EndEntityFirst(bag [][]byte) [][]byte {
	parsed := make([]*C509Certificate, len(bag))
	for i, cert := range bag {
		parsed[i], _ = ParseC509(cert)
	}
	for i, candidate := range parsed {
		if candidate == nil || candidate.issuesOther(parsed) {
			continue
		}
		ordered := append([][]byte{bag[i]}, bag[:i]...)
		return append(ordered, bag[i+1:]...)
	}
	return bag
}

func (c *C509Certificate) issuesOther(bag []*C509Certificate) bool {
	for _, other := range bag {
		if other != nil && other != c && bytes.Equal(other.Issuer, c.Subject) {
			return true
		}
	}
	return false
}
