package message

import (
	"fmt"

	"github.com/liblake/lake/ake/internal/cborx"
)

// EAD is one item of external authorization data (section 3.8):
//
//	ead = (ead_label : int, ? ead_value : bstr)
//
// A negative label says that the item is critical, label 0 is padding.
type EAD struct {
	Label int64
	Value []byte // nil: absent; empty: the empty byte string
}

// Padding reports whether the item only takes room (section 3.8.1).
func (e EAD) Padding() bool { return e.Label == 0 }

// Critical reports whether the receiver has to understand the item.
func (e EAD) Critical() bool { return e.Label < 0 }

func parseEAD(items []cborx.Item) ([]EAD, error) {
	var ead []EAD
	for i := 0; i < len(items); i++ {
		label, ok := items[i].Int()
		if !ok {
			return nil, fmt.Errorf("%w: an item does not start with a label", ErrEAD)
		}
		e := EAD{Label: label}
		if i+1 < len(items) && items[i+1].Kind() != cborx.Int {
			i++
			if e.Value, ok = items[i].Bytes(); !ok {
				return nil, fmt.Errorf("%w: the value of label %d is not a byte string", ErrEAD, label)
			}
		}
		if len(ead) == MaxEAD {
			return nil, fmt.Errorf("%w: more than %d items", ErrEAD, MaxEAD)
		}
		ead = append(ead, e)
	}
	return ead, nil
}

// AppendEAD appends the items of an EAD field.
func AppendEAD(out []byte, ead []EAD) []byte {
	for _, e := range ead {
		out = cborx.AppendInt(out, e.Label)
		if e.Value != nil {
			out = cborx.AppendBytes(out, e.Value)
		}
	}
	return out
}
