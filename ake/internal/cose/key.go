package cose

import (
	"errors"
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// Labels and values of COSE_Key (RFC 9052 section 7, RFC 9053 section 7).
const (
	keyType = 1
	keyKid  = 2
	keyCrv  = -1
	keyX    = -2
	keyY    = -3
	keyD    = -4

	typeOKP = 1
	typeEC2 = 2

	CurveP256    = 1
	CurveP384    = 2
	CurveX25519  = 4
	CurveX448    = 5
	CurveEd25519 = 6
	CurveEd448   = 7
)

// ErrKey: not a public COSE_Key of a known type.
var ErrKey = errors.New("malformed COSE_Key")

// Key is a public COSE_Key.
type Key struct {
	Curve int64
	X     []byte
	Y     []byte // EC2: nil when absent or given as a sign
	YSign *bool  // EC2: y as a sign bit
	Kid   []byte // nil: absent
}

// ParseKey reads a COSE_Key that has a public key of type EC2 or OKP.
func ParseKey(item cborx.Item) (*Key, error) {
	pairs, ok := item.Map()
	if !ok {
		return nil, fmt.Errorf("%w: not a map", ErrKey)
	}
	var key Key
	var kty int64
	for _, pair := range pairs {
		label, isInt := pair.Key.Int()
		if !isInt {
			continue
		}
		ok := true
		switch label {
		case keyType:
			kty, ok = pair.Value.Int()
		case keyKid:
			key.Kid, ok = pair.Value.Bytes()
		case keyCrv:
			key.Curve, ok = pair.Value.Int()
		case keyX:
			key.X, ok = pair.Value.Bytes()
		case keyY:
			ok = key.setY(pair.Value)
		case keyD:
			return nil, fmt.Errorf("%w: it has a private key, which a credential must not have", ErrKey)
		}
		if !ok {
			return nil, fmt.Errorf("%w: value of parameter %d", ErrKey, label)
		}
	}
	wantType := int64(typeOKP)
	if key.Curve == CurveP256 || key.Curve == CurveP384 {
		wantType = typeEC2
	}
	if kty != wantType || key.X == nil || key.Curve == 0 {
		return nil, fmt.Errorf("%w: kty, crv or x is missing or does not fit", ErrKey)
	}
	return &key, nil
}

func (k *Key) setY(value cborx.Item) bool {
	if len(value) == 1 && (value[0] == 0xf4 || value[0] == 0xf5) {
		sign := value.IsTrue()
		k.YSign = &sign
		return true
	}
	var ok bool
	k.Y, ok = value.Bytes()
	return ok
}

// Encode builds the COSE_Key, in deterministic order.
func (k *Key) Encode() []byte {
	kty, entries := int64(typeOKP), 3
	if k.Curve == CurveP256 || k.Curve == CurveP384 {
		kty = typeEC2
	}
	if k.Kid != nil {
		entries++
	}
	if k.Y != nil {
		entries++
	}
	out := cborx.AppendMap(make([]byte, 0, 24+len(k.X)+len(k.Y)+len(k.Kid)), entries)
	out = cborx.AppendInt(cborx.AppendInt(out, keyType), kty)
	if k.Kid != nil {
		out = cborx.AppendBytes(cborx.AppendInt(out, keyKid), k.Kid)
	}
	out = cborx.AppendInt(cborx.AppendInt(out, keyCrv), k.Curve)
	out = cborx.AppendBytes(cborx.AppendInt(out, keyX), k.X)
	if k.Y != nil {
		out = cborx.AppendBytes(cborx.AppendInt(out, keyY), k.Y)
	}
	return out
}
