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
	hash.recorder = r
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
