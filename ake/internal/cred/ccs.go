package cred

import (
	"bytes"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
	"github.com/liblake/lake/ake/internal/cose"
	"github.com/liblake/lake/ake/internal/suite"
)

const (
	claimCnf   = 8 // RFC 8747 section 3.1
	cnfCOSEKey = 1
)

// FromCCS reads a CWT Claims Set: a map with a 'cnf' claim that holds a
// COSE_Key, and any other claims. CRED_x is the map as it came.
func FromCCS(ccs []byte) (*Credential, error) {
	item, err := cborx.One(ccs)
	if err != nil {
		return nil, fmt.Errorf("%w: CCS: %w", ErrMalformed, err)
	}
	claims, ok := item.Map()
	if !ok {
		return nil, fmt.Errorf("%w: a CCS is a map", ErrMalformed)
	}
	coseKey, ok := lookup(claims, claimCnf)
	if ok {
		if confirmation, isMap := coseKey.Map(); isMap {
			coseKey, ok = lookup(confirmation, cnfCOSEKey)
		} else {
			ok = false
		}
	}
	if !ok {
		return nil, fmt.Errorf("%w: the CCS has no COSE_Key in a cnf claim", ErrMalformed)
	}
	key, err := cose.ParseKey(coseKey)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	public, err := PublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	c := &Credential{Type: CCS, Cred: bytes.Clone(item), Key: public}
	c.DefaultID = cose.CCSID(c.Cred)
	if key.Kid != nil {
		c.DefaultID = cose.KidID(key.Kid)
		c.IDs = [][]byte{c.DefaultID}
	}
	return c, nil
}

func lookup(pairs []cborx.Pair, label int64) (cborx.Item, bool) {
	for _, pair := range pairs {
		if key, ok := pair.Key.Int(); ok && key == label {
			return pair.Value, true
		}
	}
	return nil, false
}

var kindOfCurve = map[int64]suite.KeyKind{
	cose.CurveP256:    suite.KeyP256,
	cose.CurveP384:    suite.KeyP384,
	cose.CurveX25519:  suite.KeyX25519,
	cose.CurveX448:    suite.KeyX448,
	cose.CurveEd25519: suite.KeyEd25519,
	cose.CurveEd448:   suite.KeyEd448,
}

// PublicKey makes the public key of a COSE_Key.
func PublicKey(key *cose.Key) (*suite.PublicKey, error) {
	kind, ok := kindOfCurve[key.Curve]
	if !ok {
		return nil, fmt.Errorf("curve %d is not supported", key.Curve)
	}
	data := key.X
	switch {
	case key.Y != nil:
		// Lengths are checked apart: x and y of other lengths could add up.
		if len(key.X) != len(key.Y) {
			return nil, fmt.Errorf("x and y differ in length")
		}
		data = append(bytes.Clone(key.X), key.Y...)
	case key.YSign != nil:
		sign := byte(2)
		if *key.YSign {
			sign = 3
		}
		data = append([]byte{sign}, key.X...)
	}
	return suite.ParsePublicKey(kind, data)
}
