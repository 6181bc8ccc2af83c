package cborx

import (
	"encoding/binary"
	"math"
)

// Float returns the value of a float of any width.
func (it Item) Float() (float64, bool) {
	switch it[0] {
	case 0xf9:
		return half(binary.BigEndian.Uint16(it[1:])), true
	case 0xfa:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(it[1:]))), true
	case 0xfb:
		return math.Float64frombits(binary.BigEndian.Uint64(it[1:])), true
	}
	return 0, false
}

// half is the value of an IEEE 754 binary16 (RFC 8949 appendix D): a sign, 5 bits of
// exponent, 10 of significand.
func half(bits uint16) float64 {
	exponent, significand := int(bits>>10&0x1f), float64(bits&0x3ff)
	var v float64
	switch {
	case exponent == 0:
		v = math.Ldexp(significand, -24)
	case exponent < 0x1f:
		v = math.Ldexp(1024+significand, exponent-25)
	case significand == 0:
		v = math.Inf(1)
	default:
		v = math.NaN()
	}
	if bits>>15 == 1 {
		return -v
	}
	return v
}

// checkFloat refuses a float that a narrower one holds, too (RFC 8949 section 4.2.1).
func checkFloat(it Item) error {
	v, ok := it.Float()
	if !ok {
		return nil // a simple value: well-formed ones have one form
	}
	if len(it) > 3 && isHalf(v) || len(it) > 5 && float64(float32(v)) == v {
		return ErrNotDeterministic
	}
	return nil
}

// isHalf reports whether a binary16 holds the value, as it does what is no number: the
// content of a NaN does not count.
func isHalf(v float64) bool {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return true
	}
	_, exponent := math.Frexp(v)
	units := math.Ldexp(v, -max(exponent-11, -24)) // of the last of 11 bits, or of the least
	return math.Abs(v) <= 65504 && units == math.Trunc(units)
}
