package judges

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/liblake/lake/ake/internal/suite"
)

var (
	errOutput = errors.New("another output")
	errLength = errors.New("a longer output than there is")
)

// aead encrypts and decrypts with the suite for keys of this size, in bits. Of
// AES-CCM the files have no tags of 8 bytes with our nonces.
func aead(suites map[int]int) verdict {
	return func(g *group, r *row) error {
		s := suite.Lookup(suites[g.KeySize])
		if s == nil {
			return fmt.Errorf("no suite has keys of %d bits", g.KeySize)
		}
		want := slices.Concat(r.CT, r.Tag)
		plaintext, err := s.Open(r.Key, r.IV, r.AAD, want)
		if err != nil {
			return err
		}
		sealed, err := s.Seal(r.Key, r.IV, r.AAD, r.Msg)
		if err != nil {
			return err
		}
		return same(plaintext, r.Msg, sealed, want)
	}
}

// blob decrypts what stands after its nonce; the nonce of SealBlob is its own.
func blob(_ *group, r *row) error {
	plaintext, err := suite.OpenBlob(r.Key, r.AAD, slices.Concat(r.IV, r.CT, r.Tag))
	if err != nil {
		return err
	}
	return same(plaintext, r.Msg)
}

func hkdf(id int) verdict {
	s := suite.Lookup(id)
	return func(_ *group, r *row) error {
		if r.Size > s.ExpandLimit() {
			return errLength
		}
		return same(s.Expand(s.Extract(r.Salt, r.IKM), r.Info, r.Size), r.OKM)
	}
}

// extract is HMAC (RFC 5869 section 2.2).
func extract(id int) verdict {
	s := suite.Lookup(id)
	return func(g *group, r *row) error { return same(s.Extract(r.Key, r.Msg)[:g.TagSize/8], r.Tag) }
}

// expand is KMAC256 in suite 25 (RFC 9528 section 4.1.2).
func expand(id int) verdict {
	s := suite.Lookup(id)
	return func(g *group, r *row) error { return same(s.Expand(r.Key, r.Msg, g.TagSize/8), r.Tag) }
}

// same compares outputs with what they should be, in pairs.
func same(pairs ...[]byte) error {
	for pair := range slices.Chunk(pairs, 2) {
		if !bytes.Equal(pair[0], pair[1]) {
			return errOutput
		}
	}
	return nil
}
