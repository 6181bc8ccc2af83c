//go:build laketest

package ake

import (
	"slices"

	"github.com/liblake/lake/ake/internal/suite"
)

// What is here makes a run repeatable, so that test vectors can be played
// through the C ABI. It takes the randomness out of the protocol: no library that
// is installed is built with this tag.

// repeatable is a source with inputs that were set.
type repeatable struct {
	fresh
	key    []byte
	suites []int64
}

func (r *repeatable) ephemeral(kind suite.KeyKind, hedge, besides []byte) (*suite.PrivateKey, error) {
	if r.key == nil {
		return r.fresh.ephemeral(kind, hedge, besides)
	}
	return suite.ParsePrivateKey(kind, r.key)
}

func (r *repeatable) suitesI(chosen []int64) []int64 {
	if r.suites == nil {
		return chosen
	}
	return r.suites
}

func (s *Session) repeat(set func(*repeatable)) error {
	return s.alone(func() error {
		r, ok := s.source.(*repeatable)
		if !ok {
			r = &repeatable{}
			s.source = r
		}
		set(r)
		return nil
	})
}

// TestSetEphemeral makes key the ephemeral private key of the Session, and wipes
// the one that it was given before.
func (s *Session) TestSetEphemeral(key []byte) error {
	return s.repeat(func(r *repeatable) {
		suite.Wipe(r.key)
		r.key = slices.Clone(key)
	})
}

// TestSetSuitesI makes message_1 carry this SUITES_I.
func (s *Session) TestSetSuitesI(suites []int64) error {
	return s.repeat(func(r *repeatable) { r.suites = slices.Clone(suites) })
}

// TestAddEAD adds an EAD item to a message; it may be padding of one's own.
func (s *Session) TestAddEAD(message int, item EADItem) error {
	return s.addEAD(message, wireItem(item))
}

// TestSignDeterministically makes the credential sign the same message in the
// same way each time (RFC 6979). It gives ErrPrivateKey without a private key.
func (c *Credential) TestSignDeterministically() error {
	key, ok := c.key.(*suite.PrivateKey)
	if !ok {
		return ErrPrivateKey
	}
	c.key = deterministicKey{key}
	return nil
}

type deterministicKey struct{ *suite.PrivateKey }

func (k deterministicKey) Sign(message []byte) ([]byte, error) { return k.SignDeterministic(message) }
