package message

import (
	"fmt"
	"math"

	"github.com/liblake/lake/ake/internal/cborx"
)

// EAD is one item of external authorization data (section 3.8):
//
//	ead = (ead_label : int, ? ead_value : bstr)
//
// A negative label says that the item is critical, label 0 is padding.
//
// A label of CDDL goes from -2^64 to 2^64-1. Of one beyond int64, which nobody
// has registered, Label is the nearest end of int64; the item that was read is
// still encoded as it came, unless its Label is changed.
type EAD struct {
	Label int64
	Value []byte // nil: absent; empty: the empty byte string

	beyond uint64 // the argument of the label's head, if that is beyond int64
}

// Padding reports whether the item only takes room (section 3.8.1).
func (e EAD) Padding() bool { return e.Label == 0 }

// Critical reports whether the receiver has to understand the item.
func (e EAD) Critical() bool { return e.Label < 0 }

// Beyond reports whether the label is one beyond int64, of which Label tells only
// the sign: it is not the label that Label says, and nobody understands the item.
func (e EAD) Beyond() bool {
	return e.beyond > math.MaxInt64 && (e.Label == math.MaxInt64 || e.Label == math.MinInt64)
}

func parseEAD(items []cborx.Item) ([]EAD, error) {
	var ead []EAD
	for i := 0; i < len(items); i++ {
		var e EAD
		var ok bool
		if e.Label, e.beyond, ok = items[i].Integer(); !ok {
			return nil, fmt.Errorf("%w: an item does not start with a label", ErrEAD)
		}
		if i+1 < len(items) && items[i+1].Kind() != cborx.Int {
			i++
			if e.Value, ok = items[i].Bytes(); !ok {
				return nil, fmt.Errorf("%w: the value of label %d is not a byte string", ErrEAD, e.Label)
			}
		}
		if len(ead) == MaxEAD {
			return nil, fmt.Errorf("%w: more than %d items", ErrEAD, MaxEAD)
		}
		ead = append(ead, e)
	}
	return ead, nil
}

// eadLength is more than the items of an EAD field take: a plaintext is not moved
// while it is made, because no copy of it must stay behind.
func eadLength(ead []EAD) int {
	n := 0
	for _, e := range ead {
		n += 2*maxHead + len(e.Value)
	}
	return n
}

// maxHead is the longest head of a CBOR item.
const maxHead = 9

// EncodeEAD is an EAD field by itself, or nil if that is empty.
func EncodeEAD(ead []EAD) []byte {
	if len(ead) == 0 {
		return nil
	}
	return AppendEAD(make([]byte, 0, eadLength(ead)), ead)
}

// AppendEAD appends the items of an EAD field.
func AppendEAD(out []byte, ead []EAD) []byte {
	for _, e := range ead {
		out = cborx.AppendInteger(out, e.Label, e.beyond)
		if e.Value != nil {
			out = cborx.AppendBytes(out, e.Value)
		}
	}
	return out
}
