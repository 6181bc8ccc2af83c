//go:build laketest

package ake

import (
	"slices"

	"github.com/liblake/lake/ake/internal/suite"
)

// What is here makes a run repeatable, so that test vectors can be played
// through the C ABI. It takes the randomness out of the protocol: no library that
// is installed is built with this tag.

// TestSetEphemeral makes key the ephemeral private key of the Session.
func (s *Session) TestSetEphemeral(key []byte) error {
	return s.read(func() { s.hooks.ephemeral = slices.Clone(key) })
}

// TestSetSuitesI makes message_1 carry this SUITES_I.
func (s *Session) TestSetSuitesI(suites []int64) error {
	return s.read(func() { s.hooks.suitesI = slices.Clone(suites) })
}

// TestAddEAD adds an EAD item to a message; it may be padding of one's own.
func (s *Session) TestAddEAD(message int, item EADItem) error { return s.addEAD(message, item) }

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
