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
	pairs, ok := item.Map()
	if !ok {
		return nil, fmt.Errorf("%w: a CCS is a map", ErrMalformed)
	}
	if err := claims(pairs).check(); err != nil {
		return nil, err
	}
	key, public, err := claims(pairs).confirmation("CCS")
	if err != nil {
		return nil, err
	}
	c := &Credential{Type: CCS, Cred: bytes.Clone(item), Key: public}
	if c.DefaultID, err = byValue(cose.CCSID(c.Cred), "CCS"); err != nil {
		return nil, err
	}
	if key.Kid != nil {
		c.DefaultID = cose.KidID(key.Kid)
		c.IDs = [][]byte{c.DefaultID}
	}
	return c, nil
}

// byValue is the ID_CRED of a credential that is sent whole, if a peer can read it: the
// credential is nested one level deeper there than alone.
func byValue(idCred []byte, kind string) ([]byte, error) {
	if _, err := cborx.One(idCred); err != nil {
		return nil, fmt.Errorf("%w: %s in ID_CRED_x: %w", ErrMalformed, kind, err)
	}
	return idCred, nil
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

// NewCCS builds a CCS of a public key, with a subject and with a kid unless
// they are empty or nil:
//
//	{ 2 : subject, 8 : { 1 : COSE_Key } }
func NewCCS(subject string, kid []byte, public *suite.PublicKey) []byte {
	ccs := dress(NewKey(kid, public))
	if subject == "" {
		return ccs
	}
	out := cborx.AppendText(cborx.AppendInt(cborx.AppendMap(nil, 2), claimSub), subject)
	return append(out, ccs[1:]...)
}

// NewKey builds a COSE_Key of a public key, with a kid unless it is nil.
func NewKey(kid []byte, public *suite.PublicKey) []byte {
	key := cose.Key{Curve: curveOf(public.Kind()), X: public.X(), Kid: kid}
	if whole := public.Bytes(); len(whole) > len(key.X) {
		key.Y = whole[len(key.X):]
	}
	return key.Encode()
}

// CCSFromKey makes a CCS of a bare COSE_Key, which it keeps byte by byte.
func CCSFromKey(coseKey []byte) ([]byte, error) {
	ccs := dress(coseKey)
	if _, err := FromCCS(ccs); err != nil {
		return nil, err
	}
	return ccs, nil
}

// dress puts a COSE_Key into { 8 : { 1 : COSE_Key } }.
func dress(coseKey []byte) []byte {
	return append([]byte{0xa1, claimCnf, 0xa1, cnfCOSEKey}, coseKey...)
}

func curveOf(kind suite.KeyKind) int64 {
	for curve, known := range kindOfCurve {
		if known == kind {
			return curve
		}
	}
	return 0
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
