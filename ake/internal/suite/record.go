package suite

import (
	"bytes"
	"crypto/cipher"
)

// Recorder is told what a recorded suite computes, in copies.
type Recorder interface {
	Digest(out []byte)
	Extract(salt, ikm, prk []byte)
	Expand(prk, info, out []byte)
	AEAD(key, iv, aad, plaintext []byte)
}

// Recorded returns a suite that computes what s does and tells r of it. It is for
// tests: no library that is installed refers to it.
func Recorded(s *Suite, r Recorder) *Suite {
	recorded, hash, aead := *s, *s.hash, *s.aead
	hash.digest = func(parts [][]byte) []byte {
		out := s.hash.digest(parts)
		r.Digest(bytes.Clone(out))
		return out
	}
	hash.extract = func(salt, ikm []byte) []byte {
		prk := s.hash.extract(salt, ikm)
		r.Extract(bytes.Clone(salt), bytes.Clone(ikm), bytes.Clone(prk))
		return prk
	}
	hash.expand = func(prk, info []byte, n int) []byte {
		out := s.hash.expand(prk, info, n)
		r.Expand(bytes.Clone(prk), bytes.Clone(info), bytes.Clone(out))
		return out
	}
	aead.new = func(key []byte) (cipher.AEAD, error) {
		c, err := s.aead.new(key)
		return &recordedAEAD{c, bytes.Clone(key), r}, err
	}
	recorded.hash, recorded.aead = &hash, &aead
	return &recorded
}

type recordedAEAD struct {
	cipher.AEAD
	key []byte
	r   Recorder
}

func (c *recordedAEAD) Seal(dst, iv, plaintext, aad []byte) []byte {
	c.r.AEAD(c.key, bytes.Clone(iv), bytes.Clone(aad), bytes.Clone(plaintext))
	return c.AEAD.Seal(dst, iv, plaintext, aad)
}

func (c *recordedAEAD) Open(dst, iv, ciphertext, aad []byte) ([]byte, error) {
	plaintext, err := c.AEAD.Open(dst, iv, ciphertext, aad)
	if err == nil {
		c.r.AEAD(c.key, bytes.Clone(iv), bytes.Clone(aad), bytes.Clone(plaintext))
	}
	return plaintext, err
}
