package ake

import "github.com/liblake/lake/ake/internal/suite"

// source is where a run has its algorithms and what is random from. Tests have
// another one, which repeats and records.
type source interface {
	suite(id int) *suite.Suite
	// ephemeral makes the ephemeral key, and fills besides, which is no secret, by
	// the same draw.
	ephemeral(kind suite.KeyKind, hedge, besides []byte) (*suite.PrivateKey, error)
	random(n int, hedge []byte) ([]byte, error)
	suitesI(chosen []int64) []int64
}

type fresh struct{}

func (fresh) suite(id int) *suite.Suite { return suite.Lookup(id) }

func (fresh) ephemeral(kind suite.KeyKind, hedge, besides []byte) (*suite.PrivateKey, error) {
	return suite.GenerateKeyAnd(kind, hedge, besides)
}

func (fresh) random(n int, hedge []byte) ([]byte, error) { return suite.Random(n, hedge) }

func (fresh) suitesI(chosen []int64) []int64 { return chosen }

// newEphemeral makes the ephemeral key pair of this run, hedged with the own
// authentication key, and a random byte for the connection identifier.
func (in *env) newEphemeral(alg *suite.Suite, own *Credential) (key *suite.PrivateKey, random []byte, err error) {
	random = make([]byte, 1)
	key, err = in.source.ephemeral(alg.Curve, in.hedge(own), random)
	return key, random, err
}

// random is what goes over the wire in clear: hedged like a key, so that it shows
// nothing of the generator (RFC 8937).
func (in *env) random(n int) ([]byte, error) {
	random, err := in.source.random(n, in.hedge(in.settings.own))
	if err != nil {
		return nil, errorf(ErrInternal, "the random generator failed")
	}
	return random, nil
}

// hedge is secret material of this side to hedge the random generator with: of
// the credential that the run uses, or else of any other. It belongs to that.
func (in *env) hedge(own *Credential) []byte {
	if hedge := own.hedge(in.role); hedge != nil {
		return hedge
	}
	for _, others := range [][]*Credential{in.party.own, in.party.psks[in.role]} {
		for _, other := range others {
			if hedge := other.hedge(in.role); hedge != nil {
				return hedge
			}
		}
	}
	return nil
}

// hedge is made once and kept with the key. It is nil for no credential, and for
// one whose key is elsewhere.
func (c *Credential) hedge(role Role) []byte {
	if c == nil {
		return nil
	}
	kept := &c.hedges[role-1]
	if hedge := kept.Load(); hedge != nil {
		return *hedge
	}
	var hedge []byte
	switch {
	case c.psk != nil:
		hedge = suite.HedgeKeyOfPSK(c.psk.secret, byte(role))
	case c.key != nil:
		hedge = c.key.HedgeKey(byte(role))
	}
	hedge = suite.Kept(hedge)
	if hedge == nil || kept.CompareAndSwap(nil, &hedge) {
		return hedge
	}
	suite.Wipe(hedge) // another session has made the same
	return c.hedge(role)
}
