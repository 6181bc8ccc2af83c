package cred

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cose"
)

// C509 is the type of credentials made by FromC509.
const C509 Type = 4

// FromC509 reads C509 certificates, the end entity's first, each as an array
// or as the CBOR sequence that c5b and c5c carry. CRED_x is the array (RFC
// 9528 section 3.5.2). Chain has the certificates as CBOR sequences.
func FromC509(certs [][]byte) (*Credential, error) { return fromC509(receive(certs)) }

func fromC509(chain []received) (*Credential, error) {
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", ErrMalformed)
	}
	for i, r := range chain {
		chain[i].data = c509Sequence(r.data)
	}
	c := &Credential{Type: C509}
	key, err := c.setChain(chain, ParseC509Certificate)
	if err != nil {
		return nil, err
	}
	c.Key = key
	c.Cred = append([]byte{c509Array}, c.Chain[0]...)
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

// c509Sequence takes the head off an array. A sequence has none: it begins with
// the type, an int.
func c509Sequence(cert []byte) []byte {
	if len(cert) > 0 && cert[0] == c509Array {
		cert = cert[1:]
	}
	return cert
}
