package cred

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix"
	"github.com/liblake/lake/ake/internal/suite"
)

// ErrCertHash: a certificate that a hash in ID_CRED_x does not mean.
var ErrCertHash = errors.New("the certificate is not the one of the hash")

// FromX509 reads DER certificates, the end entity's first. CRED_x is that one
// in a byte string. The key of it may also be one of RSA: see Credential.Key.
func FromX509(chain [][]byte) (*Credential, error) { return fromX509(receive(chain)) }

func fromX509(chain []received) (*Credential, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	c := &Credential{Type: X509}
	key, err := c.setChain(chain, pkix.ParseCertificate)
	if err != nil {
		return nil, err
	}
	c.Key = key
	c.Cred = cborx.AppendBytes(nil, c.Chain[0])
	c.IDs = [][]byte{
		cose.X5TID(CertHash(c.Chain[0], cose.AlgSHA25664)),
		cose.X5TID(CertHash(c.Chain[0], cose.AlgSHA256)),
	}
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

// CheckCertHash checks a certificate against an x5t. Of the hashes only SHA-256
// and SHA-256/64 are supported.
func CheckCertHash(der []byte, want cose.CertHash) error {
	if want.Algorithm != cose.AlgSHA256 && want.Algorithm != cose.AlgSHA25664 {
		return fmt.Errorf("%w: x5t with hash algorithm %d", cose.ErrUnsupported, want.Algorithm)
	}
	if !bytes.Equal(CertHash(der, want.Algorithm).Value, want.Value) {
		return ErrCertHash
	}
	return nil
}
