package cred

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

// FromX509 reads DER certificates, the end entity's first. CRED_x is that one
// in a byte string.
func FromX509(chain [][]byte) (*Credential, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	certificate, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return nil, fmt.Errorf("%w: not a DER X.509 certificate", ErrMalformed)
	}
	key, err := parseSPKI(certificate.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	c := &Credential{Type: X509, Key: key, Chain: make([][]byte, len(chain))}
	for i, der := range chain {
		c.Chain[i] = bytes.Clone(der)
	}
	c.Cred = cborx.AppendBytes(nil, chain[0])
	short := CertHash(chain[0], cose.AlgSHA25664)
	c.IDs = [][]byte{cose.X5TID(short), cose.X5TID(CertHash(chain[0], cose.AlgSHA256))}
	c.DefaultID = c.IDs[0]
	if len(chain) > 1 {
		c.DefaultID = cose.X5ChainID(c.Chain)
	}
	return c, nil
}

// CertHash is the x5t of a certificate (RFC 9360 section 2).
func CertHash(der []byte, algorithm int64) cose.CertHash {
	hash := suite.SHA256(der)
	if algorithm == cose.AlgSHA25664 {
		hash = hash[:8]
	}
	return cose.CertHash{Algorithm: algorithm, Value: hash}
}

// endEntityFirst orders a bag: first the certificate whose subject is no
// other's issuer, then the rest as it came.
func endEntityFirst(bag [][]byte) [][]byte {
	parsed := make([]*x509.Certificate, len(bag))
	for i, der := range bag {
		parsed[i], _ = x509.ParseCertificate(der)
	}
	for i, candidate := range parsed {
		if candidate == nil || issuesOther(candidate, parsed) {
			continue
		}
		ordered := append([][]byte{bag[i]}, bag[:i]...)
		return append(ordered, bag[i+1:]...)
	}
	return bag
}

func issuesOther(candidate *x509.Certificate, bag []*x509.Certificate) bool {
	for _, other := range bag {
		if other != nil && other != candidate && bytes.Equal(other.RawIssuer, candidate.RawSubject) {
			return true
		}
	}
	return false
}

// The public key algorithms of RFC 8410 and RFC 5480.
var (
	oidEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidP256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidP384    = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	oidX25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
	oidX448    = asn1.ObjectIdentifier{1, 3, 101, 111}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidEd448   = asn1.ObjectIdentifier{1, 3, 101, 113}
)

// parseSPKI reads a SubjectPublicKeyInfo. It does so for all kinds alike,
// because crypto/x509 leaves out X448 and Ed448.
func parseSPKI(der []byte) (*suite.PublicKey, error) {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("malformed SubjectPublicKeyInfo")
	}
	oid := info.Algorithm.Algorithm
	if oid.Equal(oidEC) {
		if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &oid); err != nil {
			return nil, fmt.Errorf("the elliptic curve of the certificate is not named")
		}
	}
	for _, known := range []struct {
		oid  asn1.ObjectIdentifier
		kind suite.KeyKind
	}{
		{oidP256, suite.KeyP256}, {oidP384, suite.KeyP384},
		{oidX25519, suite.KeyX25519}, {oidX448, suite.KeyX448},
		{oidEd25519, suite.KeyEd25519}, {oidEd448, suite.KeyEd448},
	} {
		if oid.Equal(known.oid) {
			return suite.ParsePublicKey(known.kind, info.PublicKey.RightAlign())
		}
	}
	return nil, fmt.Errorf("public key algorithm %s of the certificate is not supported", oid)
}
