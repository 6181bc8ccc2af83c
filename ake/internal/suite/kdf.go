package suite

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"

	"golang.org/x/crypto/hkdf"
)

// hashAlg is a hash algorithm with the extract and expand functions that
// RFC 9528 section 4.1 builds on it; lengths are in bytes.
type hashAlg struct {
	id      int // COSE number
	name    string
	length  int
	digest  func(parts [][]byte) []byte
	extract func(salt, ikm []byte) []byte
	expand  func(prk, info []byte, n int) []byte
}

var (
	hashSHA256 = &hashAlg{-16, "SHA-256", sha256.Size,
		digestWith(sha256.New), hkdfExtract(sha256.New), hkdfExpand(sha256.New)}
	hashSHA384 = &hashAlg{-43, "SHA-384", sha512.Size384,
		digestWith(sha512.New384), hkdfExtract(sha512.New384), hkdfExpand(sha512.New384)}
	hashSHAKE256 = &hashAlg{-45, "SHAKE256", shake256Length, digestSHAKE256, kmacExtract, kmacExpand}
)

// shake256Length is the output of SHAKE256 as a COSE hash: 512 bits (RFC 9054
// section 3.2).
const shake256Length = 64

func digestWith(newHash func() hash.Hash) func(parts [][]byte) []byte {
	return func(parts [][]byte) []byte {
		h := newHash()
		for _, part := range parts {
			h.Write(part)
		}
		return h.Sum(nil)
	}
}

func digestSHAKE256(parts [][]byte) []byte {
	h := sha3.NewSHAKE256()
	for _, part := range parts {
		h.Write(part)
	}
	out := make([]byte, shake256Length)
	h.Read(out)
	return out
}

func hkdfExtract(newHash func() hash.Hash) func(salt, ikm []byte) []byte {
	return func(salt, ikm []byte) []byte { return hkdf.Extract(newHash, ikm, salt) }
}

// hkdfExpand makes an output of one block as what it is, one HMAC (RFC 5869
// section 2.3): nearly every key is that short, and the reader of the library
// costs a tenth more. For longer ones golang.org/x/crypto serves: crypto/hkdf
// takes info as a string, a copy more, and a fifth more time.
func hkdfExpand(newHash func() hash.Hash) func(prk, info []byte, n int) []byte {
	return func(prk, info []byte, n int) []byte {
		if mac := hmac.New(newHash, prk); n <= mac.Size() {
			mac.Write(info)
			mac.Write([]byte{1})
			return mac.Sum(make([]byte, 0, mac.Size()))[:n]
		}
		out := make([]byte, n)
		if _, err := hkdf.Expand(newHash, prk, info).Read(out); err != nil {
			panic("suite: " + err.Error())
		}
		return out
	}
}

func kmacExtract(salt, ikm []byte) []byte { return kmac256(salt, ikm, shake256Length, "") }

func kmacExpand(prk, info []byte, n int) []byte { return kmac256(prk, info, n, "") }

// SHA256 returns the SHA-256 of b, whatever the suite: x5t asks for it.
func SHA256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
