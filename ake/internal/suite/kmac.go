package suite

import (
	"crypto/sha3"
	"encoding/binary"
)

// kmac256 is KMAC256(key, data, 8*n, custom) of NIST SP 800-185 section 4.
// RFC 9528 leaves custom empty.
func kmac256(key, data []byte, n int, custom string) []byte {
	h := sha3.NewCSHAKE256([]byte("KMAC"), []byte(custom))
	rate := h.BlockSize()

	// bytepad(encode_string(K), rate): the key fills whole blocks.
	head := leftEncode(uint64(rate))
	head = append(head, leftEncode(8*uint64(len(key)))...)
	padding := (rate - (len(head)+len(key))%rate) % rate
	h.Write(head)
	h.Write(key)
	h.Write(make([]byte, padding))

	h.Write(data)
	h.Write(rightEncode(8 * uint64(n)))
	out := make([]byte, n)
	h.Read(out)
	return out
}

// leftEncode is left_encode of NIST SP 800-185 section 2.3.1: the number in
// as few bytes as it takes, but one at least, after their count.
func leftEncode(x uint64) []byte {
	b := minimalBytes(x)
	return append([]byte{byte(len(b))}, b...)
}

// rightEncode is right_encode of the same section: the count comes last.
func rightEncode(x uint64) []byte {
	b := minimalBytes(x)
	return append(b, byte(len(b)))
}

func minimalBytes(x uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, x)
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	return b
}
