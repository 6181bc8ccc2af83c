package cred

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/pkix"
)

// FromC509 reads C509 certificates, the end entity's first. CRED_x is that one,
// an array (RFC 9528 section 3.5.2).
func FromC509(certs [][]byte) (*Credential, error) { return fromC509(receive(certs)) }

func fromC509(chain []received) (*Credential, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	c := &Credential{Type: C509}
	key, err := c.setChain(chain, pkix.ParseC509)
	if err != nil {
		return nil, err
	}
	c.Key = key
	c.Cred = c.Chain[0]
	c.IDs = [][]byte{
		cose.C5TID(CertHash(c.Chain[0], cose.AlgSHA25664)),
		cose.C5TID(CertHash(c.Chain[0], cose.AlgSHA256)),
	}
	c.DefaultID = c.IDs[0]
	if len(chain) > 1 {
		c.DefaultID = cose.C5CID(c.Chain)
	}
	return c, nil
}
