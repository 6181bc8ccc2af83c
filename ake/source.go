package ake

import "github.com/liblake/lake/ake/internal/suite"

// source is where a run has its algorithms and what is random from. Tests have
// another one, which repeats and records.
type source interface {
	suite(id int) *suite.Suite
	ephemeral(kind KeyKind, hedge []byte) (*suite.PrivateKey, error)
	random(n int, hedge []byte) ([]byte, error)
	suitesI(chosen []int64) []int64
}

type fresh struct{}

func (fresh) suite(id int) *suite.Suite { return suite.Lookup(id) }

func (fresh) ephemeral(kind KeyKind, hedge []byte) (*suite.PrivateKey, error) {
	return suite.GenerateKey(kind, hedge)
}

func (fresh) random(n int, hedge []byte) ([]byte, error) { return suite.Random(n, hedge) }

func (fresh) suitesI(chosen []int64) []int64 { return chosen }

// newEphemeral makes the ephemeral key pair of this run, hedged with the own
// authentication key.
func (in *env) newEphemeral(alg *suite.Suite, own *Credential) (*suite.PrivateKey, error) {
	hedge := in.hedge(own)
	defer suite.Wipe(hedge)
	return in.source.ephemeral(alg.Curve, hedge)
}

// random is what goes over the wire in clear: hedged like a key, so that it shows
// nothing of the generator (RFC 8937).
func (in *env) random(n int) ([]byte, error) {
	hedge := in.hedge(in.settings.own)
	defer suite.Wipe(hedge)
	random, err := in.source.random(n, hedge)
	if err != nil {
		return nil, errorf(ErrInternal, "the random generator failed")
	}
	return random, nil
}

// hedge is secret material of this side to hedge the random generator with: of
// the credential that the run uses, or else of any other.
func (in *env) hedge(own *Credential) []byte {
	if hedge := own.hedge(in.role); hedge != nil {
		return hedge
	}
	for _, others := range [][]*Credential{in.config.own, in.config.psks[in.role]} {
		for _, other := range others {
			if hedge := other.hedge(in.role); hedge != nil {
				return hedge
			}
		}
	}
	return nil
}

// hedge is nil for no credential, and for one whose key is elsewhere.
func (c *Credential) hedge(role Role) []byte {
	switch {
	case c == nil:
		return nil
	case c.psk != nil:
		return suite.HedgeKeyOfPSK(c.psk.secret, byte(role))
	case c.key == nil:
		return nil
	}
	return c.key.HedgeKey(byte(role))
}
