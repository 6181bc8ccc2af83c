package ake

import "github.com/liblake/lake/ake/internal/suite"

// newEphemeral makes the ephemeral key pair of this run, hedged with the own
// authentication key.
func (s *Session) newEphemeral(alg *suite.Suite, own *Credential) (*suite.PrivateKey, error) {
	if s.hooks.ephemeral != nil {
		return suite.ParsePrivateKey(alg.Curve, s.hooks.ephemeral)
	}
	hedge := s.hedge(own)
	defer suite.Wipe(hedge)
	return suite.GenerateKey(alg.Curve, hedge)
}

// hedge is secret material of this side to hedge the random generator with: of
// the credential that the run uses, or else of any other.
func (s *Session) hedge(own *Credential) []byte {
	for _, c := range append([]*Credential{own}, s.config.own...) {
		switch {
		case c == nil:
		case c.psk != nil:
			return suite.HedgeKeyOfPSK(c.psk.secret, byte(s.role))
		default:
			if hedge := c.key.HedgeKey(byte(s.role)); hedge != nil {
				return hedge
			}
		}
	}
	return nil
}
