package suite

import (
	"crypto/sha3"
	"encoding/binary"
	"math/bits"
)

// newKMAC is the state that every KMAC256 with this customization begins with.
func newKMAC(custom string) sha3.SHAKE {
	return *sha3.NewCSHAKE256([]byte("KMAC"), []byte(custom))
}

// plainKMAC has the customization of RFC 9528, which is empty.
var plainKMAC = newKMAC("")

// kmac256 fills out with KMAC256(key, data, 8*len(out)) of NIST SP 800-185
// section 4, with data in parts. h is what newKMAC gave.
func kmac256(out []byte, h sha3.SHAKE, key []byte, data ...[]byte) {
	var buffer [9]byte
	rate := h.BlockSize()

	// bytepad(encode_string(K), rate): the key fills whole blocks.
	head, _ := h.Write(appendLeft(buffer[:0], uint64(rate)))
	length, _ := h.Write(appendLeft(buffer[:0], 8*uint64(len(key))))
	h.Write(key)
	h.Write(zeros[:(rate-(head+length+len(key))%rate)%rate])

	for _, part := range data {
		h.Write(part)
	}
	h.Write(appendRight(buffer[:0], 8*uint64(len(out))))
	h.Read(out)
}

var zeros [200]byte // longer than any rate

// appendLeft is left_encode of NIST SP 800-185 section 2.3.1: the number in
// as few bytes as it takes, but one at least, after their count.
func appendLeft(out []byte, x uint64) []byte {
	n := byteCount(x)
	return appendNumber(append(out, byte(n)), x, n)
}

// appendRight is right_encode of the same section: the count comes last.
func appendRight(out []byte, x uint64) []byte {
	n := byteCount(x)
	return append(appendNumber(out, x, n), byte(n))
}

func byteCount(x uint64) int { return max(1, (bits.Len64(x)+7)/8) }

func appendNumber(out []byte, x uint64, n int) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], x)
	return append(out, b[8-n:]...)
}
