package cborx

import (
	"encoding/binary"
	"math"
)

// The encoder's side is a head with its shortest argument (RFC 8949 section
// 3); everything that EDHOC sends is made of these.

const (
	majorUint   = 0 << 5
	majorNegint = 1 << 5
	majorBytes  = 2 << 5
	majorText   = 3 << 5
	majorArray  = 4 << 5
	majorMap    = 5 << 5
)

func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n <= 0xff:
		return append(dst, major|24, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}

// AppendInt appends an integer.
func AppendInt(dst []byte, v int64) []byte {
	if v < 0 {
		return appendHead(dst, majorNegint, uint64(-1-v))
	}
	return appendHead(dst, majorUint, uint64(v))
}

// AppendInteger appends an integer as Integer gives it: v, or what lies beyond
// v if that is an end of int64 and beyond is the argument.
func AppendInteger(dst []byte, v int64, beyond uint64) []byte {
	if beyond <= math.MaxInt64 {
		return AppendInt(dst, v)
	}
	switch v {
	case math.MaxInt64:
		return appendHead(dst, majorUint, beyond)
	case math.MinInt64:
		return appendHead(dst, majorNegint, beyond)
	}
	return AppendInt(dst, v)
}

// AppendUint appends a non-negative integer of full range.
func AppendUint(dst []byte, v uint64) []byte { return appendHead(dst, majorUint, v) }

// AppendBytes appends a byte string.
func AppendBytes(dst, b []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(b))), b...)
}

// AppendText appends a text string.
func AppendText(dst []byte, s string) []byte {
	return append(appendHead(dst, majorText, uint64(len(s))), s...)
}

// AppendTrue appends the simple value true.
func AppendTrue(dst []byte) []byte { return append(dst, 0xf5) }

// AppendArray appends the head of an array of n elements.
func AppendArray(dst []byte, n int) []byte { return appendHead(dst, majorArray, uint64(n)) }

// AppendMap appends the head of a map of n entries.
func AppendMap(dst []byte, n int) []byte { return appendHead(dst, majorMap, uint64(n)) }

// HeadLength is the length of the head of a string or array of n.
func HeadLength(n int) int { return headSize(uint64(n)) }

func headSize(n uint64) int { return len(appendHead(make([]byte, 0, 9), 0, n)) }

// AppendBytesHead appends the head of a byte string of n bytes.
func AppendBytesHead(dst []byte, n int) []byte { return appendHead(dst, majorBytes, uint64(n)) }
