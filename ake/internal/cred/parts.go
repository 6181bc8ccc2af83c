package cred

import (
	"bytes"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/suite"
)

// FromParts takes ID_CRED_x, CRED_x and the public key as given: a credential
// of a kind that this library does not read.
func FromParts(idCred, credential []byte, key *suite.PublicKey) (*Credential, error) {
	if _, err := cborx.One(credential); err != nil {
		return nil, fmt.Errorf("%w: CRED is not one CBOR item: %w", ErrMalformed, err)
	}
	id := bytes.Clone(idCred)
	return &Credential{
		Type:      Parts,
		Cred:      bytes.Clone(credential),
		Key:       key,
		IDs:       [][]byte{id},
		DefaultID: id,
	}, nil
}
