package suite

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"crypto/subtle"
)

// hashAlg is a hash algorithm with the extract and expand functions that
// RFC 9528 section 4.1 builds on it; lengths are in bytes.
type hashAlg struct {
	id     int // COSE number
	name   string
	length int
	block  int // of HMAC; 0: KMAC256 is in the place of HMAC

	recorder Recorder // nil but in tests
}

var (
	hashSHA256   = &hashAlg{id: -16, name: "SHA-256", length: sha256.Size, block: sha256.BlockSize}
	hashSHA384   = &hashAlg{id: -43, name: "SHA-384", length: sha512.Size384, block: sha512.BlockSize}
	hashSHA512   = &hashAlg{id: -44, name: "SHA-512", length: sha512.Size, block: sha512.BlockSize} // of no suite: hedge.go
	hashSHAKE256 = &hashAlg{id: -45, name: "SHAKE256", length: shake256Length}
)

// shake256Length is the output of SHAKE256 as a COSE hash: 512 bits (RFC 9054
// section 3.2).
const shake256Length = 64

// maxHash is the length of the longest hash, and maxBlock that of the longest
// block.
const (
	maxHash  = 64
	maxBlock = 128
)

// usualInput is how much is hashed without an allocation: a MAC over a
// credential of some hundred bytes.
const usualInput = 512

// room is the buffer if size bytes find place there, or another one: what is
// hashed may be secret, and none of it stays behind in a buffer that was too small.
func room(buffer []byte, size int, parts ...[]byte) []byte {
	for _, part := range parts {
		size += len(part)
	}
	if size <= len(buffer) {
		return buffer[:0]
	}
	return make([]byte, 0, size)
}

// appendSum appends the hash of data. The hashes are called by name, so that
// nothing that goes in or out of them has to be allocated.
func (h *hashAlg) appendSum(out, data []byte) []byte {
	switch h.id {
	case hashSHA256.id:
		sum := sha256.Sum256(data)
		return append(out, sum[:]...)
	case hashSHA384.id:
		sum := sha512.Sum384(data)
		return append(out, sum[:]...)
	case hashSHA512.id:
		sum := sha512.Sum512(data)
		return append(out, sum[:]...)
	}
	shake := sha3.NewSHAKE256()
	shake.Write(data)
	var sum [shake256Length]byte
	shake.Read(sum[:])
	return append(out, sum[:]...)
}

func (h *hashAlg) digest(parts [][]byte) []byte {
	var buffer [usualInput]byte
	data := room(buffer[:], 0, parts...)
	for _, part := range parts {
		data = append(data, part...)
	}
	out := h.appendSum(make([]byte, 0, h.length), data)
	Wipe(data)
	if h.recorder != nil {
		h.recorder.Digest(bytes.Clone(out))
	}
	return out
}

// hmac writes HMAC(key, first || parts || last) (RFC 2104) into out, which has the
// length of the hash.
//
// crypto/hmac would do, with one object for each PRK. It keeps the padded key where
// nobody can wipe it, and takes some hundred allocations more for a run;
// docs/performance.md has the figures. TestHMAC, TestHMACVectors and FuzzHMAC hold
// this one against it and against figures of others.
func (h *hashAlg) hmac(out, key, first []byte, parts [][]byte, last ...byte) {
	var buffer [usualInput]byte
	var sum [maxHash]byte
	data := room(buffer[:], h.block+len(first)+len(last), parts...)[:h.block]
	if len(key) > h.block {
		key = h.appendSum(sum[:0], key)
	}
	copy(data, key)
	subtle.XORBytes(data, data, innerPad[:])
	data = append(data, first...)
	for _, part := range parts {
		data = append(data, part...)
	}
	data = append(data, last...)
	inner := h.appendSum(sum[:0], data)
	Wipe(data[h.block:])
	data = data[:h.block]
	subtle.XORBytes(data, data, outerPad[:])
	copy(out, h.appendSum(sum[:0], append(data, inner...)))
	Wipe(data[:h.block+h.length])
	Wipe(sum[:])
}

// innerPad makes the inner key, outerPad the outer key of the inner one.
var innerPad, outerPad = bytes.Repeat([]byte{0x36}, maxBlock), bytes.Repeat([]byte{0x36 ^ 0x5c}, maxBlock)

// extract writes EDHOC_Extract(salt, ikm) into out.
func (h *hashAlg) extract(out, salt, ikm []byte) {
	if h.block == 0 {
		kmac256(out, plainKMAC, salt, ikm)
	} else {
		h.hmac(out, salt, ikm, nil)
	}
	if h.recorder != nil {
		h.recorder.Extract(bytes.Clone(salt), bytes.Clone(ikm), bytes.Clone(out))
	}
}

// expand fills out with EDHOC_Expand(prk, info), with info in parts. It panics when
// HKDF cannot give so many bytes (RFC 5869 section 2.3).
func (h *hashAlg) expand(out, prk []byte, info ...[]byte) {
	if h.recorder != nil {
		whole := out
		defer func() { h.recorder.Expand(bytes.Clone(prk), bytes.Join(info, nil), bytes.Clone(whole)) }()
	}
	if h.block == 0 {
		kmac256(out, plainKMAC, prk, info...)
		return
	}
	if len(out) > h.expandLimit() {
		panic("suite: HKDF does not expand so far")
	}
	var buffer [maxHash]byte
	defer Wipe(buffer[:])
	block := buffer[:0]
	for i := byte(1); len(out) > 0; i++ {
		h.hmac(buffer[:h.length], prk, block, info, i)
		block = buffer[:h.length]
		out = out[copy(out, block):]
	}
}

// expandLimit is the longest output of HKDF (RFC 5869 section 2.3).
func (h *hashAlg) expandLimit() int { return 255 * h.length }

// SHA256 returns the SHA-256 of b, whatever the suite: x5t asks for it.
func SHA256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
