package cborx

import (
	"errors"
	"testing"
)

// Counts of 2^32 + 1 with what would do for a count of 1: with 32 bits, this ended the
// process ("len out of range").
func TestCountsBeyond32Bits(t *testing.T) {
	for name, head := range map[string]byte{"byte string": 0x5b, "text": 0x7b, "array": 0x9b, "map": 0xbb} {
		data := []byte{head, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0}
		if item, rest, err := First(data); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %x, %v", name, item, rest, err)
		}
		if item, err := One(data[:10]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %x, %v", name, item, err)
		}
	}
}
