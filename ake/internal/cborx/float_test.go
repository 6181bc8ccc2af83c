package cborx

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// TestFloats holds values, and which form is the shortest, against the CBOR library:
// every binary16, what lies beside it with more bits, and random bits of either width.
func TestFloats(t *testing.T) {
	check := func(item []byte) {
		t.Helper()
		var want float64
		if err := cbor.Unmarshal(item, &want); err != nil {
			t.Fatal(err)
		}
		got, ok := Item(item).Float()
		if !ok || math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%x: %v, %v; the library has %v", item, got, ok, want)
		}
		shortest, err := libraryEncoder.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if refused := checkFloat(item) != nil; refused != (len(shortest) != len(item)) {
			t.Fatalf("%x: refused: %v; the shortest is %x", item, refused, shortest)
		}
	}
	single := func(bits uint32) { check(binary.BigEndian.AppendUint32([]byte{0xfa}, bits)) }
	double := func(bits uint64) { check(binary.BigEndian.AppendUint64([]byte{0xfb}, bits)) }
	for n := range 1 << 16 {
		check([]byte{0xf9, byte(n >> 8), byte(n)})
		v := half(uint16(n))
		for _, beside := range []int{-1, 0, 1} {
			single(math.Float32bits(float32(v)) + uint32(beside))
			double(math.Float64bits(v) + uint64(beside))
		}
		// Halfway to the next one: the largest is followed by one that is too large.
		double(math.Float64bits(v) + 1<<41)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1 << 16 {
		single(random.Uint32())
		double(random.Uint64())
		double(math.Float64bits(float64(math.Float32frombits(random.Uint32()))))
	}
}
